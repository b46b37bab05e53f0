"""What a supervisor's look leaves behind. Rating itself is the competency room's."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.competency.relations import midnight
from corpu.people.models import Account
from corpu.people.service import record_profile_visit
from corpu.team.facts import has_visited
from corpu.zones import local_date


def day_began(at: datetime, zone: str) -> datetime:
    """When the day of a moment began in a zone."""
    return midnight(local_date(at, zone), zone)


def note_visit(
    session: Session, viewer_id: UUID, person_id: UUID, *, at: datetime, zone: str
) -> None:
    """Let the person see who opened their page: the first visit of each day in the viewer's
    zone. Two pages opened at once wait for each other on the viewer's account."""
    session.execute(
        select(Account.person_id).where(Account.person_id == viewer_id).with_for_update()
    )
    if not has_visited(session, viewer_id, person_id, day_began(at, zone)):
        record_profile_visit(session, person_id, viewer_id, at=at)
