"""Which templates a person is offered, and what of each lies before them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from corpu import vocabulary
from corpu.competency import queries as competency
from corpu.errors import N_, NotFound
from corpu.learning.models import Completion
from corpu.people.models import ActingPost, Posting
from corpu.people.queries import Standing, in_force, standing
from corpu.plans.models import Plan, PlanGoal, PlanItem
from corpu.plans.template_models import PlanTemplate
from corpu.plans.template_queries import Template, Valued, read_templates, valued
from corpu.plans.template_rules import LeftOut, Post, Why, holding, left_out
from corpu.standards.queries import book_of
from corpu.standards.rules import title_key
from corpu.zones import local_date, local_year


class NotOffered(NotFound):
    message = N_("Templat ini tidak ditawarkan untuk jabatan Anda hari ini.")


@dataclass(frozen=True)
class Offer:
    """A template that holds for a post of a person today."""

    template: Template
    post: Post
    printed: str  # `Plt. Kepala Bidang Air` where they act in it
    is_acting: bool


@dataclass(frozen=True)
class OfferedItem:
    """An activity; `line` is its number in the template."""

    line: int
    value: Valued
    why_not: Why | None


@dataclass(frozen=True)
class OfferedGoal:
    """A goal with how far the person is from it. `line` is its own where it has no activity."""

    line: int | None
    code: str
    names: Mapping[str, Any]
    level: int | None
    required: int | None
    left_out: LeftOut | None
    is_there: bool  # in the plan already
    items: tuple[OfferedItem, ...]


@dataclass(frozen=True)
class Offered:
    """A template as it lies before the person who may take from it."""

    offer: Offer
    goals: tuple[OfferedGoal, ...]
    others: tuple[Offer, ...]  # that hold for other posts of theirs

    @property
    def open_lines(self) -> list[int]:
        """What can be chosen."""
        return [line for goal in self.goals for line in _open(goal)]

    @property
    def chosen(self) -> list[int]:
        """What is chosen beforehand: all of it, without the gaps that the person has not."""
        return [line for goal in self.goals if goal.left_out is None for line in _open(goal)]


def _open(goal: OfferedGoal) -> list[int]:
    """The lines of a goal that can be chosen."""
    if goal.line is None:
        return [one.line for one in goal.items if one.why_not is None]
    return [] if goal.is_there or goal.left_out is LeftOut.NOT_REQUIRED else [goal.line]


# --------------------------------------------------------------------------------- offers


def offers_for(session: Session, here: Standing, at: datetime) -> list[Offer]:
    """The templates that hold today for the main post, then for posts in which the person acts.

    Of an acting post only the title is known; its type is what the latest posting of that title
    in that unit says, and without one only a template for the title holds. Two statements.
    """
    day = local_date(at, here.timezone)
    posts = [(Post(here.post_type, here.post_title, here.unit_id), here.post_title, False)]
    posts = posts if here.post_type else []
    posts += [(post, printed, True) for post, printed in _acting(session, here.person_id, day)]
    if not posts:
        return []
    keys = {title_key(post.title) for post, _printed, _acts in posts}
    types = {post.post_type for post, _printed, _acts in posts if post.post_type}
    found = read_templates(
        session,
        PlanTemplate.agency_id == here.agency_id,
        PlanTemplate.withdrawn_at.is_(None),
        or_(
            PlanTemplate.title_key.in_(keys),
            and_(PlanTemplate.title_key == "", PlanTemplate.post_type.in_(types)),
        ),
    )
    offers: dict[UUID, Offer] = {}
    for post, printed, is_acting in posts:
        template = holding(found, post, day)
        if template is not None:
            offers.setdefault(template.id, Offer(template, post, printed, is_acting))
    return list(offers.values())


def _acting(session: Session, person_id: UUID, day: date) -> list[tuple[Post, str]]:
    same_post = (
        select(Posting.post_type)
        .where(
            Posting.unit_id == ActingPost.unit_id,
            Posting.title == ActingPost.title,
            Posting.started_on <= day,
        )
        .order_by(Posting.started_on.desc(), Posting.id)
        .limit(1)
        .correlate(ActingPost)
        .scalar_subquery()
    )
    rows = session.execute(
        select(ActingPost, same_post)
        .where(
            ActingPost.person_id == person_id,
            ActingPost.revoked_at.is_(None),
            in_force(ActingPost, day),
        )
        .order_by(ActingPost.started_on, ActingPost.id)
    )
    return [(Post(post_type or "", one.title, one.unit_id), one.printed) for one, post_type in rows]


def offered(
    session: Session, person_id: UUID, year: int, template_id: UUID, at: datetime
) -> Offered:
    """A template before the person, with what of it their plan of that year has already.
    Raises NotOffered for one that does not hold for a post of theirs today."""
    here = standing(session, person_id, at)
    offers = offers_for(session, here, at)
    offer = next((one for one in offers if one.template.id == template_id), None)
    if offer is None:
        raise NotOffered
    others = tuple(one for one in offers if one is not offer)
    return Offered(offer, _goals(session, here, offer, year, at), others)


def _goals(
    session: Session, here: Standing, offer: Offer, year: int, at: datetime
) -> tuple[OfferedGoal, ...]:
    day = local_date(at, here.timezone)
    book, template = book_of(session), offer.template
    levels = competency.profile_of(session, here.person_id, at).levels
    required = competency.requirement(here)
    if offer.is_acting:
        required = book.required(
            here.agency_id,
            template.post_type,
            offer.post.title,
            offer.post.unit_id,
            day,
            vocabulary.required_level(template.post_type),
        )
    there = There.of(session, here.person_id, year)
    goals, line = [], 0
    for aim, values in zip(template.aims, valued(session, template.aims, day), strict=True):
        gone = left_out(required.get(aim.code), levels.get(aim.code))
        items = []
        for value in values:
            line += 1
            why = there.why_not(template.id, line, value)
            if gone is LeftOut.NOT_REQUIRED:
                why = why or Why.NOT_REQUIRED
            items.append(OfferedItem(line, value, why))
        line += not values
        goals.append(
            OfferedGoal(
                line=None if values else line,
                code=aim.code,
                names=book.row(aim.code, day) or {"name_id": aim.code, "name_en": aim.code},
                level=levels.get(aim.code),
                required=required.get(aim.code),
                left_out=gone,
                is_there=aim.code in there.goals,
                items=tuple(items),
            )
        )
    return tuple(goals)


@dataclass(frozen=True)
class There:
    """What a plan has already, and the courses that were completed in its year."""

    goals: Mapping[str, UUID]
    items: Collection[tuple[Any, str]]  # kind and title
    lines: Collection[tuple[UUID, int]]  # template and line
    courses: Collection[UUID]
    done: Collection[UUID]

    @classmethod
    def of(cls, session: Session, person_id: UUID, year: int) -> There:
        """As it is now. Three statements."""
        mine = (Plan.person_id == person_id, Plan.year == year)
        goals = session.execute(
            select(PlanGoal.competency, PlanGoal.id)
            .join(Plan, Plan.id == PlanGoal.plan_id)
            .where(*mine, PlanGoal.competency.is_not(None))
        )
        items = session.execute(
            select(
                PlanItem.kind,
                PlanItem.title,
                PlanItem.course_id,
                PlanItem.template_id,
                PlanItem.template_line,
            )
            .join(Plan, Plan.id == PlanItem.plan_id)
            .where(*mine)
        ).all()
        done = session.execute(
            select(Completion.course_id, Completion.completed_at, Completion.timezone).where(
                Completion.person_id == person_id
            )
        )
        return cls(
            goals={row.competency: row.id for row in goals if row.competency},
            items={(row.kind, row.title) for row in items},
            lines={(row.template_id, row.template_line) for row in items if row.template_id},
            courses={row.course_id for row in items if row.course_id},
            done={
                row.course_id for row in done if local_year(row.completed_at, row.timezone) == year
            },
        )

    def why_not(self, template_id: UUID, line: int, value: Valued) -> Why | None:
        """Why this line cannot be taken, None where it can."""
        if (template_id, line) in self.lines:
            return Why.TAKEN
        if value.course_id is None and (value.suggestion.kind, value.title) in self.items:
            return Why.TAKEN
        if value.jp is None:
            return Why.COURSE_GONE
        if value.course_id in self.courses:
            return Why.COURSE_THERE
        return Why.COURSE_DONE if value.course_id in self.done else None
