"""Correcting a certificate: a new one visibly takes its place. Flushes and never commits.

The corrected certificate has a number of its own, from the same sequence: numbers are never used
twice, SIASN knows a record by its number, and whoever holds both papers can tell them apart.
Completion, hours and evidence are those of the learning, which happened once.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from corpu import audit
from corpu.addresses import absolute
from corpu.catalog import queries as catalog
from corpu.credentials.arrangements import number_template_of, signed_again
from corpu.credentials.facts import Issuing, issuing_again, lacking_to_sign, number_of
from corpu.credentials.letters import unprintable
from corpu.credentials.life import Asked, Wished
from corpu.credentials.life_models import CorrectionWish, Proposal
from corpu.credentials.models import Certificate
from corpu.credentials.reasons import Reason, Refused, who_acts, why
from corpu.credentials.revoking import locked, reason_of
from corpu.credentials.rules import format_code, new_code
from corpu.credentials.sealing import qr_payload
from corpu.credentials.service import ask_to_draw, next_number
from corpu.credentials.signatures import log_issue, log_superseded, signed_bytes
from corpu.credentials.snapshot import Snapshot, UnprintableText, corrected
from corpu.errors import N_, RuleBroken
from corpu.events import CertificateSuperseded, publish
from corpu.learning.models import Completion
from corpu.people.rules import InvalidInput, InvalidNip, clean_text, nip_digits
from corpu.signing.service import KeyLocked, Signer, signer
from corpu.zones import local_date

TEXTS = {  # field → the longest that is taken
    "name": 300,
    "nip": 30,
    "post": 200,
    "unit": 200,
    "agency": 200,
    "course_title": 300,
}
DAYS = ("started_on", "completed_on")
REQUIRED = ("name", "agency", "course_title")


class NothingChanges(InvalidInput):
    field = "name"
    message = N_("Belum ada yang berbeda. Betulkan sedikitnya satu isian.")


class CannotIssue(RuleBroken):
    """The corrected certificate cannot be issued now; the old one stands."""


class BadChange(InvalidInput):
    """A value that cannot be printed so; `field` says which."""

    def __init__(self, field: str, message: str, **params: object) -> None:
        super().__init__(message, **params)
        self.field = field


def changes_of(content: Snapshot, wanted: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    """What would change, by field, as it is kept: texts, and days in ISO 8601. Fields that are not
    named stay as they are.

    The last day stays in its year: JP count in the year of the completion, which a correction of
    the paper does not move. Raises NothingChanges, BadChange.
    """
    found: dict[str, Any] = {}
    for name, most in TEXTS.items():
        if name not in wanted:
            continue
        text = clean_text(wanted[name] or "")
        if name == "nip" and text:
            digits = nip_digits(text)
            if digits is None:
                raise BadChange(name, InvalidNip.message)
            text = digits
        if not text and name in REQUIRED:
            raise BadChange(name, N_("Isian ini tidak boleh kosong pada sertifikat."))
        if len(text) > most:
            raise BadChange(name, N_("Tulis paling banyak %(most)s huruf."), most=most)
        if letters := unprintable(text):
            raise BadChange(
                name,
                N_("Huruf ini tidak dapat dicetak pada sertifikat: %(letters)s."),
                letters=" ".join(letters),
            )
        if text != getattr(content, name):
            found[name] = text
    days = {name: wanted.get(name) or getattr(content, name) for name in DAYS}
    if days["completed_on"] > today:
        raise BadChange("completed_on", N_("Hari selesai belum tiba."))
    if days["completed_on"].year != content.completed_on.year:
        raise BadChange(
            "completed_on",
            N_("Hari selesai tetap dalam tahun %(year)s: JP-nya dihitung di tahun itu."),
            year=content.completed_on.year,
        )
    if days["started_on"] > days["completed_on"]:
        raise BadChange("started_on", N_("Hari mulai tidak boleh sesudah hari selesai."))
    found |= {name: day.isoformat() for name, day in days.items() if day != getattr(content, name)}
    if not found:
        raise NothingChanges
    return found


def correct(
    session: Session,
    certificate_id: UUID,
    changes: Mapping[str, Any],
    *,
    by: UUID | None,
    by_name: str,
    reason: str,
    at: datetime,
    units: set[UUID] | None = None,
    asked_by: tuple[UUID | None, str] | None = None,
) -> Certificate:
    """Issue the corrected version, which takes the place of the certificate. `changes` are those
    of `changes_of`. A holder's wish that waits is granted by it.

    Raises NotFound, OwnCertificate, AlreadyRevoked, AlreadySuperseded, ReasonMissing, CannotIssue.
    """
    old, issuer = locked(session, certificate_id, units, by)
    reason = reason_of(reason)
    issuing = issuing_again(session, issuer)
    try:
        new = _issue(session, old, issuing, changes, at)
    except Refused as refusal:
        raise CannotIssue(
            f"{why(refusal.reason, refusal.detail)} {who_acts(refusal.reason, issuing.unit_name)}"
        ) from refusal
    _settle(session, old.id, by, at)
    session.flush()
    audit.record(
        session,
        at=at,
        actor_id=by,
        actor_name=by_name,
        action="certificate.corrected",
        subject=("certificate", new.id, new.number),
        unit_id=issuer.unit_id,
        before={name: old.snapshot[name] for name in changes} | {"number": old.number},
        after=dict(changes)
        | {"number": new.number}
        | ({"asked_by_name": asked_by[1]} if asked_by else {}),
        reason=reason,
    )
    ask_to_draw(session, new.id, at)
    log_issue(session, new.code, new.snapshot_sha256, at=at)
    log_superseded(session, old, new)
    publish(session, CertificateSuperseded(old.id, new.id, at))
    return new


def _issue(
    session: Session, old: Certificate, issuing: Issuing, changes: Mapping[str, Any], at: datetime
) -> Certificate:
    """Take the next number, sign and insert, or nothing. Raises Refused."""
    try:
        pen = signer(session, at=at)
    except KeyLocked:
        raise Refused(Reason.KEY_LOCKED) from None
    edition_id = session.scalars(
        select(Completion.edition_id).where(Completion.id == old.completion_id)
    ).one()
    program = catalog.outline(session, edition_id).kind
    issued_on = local_date(at, issuing.timezone)
    template = number_template_of(session, issuing.unit_id, old.kind)
    number = ""
    try:
        with session.begin_nested():
            old.superseded_at = at  # before the new one: of a completion one is current
            session.flush()
            sequence = next_number(session, issuing.id, old.kind, issued_on.year)
            number = number_of(issuing, program, issued_on, sequence, template)
            content = _content(session, old, issuing, changes, number, issued_on)
            new = _signed(old, content, pen, sequence, at)
            session.add(new)
    except IntegrityError:
        if session.scalar(select(Certificate.id).filter_by(number=number)) is not None:
            raise Refused(Reason.NUMBER_TAKEN, number) from None
        raise
    return new


def _content(
    session: Session,
    old: Certificate,
    issuing: Issuing,
    changes: Mapping[str, Any],
    number: str,
    issued_on: date,
) -> Snapshot:
    code, before = new_code(), Snapshot.from_dict(old.snapshot)
    design, signatory, place = before.design, issuing.signatory, issuing.place
    if design is not None:
        design, signatory, place = signed_again(session, design, signatory, place)
    is_unsigned = design is not None and not design.signatories
    for missing in lacking_to_sign([signatory], place, may_be_unsigned=is_unsigned):
        raise Refused(missing)
    values = {
        name: date.fromisoformat(value) if name in DAYS else value
        for name, value in changes.items()
    }
    try:
        return corrected(
            before,
            values,
            number=number,
            code=code,
            verify_url=absolute(f"/verify/{format_code(code)}"),
            issuer=issuing.unit_name,
            place=place,
            signatory=signatory,
            issued_on=issued_on,
            design=design,
        )
    except UnprintableText as error:
        raise Refused(Reason.UNPRINTABLE, " ".join(error.letters)) from error


def _signed(
    old: Certificate, content: Snapshot, pen: Signer, sequence: int, at: datetime
) -> Certificate:
    signature = pen.sign(signed_bytes(content), at=at)
    return Certificate(
        completion_id=old.completion_id,
        person_id=old.person_id,
        course_id=old.course_id,
        issuer_id=old.issuer_id,
        kind=old.kind,
        year=content.issued_on.year,
        sequence=sequence,
        number=content.number,
        code=content.code,
        snapshot=content.to_dict(),
        snapshot_sha256=content.sha256(),
        issued_at=at,
        valid_until=old.valid_until,
        renews_id=old.renews_id,
        replaces_id=old.id,
        signature=signature.value,
        kid=signature.kid,
        signed_at=signature.at,
        qr_payload=qr_payload(content, pen, at=at),
    )


def _settle(session: Session, certificate_id: UUID, by: UUID | None, at: datetime) -> None:
    """What waited about the old certificate has its answer."""
    for row in session.scalars(
        select(Proposal).filter_by(certificate_id=certificate_id, state=Asked.WAITING)
    ):
        row.state, row.answered_at = Asked.OVERTAKEN, at
    for wish in session.scalars(
        select(CorrectionWish).filter_by(certificate_id=certificate_id, state=Wished.WAITING)
    ):
        wish.state, wish.answered_at, wish.answered_by = Wished.GRANTED, at, by
