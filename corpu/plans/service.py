"""What moves a plan: submitting and deciding, progress, and the courses that tick its items."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from corpu.errors import N_, DomainError, NotFound, RuleBroken
from corpu.events import CourseCompleted, CourseStarted
from corpu.learning.models import Completion, Enrolment
from corpu.people.queries import standing, supervisor_of
from corpu.people.rules import clean_text
from corpu.plans.models import Plan, PlanGoal, PlanItem
from corpu.plans.rules import Act, Kind, Lack, Missing, Part, State, may, missing
from corpu.plans.steps import Held, follow, hold, move, repeated, the_plan
from corpu.zones import local_year

LEAST, MOST = 10, 1000  # characters of a reason


class NotComplete(RuleBroken):
    message = N_("Rencana belum dapat diajukan.")


class NoGoalYet(NotComplete):
    message = N_("Tulis dahulu paling sedikit satu tujuan.")


class GoalWithoutItem(NotComplete):
    message = N_("Setiap tujuan memerlukan paling sedikit satu kegiatan.")


class NoSupervisor(NotComplete):
    message = N_(
        "Atasan langsung Anda belum tercatat, jadi belum ada yang dapat menyetujui. "
        "Minta pengelola mencatatnya."
    )


class YearOver(NotComplete):
    message = N_("Tahun rencana ini sudah lewat.")


class GoalsNeedItems(RuleBroken):
    message = N_(
        "Ada tujuan tanpa kegiatan, jadi rencana ini belum dapat disetujui. Kembalikan dengan "
        "alasan agar dilengkapi."
    )


class ReasonNeeded(DomainError):
    message = N_("Tulis alasannya, 10 sampai 1.000 huruf.")


class CourseDecides(RuleBroken):
    message = N_("Kemajuan kursus dicatat dengan sendirinya dari kursusnya.")


LACKS: dict[Lack, type[NotComplete]] = {
    Lack.NO_GOAL: NoGoalYet,
    Lack.GOAL_WITHOUT_ITEM: GoalWithoutItem,
    Lack.NO_SUPERVISOR: NoSupervisor,
    Lack.YEAR_OVER: YearOver,
}


class Progress(StrEnum):
    OPEN = "open"
    BEGUN = "begun"
    DONE = "done"


# ---------------------------------------------------------------------- submit and decide


def submit(session: Session, by: UUID, year: int, *, version: int, at: datetime) -> Plan | None:
    """Hand one's plan to the direct supervisor. A second click changes nothing.

    Raises what `rules.MACHINE` says, PlanChanged, YearClosed, and the first of what is missing.
    """
    if repeated(session, by, by, year, State.SUBMITTED, version):
        return the_plan(session, by, year)
    held = hold(session, by, by, year, Act.SUBMIT, version=version, at=at)
    for one in what_is_missing(session, held.plan, at):
        raise LACKS[one.lack]
    move(session, held, Act.SUBMIT)
    return held.plan


def withdraw(session: Session, by: UUID, year: int, *, version: int, at: datetime) -> Plan | None:
    """Take back what was submitted, to change it."""
    if repeated(session, by, by, year, State.DRAFT, version):
        return the_plan(session, by, year)
    held = hold(session, by, by, year, Act.WITHDRAW, version=version, at=at)
    move(session, held, Act.WITHDRAW)
    return held.plan


def approve(
    session: Session,
    by: UUID,
    person_id: UUID,
    year: int,
    *,
    version: int,
    at: datetime,
    reason: str = "",
) -> None:
    """The direct supervisor's consent to the very version that they read, with a reason where
    several are approved at once.

    Items that have begun already let the plan run at once.
    """
    if repeated(session, by, person_id, year, State.APPROVED, version):
        return
    held = hold(session, by, person_id, year, Act.APPROVE, version=version, at=at)
    if any(not items for items in _items_by_goal(session, held.plan).values()):
        raise GoalsNeedItems
    move(session, held, Act.APPROVE, reason=clean_text(reason)[:MOST])
    follow(session, held)


def send_back(
    session: Session,
    by: UUID,
    person_id: UUID,
    year: int,
    reason: str,
    *,
    version: int,
    at: datetime,
) -> None:
    """Ask for a revision, with the reason; also of a plan that runs, when tasks have changed."""
    if repeated(session, by, person_id, year, State.RETURNED, version):
        return
    held = hold(session, by, person_id, year, Act.SEND_BACK, version=version, at=at)
    move(session, held, Act.SEND_BACK, reason=_reason(reason))


def finish(
    session: Session,
    by: UUID,
    person_id: UUID,
    year: int,
    reason: str,
    *,
    version: int,
    at: datetime,
) -> None:
    """Close a plan whose items are not all done; the reason says why it ends here."""
    if repeated(session, by, person_id, year, State.FINISHED, version):
        return
    held = hold(session, by, person_id, year, Act.FINISH, version=version, at=at)
    move(session, held, Act.FINISH, reason=_reason(reason))


def what_is_missing(session: Session, plan: Plan, at: datetime) -> list[Missing]:
    """What keeps the plan from being submitted today."""
    here = standing(session, plan.person_id, at)
    above = supervisor_of(session, plan.person_id, at)
    return list(
        missing(
            _items_by_goal(session, plan),
            has_supervisor=above is not None,
            year=plan.year,
            this_year=local_year(at, here.timezone),
        )
    )


def _items_by_goal(session: Session, plan: Plan) -> dict[object, int]:
    session.flush()
    rows = session.execute(
        select(PlanGoal.id, func.count(PlanItem.id))
        .outerjoin(PlanItem, PlanItem.goal_id == PlanGoal.id)
        .where(PlanGoal.plan_id == plan.id)
        .group_by(PlanGoal.id)
    )
    return {row[0]: row[1] for row in rows}


def _reason(text: str) -> str:
    text = clean_text(text or "")
    if not LEAST <= len(text) <= MOST:
        raise ReasonNeeded
    return text


# -------------------------------------------------------------------------------- progress


def mark_item(
    session: Session,
    by: UUID,
    year: int,
    item_id: UUID,
    progress: Progress,
    *,
    version: int,
    at: datetime,
) -> None:
    """The owner notes that an activity has begun, is done, or is not after all.

    The plan runs from the first item begun and is finished with the last one done. What a
    course says, only the course changes. The same mark again changes nothing.
    """
    plan = the_plan(session, by, year)
    item = session.get(PlanItem, item_id)
    if plan is None or item is None or item.plan_id != plan.id:
        raise NotFound
    session.refresh(item)
    if item.kind is Kind.COURSE:
        raise CourseDecides
    if _progress(item) is progress:
        return
    held = hold(session, by, by, year, Act.TICK, version=version, at=at)
    item.begun_at = None if progress is Progress.OPEN else item.begun_at or at
    item.done_at = at if progress is Progress.DONE else None
    if item.begun_at is not None:
        move(session, held, Act.TICK)
    held.changed()
    follow(session, held)


def _progress(item: PlanItem) -> Progress:
    if item.done_at is not None:
        return Progress.DONE
    return Progress.BEGUN if item.begun_at is not None else Progress.OPEN


def record_start(session: Session, event: CourseStarted) -> None:
    """A course begun is its item begun, in the plan of the year; one statement for those who
    have no plan."""
    plans = session.scalars(
        select(Plan)
        .where(Plan.person_id == event.person_id, Plan.state != State.FINISHED)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if not plans:
        return
    here = standing(session, event.person_id, event.at)
    year = local_year(event.at, here.timezone)
    for plan in plans:
        item = _course_item(session, plan, event.course_id)
        if plan.year == year and item is not None and item.begun_at is None:
            item.begun_at = event.at
            follow(session, Held(plan, event.person_id, Part.SYSTEM, here, event.at))


def record_completion(session: Session, event: CourseCompleted) -> None:
    """A completed course ticks its item in the plan of that year, in the same transaction.

    The year is that of the zone of the person's unit on the day, as for the hours. A finished
    plan is a record and stays as it is; a repetition of the event changes nothing.
    """
    completion = session.get_one(Completion, event.completion_id)
    year = local_year(completion.completed_at, completion.timezone)
    plan = the_plan(session, completion.person_id, year)
    if plan is None or not may(plan.state, Part.SYSTEM, Act.TICK):
        return
    item = _course_item(session, plan, completion.course_id)
    if item is None or item.done_at is not None:
        return
    enrolled_at = session.get_one(Enrolment, completion.enrolment_id).enrolled_at
    item.begun_at = item.begun_at or min(enrolled_at, completion.completed_at)
    item.done_at, item.completion_id = completion.completed_at, completion.id
    here = standing(session, completion.person_id, event.at)
    follow(session, Held(plan, completion.person_id, Part.SYSTEM, here, event.at))


def _course_item(session: Session, plan: Plan, course_id: UUID) -> PlanItem | None:
    return session.scalar(
        select(PlanItem)
        .where(PlanItem.plan_id == plan.id, PlanItem.course_id == course_id)
        .execution_options(populate_existing=True)
    )
