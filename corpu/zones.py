"""The three time zones of Indonesia, and whose calendar day a moment belongs to."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE_LABELS = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}


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
