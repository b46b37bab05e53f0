"""Attempts at quizzes, answers as they are given, grades, extra time."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from corpu.content import DIAGNOSTIC
from corpu.database import Base, HasId, JsonOrNull, Points, Score, Words, one_of, unique_while


class AttemptState(StrEnum):
    IN_PROGRESS = "in_progress"
    AWAITING_GRADE = "awaiting_grade"  # submitted, an essay waits for a person
    GRADED = "graded"


class Attempt(HasId, Base):
    """One try at one quiz, on the edition it began with."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "page_id", "number"),
        CheckConstraint(one_of("state", AttemptState), name="state"),
        CheckConstraint("(state = 'in_progress') = (submitted_at IS NULL)", name="submitted"),
        CheckConstraint("(state = 'graded') = (graded_at IS NOT NULL)", name="graded"),
        CheckConstraint("score IS NULL OR score >= 0", name="score"),
        unique_while(
            "uq_attempts_in_progress",
            "person_id",
            "course_id",
            "page_id",
            where="state = 'in_progress'",
        ),
        # A diagnostic is taken once per enrolment.
        unique_while("uq_attempts_diagnostic", "enrolment_id", where=f"page_id = '{DIAGNOSTIC}'"),
        Index("ix_attempts_due", "state", "deadline_at"),
    )

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"), index=True)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("editions.id"))
    page_id: Mapped[str] = mapped_column(String(200))
    number: Mapped[int]
    state: Mapped[AttemptState] = mapped_column(Words(AttemptState))
    seed: Mapped[int]  # decides the draw and every shuffle of this attempt
    question_ids: Mapped[list[Any]]  # drawn, in the order shown
    started_at: Mapped[datetime]
    deadline_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    is_late: Mapped[bool] = mapped_column(default=False)  # answers taken in the 60 s after
    by_deadline: Mapped[bool] = mapped_column(default=False)  # submitted by the clock
    pass_mark: Mapped[Decimal] = mapped_column(Score)  # of the day it began
    points: Mapped[Decimal | None] = mapped_column(Points)
    max_points: Mapped[Decimal | None] = mapped_column(Points)
    score: Mapped[Decimal | None] = mapped_column(Score)
    passed: Mapped[bool | None]
    graded_at: Mapped[datetime | None]


class Response(Base):
    """The answer to one question. The one with the greater counter stands."""

    __tablename__ = "responses"

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    # {"value": …}, in original option numbers
    answer: Mapped[dict[str, Any] | None] = mapped_column(JsonOrNull)
    in_doubt: Mapped[bool] = mapped_column(default=False)
    counter: Mapped[int]
    saved_at: Mapped[datetime]
    points: Mapped[Decimal | None] = mapped_column(Points)  # after grading
    max_points: Mapped[Decimal | None] = mapped_column(Points)


class EssayGrade(HasId, Base):
    """A person's grade of an essay by its rubric. Append-only; the latest stands."""

    __tablename__ = "essay_grades"

    attempt_id: Mapped[UUID] = mapped_column(ForeignKey("attempts.id"), index=True)
    question_id: Mapped[str] = mapped_column(String(200))
    grader_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    chosen: Mapped[list[Any]]  # one number per criterion of the rubric
    points: Mapped[Decimal] = mapped_column(Points)
    comment: Mapped[str] = mapped_column(Text)
    graded_at: Mapped[datetime]


class ExtraTime(HasId, Base):
    """More minutes for one person, or for everybody where no person is named."""

    __tablename__ = "extra_times"
    __table_args__ = (CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),)

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"), index=True)
    page_id: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    minutes: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    granted_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    granted_at: Mapped[datetime]
