"""Answers as they are given: one by one from a script, or a whole form at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import null
from sqlalchemy.orm import Session

from corpu.assessment.grading import Acceptance, AnswerRefused, accepts
from corpu.assessment.intake import Advice, Given, Kept, advice_on, keep, raw_from_form
from corpu.assessment.models import Attempt, AttemptState, Response
from corpu.assessment.papers import own_attempt, paper_of, responses_of
from corpu.assessment.submission import AttemptOver
from corpu.errors import DomainError

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
    row.answer = null() if kept is None else kept
    row.in_doubt, row.counter, row.saved_at = in_doubt, counter, at
