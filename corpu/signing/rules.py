"""What a signature, a key and the log are worth: decisions on plain values.

Ed25519 (RFC 8032) on the bytes; a key is named by the first 48 bits of the SHA-256 of its public
part, which a QR code has room for.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from corpu.signing.canonical import sha256_of

ALGORITHM = "Ed25519"
PUBLIC_LENGTH, SIGNATURE_LENGTH, KID_LENGTH = 32, 64, 8  # bytes, bytes, letters
SKEW = timedelta(minutes=5)  # by which two clocks may differ


def base64url(data: bytes) -> str:
    """Base64 as in addresses and JWK (RFC 4648, section 5), without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def kid_of(public: bytes) -> str:
    """The name of a key: 8 letters of the SHA-256 of its 32 public bytes."""
    return base64url(hashlib.sha256(public).digest()[:6])


def fingerprint_of(public: bytes) -> str:
    """What two people compare on the telephone: the SHA-256 of the public bytes, in fours."""
    digits = hashlib.sha256(public).hexdigest()
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


# ----------------------------------------------------------------------------- signatures


@dataclass(frozen=True)
class PublicKey:
    """A key as the world may know it. `owner` is the agency; moments are aware UTC.

    A retired key no longer signs, and what it signed before holds. Of a compromised one nothing
    holds that was signed after `compromised_at`, since it may be somebody else's work.
    """

    kid: str
    public: bytes  # 32
    owner: str
    valid_from: datetime
    retired_at: datetime | None = None
    compromised_at: datetime | None = None
    compromised_why: str = ""

    @property
    def is_consistent(self) -> bool:
        """Whether the name is that of these bytes."""
        return len(self.public) == PUBLIC_LENGTH and self.kid == kid_of(self.public)


@dataclass(frozen=True)
class Signature:
    """Who signed, the 64 bytes, and the moment that counts for `verify`."""

    kid: str
    value: bytes
    at: datetime


class Verdict(StrEnum):
    VALID = "valid"
    UNKNOWN_KEY = "unknown_key"
    WRONG = "wrong"  # these bytes were not signed so
    COMPROMISED = "compromised"  # signed after the key had fallen into other hands
    RETIRED = "retired"  # signed after the key had been put away
    NOT_YET = "not_yet"  # signed before there was the key


def verify(
    public_keys: Iterable[PublicKey], kid: str, data: bytes, value: bytes, *, at: datetime
) -> Verdict:
    """Whether a signature of these bytes holds, and if not, why not.

    `at` is the moment at which it was made, as the document says. Where only a day is known,
    ask with the day's end. Of that moment the signature itself proves nothing: whoever has a
    stolen key writes what they like; that something was issued then is what the log shows.
    Clocks may differ by five minutes; about a compromised key no grace is given.
    """
    for key in public_keys:
        if key.kid == kid and key.is_consistent:
            break
    else:
        return Verdict.UNKNOWN_KEY
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(value, data)
    except (InvalidSignature, ValueError):
        return Verdict.WRONG
    if key.compromised_at is not None and at > key.compromised_at:
        return Verdict.COMPROMISED
    if at < key.valid_from - SKEW:
        return Verdict.NOT_YET
    if key.retired_at is not None and at > key.retired_at + SKEW:
        return Verdict.RETIRED
    return Verdict.VALID


# ------------------------------------------------------------------------------- the log


class What(StrEnum):
    """What happened to a certificate or to a key."""

    ISSUED = "issued"
    VOIDED = "voided"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    KEY_CREATED = "key.created"
    KEY_RETIRED = "key.retired"
    KEY_COMPROMISED = "key.compromised"


FIRST_PREVIOUS = "0" * 64  # what the first entry follows


def subject_of(name: str) -> str:
    """Whom an entry is about: the SHA-256 of a certificate's code or a key's name, so that who
    has the code finds the entry and nobody finds the code."""
    return hashlib.sha256(name.encode()).hexdigest()


@dataclass(frozen=True)
class Entry:
    """A line of the log. `at` is when it happened as we say; `logged_at` when it was written
    down: who dates something back can choose the first, and not the place in the chain.

    `content` is the SHA-256 of the canonical content, `previous` the hash of the entry before.
    """

    position: int  # from 1, without a gap
    at: datetime
    logged_at: datetime
    what: What
    subject: str
    content: str
    previous: str
    hash: str

    def to_dict(self) -> dict[str, object]:
        """As published, its own hash included."""
        return {
            "position": self.position,
            "at": moment(self.at),
            "logged_at": moment(self.logged_at),
            "what": self.what.value,
            "subject": self.subject,
            "content": self.content,
            "previous": self.previous,
            "hash": self.hash,
        }

    def own_hash(self) -> str:
        """The hash that these values have: SHA-256 of their canonical form, `hash` left out."""
        said = self.to_dict()
        del said["hash"]
        return sha256_of(said)


def moment(at: datetime) -> str:
    """A moment as it is hashed and published: UTC, microseconds always written."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def chained(
    position: int,
    previous: str,
    *,
    at: datetime,
    logged_at: datetime,
    what: What,
    subject: str,
    content: str,
) -> Entry:
    """The entry that follows the one of hash `previous`."""
    bare = Entry(position, at, logged_at, what, subject, content, previous, "")
    return Entry(**(bare.__dict__ | {"hash": bare.own_hash()}))


@dataclass(frozen=True)
class Fault:
    """Where the chain does not hold. `kind`: gap (a position is missing), link (it does not follow
    the entry before) or hash (its content is not what was hashed)."""

    position: int
    kind: str


def faults(
    entries: Iterable[Entry], *, position: int = 0, previous: str = FIRST_PREVIOUS
) -> Iterator[Fault]:
    """What is wrong with entries in the order of their positions, which follow the one given."""
    for entry in entries:
        if entry.position != position + 1:
            yield Fault(entry.position, "gap")
        elif entry.previous != previous:
            yield Fault(entry.position, "link")
        if entry.own_hash() != entry.hash:
            yield Fault(entry.position, "hash")
        position, previous = entry.position, entry.hash
