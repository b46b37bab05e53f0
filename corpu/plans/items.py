"""The items of a plan: one way to a goal each, with its JP by the conversion table in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from corpu.catalog.models import Course, Edition
from corpu.errors import N_, DomainError, NotFound, RuleBroken
from corpu.learning.models import Completion, Enrolment
from corpu.people.rules import clean_text
from corpu.plans.conversion import form_on
from corpu.plans.models import Plan, PlanGoal, PlanItem
from corpu.plans.rules import MOST_JP, Act, Kind, jp_of
from corpu.plans.steps import Held, PlanChanged, hold
from corpu.zones import local_date, local_year

TITLE = 300  # characters
MOST_GOALS, MOST_ITEMS = 20, 60


class TextTooLong(DomainError):
    message = N_("Tulis paling banyak %(most)s huruf.")


class Enough(RuleBroken):
    message = N_("Satu rencana memuat paling banyak %(goals)s tujuan dan %(items)s kegiatan.")


class ItemDone(RuleBroken):
    message = N_("Kegiatan yang sudah selesai tidak diubah atau dihapus.")


class TitleMissing(DomainError):
    message = N_("Tulis nama kegiatannya.")


class CourseMissing(DomainError):
    message = N_("Pilih kursus yang terbuka.")


class CourseThere(RuleBroken):
    message = N_("Kursus ini sudah ada dalam rencana.")


class CourseDone(RuleBroken):
    message = N_("Kursus ini sudah Anda selesaikan pada tahun rencana ini.")


class DueOutside(DomainError):
    message = N_("Tulis tenggat dalam tahun %(year)s.")


@dataclass(frozen=True)
class Written:
    """An item as somebody writes it. `slug` for a course, `hours` for a project."""

    kind: Kind
    title: str = ""
    slug: str = ""
    quantity: int = 1
    hours: Decimal | None = None
    due_on: date | None = None


def add_item(
    session: Session,
    by: UUID,
    year: int,
    goal_id: UUID,
    written: Written,
    *,
    key: UUID,
    version: int,
    at: datetime,
) -> PlanItem:
    """Write an item for a goal of one's own plan; `key` as in `goals.add_goal`."""
    try:
        held = hold(session, by, by, year, Act.EDIT, version=version, at=at)
    except PlanChanged:
        former = session.get(PlanItem, key)
        if (
            former is not None
            and former.goal_id == goal_id
            and is_of(session, former, by, year)
            and _says(session, former, written)
        ):
            return former
        raise
    goal = session.get(PlanGoal, goal_id)
    if goal is None or goal.plan_id != held.plan.id:
        raise NotFound
    item = new_item(session, held, goal, key, written)
    held.changed()
    session.flush()
    return item


def _says(session: Session, item: PlanItem, written: Written) -> bool:
    """Whether an item is what was written."""
    if (item.kind, item.due_on) != (written.kind, written.due_on):
        return False
    if item.course_id is not None:
        return session.get_one(Course, item.course_id).slug == written.slug
    if item.title != clean_text(written.title or ""):
        return False
    return (
        written.hours == item.jp if item.kind is Kind.PROJECT else written.quantity == item.quantity
    )


def new_item(
    session: Session,
    held: Held,
    goal: PlanGoal,
    key: UUID,
    written: Written,
    *,
    origin: tuple[UUID | None, int | None] = (None, None),
) -> PlanItem:
    """The item as the last of a plan that is held; `origin` is the template that it comes from
    and the line there. Raises Enough, and what is wrong with it."""
    items, last = session.execute(
        select(func.count(), func.max(PlanItem.position)).where(PlanItem.plan_id == held.plan.id)
    ).one()
    if items >= MOST_ITEMS:
        raise Enough(goals=MOST_GOALS, items=MOST_ITEMS)
    if session.get(PlanItem, key) is not None:
        raise NotFound
    item = PlanItem(
        id=key,
        plan_id=held.plan.id,
        goal_id=goal.id,
        position=(last or 0) + 1,
        created_at=held.at,
        template_id=origin[0],
        template_line=origin[1],
    )
    _fill(session, held, item, written)
    session.add(item)
    session.flush()
    return item


def change_item(
    session: Session,
    by: UUID,
    year: int,
    item_id: UUID,
    written: Written,
    *,
    version: int,
    at: datetime,
) -> PlanItem:
    """Write an item anew. Its JP follow the table of today."""
    held, item = _open_item(session, by, year, item_id, version, at)
    _fill(session, held, item, written)
    held.changed()
    session.flush()
    return item


def remove_item(
    session: Session, by: UUID, year: int, item_id: UUID, *, version: int, at: datetime
) -> None:
    """Take an item out of one's plan. Gone already is gone."""
    try:
        held, item = _open_item(session, by, year, item_id, version, at)
    except PlanChanged:
        if session.get(PlanItem, item_id) is None:
            return
        raise
    session.delete(item)
    held.changed()
    session.flush()


def _open_item(
    session: Session, by: UUID, year: int, item_id: UUID, version: int, at: datetime
) -> tuple[Held, PlanItem]:
    held = hold(session, by, by, year, Act.EDIT, version=version, at=at)
    item = session.get(PlanItem, item_id, populate_existing=True)
    if item is None or item.plan_id != held.plan.id:
        raise NotFound
    if item.done_at is not None:
        raise ItemDone
    return held, item


def _fill(session: Session, held: Held, item: PlanItem, written: Written) -> None:
    """Check what was written and put it into the item, with its JP by the table in force."""
    plan, day = held.plan, local_date(held.at, held.here.timezone)
    hours: Decimal | None
    if written.due_on is not None and written.due_on.year != plan.year:
        raise DueOutside(year=plan.year)
    form, rule_version = form_on(written.kind, day)
    with session.no_autoflush:
        if written.kind is Kind.COURSE:
            course, edition = _course(session, plan, item, written.slug)
            _same_course(session, held, item, course)
            title, hours, most = edition.title, edition.jp, max(edition.jp, MOST_JP)
        else:
            title, hours, most = clean_text(written.title or ""), written.hours, MOST_JP
            item.course_id = None
            if item.kind is Kind.COURSE:  # what had begun was the course
                item.begun_at = None
        if not title:
            raise TitleMissing
        if written.kind is not Kind.COURSE and len(title) > TITLE:
            raise TextTooLong(most=TITLE)
        used = session.scalar(
            select(func.sum(PlanItem.quantity)).where(
                PlanItem.plan_id == plan.id,
                PlanItem.form_code == form.code,
                PlanItem.id != item.id,
            )
        )
    quantity, jp = jp_of(form, written.quantity, hours=hours, used=used or 0, most=most)
    item.kind, item.title, item.due_on = written.kind, title[:TITLE], written.due_on
    item.form_code, item.mix, item.rule_version = form.code, form.mix, rule_version
    item.quantity, item.jp = quantity, jp


def _course(session: Session, plan: Plan, item: PlanItem, slug: str) -> tuple[Course, Edition]:
    row = session.execute(
        select(Course, Edition)
        .join(Edition, Edition.course_id == Course.id)
        .where(Course.slug == slug, Edition.is_current, Course.archived_at.is_(None))
    ).first()
    if row is None:
        raise CourseMissing
    course, edition = row
    taken = select(PlanItem.id).where(
        PlanItem.plan_id == plan.id, PlanItem.course_id == course.id, PlanItem.id != item.id
    )
    if session.scalar(taken) is not None:
        raise CourseThere
    return course, edition


def _same_course(session: Session, held: Held, item: PlanItem, course: Course) -> None:
    """Point the item at the course; one under way has begun already, one done is no plan."""
    person_id = held.plan.person_id
    for completed_at, zone in session.execute(
        select(Completion.completed_at, Completion.timezone).where(
            Completion.person_id == person_id, Completion.course_id == course.id
        )
    ):
        if local_year(completed_at, zone) == held.plan.year:
            raise CourseDone
    item.course_id = course.id
    item.begun_at = session.scalar(
        select(Enrolment.enrolled_at).where(
            Enrolment.person_id == person_id,
            Enrolment.course_id == course.id,
            Enrolment.completed_at.is_(None),
            Enrolment.left_at.is_(None),
        )
    )


def is_of(session: Session, row: PlanGoal | PlanItem, person_id: UUID, year: int) -> bool:
    """Whether a goal or an item stands in the plan of that person and year."""
    plan = session.get_one(Plan, row.plan_id)
    return (plan.person_id, plan.year) == (person_id, year)
