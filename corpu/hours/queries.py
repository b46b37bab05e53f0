"""Reading the Buku JP."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import Session

from corpu.catalog.models import Course, Edition
from corpu.database import JP
from corpu.hours.claim_queries import ClaimLine, claims_of, totals_of_claims
from corpu.hours.counting import Totals
from corpu.hours.models import HourEntry, HourStatement, LearningClaim, State
from corpu.hours.rules import TARGET_JP, remaining, total
from corpu.learning.models import Completion, CompletionHours
from corpu.people.models import Person


@dataclass(frozen=True)
class Line:
    """One line of the book: hours granted by a completed course."""

    id: UUID
    title: str
    language: str  # of the title
    slug: str | None  # None: the course is no longer open
    year: int
    day: date  # in the zone of the unit that day
    timezone: str
    unit_name: str
    jp: Decimal
    recorded_at: datetime
    rule: CompletionHours | None = None  # why so many, where a diagnostic proved anything


@dataclass(frozen=True)
class Book:
    """The hours of one person in one calendar year."""

    person_id: UUID
    year: int
    lines: tuple[Line, ...]  # courses completed here, by day
    claims: tuple[ClaimLine, ...] = ()  # other learning, latest day first

    @property
    def sums(self) -> Totals:
        """The other learning in sums: what counts, what waits, what lies over a cap."""
        return totals_of_claims(self.claims)

    @property
    def verified(self) -> tuple[ClaimLine, ...]:
        """The other learning that somebody verified."""
        return tuple(line for line in self.claims if line.state is State.VERIFIED)

    @property
    def total(self) -> Decimal:
        """What counts: courses, and of the other learning what is verified, within its caps.
        For many people at once, `counted_hours` says the same in SQL."""
        return self.courses_total + self.sums.verified

    @property
    def courses_total(self) -> Decimal:
        return total(self.lines, self.year)

    @property
    def remaining(self) -> Decimal:
        """What is still missing to the duty of 20 JP, 0 once it is reached."""
        return remaining(self.total)

    @property
    def target(self) -> Decimal:
        return TARGET_JP


def book_of(session: Session, person_id: UUID, year: int) -> Book:
    """Courses and other learning of a year. Two statements; an empty book where there is none."""
    rows = session.execute(
        select(
            HourEntry.id,
            HourEntry.course_title,
            Edition.language,
            Course.slug,
            Course.archived_at,
            HourEntry.year,
            HourEntry.day,
            HourEntry.timezone,
            HourEntry.unit_name,
            HourEntry.jp,
            HourEntry.recorded_at,
            CompletionHours,
        )
        .join(Course, Course.id == HourEntry.course_id)
        .join(Completion, Completion.id == HourEntry.completion_id)
        .join(Edition, Edition.id == Completion.edition_id)
        .outerjoin(CompletionHours, CompletionHours.completion_id == Completion.id)
        .where(HourEntry.person_id == person_id, HourEntry.year == year)
        .order_by(HourEntry.day, HourEntry.recorded_at, HourEntry.id)
    )
    return Book(
        person_id,
        year,
        tuple(
            Line(
                id=row.id,
                title=row.course_title,
                language=row.language,
                slug=None if row.archived_at else row.slug,
                year=row.year,
                day=row.day,
                timezone=row.timezone,
                unit_name=row.unit_name,
                jp=row.jp,
                recorded_at=row.recorded_at,
                rule=row.CompletionHours,
            )
            for row in rows
        ),
        claims_of(session, person_id, year),
    )


def years_of(session: Session, person_id: UUID) -> dict[int, datetime | None]:
    """The years in which the person has hours or claims, latest first, and when each was
    closed, if it was. One statement."""
    never = type_coerce(literal(None), HourStatement.frozen_at.type)
    known = union_all(
        select(HourEntry.year, never.label("frozen_at")).where(HourEntry.person_id == person_id),
        select(LearningClaim.year, never).where(LearningClaim.person_id == person_id),
        select(HourStatement.year, HourStatement.frozen_at).where(
            HourStatement.person_id == person_id
        ),
    ).subquery()
    rows = session.execute(
        select(known.c.year, func.max(known.c.frozen_at))
        .group_by(known.c.year)
        .order_by(known.c.year.desc())
    )
    return {row[0]: row[1] for row in rows}


def closed_at(session: Session, person_id: UUID, year: int) -> datetime | None:
    """When the book of a year was closed; None while it is open."""
    return session.scalar(select(HourStatement.frozen_at).filter_by(person_id=person_id, year=year))


def counted_hours(
    person_id: ColumnElement[Any] | Any, year: ColumnElement[int] | int
) -> ColumnElement[Decimal]:
    """The JP of a person that count against the 20 of a year, as a column for any select: the
    one place that says in SQL what the total is made of. 0 where there is nothing."""
    nothing = literal(Decimal(), JP)
    courses = (
        select(func.sum(HourEntry.jp))
        .where(HourEntry.person_id == person_id, HourEntry.year == year)
        .correlate_except(HourEntry)
        .scalar_subquery()
    )
    others = (
        select(func.sum(LearningClaim.counted_jp))  # 0 unless verified
        .where(LearningClaim.person_id == person_id, LearningClaim.year == year)
        .correlate_except(LearningClaim)
        .scalar_subquery()
    )
    both = func.coalesce(courses, nothing) + func.coalesce(others, nothing)
    return type_coerce(both, JP)


def totals_of(session: Session, person_ids: list[UUID], year: int) -> dict[UUID, Decimal]:
    """JP of a year for many people, 0 where there are none: one statement."""
    found = dict.fromkeys(person_ids, Decimal())
    if found:
        rows = session.execute(
            select(Person.id, counted_hours(Person.id, year)).where(Person.id.in_(person_ids))
        )
        found |= {row[0]: row[1] for row in rows}
    return found


def own_part(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """Every line ever, for the person's own file."""
    rows = session.execute(
        select(HourEntry, CompletionHours)
        .outerjoin(CompletionHours, CompletionHours.completion_id == HourEntry.completion_id)
        .where(HourEntry.person_id == person_id)
        .order_by(HourEntry.day, HourEntry.id)
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
        | (
            {
                "rule": hours.rule,
                "jp_full": hours.jp_full,
                "jp_left_out": hours.jp_left_out,
                "modules": [module["title"] for module in hours.modules],
            }
            if hours is not None
            else {}
        )
        for row, hours in rows
    ]
