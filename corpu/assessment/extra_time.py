"""More time for one person or for everybody, with a reason that stays."""

from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.assessment.intake import clean_text
from corpu.assessment.models import Attempt, AttemptState, ExtraTime
from corpu.catalog import queries as catalog
from corpu.catalog.models import Course
from corpu.database import uuid7
from corpu.errors import N_, DomainError, NotFound, RuleBroken
from corpu.people.models import Person
from corpu.people.queries import standing

MOST_MINUTES = 1440


class Actor(Protocol):
    """Who acts; `identity.Viewer` is one."""

    @property
    def id(self) -> UUID: ...
    @property
    def name(self) -> str: ...


class MinutesRefused(DomainError):
    message = N_("Tulis tambahan waktu dalam menit, 1 sampai 1440.")


class ReasonMissing(DomainError):
    message = N_("Tulis alasannya, paling panjang 500 karakter.")


class NoTimeLimit(RuleBroken):
    message = N_("Kuis ini tidak dibatasi waktu.")


def grant_extra_time(
    session: Session,
    *,
    course: str,
    page: str,
    person_id: UUID | None,
    minutes: int,
    reason: str,
    by: Actor,
    at: datetime,
    grant_id: UUID | None = None,
) -> ExtraTime:
    """Give `minutes` more for a quiz to a person, or to everybody where `person_id` is None.

    `grant_id` may be chosen by who calls: the same form sent twice then grants once.

    Counts for attempts in progress, whose deadline moves now, and for later ones; several
    grants add up. `course` is the slug, `page` the page id. Raises NotFound, NoTimeLimit,
    MinutesRefused, ReasonMissing.
    """
    whole = isinstance(minutes, int) and not isinstance(minutes, bool)
    if not whole or not 1 <= minutes <= MOST_MINUTES:
        raise MinutesRefused
    reason = clean_text(reason).strip()
    if not 1 <= len(reason) <= 500:
        raise ReasonMissing
    outline = catalog.current_edition(session, course)
    info = outline.find(page) if outline else None
    person = session.get(Person, person_id) if person_id is not None else None
    if outline is None or info is None or info.quiz is None or (person_id and person is None):
        raise NotFound
    if info.quiz.time_limit is None:
        raise NoTimeLimit
    known = session.get(ExtraTime, grant_id) if grant_id is not None else None
    if known is not None:
        return known
    grant = ExtraTime(
        id=grant_id or uuid7(),
        course_id=outline.course_id,
        page_id=page,
        person_id=person_id,
        minutes=minutes,
        reason=reason,
        granted_by=by.id,
        granted_at=at,
    )
    session.add(grant)
    running = (
        select(Attempt)
        .where(
            Attempt.course_id == outline.course_id,
            Attempt.page_id == page,
            Attempt.state == AttemptState.IN_PROGRESS,
            Attempt.deadline_at.is_not(None),
        )
        .with_for_update()
    )
    if person_id is not None:
        running = running.where(Attempt.person_id == person_id)
    extended = session.scalars(running).all()
    for attempt in extended:
        assert attempt.deadline_at is not None
        attempt.deadline_at += timedelta(minutes=minutes)
    session.flush()
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action="quiz.extra_time",
        subject=(
            ("person", person.id, person.full_name)
            if person
            else ("quiz", f"{course}/{page}", f"{outline.title}: {info.title}")
        ),
        unit_id=(
            standing(session, person.id, at).unit_id
            if person
            else session.scalar(select(Course.owner_unit_id).filter_by(id=outline.course_id))
        ),
        after={
            "course": course,
            "page": page,
            "minutes": minutes,
            "attempts_extended": len(extended),
        },
        reason=reason,
    )
    return grant


def minutes_granted(course_id: Any, page_id: Any, person_id: Any) -> Any:
    """A scalar subquery: all minutes granted for a quiz to this person or to everybody, by
    values or parameters."""
    return (
        select(func.coalesce(func.sum(ExtraTime.minutes), 0))
        .where(
            ExtraTime.course_id == course_id,
            ExtraTime.page_id == page_id,
            or_(ExtraTime.person_id.is_(None), ExtraTime.person_id == person_id),
        )
        .scalar_subquery()
    )
