"""What another requirement makes of gaps and of the job-person match, on plain values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from corpu.competency.match import Jpm, gap, mean_shown


class Turn(StrEnum):
    """What becomes of one gap."""

    NEW = "new"
    WIDER = "wider"
    NARROWER = "narrower"
    CLOSED = "closed"
    NONE = "none"  # another level is required, and reached before and after


@dataclass(frozen=True, slots=True)
class NeedChange:
    """One competency of which something else is required; None: nothing. `level` None is not yet
    observed, and counts as 0, as everywhere (`match.gap`)."""

    code: str
    level: int | None
    before: int | None
    after: int | None

    @property
    def turn(self) -> Turn:
        """What becomes of the gap: what is above a requirement is no gap."""
        then, now = (max(0, gap(one or 0, self.level)) for one in (self.before, self.after))
        if then == now:
            return Turn.NONE
        if not then:
            return Turn.NEW
        if not now:
            return Turn.CLOSED
        return Turn.WIDER if now > then else Turn.NARROWER


@dataclass(frozen=True, slots=True)
class PersonChange:
    """Somebody of whom something else would be required, and their match with the post."""

    person_id: UUID
    name: str
    nip: str
    unit_id: UUID
    unit_name: str
    post_title: str
    needs: tuple[NeedChange, ...]
    jpm_before: Jpm | None
    jpm_after: Jpm | None


@dataclass(frozen=True)
class Turns:
    """How many gaps begin, grow, shrink and end; of how many people; and their mean match in per
    cent, None where nothing is required of any of them. `key` and `name` say of what."""

    key: UUID | str | None
    name: str
    people: int
    new: int
    wider: int
    narrower: int
    closed: int
    jpm_before: Decimal | None = None
    jpm_after: Decimal | None = None


@dataclass(frozen=True)
class NeedEffect:
    """What another requirement would change, for whom: `people` by name, `of` how many who hold
    such posts."""

    of: int
    people: tuple[PersonChange, ...]

    @property
    def total(self) -> Turns:
        """All of it in one line."""
        return _turns(None, "", self.people)

    @property
    def by_unit(self) -> list[Turns]:
        """The units by name."""
        found: dict[tuple[str, UUID], list[PersonChange]] = {}
        for one in self.people:
            found.setdefault((one.unit_name, one.unit_id), []).append(one)
        return [_turns(key[1], key[0], found[key]) for key in sorted(found)]

    @property
    def by_competency(self) -> list[Turns]:
        """The competencies by code, with those whose gaps change only. The match is that of a
        whole post, and so none here."""
        counts: dict[str, dict[Turn, int]] = {}
        for one in self.people:
            for need in one.needs:
                turns = counts.setdefault(need.code, dict.fromkeys(Turn, 0))
                turns[need.turn] += 1
        return [
            Turns(
                code,
                "",
                sum(turns.values()),
                turns[Turn.NEW],
                turns[Turn.WIDER],
                turns[Turn.NARROWER],
                turns[Turn.CLOSED],
            )
            for code, turns in sorted(counts.items())
        ]

    @property
    def mark(self) -> str:
        """A fingerprint: who has seen this one has seen all of these people and levels."""
        lines = sorted(
            f"{one.person_id} {need.code} {need.level} {need.before} {need.after}"
            for one in self.people
            for need in one.needs
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]

    def rows(
        self, *, turn: Turn | None = None, unit_id: UUID | None = None, code: str | None = None
    ) -> Iterator[tuple[PersonChange, NeedChange]]:
        """Each change of each person, narrowed down."""
        for one in self.people:
            if unit_id is not None and one.unit_id != unit_id:
                continue
            for need in one.needs:
                if (turn is None or need.turn is turn) and (code is None or need.code == code):
                    yield one, need


def changes_between(
    before: Mapping[str, int], after: Mapping[str, int], levels: Mapping[str, int | None]
) -> tuple[NeedChange, ...]:
    """Each competency of which something else is required, by code."""
    return tuple(
        NeedChange(code, levels.get(code), before.get(code), after.get(code))
        for code in sorted(before.keys() | after.keys())
        if before.get(code) != after.get(code)
    )


def _turns(key: UUID | str | None, name: str, people: Iterable[PersonChange]) -> Turns:
    chosen = list(people)
    counts = dict.fromkeys(Turn, 0)
    for one in chosen:
        for need in one.needs:
            counts[need.turn] += 1
    return Turns(
        key,
        name,
        len(chosen),
        counts[Turn.NEW],
        counts[Turn.WIDER],
        counts[Turn.NARROWER],
        counts[Turn.CLOSED],
        mean_shown(one.jpm_before for one in chosen),
        mean_shown(one.jpm_after for one in chosen),
    )
