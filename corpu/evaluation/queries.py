"""Reading evaluation: who is asked, what waits for whom, and what is kept of a person."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from corpu.catalog.models import Course, Edition
from corpu.evaluation.models import (
    EvaluationInvitation,
    EvaluationRound,
    Role,
    SupervisorAnswer,
    SurveySeat,
)
from corpu.learning.models import Completion
from corpu.people.models import Person
from corpu.people.queries import full_name


@dataclass(frozen=True)
class Asked:
    """Somebody's open invitation: about whom, and in which course."""

    invitation_id: UUID
    role: Role
    about: str
    title: str
    language: str
    closes_at: datetime
    reminders: int


def asked_of(session: Session, person_id: UUID, at: datetime) -> list[Asked]:
    """What the person has been asked and not answered, the most urgent first. One statement."""
    return [
        Asked(
            row.id,
            row.role,
            full_name(row.title_before, row.name, row.title_after),
            row.title,
            row.language,
            row.closes_at,
            row.reminders,
        )
        for row in session.execute(
            _asked()
            .where(
                EvaluationInvitation.person_id == person_id,
                EvaluationInvitation.is_answered.is_(False),
                EvaluationInvitation.revoked_at.is_(None),
                EvaluationRound.closes_at > at,
            )
            .order_by(EvaluationRound.closes_at, EvaluationInvitation.id)
        )
    ]


def asked_by(session: Session, invitation_id: UUID) -> Asked:
    """What an invitation asks."""
    row = session.execute(_asked().where(EvaluationInvitation.id == invitation_id)).one()
    return Asked(
        row.id,
        row.role,
        full_name(row.title_before, row.name, row.title_after),
        row.title,
        row.language,
        row.closes_at,
        row.reminders,
    )


def _asked() -> Any:
    return (
        select(
            EvaluationInvitation.id,
            EvaluationInvitation.role,
            EvaluationInvitation.reminders,
            EvaluationRound.closes_at,
            Edition.title,
            Edition.language,
            Person.title_before,
            Person.name,
            Person.title_after,
        )
        .join(EvaluationRound, EvaluationRound.id == EvaluationInvitation.round_id)
        .join(Edition, Edition.id == EvaluationRound.edition_id)
        .join(Person, Person.id == EvaluationRound.person_id)
    )


@dataclass(frozen=True)
class RoundLine:
    """A round in the manager's list."""

    id: UUID
    about: str
    title: str
    language: str
    slug: str
    opened_at: datetime
    closes_at: datetime
    invited: int


def rounds(
    session: Session, units: Collection[UUID] | None, *, first: int, limit: int
) -> tuple[list[RoundLine], int]:
    """Rounds of people of these units (None: all), latest first, and how many. Two statements."""
    where = true() if units is None else EvaluationRound.unit_id.in_(units)
    total = session.scalar(select(func.count()).select_from(EvaluationRound).where(where)) or 0
    invited = (
        select(func.count())
        .where(EvaluationInvitation.round_id == EvaluationRound.id)
        .correlate(EvaluationRound)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            EvaluationRound.id,
            EvaluationRound.opened_at,
            EvaluationRound.closes_at,
            Person.title_before,
            Person.name,
            Person.title_after,
            Edition.title,
            Edition.language,
            Course.slug,
            invited.label("invited"),
        )
        .join(Person, Person.id == EvaluationRound.person_id)
        .join(Edition, Edition.id == EvaluationRound.edition_id)
        .join(Course, Course.id == EvaluationRound.course_id)
        .where(where)
        .order_by(EvaluationRound.opened_at.desc(), EvaluationRound.id)
        .offset(first)
        .limit(limit)
    )
    return [
        RoundLine(
            row.id,
            full_name(row.title_before, row.name, row.title_after),
            row.title,
            row.language,
            row.slug,
            row.opened_at,
            row.closes_at,
            row.invited,
        )
        for row in rows
    ], total


@dataclass(frozen=True)
class Guest:
    id: UUID
    name: str
    role: Role
    is_answered: bool
    reminders: int
    has_link: bool
    revoked_at: datetime | None


def guests(session: Session, round_id: UUID) -> list[Guest]:
    """Everybody asked in a round. One statement."""
    found = [
        Guest(
            row.id,
            full_name(row.title_before, row.name, row.title_after),
            row.role,
            row.is_answered,
            row.reminders,
            row.token_hash is not None,
            row.revoked_at,
        )
        for row in session.execute(
            select(
                EvaluationInvitation.id,
                EvaluationInvitation.role,
                EvaluationInvitation.is_answered,
                EvaluationInvitation.reminders,
                EvaluationInvitation.token_hash,
                EvaluationInvitation.revoked_at,
                Person.title_before,
                Person.name,
                Person.title_after,
            )
            .join(Person, Person.id == EvaluationInvitation.person_id)
            .where(EvaluationInvitation.round_id == round_id)
            .order_by(Person.name, Person.id)
        )
    ]
    return sorted(found, key=lambda guest: list(Role).index(guest.role))


def own_part(session: Session, person_id: UUID) -> dict[str, Any]:
    """What this room holds about a person: whether they answered, and what was said by name.
    Anonymous answers cannot be found again, not even by who gave them."""
    return {
        "surveys_answered": list(
            session.scalars(
                select(Completion.course_id)
                .join(SurveySeat, SurveySeat.enrolment_id == Completion.enrolment_id)
                .where(Completion.person_id == person_id)
            )
        ),
        "invitations": [
            {"role": row.role, "answered": row.is_answered, "revoked_at": row.revoked_at}
            for row in session.scalars(select(EvaluationInvitation).filter_by(person_id=person_id))
        ],
        "supervisor_answers": [
            {
                "about_me": row.supervisor_id != person_id,
                "scores": row.scores,
                "remark": row.remark,
                "answered_at": row.answered_at,
            }
            for row in session.scalars(
                select(SupervisorAnswer)
                .join(EvaluationRound, EvaluationRound.id == SupervisorAnswer.round_id)
                .where(
                    (EvaluationRound.person_id == person_id)
                    | (SupervisorAnswer.supervisor_id == person_id)
                )
            )
        ],
    }
