"""What the score would be after some courses, by the score rule itself.

Every set of courses is judged by handing the score what full marks in their quizzes would show;
nothing here estimates a level. Full marks can only raise a level, with one exception: a quiz that
was taken already and weighs something else in the present edition may, taken again, weigh a good
result down. Such courses are *doubtful*.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import combinations

from corpu.competency.facts import Evidence, Kind, Rule
from corpu.competency.scoring import Outcome, score

FULL_MARKS = Decimal(100)


@dataclass(frozen=True, slots=True)
class Shows:
    """What full marks in one quiz would show: a level, weighed by its certain points."""

    competency: str
    level: int
    weight: Decimal
    source: str


@dataclass(frozen=True, slots=True)
class CourseOption:
    """A course that is open and not completed; thin evidence is left out of `shows`.

    `prerequisites` are those the person has not completed. One that is not an option itself
    makes the course impossible.
    """

    slug: str
    jp: Decimal
    shows: tuple[Shows, ...]
    prerequisites: tuple[str, ...] = ()


class Forecast:
    """What the score would be after some courses, each outcome computed once."""

    def __init__(
        self,
        required: Mapping[str, int],
        present: Mapping[str, Iterable[Evidence]],
        options: Iterable[CourseOption],
        rule: Rule,
        at: datetime,
    ) -> None:
        self.required, self.rule, self.at = required, rule, at
        self.present = {code: tuple(present.get(code, ())) for code in required}
        everything = {option.slug: option for option in options}
        chains = {slug: _chain(slug, everything) for slug in everything}
        self.chain = {slug: chain for slug, chain in chains.items() if chain is not None}
        self.options = {slug: everything[slug] for slug in sorted(self.chain)}
        self.steps = 0
        self._outcomes: dict[tuple[str, frozenset[str]], Outcome] = {}
        self._shows: dict[str, dict[str, tuple[Evidence, ...]]] = {code: {} for code in required}
        for slug, option in self.options.items():
            for code in required:
                pieces = tuple(
                    Evidence(
                        id=f"{shown.source}#{slug}/{code}/{shown.level}",
                        kind=Kind.ASSESSMENT,
                        level=shown.level,
                        source=shown.source,
                        observed_at=at,
                        score=FULL_MARKS,
                        weight=shown.weight,
                    )
                    for shown in option.shows
                    if shown.competency == code
                )
                if pieces:
                    self._shows[code][slug] = pieces
        self._stands = {
            (code, piece.source, piece.level): piece.weight
            for code in required
            for piece in self.present[code]
            if piece.kind is Kind.ASSESSMENT and piece.id in self.outcome(code, frozenset()).counted
        }
        self.doubtful = frozenset(filter(self._weighs_otherwise, self.options))

    def shown_by(self, code: str) -> Mapping[str, tuple[Evidence, ...]]:
        """The courses that show something of a competency, and what."""
        return self._shows[code]

    def outcome(self, code: str, courses: frozenset[str]) -> Outcome:
        """The account of a competency after full marks in the quizzes of these courses."""
        shows = self._shows[code]
        key = code, frozenset(slug for slug in courses if slug in shows)
        if key not in self._outcomes:
            self.steps += 1
            shown = [piece for slug in key[1] for piece in shows[slug]]
            self._outcomes[key] = score([*self.present[code], *shown], self.rule, self.at)
        return self._outcomes[key]

    def level(self, code: str, courses: frozenset[str]) -> int | None:
        """The level achieved then."""
        return self.outcome(code, courses).level

    def reached(self, code: str, courses: frozenset[str]) -> int:
        """The level achieved then, as far as it is required."""
        return min(self.required[code], self.level(code, courses) or 0)

    def jp(self, courses: Iterable[str]) -> Decimal:
        return sum((self.options[slug].jp for slug in courses), Decimal())

    def is_fresh(self, slug: str) -> bool:
        """Whether no quiz of the course stands in the evidence already."""
        return not any(
            (code, piece.source, piece.level) in self._stands
            for code in self.required
            for piece in self._shows[code].get(slug, ())
        )

    def doubtful_choices(self) -> Iterator[frozenset[str]]:
        """Each choice among the doubtful courses, the empty one first."""
        for size in range(len(self.doubtful) + 1):
            for chosen in combinations(sorted(self.doubtful), size):
                self.steps += 1
                yield frozenset(chosen)

    def _weighs_otherwise(self, slug: str) -> bool:
        return any(
            self._stands.get((code, piece.source, piece.level), piece.weight) != piece.weight
            for code in self.required
            for piece in self._shows[code].get(slug, ())
        )


def _chain(slug: str, options: Mapping[str, CourseOption]) -> frozenset[str] | None:
    """A course with all it presupposes; None where something of that is not to be had."""
    chain: set[str] = set()
    waiting = [slug]
    while waiting:
        here = waiting.pop()
        if here not in options:
            return None
        if here not in chain:
            chain.add(here)
            waiting += options[here].prerequisites
    return frozenset(chain)
