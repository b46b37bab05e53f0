"""Writing down what the index needs: a fact by a manager, or taking one back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.database import insert_unless_taken, uuid7
from corpu.errors import N_, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.ipasn.facts import Item
from corpu.ipasn.models import EntryKind, IpasnEntry
from corpu.ipasn.scale import shipped
from corpu.people.queries import agency_day
from corpu.people.records import CONSOLE, log, plain, the_person

FIRST_YEAR = 2019  # the first year measured by Peraturan BKN 8/2019
FIRST_DAY = date(1950, 1, 1)
CENT = Decimal("0.01")
MOST_JP = 2000  # of one training: more than the longest there is
PARTS = ("qualification", "competence", "performance", "discipline")
SAID = ("kind", "code", "year", "day", "jp", "title", "total", *PARTS, "source")  # by a fact


class UnknownEntry(NotFound):
    message = N_("Catatan ini tidak ada di sini.")


class OwnRecord(RuleBroken):
    message = N_("Data IP ASN Anda sendiri dicatat dan ditarik oleh pengelola lain.")


class AlreadySent(RuleBroken):
    message = N_(
        "Formulir ini sudah tersimpan dengan isian lain. Simpan sekali lagi bila ini catatan yang "
        "lain; yang keliru ditarik dari daftarnya."
    )


class UnknownCode(RuleBroken):
    field = "code"
    message = N_("Pilih salah satu dari daftar")


class NotYet(RuleBroken):
    field = "day"
    message = N_("Tanggal ini belum tiba. Catat setelah terjadi.")


class TooLongAgo(RuleBroken):
    field = "day"
    message = N_("Tulis tanggal sejak tahun 1950.")


class YearOutside(RuleBroken):
    field = "year"
    message = N_("Tulis tahun %(first)s sampai %(last)s.")


class HoursMissing(RuleBroken):
    field = "jp"
    message = N_("Tulis jumlah JP pelatihan ini, lebih dari 0.")


class TooManyHours(RuleBroken):
    field = "jp"
    message = N_("Tulis jumlah JP paling banyak 2000.")


class OutOfRange(RuleBroken):
    field = "total"
    message = N_("Nilai IP ASN ada di antara 0 dan 100.")


class PartsMissing(RuleBroken):
    field = "total"
    message = N_("Isi keempat dimensi, atau kosongkan semuanya.")


class PartOutOfRange(RuleBroken):
    message = N_("Nilai dimensi ini paling banyak %(most)s dan tidak negatif.")

    def __init__(self, part: str, most: Decimal) -> None:
        super().__init__(most=f"{most.normalize():f}")
        self.field = part


class TooPrecise(RuleBroken):
    message = N_("Tulis angka dengan paling banyak dua desimal, misalnya 22,5.")

    def __init__(self, field: str) -> None:
        super().__init__()
        self.field = field


class SumDiffers(RuleBroken):
    field = "total"
    message = N_("Jumlah keempat dimensi %(sum)s, berbeda dari nilai total yang ditulis.")


@dataclass(frozen=True)
class Fact:
    """What is to be written down; `code` is a code of the vocabulary, where the kind has one."""

    kind: EntryKind
    code: str = ""
    year: int | None = None
    day: date | None = None
    jp: Decimal | None = None
    title: str = ""
    total: Decimal | None = None
    parts: tuple[Decimal | None, ...] = (None, None, None, None)  # in the order of PARTS
    source: str = ""


def record(
    session: Session,
    person_id: UUID,
    fact: Fact,
    *,
    by: Viewer | None,
    reason: str,
    at: datetime,
    entry_id: UUID | None = None,
) -> IpasnEntry:
    """Write a fact down. With the `entry_id` of an entry that stands nothing is written: the
    same form sent twice is one fact. Raises AlreadySent where that entry says something else or
    was taken back, OwnRecord, or a RuleBroken that names the field."""
    person = the_person(session, person_id)
    _refuse_own(person_id, by)
    _check(fact, agency_day(session, at))
    values = _values(fact, person_id, by, reason, at) | {"id": entry_id or uuid7()}
    entry = insert_unless_taken(session, IpasnEntry, values)
    if entry is None:
        entry = session.get(IpasnEntry, values["id"])
        if entry is None or entry.person_id != person_id:
            raise UnknownEntry
        is_other = any(getattr(entry, name) != values[name] for name in SAID)
        if is_other or is_withdrawn(session, entry.id):
            raise AlreadySent
        return entry
    log(
        session,
        person,
        "ipasn.recorded",
        by=by,
        at=at,
        after=_said(entry),
        reason=reason,
    )
    return entry


def withdraw(
    session: Session,
    person_id: UUID,
    entry_id: UUID,
    *,
    by: Viewer | None,
    reason: str,
    at: datetime,
) -> None:
    """Take an entry back by a further one. Doing it twice changes nothing. Raises UnknownEntry,
    OwnRecord."""
    person = the_person(session, person_id)
    entry = session.get(IpasnEntry, entry_id)
    if entry is None or entry.person_id != person_id or entry.kind is EntryKind.WITHDRAWAL:
        raise UnknownEntry
    _refuse_own(person_id, by)
    values = _values(Fact(EntryKind.WITHDRAWAL), person_id, by, reason, at)
    values |= {"id": uuid7(), "withdraws_id": entry_id}
    if insert_unless_taken(session, IpasnEntry, values) is None:
        return
    log(session, person, "ipasn.withdrawn", by=by, at=at, before=_said(entry), reason=reason)


def _refuse_own(person_id: UUID, by: Viewer | None) -> None:
    """Nobody writes down what their own index is made of."""
    if by is not None and by.id == person_id:
        raise OwnRecord


def is_withdrawn(session: Session, entry_id: UUID) -> bool:
    """Whether an entry was taken back. One statement."""
    return session.scalar(select(IpasnEntry.id).filter_by(withdraws_id=entry_id)) is not None


def _values(
    fact: Fact, person_id: UUID, by: Viewer | None, reason: str, at: datetime
) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "kind": fact.kind,
        "code": fact.code,
        "year": fact.year,
        "day": fact.day,
        "jp": fact.jp,
        "title": fact.title,
        "total": fact.total,
        **dict(zip(PARTS, fact.parts, strict=True)),
        "source": fact.source,
        "withdraws_id": None,
        "recorded_by": by.id if by else None,
        "recorded_by_name": by.name[:300] if by else CONSOLE,
        "recorded_at": at,
        "reason": reason,
    }


def _said(entry: IpasnEntry) -> dict[str, Any]:
    """What the audit keeps: only what the entry says, exact numbers as text."""
    found = plain({"ipasn": entry.kind.value, "year": entry.year, "day_on": entry.day})
    found |= {"ipasn_code": entry.code, "title": entry.title, "source": entry.source}
    found |= {
        key: f"{value.normalize():f}"
        for key in ("jp", "total", *PARTS)
        if (value := getattr(entry, key)) is not None
    }
    return {key: value for key, value in found.items() if value not in (None, "")}


# --------------------------------------------------------------------------- what is taken


def codes_of(kind: EntryKind) -> tuple[str, ...]:
    """What an entry of this kind may say, the best first; nothing where it says no code."""
    scale = shipped()
    found: dict[EntryKind, Iterable[str]] = {
        EntryKind.EDUCATION: scale.education,
        EntryKind.PERFORMANCE: scale.performance,
        EntryKind.SANCTION: scale.discipline,
        EntryKind.TRAINING: scale.counts_as,
    }
    return tuple(found.get(kind, ()))


def _check(fact: Fact, today: date) -> None:
    scale = shipped()
    codes = codes_of(fact.kind)
    if codes and fact.code not in codes:
        raise UnknownCode
    if fact.kind in (EntryKind.PERFORMANCE, EntryKind.OFFICIAL) and not (
        fact.year is not None and FIRST_YEAR <= fact.year <= today.year
    ):
        raise YearOutside(first=FIRST_YEAR, last=today.year)
    _check_digits(fact)
    if fact.kind in (EntryKind.SANCTION, EntryKind.TRAINING):
        _check_day(fact.day, today)
    if fact.kind is EntryKind.TRAINING:
        _check_hours(fact, is_needed=scale.counts_as[fact.code] is Item.TECHNICAL)
    if fact.kind is EntryKind.OFFICIAL:
        _check_official(fact)


def _check_digits(fact: Fact) -> None:
    """Two decimals at most, as the columns and BKN have them."""
    numbers = {"jp": fact.jp, "total": fact.total} | dict(zip(PARTS, fact.parts, strict=True))
    for name, number in numbers.items():
        if number is not None and abs(number) <= MOST_JP and number.quantize(CENT) != number:
            raise TooPrecise(name)


def _check_day(day: date | None, today: date) -> None:
    if day is None or day < FIRST_DAY:
        raise TooLongAgo
    if day > today:
        raise NotYet


def _check_hours(fact: Fact, *, is_needed: bool) -> None:
    if fact.jp is None and not is_needed:
        return
    if fact.jp is None or fact.jp < 0 or (is_needed and not fact.jp):
        raise HoursMissing
    if fact.jp > MOST_JP:
        raise TooManyHours


def _check_official(fact: Fact) -> None:
    if fact.total is None or not 0 <= fact.total <= 100:
        raise OutOfRange
    known = [part for part in fact.parts if part is not None]
    if not known:
        return
    if len(known) < len(PARTS):
        raise PartsMissing
    for name, part, most in zip(PARTS, known, shipped().most.values(), strict=True):
        if not 0 <= part <= most:
            raise PartOutOfRange(name, most)
    if sum(known, Decimal()) != fact.total:
        raise SumDiffers(sum=f"{sum(known, Decimal()).normalize():f}")
