"""Where the hours of a running year lead, against the 20 JP that it asks.

PP 11/2017 jo. PP 17/2020, article 203: at least 20 JP a year for each civil servant.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_UP, Decimal
from enum import StrEnum
from functools import lru_cache

from corpu.hours.rules import TARGET_JP, remaining

CENT = Decimal("0.01")


class Outlook(StrEnum):
    """What the forecast says."""

    REACHED = "reached"
    WAITING_REACHES = "waiting_reaches"  # once what waits is verified
    ON_PACE = "on_pace"
    BEHIND = "behind"
    NOTHING = "nothing"  # no hours yet: there is no pace


@dataclass(frozen=True)
class Forecast:
    """The year at the pace so far: as many JP a day as on the days that have passed."""

    outlook: Outlook
    missing: Decimal  # to the target today
    at_year_end: Decimal  # JP on 31 December at this pace, rounded down
    reached_on: date | None  # when the target is met at this pace, within the year
    per_month: Decimal  # JP in each 30 days that are left, to meet the target; rounded up


@lru_cache(maxsize=1024)  # in a large team many have the same hours
def forecast(
    counted: Decimal, waiting: Decimal, today: date, target: Decimal = TARGET_JP
) -> Forecast:
    """Look from `today` to the end of its year. `counted` is what counts so far, `waiting`
    what would count besides once verified; both in JP and never negative (ValueError)."""
    if counted < 0 or waiting < 0:
        raise ValueError("JP are never negative")
    first, last = date(today.year, 1, 1), date(today.year, 12, 31)
    passed, length = (today - first).days + 1, (last - first).days + 1
    at_end = (counted * length / passed).quantize(CENT, ROUND_DOWN)
    missing = remaining(counted, target)
    left = length - passed + 1  # today is not over
    per_month = min(missing, (missing * 30 / left).quantize(CENT, ROUND_UP))
    reached_on = None
    if missing and counted:
        # The first day on which the pace has the target.
        days = (target * passed / counted).to_integral_value(ROUND_CEILING)
        if days <= length:
            reached_on = max(today, first + timedelta(days=int(days) - 1))
    if not missing:
        outlook = Outlook.REACHED
    elif counted + waiting >= target:
        outlook = Outlook.WAITING_REACHES
    elif not counted:
        outlook = Outlook.NOTHING
    else:
        outlook = Outlook.ON_PACE if reached_on else Outlook.BEHIND
    return Forecast(outlook, missing, max(at_end, counted), reached_on, per_month)
