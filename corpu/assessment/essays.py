"""Grades given by a person: an act like a submission, with everything that follows."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from corpu.assessment.grading import essay_points
from corpu.assessment.intake import clean_text
from corpu.assessment.models import Attempt, AttemptState, EssayGrade, Response
from corpu.assessment.papers import paper_of
from corpu.assessment.submission import held_attempt, latest_grades, regrade
from corpu.errors import N_, DomainError, NotFound, RuleBroken

COMMENT_LENGTH = 4_000


class NotHandedIn(RuleBroken):
    message = N_("Percobaan ini belum dikumpulkan.")


class NothingToGrade(RuleBroken):
    message = N_("Jawaban ini dinilai oleh sistem, atau kosong; tidak ada yang perlu dinilai.")


class OwnAnswer(RuleBroken):
    message = N_("Jawaban sendiri dinilai oleh orang lain.")


class CommentTooLong(DomainError):
    message = N_("Komentar paling panjang 4.000 karakter. Pendekkan dahulu.")


def grade_essay(
    session: Session,
    grader_id: UUID,
    attempt_id: UUID,
    question_id: str,
    chosen: Sequence[Any],
    comment: str,
    *,
    at: datetime,
) -> Attempt:
    """Grade an essay by its rubric: `chosen` is one number per criterion.

    With the last open answer the attempt is graded: score, evidence, completion and
    certificate follow in the caller's transaction. A grade may be corrected later: the new one
    is appended, the attempt computed again, and AttemptGraded announced again for the same
    attempt. Whoever listens must therefore replace what it kept of that attempt: `competency`
    revokes the attempt's earlier evidence before it writes the new. What was completed or
    issued before a correction stays. The same grade sent twice is one grade.

    The caller has fetched the answer by right (`queries.essay_for`). Raises NotFound,
    NotHandedIn, NothingToGrade, OwnAnswer, RubricRefused, CommentTooLong.
    """
    attempt = held_attempt(session, attempt_id)
    if attempt is None:
        raise NotFound
    if attempt.state is AttemptState.IN_PROGRESS:
        raise NotHandedIn
    if attempt.person_id == grader_id:
        raise OwnAnswer
    question = paper_of(session, attempt).question(question_id)
    row = session.get(Response, (attempt_id, question_id))
    grades = latest_grades(session, attempt_id)
    before = grades.get(question_id)
    # Waiting for a person, or graded by one: everything else is the machine's.
    if row is None or (row.points is not None and before is None):
        raise NothingToGrade
    comment = clean_text(comment).strip()
    if len(comment) > COMMENT_LENGTH:
        raise CommentTooLong
    points = essay_points(question, chosen)
    numbers = [format(Decimal(number).normalize(), "f") for number in chosen]
    if before is not None and (before.chosen, before.comment) == (numbers, comment):
        return attempt
    session.add(
        EssayGrade(
            attempt_id=attempt_id,
            question_id=question_id,
            grader_id=grader_id,
            chosen=numbers,
            points=points,
            comment=comment,
            graded_at=at,
        )
    )
    session.flush()
    regrade(session, attempt, at=at)
    return attempt
