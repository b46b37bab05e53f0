"""What a plan says: goals and items, written by hand or drawn from the person's gaps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from corpu.catalog.models import Course, Edition
from corpu.competency import queries as competency
from corpu.competency.offers import levels_that_help, offers
from corpu.competency.rules import HIGHEST, LOWEST, next_level_need
from corpu.database import uuid7
from corpu.errors import N_, DomainError, NotFound, RuleBroken
from corpu.learning.models import Completion, Enrolment
from corpu.people.queries import agency_day
from corpu.people.rules import clean_text
from corpu.plans.conversion import form_on
from corpu.plans.models import Plan, PlanGoal, PlanItem, Source
from corpu.plans.rules import MOST_JP, Act, Kind, Part, jp_of
from corpu.plans.steps import Held, PlanChanged, hold, log
from corpu.standards.queries import rows_on
from corpu.vocabulary import competencies
from corpu.zones import local_date, local_year

TEXT, TITLE = 500, 300  # characters
MOST_GOALS, MOST_ITEMS = 20, 60
AT_ONCE = 3  # goals drawn from gaps by one press: a plan of nine goals is no plan


class GoalNeedsContent(DomainError):
    message = N_("Pilih kompetensi dengan level yang dituju, atau tulis tujuannya.")


class TextTooLong(DomainError):
    message = N_("Tulis paling banyak %(most)s huruf.")


class UnknownTarget(DomainError):
    message = N_("Pilih salah satu kompetensi yang berlaku dan level 1 sampai 5.")


class GoalThere(RuleBroken):
    message = N_("Kompetensi ini sudah menjadi tujuan dalam rencana.")


class Enough(RuleBroken):
    message = N_("Satu rencana memuat paling banyak %(goals)s tujuan dan %(items)s kegiatan.")


class SupervisorsGoal(RuleBroken):
    message = N_("Tujuan ini ditambahkan atasan; hanya atasan yang menghapusnya.")


class GoalInUse(RuleBroken):
    message = N_("Tujuan ini sudah punya kegiatan, jadi tidak dihapus lagi.")


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


class NoGap(RuleBroken):
    message = N_("Tidak ada kesenjangan lain yang belum menjadi tujuan dalam rencana ini.")


@dataclass(frozen=True)
class Written:
    """An item as somebody writes it. `slug` for a course, `hours` for a project."""

    kind: Kind
    title: str = ""
    slug: str = ""
    quantity: int = 1
    hours: Decimal | None = None
    due_on: date | None = None


# ----------------------------------------------------------------------------------- goals


def add_goal(
    session: Session,
    by: UUID,
    person_id: UUID,
    year: int,
    *,
    key: UUID,
    version: int,
    text: str = "",
    code: str = "",
    to_level: int | None = None,
    at: datetime,
) -> PlanGoal:
    """Write a goal, as the owner or the direct supervisor; the plan is begun if need be.

    `key` becomes the goal's identifier, so that a form sent twice writes it once. One that was
    sent already and now says something else is filled in upon an old plan: PlanChanged.
    """
    text = clean_text(text or "")
    if len(text) > TEXT:
        raise TextTooLong(most=TEXT)
    if not text and not code:
        raise GoalNeedsContent
    if code and (to_level is None or _out_of_scale(to_level) or not _known(session, code, at)):
        raise UnknownTarget
    try:
        held = hold(session, by, person_id, year, Act.ADD_GOAL, version=version, at=at, create=True)
    except PlanChanged:
        former = session.get(PlanGoal, key)
        wanted = (by, text, code or None, to_level if code else None)
        if (
            former is not None
            and _is_of(session, former, person_id, year)
            and (former.author_id, former.text, former.competency, former.to_level) == wanted
        ):
            return former  # the second of two clicks
        raise
    if code and code in _codes(session, held.plan):
        raise GoalThere
    level = competency.profile_of(session, person_id, at).levels.get(code) if code else None
    goal = _new_goal(
        session,
        held,
        key=key,
        source=Source.OWN if held.part is Part.OWNER else Source.SUPERVISOR,
        text=text,
        code=code,
        from_level=level,
        to_level=to_level if code else None,
    )
    held.changed()
    if held.part is not Part.OWNER:
        log(
            session,
            held,
            "plan.goal_added",
            after={"year": year, "competency": code, "text": text, "level": goal.to_level},
        )
    session.flush()
    return goal


def _is_of(session: Session, row: PlanGoal | PlanItem, person_id: UUID, year: int) -> bool:
    plan = session.get_one(Plan, row.plan_id)
    return (plan.person_id, plan.year) == (person_id, year)


def _known(session: Session, code: str, at: datetime) -> bool:
    return code in competencies() or code in rows_on(session, agency_day(session, at))


def _out_of_scale(level: int) -> bool:
    return not LOWEST <= level <= HIGHEST


def _codes(session: Session, plan: Plan) -> set[str | None]:
    return set(session.scalars(select(PlanGoal.competency).where(PlanGoal.plan_id == plan.id)))


def _new_goal(
    session: Session,
    held: Held,
    *,
    key: UUID,
    source: Source,
    text: str = "",
    code: str = "",
    from_level: int | None,
    to_level: int | None,
) -> PlanGoal:
    plan = held.plan
    goals, last = session.execute(
        select(func.count(), func.max(PlanGoal.position)).where(PlanGoal.plan_id == plan.id)
    ).one()
    if goals >= MOST_GOALS:
        raise Enough(goals=MOST_GOALS, items=MOST_ITEMS)
    if session.get(PlanGoal, key) is not None:
        raise NotFound  # the identifier is somebody else's
    goal = PlanGoal(
        id=key,
        plan_id=plan.id,
        position=(last or 0) + 1,
        source=source,
        competency=code or None,
        from_level=from_level,
        to_level=to_level,
        text=text,
        author_id=held.by,
        created_at=held.at,
    )
    session.add(goal)
    session.flush()
    return goal


def remove_goal(
    session: Session,
    by: UUID,
    person_id: UUID,
    year: int,
    goal_id: UUID,
    *,
    version: int,
    at: datetime,
) -> None:
    """Take a goal out with its items. What a supervisor asked for, only a supervisor takes back,
    and only while nothing was planned for it. Gone already is gone."""
    try:
        held = hold(session, by, person_id, year, Act.ADD_GOAL, version=version, at=at)
    except PlanChanged:
        if session.get(PlanGoal, goal_id) is None:
            return  # the second of two clicks
        raise
    goal = session.get(PlanGoal, goal_id)
    if goal is None or goal.plan_id != held.plan.id:
        raise NotFound
    items = session.scalars(select(PlanItem).where(PlanItem.goal_id == goal.id)).all()
    if held.part is Part.OWNER:
        if goal.source is Source.SUPERVISOR:
            raise SupervisorsGoal
    elif goal.source is not Source.SUPERVISOR:
        raise NotFound
    elif items:
        raise GoalInUse
    if any(item.done_at is not None for item in items):
        raise ItemDone
    session.execute(delete(PlanItem).where(PlanItem.goal_id == goal.id))
    session.delete(goal)
    held.changed()
    session.flush()
    if held.part is not Part.OWNER:
        log(
            session,
            held,
            "plan.goal_removed",
            before={"year": year, "competency": goal.competency or "", "text": goal.text},
        )


def suggest_from_gaps(
    session: Session, person_id: UUID, year: int, *, version: int, at: datetime
) -> int:
    """Write goals for the farthest gaps that are not yet in the plan, up to three, each with the
    course that raises it soonest where there is one. Answers how many goals. Raises NoGap."""
    held = hold(session, person_id, person_id, year, Act.EDIT, version=version, at=at, create=True)
    there = _codes(session, held.plan)
    profile = competency.profile_of(session, person_id, at)
    rows = [
        row
        for row in profile.farthest_first
        if row.required is not None and (row.gap or 0) > 0 and row.code not in there
    ][:AT_ONCE]
    if not rows:
        raise NoGap
    rule = profile.in_force.rule
    needs = {row.code: next_level_need(row.outcome, rule) for row in rows}
    found = offers(session, person_id, levels_that_help(needs, rule))
    for row in rows:
        goal = _new_goal(
            session,
            held,
            key=uuid7(),
            source=Source.GAP,
            code=row.code,
            from_level=row.level,
            to_level=row.required,
        )
        for offer in found:
            if offer.competency != row.code or offer.is_done:
                continue
            try:
                _new_item(session, held, goal, uuid7(), Written(Kind.COURSE, slug=offer.slug))
            except (CourseThere, CourseDone):
                continue
            break
    held.changed()
    session.flush()
    return len(rows)


# ----------------------------------------------------------------------------------- items


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
    """Write an item for a goal of one's own plan; `key` as in `add_goal`."""
    try:
        held = hold(session, by, by, year, Act.EDIT, version=version, at=at)
    except PlanChanged:
        former = session.get(PlanItem, key)
        if (
            former is not None
            and former.goal_id == goal_id
            and _is_of(session, former, by, year)
            and _says(session, former, written)
        ):
            return former
        raise
    goal = session.get(PlanGoal, goal_id)
    if goal is None or goal.plan_id != held.plan.id:
        raise NotFound
    item = _new_item(session, held, goal, key, written)
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


def _new_item(
    session: Session, held: Held, goal: PlanGoal, key: UUID, written: Written
) -> PlanItem:
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
