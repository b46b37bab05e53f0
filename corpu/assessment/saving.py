"""Answers as they are given: one by one from a script, or a whole form at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import Session

from corpu.assessment.grading import Acceptance, AnswerRefused, accepts
from corpu.assessment.intake import Advice, Given, Kept, advice_on, keep, raw_from_form
from corpu.assessment.models import Attempt, AttemptState, Response
from corpu.assessment.papers import own_attempt, paper_of, responses_of
from corpu.assessment.submission import AttemptOver, held_attempt
from corpu.database import upsert
from corpu.errors import DomainError, NotFound

LARGEST_COUNTER = 2_000_000_000


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
    if not question_id.isprintable():  # half a character or a NUL: no database takes it
        raise NotFound
    now = _attempt_with_answer(session, person_id, attempt_id, question_id)
    late = _take_time(now.state, now.deadline_at, at)
    paper = paper_of(session, now)
    question = paper.question(question_id)
    kept = keep(question, paper.order(question), answer)
    if now.counter is not None and counter <= now.counter:
        again = counter == now.counter and (now.answer, now.in_doubt) == (kept, in_doubt)
        return Saved(now.counter, now.saved_at, again, advice_on(question, kept) if again else None)
    is_new = now.counter is None or now.answer != kept
    key = {"attempt_id": attempt_id, "question_id": question_id}
    written = upsert(
        session,
        Response,
        key,
        _columns(kept, in_doubt, counter, at),
        newer_by="counter",
    )
    if not written:
        # PostgreSQL showed the answer as it was before this unit had waited for the attempt.
        stands = session.get_one(Response, tuple(key.values()))
        return Saved(stands.counter, stands.saved_at, False, None)
    if late and not now.is_late:
        session.execute(update(Attempt).where(Attempt.id == attempt_id).values(is_late=True))
    return Saved(counter, at, True, advice_on(question, kept) if is_new else None)


# Built once: a phone asks this ten times a quiz.
_ATTEMPT_WITH_ANSWER = (
    select(
        Attempt.state,
        Attempt.deadline_at,
        Attempt.is_late,
        Attempt.edition_id,
        Attempt.page_id,
        Attempt.question_ids,
        Attempt.seed,
        Response.counter,
        Response.answer,
        Response.in_doubt,
        Response.saved_at,
    )
    .outerjoin(
        Response,
        and_(Response.attempt_id == Attempt.id, Response.question_id == bindparam("question_id")),
    )
    .where(Attempt.id == bindparam("attempt_id"), Attempt.person_id == bindparam("person_id"))
    .with_for_update(of=Attempt)
)


def _attempt_with_answer(
    session: Session, person_id: UUID, attempt_id: UUID, question_id: str
) -> Any:
    """One row: the person's attempt, held until the unit ends, and the answer that stands.
    Raises NotFound."""
    row = session.execute(
        _ATTEMPT_WITH_ANSWER,
        {"attempt_id": attempt_id, "person_id": person_id, "question_id": question_id},
    ).one_or_none()
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class FormOutcome:
    """What came of a whole form. `problems` were not kept, `advised` were; both by question.

    `over` means that the attempt had ended: nothing was taken.
    """

    attempt: Attempt
    rows: Mapping[str, Response] = field(default_factory=dict)  # what stands, by question
    given: Mapping[str, Given] = field(default_factory=dict)
    problems: Mapping[str, DomainError] = field(default_factory=dict)
    advised: frozenset[str] = frozenset()
    over: bool = False


def save_form(
    session: Session,
    person_id: UUID,
    attempt_id: UUID,
    form: Any,
    *,
    at: datetime,
    to_submit: bool = False,
) -> FormOutcome:
    """Keep every answer of a posted form that differs from what the form was drawn with.

    Each good one is kept even where another is refused. The caller who means `to_submit` holds
    the enrolment too and writes the answers with their points. Raises NotFound.
    """
    if to_submit:
        attempt = held_attempt(session, attempt_id, person_id=person_id)
    else:
        attempt = own_attempt(session, person_id, attempt_id)
    if attempt is None:
        raise NotFound
    try:
        late = _take_time(attempt.state, attempt.deadline_at, at)
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
        if row is None:
            row = rows[question_id] = Response(attempt_id=attempt_id, question_id=question_id)
            session.add(row)
        for name, value in _columns(kept, given.in_doubt, counter, at).items():
            setattr(row, name, value)
        attempt.is_late = attempt.is_late or late
    if not to_submit:
        session.flush()
    return FormOutcome(attempt, rows, outcome, problems, frozenset(advised))


def _take_time(state: AttemptState, deadline_at: datetime | None, at: datetime) -> bool:
    """Refuse what comes too late; answers whether it comes in the minute after the deadline."""
    if state is not AttemptState.IN_PROGRESS:
        raise AttemptOver
    acceptance = accepts(at, deadline_at)
    if acceptance is Acceptance.CLOSED:
        raise AttemptOver
    return acceptance is Acceptance.LATE


def _columns(kept: Kept, in_doubt: bool, counter: int, at: datetime) -> dict[str, Any]:
    return {
        "answer": kept,
        "in_doubt": in_doubt,
        "counter": counter,
        "saved_at": at,
    }
