"""Reading plans: one with its goals and items, the years there are, what one may choose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.catalog.models import Course, Edition
from corpu.learning.models import Completion
from corpu.people.models import Unit
from corpu.plans.models import Plan, PlanGoal, PlanItem, PlanTransition, Source
from corpu.plans.rules import Act, Kind, Part, Share, State, may, shares_of
from corpu.plans.template_models import PlanTemplate
from corpu.standards.queries import book_of
from corpu.vocabulary import competencies
from corpu.zones import local_year


@dataclass(frozen=True)
class Origin:
    """The template that something was taken from: for which posts it was, and since when."""

    post_type: str
    title: str  # "" for every post of the type
    unit_name: str
    starts_on: date


@dataclass(frozen=True)
class Item:
    id: UUID
    kind: Kind
    title: str
    language: str  # of a course's title, "" for words of a person
    slug: str | None  # of an open course
    form_code: str
    mix: int
    quantity: int
    jp: Decimal
    due_on: date | None
    begun_at: datetime | None
    done_at: datetime | None
    rule_version: str
    origin: Origin | None = None

    @property
    def is_course(self) -> bool:
        return self.kind is Kind.COURSE


@dataclass(frozen=True)
class Goal:
    id: UUID
    source: Source
    code: str | None
    from_level: int | None
    to_level: int | None
    text: str
    author: str
    items: tuple[Item, ...]
    names: Mapping[str, Any] | None = None  # of the competency, for `named`
    origin: Origin | None = None

    @property
    def jp(self) -> Decimal:
        return sum((item.jp for item in self.items), Decimal())


@dataclass(frozen=True)
class Step:
    before: State | None
    after: State
    by: str  # "" where it followed by itself
    reason: str
    post_title: str
    unit_name: str
    at: datetime


@dataclass(frozen=True)
class PlanView:
    """A plan as pages show it; before the first word of it, an empty draft of version 0."""

    person_id: UUID
    year: int
    state: State = State.DRAFT
    version: int = 0
    unit_name: str = ""
    post_title: str = ""
    goals: tuple[Goal, ...] = ()
    steps: tuple[Step, ...] = ()  # latest first

    @property
    def is_there(self) -> bool:
        return self.version > 0

    @property
    def items(self) -> list[Item]:
        return [item for goal in self.goals for item in goal.items]

    @property
    def jp(self) -> Decimal:
        return sum((item.jp for item in self.items), Decimal())

    @property
    def jp_done(self) -> Decimal:
        return sum((item.jp for item in self.items if item.done_at), Decimal())

    @property
    def done(self) -> int:
        return sum(item.done_at is not None for item in self.items)

    @property
    def shares(self) -> tuple[Share, ...]:
        return shares_of((item.mix, item.jp) for item in self.items)

    @property
    def returned_because(self) -> Step | None:
        """The step that asked for the revision, while it is asked for."""
        if self.state is not State.RETURNED:
            return None
        return next((step for step in self.steps if step.after is State.RETURNED), None)

    def may(self, part: Part, act: str) -> bool:
        return may(self.state, part, Act(act))

    def goal(self, goal_id: UUID) -> Goal | None:
        return next((goal for goal in self.goals if goal.id == goal_id), None)

    def item(self, item_id: UUID) -> Item | None:
        return next((item for item in self.items if item.id == item_id), None)


def _names(session: Session, code: str | None, year: int) -> Mapping[str, Any] | None:
    if not code:
        return None
    return competencies().get(code) or book_of(session).row(code, date(year, 12, 31))


def plan_of(session: Session, person_id: UUID, year: int) -> PlanView:
    """The plan of a person and year. At most four statements; one where there is none."""
    plan = session.execute(
        select(Plan.id, Plan.state, Plan.version, Plan.unit_name, Plan.post_title).where(
            Plan.person_id == person_id, Plan.year == year
        )
    ).first()
    if plan is None:
        return PlanView(person_id, year)
    items: dict[UUID, list[Item]] = {}
    for row in session.execute(_items(plan.id)):
        items.setdefault(row.goal_id, []).append(
            Item(
                id=row.id,
                kind=row.kind,
                title=row.title,
                language=row.language or "",
                slug=None if row.archived_at else row.slug,
                form_code=row.form_code,
                mix=row.mix,
                quantity=row.quantity,
                jp=row.jp,
                due_on=row.due_on,
                begun_at=row.begun_at,
                done_at=row.done_at,
                rule_version=row.rule_version,
                origin=_origin(row),
            )
        )
    goals = tuple(
        Goal(
            id=row.id,
            source=row.source,
            code=row.competency,
            from_level=row.from_level,
            to_level=row.to_level,
            text=row.text,
            author=row.author_name,
            items=tuple(items.get(row.id, ())),
            names=_names(session, row.competency, year),
            origin=_origin(row),
        )
        for row in session.execute(_goals(plan.id))
    )
    steps = tuple(
        Step(
            row.from_state,
            row.to_state,
            row.by_name,
            row.reason,
            row.post_title,
            row.unit_name,
            row.at,
        )
        for row in session.execute(_steps(plan.id))
    )
    return PlanView(
        person_id,
        year,
        plan.state,
        plan.version,
        plan.unit_name,
        plan.post_title,
        goals,
        steps,
    )


_ORIGIN = (
    PlanTemplate.post_type.label("of_type"),
    PlanTemplate.title.label("of_title"),
    PlanTemplate.starts_on.label("of_day"),
    Unit.name.label("of_unit"),
)


def _origin(row: Any) -> Origin | None:
    if row.of_type is None:
        return None
    return Origin(row.of_type, row.of_title, row.of_unit or "", row.of_day)


def _items(plan_id: UUID) -> Any:
    return (
        select(
            PlanItem.id,
            PlanItem.goal_id,
            PlanItem.kind,
            PlanItem.title,
            PlanItem.form_code,
            PlanItem.mix,
            PlanItem.quantity,
            PlanItem.jp,
            PlanItem.due_on,
            PlanItem.begun_at,
            PlanItem.done_at,
            PlanItem.rule_version,
            Course.slug,
            Course.archived_at,
            Edition.language,
            *_ORIGIN,
        )
        .outerjoin(PlanTemplate, PlanTemplate.id == PlanItem.template_id)
        .outerjoin(Unit, Unit.id == PlanTemplate.unit_id)
        .outerjoin(Course, Course.id == PlanItem.course_id)
        .outerjoin(Edition, (Edition.course_id == Course.id) & Edition.is_current)
        .where(PlanItem.plan_id == plan_id)
        .order_by(PlanItem.position)
    )


def _goals(plan_id: UUID) -> Any:
    return (
        select(
            PlanGoal.id,
            PlanGoal.source,
            PlanGoal.competency,
            PlanGoal.from_level,
            PlanGoal.to_level,
            PlanGoal.text,
            PlanGoal.author_name,
            *_ORIGIN,
        )
        .outerjoin(PlanTemplate, PlanTemplate.id == PlanGoal.template_id)
        .outerjoin(Unit, Unit.id == PlanTemplate.unit_id)
        .where(PlanGoal.plan_id == plan_id)
        .order_by(PlanGoal.position)
    )


def _steps(plan_id: UUID) -> Any:
    return (
        select(
            PlanTransition.from_state,
            PlanTransition.to_state,
            PlanTransition.by_name,
            PlanTransition.reason,
            PlanTransition.post_title,
            PlanTransition.unit_name,
            PlanTransition.at,
        )
        .where(PlanTransition.plan_id == plan_id)
        .order_by(PlanTransition.number.desc())
    )


def years_of(session: Session, person_id: UUID) -> dict[int, State]:
    """The years that have a plan, with its state, latest first. One statement."""
    rows = session.execute(
        select(Plan.year, Plan.state).where(Plan.person_id == person_id).order_by(Plan.year.desc())
    )
    return {row.year: row.state for row in rows}


@dataclass(frozen=True)
class Choice:
    slug: str
    title: str
    language: str
    jp: Decimal


def courses_to_choose(session: Session, plan: PlanView, *, besides: str = "") -> list[Choice]:
    """The open courses that are neither in the plan nor completed in its year, by title;
    `besides` is the course of the item that is being changed."""
    done = {
        row.course_id
        for row in session.execute(
            select(Completion.course_id, Completion.completed_at, Completion.timezone).where(
                Completion.person_id == plan.person_id
            )
        )
        if local_year(row.completed_at, row.timezone) == plan.year
    }
    taken = {item.slug for item in plan.items if item.is_course} - {besides}
    rows = session.execute(
        select(Course.id, Course.slug, Edition.title, Edition.language, Edition.jp)
        .join(Edition, (Edition.course_id == Course.id) & Edition.is_current)
        .where(Course.archived_at.is_(None))
        .order_by(Edition.title)
    )
    return [
        Choice(row.slug, row.title, row.language, row.jp)
        for row in rows
        if row.slug not in taken and row.id not in done
    ]
