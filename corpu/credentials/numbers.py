"""Numbers that were given and will never stand on a certificate, and the proof that none is lost.

A sequence is whole where every place from 1 to the last is either on a certificate (valid or
revoked) or voided with a reason: issued + voided = 1 … n.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.credentials.kinds import Kind
from corpu.credentials.models import Certificate, Issuer, NumberSequence
from corpu.credentials.service import next_number
from corpu.credentials.signatures import log_voided
from corpu.credentials.template_models import VoidedNumber
from corpu.errors import N_, NotFound, RuleBroken
from corpu.people.models import Unit
from corpu.people.rules import InvalidInput, clean_text

MOST_AT_ONCE = 100
LONGEST_REASON = 500


class WhyMissing(InvalidInput):
    field = "reason"
    message = N_("Tulis mengapa nomor ini dibatalkan, paling panjang 500 huruf.")


class BadCount(InvalidInput):
    field = "count"
    message = N_("Tulis berapa nomor yang dibatalkan, 1 sampai 100.")


class SequenceMoved(RuleBroken):
    message = N_(
        "Urutan ini sudah bergerak sejak halaman dibuka: nomor terakhirnya kini %(last)s. Periksa "
        "nomor berikutnya, lalu kirim lagi bila masih itu yang dibatalkan."
    )


class NumberInUse(RuleBroken):
    message = N_("Nomor ini ada pada sertifikat. Cabut sertifikatnya; nomornya tetap terpakai.")


@dataclass(frozen=True)
class Voided:
    """A place that was voided, with why."""

    sequence: int
    reason: str
    at: datetime


@dataclass(frozen=True)
class Book:
    """One sequence: its last number, how many certificates bear one, and those voided."""

    issuer_id: UUID
    unit_name: str
    timezone: str
    kind: Kind
    year: int
    last: int
    issued: int
    revoked: int
    voided: tuple[Voided, ...]
    missing: tuple[int, ...]  # places that are neither; there should be none

    @property
    def is_whole(self) -> bool:
        return not self.missing and self.issued + len(self.voided) == self.last


def unaccounted(last: int, issued: Iterable[int], voided: Iterable[int]) -> tuple[int, ...]:
    """The places from 1 to `last` that are neither issued nor voided."""
    known = {*issued, *voided}
    return tuple(place for place in range(1, last + 1) if place not in known)


def books(session: Session, units: Collection[UUID] | None) -> list[Book]:
    """The sequences of these issuing units (None: all), the latest year first. The places
    themselves are read only where the counts do not agree."""
    within = [] if units is None else [Issuer.unit_id.in_(units)]
    rows = session.execute(
        select(
            NumberSequence.issuer_id,
            NumberSequence.kind,
            NumberSequence.year,
            NumberSequence.last,
            Unit.name,
            Unit.timezone,
        )
        .join(Issuer, Issuer.id == NumberSequence.issuer_id)
        .join(Unit, Unit.id == Issuer.unit_id)
        .where(*within)
        .order_by(NumberSequence.year.desc(), Unit.name, NumberSequence.kind)
    ).all()
    place = (Certificate.issuer_id, Certificate.kind, Certificate.year)
    counts = {
        tuple(row[:3]): tuple(row[3:])
        for row in session.execute(
            select(
                *place,
                func.count(),
                func.count(Certificate.revoked_at),
                func.max(Certificate.sequence),
            ).group_by(*place)
        )
    }
    voided: dict[tuple[UUID, str, int], list[Voided]] = {}
    for one in session.scalars(select(VoidedNumber).order_by(VoidedNumber.sequence)):
        key = (one.issuer_id, one.kind.value, one.year)
        voided.setdefault(key, []).append(Voided(one.sequence, one.reason, one.voided_at))
    found = []
    for row in rows:
        key = (row.issuer_id, row.kind, row.year)
        issued, revoked, highest = counts.get(key, (0, 0, 0))
        gone = tuple(voided.get(key, ()))
        missing: tuple[int, ...] = ()
        if issued + len(gone) != row.last or highest > row.last:
            numbers = session.scalars(
                select(Certificate.sequence).filter_by(issuer_id=key[0], kind=key[1], year=key[2])
            )
            missing = unaccounted(row.last, numbers, [one.sequence for one in gone])
        found.append(
            Book(
                row.issuer_id,
                row.name,
                row.timezone,
                Kind(row.kind),
                row.year,
                row.last,
                issued,
                revoked,
                gone,
                missing,
            )
        )
    return found


def void_next(
    session: Session,
    issuer_id: UUID,
    kind: Kind,
    year: int,
    *,
    count: int,
    last_seen: int,
    reason: str,
    by: UUID | None,
    by_name: str,
    at: datetime,
    units: Collection[UUID] | None = None,
) -> list[int]:
    """Void the next numbers of a sequence: given on paper elsewhere, or by mistake.

    `last_seen` is the last number given when the page was drawn: of two clicks, and of two
    managers, only the first voids anything. `units` bounds whose sequences there are. Answers
    the places. Raises NotFound, SequenceMoved, BadCount, WhyMissing.
    """
    reason = _why(reason)
    if not 1 <= count <= MOST_AT_ONCE:
        raise BadCount
    unit_id = _unit_of(session, issuer_id, units)
    places = [next_number(session, issuer_id, kind.value, year) for _ in range(count)]
    if places[0] != last_seen + 1:
        raise SequenceMoved(last=places[0] - 1)
    for sequence in places:
        _void(session, (issuer_id, kind.value, year, sequence), reason, by, at)
    session.flush()
    _audit(session, unit_id, (kind, year, places), reason, by, by_name, at)
    return places


def void_given(
    session: Session,
    issuer_id: UUID,
    kind: Kind,
    year: int,
    sequence: int,
    *,
    reason: str,
    by: UUID | None,
    by_name: str,
    at: datetime,
) -> VoidedNumber:
    """Void a number that was taken from its sequence and stands on no certificate: a batch was
    cancelled. Doing it twice changes nothing. Raises NotFound for a number that was never given,
    NumberInUse, WhyMissing."""
    reason = _why(reason)
    place = (issuer_id, kind.value, year, sequence)
    # The sequence stays locked, so that nobody issues with a number while it is looked at.
    last = session.scalar(
        select(NumberSequence.last)
        .filter_by(issuer_id=issuer_id, kind=kind.value, year=year)
        .with_for_update()
    )
    if last is None or not 1 <= sequence <= last:
        raise NotFound
    known = session.get(VoidedNumber, (issuer_id, kind, year, sequence))
    if known is not None:
        return known
    in_use = select(Certificate.id).filter_by(
        issuer_id=issuer_id, kind=kind.value, year=year, sequence=sequence
    )
    if session.scalar(in_use) is not None:
        raise NumberInUse
    made = _void(session, place, reason, by, at)
    session.flush()
    unit_id = _unit_of(session, issuer_id, None)
    _audit(session, unit_id, (kind, year, [sequence]), reason, by, by_name, at)
    return made


def _why(reason: str) -> str:
    reason = clean_text(reason)
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise WhyMissing
    return reason


def _unit_of(session: Session, issuer_id: UUID, units: Collection[UUID] | None) -> UUID:
    unit_id = session.scalar(select(Issuer.unit_id).where(Issuer.id == issuer_id))
    if unit_id is None or (units is not None and unit_id not in units):
        raise NotFound
    return unit_id


def _void(
    session: Session,
    place: tuple[UUID, str, int, int],
    reason: str,
    by: UUID | None,
    at: datetime,
) -> VoidedNumber:
    issuer_id, kind, year, sequence = place
    made = VoidedNumber(
        issuer_id=issuer_id,
        kind=Kind(kind),
        year=year,
        sequence=sequence,
        reason=reason,
        voided_at=at,
        voided_by=by,
    )
    session.add(made)
    log_voided(session, place, reason=reason, at=at)
    return made


def _audit(
    session: Session,
    unit_id: UUID,
    places: tuple[Kind, int, list[int]],
    reason: str,
    by: UUID | None,
    by_name: str,
    at: datetime,
) -> None:
    kind, year, numbers = places
    unit_name = session.scalars(select(Unit.name).where(Unit.id == unit_id)).one()
    first, last = numbers[0], numbers[-1]
    audit.record(
        session,
        at=at,
        actor_id=by,
        actor_name=by_name,
        action="number.voided",
        subject=("unit", unit_id, unit_name),
        unit_id=unit_id,
        before=None,
        after={
            "document_kind": kind.value,
            "year": year,
            "numbers": str(first) if first == last else f"{first}-{last}",
        },
        reason=reason,
    )
