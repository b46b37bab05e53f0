"""Level 2 of a course as it may be shown: in groups of five, like the answers of the surveys."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from corpu.assessment.gain import Gain, gain_of, learnt_on
from corpu.evaluation.rules import half_year, in_steps
from corpu.zones import local_date


def gain_of_course(
    session: Session,
    slug: str,
    period_on: date | None = None,
    editions: Collection[UUID] | None = None,
) -> Gain | None:
    """What people learnt on a course: of one batch (the half-year of their completion) and of
    some editions, or of all. Each batch of an edition shows its people in the order in which they
    completed the course, five by five, so that no two looks differ by fewer than five of them.
    None while nothing may be shown. Two statements. Raises NotFound.
    """
    boxes: dict[tuple[date, UUID], list[Any]] = {}
    for one in learnt_on(session, slug):
        period = half_year(local_date(one.completed_at, one.timezone))
        boxes.setdefault((period, one.edition_id), []).append(one.pair)
    return gain_of(
        [
            pair
            for (period, edition), pairs in boxes.items()
            if period_on in (None, period) and (editions is None or edition in editions)
            for pair in in_steps(pairs)
        ]
    )
