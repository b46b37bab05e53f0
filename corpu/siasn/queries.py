"""Reading: how many stand where, the rows of a list, one of them with all that was said."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal_column, or_, select
from sqlalchemy.orm import Session

from corpu.catalog.models import Edition
from corpu.credentials.models import Certificate, Issuer
from corpu.learning.models import Completion
from corpu.people.models import Person
from corpu.people.rules import nip_digits
from corpu.siasn.models import SiasnExchange, SiasnRecord, State, Wish
from corpu.siasn.rules import Training
from corpu.siasn.tables import place_of

LAST_SAID = 60  # exchanges that a page shows
STATE = func.coalesce(cast(SiasnRecord.state, String), literal_column(f"'{State.UNSENT.value}'"))
CONTENT = Certificate.snapshot


@dataclass(frozen=True)
class Line:
    """A certificate as the list shows it, with where it stands."""

    certificate_id: UUID
    name: str  # as printed
    nip: str  # as it is now
    number: str
    course_title: str
    kind: str
    organiser: str
    jp: Decimal
    started_on: date
    completed_on: date
    is_example: bool
    issued_at: datetime
    revoked_at: datetime | None
    state: State
    record: SiasnRecord | None

    @property
    def training(self) -> Training:
        """What SIASN is told of it."""
        return Training(
            nip=self.nip,
            number=self.number,
            title=self.course_title,
            organiser=self.organiser,
            started_on=self.started_on,
            completed_on=self.completed_on,
            jp=self.jp,
            place=place_of(self.kind),
        )

    @property
    def is_to_go(self) -> bool:
        """Whether SIASN is to lose it."""
        return self.record is not None and self.record.wish is Wish.DELETE


def lines(
    session: Session,
    *,
    units: Collection[UUID] | None,
    state: State | Collection[State] | None = None,
    words: str = "",
    only: Collection[UUID] | None = None,
    first: int = 0,
    limit: int | None = 25,
) -> list[Line]:
    """Certificates of these issuing units (None: of all), the latest first. One statement.

    One that was revoked or superseded before it was ever sent concerns nobody here.
    """
    statement = _joined(
        select(
            Certificate.id,
            Certificate.number,
            Certificate.snapshot,
            Certificate.issued_at,
            Certificate.revoked_at,
            Person.nip,
            Edition.kind,
            SiasnRecord,
        ),
        units,
        words,
    )
    statement = (
        statement.join(Completion, Completion.id == Certificate.completion_id)
        .join(Edition, Edition.id == Completion.edition_id)
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    )
    if state is not None:
        wanted = [state] if isinstance(state, State) else state
        statement = statement.where(STATE.in_([one.value for one in wanted]))
    if only is not None:
        statement = statement.where(Certificate.id.in_(only))
    return [_line(row) for row in session.execute(statement.offset(first).limit(limit))]


def to_mark(
    session: Session,
    *,
    units: Collection[UUID] | None,
    only: Collection[UUID] | None = None,
    limit: int,
) -> list[Line]:
    """What people may have done in SIASN themselves: all that is not settled there yet."""
    return lines(
        session,
        units=units,
        state=(State.UNSENT, State.WAITING, State.FAILED),
        only=only,
        limit=limit,
    )


def line_of(
    session: Session, certificate_id: UUID, *, units: Collection[UUID] | None
) -> Line | None:
    """One of them; None where it is not there or out of reach."""
    return next(iter(lines(session, units=units, only=[certificate_id], limit=1)), None)


def counts(
    session: Session, *, units: Collection[UUID] | None, words: str = ""
) -> dict[State, int]:
    """How many stand where. One statement."""
    rows = session.execute(_joined(select(STATE, func.count()), units, words).group_by(STATE))
    found = {State(state): count for state, count in rows}
    return {state: found.get(state, 0) for state in State}


def unsent_ids(
    session: Session,
    *,
    units: Collection[UUID] | None,
    only: Collection[UUID] | None,
    limit: int,
) -> list[UUID]:
    """Certificates that hold and of which SIASN was not told, the oldest first."""
    statement = _joined(select(Certificate.id), units, "").where(SiasnRecord.id.is_(None))
    if only is not None:
        statement = statement.where(Certificate.id.in_(only))
    return list(
        session.scalars(statement.order_by(Certificate.issued_at, Certificate.id).limit(limit))
    )


def said_about(session: Session, record_id: UUID) -> list[SiasnExchange]:
    """What was asked and answered, the latest first."""
    return list(
        session.scalars(
            select(SiasnExchange)
            .filter_by(record_id=record_id)
            .order_by(SiasnExchange.id.desc())
            .limit(LAST_SAID)
        )
    )


def facts_of(session: Session, certificate_id: UUID) -> tuple[Training, bool]:
    """What SIASN is told of a certificate, and whether it is an example of the demo."""
    line = line_of(session, certificate_id, units=None)
    if line is None:
        raise LookupError(certificate_id)
    return line.training, line.is_example


def own_part(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """What this room holds about a person, for the file of their own data."""
    rows = session.execute(
        select(SiasnRecord, Certificate.number)
        .join(Certificate, Certificate.id == SiasnRecord.certificate_id)
        .where(Certificate.person_id == person_id)
        .order_by(SiasnRecord.queued_at)
    ).all()
    return [
        {
            "certificate": number,
            "state": record.state,
            "queued_at": record.queued_at,
            "settled_at": record.settled_at,
            "problem": record.problem,
            "detail": record.detail,
            "siasn_record_id": record.remote_id,
            "siasn_person_id": record.pns_id,
            "by_hand": record.hand_reason,
            "said": [
                {
                    "at": one.at,
                    "asked": f"{one.method} {one.path}",
                    "sent": one.sent,
                    "status": one.status,
                    "answered": one.answered,
                }
                for one in said_about(session, record.id)
            ],
        }
        for record, number in rows
    ]


def _joined(statement: Select, units: Collection[UUID] | None, words: str) -> Select:
    statement = (
        statement.select_from(Certificate)
        .join(Issuer, Issuer.id == Certificate.issuer_id)
        .join(Person, Person.id == Certificate.person_id)
        .outerjoin(SiasnRecord, SiasnRecord.certificate_id == Certificate.id)
        .where(
            or_(
                SiasnRecord.id.is_not(None),
                and_(Certificate.revoked_at.is_(None), Certificate.superseded_at.is_(None)),
            )
        )
    )
    if units is not None:
        statement = statement.where(Issuer.unit_id.in_(units))
    return statement.where(*_matching(words))


def _matching(words: str) -> list[ColumnElement[bool]]:
    """A whole NIP, or words of the number or of the name as printed."""
    digits = nip_digits(words)
    if digits is not None:
        return [or_(Person.nip == digits, CONTENT["nip"].as_string() == digits)]
    texts = (Certificate.number, CONTENT["name"].as_string())
    return [
        or_(*(func.lower(text).contains(word.lower(), autoescape=True) for text in texts))
        for word in words[:200].split()[:8]
    ]


def _line(row: Any) -> Line:
    content, record = row.snapshot, row.SiasnRecord
    return Line(
        certificate_id=row.id,
        name=content["name"],
        nip=row.nip or "",
        number=row.number,
        course_title=content["course_title"],
        kind=row.kind,
        organiser=content["issuer"],
        jp=Decimal(content["jp"]),
        started_on=date.fromisoformat(content["started_on"]),
        completed_on=date.fromisoformat(content["completed_on"]),
        is_example=bool(content["demo"]),
        issued_at=row.issued_at,
        revoked_at=row.revoked_at,
        state=record.state if record is not None else State.UNSENT,
        record=record,
    )
