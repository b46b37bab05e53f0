"""What evaluation keeps: anonymous boxes, who has answered apart from them, rounds of asking."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import Base, Exact, HasId, Words, one_of, unique_while
from corpu.evaluation.rules import Part

Amount = Exact(18, 4)


class Role(StrEnum):
    """How somebody asked stands to whom the question is about."""

    SELF = "self"
    SUPERVISOR = "supervisor"
    PEER = "peer"
    SUBORDINATE = "subordinate"


class EvaluationBox(HasId, Base):
    """The counted answers of one batch of an edition; no row of it is anybody's answer."""

    __tablename__ = "evaluation_boxes"
    __table_args__ = (
        UniqueConstraint("edition_id", "period_on", "part", "form"),
        CheckConstraint(one_of("part", Part), name="part"),
        CheckConstraint("shown >= 0 AND shown % 5 = 0", name="shown"),
        CheckConstraint("held BETWEEN 0 AND 4", name="held"),
    )

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"), index=True)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("editions.id"))
    period_on: Mapped[date]  # first day of the half-year of the completions
    part: Mapped[Part] = mapped_column(Words(Part))
    form: Mapped[str] = mapped_column(String(20))
    shown: Mapped[int]
    held: Mapped[int]
    tally: Mapped[dict[str, Any]]
    waiting: Mapped[dict[str, Any]]
    remarks: Mapped[list[Any]]  # of the held answers


class EvaluationRemark(Base):
    """A free remark, shown with four other answers or more. Random identifiers, and no table
    order on SQLite: nothing here says when it came."""

    __tablename__ = "evaluation_remarks"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    box_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation_boxes.id"), index=True)
    text: Mapped[str] = mapped_column(String(1000))


class SurveySeat(Base):
    """That the survey of an enrolment has been answered: neither what nor when."""

    __tablename__ = "survey_seats"
    __table_args__ = ({"sqlite_with_rowid": False},)

    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)


class EvaluationRule(HasId, Base):
    """How a course is evaluated where it differs; without a course, for the installation."""

    __tablename__ = "evaluation_rules"
    __table_args__ = (
        UniqueConstraint("course_id"),
        unique_while("uq_evaluation_rules_default", "is_default", where="is_default"),
        CheckConstraint("is_default = (course_id IS NULL)", name="scope"),
        CheckConstraint("months BETWEEN 1 AND 12", name="months"),
    )

    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses.id"))
    is_default: Mapped[bool]
    months: Mapped[int]
    form: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime]


class EvaluationRound(HasId, Base):
    """Asking about one completion, some months later, in a window that closes."""

    __tablename__ = "evaluation_rounds"
    __table_args__ = (CheckConstraint("closes_at > opened_at", name="window"),)

    completion_id: Mapped[UUID] = mapped_column(ForeignKey("completions.id"), unique=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"), index=True)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("editions.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"), index=True)
    period_on: Mapped[date]
    opened_at: Mapped[datetime]
    closes_at: Mapped[datetime] = mapped_column(index=True)


class EvaluationInvitation(HasId, Base):
    """Somebody asked in a round. That they answered is noted without its time, and of their
    link only the hash is kept."""

    __tablename__ = "evaluation_invitations"
    __table_args__ = (
        UniqueConstraint("round_id", "person_id"),
        CheckConstraint(one_of("role", Role), name="role"),
        CheckConstraint("reminders >= 0", name="reminders"),
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation_rounds.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[Role] = mapped_column(Words(Role))
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    is_answered: Mapped[bool]
    reminders: Mapped[int]
    revoked_at: Mapped[datetime | None]


class SupervisorAnswer(Base):
    """What the supervisor said: the one answer that bears a name."""

    __tablename__ = "supervisor_answers"

    round_id: Mapped[UUID] = mapped_column(ForeignKey("evaluation_rounds.id"), primary_key=True)
    supervisor_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    scores: Mapped[dict[str, Any]]  # item → 0 to 100
    remark: Mapped[str] = mapped_column(String(1000))
    answered_at: Mapped[datetime]


class EvaluationIndicator(HasId, Base):
    """A figure of the organisation before and after, with where it comes from and why it is
    held to follow from the course. Never changed: withdrawn, and written anew."""

    __tablename__ = "evaluation_indicators"
    __table_args__ = (CheckConstraint("after_on > before_on", name="order"),)

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    measure: Mapped[str] = mapped_column(String(60))  # percent, days, complaints
    before: Mapped[Decimal] = mapped_column(Amount)
    before_on: Mapped[date]
    after: Mapped[Decimal] = mapped_column(Amount)
    after_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(String(1000))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
