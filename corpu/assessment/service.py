"""Taking a quiz: begin, answer, hand in. Every function flushes and none commits.

Saving stands in `saving`, handing in and grading in `submission`, grades by a person in `essays`,
more time in `extra_time`; this module offers them all.
"""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, bindparam, case, func, select
from sqlalchemy.orm import Session, aliased

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
    submit_held,
)
from corpu.catalog import queries as catalog
from corpu.catalog.outline import QuizRules
from corpu.content import DIAGNOSTIC
from corpu.database import Identifier, insert_unless_taken
from corpu.errors import N_, NotFound, RuleBroken
from corpu.learning.models import Enrolment
from corpu.learning.seat import seat
from corpu.learning.service import NotEnrolled, PageLocked

__all__ = [
    "SEEDS",
    "AttemptOver",
    "AttemptsUsedUp",
    "CourseDone",
    "DiagnosticTaken",
    "DiagnosticTooLate",
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
    "submit_held",
]

SEEDS = 2**31  # of drawing and shuffling questions: from 0 to below this


class AttemptsUsedUp(RuleBroken):
    message = N_("Semua %(attempts)s percobaan kuis ini sudah Anda pakai.")


class CourseDone(RuleBroken):
    message = N_("Kursus ini sudah Anda selesaikan; nilainya tidak berubah lagi.")


class DiagnosticTaken(RuleBroken):
    message = N_("Uji awal dikerjakan satu kali, dan Anda sudah mengerjakannya.")


class DiagnosticTooLate(RuleBroken):
    message = N_("Uji awal hanya dapat dimulai sebelum halaman pertama selesai.")


# Both statements are built once.
_HELD = (
    select(
        Enrolment.id,
        Enrolment.person_id,
        Enrolment.course_id,
        Enrolment.left_at,
        Enrolment.completed_at,
    )
    .where(Enrolment.id == bindparam("enrolment_id"))
    .with_for_update()
)
_PERSON, _COURSE = (bindparam(name, type_=Identifier()) for name in ("person_id", "course_id"))
_PAGE = bindparam("page_id", type_=String())
_RUNNING = aliased(Attempt)
_SO_FAR = select(
    func.coalesce(func.max(Attempt.number), 0).label("number"),
    func.max(Attempt.score).label("best_score"),
    func.coalesce(
        func.sum(case((Attempt.state == AttemptState.AWAITING_GRADE, 1), else_=0)), 0
    ).label("awaiting"),
    select(_RUNNING.id)
    .where(
        _RUNNING.person_id == _PERSON,
        _RUNNING.course_id == _COURSE,
        _RUNNING.page_id == _PAGE,
        _RUNNING.state == AttemptState.IN_PROGRESS,
    )
    .scalar_subquery()
    .label("running_id"),
    minutes_granted(_COURSE, _PAGE, _PERSON).label("minutes"),
).where(Attempt.enrolment_id == bindparam("enrolment_id"), Attempt.page_id == _PAGE)


def start(
    session: Session,
    person_id: UUID,
    slug: str,
    page_id: str,
    *,
    at: datetime,
    seed: int | None = None,
) -> Attempt:
    """Begin an attempt, or continue the one in progress, also when two begin at once.

    The attempt keeps the edition, questions, pass mark and time of this moment. Which questions
    are drawn and in what order follows from `seed`, which is by chance unless it is given. One
    whose time has run out is handed in and answered as it then is, so that nobody spends another
    attempt unawares. Raises NotFound, NotEnrolled, CourseDone, PageLocked, AttemptsUsedUp, and
    for a diagnostic DiagnosticTaken, DiagnosticTooLate.
    """
    here = seat(session, person_id, slug)
    info = here.outline.find(page_id) if here else None
    if here is None or info is None or info.quiz is None:
        raise NotFound
    if here.enrolment_id is None:
        raise NotEnrolled
    # Held until the unit ends: a second start of the same person waits here, then continues.
    enrolment = session.execute(_HELD, {"enrolment_id": here.enrolment_id}).one()
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
    if page_id == DIAGNOSTIC and sofar.number:
        raise DiagnosticTaken
    if page_id == DIAGNOSTIC and here.has_begun:
        raise DiagnosticTooLate
    if info.quiz.attempts is not None and sofar.number >= info.quiz.attempts:
        raise AttemptsUsedUp(attempts=info.quiz.attempts)
    if sofar.running_id is not None:  # left over from an enrolment that has ended
        submit(session, person_id, sofar.running_id, at=at)
    edition_id = here.outline.edition_id
    values = _new_attempt(
        session,
        enrolment,
        edition_id,
        page_id,
        info.quiz,
        sofar,
        at,
        secrets.randbelow(SEEDS) if seed is None else seed,
    )
    attempt: Attempt | None = insert_unless_taken(session, Attempt, values)
    if attempt is None:  # the promise of the index: somebody was first
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


def _attempts_sofar(session: Session, enrolment: Any, page_id: str) -> Any:
    """One row: the last number, best score, essays waiting, the attempt in progress of this
    person on any enrolment, and the minutes granted to them."""
    return session.execute(
        _SO_FAR,
        {
            "enrolment_id": enrolment.id,
            "person_id": enrolment.person_id,
            "course_id": enrolment.course_id,
            "page_id": page_id,
        },
    ).one()


def _new_attempt(
    session: Session,
    enrolment: Any,
    edition_id: UUID,
    page_id: str,
    rules: QuizRules,
    sofar: Any,
    at: datetime,
    seed: int,
) -> dict[str, Any]:
    quiz = catalog.quiz_of(session, edition_id, page_id)
    if quiz is None:
        raise NotFound
    drawn = draw([question["id"] for question in quiz["questions"]], quiz["draw"], seed)
    return {
        "enrolment_id": enrolment.id,
        "person_id": enrolment.person_id,
        "course_id": enrolment.course_id,
        "edition_id": edition_id,
        "page_id": page_id,
        "number": sofar.number + 1,
        "state": AttemptState.IN_PROGRESS,
        "seed": seed,
        "question_ids": shuffled_questions(drawn, seed) if quiz["shuffle_questions"] else drawn,
        "started_at": at,
        "deadline_at": deadline(at, rules.time_limit, sofar.minutes),
        "pass_mark": rules.pass_mark,
    }
