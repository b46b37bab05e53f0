"""Writing templates of development plans, and withdrawing them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import audit, vocabulary
from corpu.catalog.models import Course, Edition
from corpu.errors import N_, DomainError, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.people.queries import agency_day
from corpu.people.records import lock_agency
from corpu.plans.conversion import form_on
from corpu.plans.rules import Kind
from corpu.plans.template_models import PlanTemplate
from corpu.plans.template_rules import Aim, Grounds, Line, from_json, read_lines, to_json
from corpu.standards.checks import LONGEST_TITLE
from corpu.standards.posts import usable
from corpu.standards.queries import book_of
from corpu.standards.refusals import BadTitle, UnknownPostType, Wrong
from corpu.standards.rules import title_key
from corpu.standards.service import CONSOLE, the_reason
from corpu.texts import clean_text


class UnknownTemplate(NotFound):
    message = N_("Templat ini tidak ada di sini.")


class TitleMissing(DomainError):
    field = "title"
    message = N_("Tulis nama jabatannya: templat satu unit berlaku untuk satu jabatan di sana.")


class EndsBeforeStart(DomainError):
    field = "ends_on"
    message = N_("Hari terakhir paling awal sama dengan hari mulainya.")


class StartsInThePast(RuleBroken):
    field = "starts_on"
    message = N_("Templat berlaku paling awal hari ini: yang sudah ditawarkan tidak diubah.")


@dataclass(frozen=True)
class Asked:
    """A template for some posts. `title` "" for every post of the type, `unit_id` None for every
    unit, which the caller has checked."""

    post_type: str
    lines: tuple[Line, ...]
    title: str = ""
    unit_id: UUID | None = None

    @property
    def key(self) -> tuple[str, str, UUID | None]:
        """Which posts are meant, as two of them are compared."""
        return self.post_type, title_key(self.title), self.unit_id


def set_templates(
    session: Session,
    agency_id: UUID,
    wanted: Sequence[Asked],
    *,
    starts_on: date,
    ends_on: date | None,
    reason: str,
    by: Viewer | None,
    at: datetime,
) -> list[PlanTemplate]:
    """Offer these templates from a day on, all of them or none; answers those that are new.

    One that says what the last of its posts says for the same days is left: a form sent twice
    writes once. Raises UnknownPostType, BadTitle, TitleMissing, EndsBeforeStart, StartsInThePast,
    ReasonMissing, and Wrong with everything that is wrong with the lines.
    """
    reason = the_reason(reason)
    if ends_on is not None and ends_on < starts_on:
        raise EndsBeforeStart
    lock_agency(session)
    if starts_on < agency_day(session, at):
        raise StartsInThePast
    measure = grounds_on(session, agency_id, starts_on)
    read = [(one, _aims_of(one, measure)) for one in wanted]
    latest = {_key(one): one for one in standing(session, agency_id)}
    written = []
    for one, aims in read:
        former = latest.get(one.key)
        if former is not None and _says(former, aims, starts_on, ends_on):
            continue
        template = PlanTemplate(
            agency_id=agency_id,
            post_type=one.post_type,
            title=clean_text(one.title),
            title_key=title_key(clean_text(one.title)),
            unit_id=one.unit_id,
            starts_on=starts_on,
            ends_on=ends_on,
            goals=to_json(aims),
            reason=reason,
            recorded_by=by.id if by else None,
            recorded_by_name=by.name if by else CONSOLE,
            recorded_at=at,
        )
        session.add(template)
        session.flush()
        latest[one.key] = template
        written.append(template)
        _note(session, template, "plan_template.set", by=by, reason=reason, at=at)
    return written


def withdraw_template(
    session: Session,
    agency_id: UUID,
    template_id: UUID,
    *,
    reason: str,
    by: Viewer | None,
    at: datetime,
) -> PlanTemplate:
    """Offer it no longer: the one before it holds again. Plans keep what was taken from it.
    Withdrawn twice is once. Raises UnknownTemplate, ReasonMissing."""
    reason = the_reason(reason)
    lock_agency(session)
    template = session.get(PlanTemplate, template_id, populate_existing=True)
    if template is None or template.agency_id != agency_id:
        raise UnknownTemplate
    if template.withdrawn_at is not None:
        return template
    template.withdrawn_at, template.withdrawn_reason = at, reason
    template.withdrawn_by_name = by.name if by else CONSOLE
    session.flush()
    _note(session, template, "plan_template.withdrawn", by=by, reason=reason, at=at)
    return template


def standing(session: Session, agency_id: UUID) -> list[PlanTemplate]:
    """Every template of an agency that was not withdrawn, in the order of writing."""
    return list(
        session.scalars(
            select(PlanTemplate)
            .where(PlanTemplate.agency_id == agency_id, PlanTemplate.withdrawn_at.is_(None))
            .order_by(PlanTemplate.recorded_at, PlanTemplate.id)
        )
    )


Measure = Callable[[str, str, UUID | None], Grounds]


def grounds_on(session: Session, agency_id: UUID, day: date) -> Measure:
    """What lines are measured by that hold from a day on, for posts by type, title and unit. One
    statement where the dictionaries are known, for however many posts."""
    book = book_of(session)
    rows = session.execute(
        select(Course.slug, Edition.jp)
        .join(Edition, (Edition.course_id == Course.id) & Edition.is_current)
        .where(Course.archived_at.is_(None))
    )
    courses = {row.slug: row.jp for row in rows}
    known = usable(book.rows(day), agency_id)
    forms = {kind: form_on(kind, day)[0] for kind in Kind}

    def measure(post_type: str, title: str, unit_id: UUID | None) -> Grounds:
        level = vocabulary.required_level(post_type)
        required = book.required(agency_id, post_type, title, unit_id, day, level)
        return Grounds(known, required, courses, forms)

    return measure


def _aims_of(one: Asked, measure: Measure) -> tuple[Aim, ...]:
    if not vocabulary.required_level(one.post_type):
        raise UnknownPostType(code=one.post_type)
    title = clean_text(one.title)
    if len(title) > LONGEST_TITLE or len(title_key(title)) > LONGEST_TITLE:
        raise BadTitle
    if one.unit_id is not None and not title:
        raise TitleMissing
    aims, problems = read_lines(one.lines, measure(one.post_type, title, one.unit_id))
    if problems:
        raise Wrong(problems)
    return aims


def _key(template: PlanTemplate) -> tuple[str, str, UUID | None]:
    return template.post_type, template.title_key, template.unit_id


def _says(
    template: PlanTemplate, aims: tuple[Aim, ...], starts_on: date, ends_on: date | None
) -> bool:
    days = (template.starts_on, template.ends_on)
    return days == (starts_on, ends_on) and from_json(template.goals) == aims


def _note(
    session: Session,
    template: PlanTemplate,
    action: str,
    *,
    by: Viewer | None,
    reason: str,
    at: datetime,
) -> None:
    aims = from_json(template.goals)
    after: dict[str, Any] = {
        "post_type": template.post_type,
        "started_on": template.starts_on.isoformat(),
        "ended_on": template.ends_on.isoformat() if template.ends_on else "",
        "goals": len(aims),
        "items": sum(len(aim.items) for aim in aims),
    }
    audit.record(
        session,
        at=at,
        actor_id=by.id if by else None,
        actor_name=by.name if by else CONSOLE,
        action=action,
        subject=("plan_template", template.id, template.title or template.post_type),
        unit_id=template.unit_id,
        after=after,
        reason=reason,
    )
