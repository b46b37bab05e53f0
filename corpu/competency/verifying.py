"""Every kept score against its evidence: what differs, and its repair."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.competency import ledger
from corpu.competency.models import CompetencyScore
from corpu.competency.service import hold, recompute_all
from corpu.people.models import Person
from corpu.people.records import log


@dataclass(frozen=True)
class Result:
    """What a score says; `level` and `score` None: not yet observed."""

    level: int | None
    score: Decimal | None
    capped: bool

    def to_dict(self) -> dict[str, Any]:
        """As the audit keeps it, numbers as text."""
        return {
            "level": self.level,
            "score": None if self.score is None else str(self.score),
            "capped": self.capped,
        }


@dataclass(frozen=True)
class Difference:
    """A kept score (None: there is none) that is not what its evidence says."""

    person_id: UUID
    competency: str
    kept: Result | None
    wanted: Result


@dataclass(frozen=True)
class Compared:
    """What a comparison found; `waiting` scores are due and left to the worker."""

    differences: tuple[Difference, ...]
    waiting: int


def compare(
    session: Session,
    pairs: Collection[tuple[UUID, str]],
    *,
    at: datetime,
    hold_rows: bool = False,
) -> Compared:
    """Compute some (person, competency) from the ledger and compare with what is kept.

    A score whose due moment has passed is not wrong but waits for the worker; one computed
    later than this moment was computed by a clock that has been set back since. `hold_rows`
    takes the people first, so that what is found can be repaired in the same transaction;
    without it, what differs is looked at once more like that, because an act that came between
    reading the one and the other is no difference.
    """
    people = {person_id for person_id, _ in pairs}
    if not people:
        return Compared((), 0)
    if hold_rows:
        hold(session, people)
    books = ledger.read(session, people, at)
    kept = {
        (row.person_id, row.competency): row
        for row in session.execute(
            select(*CompetencyScore.__table__.c).where(CompetencyScore.person_id.in_(people))
        )
    }
    found, waiting = [], 0
    for person_id, code in sorted(pairs):
        row = kept.get((person_id, code))
        if row is not None and row.due_at is not None and row.due_at <= at:
            waiting += 1
            continue
        if row is not None and row.computed_at > at:
            continue
        outcome = books[person_id].outcome(code)
        wanted = Result(outcome.level, outcome.score, outcome.capped)
        said = None if row is None else Result(row.level, row.score, bool(row.is_capped))
        if said != wanted:
            found.append(Difference(person_id, code, said, wanted))
    if found and not hold_rows:
        differing = [(one.person_id, one.competency) for one in found]
        again = compare(session, differing, at=at, hold_rows=True)
        return Compared(again.differences, waiting + again.waiting)
    return Compared(tuple(found), waiting)


def repair(session: Session, differences: Iterable[Difference], *, at: datetime) -> None:
    """Write what the evidence says, and into the audit what stood there instead."""
    differences = list(differences)
    recompute_all(session, [(one.person_id, one.competency) for one in differences], at=at)
    for one in differences:
        log(
            session,
            session.get_one(Person, one.person_id),
            "competency.score_repaired",
            by=None,
            at=at,
            before={"competency": one.competency} | (one.kept.to_dict() if one.kept else {}),
            after={"competency": one.competency} | one.wanted.to_dict(),
            reason="flask competency recompute --verify --apply",
        )
