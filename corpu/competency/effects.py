"""What another rule makes of the same evidence: score by score, with the product's own score."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from corpu.competency.ledger import Ledger
from corpu.competency.models import EvidenceRecord
from corpu.competency.rules import Rule
from corpu.people.models import Posting, Unit
from corpu.people.queries import agency_day, in_force


@dataclass(frozen=True)
class Effect:
    """One score before and after. A level of None is not yet observed, which is not zero."""

    competency: str
    before_level: int | None
    before_score: Decimal | None
    after_level: int | None
    after_score: Decimal | None

    @property
    def is_change(self) -> bool:
        """Whether anything a person reads differs."""
        return (self.before_level, self.before_score) != (self.after_level, self.after_score)

    @property
    def direction(self) -> int:
        """1 where the level rises, -1 where it falls, 0 where at most the score moves."""
        before, after = self.before_level or 0, self.after_level or 0
        return (after > before) - (after < before)


def effects(book: Ledger, before: Rule, after: Rule) -> Iterator[Effect]:
    """Each competency with evidence, as the two rules read what was known at the moment of the
    ledger."""
    known = book.known()
    one, other = known.under(before), known.under(after)
    for code in sorted(known.pieces):
        then, now = one.outcome(code), other.outcome(code)
        yield Effect(code, then.level, then.score, now.level, now.score)


# ------------------------------------------------------------------------ some people at a time


def people_with_evidence(session: Session) -> int:
    """How many people a change of the rule concerns."""
    return session.scalar(select(func.count(EvidenceRecord.person_id.distinct()))) or 0


def people_after(session: Session, person_id: UUID | None, *, limit: int) -> list[UUID]:
    """The next people with evidence, in the order of their identifiers."""
    statement = select(EvidenceRecord.person_id).distinct().order_by(EvidenceRecord.person_id)
    if person_id is not None:
        statement = statement.where(EvidenceRecord.person_id > person_id)
    return list(session.scalars(statement.limit(limit)))


def units_of(
    session: Session, people: Collection[UUID], at: datetime
) -> Mapping[UUID, tuple[UUID, str]]:
    """Identifier and name of the unit of each person on a day; without a post nothing."""
    rows = session.execute(
        select(Posting.person_id, Unit.id, Unit.name)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Posting.person_id.in_(list(people)), in_force(Posting, agency_day(session, at)))
        .order_by(Posting.started_on)
    )
    return {person_id: (unit_id, name) for person_id, unit_id, name in rows}
