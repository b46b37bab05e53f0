"""Reading certificates: one's own, one by its code, and the manager's search."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import Session

from corpu.catalog.models import Edition
from corpu.credentials.models import Certificate, Issuer, PendingCertificate
from corpu.credentials.reasons import Reason, who_acts, why
from corpu.credentials.rules import normalise_code
from corpu.credentials.signatures import signed_bytes
from corpu.credentials.snapshot import Snapshot
from corpu.learning.models import Completion
from corpu.people.models import NipHistory, Person, Unit
from corpu.people.queries import full_name
from corpu.people.rules import nip_digits
from corpu.signing.models import LogEntry, SigningKey
from corpu.signing.queries import public_key
from corpu.signing.rules import Verdict, What, subject_of, verify

# ------------------------------------------------------------------------------ one's own


@dataclass(frozen=True)
class Held:
    """A certificate as its holder's list shows it."""

    id: UUID
    title: str
    name: str
    course_title: str
    number: str
    jp: Decimal
    issued_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class Waiting:
    """A completion whose certificate waits."""

    completion_id: UUID
    person_id: UUID
    person_name: str
    course_title: str
    unit_id: UUID
    unit_name: str  # of who must act
    reason: Reason
    detail: str
    since: datetime

    @property
    def why(self) -> str:
        return why(self.reason, self.detail)

    @property
    def who_acts(self) -> str:
        return who_acts(self.reason, self.unit_name)


def held_by(session: Session, person_id: UUID) -> list[Held]:
    """Everything ever issued to the person, latest first. One statement."""
    content = Certificate.snapshot
    rows = session.execute(
        select(
            Certificate.id,
            content["title"].as_string().label("title"),
            content["name"].as_string().label("name"),
            content["course_title"].as_string().label("course_title"),
            Certificate.number,
            content["jp"].as_string().label("jp"),
            Certificate.issued_at,
            Certificate.revoked_at,
        )
        .where(Certificate.person_id == person_id)
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
    )
    return [Held(**{**row._mapping, "jp": Decimal(row.jp)}) for row in rows]


def waiting(
    session: Session,
    *,
    person_id: UUID | None = None,
    units: Collection[UUID] | None = None,
    limit: int | None = None,
) -> list[Waiting]:
    """What waits for one person, or on units that must act; oldest first. One statement."""
    statement = (
        select(
            PendingCertificate.completion_id,
            Completion.person_id,
            Person.title_before,
            Person.name,
            Person.title_after,
            Edition.title.label("course_title"),
            PendingCertificate.unit_id,
            Unit.name.label("unit_name"),
            PendingCertificate.reason,
            PendingCertificate.detail,
            PendingCertificate.since,
        )
        .join(Completion, Completion.id == PendingCertificate.completion_id)
        .join(Person, Person.id == Completion.person_id)
        .join(Edition, Edition.id == Completion.edition_id)
        .join(Unit, Unit.id == PendingCertificate.unit_id)
        .order_by(PendingCertificate.since, PendingCertificate.completion_id)
        .limit(limit)
    )
    if person_id is not None:
        statement = statement.where(Completion.person_id == person_id)
    if units is not None:
        statement = statement.where(PendingCertificate.unit_id.in_(units))
    return [
        Waiting(
            completion_id=row.completion_id,
            person_id=row.person_id,
            person_name=full_name(row.title_before, row.name, row.title_after),
            course_title=row.course_title,
            unit_id=row.unit_id,
            unit_name=row.unit_name,
            reason=row.reason,
            detail=row.detail,
            since=row.since,
        )
        for row in session.execute(statement)
    ]


def own_certificate(session: Session, person_id: UUID, certificate_id: UUID) -> "Shown | None":
    """A certificate of this very person; None for an unknown one and for another's."""
    return _shown(session, Certificate.id == certificate_id, Certificate.person_id == person_id)


def managed_certificate(
    session: Session, certificate_id: UUID, units: Collection[UUID] | None
) -> "Shown | None":
    """A certificate issued by one of these units (None: by any); None for all others."""
    if units is None:
        return _shown(session, Certificate.id == certificate_id)
    issuers = select(Issuer.id).where(Issuer.unit_id.in_(units))
    return _shown(session, Certificate.id == certificate_id, Certificate.issuer_id.in_(issuers))


# ---------------------------------------------------------------------------- verification


@dataclass(frozen=True)
class Signed:
    """Our signature on a certificate: by which key, and whether it holds. `position` is that of
    its issue in the log, None while that waits or where nobody asked."""

    kid: str
    at: datetime
    verdict: Verdict
    position: int | None


@dataclass(frozen=True)
class Shown:
    """A certificate in full. `is_intact` is false where its content is no longer that of the day
    of issue (by its fingerprint, by our signature or by the log): nobody may rely on it then.
    `signed` is None for one from before there were keys, until it is signed too."""

    id: UUID
    content: Snapshot
    issued_at: datetime
    revoked_at: datetime | None
    revocation_reason: str | None
    is_intact: bool
    signed: Signed | None
    is_signed_pdf: bool  # its document carries an electronic signature (TTE)


def by_code(session: Session, typed: str) -> Shown | None:
    """The certificate of a code as people type it, with its place in the log; None for a code
    unknown or malformed. One statement."""
    code = normalise_code(typed)
    return _shown(session, Certificate.code == code, code=code) if code else None


def by_file(session: Session, sha256: str) -> Shown | None:
    """The certificate whose kept document, signed or not, has exactly these bytes."""
    return _shown(
        session,
        or_(Certificate.pdf_sha256 == sha256, Certificate.signed_pdf_sha256 == sha256),
    )


def _shown(session: Session, *conditions: ColumnElement[bool], code: str = "") -> Shown | None:
    row = session.execute(
        select(
            Certificate.id,
            Certificate.number,
            Certificate.code,
            Certificate.snapshot,
            Certificate.snapshot_sha256,
            Certificate.issued_at,
            Certificate.revoked_at,
            Certificate.revocation_reason,
            Certificate.signature,
            Certificate.kid,
            Certificate.signed_at,
            Certificate.signed_pdf_sha256,
            SigningKey,
            LogEntry.position,
            LogEntry.content,
        )
        .outerjoin(SigningKey, SigningKey.kid == Certificate.kid)
        .outerjoin(
            LogEntry,
            and_(LogEntry.subject == subject_of(code), LogEntry.what == What.ISSUED),
        )
        .where(*conditions)
    ).one_or_none()
    if row is None:
        return None
    content = Snapshot.from_dict(row.snapshot)
    signed = _signed(row, content)
    return Shown(
        id=row.id,
        content=content,
        issued_at=row.issued_at,
        revoked_at=row.revoked_at,
        revocation_reason=row.revocation_reason,
        is_intact=content.sha256() == row.snapshot_sha256
        and row.content in (None, row.snapshot_sha256)
        and (signed is None or signed.verdict not in (Verdict.WRONG, Verdict.UNKNOWN_KEY))
        and (content.number, content.code) == (row.number, row.code),
        signed=signed,
        is_signed_pdf=row.signed_pdf_sha256 is not None,
    )


def _signed(row: Row[Any], content: Snapshot) -> Signed | None:
    if row.signature is None:
        return None
    keys = [public_key(row.SigningKey, "")] if row.SigningKey else []
    verdict = verify(keys, row.kid, signed_bytes(content), row.signature, at=row.signed_at)
    return Signed(row.kid, row.signed_at, verdict, row.position)


# ---------------------------------------------------------------------------------- search


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
    revoked: bool | None = None,
    after: str | None = None,
    limit: int = 50,
) -> FoundPage:
    """Certificates issued by these units (None: by any), latest first.

    `words` is a code or a NIP, also an earlier one, however written; otherwise every word
    must stand in the number or in the name, as printed or as it is now. An `after` that
    this function did not write begins at the beginning.
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
        )
        .join(Issuer, Issuer.id == Certificate.issuer_id)
        .join(Person, Person.id == Certificate.person_id)
        .where(*_matching(words))
        .order_by(Certificate.issued_at.desc(), Certificate.id.desc())
        .limit(limit + 1)
    )
    if units is not None:
        statement = statement.where(Issuer.unit_id.in_(units))
    if revoked is not None:
        is_revoked = Certificate.revoked_at.is_not(None)
        statement = statement.where(is_revoked if revoked else ~is_revoked)
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
