"""Courses whose certificates are issued together, and the batches in which that happens."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from corpu.credentials.reasons import Reason
from corpu.database import Base, HasId, Words, one_of


class BatchState(StrEnum):
    """How far a batch is. A draft is looked at; nothing has been issued for it."""

    DRAFT = "draft"
    WAITING = "waiting"  # for the worker
    RUNNING = "running"
    STOPPED = "stopped"  # by a manager; it can go on
    DONE = "done"


class ItemState(StrEnum):
    """What became of one of those who were chosen."""

    CHOSEN = "chosen"  # completed, and not tried yet
    ISSUED = "issued"
    PRESENT = "present"  # had a certificate already
    REFUSED = "refused"
    LEARNING = "learning"  # has not completed
    ABSENT = "absent"  # on a list, and never took the course
    UNKNOWN = "unknown"  # a number on a list that is nobody's here


class MailState(StrEnum):
    """What became of telling the holder. `sending` is written before the server is asked: where
    it stays, nobody knows, and nothing is sent twice by itself."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    NO_ADDRESS = "no_address"


class FileKind(StrEnum):
    """What is made of the documents of a batch."""

    ZIP = "zip"
    PRINT = "print"


class BatchCourse(Base):
    """A course whose certificates wait until a manager issues them together. It binds the unit
    that chose so, for as long as that unit issues."""

    __tablename__ = "batch_courses"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    since: Mapped[datetime]


class CertificateBatch(HasId, Base):
    """Certificates of one course, chosen together and issued by the worker some at a time."""

    __tablename__ = "certificate_batches"
    __table_args__ = (
        CheckConstraint(one_of("state", BatchState), name="state"),
        CheckConstraint("run >= 0", name="run"),
        CheckConstraint("(state = 'done') = (finished_at IS NOT NULL)", name="finished"),
        CheckConstraint("(state = 'draft') = (begun_at IS NULL)", name="begun"),
    )

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)  # issues it
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"))
    chosen: Mapped[dict[str, Any]]  # how people were chosen: see `batch_choice.Choice`
    state: Mapped[BatchState] = mapped_column(Words(BatchState))
    run: Mapped[int]  # of the worker; a job of an earlier one does nothing
    total: Mapped[int]  # of those chosen
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    created_by_name: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class BatchItem(Base):
    """One of those chosen: who, and what became of it. `position` is the order of numbers."""

    __tablename__ = "batch_items"
    __table_args__ = (
        UniqueConstraint("batch_id", "completion_id"),
        CheckConstraint(one_of("state", ItemState), name="state"),
        CheckConstraint(one_of("mail", MailState), name="mail"),
        CheckConstraint("(state = 'unknown') = (person_id IS NULL)", name="person"),
        CheckConstraint(
            "completion_id IS NOT NULL OR state NOT IN ('chosen', 'issued', 'present', 'refused')",
            name="completion",
        ),
        CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name="refused"),
        Index("ix_batch_items_state", "batch_id", "state", "position"),
    )

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("certificate_batches.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    enrolment_id: Mapped[UUID | None] = mapped_column(ForeignKey("enrolments.id"))
    completion_id: Mapped[UUID | None] = mapped_column(ForeignKey("completions.id"))
    state: Mapped[ItemState] = mapped_column(Words(ItemState))
    reason: Mapped[Reason | None] = mapped_column(Words(Reason))  # of the last refusal, a copy
    detail: Mapped[str] = mapped_column(String(200))  # of it, or the number that was listed
    mail: Mapped[MailState | None] = mapped_column(Words(MailState))
    mailed_at: Mapped[datetime | None]


class BatchFile(HasId, Base):
    """A part of what was made of the documents of a batch: none of its bytes before it is whole."""

    __tablename__ = "batch_files"
    __table_args__ = (
        UniqueConstraint("batch_id", "kind", "part"),
        CheckConstraint(one_of("kind", FileKind), name="kind"),
        CheckConstraint("part >= 1 AND documents >= 0 AND size >= 0", name="counts"),
    )

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("certificate_batches.id"))
    kind: Mapped[FileKind] = mapped_column(Words(FileKind))
    part: Mapped[int]
    first: Mapped[int]  # positions of the first and last document in it
    last: Mapped[int]
    documents: Mapped[int]
    missing: Mapped[int]  # that could not be read or drawn then
    sha256: Mapped[str | None] = mapped_column(String(64))  # None while it is being made
    size: Mapped[int]  # bytes
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
