"""From points to evidence: the share of points that a graded attempt hands to the score."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

# Below this many points a share says more about chance than about the person.
THIN_POINTS = 3


@dataclass(frozen=True, slots=True)
class Share:
    """`score` 0 to 100 with four decimals; `weight` is the points it was measured over.

    A `thin` share is recorded and shown, but not handed to the score.
    """

    score: Decimal
    weight: Decimal
    thin: bool


def evidence_from_points(points: Decimal | Fraction, max_points: Decimal | Fraction) -> Share:
    """The share of `points` in `max_points`, four decimals, half up. `max_points` is above 0."""
    points, most = Fraction(points), Fraction(max_points)
    if most <= 0 or not 0 <= points <= most:
        raise ValueError("points must lie between 0 and max_points, which is above 0")
    return Share(
        score=rounded(100 * points / most),
        weight=rounded(most),
        thin=most < THIN_POINTS,
    )


def rounded(value: Fraction, places: int = 4) -> Decimal:
    """Round a value of 0 or more half up. The only rounding: everything before it is exact."""
    return Decimal(int(value * 10**places + Fraction(1, 2))).scaleb(-places)
