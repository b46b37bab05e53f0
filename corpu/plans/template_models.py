"""Templates of development plans, by the posts that they are for."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import Base, HasId


class PlanTemplate(HasId, Base):
    """What an agency suggests to those in posts of one type, of one title, or of one title in
    one unit, from a day on. What it says is never changed: a later one takes its place, or it is
    withdrawn. Plans hold copies, so that neither touches them."""

    __tablename__ = "plan_templates"
    __table_args__ = (
        CheckConstraint("unit_id IS NULL OR title <> ''", name="unit"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="order"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_name = '')", name="withdrawn"),
        Index("ix_plan_templates_scope", "agency_id", "post_type", "title_key"),
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    post_type: Mapped[str] = mapped_column(String(20))  # with its tier: JF_MU
    title: Mapped[str] = mapped_column(String(200))  # "" for every post of the type
    title_key: Mapped[str] = mapped_column(String(200))  # as `standards.rules` compares it
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]  # the last day
    goals: Mapped[list[Any]]  # see `template_rules.to_json`
    reason: Mapped[str] = mapped_column(String(500))
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    recorded_by_name: Mapped[str] = mapped_column(String(300))  # as it was that day
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_name: Mapped[str] = mapped_column(String(300), default="")
    withdrawn_reason: Mapped[str] = mapped_column(String(500), default="")
