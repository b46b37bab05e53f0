"""For how long certificates of a course hold, and when the course may be taken again for it.

A manager says so by course, from a day on and never backwards: a certificate keeps what it was
promised. The months count from the day of completion, so that waiting for a signatory takes
nothing away, and nobody can win days by it.
"""

import calendar
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.catalog.models import Course, Edition
from corpu.database import rows_as_json
from corpu.errors import N_, NotFound
from corpu.identity import Viewer
from corpu.learning.models import CourseValidity
from corpu.people.queries import agency_day
from corpu.people.rules import InvalidInput
from corpu.texts import clean_text

RENEW_BEFORE = timedelta(days=90)  # so long before its end a certificate may be renewed
LONGEST_MONTHS = 120
LONGEST_REASON = 500

Validity = tuple[tuple[date, int | None], ...]  # from which day of completion, how many months


class MonthsRefused(InvalidInput):
    field = "months"
    message = N_("Tulis masa berlaku dalam bulan, 1 sampai 120, atau kosongkan.")


class BackDated(InvalidInput):
    field = "from_on"
    message = N_("Masa berlaku tidak berlaku surut. Pilih hari ini atau sesudahnya.")


class ReasonMissing(InvalidInput):
    field = "reason"
    message = N_("Tulis alasannya, paling panjang 500 huruf.")


class AlreadySet(InvalidInput):
    field = "from_on"
    message = N_("Untuk tanggal itu sudah ada ketentuan. Pilih tanggal lain.")


def months_after(day: date, months: int) -> date:
    """The same day some months on; the last of the month where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def months_of(validity: Iterable[tuple[date, int | None]], day: date) -> int | None:
    """For how many months what is completed on a day holds; None: without an end."""
    before = [(start, months) for start, months in validity if start <= day]
    return max(before, key=lambda one: one[0])[1] if before else None


def valid_until(validity: Iterable[tuple[date, int | None]], completed_on: date) -> date | None:
    """The last day on which a certificate of this completion holds."""
    months = months_of(validity, completed_on)
    return None if months is None else months_after(completed_on, months)


def renewable_from(validity: Sequence[tuple[date, int | None]], completed_on: date) -> date | None:
    """From when on the course may be taken again to renew, also within the same year; None where
    the certificate has no end. Of one that holds for less than the window: the next day."""
    last = valid_until(validity, completed_on)
    if last is None:
        return None
    return max(last - RENEW_BEFORE, completed_on + timedelta(days=1))


# ----------------------------------------------------------------------------------- reading


def validity_of(course_id: Any) -> ScalarSelect[Any]:
    """As a column of a statement that knows the course: all that was ever said, for
    `read_validity`."""
    return (
        select(rows_as_json(CourseValidity.from_on, CourseValidity.months))
        .where(CourseValidity.course_id == course_id)
        .scalar_subquery()
    )


def read_validity(rows: Any) -> Validity:
    """What `validity_of` has found."""
    return tuple((date.fromisoformat(str(start)[:10]), months) for start, months in rows or ())


def validity(session: Session, course_id: UUID) -> Validity:
    """All that was ever said of a course. One statement."""
    rows = session.execute(
        select(CourseValidity.from_on, CourseValidity.months)
        .filter_by(course_id=course_id)
        .order_by(CourseValidity.from_on)
    )
    return tuple((row.from_on, row.months) for row in rows)


# ----------------------------------------------------------------------------------- setting


def set_validity(
    session: Session,
    course_id: UUID,
    *,
    months: int | None,
    from_on: date,
    reason: str,
    by: Viewer,
    at: datetime,
) -> CourseValidity:
    """Say for how long certificates of completions from a day on hold; None: without an end.

    Saying what holds then anyway changes nothing more. Raises NotFound, MonthsRefused, BackDated,
    AlreadySet, ReasonMissing.
    """
    course = session.get(Course, course_id, with_for_update=True)
    if course is None:
        raise NotFound
    if months is not None and not 1 <= months <= LONGEST_MONTHS:
        raise MonthsRefused
    if from_on < agency_day(session, at):
        raise BackDated
    reason = clean_text(reason)
    if not 3 <= len(reason) <= LONGEST_REASON:
        raise ReasonMissing
    there = session.scalar(select(CourseValidity).filter_by(course_id=course_id, from_on=from_on))
    if there is not None:
        if there.months != months:
            raise AlreadySet
        return there
    before = months_of(validity(session, course_id), from_on)
    made = CourseValidity(
        course_id=course_id, from_on=from_on, months=months, set_at=at, set_by=by.id
    )
    session.add(made)
    session.flush()
    title = session.scalar(
        select(Edition.title).where(Edition.course_id == course_id, Edition.is_current)
    )
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action="course.validity_set",
        subject=("course", course_id, title or course.slug),
        unit_id=course.owner_unit_id,
        before={"months": before},
        after={"months": months, "from_on": from_on.isoformat()},
        reason=reason,
    )
    return made
