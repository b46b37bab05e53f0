"""What would make it the next level, as data; pages and courses give it words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil

from corpu.competency.facts import HIGHEST, Kind, Rule
from corpu.competency.scoring import LevelAccount, Mastery, Outcome, level_from


@dataclass(frozen=True, slots=True)
class NextLevel:
    """What is missing for `level`.

    A rating at this level or above by the supervisor or an assessor is always enough. Otherwise
    the mean of the pieces at the level must rise by `missing` points to `required` (all of
    `required` where `mean` is None: nothing was measured), and the mean over `kinds` alone, those
    that may demonstrate the level, by `uncapped_missing`. Where no kind may, a rating is needed.
    """

    level: int
    reaches: int
    required: Decimal
    mean: Decimal | None
    missing: Decimal
    kinds: tuple[Kind, ...]
    uncapped_mean: Decimal | None
    uncapped_missing: Decimal | None

    @property
    def rating_needed(self) -> bool:
        """The caps leave no other way than a rating by the supervisor or an assessor."""
        return not self.kinds

    @property
    def held_by_cap(self) -> bool:
        """The mean is high enough, and only the cap on its kinds keeps the level back."""
        return self.mean is not None and self.missing == 0


def next_level_need(outcome: Outcome, rule: Rule) -> NextLevel | None:
    """What would raise the level achieved; None at the highest.

    `reaches` is the level achieved then: with `stepwise`, filling a hole may raise it by more
    than one. The rule must be the one that gave the outcome.
    """
    achieved = outcome.level or 0
    if achieved == HIGHEST:
        return None
    wanted = achieved + 1
    account: LevelAccount = outcome.account_of(wanted)
    kinds = tuple(sorted(kind for kind, cap in rule.caps.items() if cap >= wanted))
    return NextLevel(
        level=wanted,
        reaches=level_from([a.demonstrated or a.level == wanted for a in outcome.levels], rule),
        required=rule.mastery,
        mean=account.mastery.mean,
        missing=_missing(account.mastery, rule),
        kinds=kinds,
        uncapped_mean=account.uncapped.mean,
        uncapped_missing=_missing(account.uncapped, rule) if kinds else None,
    )


def _missing(mastery: Mastery, rule: Rule) -> Decimal:
    """Points on average below the threshold, two decimals, rounded up: enough is enough."""
    if not mastery.pieces:
        return rule.mastery
    short = Fraction(rule.mastery) - mastery.points / mastery.weight
    return Decimal(max(0, ceil(short * 100))).scaleb(-2)
