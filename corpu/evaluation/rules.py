"""Decisions about evaluation on plain values: boxes that open in steps, bands, quadrants.

An answer is never kept by itself. It is counted into a box, and a box shows what it holds in
groups of five: nobody can tell what one person said, neither by looking early nor by comparing
two looks, since what lies between them are always five answers or more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")
STEP = 5  # answers that are shown together, and the fewest that are shown at all

# item → what was answered → how often; `4/5` is importance 4, reality 5
Tally = Mapping[str, Mapping[str, int]]


class Part(StrEnum):
    """Whose anonymous answers a box holds."""

    REACTION = "reaction"
    SELF = "self"
    PEER = "peer"
    SUBORDINATE = "subordinate"


class Quadrant(StrEnum):
    KEEP = "keep"  # important and good
    IMPROVE = "improve"  # important, not good: first of all
    EXCESS = "excess"  # not important, good
    LOW = "low"  # neither


@dataclass(frozen=True)
class Box:
    """`shown` answers are counted in `tally`; `held` ones wait in `waiting` until five. An item
    that fewer than five of them spoke of goes on waiting there."""

    shown: int = 0
    tally: Tally = field(default_factory=dict)
    held: int = 0
    waiting: Tally = field(default_factory=dict)
    remarks: Sequence[str] = ()


def dropped(box: Box, answer: Mapping[str, str], remark: str = "") -> tuple[Box, list[str]]:
    """The box with one more answer, and the remarks that may be shown from now on. These are
    sorted by their words: their order says nothing of who came first. An item is shown in steps
    of its own: one answer more to it would be the difference of two means."""
    waiting = merged(box.waiting, {item: {value: 1} for item, value in answer.items()})
    remarks = [*box.remarks, *([remark] if remark else [])]
    if box.held + 1 < STEP:
        return Box(box.shown, box.tally, box.held + 1, waiting, sorted(remarks)), []
    enough = {item for item, counts in waiting.items() if sum(counts.values()) >= STEP}
    tally = merged(box.tally, {item: waiting[item] for item in enough})
    rest = {item: counts for item, counts in waiting.items() if item not in enough}
    return Box(box.shown + STEP, tally, waiting=rest), sorted(remarks)


def in_steps(rows: Sequence[T]) -> Sequence[T]:
    """What a batch shows of what it has, in the order it came: whole groups of five."""
    return rows[: len(rows) - len(rows) % STEP]


def merged(one: Tally, other: Tally) -> dict[str, dict[str, int]]:
    """What two tallies count together."""
    found = {item: dict(counts) for item, counts in one.items()}
    for item, counts in other.items():
        here = found.setdefault(item, {})
        for value, count in counts.items():
            here[value] = here.get(value, 0) + count
    return found


def mean(counts: Mapping[str, int], place: int = 0) -> Decimal | None:
    """The mean of the numbers at a place of the answers, two decimals, halves up; None where
    nobody has answered, which is not the same as zero."""
    total = sum(counts.values())
    if not total:
        return None
    points = sum(int(value.split("/")[place]) * count for value, count in counts.items())
    return (Decimal(points) / total).quantize(Decimal("0.01"), ROUND_HALF_UP)


def band(value: Decimal, bands: Sequence[Sequence[str]]) -> str:
    """The word of the first band that the value lies above; bands from high to low."""
    return next((word for above, word in bands if value > Decimal(above)), bands[-1][1])


def quadrant(importance: Decimal, reality: Decimal, cut: Decimal) -> Quadrant:
    """Where an item lies by importance and reality; only above the cut is high."""
    if importance > cut:
        return Quadrant.KEEP if reality > cut else Quadrant.IMPROVE
    return Quadrant.EXCESS if reality > cut else Quadrant.LOW


def half_year(day: date) -> date:
    """The first day of the half-year of a completion: those who finish in it are one batch."""
    return date(day.year, 1 if day.month <= 6 else 7, 1)


def months_after(day: date, months: int) -> date:
    """The same day some months on; the last of the month where it is shorter."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
