"""Whether a digital credential holds by its signature alone; decisions on plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from corpu.credentials.badges.document import Claims, claims_of
from corpu.credentials.badges.linked import NotReadable
from corpu.credentials.badges.proofs import Secured, read
from corpu.signing.rules import SKEW, PublicKey, Verdict, verify

LARGEST = 64 * 1024  # letters


class Finding(StrEnum):
    """What a look at the credential alone can say."""

    HOLDS = "holds"
    NOT_ONE = "not_one"  # not a credential, or of a kind that is not read here
    WRONG = Verdict.WRONG.value
    UNKNOWN_KEY = Verdict.UNKNOWN_KEY.value
    COMPROMISED = Verdict.COMPROMISED.value
    RETIRED = Verdict.RETIRED.value
    NOT_YET = Verdict.NOT_YET.value
    EXPIRED = "expired"


@dataclass(frozen=True)
class Checked:
    """The finding; what it says, where a known key signed it; whose key it is."""

    finding: Finding
    claims: Claims | None = None
    kid: str = ""
    key: PublicKey | None = None

    @property
    def holds(self) -> bool:
        return self.finding is Finding.HOLDS


def check(text: str, keys: Iterable[PublicKey], *, at: datetime) -> Checked:
    """Judge a credential, JSON or JWT, by the keys that are trusted.

    What no trusted key signed is not shown: its claims are not read then. A compromised key proves
    nothing whatever moment the credential names, since who has the key writes any.
    """
    if len(text) > LARGEST:
        return Checked(Finding.NOT_ONE)
    try:
        found = read(text)
    except NotReadable:
        return Checked(Finding.NOT_ONE)
    key = next((key for key in keys if key.kid == found.kid and key.is_consistent), None)
    verdict = verify([key] if key else [], found.kid, found.signed, found.signature, at=found.at)
    if key is None or verdict in (Verdict.UNKNOWN_KEY, Verdict.WRONG):
        return Checked(Finding(verdict), kid=found.kid, key=key)
    try:
        claims = claims_of(found.document)
    except NotReadable:
        return Checked(Finding.NOT_ONE, kid=found.kid, key=key)
    return Checked(_in_time(found, key, claims, verdict, at), claims, found.kid, key)


def _in_time(
    found: Secured, key: PublicKey, claims: Claims, verdict: Verdict, at: datetime
) -> Finding:
    if key.compromised_at is not None:
        return Finding.COMPROMISED
    if verdict is not Verdict.VALID:
        return Finding(verdict)
    if found.at > at + SKEW:
        return Finding.NOT_YET
    if claims.valid_until is not None and claims.valid_until < at:
        return Finding.EXPIRED
    return Finding.HOLDS


def looks_like_one(text: str) -> bool:
    """Whether a text is meant as a credential, JSON or JWT, and not as something else."""
    text = text.strip()
    return text.startswith("{") or (text.startswith("eyJ") and text.count(".") == 2)
