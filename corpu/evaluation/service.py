"""Answering and asking. Every function flushes and none commits."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import Session

from corpu import audit, vocabulary
from corpu.catalog.models import Course
from corpu.database import insert_unless_taken, uuid7
from corpu.errors import N_, DomainError, NotFound, RuleBroken
from corpu.evaluation import rules
from corpu.evaluation.models import (
    EvaluationBox,
    EvaluationIndicator,
    EvaluationInvitation,
    EvaluationRemark,
    EvaluationRound,
    EvaluationRule,
    Role,
    SupervisorAnswer,
    SurveySeat,
)
from corpu.evaluation.rules import Part
from corpu.identity import Viewer
from corpu.jobs import Job, enqueue
from corpu.learning.models import Completion
from corpu.people.models import Account, Posting, Supervision
from corpu.people.queries import agency_day, in_force
from corpu.zones import local_date

SURVEY_DAYS = 90  # after the completion; what is remembered later is not the reaction
ROUND_DAYS = 30  # a round's links open for so long
CATCH_UP = timedelta(days=90)  # a round due longer ago is not opened any more
REMIND_AFTER = (10, 20)  # days after the opening
ASKED = 2  # peers, and subordinates
BATCH = 25  # rounds that one transaction opens
MOST_REMARK = 1000


class AlreadyAnswered(RuleBroken):
    message = N_("Survei ini sudah Anda jawab. Jawaban pertama yang dihitung.")


class PersonHasAnswered(RuleBroken):
    message = N_("Orang ini sudah menjawab; permintaannya tidak dapat ditarik lagi.")


class SurveyClosed(RuleBroken):
    message = N_("Survei ini dibuka selama 90 hari setelah kursus selesai, dan sudah ditutup.")


class NothingAnswered(RuleBroken):
    status = 422
    message = N_("Jawab paling sedikit satu butir.")


class AnswerOutOfScale(RuleBroken):
    status = 422
    message = N_("Pilih jawaban pada skala yang ada.")


class LinkEnded(DomainError):
    """Unknown, used, revoked, replaced or too old: one sentence for all."""

    status = 410
    message = N_(
        "Tautan ini tidak berlaku: sudah dipakai, diganti, ditarik, atau lewat waktunya. "
        "Bila Anda masih ingin menjawab, minta tautan baru kepada pengelola."
    )


class RoundClosed(RuleBroken):
    message = N_("Putaran evaluasi ini sudah ditutup.")


class DatesOutOfOrder(RuleBroken):
    status = 422
    message = N_("Tanggal sesudah harus setelah tanggal sebelum, dan tidak di masa depan.")


# -------------------------------------------------------------------------------- the rule


def data() -> Any:
    return vocabulary.load("evaluation")


def reaction_items(form: str) -> list[str]:
    """The codes of the reaction survey's items, those about the teacher after the others."""
    return [*data()["reaction"]["forms"][form], *data()["reaction"]["teacher"]]


def behaviour_items() -> list[str]:
    return [code for codes in data()["behaviour"]["sections"].values() for code in codes]


def rule_of(session: Session, course_id: UUID | None) -> tuple[int, str]:
    """(months, form): of the course, else of the installation, else of the data file; without
    a course, what holds for every course that has no rule of its own."""
    rows = session.execute(
        select(EvaluationRule.months, EvaluationRule.form)
        .where(or_(EvaluationRule.course_id == course_id, EvaluationRule.is_default))
        .order_by(EvaluationRule.is_default)
    ).first()
    if rows is None:
        return data()["behaviour"]["months"], data()["reaction"]["default_form"]
    return rows.months, rows.form


def set_rule(
    session: Session,
    course: Course | None,
    *,
    months: int,
    form: str,
    by: Viewer,
    at: datetime,
) -> None:
    """How a course is evaluated from now on; None for every course without a rule of its own.
    Answers that are in keep the form they were given on."""
    if not 1 <= months <= 12 or form not in data()["reaction"]["forms"]:
        raise AnswerOutOfScale
    scope = EvaluationRule.course_id == course.id if course else EvaluationRule.is_default
    before = None
    values = {
        "id": uuid7(),
        "course_id": course.id if course else None,
        "is_default": course is None,
        "months": months,
        "form": form,
        "changed_at": at,
    }
    after = {"months": months, "evaluation_form": form}
    if insert_unless_taken(session, EvaluationRule, values) is None:
        row = session.scalars(
            select(EvaluationRule)
            .where(scope)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
        before = {"months": row.months, "evaluation_form": row.form}
        if before == after:
            return
        row.months, row.form, row.changed_at = months, form, at
        session.flush()
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action="evaluation.rule_set",
        subject=("course", course.slug if course else "*", course.slug if course else "*"),
        unit_id=course.owner_unit_id if course else None,
        before=before,
        after=after,
    )


# ------------------------------------------------------------------------------ level one


def survey_for(session: Session, person_id: UUID, slug: str, *, at: datetime) -> Completion:
    """The person's latest completion of the course, where its survey may be answered. Raises
    NotFound, SurveyClosed, AlreadyAnswered."""
    completion = session.scalar(
        select(Completion)
        .join(Course, Course.id == Completion.course_id)
        .where(Course.slug == slug, Completion.person_id == person_id)
        .order_by(Completion.completed_at.desc())
        .limit(1)
    )
    if completion is None:
        raise NotFound
    if session.get(SurveySeat, completion.enrolment_id) is not None:
        raise AlreadyAnswered
    if at > completion.completed_at + timedelta(days=SURVEY_DAYS):
        raise SurveyClosed
    return completion


def answer_survey(
    session: Session,
    person_id: UUID,
    slug: str,
    answers: Mapping[str, tuple[int, int]],
    remark: str,
    *,
    at: datetime,
) -> None:
    """Count an answer of (importance, reality) for each item. Who has answered is kept apart,
    without a time. Raises what `survey_for` does, and AnswerOutOfScale, NothingAnswered."""
    completion = survey_for(session, person_id, slug, at=at)
    form = rule_of(session, completion.course_id)[1]
    scale = data()["reaction"]["scale"]
    asked = set(reaction_items(form))
    for item, pair in answers.items():
        if item not in asked or any(one not in scale for one in pair):
            raise AnswerOutOfScale
    if not answers:
        raise NothingAnswered
    seat = insert_unless_taken(session, SurveySeat, {"enrolment_id": completion.enrolment_id})
    if seat is None:
        raise AlreadyAnswered
    _drop(
        session,
        completion.course_id,
        completion.edition_id,
        rules.half_year(local_date(completion.completed_at, completion.timezone)),
        Part.REACTION,
        form,
        {item: f"{importance}/{reality}" for item, (importance, reality) in answers.items()},
        remark,
    )


def _drop(
    session: Session,
    course_id: UUID,
    edition_id: UUID,
    period_on: date,
    part: Part,
    form: str,
    answer: Mapping[str, str],
    remark: str,
) -> None:
    """Put an answer into its box; whoever is at the box has it alone."""
    key = {"edition_id": edition_id, "period_on": period_on, "part": part, "form": form}
    empty: dict[str, Any] = {"shown": 0, "held": 0, "tally": {}, "waiting": {}, "remarks": []}
    insert_unless_taken(  # by chance: an ordered identifier would say when the first answer came
        session, EvaluationBox, {"id": uuid4(), "course_id": course_id, **key, **empty}
    )
    row = session.scalars(
        select(EvaluationBox)
        .filter_by(**key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    box, released = rules.dropped(
        rules.Box(row.shown, row.tally, row.held, row.waiting, row.remarks),
        answer,
        remark[:MOST_REMARK],
    )
    row.shown, row.tally = box.shown, dict(box.tally)
    row.held, row.waiting, row.remarks = box.held, dict(box.waiting), list(box.remarks)
    session.add_all(EvaluationRemark(box_id=row.id, text=text) for text in released)
    session.flush()


# ---------------------------------------------------------------------------- level three


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


def make_links(
    session: Session, round_id: UUID, *, by: Viewer, at: datetime
) -> list[tuple[EvaluationInvitation, str]]:
    """New links for everybody who has not answered, and their tokens; only hashes are kept, so
    this is the one time that anybody sees them. Earlier links end. Raises NotFound, RoundClosed."""
    # Whoever answers meanwhile holds an invitation, and needs to name the round.
    round_ = session.get(EvaluationRound, round_id, with_for_update={"key_share": True})
    if round_ is None:
        raise NotFound
    if round_.closes_at <= at:
        raise RoundClosed
    rows = session.scalars(
        select(EvaluationInvitation)
        .filter_by(round_id=round_id, is_answered=False, revoked_at=None)
        .order_by(EvaluationInvitation.id)
        .with_for_update()
    ).all()
    made = []
    for row in rows:
        token = secrets.token_urlsafe(32)
        row.token_hash = token_hash(token)
        made.append((row, token))
    session.flush()
    _log_round(session, round_, "evaluation.links_made", {"links": len(made)}, by, at)
    return made


def revoke(session: Session, invitation_id: UUID, *, by: Viewer, at: datetime) -> None:
    """Ask somebody no more; twice is once. What was answered stays. Raises NotFound,
    PersonHasAnswered."""
    row = session.get(EvaluationInvitation, invitation_id, with_for_update=True)
    if row is None:
        raise NotFound
    if row.is_answered:
        raise PersonHasAnswered
    if row.revoked_at is not None:
        return
    row.revoked_at, row.token_hash = at, None
    session.flush()
    round_ = session.get_one(EvaluationRound, row.round_id)
    _log_round(session, round_, "evaluation.revoked", {"asked_as": row.role.value}, by, at)


def _log_round(
    session: Session,
    round_: EvaluationRound,
    action: str,
    after: dict[str, Any],
    by: Viewer,
    at: datetime,
) -> None:
    slug = session.scalar(select(Course.slug).where(Course.id == round_.course_id)) or ""
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action=action,
        subject=("evaluation", round_.id, slug),
        unit_id=round_.unit_id,
        after=after,
    )


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_of_link(session: Session, token: str, *, at: datetime) -> EvaluationInvitation:
    """Whom a link asks, without using it: mail scanners open links too. Raises LinkEnded."""
    return _invitation(session, EvaluationInvitation.token_hash == token_hash(token), at)


def invitation_of(
    session: Session, person_id: UUID, invitation_id: UUID, *, at: datetime
) -> EvaluationInvitation:
    """The same for somebody signed in, without a link. Another's is none. Raises NotFound,
    AlreadyAnswered."""
    try:
        return _invitation(
            session,
            and_(
                EvaluationInvitation.id == invitation_id,
                EvaluationInvitation.person_id == person_id,
            ),
            at,
        )
    except LinkEnded:
        row = session.get(EvaluationInvitation, invitation_id, populate_existing=True)
        if row is not None and row.person_id == person_id and row.is_answered:
            raise AlreadyAnswered from None
        raise NotFound from None


def _invitation(session: Session, where: Any, at: datetime) -> EvaluationInvitation:
    found = session.scalar(
        select(EvaluationInvitation)
        .join(EvaluationRound, EvaluationRound.id == EvaluationInvitation.round_id)
        .where(
            where,
            EvaluationInvitation.is_answered.is_(False),
            EvaluationInvitation.revoked_at.is_(None),
            EvaluationRound.closes_at > at,
        )
        .with_for_update(of=EvaluationInvitation)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise LinkEnded
    return found


def answer_invitation(
    session: Session,
    invitation: EvaluationInvitation,
    scores: Mapping[str, int],
    remark: str,
    *,
    at: datetime,
) -> None:
    """Count what somebody asked says, 0 to 100 an item, and use up the invitation; fetched in
    the same unit of work, so that of two at once one finds it gone. The supervisor's answer
    is kept by name, any other in a box. Raises AnswerOutOfScale, NothingAnswered."""
    asked = set(behaviour_items())
    if any(item not in asked or not 0 <= score <= 100 for item, score in scores.items()):
        raise AnswerOutOfScale
    if not scores:
        raise NothingAnswered
    invitation.is_answered, invitation.token_hash = True, None
    session.flush()
    round_ = session.get_one(EvaluationRound, invitation.round_id)
    if invitation.role is Role.SUPERVISOR:
        session.add(
            SupervisorAnswer(
                round_id=round_.id,
                supervisor_id=invitation.person_id,
                scores=dict(scores),
                remark=remark[:MOST_REMARK],
                answered_at=at,
            )
        )
        session.flush()
        return
    _drop(
        session,
        round_.course_id,
        round_.edition_id,
        round_.period_on,
        Part(invitation.role.value),
        "behaviour",
        {item: str(score) for item, score in scores.items()},
        remark,
    )


# ----------------------------------------------------------------------------- level four


def record_indicator(
    session: Session,
    course: Course,
    *,
    key: UUID,
    name: str,
    measure: str,
    before: tuple[Decimal, date],
    after: tuple[Decimal, date],
    source: str,
    reason: str,
    by: Viewer,
    at: datetime,
) -> None:
    """Write down a figure before and after; the same key again writes nothing. Raises
    DatesOutOfOrder."""
    if not before[1] < after[1] <= agency_day(session, at):
        raise DatesOutOfOrder
    made = insert_unless_taken(
        session,
        EvaluationIndicator,
        {
            "id": key,
            "course_id": course.id,
            "name": name,
            "measure": measure,
            "before": before[0],
            "before_on": before[1],
            "after": after[0],
            "after_on": after[1],
            "source": source,
            "reason": reason,
            "by_id": by.id,
            "recorded_at": at,
        },
    )
    if made is not None:
        _log_indicator(session, course, name, "evaluation.indicator_recorded", reason, by, at)


def withdraw_indicator(
    session: Session, course: Course, indicator_id: UUID, *, by: Viewer, at: datetime
) -> None:
    """Take a figure out of the report; it stays on record. Twice is once. Raises NotFound."""
    row = session.get(EvaluationIndicator, indicator_id, with_for_update=True)
    if row is None or row.course_id != course.id:
        raise NotFound
    if row.withdrawn_at is None:
        row.withdrawn_at = at
        session.flush()
        _log_indicator(session, course, row.name, "evaluation.indicator_withdrawn", "", by, at)


def _log_indicator(
    session: Session,
    course: Course,
    name: str,
    action: str,
    reason: str,
    by: Viewer,
    at: datetime,
) -> None:
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action=action,
        subject=("course", course.slug, course.slug),
        unit_id=course.owner_unit_id,
        after={"indicator": name},
        reason=reason,
    )
