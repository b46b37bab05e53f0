"""Development plans: one a person and year, their goals and items, and every step of them."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import JP, Base, HasId, Words, one_of
from corpu.plans.rules import Kind, State


class Source(StrEnum):
    GAP = "gap"
    OWN = "own"
    SUPERVISOR = "supervisor"


class Plan(HasId, Base):
    """What a person means to learn in a calendar year.

    `version` rises with every change of state or content; who changes a plan says which one
    they saw. Unit and post are those of the day on which it was begun or last submitted.
    """

    __tablename__ = "plans"
    __table_args__ = (
        UniqueConstraint("person_id", "year"),
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint("year BETWEEN 2020 AND 2100", name="year"),
        CheckConstraint("version >= 1", name="version"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    year: Mapped[int]
    state: Mapped[State] = mapped_column(Words(State))
    version: Mapped[int]
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"), index=True)
    unit_name: Mapped[str] = mapped_column(String(200))
    post_title: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class PlanGoal(HasId, Base):
    """What is to be reached: a competency from a level to a level, or a wish in words."""

    __tablename__ = "plan_goals"
    __table_args__ = (
        CheckConstraint(one_of("source", Source), name="source"),
        UniqueConstraint("plan_id", "position"),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint("competency IS NOT NULL OR text <> ''", name="content"),
        CheckConstraint("(competency IS NULL) = (to_level IS NULL)", name="target"),
        CheckConstraint("from_level BETWEEN 0 AND 5", name="from_level"),
        CheckConstraint("to_level BETWEEN 1 AND 5", name="to_level"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    position: Mapped[int]  # in the order in which they were written
    source: Mapped[Source] = mapped_column(Words(Source))
    competency: Mapped[str | None] = mapped_column(String(12))
    from_level: Mapped[int | None]  # None: not yet observed that day
    to_level: Mapped[int | None]
    text: Mapped[str] = mapped_column(String(500))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    author_name: Mapped[str] = mapped_column(
        String(300), server_default=""
    )  # as it was that day, with in whose place it was written
    template_id: Mapped[UUID | None] = mapped_column(ForeignKey("plan_templates.id"))
    created_at: Mapped[datetime]


class PlanItem(HasId, Base):
    """One way to a goal, with its JP by the conversion table in force when it was written."""

    __tablename__ = "plan_items"
    __table_args__ = (
        UniqueConstraint("plan_id", "course_id"),
        UniqueConstraint("plan_id", "position"),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint("(course_id IS NOT NULL) = (kind = 'course')", name="course"),
        CheckConstraint("mix IN (10, 20, 70)", name="mix"),
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("jp > 0", name="jp"),
        CheckConstraint("done_at IS NULL OR begun_at IS NOT NULL", name="done"),
        CheckConstraint("completion_id IS NULL OR done_at IS NOT NULL", name="completion"),
        CheckConstraint("(template_id IS NULL) = (template_line IS NULL)", name="template"),
        Index("uq_plan_items_template", "plan_id", "template_id", "template_line", unique=True),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    goal_id: Mapped[UUID] = mapped_column(ForeignKey("plan_goals.id"), index=True)
    position: Mapped[int]
    kind: Mapped[Kind] = mapped_column(Words(Kind))
    title: Mapped[str] = mapped_column(String(300))
    course_id: Mapped[UUID | None] = mapped_column(ForeignKey("courses.id"), index=True)
    form_code: Mapped[str] = mapped_column(String(8))  # KL01 … NKL13
    mix: Mapped[int]
    quantity: Mapped[int]
    jp: Mapped[Decimal] = mapped_column(JP)
    rule_version: Mapped[str] = mapped_column(String(40))  # of the conversion table
    due_on: Mapped[date | None]
    begun_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    completion_id: Mapped[UUID | None] = mapped_column(ForeignKey("completions.id"))
    template_id: Mapped[UUID | None] = mapped_column(ForeignKey("plan_templates.id"))
    template_line: Mapped[int | None]  # from which of its lines
    created_at: Mapped[datetime]


class PlanTransition(HasId, Base):
    """A step of a plan from state to state. Append-only: the database refuses anything else."""

    __tablename__ = "plan_transitions"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint(f"from_state IS NULL OR {one_of('from_state', State)}", name="from_state"),
        CheckConstraint(one_of("to_state", State), name="to_state"),
        CheckConstraint("number >= 1", name="number"),
    )

    plan_id: Mapped[UUID] = mapped_column(ForeignKey("plans.id"))
    number: Mapped[int]
    version: Mapped[int]  # the plan that whoever acted had seen; 0 before the first
    from_state: Mapped[State | None] = mapped_column(Words(State))
    to_state: Mapped[State] = mapped_column(Words(State))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))  # None: by itself
    by_name: Mapped[str] = mapped_column(String(300))  # as it was that day
    reason: Mapped[str] = mapped_column(String(1000))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))  # of the owner that day
    unit_name: Mapped[str] = mapped_column(String(200))
    post_title: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
