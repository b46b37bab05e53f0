"""Whether a QR payload holds by its signature alone; decisions on plain values.

`static/js/verify/qr.js` decides the same in the browser; a test lets both judge the same texts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from corpu.credentials.payload import Sealed, Unreadable, read
from corpu.signing.rules import PublicKey

GRACE = timedelta(days=1)  # a day of issue is one of the issuer's zone, a key's moment is UTC


class Finding(StrEnum):
    """What a look at the payload alone can say."""

    HOLDS = "holds"
    WRONG = "wrong"  # content, address or signature were changed
    UNKNOWN_KEY = "unknown_key"
    COMPROMISED = "compromised"
    RETIRED = "retired"  # issued after the key was put away
    NOT_YET = "not_yet"  # issued before there was the key
    EXPIRED = "expired"  # it holds, and the certificate has ended
    NOT_OURS = Unreadable.NOT_OURS
    NEWER = Unreadable.NEWER
    DAMAGED = Unreadable.DAMAGED


@dataclass(frozen=True)
class Checked:
    """The finding; what was read, unless it was unreadable; whose key it is, where known.

    `is_ahead` says that the day of issue has not come yet by the clock that was asked: that
    clock is wrong, or the certificate is.
    """

    finding: Finding
    sealed: Sealed | None = None
    key: PublicKey | None = None
    is_ahead: bool = False

    @property
    def holds(self) -> bool:
        return self.finding is Finding.HOLDS


def check(text: str, keys: Iterable[PublicKey], *, today: date) -> Checked:
    """Judge a QR text by the keys that are trusted. `today` is a day of UTC.

    A retired key's signatures hold when they are of its time. Those of a compromised one do
    not, whatever day they name: who has the key writes any day, and only the issuer's record
    tells which were there before.
    """
    try:
        sealed = read(text)
    except Unreadable as refused:
        return Checked(Finding(refused.why))
    key = next((key for key in keys if key.kid == sealed.kid and key.is_consistent), None)
    if key is None:
        return Checked(Finding.UNKNOWN_KEY, sealed)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(sealed.signature, sealed.message)
    except (InvalidSignature, ValueError):
        return Checked(Finding.WRONG, sealed, key)
    issued_on, end = sealed.content.issued_on, sealed.content.valid_until
    finding = _in_time(key, issued_on)
    # A day of UTC ends after that of the issuer: nobody is told too early that it has ended.
    if finding is Finding.HOLDS and end is not None and today > end:
        finding = Finding.EXPIRED
    return Checked(finding, sealed, key, issued_on > today + GRACE)


def _in_time(key: PublicKey, issued_on: date) -> Finding:
    if key.compromised_at is not None:
        return Finding.COMPROMISED
    if issued_on < key.valid_from.date() - GRACE:
        return Finding.NOT_YET
    if key.retired_at is not None and issued_on > key.retired_at.date() + GRACE:
        return Finding.RETIRED
    return Finding.HOLDS
