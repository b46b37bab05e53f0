"""Lists of people, and what a person was and held: for the pages of managers and of oneself."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from corpu.people.models import (
    Account,
    NipHistory,
    Person,
    Posting,
    ProfileVisit,
    RoleAssignment,
    Supervision,
    Unit,
)
from corpu.people.queries import agency_day, full_name, in_force
from corpu.people.rules import clean_text, nip_digits


class State(StrEnum):
    """Which part of the directory: by the account, or by what is missing among the active."""

    ACTIVE = "active"
    NO_SUPERVISOR = "no-supervisor"
    NO_PASSWORD = "no-password"
    NO_POST = "no-post"
    INACTIVE = "inactive"
    ALL = "all"


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
    return [_line(row) for row in rows], total


@dataclass(frozen=True)
class DirectoryPage:
    """Some lines by name; `after` asks for the following ones, None where there are none."""

    lines: tuple[Line, ...]
    total: int
    after: str | None


def directory_page(
    session: Session,
    *,
    at: datetime,
    units: Collection[UUID] | None = None,
    words: str = "",
    state: State = State.ACTIVE,
    after: str | None = None,
    limit: int = 25,
) -> DirectoryPage:
    """A page of the directory that begins after the line which `after` names, however many
    come before it. An `after` that this function did not write begins at the beginning."""
    day = agency_day(session, at)
    statement = _directory(day, units, words, None).where(*_in_state(state, day))
    total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    name, last = _place(after)
    if last is not None:
        statement = statement.where(
            or_(Person.name > name, and_(Person.name == name, Person.id > last))
        )
    rows = session.execute(statement.order_by(Person.name, Person.id).limit(limit + 1)).all()
    more = f"{rows[limit - 1].name}~{rows[limit - 1].id.hex}" if len(rows) > limit else None
    return DirectoryPage(tuple(_line(row) for row in rows[:limit]), total, more)


def counts(
    session: Session, *, at: datetime, units: Collection[UUID] | None = None
) -> dict[State, int]:
    """How many people are in each state; one statement besides the day."""
    day = agency_day(session, at)
    columns = [
        func.coalesce(func.sum(case((and_(*_in_state(state, day)), 1), else_=0)), 0)
        for state in State
        if state is not State.ALL
    ]
    statement: Any = (
        select(*columns, func.count())
        .select_from(Person)
        .join(Account, Account.person_id == Person.id)
        .outerjoin(Posting, and_(Posting.person_id == Person.id, in_force(Posting, day)))
    )
    if units is not None:
        statement = statement.where(Posting.unit_id.in_(units))
    return dict(zip(State, session.execute(statement).one(), strict=True))


def _in_state(state: State, day: date) -> list[ColumnElement[bool]]:
    if state is State.ALL:
        return []
    if state is State.INACTIVE:
        return [Account.is_active.is_(False)]
    supervised = exists().where(Supervision.person_id == Person.id, in_force(Supervision, day))
    more: dict[State, list[ColumnElement[bool]]] = {
        State.NO_SUPERVISOR: [~supervised.correlate(Person)],
        State.NO_PASSWORD: [Account.password_hash.is_(None)],
        State.NO_POST: [Posting.id.is_(None)],
    }
    return [Account.is_active.is_(True), *more.get(state, [])]


def _place(after: str | None) -> tuple[str, UUID | None]:
    name, _, last = (after or "").rpartition("~")
    try:
        return clean_text(name), UUID(hex=last)
    except ValueError:
        return "", None


def _line(row: Any) -> Line:
    return Line(
        person_id=row.id,
        full_name=full_name(row.title_before, row.name, row.title_after),
        nip=row.nip,
        email=row.email,
        unit_id=row.unit_id,
        unit_name=row.unit_name or "",
        post_title=row.post_title or "",
        is_active=bool(row.is_active),
    )


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
        earlier = select(NipHistory.person_id).where(NipHistory.nip == digits)
        return statement.where(or_(Person.nip == digits, Person.id.in_(earlier)))
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


def earlier_numbers(session: Session, person_id: UUID) -> list[NipHistory]:
    """The numbers a person had before, latest first."""
    return list(
        session.scalars(
            select(NipHistory)
            .where(NipHistory.person_id == person_id)
            .order_by(NipHistory.replaced_at.desc())
        )
    )


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
