"""Learning hours (JP) on plain values: whose year a moment belongs to, totals, taking again."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

# At least 20 JP a year for each civil servant: PP 11/2017 jo PP 17/2020, article 203.
TARGET_JP = Decimal(20)


class Entry(Protocol):
    """What a total needs to know of a line in the Buku JP."""

    @property
    def jp(self) -> Decimal: ...

    @property
    def year(self) -> int: ...


def total(entries: Iterable[Entry], year: int) -> Decimal:
    """The JP of one calendar year. A negative entry is an error: hours are never taken by one."""
    hours = [entry.jp for entry in entries if entry.year == year]
    if any(jp < 0 for jp in hours):
        raise ValueError("an entry of the Buku JP is never negative")
    return sum(hours, Decimal())


def remaining(total: Decimal, target: Decimal = TARGET_JP) -> Decimal:
    """What is still missing to the target, 0 once it is reached."""
    return max(Decimal(), target - total)
