"""Lists of people, and what a person was and held: for the pages of managers and of oneself."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from corpu.people.models import (
    Account,
    Person,
    Posting,
    ProfileVisit,
    RoleAssignment,
    Supervision,
    Unit,
)
from corpu.people.queries import agency_day, full_name, in_force
from corpu.people.rules import nip_digits


@dataclass(frozen=True)
class Line:
    """One row of the directory."""

    person_id: UUID
    full_name: str
    nip: str | None
    email: str | None
    unit_id: UUID | None
    unit_name: str
    post_title: str
    is_active: bool


def directory(
    session: Session,
    *,
    at: datetime,
    units: Collection[UUID] | None = None,
    words: str = "",
    active: bool | None = True,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Line], int]:
    """People by name with their unit and post of today, and how many there are in all.

    `words` looks in name and e-mail, or for a NIP however it is written; `units` None
    means everybody, also those without a posting.
    """
    statement = _directory(agency_day(session, at), units, words, active)
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    rows = session.execute(statement.order_by(Person.name, Person.id).limit(limit).offset(offset))
    return [
        Line(
            person_id=row.id,
            full_name=full_name(row.title_before, row.name, row.title_after),
            nip=row.nip,
            email=row.email,
            unit_id=row.unit_id,
            unit_name=row.unit_name or "",
            post_title=row.post_title or "",
            is_active=bool(row.is_active),
        )
        for row in rows
    ], total


def _directory(day: date, units: Collection[UUID] | None, words: str, active: bool | None) -> Any:
    statement: Any = (
        select(
            Person.id,
            Person.nip,
            Person.email,
            Person.title_before,
            Person.name,
            Person.title_after,
            Account.is_active,
            Unit.id.label("unit_id"),
            Unit.name.label("unit_name"),
            Posting.title.label("post_title"),
        )
        .join(Account, Account.person_id == Person.id)
        .outerjoin(Posting, and_(Posting.person_id == Person.id, in_force(Posting, day)))
        .outerjoin(Unit, Unit.id == Posting.unit_id)
    )
    if units is not None:
        statement = statement.where(Posting.unit_id.in_(units))
    if active is not None:
        statement = statement.where(Account.is_active.is_(active))
    digits = nip_digits(words)
    if digits is not None:
        return statement.where(Person.nip == digits)
    for word in words.split()[:8]:
        statement = statement.where(
            or_(
                func.lower(Person.name).contains(word.lower(), autoescape=True),
                Person.email.contains(word.lower(), autoescape=True),
                Person.nip.contains(word, autoescape=True),
            )
        )
    return statement


def postings_of(session: Session, person_id: UUID) -> list[tuple[Posting, str]]:
    """Every posting with the name of its unit, latest first."""
    return [
        (posting, name)
        for posting, name in session.execute(
            select(Posting, Unit.name)
            .join(Unit, Unit.id == Posting.unit_id)
            .where(Posting.person_id == person_id)
            .order_by(Posting.started_on.desc())
        )
    ]


def supervisions_of(session: Session, person_id: UUID) -> list[tuple[Supervision, str]]:
    """Every relation to a supervisor with the supervisor's full name, latest first."""
    rows = session.execute(
        select(Supervision, Person)
        .join(Person, Person.id == Supervision.supervisor_id)
        .where(Supervision.person_id == person_id)
        .order_by(Supervision.started_on.desc())
    )
    return [(relation, supervisor.full_name) for relation, supervisor in rows]


def roles_of(session: Session, person_id: UUID) -> list[tuple[RoleAssignment, str]]:
    """Every role given, with the name of its unit ("" for the whole agency), latest first."""
    rows = session.execute(
        select(RoleAssignment, Unit.name)
        .outerjoin(Unit, Unit.id == RoleAssignment.unit_id)
        .where(RoleAssignment.person_id == person_id)
        .order_by(RoleAssignment.started_on.desc())
    )
    return [(role, name or "") for role, name in rows]


def profile_visits(
    session: Session, person_id: UUID, *, limit: int | None = 50
) -> list[tuple[datetime, str]]:
    """When and who opened this person's page, latest first."""
    statement = (
        select(ProfileVisit.at, Person.title_before, Person.name, Person.title_after)
        .join(Person, Person.id == ProfileVisit.viewer_id)
        .where(ProfileVisit.person_id == person_id)
        .order_by(ProfileVisit.at.desc(), ProfileVisit.id.desc())
        .limit(limit)
    )
    return [
        (row.at, full_name(row.title_before, row.name, row.title_after))
        for row in session.execute(statement)
    ]
