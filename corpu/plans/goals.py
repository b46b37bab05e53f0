"""The goals of a plan, written by hand or drawn from the person's gaps."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from corpu.competency import queries as competency
from corpu.competency.offers import levels_that_help, offers
from corpu.competency.rules import HIGHEST, LOWEST, next_level_need
from corpu.database import uuid7
from corpu.errors import N_, DomainError, NotFound, RuleBroken
from corpu.people.queries import agency_day
from corpu.people.rules import clean_text
from corpu.plans.items import (
    MOST_GOALS,
    MOST_ITEMS,
    CourseDone,
    CourseThere,
    Enough,
    ItemDone,
    TextTooLong,
    Written,
    is_of,
    new_item,
)
from corpu.plans.models import Plan, PlanGoal, PlanItem, Source
from corpu.plans.rules import Act, Kind, Part
from corpu.plans.steps import Held, PlanChanged, hold, log
from corpu.standards.queries import rows_on
from corpu.vocabulary import competencies

TEXT = 500  # characters
AT_ONCE = 3  # goals drawn from gaps by one press: a plan of nine goals is no plan


class GoalNeedsContent(DomainError):
    message = N_("Pilih kompetensi dengan level yang dituju, atau tulis tujuannya.")


class UnknownTarget(DomainError):
    message = N_("Pilih salah satu kompetensi yang berlaku dan level 1 sampai 5.")


class GoalThere(RuleBroken):
    message = N_("Kompetensi ini sudah menjadi tujuan dalam rencana.")


class SupervisorsGoal(RuleBroken):
    message = N_("Tujuan ini ditambahkan atasan; hanya atasan yang menghapusnya.")


class GoalInUse(RuleBroken):
    message = N_("Tujuan ini sudah punya kegiatan, jadi tidak dihapus lagi.")


class NoGap(RuleBroken):
    message = N_("Tidak ada kesenjangan lain yang belum menjadi tujuan dalam rencana ini.")


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
            and is_of(session, former, person_id, year)
            and (former.author_id, former.text, former.competency, former.to_level) == wanted
        ):
            return former  # the second of two clicks
        raise
    if code and code in _codes(session, held.plan):
        raise GoalThere
    level = competency.profile_of(session, person_id, at).levels.get(code) if code else None
    goal = new_goal(
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


def _known(session: Session, code: str, at: datetime) -> bool:
    return code in competencies() or code in rows_on(session, agency_day(session, at))


def _out_of_scale(level: int) -> bool:
    return not LOWEST <= level <= HIGHEST


def _codes(session: Session, plan: Plan) -> set[str | None]:
    return set(session.scalars(select(PlanGoal.competency).where(PlanGoal.plan_id == plan.id)))


def new_goal(
    session: Session,
    held: Held,
    *,
    key: UUID,
    source: Source,
    text: str = "",
    code: str = "",
    from_level: int | None,
    to_level: int | None,
    template_id: UUID | None = None,
) -> PlanGoal:
    """The goal as the last of a plan that is held, with the template it comes from. Raises
    Enough."""
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
        author_name=held.signed(session),
        template_id=template_id,
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
        goal = new_goal(
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
                new_item(session, held, goal, uuid7(), Written(Kind.COURSE, slug=offer.slug))
            except (CourseThere, CourseDone):
                continue
            break
    held.changed()
    session.flush()
    return len(rows)
