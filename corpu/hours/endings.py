"""Reading which certificates from elsewhere end, for one person and for a whole team."""

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from corpu.hours.claim_queries import STANDS
from corpu.hours.models import LearningClaim, State
from corpu.hours.validity import PAST, SOON, Ending


def is_ending(day: date) -> ColumnElement[bool]:
    """The condition that a claim is a verified certificate which `validity.stage` speaks of on a
    day. One that was renewed is left out: the person has sent another of the same name that holds
    longer, and nobody has refused it."""
    newer = aliased(LearningClaim)
    renewed = (
        select(newer.id)
        .where(
            newer.person_id == LearningClaim.person_id,
            newer.state.in_(STANDS),
            newer.valid_until > LearningClaim.valid_until,
            func.lower(newer.title) == func.lower(LearningClaim.title),
        )
        .correlate(LearningClaim)
        .exists()
    )
    return and_(
        LearningClaim.state == State.VERIFIED,
        LearningClaim.valid_until.between(day - PAST, day + SOON),
        ~renewed,
    )


def ending_claims(person_ids: Collection[UUID], day: date) -> Any:
    """The claims of some people that end: person, claim, title, organiser, last day."""
    return select(
        LearningClaim.person_id,
        LearningClaim.id,
        LearningClaim.title,
        LearningClaim.organiser,
        LearningClaim.valid_until,
    ).where(LearningClaim.person_id.in_(list(person_ids)), is_ending(day))


def ending_of(
    session: Session, person_ids: Collection[UUID], day: date
) -> dict[UUID, tuple[Ending, ...]]:
    """The certificates from elsewhere that end, by person, the earliest end first. One
    statement; people who have none are left out."""
    return by_person(session.execute(ending_claims(person_ids, day)))


def by_person(rows: Iterable[Any]) -> dict[UUID, tuple[Ending, ...]]:
    """What `ending_claims` has found, by person, the earliest end first."""
    found: dict[UUID, list[Ending]] = {}
    for person_id, claim_id, title, organiser, valid_until in rows:
        assert valid_until is not None  # or it would not be between two days
        found.setdefault(person_id, []).append(Ending(claim_id, title, organiser, valid_until))
    return {
        person_id: tuple(sorted(some, key=lambda one: (one.valid_until, one.title)))
        for person_id, some in found.items()
    }
