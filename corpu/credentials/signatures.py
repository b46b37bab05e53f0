"""Our signature on certificates: what exactly is signed, and those signed later than issued."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, exists, select, update
from sqlalchemy.orm import Session

from corpu.credentials.life import RevocationClass
from corpu.credentials.models import Certificate
from corpu.credentials.snapshot import Snapshot
from corpu.events import KeyCompromised
from corpu.jobs import Job, enqueue
from corpu.signing import log, service
from corpu.signing.canonical import sha256_of
from corpu.signing.rules import What, moment, subject_of

KIND = b"CorpU sertifikat 1\n"  # before the content, so that nothing else we sign can pass for it
SIGN_OLDER = "credentials.sign_older"
BATCH = 200  # certificates per transaction


def signed_bytes(content: Snapshot) -> bytes:
    """What the signature of a certificate is over: the kind of document, then the canonical
    content (RFC 8785)."""
    return KIND + content.canonical()


def log_issue(session: Session, code: str, snapshot_sha256: str, *, at: datetime) -> None:
    """Let an issue be written into the log."""
    log.ask(session, What.ISSUED, subject=subject_of(code), content=snapshot_sha256, at=at)


def log_issues(session: Session, several: Sequence[Any], *, at: datetime) -> None:
    """The same for the certificates of a batch. One statement."""
    log.ask_all(
        session,
        What.ISSUED,
        [(subject_of(one.code), one.snapshot_sha256) for one in several],
        at=at,
    )


def log_revocation(session: Session, certificate: Any) -> None:
    """Let the revocation of a certificate (or of a row that says as much) be written down."""
    log.ask(
        session,
        What.REVOKED,
        subject=subject_of(certificate.code),
        content=revocation_sha256(
            certificate.snapshot_sha256,
            certificate.revoked_at,
            certificate.revocation_reason,
            certificate.revocation_class,
        ),
        at=certificate.revoked_at,
    )


def log_superseded(session: Session, old: Certificate, new: Certificate) -> None:
    """Let it be written down that a corrected version has taken the place of a certificate."""
    assert old.superseded_at is not None
    log.ask(
        session,
        What.SUPERSEDED,
        subject=subject_of(old.code),
        content=superseded_sha256(old.snapshot_sha256, old.superseded_at, new.snapshot_sha256),
        at=old.superseded_at,
    )


def log_voided(
    session: Session, place: tuple[UUID, str, int, int], *, reason: str, at: datetime
) -> None:
    """Let it be written down that a place in a sequence was voided: issuer, kind, year, number."""
    issuer_id, kind, year, sequence = place
    content = sha256_of({"reason": reason, "voided_at": moment(at)})
    subject = subject_of(f"{issuer_id}/{kind}/{year}/{sequence}")
    log.ask(session, What.VOIDED, subject=subject, content=content, at=at)


def revocation_sha256(
    snapshot_sha256: str,
    revoked_at: datetime,
    reason: str | None,
    revocation_class: RevocationClass | None,
) -> str:
    """The fingerprint of a revocation: of what, when and why. Without a class, as it was before
    there were any."""
    said = {"reason": reason or "", "revoked_at": moment(revoked_at), "snapshot": snapshot_sha256}
    return sha256_of(said | ({"class": revocation_class.value} if revocation_class else {}))


def superseded_sha256(snapshot_sha256: str, at: datetime, by_sha256: str) -> str:
    """The fingerprint of a correction: what is superseded, when, and by which content."""
    return sha256_of({"by": by_sha256, "snapshot": snapshot_sha256, "superseded_at": moment(at)})


# ----------------------------------------------------------------------------- later ones


def plan_older(session: Session, at: datetime) -> None:
    """Once for an installation: certificates from before there were keys are signed by a job.
    One statement ever after."""
    if session.scalar(select(Job.id).where(Job.dedup == SIGN_OLDER)) is None and session.scalar(
        select(exists().where(Certificate.signature.is_(None)))
    ):
        enqueue(session, SIGN_OLDER, {"after": None}, at=at, dedup=SIGN_OLDER)


def sign_again(session: Session, event: KeyCompromised) -> None:
    """What a key signed after it was lost no longer holds. Where our own record still has the
    fingerprint that stands in the log, it is signed anew with the next key."""
    session.execute(
        update(Certificate)
        .where(Certificate.kid == event.kid, Certificate.signed_at > event.since)
        .values(signature=None, kid=None, signed_at=None)
    )
    enqueue(session, SIGN_OLDER, {"after": None}, at=event.at, dedup=SIGN_OLDER)


def sign_older_job(session: Session, payload: dict[str, Any], at: datetime) -> None:
    """One batch of certificates without a signature; the next one is a job of its own. What no
    longer has its fingerprint is passed over: we sign no forgery. Raises KeyLocked."""
    after = payload["after"]
    rows = session.execute(
        select(
            Certificate.id,
            Certificate.code,
            Certificate.number,
            Certificate.snapshot,
            Certificate.snapshot_sha256,
            Certificate.issued_at,
            Certificate.revoked_at,
            Certificate.revocation_reason,
            Certificate.revocation_class,
        )
        .where(Certificate.signature.is_(None), *([Certificate.id > UUID(after)] if after else []))
        .order_by(Certificate.id)
        .limit(BATCH)
        .with_for_update()
    ).all()
    if not rows:
        return
    _sign(session, rows, at)
    if len(rows) == BATCH:
        enqueue(session, SIGN_OLDER, {"after": str(rows[-1].id)}, at=at)


def _sign(session: Session, rows: Sequence[Any], at: datetime) -> None:
    signer, signed = service.signer(session, at=at), []
    for row in rows:
        content = Snapshot.from_dict(row.snapshot)
        if content.sha256() != row.snapshot_sha256 or (content.number, content.code) != (
            row.number,
            row.code,
        ):
            continue
        made = signer.sign(signed_bytes(content), at=at)
        signed.append(
            {"of": row.id, "signature": made.value, "kid": made.kid, "signed_at": made.at}
        )
        log_issue(session, row.code, row.snapshot_sha256, at=row.issued_at)
        if row.revoked_at is not None:
            log_revocation(session, row)
    if signed:
        session.connection().execute(
            update(Certificate)
            .where(Certificate.id == bindparam("of"))
            .values(
                signature=bindparam("signature"),
                kid=bindparam("kid"),
                signed_at=bindparam("signed_at"),
            ),
            signed,
        )
