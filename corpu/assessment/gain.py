"""Level 2 of the evaluation: what a course added, from its diagnostic to its final test.

The pure part first. Scores are 0 to `most`, on the same scale before and after; everything is
exact until it is rounded once, half up, to four decimals.

*Gain* is post − pre. *Normalised gain* is (post − pre) ÷ (most − pre): the part that was learnt of
what there was left to learn. Its edges: 1 where the final test is perfect, 0 where nothing
changed, below 0 where the score fell (and then without a bound), and undefined (None) where the
diagnostic was perfect already, since nothing was left to learn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from corpu.assessment.models import Attempt, AttemptState
from corpu.catalog import queries as catalog
from corpu.content import DIAGNOSTIC
from corpu.errors import NotFound
from corpu.learning.models import Completion

Number = Decimal | Fraction  # a score, or the exact mean of some
MOST = Decimal(100)
LEAST_PEOPLE = 5  # below, a mean would tell of single persons


@dataclass(frozen=True, slots=True)
class Pair:
    """The score of one person before and after."""

    pre: Decimal
    post: Decimal


@dataclass(frozen=True, slots=True)
class Gain:
    """What a group learnt. `normalised` is that of the means, None where nothing was left to
    learn; `improved`, `same` and `fell` count people."""

    people: int
    pre: Decimal
    post: Decimal
    gain: Decimal
    normalised: Decimal | None
    improved: int
    same: int
    fell: int


def gain(pre: Decimal, post: Decimal, most: Decimal = MOST) -> Decimal:
    """post − pre, in points of the scale. Raises ValueError for scores outside of it."""
    _check(pre, post, most)
    return post - pre


def normalised_gain(pre: Number, post: Number, most: Number = MOST) -> Decimal | None:
    """(post − pre) ÷ (most − pre), four decimals; None where `pre` is `most`."""
    _check(pre, post, most)
    left = Fraction(most) - Fraction(pre)
    return _rounded((Fraction(post) - Fraction(pre)) / left) if left else None


def gain_of(pairs: Sequence[Pair], *, least: int = LEAST_PEOPLE) -> Gain | None:
    """What these people learnt; None where they are fewer than `least`."""
    if len(pairs) < max(least, 1):
        return None
    gains = [gain(pair.pre, pair.post) for pair in pairs]
    pre = sum((Fraction(pair.pre) for pair in pairs), Fraction()) / len(pairs)
    post = sum((Fraction(pair.post) for pair in pairs), Fraction()) / len(pairs)
    return Gain(
        people=len(pairs),
        pre=_rounded(pre),
        post=_rounded(post),
        gain=_rounded(post - pre),
        normalised=normalised_gain(pre, post),
        improved=sum(one > 0 for one in gains),
        same=sum(one == 0 for one in gains),
        fell=sum(one < 0 for one in gains),
    )


def _check(pre: Number, post: Number, most: Number) -> None:
    if not (most > 0 and 0 <= pre <= most and 0 <= post <= most):
        raise ValueError("scores lie between 0 and the most there is, which is above 0")


def _rounded(value: Fraction) -> Decimal:
    """Four decimals, half away from zero, so that a loss rounds as a gain does."""
    cut = int(abs(value) * 10**4 + Fraction(1, 2))
    return Decimal(cut if value >= 0 else -cut).scaleb(-4)


# ------------------------------------------------------------------------------------ the query


@dataclass(frozen=True, slots=True)
class Learnt:
    """What one person learnt on a course, and the completion that it belongs to."""

    pair: Pair
    edition_id: UUID
    completed_at: datetime
    timezone: str


def learnt_on(session: Session, slug: str) -> list[Learnt]:
    """Of each person who handed in the diagnostic, then took the final test of the present
    edition and completed the course, all within one enrolment: the two scores as they stood at
    the completion, with the best attempt of the final test; the first completion, where there are
    several. In the order of the completions.

    So nothing that somebody does afterwards changes what was said of them before. One
    statement besides the course. Raises NotFound.
    """
    outline = catalog.current_edition(session, slug)
    if outline is None:
        raise NotFound
    if outline.diagnostic is None or outline.final_test is None:
        return []
    before, after = aliased(Attempt), aliased(Attempt)
    rows = session.execute(
        select(
            before.person_id,
            before.score,
            func.max(after.score).label("post"),
            Completion.edition_id,
            Completion.completed_at,
            Completion.timezone,
        )
        .join(Completion, Completion.enrolment_id == before.enrolment_id)
        .join(after, after.enrolment_id == before.enrolment_id)
        .where(
            before.course_id == outline.course_id,
            before.page_id == DIAGNOSTIC,
            before.state == AttemptState.GRADED,
            after.page_id == outline.final_test,
            after.state == AttemptState.GRADED,
            after.started_at >= before.submitted_at,
            after.graded_at <= Completion.completed_at,
        )
        .group_by(before.id, Completion.id)
        .order_by(Completion.completed_at, Completion.id)
    )
    found: dict[UUID, Learnt] = {}
    for row in rows:
        learnt = Learnt(Pair(row.score, row.post), row.edition_id, row.completed_at, row.timezone)
        found.setdefault(row.person_id, learnt)
    return list(found.values())
