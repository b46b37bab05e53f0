"""The manager's search among certificates: by number, name, NIP or code, page by page."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import Session

from corpu.credentials.life import Standing
from corpu.credentials.models import Certificate, Issuer
from corpu.credentials.queries import standing_of
from corpu.credentials.rules import normalise_code
from corpu.people.models import NipHistory, Person
from corpu.people.rules import nip_digits


@dataclass(frozen=True)
class Found:
    """A row of the manager's search, with name and NIP as printed."""

    id: UUID
    number: str
    code: str
    person_id: UUID
    name: str
    nip: str
    course_title: str
    issuer: str
    unit_id: UUID  # the issuing unit
    issued_at: datetime
    revoked_at: datetime | None
    superseded_at: datetime | None
    valid_until: date | None

    def standing_on(self, day: date) -> Standing:
        return standing_of(self, day)


@dataclass(frozen=True)
class FoundPage:
    """A page of results; `after` asks for the next one, None on the last."""

    rows: tuple[Found, ...]
    after: str | None


def search(
    session: Session,
    words: str = "",
    *,
    units: Collection[UUID] | None = None,
    state: Standing | None = None,
    day: date | None = None,
    after: str | None = None,
    limit: int = 50,
) -> FoundPage:
    """Certificates issued by these units (None: by any), latest first.

    `words` is a code or a NIP, also an earlier one, however written; otherwise every word
    must stand in the number or in the name, as printed or as it is now. `state` is that of
    `day`. An `after` that this function did not write begins at the beginning.
    """
    content = Certificate.snapshot
    statement = (
        select(
            Certificate.id,
            Certificate.number,
            Certificate.code,
            Certificate.person_id,
            content["name"].as_string().label("name"),
            content["nip"].as_string().label("nip"),
            content["course_title"].as_string().label("course_title"),
            content["issuer"].as_string().label("issuer"),
            Issuer.unit_id,
            Certificate.issued_at,
            Certificate.revoked_at,
            Certificate.superseded_at,
            Certificate.valid_until,
        )
        .join(Issuer, Issuer.id == Certificate.issuer_id)
        .join(Person, Person.id == Certificate.person_id)
        .where(*_matching(words))
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
        .limit(limit + 1)
    )
    if units is not None:
        statement = statement.where(Issuer.unit_id.in_(units))
    if state is not None:
        assert day is not None
        statement = statement.where(*_stands(state, day))
    if (place := _place(after)) is not None:
        moment, last = place
        statement = statement.where(
            or_(
                Certificate.issued_at < moment,
                and_(Certificate.issued_at == moment, Certificate.id < last),
            )
        )
    rows = session.execute(statement).all()
    found = tuple(Found(**row._mapping) for row in rows[:limit])
    return FoundPage(found, _written(rows[limit - 1]) if len(rows) > limit else None)


def _stands(state: Standing, day: date) -> list[ColumnElement[bool]]:
    """`life.standing` as conditions."""
    if state is Standing.REVOKED:
        return [Certificate.revoked_at.is_not(None)]
    if state is Standing.SUPERSEDED:
        return [Certificate.superseded_at.is_not(None)]
    in_force = [Certificate.revoked_at.is_(None), Certificate.superseded_at.is_(None)]
    if state is Standing.EXPIRED:
        return [*in_force, Certificate.valid_until < day]
    return [*in_force, or_(Certificate.valid_until.is_(None), Certificate.valid_until >= day)]


def _matching(words: str) -> list[ColumnElement[bool]]:
    code, digits = normalise_code(words), nip_digits(words)
    if digits is not None:
        earlier = select(NipHistory.person_id).where(NipHistory.nip == digits)
        return [
            or_(
                Person.nip == digits,
                Certificate.person_id.in_(earlier),
                Certificate.snapshot["nip"].as_string() == digits,
            )
        ]
    texts = (
        Certificate.number,
        Person.name,
        Certificate.snapshot["name"].as_string(),
    )
    in_texts = [
        or_(*(func.lower(text).contains(word.lower(), autoescape=True) for text in texts))
        for word in words[:200].split()[:8]
    ]
    # Sixteen letters may be a code or just as well a part of a name.
    return [or_(Certificate.code == code, and_(*in_texts))] if code else in_texts


def _written(row: Row[Any]) -> str:
    return f"{row.issued_at.isoformat()}~{row.id.hex}"


def _place(after: str | None) -> tuple[datetime, UUID] | None:
    moment, _, last = (after or "").partition("~")
    try:
        written = datetime.fromisoformat(moment)
        # The first and last moments that can be written lie outside the calendar of UTC.
        return (written.astimezone(UTC), UUID(hex=last)) if written.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
