"""The supervisor's one screen: a part of what waits, and a part of the people, with counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from corpu.team.queries import Team
from corpu.team.rules import Group

SHOWN = 20  # things that wait, on one page
PEOPLE_SHOWN = 25


@dataclass(frozen=True)
class Part:
    """Some rows of a list; `first` and `last` are counted from 1."""

    rows: tuple[Any, ...]
    page: int
    shown: int
    total: int

    @property
    def first(self) -> int:
        return (self.page - 1) * self.shown + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def previous(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def following(self) -> int | None:
        return self.page + 1 if self.last < self.total else None


@dataclass(frozen=True)
class Screen:
    """What of a team stands on one page."""

    team: Team
    group: Group | None  # None: everything
    counts: dict[Group, int]
    waiting: Part  # of (Member, Want)
    people: Part  # of Member, the fewest JP first

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def lists(self, group: str) -> bool:
        """Whether this page lists something of the group."""
        return any(want.group == group for _member, want in self.waiting.rows)


def screen_of(
    team: Team, *, group: Group | None = None, page: int = 1, people_page: int = 1
) -> Screen:
    """A page of what waits and one of the people; a page beyond the last is the last."""
    counts = dict.fromkeys(Group, 0)
    for _member, want in team.waiting:
        counts[want.group] += 1
    return Screen(
        team=team,
        group=group,
        counts=counts,
        waiting=part_of((p for p in team.waiting if group in (None, p[1].group)), page, SHOWN),
        people=part_of(team.members, people_page, PEOPLE_SHOWN),
    )


def part_of(rows: Iterable[Any], page: int, shown: int) -> Part:
    """One page of some rows."""
    rows = tuple(rows)
    page = max(1, min(page, -(-len(rows) // shown) or 1))
    return Part(rows[(page - 1) * shown : page * shown], page, shown, len(rows))
