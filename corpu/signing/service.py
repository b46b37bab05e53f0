"""Our keys: made, used, put away. Every function flushes and none commits."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.database import insert_unless_taken
from corpu.errors import N_, NotFound, RuleBroken
from corpu.events import InstallationSetUp, KeyCompromised, KeyCreated, publish
from corpu.people.records import CONSOLE
from corpu.people.rules import InvalidInput
from corpu.signing import log, vault
from corpu.signing.canonical import sha256_of
from corpu.signing.models import LONGEST_REASON, SigningKey
from corpu.signing.rules import ALGORITHM, Signature, What, base64url, kid_of, moment, subject_of
from corpu.signing.vault import KeyLocked
from corpu.texts import clean_text

__all__ = ["KeyLocked", "Signer", "can_sign", "ensure_key", "sign", "signer"]


class NotInUse(RuleBroken):
    message = N_("Kunci ini sudah tidak dipakai lagi. Muat ulang halaman untuk melihat yang baru.")


class AlreadyCompromised(RuleBroken):
    message = N_("Kunci ini sudah ditandai bocor. Tanggalnya tidak dapat diundurkan lagi.")


class WrongMoment(InvalidInput):
    field = "since"
    message = N_("Tulis saat antara kunci ini mulai berlaku dan sekarang.")


class ReasonMissing(InvalidInput):
    field = "reason"
    message = N_("Tulis alasannya, paling panjang 500 huruf.")


# ------------------------------------------------------------------------------- signing


@dataclass(frozen=True)
class Signer:
    """The key in use, opened: for a transaction that signs many times."""

    kid: str
    valid_from: datetime
    private: Ed25519PrivateKey

    def sign(self, data: bytes, *, at: datetime) -> Signature:
        """Sign bytes. The moment is `at`, or that of the key's beginning where a clock has gone
        back behind it: nothing was signed before there was the key."""
        return Signature(self.kid, self.private.sign(data), max(at, self.valid_from))


def signer(session: Session, *, at: datetime) -> Signer:
    """The key in use, made where there is none. One statement. Raises KeyLocked."""
    row, keep = ensure_key(session, at=at), vault.current()
    assert row.sealed is not None  # it is in use
    was_open = keep.is_open(row.kid)
    private = keep.private(row.kid, row.sealed)
    if not was_open and keep.is_stale(row.kid, row.sealed):
        row.sealed = keep.seal(row.kid, private)
    return Signer(row.kid, row.valid_from, private)


def can_sign(session: Session) -> bool:
    """Whether the key in use opens, or one could be made. Changes nothing; one statement."""
    row, keep = key_in_use(session), vault.current()
    if row is None:
        return keep.can_seal
    assert row.sealed is not None  # it is in use
    try:
        keep.private(row.kid, row.sealed)
    except KeyLocked:
        return False
    return True


def sign(session: Session, data: bytes, *, at: datetime) -> Signature:
    """Sign bytes with the key in use. Raises KeyLocked where the secret is not the one that
    sealed it.

    One key signs things of several kinds. So that none can pass for another, `data` begins with
    what it is: `CorpU sertifikat 1` and a line break before a snapshot, for instance.
    """
    return signer(session, at=at).sign(data, at=at)


# ---------------------------------------------------------------------- the life of a key


def key_in_use(session: Session) -> SigningKey | None:
    """The one that signs, or None before the first."""
    return session.scalar(
        select(SigningKey).where(
            SigningKey.retired_at.is_(None), SigningKey.compromised_at.is_(None)
        )
    )


def ensure_key(session: Session, *, at: datetime) -> SigningKey:
    """The key in use, made where there is none; of two who make one at once, one does. Raises
    KeyLocked where there is no secret to seal it with."""
    return key_in_use(session) or _made(session, by=None, by_name=CONSOLE, reason="", at=at)


def _made(
    session: Session, *, by: UUID | None, by_name: str, reason: str, at: datetime
) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    kid = kid_of(public)
    row = insert_unless_taken(
        session,
        SigningKey,
        {
            "kid": kid,
            "algorithm": ALGORITHM,
            "public": public,
            "sealed": vault.current().seal(kid, private),
            "valid_from": at,
        },
    )
    if row is None:  # somebody else's was first
        vault.current().forget(kid)
        row = key_in_use(session)
        assert row is not None
        return row
    _tell(session, row, What.KEY_CREATED, by=by, by_name=by_name, reason=reason, at=at)
    publish(session, KeyCreated(kid, at))
    return row


def first_key(session: Session, event: InstallationSetUp) -> None:
    """Set-up makes the key; where no secret is at hand on the console, the first issue does."""
    if vault.current().can_seal:
        ensure_key(session, at=event.at)


def rotate(
    session: Session, kid: str, *, by: UUID | None, by_name: str, reason: str, at: datetime
) -> SigningKey:
    """Put the key in use away and make the next, also where its secret is lost. What it signed
    holds. Raises NotFound, NotInUse (as for the second of two clicks), ReasonMissing, KeyLocked.
    """
    reason = _checked(reason)
    retire(session, kid, by=by, by_name=by_name, reason=reason, at=at)
    return _made(session, by=by, by_name=by_name, reason=reason, at=at)


def retire(
    session: Session, kid: str, *, by: UUID | None, by_name: str, reason: str, at: datetime
) -> SigningKey:
    """Put the key in use away for good: its private part is destroyed here. The next signature
    makes a new one. Raises NotFound, NotInUse, ReasonMissing."""
    reason, row = _checked(reason), _locked(session, kid)
    if row.sealed is None:
        raise NotInUse
    row.retired_at, row.sealed = max(at, row.valid_from), None
    session.flush()
    vault.current().forget(kid)
    _tell(session, row, What.KEY_RETIRED, by=by, by_name=by_name, reason=reason, at=at)
    return row


def mark_compromised(
    session: Session,
    kid: str,
    *,
    since: datetime,
    by: UUID | None,
    by_name: str,
    reason: str,
    at: datetime,
) -> SigningKey:
    """Say that others may have had the key since a moment: what it signed later no longer holds.

    Where it was in use, the next is made at once. Others are told, so that documents of ours
    signed in between are signed anew. For good: a moment once published is not taken back, lest a
    thief do so. Raises NotFound, AlreadyCompromised, WrongMoment, ReasonMissing, KeyLocked.
    """
    reason, row = _checked(reason), _locked(session, kid)
    if row.compromised_at is not None:
        raise AlreadyCompromised
    if not row.valid_from <= since <= at:
        raise WrongMoment
    was_in_use = row.sealed is not None
    row.compromised_at, row.compromised_why, row.sealed = since, reason, None
    session.flush()
    vault.current().forget(kid)
    _tell(session, row, What.KEY_COMPROMISED, by=by, by_name=by_name, reason=reason, at=at)
    if was_in_use:
        _made(session, by=by, by_name=by_name, reason=reason, at=at)
    publish(session, KeyCompromised(kid, since, at))
    return row


def described(row: SigningKey) -> dict[str, object]:
    """What of a key is hashed into the log: its public part and its moments."""
    return {
        "kid": row.kid,
        "algorithm": row.algorithm,
        "public": base64url(row.public),
        "valid_from": moment(row.valid_from),
        "retired_at": moment(row.retired_at) if row.retired_at else None,
        "compromised_at": moment(row.compromised_at) if row.compromised_at else None,
    }


def _tell(
    session: Session,
    row: SigningKey,
    what: What,
    *,
    by: UUID | None,
    by_name: str,
    reason: str,
    at: datetime,
) -> None:
    content = described(row)
    log.ask(session, what, subject=subject_of(row.kid), content=sha256_of(content), at=at)
    audit.record(
        session,
        at=at,
        actor_id=by,
        actor_name=by_name,
        action=what.value,
        subject=("key", row.kid, row.kid),
        after={key: content[key] for key in ("valid_from", "retired_at", "compromised_at")},
        reason=reason,
    )


def _locked(session: Session, kid: str) -> SigningKey:
    row = session.get(SigningKey, kid, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def _checked(reason: str) -> str:
    reason = clean_text(reason)
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise ReasonMissing
    return reason
