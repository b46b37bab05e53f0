"""Reading certificates: one's own, what waits, and one by its code."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from corpu.catalog.models import Edition
from corpu.credentials.life import RevocationClass, Standing, standing
from corpu.credentials.models import Certificate, Issuer, PendingCertificate
from corpu.credentials.reasons import Reason, who_acts, why
from corpu.credentials.rules import normalise_code
from corpu.credentials.signatures import signed_bytes
from corpu.credentials.snapshot import Snapshot
from corpu.learning.models import Completion
from corpu.people.models import Person, Unit
from corpu.people.queries import full_name
from corpu.signing.models import LogEntry, SigningKey
from corpu.signing.queries import public_key
from corpu.signing.rules import Verdict, What, subject_of, verify

AT_ONCE = 500  # values in one statement
_NEXT = aliased(Certificate)  # the corrected version of a certificate


def standing_of(one: Any, day: date) -> Standing:
    """What a certificate, as any of these functions give it, is worth on a day."""
    return standing(
        revoked_at=one.revoked_at,
        superseded_at=one.superseded_at,
        valid_until=one.valid_until,
        day=day,
    )


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
    superseded_at: datetime | None
    valid_until: date | None
    replaces_id: UUID | None

    def standing_on(self, day: date) -> Standing:
        return standing_of(self, day)


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
            Certificate.superseded_at,
            Certificate.valid_until,
            Certificate.replaces_id,
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
class Successor:
    """The corrected certificate that has taken a place."""

    id: UUID
    number: str
    code: str
    revoked_at: datetime | None


@dataclass(frozen=True)
class Shown:
    """A certificate in full. `is_intact` is false where its content is no longer that of the day
    of issue (by its fingerprint, by our signature or by the log): nobody may rely on it then.
    `signed` is None for one from before there were keys, until it is signed too."""

    id: UUID
    content: Snapshot
    issued_at: datetime
    revoked_at: datetime | None
    revocation_class: RevocationClass | None
    revocation_reason: str | None  # for holder and managers: it may name people
    superseded_at: datetime | None
    valid_until: date | None
    successor: Successor | None
    needs_consent: bool  # a second person must agree to what becomes of it
    consent_until: datetime | None
    is_intact: bool
    signed: Signed | None
    is_signed_pdf: bool  # its document carries an electronic signature (TTE)

    def standing_on(self, day: date) -> Standing:
        return standing_of(self, day)


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


def by_codes(session: Session, codes: Collection[str]) -> dict[str, Shown]:
    """The certificates of many codes, normalised. Two statements for each 500 of them."""
    return {one.content.code: one for one in _many(session, Certificate.code, codes)}


def by_numbers(session: Session, numbers: Collection[str]) -> dict[str, Shown]:
    """The same by their numbers. Never for the public without something else that fits."""
    return {one.content.number: one for one in _many(session, Certificate.number, numbers)}


def _many(session: Session, column: Any, values: Collection[str]) -> Iterator[Shown]:
    asked = list(values)
    for start in range(0, len(asked), AT_ONCE):
        rows = session.execute(_columns().where(column.in_(asked[start : start + AT_ONCE]))).all()
        logged = {
            row.subject: row.content
            for row in session.execute(
                select(LogEntry.subject, LogEntry.content).where(
                    LogEntry.subject.in_([subject_of(row.code) for row in rows]),
                    LogEntry.what == What.ISSUED,
                )
            )
        }
        for row in rows:
            yield _read(row, logged.get(subject_of(row.code)))


def _shown(session: Session, *conditions: ColumnElement[bool], code: str = "") -> Shown | None:
    row = session.execute(_columns(code).where(*conditions)).one_or_none()
    return None if row is None else _read(row, row.logged)


def _columns(code: str = "") -> Select[Any]:
    return (
        select(
            Certificate.id,
            Certificate.number,
            Certificate.code,
            Certificate.snapshot,
            Certificate.snapshot_sha256,
            Certificate.issued_at,
            Certificate.revoked_at,
            Certificate.revocation_class,
            Certificate.revocation_reason,
            Certificate.superseded_at,
            Certificate.valid_until,
            Issuer.needs_consent,
            Issuer.consent_until,
            _NEXT.id.label("next_id"),
            _NEXT.number.label("next_number"),
            _NEXT.code.label("next_code"),
            _NEXT.revoked_at.label("next_revoked_at"),
            Certificate.signature,
            Certificate.kid,
            Certificate.signed_at,
            Certificate.signed_pdf_sha256,
            SigningKey,
            LogEntry.position,
            LogEntry.content.label("logged"),
        )
        .join(Issuer, Issuer.id == Certificate.issuer_id)
        .outerjoin(_NEXT, _NEXT.replaces_id == Certificate.id)
        .outerjoin(SigningKey, SigningKey.kid == Certificate.kid)
        .outerjoin(
            LogEntry,
            and_(LogEntry.subject == subject_of(code), LogEntry.what == What.ISSUED),
        )
    )


def _read(row: Row[Any], logged: str | None) -> Shown:
    """A row of `_columns`; `logged` is the fingerprint that its issue has in the log."""
    content = Snapshot.from_dict(row.snapshot)
    signed = _signed(row, content)
    return Shown(
        id=row.id,
        content=content,
        issued_at=row.issued_at,
        revoked_at=row.revoked_at,
        revocation_class=row.revocation_class,
        revocation_reason=row.revocation_reason,
        superseded_at=row.superseded_at,
        valid_until=row.valid_until,
        successor=None
        if row.next_id is None
        else Successor(row.next_id, row.next_number, row.next_code, row.next_revoked_at),
        needs_consent=row.needs_consent,
        consent_until=row.consent_until,
        is_intact=content.sha256() == row.snapshot_sha256
        and logged in (None, row.snapshot_sha256)
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
