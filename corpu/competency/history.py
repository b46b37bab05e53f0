"""Every version of the rule, and what each of them made of one person's scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from corpu.competency.change_models import RuleApplication, RuleChange
from corpu.competency.models import CompetencyRule
from corpu.competency.rules import Rule
from corpu.people.models import Person


@dataclass(frozen=True)
class RuleVersion:
    """A version of the rule. `moment`: from when the scores followed it, later than `valid_from`
    only where it was adopted for a day that had passed."""

    version: int
    valid_from: datetime
    moment: datetime
    reason: str
    rule: Rule


@dataclass(frozen=True)
class RuleFact:
    """What a change of the rule made of one score, as it was recorded then."""

    version: int
    competency: str
    moment: datetime
    reason: str
    before_level: int | None
    before_score: Decimal | None
    after_level: int | None
    after_score: Decimal | None

    @property
    def is_change(self) -> bool:
        """Whether the score became another."""
        return (self.before_level, self.before_score) != (self.after_level, self.after_score)


def versions(session: Session, person_id: UUID) -> list[RuleVersion]:
    """The versions of the rule of a person's agency, oldest first, later ones too."""
    rows = session.execute(
        select(
            CompetencyRule.version,
            CompetencyRule.valid_from,
            func.coalesce(RuleApplication.moment, CompetencyRule.valid_from).label("moment"),
            CompetencyRule.reason,
            CompetencyRule.rule,
        )
        .join(Person, Person.agency_id == CompetencyRule.agency_id)
        .outerjoin(RuleApplication, RuleApplication.rule_id == CompetencyRule.id)
        .where(Person.id == person_id)
        .order_by(CompetencyRule.version)
    )
    return [
        RuleVersion(row.version, row.valid_from, row.moment, row.reason, Rule.from_dict(row.rule))
        for row in rows
    ]


def facts_of(
    session: Session, person_id: UUID, at: datetime, *, code: str | None = None
) -> Sequence[RuleFact]:
    """The changes of the rule in the history of a person's scores up to a moment, newest first;
    of one competency with `code`. One statement."""
    statement = (
        select(RuleChange, CompetencyRule.version, CompetencyRule.reason)
        .join(CompetencyRule, CompetencyRule.id == RuleChange.rule_id)
        .where(RuleChange.person_id == person_id, RuleChange.moment <= at)
        .order_by(CompetencyRule.version.desc(), RuleChange.competency)
    )
    if code is not None:
        statement = statement.where(RuleChange.competency == code)
    return [
        RuleFact(
            version=version,
            competency=row.competency,
            moment=row.moment,
            reason=reason,
            before_level=row.before_level,
            before_score=row.before_score,
            after_level=row.after_level,
            after_score=row.after_score,
        )
        for row, version, reason in session.execute(statement)
    ]
