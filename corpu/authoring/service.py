"""Grading as an act: by right, once, and corrected only with a reason."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from corpu.assessment.models import Attempt, EssayGrade
from corpu.assessment.queries import essay_for
from corpu.assessment.service import grade_essay
from corpu.assessment.submission import held_attempt
from corpu.audit import record
from corpu.errors import N_, DomainError, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.learning.models import Enrolment


class GradedAlready(RuleBroken):
    """Somebody was first; what they gave stands until it is corrected explicitly."""

    message = N_("Jawaban ini sudah dinilai. Nilai Anda tidak disimpan.")


class NotGradedYet(RuleBroken):
    message = N_("Jawaban ini belum dinilai, jadi belum ada yang dapat dikoreksi.")


class NothingChanged(DomainError):
    message = N_("Ubah nilai atau komentarnya; isian ini sama dengan yang sudah tersimpan.")


def grade(
    session: Session,
    viewer: Viewer,
    attempt_id: UUID,
    question_id: str,
    chosen: Sequence[str],
    comment: str,
    *,
    at: datetime,
) -> Attempt:
    """Give an answer its first grade, with all that follows from it in the same transaction.

    Sent twice by the same person it is one grade. Raises NotFound where the viewer may not
    grade it, GradedAlready, and what `assessment.grade_essay` raises.
    """
    attempt, waiting = _held(session, viewer, attempt_id, question_id)
    if waiting.grade is not None:
        if _is_same(waiting.grade, viewer, chosen, comment):
            return attempt
        raise GradedAlready
    return grade_essay(session, viewer.id, attempt_id, question_id, chosen, comment, at=at)


def correct(
    session: Session,
    viewer: Viewer,
    attempt_id: UUID,
    question_id: str,
    chosen: Sequence[str],
    comment: str,
    *,
    of: str,
    reason: str,
    at: datetime,
) -> Attempt:
    """Replace the grade whose id is `of` (as text), and write down who, before, after and why.

    `of` is what the corrector had before their eyes: where another correction came in between,
    GradedAlready. Raises NotFound, NotGradedYet, NothingChanged besides.
    """
    attempt, waiting = _held(session, viewer, attempt_id, question_id)
    before = waiting.grade
    if before is None:
        raise NotGradedYet
    if str(before.id) != of:
        if _is_same(before, viewer, chosen, comment):
            return attempt
        raise GradedAlready
    if (before.chosen, before.comment) == (_numbers(chosen), comment):
        raise NothingChanged
    was = _figures(before.chosen, waiting.points, attempt.score)
    grade_essay(session, viewer.id, attempt_id, question_id, chosen, comment, at=at)
    after = essay_for(session, viewer, attempt_id, question_id)
    enrolment = session.get_one(Enrolment, attempt.enrolment_id)
    subject = f"{waiting.person_name}: {waiting.course_title}, {waiting.page_title}"
    record(
        session,
        at=at,
        actor_id=viewer.id,
        actor_name=viewer.name,
        action="essay.corrected",
        subject=("attempt", attempt_id, subject[:300]),
        unit_id=enrolment.unit_id,
        before=was,
        after=_figures(_numbers(chosen), after.points, attempt.score),
        reason=reason,
    )
    return attempt


def _held(session: Session, viewer: Viewer, attempt_id: UUID, question_id: str) -> tuple[Any, Any]:
    """The attempt, held, and its answer by right: whoever else grades it waits until the unit
    ends and then sees what was given."""
    attempt = held_attempt(session, attempt_id)
    if attempt is None:
        raise NotFound
    return attempt, essay_for(session, viewer, attempt_id, question_id)


def _is_same(given: EssayGrade, viewer: Viewer, chosen: Sequence[str], comment: str) -> bool:
    """Whether the viewer has just given exactly this: a double click, or a page sent again."""
    return given.grader_id == viewer.id and (given.chosen, given.comment) == (
        _numbers(chosen),
        comment,
    )


def _numbers(chosen: Sequence[str]) -> list[str]:
    """As `assessment` keeps them."""
    return [format(Decimal(number).normalize(), "f") for number in chosen]


def _figures(
    chosen: Sequence[Any], points: Decimal | None, score: Decimal | None
) -> dict[str, Any]:
    return {
        "chosen": list(chosen),
        "points": None if points is None else str(points),
        "score": None if score is None else str(score),
    }
