"""Reading: how many documents stand where, the rows of a list, what a person's file holds."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, cast, func, literal_column, or_, select
from sqlalchemy.orm import Session

from corpu.credentials.models import Certificate, Issuer
from corpu.esign.models import SignedDocument, SigningRun, State

STATE = func.coalesce(
    cast(SignedDocument.state, String), literal_column(f"'{State.UNSIGNED.value}'")
)
CONTENT = Certificate.snapshot
TO_SIGN = (State.UNSIGNED, State.WAITING)


@dataclass(frozen=True)
class Line:
    """A certificate as the list shows it. `is_at_work` says that a process with a passphrase is
    known to be signing its batch."""

    certificate_id: UUID
    name: str  # as printed
    number: str
    course_title: str
    issued_at: datetime
    state: State
    document: SignedDocument | None
    is_at_work: bool


def lines(
    session: Session,
    *,
    units: Collection[UUID] | None,
    at: datetime,
    state: State | None = None,
    words: str = "",
    first: int = 0,
    limit: int = 25,
) -> list[Line]:
    """Certificates of these issuing units (None: of all), the latest first. One statement.

    One that was revoked before it was signed concerns nobody here.
    """
    statement = _joined(
        select(
            Certificate.id,
            Certificate.number,
            Certificate.snapshot,
            Certificate.issued_at,
            SignedDocument,
            SigningRun.alive_until,
        ),
        units,
        words,
    ).order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    if state is not None:
        statement = statement.where(STATE.in_([state.value]))
    rows = session.execute(statement.offset(first).limit(limit))
    return [_line(row, at) for row in rows]


def counts(
    session: Session, *, units: Collection[UUID] | None, words: str = ""
) -> dict[State, int]:
    """How many stand where. One statement."""
    rows = session.execute(_joined(select(STATE, func.count()), units, words).group_by(STATE))
    found = {State(state): count for state, count in rows}
    return {state: found.get(state, 0) for state in State}


def ids(
    session: Session,
    *,
    units: Collection[UUID] | None,
    states: Collection[State],
    words: str = "",
    only: UUID | None = None,
    limit: int,
) -> list[UUID]:
    """The certificates in these states, the oldest first."""
    statement = _joined(select(Certificate.id), units, words)
    statement = statement.where(STATE.in_([one.value for one in states]))
    if only is not None:
        statement = statement.where(Certificate.id == only)
    return list(
        session.scalars(statement.order_by(Certificate.issued_at, Certificate.id).limit(limit))
    )


def last_run(session: Session, person_id: UUID) -> SigningRun | None:
    """The latest batch that this person has started."""
    return session.scalar(
        select(SigningRun)
        .filter_by(started_by=person_id)
        .order_by(SigningRun.started_at.desc(), SigningRun.id.desc())
        .limit(1)
    )


def own_part(session: Session, person_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """What this room holds about a person, for the file of their own data."""
    documents = session.execute(
        select(SignedDocument, Certificate.number)
        .join(Certificate, Certificate.id == SignedDocument.certificate_id)
        .where(Certificate.person_id == person_id)
        .order_by(SignedDocument.queued_at)
    ).all()
    runs = session.scalars(
        select(SigningRun).filter_by(started_by=person_id).order_by(SigningRun.started_at)
    )
    return {
        "documents": [
            {
                "certificate": number,
                "state": one.state,
                "signer": one.signer,
                "document_id": one.remote_id,
                "problem": one.problem,
                "detail": one.detail,
                "queued_at": one.queued_at,
                "settled_at": one.settled_at,
            }
            for one, number in documents
        ],
        "batches_started": [
            {"started_at": one.started_at, "ended_at": one.ended_at, "problem": one.problem}
            for one in runs
        ],
    }


def _joined(statement: Select, units: Collection[UUID] | None, words: str) -> Select:
    statement = (
        statement.select_from(Certificate)
        .join(Issuer, Issuer.id == Certificate.issuer_id)
        .outerjoin(SignedDocument, SignedDocument.certificate_id == Certificate.id)
        .outerjoin(SigningRun, SigningRun.id == SignedDocument.run_id)
        .where(
            or_(
                SignedDocument.id.is_not(None),
                Certificate.revoked_at.is_(None) & Certificate.superseded_at.is_(None),
            )
        )
    )
    if units is not None:
        statement = statement.where(Issuer.unit_id.in_(units))
    return statement.where(*_matching(words))


def _matching(words: str) -> list[ColumnElement[bool]]:
    """Words of the number, of the name as printed, or of the course."""
    texts = (Certificate.number, CONTENT["name"].as_string(), CONTENT["course_title"].as_string())
    return [
        or_(*(func.lower(text).contains(word.lower(), autoescape=True) for text in texts))
        for word in words[:200].split()[:8]
    ]


def _line(row: Any, at: datetime) -> Line:
    document = row.SignedDocument
    return Line(
        certificate_id=row.id,
        name=row.snapshot["name"],
        number=row.number,
        course_title=row.snapshot["course_title"],
        issued_at=row.issued_at,
        state=document.state if document is not None else State.UNSIGNED,
        document=document,
        is_at_work=row.alive_until is not None and row.alive_until > at,
    )
