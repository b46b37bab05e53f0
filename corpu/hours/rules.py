"""Learning hours (JP) on plain values: whose year a moment belongs to, totals, taking again."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol
from zoneinfo import ZoneInfo

# At least 20 JP a year for each civil servant: PP 11/2017 jo PP 17/2020, article 203.
TARGET_JP = Decimal(20)

ZONE_LABELS = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}


class Entry(Protocol):
    """What a total needs to know of a line in the Buku JP."""

    @property
    def jp(self) -> Decimal: ...

    @property
    def year(self) -> int: ...


def zone_label(zone: str) -> str:
    """WIB, WITA or WIT for an IANA zone of Indonesia; `ValueError` for any other zone."""
    try:
        return ZONE_LABELS[zone]
    except KeyError:
        raise ValueError(f"not a time zone of Indonesia: {zone}") from None


def local_date(moment: datetime, zone: str) -> date:
    """The calendar day of a moment, as people in that zone lived it."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    zone_label(zone)
    return moment.astimezone(ZoneInfo(zone)).date()


def local_year(moment: datetime, zone: str) -> int:
    """The calendar year that hours gained at a moment belong to.

    It is that of the zone of the person's unit on that day: on New Year's Eve at 22.30 WIB the
    colleagues in Jayapura already gain hours of the next year.
    """
    return local_date(moment, zone).year


def total(entries: Iterable[Entry], year: int) -> Decimal:
    """The JP of one calendar year. A negative entry is an error: hours are never taken by one."""
    hours = [entry.jp for entry in entries if entry.year == year]
    if any(jp < 0 for jp in hours):
        raise ValueError("an entry of the Buku JP is never negative")
    return sum(hours, Decimal())


def remaining(total: Decimal, target: Decimal = TARGET_JP) -> Decimal:
    """What is still missing to the target, 0 once it is reached."""
    return max(Decimal(), target - total)


def may_enrol_again(completed_at: datetime, now: datetime, zone: str) -> bool:
    """Whether a completed course may be taken again: from the next calendar year on.

    Hours count once per course and year, so an earlier repetition could not grant any.
    """
    return local_year(now, zone) > local_year(completed_at, zone)
