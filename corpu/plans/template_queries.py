"""Reading templates: those there are, where each stands, and what it is worth today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from corpu.catalog.models import Course, Edition
from corpu.errors import DomainError
from corpu.people.models import Unit
from corpu.plans.conversion import form_on
from corpu.plans.rules import Kind, Share, jp_of, shares_of
from corpu.plans.template_models import PlanTemplate
from corpu.plans.template_rules import Aim, Suggestion, from_json
from corpu.plans.template_service import UnknownTemplate
from corpu.standards.rules import title_key


class State(StrEnum):
    IN_FORCE = "in_force"
    COMING = "coming"
    OVER = "over"  # another one took its place, or its last day is over
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Template:
    """A template as pages show it. It is of `rules.Dated`."""

    id: UUID
    post_type: str
    title: str
    unit_id: UUID | None
    unit_name: str
    starts_on: date
    ends_on: date | None
    aims: tuple[Aim, ...]
    reason: str
    recorded_by: str
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdrawn_by: str
    withdrawn_reason: str

    @property
    def scope(self) -> tuple[str, str, UUID | None]:
        """Which posts it is for, as two of them are compared."""
        return self.post_type, title_key(self.title), self.unit_id

    @property
    def items(self) -> int:
        return sum(len(aim.items) for aim in self.aims)


def read_templates(session: Session, *which: ColumnElement[bool]) -> list[Template]:
    """Templates in the order of writing. One statement."""
    rows = session.execute(
        select(PlanTemplate, Unit.name)
        .outerjoin(Unit, Unit.id == PlanTemplate.unit_id)
        .where(*which)
        .order_by(PlanTemplate.recorded_at, PlanTemplate.id)
    )
    return [
        Template(
            one.id,
            one.post_type,
            one.title,
            one.unit_id,
            unit_name or "",
            one.starts_on,
            one.ends_on,
            from_json(one.goals),
            one.reason,
            one.recorded_by_name,
            one.recorded_at,
            one.withdrawn_at,
            one.withdrawn_by_name,
            one.withdrawn_reason,
        )
        for one, unit_name in rows
    ]


def template_of(session: Session, agency_id: UUID, template_id: UUID) -> Template:
    """One template of an agency, or UnknownTemplate."""
    found = read_templates(
        session, PlanTemplate.id == template_id, PlanTemplate.agency_id == agency_id
    )
    if not found:
        raise UnknownTemplate
    return found[0]


@dataclass(frozen=True)
class Placed:
    """A template and where it stands on a day."""

    template: Template
    state: State


def placed(found: Sequence[Template], day: date) -> list[Placed]:
    """Each with where it stands, the last written first. `found` in the order of writing."""
    begun: dict[Any, Template] = {}
    for one in found:
        last = begun.get(one.scope)
        is_begun = one.withdrawn_at is None and one.starts_on <= day
        if is_begun and (last is None or last.starts_on <= one.starts_on):
            begun[one.scope] = one
    return [Placed(one, _state(one, begun.get(one.scope), day)) for one in reversed(found)]


def _state(one: Template, begun: Template | None, day: date) -> State:
    if one.withdrawn_at is not None:
        return State.WITHDRAWN
    if one.starts_on > day:
        return State.COMING
    is_last = begun is not None and begun.id == one.id
    return State.IN_FORCE if is_last and (not one.ends_on or day <= one.ends_on) else State.OVER


# ----------------------------------------------------------------------------------- worth


@dataclass(frozen=True)
class Valued:
    """An activity with what it makes today. `jp` None: it cannot be planned any more."""

    suggestion: Suggestion
    title: str
    language: str  # of a course's title, "" for words of a manager
    mix: int
    jp: Decimal | None
    course_id: UUID | None = None


def valued(session: Session, aims: Iterable[Aim], day: date) -> list[tuple[Valued, ...]]:
    """For each goal its activities, by the conversion table of a day and the courses of today.
    One statement where there is a course."""
    aims = list(aims)
    slugs = {one.slug for aim in aims for one in aim.items if one.kind is Kind.COURSE}
    courses: dict[str, Any] = {}
    if slugs:
        courses = {
            row.slug: row
            for row in session.execute(
                select(
                    Course.id,
                    Course.slug,
                    Course.archived_at,
                    Edition.title,
                    Edition.language,
                    Edition.jp,
                )
                .join(Edition, (Edition.course_id == Course.id) & Edition.is_current)
                .where(Course.slug.in_(slugs))
            )
        }
    return [tuple(_valued(one, courses.get(one.slug), day) for one in aim.items) for aim in aims]


def _valued(one: Suggestion, course: Any, day: date) -> Valued:
    form, _version = form_on(one.kind, day)
    if one.kind is Kind.COURSE:
        if course is None:
            return Valued(one, one.slug, "", form.mix, None)
        jp = None if course.archived_at else course.jp
        return Valued(one, course.title, course.language, form.mix, jp, course.id)
    try:
        _quantity, jp = jp_of(form, one.quantity, hours=one.hours)
    except DomainError:  # the table has changed since
        jp = None
    return Valued(one, one.title, "", form.mix, jp)


def shares_of_valued(found: Iterable[tuple[Valued, ...]]) -> tuple[Share, ...]:
    """How the JP divide among the three ways of learning; empty without JP."""
    return shares_of((one.mix, one.jp) for items in found for one in items if one.jp)
