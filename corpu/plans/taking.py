"""Taking from a template: its lines become goals and items of a plan, each noting the origin."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.database import uuid7
from corpu.errors import N_, DomainError, RuleBroken
from corpu.plans.goals import new_goal
from corpu.plans.items import Written, new_item
from corpu.plans.models import PlanGoal, Source
from corpu.plans.offers import OfferedGoal, There, offered
from corpu.plans.rules import Act
from corpu.plans.steps import Held, PlanChanged, hold, the_plan


class NothingChosen(DomainError):
    field = "lines"
    message = N_("Pilih paling sedikit satu kegiatan atau tujuan.")


class NoLongerThere(RuleBroken):
    message = N_(
        "Ada pilihan yang tidak dapat diambil lagi. Periksa keadaannya di bawah, lalu kirim lagi."
    )


@dataclass(frozen=True)
class Taken:
    goals: int
    items: int


def take(
    session: Session,
    person_id: UUID,
    year: int,
    template_id: UUID,
    lines: Collection[int],
    *,
    version: int,
    at: datetime,
) -> Taken:
    """Copy the chosen lines of a template into one's plan, all of them or none; the plan is begun
    if need be, and each row notes where it comes from. Goals that are there get the activities.

    The second of two clicks writes nothing. Raises what `rules.MACHINE` says, PlanChanged,
    YearClosed, NotOffered, NothingChosen, NoLongerThere, Enough, and what a plan cannot hold.
    """
    if not lines:
        raise NothingChosen
    try:
        held = hold(
            session, person_id, person_id, year, Act.TAKE, version=version, at=at, create=True
        )
    except PlanChanged:
        if _has(session, person_id, year, template_id, lines, at):
            return Taken(0, 0)
        raise
    found = offered(session, person_id, year, template_id, at)
    if not set(lines) <= set(found.open_lines):
        raise NoLongerThere
    goals = items = 0
    for goal in found.goals:
        chosen = [one for one in goal.items if one.line in lines]
        if not chosen and goal.line not in lines:
            continue
        row, is_new = _goal(session, held, goal, template_id)
        goals += is_new
        for one in chosen:
            wanted = one.value.suggestion
            new_item(
                session,
                held,
                row,
                uuid7(),
                Written(wanted.kind, wanted.title, wanted.slug, wanted.quantity, wanted.hours),
                origin=(template_id, one.line),
            )
            items += 1
    held.changed()
    session.flush()
    return Taken(goals, items)


def _goal(
    session: Session, held: Held, goal: OfferedGoal, template_id: UUID
) -> tuple[PlanGoal, bool]:
    there = session.scalar(
        select(PlanGoal).where(PlanGoal.plan_id == held.plan.id, PlanGoal.competency == goal.code)
    )
    if there is not None:
        return there, False
    row = new_goal(
        session,
        held,
        key=uuid7(),
        source=Source.GAP if goal.left_out is None else Source.OWN,
        code=goal.code,
        from_level=goal.level,
        to_level=goal.required,
        template_id=template_id,
    )
    return row, True


def _has(
    session: Session,
    person_id: UUID,
    year: int,
    template_id: UUID,
    lines: Collection[int],
    at: datetime,
) -> bool:
    """Whether the plan holds just these lines of the template already."""
    if the_plan(session, person_id, year) is None:
        return False
    there = There.of(session, person_id, year)
    found = offered(session, person_id, year, template_id, at)
    bare = {goal.line for goal in found.goals if goal.is_there and goal.line is not None}
    return set(lines) <= bare | {line for one, line in there.lines if one == template_id}
