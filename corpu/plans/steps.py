"""The row of a plan held while it changes, its version, and the steps it takes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.database import insert_unless_taken, uuid7
from corpu.errors import N_, NotFound, RuleBroken
from corpu.people.models import Person
from corpu.people.queries import Capacity, Standing, capacity_over, standing
from corpu.plans.models import Plan, PlanItem, PlanTransition
from corpu.plans.parts import part_of
from corpu.plans.rules import Act, Part, State, next_state
from corpu.zones import local_year

NAME = 300
AHEAD = 1  # years for which one may plan beyond the present one
CONTENT = (Act.EDIT, Act.ADD_GOAL, Act.TAKE, Act.SUBMIT, Act.APPROVE, Act.SEND_BACK)
ACTIONS = {
    Act.SUBMIT: "plan.submitted",
    Act.WITHDRAW: "plan.withdrawn",
    Act.APPROVE: "plan.approved",
    Act.SEND_BACK: "plan.sent_back",
    Act.FINISH: "plan.finished",
}


class PlanChanged(RuleBroken):
    message = N_(
        "Rencana ini sudah berubah sejak Anda membukanya, di jendela lain atau oleh orang lain. "
        "Yang baru saja Anda kirim tidak disimpan. Periksa keadaannya sekarang, lalu ulangi."
    )


class YearClosed(RuleBroken):
    message = N_("Rencana ditulis untuk tahun %(first)s atau %(last)s.")


class NoSuchPlan(NotFound):
    message = N_("Rencana untuk tahun ini belum ditulis.")


class Held:
    """A plan under its lock, with who acts on it, in whose place, and how they stand to its
    owner."""

    def __init__(
        self,
        plan: Plan,
        by: UUID,
        part: Part,
        here: Standing,
        at: datetime,
        capacity: Capacity | None = None,
    ) -> None:
        self.plan, self.by, self.part, self.here, self.at = plan, by, part, here, at
        self.capacity = capacity

    def signed(self, session: Session) -> str:
        """Who acts, by the name of the day, with in whose place."""
        return _name(session, self.by, self.here, self.at, self.capacity)[:NAME]

    def changed(self) -> None:
        self.plan.version += 1
        self.plan.changed_at = self.at


def hold(
    session: Session,
    by: UUID,
    person_id: UUID,
    year: int,
    act: Act,
    *,
    version: int,
    at: datetime,
    create: bool = False,
) -> Held:
    """Take the plan for one act: who may not is refused first, then who saw another version.

    `version` is what whoever acts has seen, 0 where there was no plan. With `create` a plan
    that is not there is begun. Content is written for this year and the next one only; a plan
    of a year that is over is not sent back, for nobody could submit it again.
    """
    if session.get(Person, person_id) is None:
        raise NotFound
    part = part_of(session, by, person_id, at)
    here = standing(session, person_id, at)
    plan = the_plan(session, person_id, year)
    next_state(plan.state if plan else State.DRAFT, part, act)
    if act in CONTENT:
        this_year = local_year(at, here.timezone)
        if not this_year <= year <= this_year + AHEAD:
            raise YearClosed(first=this_year, last=this_year + AHEAD)
    capacity = None
    if part is Part.DIRECT:
        capacity = capacity_over(session, by, person_id, at)
    if plan is None:
        if not create:
            raise NoSuchPlan
        if version != 0:
            raise PlanChanged
        plan = _begin(session, by, here, year, at, capacity)
    elif plan.version != version:
        raise PlanChanged
    return Held(plan, by, part, here, at, capacity)


def the_plan(session: Session, person_id: UUID, year: int) -> Plan | None:
    """The plan of a year under its lock, as it is in the database now."""
    return session.scalar(
        select(Plan)
        .where(Plan.person_id == person_id, Plan.year == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _begin(
    session: Session, by: UUID, here: Standing, year: int, at: datetime, capacity: Capacity | None
) -> Plan:
    plan: Plan | None = insert_unless_taken(
        session,
        Plan,
        {
            "id": uuid7(),
            "person_id": here.person_id,
            "year": year,
            "state": State.DRAFT,
            "version": 1,
            "unit_id": here.unit_id,
            "unit_name": here.unit_name,
            "post_title": here.post_title,
            "created_at": at,
            "changed_at": at,
        },
    )
    if plan is None:  # another window was first
        raise PlanChanged
    _note(session, plan, None, here=here, by=by, version=0, reason="", at=at, capacity=capacity)
    return plan


def repeated(
    session: Session, by: UUID, person_id: UUID, year: int, to: State, version: int
) -> bool:
    """Whether this very act was done already: the second click of a double one, also of two at
    once. An approval whose plan has gone on by itself since is still that approval."""
    plan = the_plan(session, person_id, year)
    if plan is None:
        return False
    steps = session.execute(
        select(PlanTransition.to_state, PlanTransition.by_id, PlanTransition.version)
        .where(PlanTransition.plan_id == plan.id)
        .order_by(PlanTransition.number.desc())
    )
    latest = next((step for step in steps if step.by_id is not None), None)
    return latest is not None and latest == (to, by, version)


def move(session: Session, held: Held, act: Act, *, reason: str = "") -> None:
    """Take the step that the act leads to, and write it down; staying is no step."""
    plan, before = held.plan, held.plan.state
    after = next_state(before, held.part, act)
    if after is before:
        return
    seen = plan.version
    plan.state = after
    if act is Act.SUBMIT:
        plan.unit_id, plan.unit_name = held.here.unit_id, held.here.unit_name
        plan.post_title = held.here.post_title
    held.changed()
    _note(
        session,
        plan,
        before,
        here=held.here,
        by=None if held.part is Part.SYSTEM else held.by,
        capacity=held.capacity,
        version=seen,
        reason=reason,
        at=held.at,
    )
    if act in ACTIONS and held.part is not Part.SYSTEM:
        log(
            session,
            held,
            ACTIONS[act],
            before={"plan_state": before.value},
            after={"year": plan.year, "plan_state": after.value},
            reason=reason,
        )


def follow(session: Session, held: Held) -> None:
    """What follows by itself: an approved plan runs once an item has begun, and is finished
    once every item is done."""
    session.flush()
    plan = held.plan
    if plan.state not in (State.APPROVED, State.RUNNING):
        return
    begun, open_items, items = session.execute(
        select(
            func.count(PlanItem.begun_at),
            func.count() - func.count(PlanItem.done_at),
            func.count(),
        ).where(PlanItem.plan_id == plan.id)
    ).one()
    itself = Held(plan, held.by, Part.SYSTEM, held.here, held.at)
    if begun:
        move(session, itself, Act.TICK)
    if plan.state is State.RUNNING and items and not open_items:
        move(session, itself, Act.FINISH)


def log(session: Session, held: Held, action: str, **more: Any) -> None:
    """One entry in the audit about the plan's owner."""
    audit.record(
        session,
        at=held.at,
        actor_id=held.by,
        actor_name=held.signed(session),
        action=action,
        subject=("person", held.plan.person_id, held.here.full_name),
        unit_id=held.here.unit_id,
        **more,
    )


def _note(
    session: Session,
    plan: Plan,
    before: State | None,
    *,
    here: Standing,
    by: UUID | None,
    version: int,
    reason: str,
    at: datetime,
    capacity: Capacity | None = None,
) -> None:
    session.flush()
    latest = session.scalar(
        select(func.max(PlanTransition.number)).where(PlanTransition.plan_id == plan.id)
    )
    session.add(
        PlanTransition(
            plan_id=plan.id,
            number=(latest or 0) + 1,
            version=version,
            from_state=before,
            to_state=plan.state,
            by_id=by,
            by_name=_name(session, by, here, at, capacity)[:NAME] if by else "",
            reason=reason,
            unit_id=here.unit_id,
            unit_name=here.unit_name,
            post_title=here.post_title,
            at=at,
        )
    )
    session.flush()


def _name(
    session: Session, by: UUID, here: Standing, at: datetime, capacity: Capacity | None = None
) -> str:
    """The name as it was that day, with in whose place they acted."""
    name = here.full_name if by == here.person_id else standing(session, by, at).full_name
    return capacity.signed(name) if capacity else name
