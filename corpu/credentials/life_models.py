"""What is asked for about certificates and waits for an answer; reminders of their end."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from corpu.credentials.life import REMIND_BEFORE, ActKind, Asked, RevocationClass, Wished
from corpu.database import Base, HasId, JsonOrNull, Words, one_of, unique_while

LONGEST_REASON = 500


class Proposal(HasId, Base):
    """A revocation or correction that a second person must agree to. Until then the certificate
    is as it was. Of the console nobody is `asked_by`, and anybody with the right may agree."""

    __tablename__ = "certificate_proposals"
    __table_args__ = (
        CheckConstraint(one_of("kind", ActKind), name="kind"),
        CheckConstraint(one_of("state", Asked), name="state"),
        CheckConstraint(one_of("revocation_class", RevocationClass), name="revocation_class"),
        CheckConstraint("(kind = 'revoke') = (revocation_class IS NOT NULL)", name="class_of"),
        CheckConstraint("(kind = 'correct') = (changes IS NOT NULL)", name="changes_of"),
        CheckConstraint("(state = 'waiting') = (answered_at IS NULL)", name="answered"),
        CheckConstraint(
            "state NOT IN ('agreed', 'refused') OR answered_by IS NOT NULL", name="answerer"
        ),
        # Two people: whoever asked neither agrees nor refuses.
        CheckConstraint(
            "state NOT IN ('agreed', 'refused') OR asked_by IS NULL OR answered_by <> asked_by",
            name="second_person",
        ),
        CheckConstraint("state <> 'refused' OR answer IS NOT NULL", name="refused_why"),
        unique_while(
            "uq_certificate_proposals_waiting", "certificate_id", where="state = 'waiting'"
        ),
    )

    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificates.id"), index=True)
    kind: Mapped[ActKind] = mapped_column(Words(ActKind))
    revocation_class: Mapped[RevocationClass | None] = mapped_column(Words(RevocationClass))
    changes: Mapped[dict[str, Any] | None] = mapped_column(JsonOrNull)  # field → what it becomes
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON))
    asked_at: Mapped[datetime]
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    asked_by_name: Mapped[str] = mapped_column(String(300))
    lapses_at: Mapped[datetime]
    state: Mapped[Asked] = mapped_column(Words(Asked))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    answer: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class CorrectionWish(HasId, Base):
    """A holder says that something on a certificate of theirs is wrong."""

    __tablename__ = "correction_wishes"
    __table_args__ = (
        CheckConstraint(one_of("state", Wished), name="state"),
        CheckConstraint("(state = 'waiting') = (answered_at IS NULL)", name="answered"),
        CheckConstraint("state <> 'refused' OR answer IS NOT NULL", name="refused_why"),
        unique_while("uq_correction_wishes_waiting", "certificate_id", where="state = 'waiting'"),
    )

    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificates.id"), index=True)
    text: Mapped[str] = mapped_column(String(LONGEST_REASON))  # what is wrong, and what is right
    asked_at: Mapped[datetime]
    state: Mapped[Wished] = mapped_column(Words(Wished))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    answer: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class ExpiryReminder(Base):
    """That the holder was reminded so many days before the end; once each."""

    __tablename__ = "expiry_reminders"
    __table_args__ = (
        CheckConstraint(f"days IN ({', '.join(map(str, REMIND_BEFORE))})", name="days"),
    )

    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
