"""What a supervisor leaves with a person besides plans and ratings: reminders."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import Base, HasId, Words, one_of


class Subject(StrEnum):
    """What somebody is reminded of."""

    PLAN = "plan"  # to write one, or of what is late in it
    HOURS = "hours"


class Reminder(HasId, Base):
    """A supervisor reminded somebody; they see it on Beranda. At most one a subject and day,
    whoever sends it. Unit and post are those of the person that day."""

    __tablename__ = "reminders"
    __table_args__ = (
        UniqueConstraint("person_id", "subject", "day"),
        CheckConstraint(one_of("subject", Subject), name="subject"),
        CheckConstraint("text <> ''", name="text"),
        Index("ix_reminders_person_at", "person_id", "at"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    subject: Mapped[Subject] = mapped_column(Words(Subject))
    day: Mapped[date]  # in the zone of the person's unit
    text: Mapped[str] = mapped_column(String(1000))  # what the supervisor wrote
    by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    by_name: Mapped[str] = mapped_column(String(300))  # as it was that day, with "atas nama"
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))
    unit_name: Mapped[str] = mapped_column(String(200))
    post_title: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
