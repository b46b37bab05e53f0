"""Which courses close a gap with the fewest JP: found exactly, by the score rule itself.

The search is branch and bound over `forecast`. What it leaves out, it leaves out because no better
set can be there, and the tests hold it against all subsets. Each way of taking some of the
doubtful courses is searched by itself; within it the other courses can only raise a level.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from corpu.competency.facts import Cumulative, Evidence, Kind, Rule
from corpu.competency.forecast import FULL_MARKS, CourseOption, Forecast
from corpu.competency.scoring import LEVELS

STEPS = 2000  # scores computed and choices tried at most; beyond, the answer is not proven


@dataclass(frozen=True, slots=True)
class Closing:
    """The set with the fewest JP, by slug, and where it leads.

    `before` and `after` hold the level of each required competency, None: not yet observed.
    `closes` holds by course the competencies for which it is there, with the level that they
    stay at without it and what presupposes it; empty for a mere prerequisite. `remaining` is what
    no set of courses closes. `is_proven` is False where the search was ended before everything
    better was excluded.
    """

    courses: tuple[str, ...]
    jp: Decimal
    before: Mapping[str, int | None]
    after: Mapping[str, int | None]
    closes: Mapping[str, Mapping[str, int]]
    remaining: Mapping[str, int]
    is_proven: bool


def closing(
    required: Mapping[str, int],
    present: Mapping[str, Iterable[Evidence]],
    options: Iterable[CourseOption],
    rule: Rule,
    at: datetime,
    *,
    steps: int = STEPS,
) -> Closing:
    """The set of courses that leaves the least gap, of those the one with the fewest JP, then
    the fewest courses, then the first by slug; prerequisites belong to the set.

    The gap is summed over the `required` levels. `present` is the evidence by competency, as
    the score is handed it.
    """
    forecast = Forecast(required, present, options, rule, at)
    best: _Found | None = None
    proven = True
    for taken in forecast.doubtful_choices():
        if best is not None and forecast.steps > steps:
            proven = False
            break
        search = _Search(forecast, taken, best, steps)
        best = search.run()
        proven = proven and not search.is_cut_short
    assert best is not None  # taking no course is always a choice
    after = {code: forecast.level(code, best.courses) for code in required}
    return Closing(
        courses=tuple(sorted(best.courses)),
        jp=best.jp,
        before={code: forecast.level(code, frozenset()) for code in required},
        after=after,
        closes={slug: _closed_by(forecast, best.courses, slug) for slug in best.courses},
        remaining={
            code: level - (after[code] or 0)
            for code, level in required.items()
            if level > (after[code] or 0)
        },
        is_proven=proven,
    )


def _closed_by(forecast: Forecast, courses: frozenset[str], slug: str) -> dict[str, int]:
    without = frozenset(other for other in courses if slug not in forecast.chain[other])
    return {
        code: forecast.level(code, without) or 0
        for code in forecast.required
        if slug in forecast.shown_by(code)
        and forecast.reached(code, without) < forecast.reached(code, courses)
    }


@dataclass(frozen=True, slots=True)
class _Found:
    gap: int
    jp: Decimal
    courses: frozenset[str]

    @property
    def rank(self) -> tuple[int, Fraction, int, tuple[str, ...]]:
        return self.gap, Fraction(self.jp), len(self.courses), tuple(sorted(self.courses))


@dataclass
class _Search:
    """All sets that hold the doubtful courses `taken` and no other doubtful one.

    Within them more courses never lower a level, so the levels to reach are those that all
    courses together reach, and a set that reaches them needs no more.
    """

    forecast: Forecast
    taken: frozenset[str]
    best: _Found | None
    steps: int
    is_cut_short: bool = False
    _targets: dict[str, int] = field(default_factory=dict)
    _gap: int = 0
    _useful: dict[str, dict[str, tuple[Evidence, ...]]] = field(default_factory=dict)
    _gains: dict[str, dict[int, dict[str, Fraction]]] = field(default_factory=dict)
    _beaten_by: dict[str, frozenset[str]] = field(default_factory=dict)

    def run(self) -> _Found | None:
        """The best set of these and of `best`."""
        forecast = self.forecast
        refused = forecast.doubtful - self.taken
        start = frozenset().union(*(forecast.chain[slug] for slug in self.taken))
        if start & refused:
            return self.best
        open_to_all = self._available(refused) | start
        self._targets = {code: forecast.reached(code, open_to_all) for code in forecast.required}
        self._gap = sum(forecast.required[code] - self._targets[code] for code in self._targets)
        self._useful = {code: self._useful_for(code) for code in self._targets}
        self._gains = {code: self._gains_for(code) for code in self._targets}
        self._beaten_by = self._dominance()
        if self.best is None or self._gap <= self.best.gap:
            self._descend(start, refused)
        return self.best

    def _descend(self, courses: frozenset[str], refused: frozenset[str]) -> None:
        forecast = self.forecast
        forecast.steps += 1
        spent = forecast.jp(courses)
        short = [
            code for code, level in self._targets.items() if forecast.reached(code, courses) < level
        ]
        if not short:
            found = _Found(self._gap, spent, courses)
            if self.best is None or found.rank < self.best.rank:
                self.best = found
            return
        if forecast.steps > self.steps and self.best is not None:
            self.is_cut_short = True
            return
        open_to_all = self._available(refused) - courses
        helpful = {code: [s for s in self._useful[code] if s in open_to_all] for code in short}
        if any(forecast.reached(c, courses | open_to_all) < self._targets[c] for c in short):
            return
        least = Fraction(spent) + self._at_least(courses, helpful)
        if self.best is not None and (self._gap, least, len(courses) + 1) > self.best.rank[:3]:
            return
        code = min(short, key=lambda one: (len(helpful[one]), one))
        choices = sorted(
            helpful[code], key=lambda slug: (forecast.jp(forecast.chain[slug] - courses), slug)
        )
        for slug in choices:
            chain = forecast.chain[slug]
            if not chain & refused and not self._beaten_by.get(slug, frozenset()) & refused:
                self._descend(courses | chain, refused)
            refused |= {slug}

    def _available(self, refused: frozenset[str]) -> frozenset[str]:
        return frozenset(s for s, chain in self.forecast.chain.items() if not chain & refused)

    def _useful_for(self, code: str) -> dict[str, tuple[Evidence, ...]]:
        """What can help to the level: at it or above, step by step at it or below."""
        target = self._targets[code]
        useful = {
            slug: tuple(piece for piece in pieces if self._counts_for(piece.level, target))
            for slug, pieces in self.forecast.shown_by(code).items()
        }
        return {slug: pieces for slug, pieces in useful.items() if pieces}

    def _gains_for(self, code: str) -> dict[int, dict[str, Fraction]]:
        """By level and course the most that it adds to points above the threshold."""
        mastery = Fraction(self.forecast.rule.mastery)
        gains: dict[int, dict[str, Fraction]] = {}
        for slug, pieces in self._useful[code].items():
            # Points of a quiz that stands already are counted whole: its result may have been 0.
            full = Fraction(FULL_MARKS) - mastery * self.forecast.is_fresh(slug)
            for piece in pieces:
                at_level = gains.setdefault(piece.level, {})
                at_level[slug] = at_level.get(slug, Fraction()) + Fraction(piece.weight) * full
        return gains

    def _counts_for(self, level: int, target: int) -> bool:
        if self.forecast.rule.cumulative is Cumulative.STEPWISE:
            return level <= target
        return level >= target

    def _dominance(self) -> dict[str, frozenset[str]]:
        """For each course those that serve at least as well for no more: it is of use only
        beside them, for a set with it and without them is not the first in order."""
        forecast = self.forecast
        needed_by_others = {
            other for slug, chain in forecast.chain.items() for other in chain - {slug}
        }
        plain = {
            slug: self._weights(slug)
            for slug in forecast.options
            if len(forecast.chain[slug]) == 1
            and slug not in forecast.doubtful
            and forecast.is_fresh(slug)
        }
        jp = {slug: forecast.options[slug].jp for slug in plain}
        return {
            slug: frozenset(
                other
                for other, theirs in plain.items()
                if (jp[other], other) < (jp[slug], slug)
                and all(theirs.get(key, 0) >= weight for key, weight in weights.items())
            )
            for slug, weights in plain.items()
            if slug not in needed_by_others
        }

    def _weights(self, slug: str) -> dict[tuple[str, int], Decimal]:
        weights: dict[tuple[str, int], Decimal] = {}
        for code, useful in self._useful.items():
            for piece in useful.get(slug, ()):
                key = code, piece.level
                weights[key] = weights.get(key, Decimal()) + piece.weight
        return weights

    def _at_least(self, courses: frozenset[str], helpful: Mapping[str, list[str]]) -> Fraction:
        """JP that any way on from here costs: each course's JP shared among the competencies
        it helps, and for each competency the cheapest shares that fill what is missing."""
        serves: dict[str, int] = {}
        for slugs in helpful.values():
            for slug in slugs:
                serves[slug] = serves.get(slug, 0) + 1
        share = {s: Fraction(self.forecast.options[s].jp) / count for s, count in serves.items()}
        return sum(
            (self._share_for(code, courses, slugs, share) for code, slugs in helpful.items()),
            Fraction(),
        )

    def _share_for(
        self,
        code: str,
        courses: frozenset[str],
        slugs: list[str],
        share: Mapping[str, Fraction],
    ) -> Fraction:
        rule = self.forecast.rule
        outcome = self.forecast.outcome(code, courses)
        costs = []
        for level in LEVELS:
            account = outcome.account_of(level)
            if not self._counts_for(level, self._targets[code]) or account.demonstrated:
                continue
            offered = self._gains[code].get(level, {})
            gains = [(share[slug], offered[slug]) for slug in slugs if slug in offered]
            sums = [account.mastery]
            if rule.caps[Kind.ASSESSMENT] >= level:
                sums.append(account.uncapped)
            missing = max(Fraction(rule.mastery) * one.weight - one.points for one in sums)
            costs.append(_cheapest(missing, gains))
        known = [cost for cost in costs if cost is not None]
        if rule.cumulative is Cumulative.STEPWISE:
            return max(known, default=Fraction())
        return min(known, default=Fraction())


def _cheapest(missing: Fraction, gains: list[tuple[Fraction, Fraction]]) -> Fraction | None:
    """The least cost of one course at least and of the gain that is missing, the last course
    cut to what is needed; None where all together do not give it."""
    if not gains or sum((gain for _, gain in gains), Fraction()) < missing:
        return None
    cost = Fraction()
    for price, gain in sorted((one for one in gains if one[1]), key=lambda one: one[0] / one[1]):
        if missing <= 0:
            break
        part = min(Fraction(1), missing / gain)
        cost += price * part
        missing -= gain * part
    return max(cost, min(price for price, _ in gains))
