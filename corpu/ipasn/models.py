"""What the index needs and no other room knows: entered by a manager, never changed."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import JP, Base, HasId, Score, Words, one_of


class EntryKind(StrEnum):
    EDUCATION = "education"
    PERFORMANCE = "performance"
    SANCTION = "sanction"
    TRAINING = "training"
    OFFICIAL = "official"
    WITHDRAWAL = "withdrawal"  # takes one of the others back


class IpasnEntry(HasId, Base):
    """One fact about a person, with who wrote it down, when and why.

    Append-only: the database refuses changes by a trigger. A mistake is taken back by an entry
    that names it, and the right fact is a further one.
    """

    __tablename__ = "ipasn_entries"
    __table_args__ = (
        CheckConstraint(one_of("kind", EntryKind), name="kind"),
        CheckConstraint("(kind = 'withdrawal') = (withdraws_id IS NOT NULL)", name="withdraws"),
        CheckConstraint("(kind IN ('performance', 'official')) = (year IS NOT NULL)", name="year"),
        CheckConstraint("(kind IN ('sanction', 'training')) = (day IS NOT NULL)", name="day"),
        CheckConstraint("(kind = 'official') = (total IS NOT NULL)", name="total"),
        CheckConstraint("jp >= 0", name="jp"),
        CheckConstraint("total >= 0", name="not_negative"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[EntryKind] = mapped_column(Words(EntryKind))
    # level of education, predicate, level of sanction or kind of training
    code: Mapped[str] = mapped_column(String(40))
    year: Mapped[int | None]
    day: Mapped[date | None]
    jp: Mapped[Decimal | None] = mapped_column(JP)
    title: Mapped[str] = mapped_column(String(300))  # of the training
    total: Mapped[Decimal | None] = mapped_column(Score)  # official, 0 to 100
    qualification: Mapped[Decimal | None] = mapped_column(Score)
    competence: Mapped[Decimal | None] = mapped_column(Score)
    performance: Mapped[Decimal | None] = mapped_column(Score)
    discipline: Mapped[Decimal | None] = mapped_column(Score)
    source: Mapped[str] = mapped_column(String(200))  # of the official value
    withdraws_id: Mapped[UUID | None] = mapped_column(ForeignKey("ipasn_entries.id"), unique=True)
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    recorded_by_name: Mapped[str] = mapped_column(String(300))  # as it was that day
    recorded_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500))
