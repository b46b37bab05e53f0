"""The Buku JP: a ledger of learning hours (1 JP = 45 minutes)."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import JP, Base, HasId


class HourEntry(HasId, Base):
    """Hours granted once per person, course and calendar year of the person's unit."""

    __tablename__ = "hour_entries"
    __table_args__ = (
        UniqueConstraint("person_id", "course_id", "year"),
        CheckConstraint("jp >= 0", name="jp"),
        Index("ix_hour_entries_person_year", "person_id", "year"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    completion_id: Mapped[UUID] = mapped_column(ForeignKey("completions.id"), unique=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"), index=True)
    course_title: Mapped[str] = mapped_column(String(300))
    year: Mapped[int]
    day: Mapped[date]  # in the zone of the unit
    timezone: Mapped[str] = mapped_column(String(40))
    jp: Mapped[Decimal] = mapped_column(JP)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"), index=True)
    unit_name: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]
