"""The append-only record of who did what, before and after, and why."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from corpu.database import Base

LONGEST_NAME = 300


class AuditEntry(Base):
    """Never updated, never deleted: the database refuses both by a trigger."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_subject", "subject_type", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    actor_name: Mapped[str] = mapped_column(
        String(LONGEST_NAME)
    )  # as it was that day; "konsol" for commands
    action: Mapped[str] = mapped_column(String(60), index=True)  # certificate.revoked
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(80))
    subject_name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"), index=True)
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    reason: Mapped[str] = mapped_column(String(1000))


def record(
    session: Session,
    *,
    at: datetime,
    actor_id: UUID | None,
    actor_name: str,
    action: str,
    subject: tuple[str, object, str],
    unit_id: UUID | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write one entry in the caller's transaction.

    `subject` is (type, id, name as people read it); `before` and `after` hold the
    changed fields only, as JSON values, and never a password, token or answer.
    `unit_id` is the unit concerned: it decides which managers see the entry.
    """
    kind, subject_id, name = subject
    actor_name, name = _fitting(actor_name), _fitting(name)
    session.add(
        AuditEntry(
            at=at,
            actor_id=actor_id,
            actor_name=actor_name,
            action=action,
            subject_type=kind,
            subject_id=str(subject_id),
            subject_name=name,
            unit_id=unit_id,
            before=before,
            after=after,
            reason=reason,
        )
    )
    session.flush()


def _fitting(name: str) -> str:
    """A long name with long titles is still a name; the subject's identifier is exact."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"
