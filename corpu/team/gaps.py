"""Counting a team's competencies: the rows behind a column or a unit of the heat map."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from corpu.team.members import Member


@dataclass(frozen=True)
class Gap:
    """One required competency of one person, below what the post requires or not observed."""

    member: Member
    code: str
    level: int | None  # None: not yet observed
    required: int

    @property
    def short(self) -> int:
        """Levels below the requirement; not yet observed counts as 0."""
        return self.required - (self.level or 0)


@dataclass(frozen=True)
class UnitCount:
    """The people of one unit, and how many of their required competencies are below."""

    unit_id: UUID | None
    name: str
    people: int
    below: int
    unobserved: int


def gaps_of(
    members: Iterable[Member], *, code: str | None = None, unit: UUID | str | None = None
) -> list[Gap]:
    """What is below the requirement, the farthest first; of one competency or unit where they
    are named ("" for people without a unit)."""
    found = []
    for one in members:
        if unit is not None and (one.unit_id or "") != unit:
            continue
        levels = one.levels
        for key, required in one.required.items():
            level = levels.get(key)
            if required > 0 and (level or 0) < required and code in (None, key):
                found.append(Gap(one, key, level, required))
    return sorted(found, key=lambda gap: (-gap.short, gap.member.name, gap.code))


def by_code(members: Iterable[Member], codes: Iterable[str]) -> dict[str, int]:
    """How many people are below the requirement in each competency."""
    counts = dict.fromkeys(codes, 0)
    for one in members:
        levels = one.levels
        for code, required in one.required.items():
            counts[code] += (levels.get(code) or 0) < required
    return counts


def by_unit(members: Iterable[Member]) -> list[UnitCount]:
    """The same by unit of today, the most below first."""
    people: dict[UUID | None, list[Member]] = {}
    for one in members:
        people.setdefault(one.unit_id, []).append(one)
    found = []
    for unit_id, held in people.items():
        below = unseen = 0
        for one in held:
            levels = one.levels
            for code, required in one.required.items():
                if (level := levels.get(code)) is None:
                    unseen += 1
                elif level < required:
                    below += 1
        name = held[0].unit_name
        found.append(UnitCount(unit_id, name, len(held), below, unseen))
    return sorted(found, key=lambda one: (-one.below, -one.unobserved, one.name))
