"""The questions that an attempt asks, with their keys. Server side only."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.assessment.models import Attempt, Response
from corpu.assessment.sheets import order_of
from corpu.catalog import queries as catalog
from corpu.errors import NotFound


class Paper:
    """What one attempt drew, in the order in which it asks."""

    def __init__(self, quiz: Mapping[str, Any], question_ids: list[str], seed: int) -> None:
        by_id = {question["id"]: question for question in quiz["questions"]}
        self.questions = [by_id[question_id] for question_id in question_ids]
        self.intro = tuple(part["html"] for part in quiz["intro"])
        self.review = str(quiz["review"])
        self._seed, self._shuffle = seed, bool(quiz["shuffle_options"])

    def order(self, question: Mapping[str, Any]) -> tuple[int, ...]:
        """`order[shown] == original` for the parts of a question of this attempt."""
        return order_of(question, self._seed, self._shuffle)

    def question(self, question_id: str) -> Mapping[str, Any]:
        for question in self.questions:
            if question["id"] == question_id:
                return question
        raise NotFound


def paper_of(session: Session, attempt: Any) -> Paper:
    """The paper of an attempt (an entity, or a row with the same columns)."""
    quiz = catalog.quiz_of(session, attempt.edition_id, attempt.page_id)
    if quiz is None:
        raise NotFound
    return Paper(quiz, attempt.question_ids, attempt.seed)


def responses_of(session: Session, attempt_id: UUID) -> dict[str, Response]:
    rows = session.scalars(select(Response).where(Response.attempt_id == attempt_id))
    return {row.question_id: row for row in rows}


def own_attempt(session: Session, person_id: UUID, attempt_id: UUID) -> Attempt:
    """The person's attempt, held until the unit ends. Another's, or none: NotFound."""
    attempt = session.scalar(
        select(Attempt)
        .where(Attempt.id == attempt_id, Attempt.person_id == person_id)
        .with_for_update()
    )
    if attempt is None:
        raise NotFound
    return attempt
