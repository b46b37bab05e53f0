"""Taking a quiz: begin, answer, hand in. Every function flushes and none commits.

Handing in and grading stand in `submission`, grades by a person in `essays`, more time in
`extra_time`; this module offers them all.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, null, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from corpu.assessment.essays import grade_essay
from corpu.assessment.extra_time import grant_extra_time, minutes_granted
from corpu.assessment.grading import (
    Acceptance,
    AnswerRefused,
    accepts,
    deadline,
    draw,
    shuffled_questions,
)
from corpu.assessment.models import Attempt, AttemptState, Response
from corpu.assessment.papers import own_attempt, paper_of, responses_of
from corpu.assessment.sheets import Advice, Given, Kept, advice_on, keep, raw_from_form
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
from corpu.errors import N_, DomainError, NotFound, RuleBroken
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

LARGEST_COUNTER = 2_000_000_000


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


@dataclass(frozen=True)
class Saved:
    """What stands now. `kept` is False where another answer, with a counter as great or
    greater, stands instead; `counter` is that of the answer that stands."""

    counter: int
    at: datetime
    kept: bool
    advice: Advice | None


def save_answer(
    session: Session,
    person_id: UUID,
    attempt_id: UUID,
    question_id: str,
    answer: Any,
    counter: int,
    *,
    in_doubt: bool,
    at: datetime,
) -> Saved:
    """Keep an answer as it is given, in shown numbers (`sheets.keep`).

    The answer with the greatest counter stands, whatever the order of arrival; sent again it
    changes nothing. After the deadline it is taken for 60 s and the attempt marked late. A
    number that could be thousands is kept and comes back with advice once. Raises NotFound,
    AttemptOver, AnswerRefused, AnswerTooLong.
    """
    whole = isinstance(counter, int) and not isinstance(counter, bool)
    if not whole or not 1 <= counter <= LARGEST_COUNTER or not isinstance(in_doubt, bool):
        raise AnswerRefused
    attempt = own_attempt(session, person_id, attempt_id)
    _take_time(attempt, at)
    paper = paper_of(session, attempt)
    question = paper.question(question_id)
    kept = keep(question, paper.order(question), answer)
    row = session.get(Response, (attempt_id, question_id))
    if row is not None and counter <= row.counter:
        again = counter == row.counter and (row.answer, row.in_doubt) == (kept, in_doubt)
        return Saved(row.counter, row.saved_at, again, advice_on(question, kept) if again else None)
    is_new = row is None or row.answer != kept
    _write(session, attempt_id, question_id, row, kept, in_doubt, counter, at)
    session.flush()
    return Saved(counter, at, True, advice_on(question, kept) if is_new else None)


@dataclass(frozen=True)
class FormOutcome:
    """What came of a whole form. `problems` were not kept, `advised` were; both by question.

    `over` means that the attempt had ended: nothing was taken.
    """

    attempt: Attempt
    given: Mapping[str, Given] = field(default_factory=dict)
    problems: Mapping[str, DomainError] = field(default_factory=dict)
    advised: frozenset[str] = frozenset()
    over: bool = False


def save_form(
    session: Session, person_id: UUID, attempt_id: UUID, form: Any, *, at: datetime
) -> FormOutcome:
    """Keep every answer of a posted form that differs from what the form was drawn with.

    Each good one is kept even where another is refused. Raises NotFound.
    """
    attempt = own_attempt(session, person_id, attempt_id)
    try:
        late = _take_time(attempt, at, mark=False)
    except AttemptOver:
        return FormOutcome(attempt, over=True)
    paper = paper_of(session, attempt)
    rows = responses_of(session, attempt_id)
    outcome: dict[str, Given] = {}
    problems: dict[str, DomainError] = {}
    advised: set[str] = set()
    for place, question in enumerate(paper.questions, start=1):
        given = raw_from_form(question, place, form)
        if given is None:
            continue
        question_id = question["id"]
        outcome[question_id] = given
        try:
            kept = keep(question, paper.order(question), given.raw)
        except DomainError as refused:
            problems[question_id] = refused
            continue
        row = rows.get(question_id)
        before = (row.answer, row.in_doubt) if row else (None, False)
        if before == (kept, given.in_doubt):
            continue
        if before[0] != kept and advice_on(question, kept) is not None:
            advised.add(question_id)
        counter = row.counter + 1 if row else 1
        _write(session, attempt_id, question_id, row, kept, given.in_doubt, counter, at)
        attempt.is_late = attempt.is_late or late
    session.flush()
    return FormOutcome(attempt, outcome, problems, frozenset(advised))


def _take_time(attempt: Attempt, at: datetime, *, mark: bool = True) -> bool:
    """Refuse what comes too late; answers whether it comes in the minute after the deadline."""
    if attempt.state is not AttemptState.IN_PROGRESS:
        raise AttemptOver
    acceptance = accepts(at, attempt.deadline_at)
    if acceptance is Acceptance.CLOSED:
        raise AttemptOver
    late = acceptance is Acceptance.LATE
    if late and mark:
        attempt.is_late = True
    return late


def _write(
    session: Session,
    attempt_id: UUID,
    question_id: str,
    row: Response | None,
    kept: Kept,
    in_doubt: bool,
    counter: int,
    at: datetime,
) -> None:
    if row is None:
        row = Response(attempt_id=attempt_id, question_id=question_id)
        session.add(row)
    # SQL's NULL, not JSON's: statistics count what is answered.
    row.answer = null() if kept is None else kept  # type: ignore[assignment]
    row.in_doubt, row.counter, row.saved_at = in_doubt, counter, at
