"""A person's way through a course: enrolment, visits, completed pages, completion."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import JP, Base, HasId, Score, unique_while


class Enrolment(HasId, Base):
    """A learner's place on one course. At most one is open per person and course."""

    __tablename__ = "enrolments"
    __table_args__ = (
        unique_while(
            "uq_enrolments_open",
            "person_id",
            "course_id",
            where="completed_at IS NULL AND left_at IS NULL",
        ),
        Index("ix_enrolments_person_course", "person_id", "course_id"),
        UniqueConstraint("person_id", "course_id", "ordinal"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"), index=True)
    ordinal: Mapped[int]  # 1 for the first time, 2 when the course is taken again
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))  # of the day
    enrolled_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]


class PageVisit(Base):
    """One row per enrolment and page; written at most once a minute. `place` is the heading
    last in view, so that *Lanjutkan* leads to the exact spot."""

    __tablename__ = "page_visits"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    page_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    place: Mapped[str | None] = mapped_column(String(200))


class CheckAnswer(Base):
    """The latest answer to an inline check, and whether it was right. Ungraded."""

    __tablename__ = "check_answers"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    check_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    page_id: Mapped[str] = mapped_column(String(200))
    chosen: Mapped[list[Any]]  # original option numbers
    is_right: Mapped[bool]
    first_right: Mapped[bool]  # whether the first answer was right
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class PageCompletion(Base):
    """A page done: facts stay when a later edition drops or changes the page."""

    __tablename__ = "page_completions"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    page_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("editions.id"))
    body_hash: Mapped[str] = mapped_column(String(64))  # to mark what has changed since
    completed_at: Mapped[datetime]


class QuizStanding(Base):
    """How a quiz stands within an enrolment; kept by `learning.service.record_standing`
    in the transaction of each start, submission and grade, so that pages need not look up."""

    __tablename__ = "quiz_standings"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    page_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    attempts: Mapped[int]
    in_progress: Mapped[bool]
    awaiting_grade: Mapped[bool]
    best_score: Mapped[Decimal | None] = mapped_column(Score)


class ProvenPage(Base):
    """A page of a module that a diagnostic proved, with what the course's rule makes of it."""

    __tablename__ = "proven_pages"

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
    page_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("editions.id"))
    body_hash: Mapped[str] = mapped_column(String(64))  # to mark what has changed since
    is_done: Mapped[bool]  # counts as done for locks and completion
    has_hours: Mapped[bool]  # its JP count although it is not gone through
    proven_at: Mapped[datetime]


class CompletionHours(Base):
    """Why a completion grants the JP that it does, where a diagnostic proved anything:
    the rule, and what was left out. Append-only, written with the completion."""

    __tablename__ = "completion_hours"
    __table_args__ = (
        CheckConstraint("rule IN ('full', 'without-proven')", name="rule"),
        CheckConstraint("jp_left_out >= 0 AND jp_left_out <= jp_full", name="jp"),
        CheckConstraint("rule <> 'full' OR jp_left_out = 0", name="left_out_by_rule"),
    )

    completion_id: Mapped[UUID] = mapped_column(ForeignKey("completions.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(String(20))
    jp_full: Mapped[Decimal] = mapped_column(JP)
    jp_left_out: Mapped[Decimal] = mapped_column(JP)
    # [{"module": index, "title": …, "minutes": left out of it}], in the order of the edition
    modules: Mapped[list[Any]]


class Completion(HasId, Base):
    """A course finished, with the unit and post of the day. Append-only."""

    __tablename__ = "completions"
    __table_args__ = (CheckConstraint("jp >= 0", name="jp"),)

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"), index=True)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("editions.id"))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"), index=True)
    unit_name: Mapped[str] = mapped_column(String(200))
    timezone: Mapped[str] = mapped_column(String(40))
    post_title: Mapped[str] = mapped_column(String(200))
    jp: Mapped[Decimal] = mapped_column(JP)
    completed_at: Mapped[datetime]


class CourseValidity(HasId, Base):
    """From a day on, certificates of a course hold so many months; None: without an end. What
    was completed before that day keeps what it was promised. Append-only."""

    __tablename__ = "course_validities"
    __table_args__ = (
        CheckConstraint("months BETWEEN 1 AND 120", name="months"),
        UniqueConstraint("course_id", "from_on"),
    )

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"))
    from_on: Mapped[date]  # the first day of completion for which it holds
    months: Mapped[int | None]
    set_at: Mapped[datetime]
    set_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
