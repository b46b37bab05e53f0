"""Taking a quiz: begin, answer, hand in. Every function flushes and none commits.

Saving stands in `saving`, handing in and grading in `submission`, grades by a person in `essays`,
more time in `extra_time`; this module offers them all.
"""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from corpu.assessment.essays import grade_essay
from corpu.assessment.extra_time import grant_extra_time, minutes_granted
from corpu.assessment.grading import deadline, draw, shuffled_questions
from corpu.assessment.models import Attempt, AttemptState
from corpu.assessment.saving import FormOutcome, Saved, save_answer, save_form
from corpu.assessment.submission import (
    AttemptOver,
    close_due,
    close_if_due,
    finish_by_deadline,
    stand,
    submit,
)
from corpu.catalog import queries as catalog
from corpu.catalog.outline import QuizRules
from corpu.errors import N_, NotFound, RuleBroken
from corpu.learning.models import Enrolment
from corpu.learning.seat import seat
from corpu.learning.service import NotEnrolled, PageLocked

__all__ = [
    "AttemptOver",
    "AttemptsUsedUp",
    "CourseDone",
    "FormOutcome",
    "Saved",
    "close_due",
    "close_if_due",
    "grade_essay",
    "grant_extra_time",
    "save_answer",
    "save_form",
    "start",
    "submit",
]


class AttemptsUsedUp(RuleBroken):
    message = N_("Semua %(attempts)s percobaan kuis ini sudah Anda pakai.")


class CourseDone(RuleBroken):
    message = N_("Kursus ini sudah Anda selesaikan; nilainya tidak berubah lagi.")


def start(session: Session, person_id: UUID, slug: str, page_id: str, *, at: datetime) -> Attempt:
    """Begin an attempt, or continue the one in progress, also when two begin at once.

    The attempt keeps the edition, questions, pass mark and time of this moment. One whose time
    has run out is handed in and answered as it then is, so that nobody spends another attempt
    unawares. Raises NotFound, NotEnrolled, CourseDone, PageLocked, AttemptsUsedUp.
    """
    here = seat(session, person_id, slug)
    info = here.outline.by_id.get(page_id) if here else None
    if here is None or info is None or info.quiz is None:
        raise NotFound
    if here.enrolment_id is None:
        raise NotEnrolled
    # Held until the unit ends: a second start of the same person waits here, then continues.
    enrolment = session.scalars(
        select(Enrolment).where(Enrolment.id == here.enrolment_id).with_for_update()
    ).one()
    sofar = _attempts_sofar(session, enrolment, page_id)
    if sofar.running_id is not None:
        running = session.get_one(Attempt, sofar.running_id)
        if running.enrolment_id == enrolment.id:
            return finish_by_deadline(session, running, at=at) or running
    if enrolment.left_at is not None:
        raise NotEnrolled
    if enrolment.completed_at is not None:
        raise CourseDone
    first = here.lock(page_id)
    if first is not None:
        raise PageLocked(title=first.title)
    if info.quiz.attempts is not None and sofar.number >= info.quiz.attempts:
        raise AttemptsUsedUp(attempts=info.quiz.attempts)
    if sofar.running_id is not None:  # left over from an enrolment that has ended
        submit(session, person_id, sofar.running_id, at=at)
    edition_id = here.outline.edition_id
    attempt = _new_attempt(session, enrolment, edition_id, page_id, info.quiz, sofar, at)
    try:
        with session.begin_nested():
            session.add(attempt)
    except IntegrityError:  # the promise of the index: somebody was first
        return session.scalars(
            select(Attempt).filter_by(
                person_id=person_id,
                course_id=enrolment.course_id,
                page_id=page_id,
                state=AttemptState.IN_PROGRESS,
            )
        ).one()
    stand(
        session,
        attempt,
        attempts=attempt.number,
        in_progress=True,
        awaiting_grade=bool(sofar.awaiting),
        best_score=sofar.best_score,
    )
    return attempt


def _attempts_sofar(session: Session, enrolment: Enrolment, page_id: str) -> Any:
    """One row: the last number, best score, essays waiting, the attempt in progress of this
    person on any enrolment, and the minutes granted to them."""
    running = (
        select(Attempt.id)
        .where(
            Attempt.person_id == enrolment.person_id,
            Attempt.course_id == enrolment.course_id,
            Attempt.page_id == page_id,
            Attempt.state == AttemptState.IN_PROGRESS,
        )
        .scalar_subquery()
    )
    waiting = case((Attempt.state == AttemptState.AWAITING_GRADE, 1), else_=0)
    return session.execute(
        select(
            func.coalesce(func.max(Attempt.number), 0).label("number"),
            func.max(Attempt.score).label("best_score"),
            func.coalesce(func.sum(waiting), 0).label("awaiting"),
            running.label("running_id"),
            minutes_granted(enrolment.course_id, page_id, enrolment.person_id).label("minutes"),
        ).where(Attempt.enrolment_id == enrolment.id, Attempt.page_id == page_id)
    ).one()


def _new_attempt(
    session: Session,
    enrolment: Enrolment,
    edition_id: UUID,
    page_id: str,
    rules: QuizRules,
    sofar: Any,
    at: datetime,
) -> Attempt:
    quiz = catalog.quiz_of(session, edition_id, page_id)
    if quiz is None:
        raise NotFound
    seed = secrets.randbelow(2**31)
    drawn = draw([question["id"] for question in quiz["questions"]], quiz["draw"], seed)
    return Attempt(
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        course_id=enrolment.course_id,
        edition_id=edition_id,
        page_id=page_id,
        number=sofar.number + 1,
        state=AttemptState.IN_PROGRESS,
        seed=seed,
        question_ids=shuffled_questions(drawn, seed) if quiz["shuffle_questions"] else drawn,
        started_at=at,
        deadline_at=deadline(at, rules.time_limit, sofar.minutes),
        pass_mark=rules.pass_mark,
    )
