"""One's own attempts for the file of `/account`: what was asked and answered, in words.

Never in numbers: those of the author tell the key of an order or a match. Points of single
answers only while no attempt at the same quiz runs: an own answer that gave all its points is
the key.
"""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.assessment.models import Attempt, AttemptState, EssayGrade, ExtraTime, Response
from corpu.assessment.papers import paper_of
from corpu.catalog import queries as catalog


def attempts_of(session: Session, person_id: UUID) -> dict[str, Any]:
    """Attempts with answers and grades, and extra time granted to the person by name."""
    attempts = session.scalars(
        select(Attempt).where(Attempt.person_id == person_id).order_by(Attempt.started_at)
    ).all()
    mine = select(Attempt.id).where(Attempt.person_id == person_id)
    responses: dict[UUID, dict[str, Response]] = {}
    for row in session.scalars(select(Response).where(Response.attempt_id.in_(mine))):
        responses.setdefault(row.attempt_id, {})[row.question_id] = row
    grades: dict[tuple[UUID, str], EssayGrade] = {
        (row.attempt_id, row.question_id): row
        for row in session.scalars(
            select(EssayGrade)
            .where(EssayGrade.attempt_id.in_(mine))
            .order_by(EssayGrade.graded_at, EssayGrade.id)
        )
    }
    running = {_quiz(attempt) for attempt in attempts if attempt.state is AttemptState.IN_PROGRESS}
    return {
        "attempts": [
            _attempt(
                session,
                attempt,
                responses.get(attempt.id, {}),
                grades,
                with_points=_quiz(attempt) not in running,
            )
            for attempt in attempts
        ],
        "extra_time": [
            {
                "page": row.page_id,
                "minutes": row.minutes,
                "reason": row.reason,
                "at": row.granted_at,
            }
            for row in session.scalars(
                select(ExtraTime)
                .where(ExtraTime.person_id == person_id)
                .order_by(ExtraTime.granted_at)
            )
        ],
    }


def _quiz(attempt: Attempt) -> tuple[UUID, str]:
    return attempt.course_id, attempt.page_id


def _attempt(
    session: Session,
    attempt: Attempt,
    responses: Mapping[str, Response],
    grades: Mapping[tuple[UUID, str], EssayGrade],
    *,
    with_points: bool,
) -> dict[str, Any]:
    outline = catalog.outline(session, attempt.edition_id)
    answers = []
    for question in paper_of(session, attempt).questions:
        row = responses.get(question["id"])
        grade = grades.get((attempt.id, question["id"]))
        answers.append(
            {
                "question": question["title_text"],
                "answer": in_words(question, row.answer if row else None),
                "saved_at": row.saved_at if row else None,
            }
            | ({"points": row.points, "of": row.max_points} if row and with_points else {})
            | ({"comment": grade.comment} if grade else {})
        )
    return {
        "course": outline.title,
        "quiz": outline.test(attempt.page_id).title,
        "number": attempt.number,
        "state": attempt.state,
        "started_at": attempt.started_at,
        "deadline_at": attempt.deadline_at,
        "submitted_at": attempt.submitted_at,
        "is_late": attempt.is_late,
        "score": attempt.score,
        "passed": attempt.passed,
        "answers": answers,
    }


def in_words(question: Mapping[str, Any], kept: Mapping[str, Any] | None) -> Any:
    """A kept answer as a person would say it; None where there is none."""
    value = (kept or {}).get("value")
    kind = question["type"]
    if value is None:
        return None
    if kind in ("single", "truefalse"):
        return _text(question["options"][value]["html"])
    if kind == "multiple":
        return [_text(question["options"][number]["html"]) for number in value]
    if kind == "order":
        return [_text(question["items"][number]) for number in value]
    if kind == "match":
        return {
            _text(left): None if number is None else _text(question["choices"][number])
            for (left, _), number in zip(question["pairs"], value, strict=True)
        }
    return value


def _text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()
