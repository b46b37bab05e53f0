"""How somebody stands to another person's plan today, from the dated relations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.people.models import Supervision
from corpu.people.queries import agency_day, is_in_line
from corpu.plans.rules import Part


def part_of(session: Session, viewer_id: UUID, person_id: UUID, at: datetime) -> Part:
    """Owner, direct supervisor, further up, in a circle, former, or stranger, on that day.

    Whoever stands above and below the same person is in a circle: the data refuses new ones,
    but a plan must not be decided by its owner through one that is there. Who stands in for a
    supervisor today stands where that supervisor does.
    """
    if viewer_id == person_id:
        return Part.OWNER
    depth = is_in_line(session, viewer_id, person_id, at)
    if depth is None:
        return Part.FORMER if _once_supervised(session, viewer_id, person_id, at) else Part.STRANGER
    if is_in_line(session, person_id, viewer_id, at) is not None:
        return Part.CIRCULAR
    return Part.DIRECT if depth == 1 else Part.ABOVE


def _once_supervised(session: Session, viewer_id: UUID, person_id: UUID, at: datetime) -> bool:
    """Whether a direct relation has ended before today."""
    statement = select(Supervision.id).where(
        Supervision.supervisor_id == viewer_id,
        Supervision.person_id == person_id,
        Supervision.ended_on < agency_day(session, at),
    )
    return session.scalar(statement.limit(1)) is not None
