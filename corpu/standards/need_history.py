"""What was required of somebody day by day, on plain values: facts, told as they were known then.

On each day counts the post that was held, and of the standards those that had been recorded and
not yet taken back. So a standard that is set or withdrawn for days that have passed changes what
is required from the day on which that was done, and never what an earlier day says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from corpu.standards.rules import Book, Given, Standard


class Cause(StrEnum):
    """Why something else is required from a day on."""

    POST = "post"
    STANDARD = "standard"
    WITHDRAWAL = "withdrawal"
    DICTIONARY = "dictionary"


@dataclass(frozen=True)
class Held:
    """A post from a day to a day. `default` is the shipped level of its type, 0 for none; `own`
    what the posting itself asks."""

    agency_id: UUID
    post_type: str
    title: str
    unit_id: UUID
    started_on: date
    ended_on: date | None
    default: int
    own: Mapping[str, int]

    def holds(self, day: date) -> bool:
        """Whether it was held on a day, both ends included."""
        return self.started_on <= day and (self.ended_on is None or day <= self.ended_on)


@dataclass(frozen=True)
class Said:
    """A standard, since when it is known, and when and why it was taken back."""

    standard: Standard
    known_on: date
    withdrawn_on: date | None = None
    why_withdrawn: str = ""

    def stands(self, day: date) -> bool:
        """Whether it was known on a day and not taken back."""
        return self.known_on <= day and (self.withdrawn_on is None or day < self.withdrawn_on)


@dataclass(frozen=True)
class Step:
    """What changed on a day, and why: (code, level before, level after), None for nothing."""

    day: date
    cause: Cause
    needs: tuple[tuple[str, int | None, int | None], ...]
    held: Held | None = None
    said: Said | None = None


def history(book: Book, posts: Sequence[Held], said: Sequence[Said], until: date) -> list[Step]:
    """Every change up to a day, that included, the newest first. `book` gives the dictionaries;
    `said` are all standards that ever were, those taken back too."""
    found: list[Step] = []
    held: Held | None = None
    given: dict[str, Given] = {}
    for day in sorted(_days(book, posts, said, until)):
        now = max(
            (one for one in posts if one.holds(day)), key=lambda one: one.started_on, default=None
        )
        then = given
        known = book.only(one.standard for one in said if one.stands(day))
        given = _given(known, now, day)
        found += _steps(then, given, held, now, known, said, day)
        held = now
    return found[::-1]


def _days(book: Book, posts: Sequence[Held], said: Sequence[Said], until: date) -> Iterable[date]:
    """The days on which anything can change."""
    days = {one.starts_on for one in book.versions}
    for post in posts:
        days.add(post.started_on)
        if post.ended_on is not None:
            days.add(post.ended_on + timedelta(days=1))
    for one in said:
        days |= {one.standard.starts_on, one.known_on}
        if one.withdrawn_on is not None:
            days.add(one.withdrawn_on)
    return {day for day in days if day <= until}


def _given(book: Book, held: Held | None, day: date) -> dict[str, Given]:
    if held is None:
        return {}
    found = book.given(
        held.agency_id, held.post_type, held.title, held.unit_id, day, held.default, held.own
    )
    return {code: one for code, one in found.items() if one.level}


def _steps(
    then: Mapping[str, Given],
    now: Mapping[str, Given],
    before: Held | None,
    after: Held | None,
    known: Book,
    said: Sequence[Said],
    day: date,
) -> list[Step]:
    changed = [
        (code, then[code].level if code in then else None, now[code].level if code in now else None)
        for code in dict.fromkeys([*then, *now])
    ]
    changed = [one for one in changed if one[1] != one[2]]
    if not changed:
        return []
    if before is not after:
        return [Step(day, Cause.POST, tuple(changed), held=after)]
    by_id = {one.standard.id: one for one in said}
    groups: dict[tuple[Cause, UUID | None], list[tuple[str, int | None, int | None]]] = {}
    for one in changed:
        groups.setdefault(_cause(one[0], then, now, after, known, by_id, day), []).append(one)
    return [
        Step(day, cause, tuple(needs), held=after, said=by_id[by] if by is not None else None)
        for (cause, by), needs in groups.items()
    ]


def _cause(
    code: str,
    then: Mapping[str, Given],
    now: Mapping[str, Given],
    held: Held | None,
    known: Book,
    by_id: Mapping[UUID | None, Said],
    day: date,
) -> tuple[Cause, UUID | None]:
    """The standard taken back that had given the level, the one that gives it now or has taken it
    away, else the dictionary."""
    former = then[code].standard if code in then else None
    if former is not None and not by_id[former.id].stands(day):
        return Cause.WITHDRAWAL, former.id
    current = now[code].standard if code in now else None
    if current is not None and current != former:
        return Cause.STANDARD, current.id
    assert held is not None  # without a post nothing changes
    begun = [
        one
        for one in known.holding(held.agency_id, held.post_type, held.title, held.unit_id, day)
        if day in (one.starts_on, by_id[one.id].known_on)
    ]
    if begun:
        return Cause.STANDARD, begun[-1].id
    return Cause.DICTIONARY, None
