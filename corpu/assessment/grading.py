"""Grading, decided on plain values: one question, one attempt.

A question is the JSON of the content compiler (`corpu.content.serial.question_to_dict`). An
answer is JSON too, in the author's numbers, so that no shuffle can change a grade:

single, truefalse: index of the option. multiple: list of indexes. short, number, essay: text.
order: the indexes of all items, first to last. match: for each pair the index of its choice, or
None. An empty answer, or None, is *unanswered*.

Credit is a fraction of the question and stays exact; what is stored is rounded once, half up,
to four decimals.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from corpu.assessment.answers import normalise_text
from corpu.assessment.credit import RubricRefused, credit_for, rubric_credit, rubric_of
from corpu.assessment.deadlines import GRACE, Acceptance, accepts, deadline
from corpu.assessment.shares import THIN_POINTS, Share, evidence_from_points, rounded
from corpu.assessment.shuffling import (
    draw,
    shown_order,
    shuffled,
    shuffled_questions,
    to_original,
    to_shown,
)
from corpu.errors import N_, DomainError
from corpu.numbers import Ambiguous, parse_number

__all__ = [
    "GRACE",
    "THIN_POINTS",
    "Acceptance",
    "Ambiguous",
    "AnswerRefused",
    "AttemptGrade",
    "EvidenceRow",
    "Graded",
    "GradedState",
    "RubricRefused",
    "Share",
    "accepts",
    "check_answer",
    "deadline",
    "draw",
    "essay_points",
    "evidence_from_points",
    "evidence_of",
    "grade_attempt",
    "grade_question",
    "is_answered",
    "normalise_text",
    "parse_number",
    "rubric_of",
    "shown_order",
    "shuffled",
    "shuffled_questions",
    "to_original",
    "to_shown",
]

SHORT_LENGTH = 1_000
ESSAY_LENGTH = 50_000


class AnswerRefused(DomainError):
    """The answer has not the shape of its question: a broken form, never an ordinary mistake."""

    message = N_("Jawaban ini tidak sesuai dengan soalnya. Muat ulang halaman lalu jawab lagi.")


class GradedState(StrEnum):
    """How an answer did. `ungraded` waits for a person."""

    RIGHT = "right"
    PARTLY = "partly"
    WRONG = "wrong"
    UNANSWERED = "unanswered"
    UNGRADED = "ungraded"


@dataclass(frozen=True, slots=True)
class Graded:
    """One graded question. `credit` is 0 to 1, None where a person has to grade it."""

    credit: Fraction | None
    max_points: Decimal
    state: GradedState

    @property
    def exact(self) -> Fraction:
        """Points without rounding, 0 while a person has to grade."""
        return (self.credit or Fraction()) * Fraction(self.max_points)

    @property
    def points(self) -> Decimal | None:
        """Points, four decimals half up; None where a person has to grade."""
        return None if self.credit is None else rounded(self.exact)


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """What a graded attempt says about one competency at one level.

    `share.weight` is the points mapped to it, `share.thin` that they are too few to count.
    """

    competency: str
    level: int
    share: Share


@dataclass(frozen=True, slots=True)
class AttemptGrade:
    """A graded attempt. While `needs_grading`, `score` is None and there is no evidence yet;
    `points` are those known so far. `evidence` is empty too where nothing was answered.
    """

    points: Decimal
    max_points: Decimal
    score: Decimal | None
    needs_grading: bool
    questions: Mapping[str, Graded]
    evidence: tuple[EvidenceRow, ...]

    def passes(self, pass_mark: Decimal) -> bool:
        """Whether the score, as everybody can see it, reaches the mark."""
        return self.score is not None and self.score >= pass_mark


def is_answered(question: Mapping[str, Any], answer: Any) -> bool:
    """Whether anything was given: blanks, no tick and no pair are nothing."""
    if answer is None:
        return False
    if isinstance(answer, str):
        return bool(answer.strip())
    if isinstance(answer, (list, tuple)):
        return any(part is not None for part in answer)
    return True


def check_answer(question: Mapping[str, Any], answer: Any) -> None:
    """Refuse an answer that is not of its question's shape; call before saving one."""
    kind = question["type"]
    if answer is None:
        return
    if kind in ("single", "truefalse"):
        fits = _is_index(answer, question["options"])
    elif kind == "multiple":
        fits = _are_indexes(answer, question["options"]) and len(set(answer)) == len(answer)
    elif kind == "order":
        everything = list(range(len(question["items"])))
        fits = answer == [] or (
            _are_indexes(answer, question["items"]) and sorted(answer) == everything
        )
    elif kind == "match":
        fits = isinstance(answer, (list, tuple)) and (
            len(answer) in (0, len(question["pairs"]))
            and all(part is None or _is_index(part, question["choices"]) for part in answer)
        )
    else:
        limit = ESSAY_LENGTH if kind == "essay" else SHORT_LENGTH
        fits = isinstance(answer, str) and len(answer) <= limit
    if not fits:
        raise AnswerRefused


def grade_question(
    question: Mapping[str, Any], answer: Any, chosen: Sequence[Any] | None = None
) -> Graded:
    """Grade one answer; `chosen` is a person's choice per criterion of `rubric_of(question)`.

    A number that could be thousands is taken here as it stands, as a fraction: asking back once
    is for the page that saves it. Raises `AnswerRefused`, `RubricRefused`.
    """
    most = _points(question)
    check_answer(question, answer)
    if not is_answered(question, answer):
        return Graded(Fraction(), most, GradedState.UNANSWERED)
    credit = credit_for(question, answer, chosen)
    if credit is None:
        state = GradedState.UNGRADED
    elif credit == 1:
        state = GradedState.RIGHT
    else:
        state = GradedState.PARTLY if credit else GradedState.WRONG
    return Graded(credit, most, state)


def grade_attempt(
    questions: Sequence[Mapping[str, Any]],
    answers: Mapping[str, Any],
    chosen: Mapping[str, Sequence[Any]] | None = None,
) -> AttemptGrade:
    """Grade an attempt over the questions that it drew; answers and `chosen` go by question id."""
    if not questions:
        raise ValueError("an attempt needs questions")
    graded = {
        question["id"]: grade_question(
            question, answers.get(question["id"]), (chosen or {}).get(question["id"])
        )
        for question in questions
    }
    points = sum((one.exact for one in graded.values()), Fraction())
    most = sum((Fraction(one.max_points) for one in graded.values()), Fraction())
    waiting = any(one.credit is None for one in graded.values())
    any_answer = any(one.state is not GradedState.UNANSWERED for one in graded.values())
    return AttemptGrade(
        points=rounded(points),
        max_points=rounded(most),
        score=None if waiting else rounded(100 * points / most),
        needs_grading=waiting,
        questions=graded,
        evidence=evidence_of(questions, graded) if any_answer and not waiting else (),
    )


def essay_points(question: Mapping[str, Any], chosen: Sequence[Any]) -> Decimal:
    """The points that a grader's choices give, four decimals half up. Raises `RubricRefused`."""
    return rounded(rubric_credit(rubric_of(question), chosen) * Fraction(_points(question)))


def evidence_of(
    questions: Sequence[Mapping[str, Any]], graded: Mapping[str, Graded]
) -> tuple[EvidenceRow, ...]:
    """Per competency and level, the share of points over the questions mapped to it."""
    sums: dict[tuple[str, int], tuple[Fraction, Fraction]] = {}
    for question in questions:
        if not question.get("competency") or not question.get("level"):
            continue
        key = (question["competency"], question["level"])
        points, most = sums.get(key, (Fraction(), Fraction()))
        one = graded[question["id"]]
        sums[key] = (points + one.exact, most + Fraction(one.max_points))
    return tuple(
        EvidenceRow(competency, level, evidence_from_points(points, most))
        for (competency, level), (points, most) in sorted(sums.items())
    )


def _points(question: Mapping[str, Any]) -> Decimal:
    points = Decimal(question["points"])
    if not points > 0:
        raise ValueError("a question gives points above 0")
    return points


def _is_index(value: Any, parts: Sequence[Any]) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(parts)


def _are_indexes(values: Any, parts: Sequence[Any]) -> bool:
    return isinstance(values, (list, tuple)) and all(_is_index(value, parts) for value in values)
