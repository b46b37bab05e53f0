"""Certificates on their way to SIASN, as a manager of the demo finds them.

Nothing is sent: an example never leaves this machine. What a service would have answered is told
to the room as its worker would tell it.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.credentials.models import Certificate
from corpu.demo import cast
from corpu.people.queries import viewer_for
from corpu.siasn import service, turns
from corpu.siasn.client import Line
from corpu.siasn.models import Problem, Wish
from corpu.siasn.sending import Outcome

SENT, QUEUED, BY_HAND = 9, 14, 2  # the oldest certificates; the later ones wait for a manager


def live(session: Session, persons: dict[tuple[str, int], UUID], as_of: datetime) -> None:
    """Some are there, one is not known there, one had no answer, some wait, two went by hand."""
    at = as_of - timedelta(days=6)
    oldest = session.scalars(
        select(Certificate.id)
        .where(
            Certificate.issued_at < at,
            Certificate.revoked_at.is_(None),
            Certificate.superseded_at.is_(None),
        )
        .order_by(Certificate.issued_at, Certificate.id)
        .limit(QUEUED + BY_HAND)
    ).all()
    manager = viewer_for(session, persons[cast.MANAGER], 0, as_of)
    assert manager is not None
    service.queue(session, units=None, only=oldest[:QUEUED], by=manager, at=at)
    endings = [_done(number) for number in range(1, SENT + 1)]
    endings += [
        Outcome(
            Wish.SAVE,
            problem=Problem.REFUSED,
            detail="Nama kursus terlalu panjang",
            is_final=True,
            pns_id="CONTOH-A",
            lines=[_asked("POST", "kursus/save", 200, {"message": "Nama kursus terlalu panjang"})],
        ),
        Outcome(
            Wish.SAVE,
            problem=Problem.UNKNOWN_NIP,
            is_final=True,
            lines=[_asked("GET", "pns/data-utama/{nip}", 200, {"found": 0})],
        ),
        Outcome(
            Wish.SAVE,
            problem=Problem.NO_ANSWER,
            lines=[_asked("GET", "pns/data-utama/{nip}", None, {"problem": "timeout"})],
        ),
    ]
    for minute, outcome in enumerate(endings, start=1):
        moment = at + timedelta(minutes=minute)
        claimed = turns.claim(session, at=moment)
        if claimed is not None:
            turns.settle(session, claimed, outcome, at=moment)
    if by_hand := oldest[QUEUED:]:
        service.mark(
            session,
            by_hand,
            units=None,
            reason="Dicatat lewat MyASN bersama pegawainya.",
            by=manager,
            at=at + timedelta(hours=2),
        )


def _done(number: int) -> Outcome:
    remote_id = f"CONTOH-{number:04}"
    return Outcome(
        Wish.SAVE,
        is_done=True,
        remote_id=remote_id,
        pns_id=f"CONTOH-P{number:04}",
        copies=1,
        lines=[
            _asked("GET", "pns/data-utama/{nip}", 200, {"found": 1}),
            _asked("GET", "pns/rw-kursus/{nip}", 200, {"found": number % 4}),
            _asked("POST", "kursus/save", 200, {"rwKursusId": remote_id}),
            _asked("POST", "upload-dok-rw", 200, {"success": True}),
        ],
    )


def _asked(method: str, path: str, status: int | None, answered: dict[str, object]) -> Line:
    return Line(method, path, None, status, answered)
