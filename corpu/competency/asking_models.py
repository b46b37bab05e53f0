"""Evidence that people hand in: formal assessments, ratings that are asked for, corrections."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import Base, HasId, unique_while


class AssessmentImport(HasId, Base):
    """A file of formal assessment results: checked first, then recorded whole or not at all."""

    __tablename__ = "assessment_imports"
    __table_args__ = (
        CheckConstraint("recorded >= 0", name="recorded"),
        CheckConstraint(
            "(recorded_at IS NULL) = (recorded_by IS NULL)",
            name="recorded_by",
        ),
        Index("ix_assessment_imports_digest", "digest"),
    )

    name: Mapped[str] = mapped_column(String(200))  # of the file
    digest: Mapped[str] = mapped_column(String(64))  # of its rows, whatever the kind of file
    rows: Mapped[list[Any]]  # as they were read: cells as text
    sent_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    sent_by_name: Mapped[str] = mapped_column(String(300))
    sent_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime | None]
    recorded: Mapped[int] = mapped_column(default=0)  # pieces of evidence


class EvidenceCorrection(HasId, Base):
    """Why a piece of evidence no longer counts, and which one stands for it now.

    Never updated, never deleted: the database refuses both by a trigger.
    """

    __tablename__ = "evidence_corrections"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)

    evidence_id: Mapped[UUID] = mapped_column(ForeignKey("evidence.id"), unique=True)
    replaced_by: Mapped[UUID | None] = mapped_column(ForeignKey("evidence.id"))
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    by_name: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]


class PeerRequest(HasId, Base):
    """A supervisor asks a colleague what level of some competencies they see in a person."""

    __tablename__ = "peer_requests"
    __table_args__ = (
        CheckConstraint("person_id <> peer_id", name="another"),
        unique_while(
            "uq_peer_requests_open",
            "person_id",
            "peer_id",
            where="answered_at IS NULL AND closed_at IS NULL",
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    peer_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    asked_by_name: Mapped[str] = mapped_column(String(300))
    competencies: Mapped[list[Any]]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]  # withdrawn by who asked, or declined by the peer
