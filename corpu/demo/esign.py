"""Documents on their way to an electronic signature, as a manager of the demo finds them.

None is signed: there is no official whose passphrase the demo could ask for, and a signature that
proves nothing is worse than none. What a service would have answered is told as a worker would.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from corpu.demo import cast
from corpu.esign import service, turns
from corpu.esign.models import Problem
from corpu.esign.turns import Outcome
from corpu.people.queries import viewer_for

QUEUED = 8  # the oldest certificates; nobody has asked for the later ones
ENDINGS = (
    Outcome(problem=Problem.REFUSED, detail="Ukuran dokumen melebihi batas"),
    Outcome(problem=Problem.ALTERED),
    Outcome(problem=Problem.NO_ANSWER, detail="timeout"),
    Outcome(problem=Problem.WRONG_PASSPHRASE),
)


def live(session: Session, persons: dict[tuple[str, int], UUID], as_of: datetime) -> None:
    """One batch was begun and ended with a wrong passphrase; two of it failed before."""
    at = as_of - timedelta(days=2)
    manager = viewer_for(session, persons[cast.MANAGER], 0, as_of)
    assert manager is not None
    run_id, _count = service.begin(session, units=None, by=manager, at=at, most=QUEUED)
    for minute, outcome in enumerate(ENDINGS, start=1):
        moment = at + timedelta(minutes=minute)
        claimed = turns.claim(session, run_id=run_id, at=moment)
        if claimed is not None:
            turns.settle(session, claimed, outcome, at=moment)
    turns.end(session, run_id, Problem.WRONG_PASSPHRASE, at=at + timedelta(minutes=len(ENDINGS)))
