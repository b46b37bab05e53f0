"""Everything that a person holds: certificates issued here, and those from elsewhere that they
have recorded in their Buku JP."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.competency.models import EvidenceKind, EvidenceRecord
from corpu.credentials.queries import Held, held_by
from corpu.credentials.snapshot import Snapshot
from corpu.hours.certified import source_of
from corpu.hours.models import LearningClaim, State
from corpu.zones import local_date

LINKEDIN = "https://www.linkedin.com/profile/add"
WORDS = 8  # of a search, at most


@dataclass(frozen=True)
class Outside:
    """A certificate from elsewhere, as its holder recorded it with a file to prove it."""

    id: UUID  # of the claim
    title: str
    organiser: str
    day: date
    jp: Decimal
    counted: Decimal
    state: State
    competencies: tuple[str, ...]  # for which it is evidence


@dataclass(frozen=True)
class Entry:
    """A line of the wallet: one of ours, or one from elsewhere."""

    day: date
    held: Held | None = None
    outside: Outside | None = None
    earlier: tuple[Held, ...] = ()  # those that it replaces, the latest first

    def matches(self, words: Iterable[str], *more: str) -> bool:
        """Whether every word stands in title, number, kind, year, or `more` (its state)."""
        texts = [str(self.day.year), *more]
        if self.held is not None:
            texts += [self.held.title, self.held.course_title, self.held.number]
            texts += [one.number for one in self.earlier]
        if self.outside is not None:
            texts += [self.outside.title, self.outside.organiser]
        whole = " ".join(texts).casefold()
        return all(word in whole for word in words)


def entries_of(session: Session, person_id: UUID, zone: str) -> list[Entry]:
    """The wallet of a person, latest first. Three statements, whatever it holds.

    From elsewhere come the records that have a file, unless they were withdrawn.
    """
    found = [
        Entry(local_date(one.issued_at, zone), held=one, earlier=earlier)
        for one, earlier in folded(held_by(session, person_id))
    ]
    found += [Entry(one.day, outside=one) for one in _outside(session, person_id)]
    return sorted(found, key=lambda one: one.day, reverse=True)


def folded(held: Iterable[Held]) -> list[tuple[Held, tuple[Held, ...]]]:
    """Each current certificate with those that it replaces, one after the other."""
    by_id = {one.id: one for one in held}
    return [
        (one, tuple(_before(one, by_id))) for one in by_id.values() if one.superseded_at is None
    ]


def _before(one: Held, by_id: Mapping[UUID, Held]) -> Iterable[Held]:
    while one.replaces_id is not None and one.replaces_id in by_id:
        one = by_id[one.replaces_id]
        yield one


def searched(typed: str) -> list[str]:
    """What a search looks for, word by word."""
    return typed.casefold().split()[:WORDS]


def _outside(session: Session, person_id: UUID) -> list[Outside]:
    shown: dict[str, list[str]] = {}
    pieces = select(EvidenceRecord.source, EvidenceRecord.competency).where(
        EvidenceRecord.person_id == person_id,
        EvidenceRecord.kind == EvidenceKind.EXTERNAL,
        EvidenceRecord.revoked_at.is_(None),
    )
    for source, competency in session.execute(pieces.order_by(EvidenceRecord.competency)):
        shown.setdefault(source, []).append(competency)
    claims = session.scalars(
        select(LearningClaim)
        .where(
            LearningClaim.person_id == person_id,
            LearningClaim.proof_kind.is_not(None),
            LearningClaim.state != State.WITHDRAWN,
        )
        .order_by(LearningClaim.ended_on.desc(), LearningClaim.id)
    )
    return [
        Outside(
            id=claim.id,
            title=claim.title,
            organiser=claim.organiser,
            day=claim.ended_on,
            jp=claim.jp,
            counted=claim.counted_jp,
            state=claim.state,
            competencies=tuple(shown.get(source_of(claim.id), ())),
        )
        for claim in claims
    ]


def linkedin_address(content: Snapshot, verify_url: str, issued_at: datetime, zone: str) -> str:
    """Where LinkedIn offers to add a certificate to a profile, filled in from what is printed.

    Nothing of it is sent until its holder opens the address. Names of the fields as LinkedIn
    documents them for "Add to Profile".
    """
    day = local_date(issued_at, zone)
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": content.course_title,
        "organizationName": content.issuer,
        "issueYear": day.year,
        "issueMonth": day.month,
        "certUrl": verify_url,
        "certId": content.number,
    }
    return f"{LINKEDIN}?{urlencode(fields)}"
