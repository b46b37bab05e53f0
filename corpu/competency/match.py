"""A person beside the requirement of the post: gaps and the job-person match (JPM)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from corpu.competency.facts import HIGHEST, LOWEST


def gap(required: int, level: int | None) -> int:
    """Required level less level achieved: above 0 is a need, below 0 a reserve.

    Not yet observed is shown as such, and counts as 0 here.
    """
    return required - (level or 0)


@dataclass(frozen=True, slots=True)
class Jpm:
    """100 × Σ achieved ÷ Σ required over the competencies of a post, kept as its sums.

    `observed` of `of` competencies have a level; `band` is None until all of them have.
    """

    achieved: int
    required: int
    observed: int
    of: int
    band: str | None

    @property
    def percent(self) -> Decimal:
        """As it is, for exports: two decimals, half up; above 100 where people exceed."""
        return _percent(self.achieved, self.required)

    @property
    def shown(self) -> Decimal:
        """For the screen: never above 100."""
        return min(self.percent, Decimal("100.00"))

    @property
    def complete(self) -> bool:
        """Whether every competency has been observed."""
        return self.observed == self.of


@lru_cache(maxsize=1024)  # sums of a few levels: there are only so many
def _percent(achieved: int, required: int) -> Decimal:
    exact = Decimal(100 * achieved) / required
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def jpm(
    levels: Mapping[str, int | None],
    required: Mapping[str, int],
    bands: Iterable[Mapping[str, Any]] = (),
) -> Jpm | None:
    """The match of achieved `levels` with what a post `required`, by competency code.

    Levels of other competencies say nothing about this post. Without a requirement there is no
    JPM. `bands` are rows with `min` (percent) and `label`, the regulation's as the agency keeps
    them; the threshold is met exactly, without rounding.
    """
    if not required:
        return None
    achieved = observed = 0
    for code, asked in required.items():
        if not LOWEST <= asked <= HIGHEST:
            raise ValueError(f"required level of {code} must be 1 to 5")
        level = levels.get(code)
        if level is not None:
            achieved += level
            observed += 1
    total = sum(required.values())
    complete = observed == len(required)
    return Jpm(
        achieved=achieved,
        required=total,
        observed=observed,
        of=len(required),
        band=_band(Fraction(100 * achieved, total), bands) if complete else None,
    )


def mean_shown(found: Iterable[Jpm | None]) -> Decimal | None:
    """The mean of several matches as the screen shows them, in per cent; None without any."""
    shown = [one.shown for one in found if one is not None]
    if not shown:
        return None
    return (sum(shown, Decimal()) / len(shown)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _band(percent: Fraction, bands: Iterable[Mapping[str, Any]]) -> str | None:
    met = [(least, band["label"]) for band in bands if percent >= (least := Fraction(band["min"]))]
    return max(met, key=lambda row: row[0])[1] if met else None
