"""What counts of the JP that records claim: caps per form and period.

A cap says how many JP of one form count within each day or month (Perlan 10/2018, annex:
coaching and mentoring twice a month, self-directed learning and communities 2 JP a day). A
record names its span, not which day had which hour, so its JP may lie anywhere within: the
counted total is the most that fits. That total never falls when a record is added, and no
order of entering changes it.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from corpu.hours.conversion import Cap, Period

NONE = Decimal()


@dataclass(frozen=True)
class Record:
    """What counting needs to know of a claim. `key` tells records apart and breaks ties."""

    key: Hashable
    form: str
    started_on: date
    ended_on: date
    jp: Decimal
    cap: Cap | None = None
    is_verified: bool = True


@dataclass(frozen=True)
class Counted:
    """A record, and how many of its JP count; of one that still waits, how many would."""

    record: Record
    jp: Decimal

    @property
    def over(self) -> Decimal:
        """What lies over the cap."""
        return self.record.jp - self.jp


@dataclass(frozen=True)
class Totals:
    """The claims of a person and year in sums of JP."""

    verified: Decimal  # counts
    waiting: Decimal  # would count besides, were all that waits verified
    over_cap: Decimal  # verified, and not counted


def count(records: Iterable[Record]) -> dict[Hashable, Counted]:
    """How many JP of each record count, by its key.

    The verified come first, then those that wait; among equals the one that ended first. Each
    gets what it adds to the most that fits, so a record that comes later takes nothing from one
    before it. Raises ValueError for negative JP or a key that stands twice.
    """
    by_form: dict[str, list[Record]] = {}
    held: dict[str, Decimal] = {}  # what fits of those before, by form
    found: dict[Hashable, Counted] = {}
    for record in sorted(records, key=_turn):
        if record.jp < 0:
            raise ValueError("a record of learning never has negative JP")
        if record.key in found:
            raise ValueError(f"{record.key} stands twice")
        if record.cap is None:
            found[record.key] = Counted(record, record.jp)
            continue
        together = by_form.setdefault(record.form, [])
        together.append(record)
        fits = most_that_fits(together, record.cap)
        found[record.key] = Counted(record, fits - held.get(record.form, NONE))
        held[record.form] = fits
    return found


def totals(counted: Iterable[Counted]) -> Totals:
    """Sums of what `count` found."""
    counted = tuple(counted)
    verified = [one for one in counted if one.record.is_verified]
    return Totals(
        verified=sum((one.jp for one in verified), NONE),
        waiting=sum((one.jp for one in counted if not one.record.is_verified), NONE),
        over_cap=sum((one.over for one in verified), NONE),
    )


def most_that_fits(records: Sequence[Record], cap: Cap) -> Decimal:
    """The most JP of these records that can be laid into periods of at most `cap.jp` each, a
    record's only within its own span.

    Period by period, whoever must be done first is served first; among spans of a calendar
    nothing fits more.
    """
    waiting = {id(one): one.jp for one in records}
    spans = [(place(one.started_on, cap.per), place(one.ended_on, cap.per), one) for one in records]
    total = NONE
    for here in sorted({n for first, last, _one in spans for n in range(first, last + 1)}):
        room = cap.jp
        open_now = [(last, id(one)) for first, last, one in spans if first <= here <= last]
        for _last, one_id in sorted(open_now, key=lambda found: found[0]):
            taken = min(room, waiting[one_id])
            waiting[one_id] -= taken
            room -= taken
            total += taken
            if not room:
                break
    return total


def place(day: date, per: Period) -> int:
    """The number of the period that a day lies in, counted without gaps."""
    return day.toordinal() if per is Period.DAY else day.year * 12 + day.month - 1


def _turn(record: Record) -> tuple[bool, date, date, str]:
    return (not record.is_verified, record.ended_on, record.started_on, str(record.key))
