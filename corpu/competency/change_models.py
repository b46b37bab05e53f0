"""A rule on its way: the draft, what it would change, how far it is applied, what it changed."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import Base, Exact, HasId, Words, one_of


class DraftState(StrEnum):
    """What became of a draft."""

    OPEN = "open"
    APPLIED = "applied"
    DISCARDED = "discarded"


class ApplicationState(StrEnum):
    """How far the worker is with a rule."""

    WAITING = "waiting"  # for its day, or for the worker
    RUNNING = "running"
    STOPPED = "stopped"  # by a manager; it can go on
    DONE = "done"


class RuleDraft(HasId, Base):
    """A rule that somebody is thinking about. It counts for nothing until it is applied."""

    __tablename__ = "rule_drafts"
    __table_args__ = (
        CheckConstraint(one_of("state", DraftState), name="state"),
        CheckConstraint("(state = 'applied') = (rule_id IS NOT NULL)", name="applied"),
        CheckConstraint("base_version >= 0", name="base_version"),
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    rule: Mapped[dict[str, Any]]
    base_version: Mapped[int]  # which it is compared with and would follow; 0: the defaults
    valid_on: Mapped[date | None]  # from the beginning of that day; None: as soon as applied
    state: Mapped[DraftState] = mapped_column(Words(DraftState))
    rule_id: Mapped[UUID | None] = mapped_column(ForeignKey("competency_rules.id"), unique=True)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_by_name: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class RulePreview(HasId, Base):
    """Whose score a draft would change, computed for everybody as of one moment."""

    __tablename__ = "rule_previews"
    __table_args__ = (
        CheckConstraint("done >= 0 AND total >= 0", name="counts"),
        CheckConstraint("finished_at IS NULL OR finished_at >= at", name="order"),
    )

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("rule_drafts.id"), unique=True)
    at: Mapped[datetime]
    mark: Mapped[dict[str, Any]]  # how much the ledger held then: see `whatif.mark_of`
    total: Mapped[int]  # people with evidence
    done: Mapped[int]
    after_person: Mapped[UUID | None]  # the last of those done
    finished_at: Mapped[datetime | None]


class RulePreviewEffect(Base):
    """One score that would differ; those that stay the same have no row."""

    __tablename__ = "rule_preview_effects"
    __table_args__ = (
        CheckConstraint("before_level BETWEEN 0 AND 5", name="before_level"),
        CheckConstraint("after_level BETWEEN 0 AND 5", name="after_level"),
        Index("ix_rule_preview_effects_unit", "preview_id", "unit_id"),
    )

    preview_id: Mapped[UUID] = mapped_column(ForeignKey("rule_previews.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    competency: Mapped[str] = mapped_column(String(12), primary_key=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))
    unit_name: Mapped[str] = mapped_column(String(200))
    before_level: Mapped[int | None]
    before_score: Mapped[Decimal | None] = mapped_column(Exact(3, 2))
    after_level: Mapped[int | None]
    after_score: Mapped[Decimal | None] = mapped_column(Exact(3, 2))


class RuleApplication(Base):
    """How far a rule is applied: one for each version, whoever asked, and how often."""

    __tablename__ = "rule_applications"
    __table_args__ = (
        CheckConstraint(one_of("state", ApplicationState), name="state"),
        CheckConstraint("done >= 0 AND total >= 0", name="counts"),
        CheckConstraint("run >= 1", name="run"),
        CheckConstraint("(state = 'done') = (finished_at IS NOT NULL)", name="finished"),
    )

    rule_id: Mapped[UUID] = mapped_column(ForeignKey("competency_rules.id"), primary_key=True)
    former_rule: Mapped[dict[str, Any]]
    former_version: Mapped[int | None]  # None: the defaults
    moment: Mapped[datetime]  # from when on the scores follow the new rule
    state: Mapped[ApplicationState] = mapped_column(Words(ApplicationState))
    run: Mapped[int]  # rises when it goes on after a stop, so that no former job goes on too
    total: Mapped[int]
    done: Mapped[int]
    after_person: Mapped[UUID | None]
    applied_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    applied_by_name: Mapped[str] = mapped_column(String(300))
    applied_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class RuleChange(Base):
    """A change of the rule in the history of one score: what it was, what it became.

    Also where nothing differs. Never updated, never deleted: the database refuses both by a
    trigger.
    """

    __tablename__ = "rule_changes"
    __table_args__ = (
        CheckConstraint("before_level BETWEEN 0 AND 5", name="before_level"),
        CheckConstraint("after_level BETWEEN 0 AND 5", name="after_level"),
        Index("ix_rule_changes_person", "person_id", "competency"),
    )

    rule_id: Mapped[UUID] = mapped_column(ForeignKey("competency_rules.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    competency: Mapped[str] = mapped_column(String(12), primary_key=True)
    moment: Mapped[datetime]
    before_level: Mapped[int | None]
    before_score: Mapped[Decimal | None] = mapped_column(Exact(3, 2))
    after_level: Mapped[int | None]
    after_score: Mapped[Decimal | None] = mapped_column(Exact(3, 2))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))  # of the day
