"""Several acts with one reason: each person wholly or not at all, with an account of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from corpu.errors import N_, DomainError, RuleBroken
from corpu.people.queries import capacities_of, places_below
from corpu.plans import service as plans
from corpu.team import rules
from corpu.team.members import Member
from corpu.team.models import Subject
from corpu.team.queries import members_of
from corpu.team.reminders import NotBelow, remind
from corpu.team.rules import Group, Want

MOST = 100  # chosen at once


class BulkAct(StrEnum):
    APPROVE = "approve"
    REMIND = "remind"


class NotForThis(RuleBroken):
    message = N_("Tindakan ini tidak berlaku untuk hal yang dipilih.")


class NoLongerWaits(RuleBroken):
    message = N_("Tidak perlu diingatkan lagi: sudah tidak menunggu.")


SUBJECTS = {Group.PLAN: Subject.PLAN, Group.HOURS: Subject.HOURS}
ACTS = {
    BulkAct.APPROVE: frozenset({Group.APPROVAL}),
    BulkAct.REMIND: frozenset(SUBJECTS),
}


@dataclass(frozen=True)
class Pick:
    """One thing that was chosen. A plan is chosen in the version that was shown."""

    group: Group
    person_id: UUID
    year: int = 0
    version: int = 0

    def __str__(self) -> str:
        return f"{self.group.value}:{self.person_id.hex}:{self.year}:{self.version}"


@dataclass(frozen=True)
class Chosen:
    """A pick with the person it is about."""

    pick: Pick
    member: Member

    @property
    def want(self) -> Want | None:
        """What waits there now; None: nothing any more."""
        return next((one for one in self.member.wants if one.group is self.pick.group), None)


@dataclass(frozen=True)
class Outcome:
    """What became of one choice; `refusal` None: it is done."""

    pick: Pick
    name: str  # "" of somebody who is not below any more
    refusal: DomainError | None = None


def pick_of(member: Member, want: Want) -> str:
    """What a tick stands for; empty where nothing can be done with many at once."""
    if want.group is Group.APPROVAL and member.plan is not None:
        return str(Pick(want.group, member.id, member.plan.year, member.plan.version))
    return str(Pick(want.group, member.id)) if want.group in SUBJECTS else ""


def read_picks(texts: Iterable[str]) -> list[Pick]:
    """The ticks of a form, each once; what cannot be read is left out."""
    found: dict[Pick, None] = {}
    for text in list(texts)[:MOST]:
        try:
            group, person, year, version = text.split(":")
            pick = Pick(Group(group), UUID(hex=person), int(year), int(version))
        except ValueError:
            continue
        if str(pick) == text and len(year) < 9 and len(version) < 9:
            found[pick] = None
    return list(found)


def chosen(
    session: Session,
    viewer_id: UUID,
    picks: Sequence[Pick],
    at: datetime,
    *,
    plan_month: int = rules.PLAN_MONTH,
) -> list[Chosen]:
    """The picks whose people are below the viewer today, in as many statements as a team."""
    wanted = {pick.person_id for pick in picks}
    line = [one for one in places_below(session, viewer_id, at) if one.person_id in wanted]
    stands_in = any(one.principal_id for one in line)
    capacities = capacities_of(session, viewer_id, at) if stands_in else {}
    found = members_of(session, viewer_id, line, at, capacities=capacities, plan_month=plan_month)
    members = {one.id: one for one in found}
    return [Chosen(pick, members[pick.person_id]) for pick in picks if pick.person_id in members]


def do_all(
    session: Session,
    viewer_id: UUID,
    act: BulkAct,
    picks: Sequence[Pick],
    reason: str,
    *,
    at: datetime,
    plan_month: int = rules.PLAN_MONTH,
) -> list[Outcome]:
    """Carry out an act upon everything chosen, in one transaction with a savepoint for each: a
    refusal leaves nothing of its own behind and stops nobody else's."""
    below = {one.pick: one for one in chosen(session, viewer_id, picks, at, plan_month=plan_month)}
    found: dict[Pick, Outcome] = {}
    # Always in the same order, so that two supervisors at once never wait for each other.
    for pick in sorted(picks, key=lambda one: (one.person_id, str(one))):
        one = below.get(pick)
        if one is None:
            found[pick] = Outcome(pick, "", NotBelow())
            continue
        try:
            with session.begin_nested():
                _do(session, viewer_id, act, one, reason, at)
            found[pick] = Outcome(pick, one.member.name)
        except DomainError as refusal:
            found[pick] = Outcome(pick, one.member.name, refusal)
    return [found[pick] for pick in picks]


def _do(
    session: Session, viewer_id: UUID, act: BulkAct, one: Chosen, reason: str, at: datetime
) -> None:
    pick = one.pick
    if pick.group not in ACTS[act]:
        raise NotForThis
    if act is BulkAct.APPROVE:
        plans.approve(
            session,
            viewer_id,
            pick.person_id,
            pick.year,
            version=pick.version,
            reason=reason,
            at=at,
        )
        return
    if one.want is None:
        raise NoLongerWaits
    remind(session, viewer_id, pick.person_id, SUBJECTS[pick.group], reason, at=at)
