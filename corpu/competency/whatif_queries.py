"""Reading rules and what they change: drafts, previews by unit and by person, progress."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from corpu.competency.change_models import (
    ApplicationState,
    DraftState,
    RuleApplication,
    RuleDraft,
    RulePreview,
    RulePreviewEffect,
)
from corpu.competency.models import CompetencyRule
from corpu.competency.rules import Rule
from corpu.errors import NotFound
from corpu.people.models import Person
from corpu.people.queries import full_name

_before = func.coalesce(RulePreviewEffect.before_level, 0)
_after = func.coalesce(RulePreviewEffect.after_level, 0)
_direction = case((_after > _before, 1), (_after < _before, -1), else_=0)
DIRECTIONS = {"up": 1, "down": -1, "score": 0}


@dataclass(frozen=True)
class VersionLine:
    """One version of the rule and how far it is applied; `state` None: before that was kept."""

    id: UUID
    version: int
    valid_from: datetime
    reason: str
    rule: Rule
    state: ApplicationState | None
    done: int
    total: int
    by_name: str
    applied_at: datetime | None
    moment: datetime
    former: Rule

    @property
    def is_under_way(self) -> bool:
        return self.state in (ApplicationState.WAITING, ApplicationState.RUNNING)


@dataclass(frozen=True)
class UnitLine:
    """How many scores of a unit rise, fall, or move within their level; and of how many people."""

    unit_id: UUID | None
    name: str
    up: int
    down: int
    score: int
    people: int


@dataclass(frozen=True)
class StepLine:
    """How many scores go from one level to another; None is not yet observed."""

    before: int | None
    after: int | None
    count: int


@dataclass(frozen=True)
class Summary:
    """What a preview says in all."""

    up: int
    down: int
    score: int
    people: int
    units: tuple[UnitLine, ...]
    steps: tuple[StepLine, ...]

    @property
    def changes(self) -> int:
        return self.up + self.down + self.score


@dataclass(frozen=True)
class PersonLine:
    """One score of one person that would differ."""

    person_id: UUID
    name: str
    nip: str
    unit_name: str
    competency: str
    before_level: int | None
    before_score: Decimal | None
    after_level: int | None
    after_score: Decimal | None
    direction: int


def versions(session: Session) -> list[VersionLine]:
    """Every version, the latest first. One statement."""
    rows = session.execute(_versions().order_by(CompetencyRule.version.desc())).all()
    return [_version(row) for row in rows]


def version(session: Session, number: int) -> VersionLine:
    """One version. Raises NotFound."""
    row = session.execute(_versions().where(CompetencyRule.version == number)).first()
    if row is None:
        raise NotFound
    return _version(row)


def _versions() -> Any:
    return select(CompetencyRule, RuleApplication).outerjoin(
        RuleApplication, RuleApplication.rule_id == CompetencyRule.id
    )


def _version(row: Any) -> VersionLine:
    rule, application = row
    return VersionLine(
        id=rule.id,
        version=rule.version,
        valid_from=rule.valid_from,
        reason=rule.reason,
        rule=Rule.from_dict(rule.rule),
        state=application.state if application else None,
        done=application.done if application else 0,
        total=application.total if application else 0,
        by_name=application.applied_by_name if application else "",
        applied_at=application.applied_at if application else None,
        moment=application.moment if application else rule.valid_from,
        former=Rule.from_dict(application.former_rule) if application else Rule(),
    )


def open_drafts(session: Session) -> list[tuple[RuleDraft, RulePreview | None]]:
    """The drafts that are thought about, with their previews, the latest first."""
    rows = session.execute(
        select(RuleDraft, RulePreview)
        .outerjoin(RulePreview, RulePreview.draft_id == RuleDraft.id)
        .where(RuleDraft.state == DraftState.OPEN)
        .order_by(RuleDraft.changed_at.desc())
    )
    return [(draft, preview) for draft, preview in rows]


def draft_of(session: Session, draft_id: UUID) -> tuple[RuleDraft, RulePreview | None]:
    """A draft with its preview. Raises NotFound; one that was put away is not to be found."""
    row = session.execute(
        select(RuleDraft, RulePreview)
        .outerjoin(RulePreview, RulePreview.draft_id == RuleDraft.id)
        .where(RuleDraft.id == draft_id, RuleDraft.state != DraftState.DISCARDED)
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def _counted(direction: int) -> Any:
    return func.sum(case((_direction == direction, 1), else_=0))


def summary_of(session: Session, preview_id: UUID) -> Summary:
    """What a preview says in all, by unit and by step. Two statements."""
    here = RulePreviewEffect.preview_id == preview_id
    units = [
        UnitLine(row.unit_id, row.name, row.up, row.down, row.score, row.people)
        for row in session.execute(
            select(
                RulePreviewEffect.unit_id,
                func.max(RulePreviewEffect.unit_name).label("name"),
                _counted(1).label("up"),
                _counted(-1).label("down"),
                _counted(0).label("score"),
                func.count(RulePreviewEffect.person_id.distinct()).label("people"),
            )
            .where(here)
            .group_by(RulePreviewEffect.unit_id)
            .order_by(func.max(RulePreviewEffect.unit_name))
        )
    ]
    steps = [
        StepLine(before, after, count)
        for before, after, count in session.execute(
            select(RulePreviewEffect.before_level, RulePreviewEffect.after_level, func.count())
            .where(here, _direction != 0)
            .group_by(RulePreviewEffect.before_level, RulePreviewEffect.after_level)
        )
    ]
    return Summary(
        up=sum(one.up for one in units),
        down=sum(one.down for one in units),
        score=sum(one.score for one in units),
        people=sum(one.people for one in units),  # each person has one unit
        units=tuple(units),
        steps=tuple(sorted(steps, key=lambda one: (one.before or 0, one.after or 0))),
    )


def people_of(
    session: Session,
    preview_id: UUID,
    *,
    unit_id: UUID | None = None,
    direction: int | None = None,
    first: int = 0,
    limit: int,
) -> list[PersonLine]:
    """The scores behind the numbers, by name; one more than `limit` says that there are more."""
    statement = _people(preview_id)
    if unit_id is not None:
        statement = statement.where(RulePreviewEffect.unit_id == unit_id)
    if direction is not None:
        statement = statement.where(_direction == direction)
    rows = session.execute(statement.offset(first).limit(limit))
    return [_person(row) for row in rows]


def everybody_of(session: Session, preview_id: UUID) -> Iterator[PersonLine]:
    """The same for all, one after the other."""
    rows = session.execute(_people(preview_id).execution_options(yield_per=500))
    return (_person(row) for row in rows)


def _people(preview_id: UUID) -> Any:
    return (
        select(
            RulePreviewEffect.person_id,
            Person.title_before,
            Person.name,
            Person.title_after,
            Person.nip,
            RulePreviewEffect.unit_name,
            RulePreviewEffect.competency,
            RulePreviewEffect.before_level,
            RulePreviewEffect.before_score,
            RulePreviewEffect.after_level,
            RulePreviewEffect.after_score,
            _direction.label("direction"),
        )
        .join(Person, Person.id == RulePreviewEffect.person_id)
        .where(RulePreviewEffect.preview_id == preview_id)
        .order_by(Person.name, Person.id, RulePreviewEffect.competency)
    )


def _person(row: Any) -> PersonLine:
    return PersonLine(
        person_id=row.person_id,
        name=full_name(row.title_before, row.name, row.title_after),
        nip=row.nip or "",
        unit_name=row.unit_name,
        competency=row.competency,
        before_level=row.before_level,
        before_score=row.before_score,
        after_level=row.after_level,
        after_score=row.after_score,
        direction=row.direction,
    )
