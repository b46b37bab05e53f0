"""Handing in: the attempt ends, what can be graded is graded, and the facts go out."""

import logging
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from corpu import jobs
from corpu.assessment import diagnostic
from corpu.assessment.grading import (
    GRACE,
    Acceptance,
    AttemptGrade,
    EvidenceRow,
    accepts,
    grade_attempt,
)
from corpu.assessment.models import Attempt, AttemptState, EssayGrade, Response
from corpu.assessment.papers import paper_of, responses_of
from corpu.catalog import queries as catalog
from corpu.content import DIAGNOSTIC
from corpu.errors import N_, NotFound, RuleBroken
from corpu.events import AttemptGraded, EvidencePiece, publish
from corpu.learning.diagnostics import record_proven
from corpu.learning.models import Enrolment
from corpu.learning.service import record_standing
from corpu.transactions import after_commit

log = logging.getLogger(__name__)

# One transaction hands in at most so many attempts: a job writes about a hundred rows.
BATCH = 8


class AttemptOver(RuleBroken):
    message = N_("Percobaan ini sudah selesai. Lihat hasilnya.")


def submit(session: Session, person_id: UUID, attempt_id: UUID, *, at: datetime) -> Attempt:
    """Hand in what is saved, once: a second time answers the attempt as it is.

    Later than 60 s after the deadline it was handed in at the deadline. Raises NotFound.
    """
    attempt = held_attempt(session, attempt_id, person_id=person_id)
    if attempt is None:
        raise NotFound
    return submit_held(session, attempt, at=at)


def submit_held(
    session: Session,
    attempt: Attempt,
    *,
    at: datetime,
    rows: Mapping[str, Response] | None = None,
) -> Attempt:
    """The same for an attempt that the caller holds, and whose answers it may bring."""
    if attempt.state is not AttemptState.IN_PROGRESS:
        return attempt
    closed = accepts(at, attempt.deadline_at) is Acceptance.CLOSED
    attempt.submitted_at = attempt.deadline_at if closed else at
    attempt.by_deadline = closed
    attempt.state = AttemptState.AWAITING_GRADE
    regrade(session, attempt, at=at, rows=rows)
    return attempt


def finish_by_deadline(session: Session, attempt: Attempt, *, at: datetime) -> Attempt | None:
    """Hand in an attempt whose time is over; None where it is not. The caller holds its
    enrolment."""
    due = attempt.deadline_at
    running = attempt.state is AttemptState.IN_PROGRESS
    if not running or due is None or accepts(at, due) is not Acceptance.CLOSED:
        return None
    held = held_attempt(session, attempt.id)
    if held is None or accepts(at, held.deadline_at) is not Acceptance.CLOSED:
        return None  # more time has just been granted
    return submit_held(session, held, at=at)


def close_if_due(session: Session, person_id: UUID, attempt_id: UUID, *, at: datetime) -> None:
    """What `close_due` will do anyway, for the attempt that is being looked at now."""
    attempt = held_attempt(session, attempt_id, person_id=person_id)
    if attempt is not None:
        finish_by_deadline(session, attempt, at=at)


def close_due(session: Session, at: datetime) -> int:
    """Hand in what is saved of attempts 60 s past their deadline; answers how many.

    A short batch each time; where more are due, the worker is called again at once. One that
    fails is left for the next round and does not hold up the others.
    """
    due = session.scalars(
        select(Attempt.id)
        .where(Attempt.state == AttemptState.IN_PROGRESS, Attempt.deadline_at < at - GRACE)
        .order_by(Attempt.deadline_at)
        .limit(BATCH)
    ).all()
    done = 0
    for attempt_id in due:
        try:
            with session.begin_nested():
                attempt = held_attempt(session, attempt_id, skip_locked=True)
                if attempt is not None and finish_by_deadline(session, attempt, at=at):
                    done += 1
        except Exception:
            log.exception("attempt %s could not be handed in at its deadline", attempt_id)
    if done == BATCH:
        after_commit(jobs.wake.set)
    return done


def held_attempt(
    session: Session,
    attempt_id: UUID,
    *,
    person_id: UUID | None = None,
    skip_locked: bool = False,
) -> Attempt | None:
    """An attempt with its enrolment, both held until the unit ends.

    The enrolment's row serialises whatever may complete the course, the attempt's row keeps
    answers out that arrive while it is being graded.
    """
    query = (
        select(Attempt)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Attempt.id == attempt_id)
        .with_for_update(of=[Attempt, Enrolment], skip_locked=skip_locked)
        .execution_options(populate_existing=True)
    )
    if person_id is not None:
        query = query.where(Attempt.person_id == person_id)
    return session.scalar(query)


def regrade(
    session: Session,
    attempt: Attempt,
    *,
    at: datetime,
    rows: Mapping[str, Response] | None = None,
) -> None:
    """Grade a submitted attempt from its answers and the latest grades given by people.

    Writes the points of each answer. Graded in full, it announces AttemptGraded, also when it
    had been graded before and a grade was corrected.
    """
    paper = paper_of(session, attempt)
    rows = responses_of(session, attempt.id) if rows is None else rows
    answers = {key: (row.answer or {}).get("value") for key, row in rows.items()}
    has_person = any(q["type"] in ("essay", "short") for q in paper.questions)
    chosen = latest_grades(session, attempt.id) if has_person else {}
    grade = grade_attempt(
        paper.questions, answers, {key: row.chosen for key, row in chosen.items()}
    )
    for question_id, graded in grade.questions.items():
        row = rows.get(question_id)
        if row is None:
            row = Response(
                attempt_id=attempt.id,
                question_id=question_id,
                answer=None,
                in_doubt=False,
                counter=0,
                saved_at=attempt.submitted_at or at,
            )
            session.add(row)
        row.points, row.max_points = graded.points, graded.max_points
    again = attempt.graded_at is not None
    attempt.points, attempt.max_points = grade.points, grade.max_points
    if not grade.needs_grading:
        attempt.state = AttemptState.GRADED
        attempt.graded_at = at
        attempt.score = grade.score
        attempt.passed = grade.passes(attempt.pass_mark)
    session.flush()
    _record_standing(session, attempt)
    if attempt.state is AttemptState.GRADED:
        evidence = grade.evidence
        if attempt.page_id == DIAGNOSTIC:
            proven = diagnostic.proven(paper.questions, grade.questions, attempt.pass_mark)
            record_proven(session, attempt.enrolment_id, attempt.edition_id, proven, at=at)
            evidence = diagnostic.evidence(paper.questions, grade.questions, proven)
        publish(session, _graded_event(session, attempt, grade, evidence, at, again=again))


def latest_grades(session: Session, attempt_id: UUID) -> dict[str, EssayGrade]:
    """By question, the grade that stands."""
    rows = session.scalars(
        select(EssayGrade)
        .where(EssayGrade.attempt_id == attempt_id)
        .order_by(EssayGrade.graded_at, EssayGrade.id)
    )
    return {row.question_id: row for row in rows}


def _graded_event(
    session: Session,
    attempt: Attempt,
    grade: AttemptGrade,
    evidence: tuple[EvidenceRow, ...],
    at: datetime,
    *,
    again: bool,
) -> AttemptGraded:
    assert attempt.submitted_at is not None
    assert attempt.score is not None
    return AttemptGraded(
        attempt_id=attempt.id,
        enrolment_id=attempt.enrolment_id,
        person_id=attempt.person_id,
        course_id=attempt.course_id,
        course_slug=catalog.outline(session, attempt.edition_id).slug,
        page_id=attempt.page_id,
        score=attempt.score,
        passed=bool(attempt.passed),
        again=again,
        answered=any(one.state != "unanswered" for one in grade.questions.values()),
        evidence=tuple(
            EvidencePiece(
                competency=row.competency,
                level=row.level,
                score=row.share.score,
                weight=row.share.weight,
                thin=row.share.thin,
            )
            for row in evidence
        ),
        observed_at=attempt.submitted_at,
        at=at,
    )


def _in_state(state: AttemptState) -> Any:
    return func.coalesce(func.sum(case((Attempt.state == state, 1), else_=0)), 0)


_COUNTED = select(
    func.max(Attempt.number).label("attempts"),
    _in_state(AttemptState.IN_PROGRESS).label("in_progress"),
    _in_state(AttemptState.AWAITING_GRADE).label("waiting"),
    func.max(Attempt.score).label("best_score"),
).where(Attempt.enrolment_id == bindparam("enrolment_id"), Attempt.page_id == bindparam("page_id"))


def _record_standing(session: Session, attempt: Attempt) -> None:
    """Count again how the quiz stands within the enrolment."""
    row = session.execute(
        _COUNTED, {"enrolment_id": attempt.enrolment_id, "page_id": attempt.page_id}
    ).one()
    stand(
        session,
        attempt,
        attempts=row.attempts,
        in_progress=bool(row.in_progress),
        awaiting_grade=bool(row.waiting),
        best_score=row.best_score,
    )


def stand(
    session: Session,
    attempt: Attempt,
    *,
    attempts: int,
    in_progress: bool,
    awaiting_grade: bool,
    best_score: Decimal | None,
) -> None:
    """Tell `learning` how the quiz stands, before anything is concluded from it."""
    record_standing(
        session,
        attempt.enrolment_id,
        attempt.page_id,
        attempts=attempts,
        in_progress=in_progress,
        awaiting_grade=awaiting_grade,
        best_score=best_score,
    )
