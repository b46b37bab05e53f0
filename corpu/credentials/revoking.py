"""Revoking for good. Flushes and never commits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.credentials.life import Asked, RevocationClass, Wished
from corpu.credentials.life_models import LONGEST_REASON, CorrectionWish, Proposal
from corpu.credentials.models import Certificate, Issuer
from corpu.credentials.signatures import log_revocation
from corpu.errors import N_, NotFound, RuleBroken
from corpu.events import CertificateRevoked, publish
from corpu.people.rules import InvalidInput, clean_text


class AlreadyRevoked(RuleBroken):
    message = N_("Sertifikat ini sudah dicabut sebelumnya.")


class AlreadySuperseded(RuleBroken):
    message = N_("Sertifikat ini sudah digantikan. Buka penggantinya untuk bertindak.")


class OwnCertificate(RuleBroken):
    message = N_("Sertifikat Anda sendiri dicabut dan dibetulkan oleh pengelola lain.")


class ReasonMissing(InvalidInput):
    field = "reason"
    message = N_("Tulis alasannya, paling panjang 500 huruf.")


class ClassMissing(InvalidInput):
    field = "revocation_class"
    message = N_("Pilih golongan alasannya.")


def locked(
    session: Session, certificate_id: UUID, units: set[UUID] | None, by: UUID | None
) -> tuple[Certificate, Issuer]:
    """A certificate that may still be changed, whose row stays locked, and its issuer.

    `units` bounds who may: certificates of other issuing units do not exist for them; and nobody
    decides on their own. Raises NotFound, OwnCertificate, AlreadyRevoked, AlreadySuperseded.
    """
    certificate = session.get(
        Certificate, certificate_id, with_for_update=True, populate_existing=True
    )
    if certificate is None:
        raise NotFound
    issuer = session.scalars(select(Issuer).filter_by(id=certificate.issuer_id)).one()
    if units is not None and issuer.unit_id not in units:
        raise NotFound
    if by is not None and certificate.person_id == by:
        raise OwnCertificate
    if certificate.revoked_at is not None:
        raise AlreadyRevoked
    if certificate.superseded_at is not None:
        raise AlreadySuperseded
    return certificate, issuer


def reason_of(text: str) -> str:
    """A reason as it is kept. Raises ReasonMissing."""
    reason = clean_text(text)
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise ReasonMissing
    return reason


def class_of(chosen: str | None) -> RevocationClass:
    """A class of reasons as a form or a console names it. Raises ClassMissing."""
    try:
        return RevocationClass(chosen or "")
    except ValueError:
        raise ClassMissing from None


def revoke(
    session: Session,
    certificate_id: UUID,
    *,
    by: UUID | None,
    by_name: str,
    reason: str,
    revocation_class: str | None,
    at: datetime,
    units: set[UUID] | None = None,
    asked_by: tuple[UUID | None, str] | None = None,
) -> Certificate:
    """Revoke for good. The number stays spent; `/verify` shows since when and of which class the
    reason is, the reason itself only those whom it concerns. `asked_by` is who had asked for it
    where a second person has agreed.

    Raises NotFound, OwnCertificate, AlreadyRevoked, AlreadySuperseded, ReasonMissing, ClassMissing.
    """
    certificate, issuer = locked(session, certificate_id, units, by)
    reason, chosen = reason_of(reason), class_of(revocation_class)
    certificate.revoked_at = at
    certificate.revoked_by = asked_by[0] if asked_by else by
    certificate.revocation_class, certificate.revocation_reason = chosen, reason
    overtake(session, certificate.id, at)
    session.flush()
    audit.record(
        session,
        at=at,
        actor_id=by,
        actor_name=by_name,
        action="certificate.revoked",
        subject=("certificate", certificate.id, certificate.number),
        unit_id=issuer.unit_id,
        before={"revoked_at": None},
        after={"revoked_at": at.isoformat(), "revocation_class": chosen.value}
        | ({"asked_by_name": asked_by[1]} if asked_by else {}),
        reason=reason,
    )
    log_revocation(session, certificate)
    publish(session, CertificateRevoked(certificate.id, at))
    return certificate


def overtake(session: Session, certificate_id: UUID, at: datetime) -> None:
    """What still waits about a certificate is settled by what has become of it."""
    for row in session.scalars(
        select(Proposal).filter_by(certificate_id=certificate_id, state=Asked.WAITING)
    ):
        row.state, row.answered_at = Asked.OVERTAKEN, at
    for wish in session.scalars(
        select(CorrectionWish).filter_by(certificate_id=certificate_id, state=Wished.WAITING)
    ):
        wish.state, wish.answered_at = Wished.OVERTAKEN, at
