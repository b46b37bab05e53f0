"""Level 4: figures that the organisation keeps anyway, before and after a course."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from corpu import audit
from corpu.catalog.models import Course
from corpu.database import insert_unless_taken
from corpu.errors import NotFound
from corpu.evaluation.models import (
    EvaluationIndicator,
)
from corpu.evaluation.refusals import DatesOutOfOrder
from corpu.identity import Viewer
from corpu.people.queries import agency_day


def record_indicator(
    session: Session,
    course: Course,
    *,
    key: UUID,
    name: str,
    measure: str,
    before: tuple[Decimal, date],
    after: tuple[Decimal, date],
    source: str,
    reason: str,
    by: Viewer,
    at: datetime,
) -> None:
    """Write down a figure before and after; the same key again writes nothing. Raises
    DatesOutOfOrder."""
    if not before[1] < after[1] <= agency_day(session, at):
        raise DatesOutOfOrder
    made = insert_unless_taken(
        session,
        EvaluationIndicator,
        {
            "id": key,
            "course_id": course.id,
            "name": name,
            "measure": measure,
            "before": before[0],
            "before_on": before[1],
            "after": after[0],
            "after_on": after[1],
            "source": source,
            "reason": reason,
            "by_id": by.id,
            "recorded_at": at,
        },
    )
    if made is not None:
        _log_indicator(session, course, name, "evaluation.indicator_recorded", reason, by, at)


def withdraw_indicator(
    session: Session, course: Course, indicator_id: UUID, *, by: Viewer, at: datetime
) -> None:
    """Take a figure out of the report; it stays on record. Twice is once. Raises NotFound."""
    row = session.get(EvaluationIndicator, indicator_id, with_for_update=True)
    if row is None or row.course_id != course.id:
        raise NotFound
    if row.withdrawn_at is None:
        row.withdrawn_at = at
        session.flush()
        _log_indicator(session, course, row.name, "evaluation.indicator_withdrawn", "", by, at)


def _log_indicator(
    session: Session,
    course: Course,
    name: str,
    action: str,
    reason: str,
    by: Viewer,
    at: datetime,
) -> None:
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action=action,
        subject=("course", course.slug, course.slug),
        unit_id=course.owner_unit_id,
        after={"indicator": name},
        reason=reason,
    )
