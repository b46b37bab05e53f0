"""Reading the Buku JP."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from corpu.catalog.models import Course, Edition
from corpu.hours.models import HourEntry
from corpu.hours.rules import TARGET_JP, remaining, total
from corpu.learning.models import Completion


@dataclass(frozen=True)
class Line:
    """One line of the book: hours granted by a completed course."""

    title: str
    language: str  # of the title
    slug: str | None  # None: the course is no longer open
    year: int
    day: date  # in the zone of the unit that day
    timezone: str
    unit_name: str
    jp: Decimal


@dataclass(frozen=True)
class Book:
    """The hours of one person in one calendar year."""

    person_id: UUID
    year: int
    lines: tuple[Line, ...]  # by day

    @property
    def total(self) -> Decimal:
        return total(self.lines, self.year)

    @property
    def remaining(self) -> Decimal:
        """What is still missing to the duty of 20 JP, 0 once it is reached."""
        return remaining(self.total)

    @property
    def target(self) -> Decimal:
        return TARGET_JP


def book_of(session: Session, person_id: UUID, year: int) -> Book:
    """The lines of a year by day. One statement; an empty book where there is none."""
    rows = session.execute(
        select(
            HourEntry.course_title,
            Edition.language,
            Course.slug,
            Course.archived_at,
            HourEntry.year,
            HourEntry.day,
            HourEntry.timezone,
            HourEntry.unit_name,
            HourEntry.jp,
        )
        .join(Course, Course.id == HourEntry.course_id)
        .join(Completion, Completion.id == HourEntry.completion_id)
        .join(Edition, Edition.id == Completion.edition_id)
        .where(HourEntry.person_id == person_id, HourEntry.year == year)
        .order_by(HourEntry.day, HourEntry.recorded_at, HourEntry.id)
    )
    return Book(
        person_id,
        year,
        tuple(
            Line(
                title=row.course_title,
                language=row.language,
                slug=None if row.archived_at else row.slug,
                year=row.year,
                day=row.day,
                timezone=row.timezone,
                unit_name=row.unit_name,
                jp=row.jp,
            )
            for row in rows
        ),
    )


def years_of(session: Session, person_id: UUID) -> list[int]:
    """The years in which the person has hours, latest first. One statement."""
    return list(
        session.scalars(
            select(HourEntry.year)
            .where(HourEntry.person_id == person_id)
            .distinct()
            .order_by(HourEntry.year.desc())
        )
    )


def totals_of(session: Session, person_ids: list[UUID], year: int) -> dict[UUID, Decimal]:
    """JP of a year for many people, 0 where there are none: one statement."""
    found = dict.fromkeys(person_ids, Decimal())
    if found:
        rows = session.execute(
            select(HourEntry.person_id, func.sum(HourEntry.jp))
            .where(HourEntry.person_id.in_(person_ids), HourEntry.year == year)
            .group_by(HourEntry.person_id)
        )
        found |= {row[0]: row[1] for row in rows}
    return found


def own_part(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """Every line ever, for the person's own file."""
    rows = session.scalars(
        select(HourEntry).filter_by(person_id=person_id).order_by(HourEntry.day, HourEntry.id)
    )
    return [
        {
            "course": row.course_title,
            "jp": row.jp,
            "year": row.year,
            "day": row.day,
            "timezone": row.timezone,
            "unit": row.unit_name,
            "recorded_at": row.recorded_at,
        }
        for row in rows
    ]
