"""What a machine finds in the proof of a claim: asked for with the claim, found by a job.

Who looks is a room above, which knows certificates and keys (`credentials.outside`); here is what
is asked, and what it finds as values.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from corpu.hours.models import LearningClaim, ProofCheck
from corpu.jobs import enqueue
from corpu.pdf_signatures import PdfSignature, as_signature

CHECK = "hours.check_proof"


class Seal(StrEnum):
    """What a certificate of a CorpU, found in a proof or pasted, is worth."""

    PROVEN = "proven"  # signed by a key that we trust; of others, revocation is theirs to say
    REVOKED = "revoked"
    ALTERED = "altered"
    UNKNOWN_KEY = "unknown_key"
    KEY_LOST = "key_lost"
    DOUBTFUL = "doubtful"  # outside the life of its key, or not as the issuer's record
    EXPIRED = "expired"
    EXAMPLE = "example"  # made for a demonstration


class Differs(StrEnum):
    """In what a claim says something else than the certificate."""

    NAME = "name"
    TITLE = "title"
    DAYS = "days"
    JP = "jp"


@dataclass(frozen=True)
class Certified:
    """A certificate as its issuer signed it. `owner` is whose key it is, `name` empty where the
    certificate does not hold it in the open."""

    seal: Seal
    address: str = ""
    owner: str = ""
    kid: str = ""
    number: str = ""
    name: str = ""
    title: str = ""
    issuer: str = ""
    jp: Decimal = Decimal()
    started_on: date | None = None
    ended_on: date | None = None
    reason: str = ""  # of a revocation
    differs: tuple[Differs, ...] = ()


@dataclass(frozen=True)
class Found:
    """All that was found. `checked_at` is None until the job has looked."""

    checked_at: datetime | None = None
    certified: Certified | None = None
    signatures: tuple[PdfSignature, ...] = ()
    is_unreadable: bool = False  # the PDF has signatures that could not be read

    @property
    def is_empty(self) -> bool:
        return not (self.certified or self.signatures or self.is_unreadable)


def ask(session: Session, claim_id: UUID, *, shown: str, at: datetime) -> None:
    """Let the proof of a claim be looked at once it is kept."""
    session.add(ProofCheck(claim_id=claim_id, shown=shown))
    session.flush()
    enqueue(session, CHECK, {"claim_id": str(claim_id)}, at=at)


def keep(session: Session, claim_id: UUID, found: dict[str, Any], *, at: datetime) -> None:
    """Write down what was found; a second look replaces the first."""
    session.execute(
        update(ProofCheck)
        .where(ProofCheck.claim_id == claim_id)
        .values(found=found, checked_at=at)
        .execution_options(synchronize_session=False)
    )


def found_of(session: Session, claim_id: UUID) -> Found | None:
    """What was found, or None for a claim without anything to look at. One statement."""
    row = session.get(ProofCheck, claim_id, populate_existing=True)
    if row is None:
        return None
    return Found() if row.found is None else from_json(row.found, row.checked_at)


def own_checks(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """What was shown and found for each claim, for the person's own file."""
    rows = session.execute(
        select(LearningClaim.title, ProofCheck.shown, ProofCheck.found, ProofCheck.checked_at)
        .join(ProofCheck, ProofCheck.claim_id == LearningClaim.id)
        .where(LearningClaim.person_id == person_id)
        .order_by(LearningClaim.claimed_at, LearningClaim.id)
    )
    return [dict(row._mapping) for row in rows]


def to_json(found: Found) -> dict[str, Any]:
    """As it is kept; `from_json` gives it back."""
    one = found.certified
    certified = None
    if one is not None:
        certified = vars(one) | {
            "seal": one.seal.value,
            "jp": str(one.jp),
            "started_on": one.started_on and one.started_on.isoformat(),
            "ended_on": one.ended_on and one.ended_on.isoformat(),
            "differs": [what.value for what in one.differs],
        }
    signatures = [
        vars(made) | {"at": made.at and made.at.isoformat(), "trust": made.trust.value}
        for made in found.signatures
    ]
    return {
        "certified": certified,
        "signatures": signatures,
        "is_unreadable": found.is_unreadable,
    }


def from_json(said: dict[str, Any], checked_at: datetime | None) -> Found:
    certified = said["certified"]
    return Found(
        checked_at=checked_at,
        certified=certified
        and Certified(
            **certified
            | {
                "seal": Seal(certified["seal"]),
                "jp": Decimal(certified["jp"]),
                "started_on": _day(certified["started_on"]),
                "ended_on": _day(certified["ended_on"]),
                "differs": tuple(map(Differs, certified["differs"])),
            }
        ),
        signatures=tuple(map(as_signature, said["signatures"])),
        is_unreadable=said["is_unreadable"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
