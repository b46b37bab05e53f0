"""What somebody needs from their supervisor today, on plain values."""

from calendar import isleap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from corpu.hours.rules import TARGET_JP

# Below the shortest course nobody is late: the first weeks of a year ask nothing yet.
FIRST_ASKED = Decimal(2)
SOON = timedelta(days=60)


class Kind(StrEnum):
    """In the order of urgency."""

    EXPIRED = "expired"  # a rating no longer speaks
    EXPIRING = "expiring"  # a rating ends within `SOON`
    CAPPED = "capped"  # the tests are good enough, only a rating is missing
    IDLE = "idle"  # no course this year
    BEHIND = "behind"  # fewer JP than the share of the year
    UNRATED = "unrated"  # never rated by this supervisor


_ORDER = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Want:
    """One thing that waits, with the figures its sentence needs.

    `codes` are the competencies concerned, the one to begin with first; `others` counts those
    that wait for another reason; `until` is when the first rating ends or ended.
    """

    kind: Kind
    codes: tuple[str, ...] = ()
    others: int = 0
    until: datetime | None = None
    jp: Decimal = Decimal()
    due: Decimal = Decimal()

    @property
    def short(self) -> Decimal:
        """JP below the share of the year."""
        return self.due - self.jp

    @property
    def urgency(self) -> tuple[int, float, Decimal]:
        """Sorts by kind; within it the earlier end, the wider distance, the more codes first."""
        ends = self.until.timestamp() if self.until else 0.0
        return _ORDER[self.kind], ends, -(self.short or Decimal(len(self.codes)))


def days_of_year(day: date) -> tuple[int, int]:
    """How many days of the year have come, this one included, and how many it has."""
    return day.timetuple().tm_yday, 366 if isleap(day.year) else 365


def due_jp(day: date, target: Decimal = TARGET_JP) -> Decimal:
    """The share of the yearly JP that the days until now stand for; all of it on the last day.

    Rounded down to two decimals, so that rounding never makes anybody late.
    """
    passed, of = days_of_year(day)
    return (target * passed / of).quantize(Decimal("0.01"), ROUND_DOWN)


def hours_want(jp: Decimal, *, has_learnt: bool, day: date) -> Want | None:
    """What the hours of the year say: no course at all, or fewer JP than the share."""
    due = due_jp(day)
    if due < FIRST_ASKED or jp >= due:
        return None
    return Want(Kind.BEHIND if has_learnt else Kind.IDLE, jp=jp, due=due)


def rating_want(
    codes: Sequence[str],
    rated_until: Mapping[str, datetime],
    capped: Collection[str],
    at: datetime,
) -> Want | None:
    """The most urgent that ratings ask for; the rest is counted beside it.

    `codes` are the competencies of the post, farthest below its requirement first;
    `rated_until` says until when the supervisor's own latest rating speaks.
    """
    ends = sorted(
        (code for code in codes if code in rated_until),
        key=lambda code: (rated_until[code], codes.index(code)),
    )
    never = [code for code in codes if code not in rated_until]
    waiting = {
        Kind.EXPIRED: [code for code in ends if rated_until[code] <= at],
        Kind.EXPIRING: [code for code in ends if at < rated_until[code] <= at + SOON],
        Kind.CAPPED: [code for code in never if code in capped],
        Kind.UNRATED: [code for code in never if code not in capped],
    }
    total = sum(map(len, waiting.values()))
    for kind, found in waiting.items():
        if found:
            until = rated_until.get(found[0])
            return Want(kind, tuple(found), total - len(found), until)
    return None
