"""Level 3: months after a course those around a person are asked. Flushes, never commits."""

import secrets
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session

from corpu.database import insert_unless_taken, uuid7
from corpu.evaluation import rules
from corpu.evaluation.models import (
    EvaluationInvitation,
    EvaluationRound,
    EvaluationRule,
    Role,
)
from corpu.evaluation.service import rule_of
from corpu.jobs import Job, enqueue
from corpu.learning.models import Completion
from corpu.people.models import Account, Posting, Supervision
from corpu.people.queries import agency_day, in_force
from corpu.zones import local_date

ROUND_DAYS = 30  # a round's links open for so long
CATCH_UP = timedelta(days=90)  # a round due longer ago is not opened any more
REMIND_AFTER = (10, 20)  # days after the opening
ASKED = 2  # peers, and subordinates
BATCH = 25  # rounds that one transaction opens


def plan_day(session: Session, at: datetime) -> None:
    """At most one job a day looks who is to be asked and reminded; a task of each round."""
    key = f"evaluation.daily:{agency_day(session, at).isoformat()}"
    if session.scalar(select(Job.id).where(Job.dedup == key)) is None:
        enqueue(session, "evaluation.daily", {}, at=at, dedup=key)


def daily(session: Session, _payload: dict[str, Any], at: datetime) -> None:
    """Open the rounds that are due, and remind. Repeatable."""
    if open_due(session, at=at) == BATCH:
        enqueue(session, "evaluation.daily", {}, at=at)
    remind(session, at=at)


def open_due(session: Session, *, at: datetime) -> int:
    """Open a round for each completion whose months are over; answers for how many."""
    own = dict(
        session.execute(
            select(EvaluationRule.course_id, EvaluationRule.months).where(
                EvaluationRule.course_id.is_not(None)
            )
        ).all()
    )
    default, _form = rule_of(session, None)
    opened = 0
    for months in sorted({default, *own.values()}):
        these = [course for course, theirs in own.items() if theirs == months]
        where: Any = Completion.course_id.in_(these)
        if months == default:
            where = or_(where, Completion.course_id.not_in(list(own)))
        opened += _open(session, months, where, BATCH - opened, at)
    return opened


def _open(session: Session, months: int, where: Any, most: int, at: datetime) -> int:
    due = _months_before(at, months)
    rows = session.scalars(
        select(Completion)
        .where(
            where,
            Completion.completed_at <= due,
            Completion.completed_at > due - CATCH_UP,
            ~exists().where(EvaluationRound.completion_id == Completion.id),
        )
        .order_by(Completion.completed_at, Completion.id)
        .limit(most)
    ).all()
    for completion in rows:
        open_round(session, completion, at=at)
    return len(rows)


def _months_before(at: datetime, months: int) -> datetime:
    """The latest moment from which the months are over at `at`."""
    day = at.date()
    while rules.months_after(day, months) > at.date():
        day -= timedelta(days=1)
    return datetime.combine(day, at.timetz())


def open_round(session: Session, completion: Completion, *, at: datetime) -> EvaluationRound | None:
    """Ask the person, the supervisor, two peers and two subordinates of this day. Opening the
    round of a completion again does nothing."""
    day = agency_day(session, at)
    unit_id = session.scalar(
        select(Posting.unit_id)
        .where(Posting.person_id == completion.person_id, in_force(Posting, day))
        .limit(1)
    )
    made = insert_unless_taken(
        session,
        EvaluationRound,
        {
            "id": uuid7(),
            "completion_id": completion.id,
            "course_id": completion.course_id,
            "edition_id": completion.edition_id,
            "person_id": completion.person_id,
            "unit_id": unit_id,
            "period_on": rules.half_year(local_date(completion.completed_at, completion.timezone)),
            "opened_at": at,
            "closes_at": at + timedelta(days=ROUND_DAYS),
        },
    )
    if made is None:
        return None
    for person_id, role in _asked(session, completion.person_id, unit_id, day):
        session.add(
            EvaluationInvitation(
                round_id=made.id, person_id=person_id, role=role, is_answered=False, reminders=0
            )
        )
    session.flush()
    return made


def _asked(
    session: Session, person_id: UUID, unit_id: UUID | None, day: date
) -> list[tuple[UUID, Role]]:
    """Who is asked about a person; peers under the same supervisor before those of the unit."""
    supervisor = session.scalar(
        select(Supervision.supervisor_id)
        .join(Account, Account.person_id == Supervision.supervisor_id)
        .where(Supervision.person_id == person_id, in_force(Supervision, day), Account.is_active)
        .order_by(Supervision.started_on.desc())
        .limit(1)
    )
    below = [  # on the day that two change places, each is above the other
        one
        for one in _people(session, Supervision, Supervision.supervisor_id == person_id, day)
        if one != supervisor
    ]
    taken = {person_id, supervisor, *below}
    peers: list[UUID] = []
    for model, where in (
        (Supervision, Supervision.supervisor_id == supervisor),
        (Posting, Posting.unit_id == unit_id),
    ):
        if len(peers) < ASKED:
            found = [
                one
                for one in _people(session, model, where, day)
                if one not in taken and one not in peers
            ]
            peers += _drawn(found, ASKED - len(peers))
    return [
        (person_id, Role.SELF),
        *([(supervisor, Role.SUPERVISOR)] if supervisor else []),
        *((one, Role.PEER) for one in peers),
        *((one, Role.SUBORDINATE) for one in _drawn(below, ASKED)),
    ]


def _people(session: Session, model: Any, where: Any, day: date) -> list[UUID]:
    return list(
        session.scalars(
            select(model.person_id)
            .join(Account, Account.person_id == model.person_id)
            .where(where, in_force(model, day), Account.is_active)
            .distinct()
        )
    )


def _drawn(people: list[UUID], most: int) -> list[UUID]:
    return secrets.SystemRandom().sample(people, min(most, len(people)))


def remind(session: Session, *, at: datetime) -> None:
    """Count a reminder for who has not answered some days after the opening: it stands on
    their Beranda, and on the manager's list of links to hand over."""
    for number, days in enumerate(REMIND_AFTER, start=1):
        due = select(EvaluationRound.id).where(
            EvaluationRound.opened_at <= at - timedelta(days=days), EvaluationRound.closes_at > at
        )
        session.execute(
            update(EvaluationInvitation)
            .where(
                EvaluationInvitation.round_id.in_(due),
                EvaluationInvitation.is_answered.is_(False),
                EvaluationInvitation.revoked_at.is_(None),
                EvaluationInvitation.reminders < number,
            )
            .values(reminders=number)
            .execution_options(synchronize_session=False)
        )
