"""Reading attempts for pages. What a running attempt shows holds no key and no feedback."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.assessment.diagnostic import Part, parts_of
from corpu.assessment.diagnostic import evidence as evidence_of_proven
from corpu.assessment.extra_time import minutes_granted
from corpu.assessment.grading import THIN_POINTS, Acceptance, accepts, grade_attempt
from corpu.assessment.marking import (
    essay_for,
    may_grade,
    question_statistics,
    queue_for,
    queue_length,
)
from corpu.assessment.models import Attempt, AttemptState, Response
from corpu.assessment.papers import Paper, paper_of
from corpu.assessment.review import Reviewed, review
from corpu.assessment.sheets import Asked, ask
from corpu.assessment.submission import latest_grades
from corpu.catalog import queries as catalog
from corpu.catalog.outline import Outline, PageInfo, QuizRules
from corpu.content import DIAGNOSTIC
from corpu.errors import NotFound

__all__ = [
    "AttemptView",
    "Intro",
    "ResultView",
    "attempt_view",
    "essay_for",
    "intro_of",
    "may_grade",
    "question_statistics",
    "queue_for",
    "queue_length",
    "result_view",
]

COLUMNS = tuple(Attempt.__table__.c)


@dataclass(frozen=True)
class AttemptView:
    """A running attempt as its page draws it."""

    attempt: Any
    outline: Outline  # of the edition that it began with
    page: PageInfo
    intro: tuple[str, ...]
    questions: tuple[Asked, ...]
    saved_at: datetime | None
    at: datetime

    @property
    def is_running(self) -> bool:
        return self.attempt.state == AttemptState.IN_PROGRESS

    @property
    def is_due(self) -> bool:
        """Whether its time has run out and nobody has handed it in yet."""
        due = accepts(self.at, self.attempt.deadline_at) is Acceptance.CLOSED
        return self.is_running and due

    @property
    def attempts_left(self) -> int | None:
        """How many more may be begun after this one."""
        most = self.page.quiz.attempts if self.page.quiz else None
        return None if most is None else max(0, most - self.attempt.number)

    @property
    def links(self) -> list[dict[str, Any]]:
        """The list of questions as components/quiz.html draws it."""
        return [
            {
                "number": question.place,
                "id": question.name,
                "key": question.id,
                "answered": question.is_complete,
                "doubt": question.in_doubt,
            }
            for question in self.questions
        ]

    @property
    def incomplete(self) -> list[Asked]:
        return [question for question in self.questions if not question.is_complete]

    @property
    def doubted(self) -> list[Asked]:
        return [question for question in self.questions if question.in_doubt]

    @property
    def advised(self) -> list[Asked]:
        return [question for question in self.questions if question.advice]


def attempt_view(
    session: Session, person_id: UUID, attempt_id: UUID, *, at: datetime
) -> AttemptView:
    """The person's attempt; two statements. Another's: NotFound."""
    attempt = session.execute(
        select(*COLUMNS).where(Attempt.id == attempt_id, Attempt.person_id == person_id)
    ).one_or_none()
    if attempt is None:
        raise NotFound
    rows = _responses(session, attempt_id)
    paper = paper_of(session, attempt)
    outline = catalog.outline(session, attempt.edition_id)
    questions = []
    for place, question in enumerate(paper.questions, start=1):
        row = rows.get(question["id"])
        questions.append(
            ask(
                question,
                place,
                paper.order(question),
                row.answer if row else None,
                in_doubt=row.in_doubt if row else False,
                counter=row.counter if row else 0,
            )
        )
    return AttemptView(
        attempt=attempt,
        outline=outline,
        page=outline.test(attempt.page_id),
        intro=paper.intro,
        questions=tuple(questions),
        saved_at=max((row.saved_at for row in rows.values()), default=None),
        at=at,
    )


def _responses(session: Session, attempt_id: UUID) -> dict[str, Any]:
    rows = session.execute(
        select(*Response.__table__.c).where(Response.attempt_id == attempt_id)
    ).all()
    return {row.question_id: row for row in rows}


@dataclass(frozen=True)
class ResultView:
    """A handed-in attempt, as far as the quiz's `review` and the moment allow.

    `hidden` says why right answers are not shown: "running" (another attempt is in progress),
    "pass" (not passed yet), "never"; empty where they are.
    """

    attempt: Any
    outline: Outline
    page: PageInfo
    history: tuple[Any, ...]  # attempts of the same enrolment, by number
    questions: tuple[Reviewed, ...]
    evidence: tuple[tuple[str, int, bool], ...]  # competency, level, whether it counts
    parts: tuple[Part, ...]  # of a diagnostic: what it says of each module
    hidden: str
    running_id: UUID | None
    graders: tuple[str, ...]

    @property
    def is_running(self) -> bool:
        return self.attempt.state == AttemptState.IN_PROGRESS

    @property
    def is_graded(self) -> bool:
        return self.attempt.state == AttemptState.GRADED

    @property
    def best_score(self) -> Decimal | None:
        return max((row.score for row in self.history if row.score is not None), default=None)

    @property
    def is_best(self) -> bool:
        return self.attempt.score is not None and self.attempt.score == self.best_score

    @property
    def waiting(self) -> int:
        """How many answers wait for a person."""
        return sum(question.state == "ungraded" for question in self.questions)

    @property
    def attempts_left(self) -> int | None:
        most = self.page.quiz.attempts if self.page.quiz else None
        return None if most is None else max(0, most - max(row.number for row in self.history))


def result_view(session: Session, person_id: UUID, attempt_id: UUID) -> ResultView:
    """The person's result; two statements, up to two more where people grade.
    Another's: NotFound."""
    rows = _attempts_beside(session, person_id, attempt_id)
    attempt = next((row for row in rows if row.id == attempt_id), None)
    if attempt is None:
        raise NotFound
    paper = paper_of(session, attempt)
    running = next((row for row in rows if row.state == AttemptState.IN_PROGRESS), None)
    hidden = _hidden(paper, rows, running)
    responses = _responses(session, attempt_id)
    by_person = any(question["type"] in ("essay", "short") for question in paper.questions)
    grades = latest_grades(session, attempt_id) if by_person else {}
    outline = catalog.outline(session, attempt.edition_id)
    parts: tuple[Part, ...] = ()
    evidence = _evidence(paper, responses)
    if attempt.page_id == DIAGNOSTIC and attempt.state == AttemptState.GRADED:
        parts, evidence = _of_diagnostic(paper, attempt, responses, grades)
        place = {module.slug: number for number, module in enumerate(outline.modules)}
        parts = tuple(sorted(parts, key=lambda part: place[part.module]))
    return ResultView(
        attempt=attempt,
        outline=outline,
        page=outline.test(attempt.page_id),
        history=tuple(row for row in rows if row.enrolment_id == attempt.enrolment_id),
        questions=tuple(
            review(
                question,
                place,
                paper.order(question),
                responses.get(question["id"]),
                grades.get(question["id"]),
                reveal=not hidden,
                explain=hidden != "running",
            )
            for place, question in enumerate(paper.questions, start=1)
        ),
        evidence=evidence,
        parts=parts,
        hidden=hidden,
        running_id=running.id if running else None,
        graders=_graders(session, attempt),
    )


def _of_diagnostic(
    paper: Paper, attempt: Any, responses: dict[str, Any], grades: dict[str, Any]
) -> tuple[tuple[Part, ...], tuple[tuple[str, int, bool], ...]]:
    """What the answers say module by module, and the evidence of those that they prove. Graded
    once more from the answers: stored points are rounded, and a mark is reached or not."""
    graded = grade_attempt(
        paper.questions,
        {key: (row.answer or {}).get("value") for key, row in responses.items()},
        {key: row.chosen for key, row in grades.items()},
    ).questions
    parts = parts_of(paper.questions, graded, attempt.pass_mark)
    shown = evidence_of_proven(
        paper.questions, graded, [part.module for part in parts if part.is_proven]
    )
    return parts, tuple((row.competency, row.level, not row.share.thin) for row in shown)


def _attempts_beside(session: Session, person_id: UUID, attempt_id: UUID) -> Sequence[Any]:
    """All attempts of the person at the quiz of one attempt, by number."""
    target = Attempt.__table__.alias("target")
    return session.execute(
        select(*COLUMNS)
        .join(
            target,
            (target.c.person_id == Attempt.person_id)
            & (target.c.course_id == Attempt.course_id)
            & (target.c.page_id == Attempt.page_id),
        )
        .where(target.c.id == attempt_id, Attempt.person_id == person_id)
        .order_by(Attempt.started_at, Attempt.number)
    ).all()


def _hidden(paper: Paper, rows: Sequence[Any], running: Any) -> str:
    if paper.review == "never":
        return "never"
    if running is not None:
        return "running"
    if paper.review == "after-attempt" or any(row.passed for row in rows):
        return ""
    return "pass"


def _evidence(paper: Paper, responses: dict[str, Any]) -> tuple[tuple[str, int, bool], ...]:
    """Which competencies the attempt speaks of, and whether over enough points to count."""
    answered = any(row.answer for row in responses.values())
    sums: dict[tuple[str, int], Decimal] = {}
    for question in paper.questions if answered else ():
        if question.get("competency") and question.get("level"):
            key = (question["competency"], question["level"])
            sums[key] = sums.get(key, Decimal()) + Decimal(question["points"])
    return tuple((code, level, most >= THIN_POINTS) for (code, level), most in sorted(sums.items()))


def _graders(session: Session, attempt: Any) -> tuple[str, ...]:
    """Who has to act while an answer waits."""
    if attempt.state != AttemptState.AWAITING_GRADE:
        return ()
    return tuple(author.name for author in catalog.authors_of(session, attempt.edition_id))


@dataclass(frozen=True)
class Intro:
    """What stands on a quiz's own page: its rules for this person and the attempts so far."""

    rules: QuizRules
    attempts: tuple[Any, ...]  # id, number, state, submitted_at, score, passed; by number
    running: Any | None  # the one in progress
    attempts_left: int | None
    extra_minutes: int

    @property
    def best(self) -> Any | None:
        graded = [row for row in self.attempts if row.score is not None]
        return max(graded, key=lambda row: row.score, default=None)

    @property
    def is_waiting(self) -> bool:
        """Whether an attempt waits for a person's grade."""
        return any(row.state == AttemptState.AWAITING_GRADE for row in self.attempts)

    @property
    def minutes(self) -> int | None:
        """The time of the next attempt, extra minutes included."""
        limit = self.rules.time_limit
        return None if limit is None else limit + self.extra_minutes


def intro_of(
    session: Session,
    enrolment_id: UUID,
    person_id: UUID,
    course_id: UUID,
    page_id: str,
    rules: QuizRules,
) -> Intro:
    """One statement; a second one where the quiz has a time limit."""
    attempts = session.execute(
        select(
            Attempt.id,
            Attempt.number,
            Attempt.state,
            Attempt.started_at,
            Attempt.deadline_at,
            Attempt.submitted_at,
            Attempt.score,
            Attempt.passed,
        )
        .where(Attempt.enrolment_id == enrolment_id, Attempt.page_id == page_id)
        .order_by(Attempt.number)
    ).all()
    extra = 0
    if rules.time_limit is not None:
        extra = int(session.scalar(select(minutes_granted(course_id, page_id, person_id))) or 0)
    used = max((row.number for row in attempts), default=0)
    return Intro(
        rules=rules,
        attempts=tuple(attempts),
        running=next((row for row in attempts if row.state == AttemptState.IN_PROGRESS), None),
        attempts_left=None if rules.attempts is None else max(0, rules.attempts - used),
        extra_minutes=extra,
    )
