"""Which certificates carry an electronic signature (TTE), which wait for one, and why not yet."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import Base, HasId, Words, one_of


class State(StrEnum):
    UNSIGNED = "unsigned"  # of a certificate without a row here; never stored
    WAITING = "waiting"
    SIGNED = "signed"
    FAILED = "failed"  # somebody must act


class Problem(StrEnum):
    """Why a document is not signed yet."""

    WRONG_PASSPHRASE = "wrong_passphrase"
    CERTIFICATE = "certificate"  # of the signer: expired, not yet valid, revoked
    UNKNOWN_SIGNER = "unknown_signer"
    CREDENTIALS = "credentials"  # this server may not ask
    KEY = "key"  # the key file cannot be read
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    NO_TIME = "no_time"  # the timestamp server gives none
    UNREADABLE = "unreadable"
    ALTERED = "altered"  # what came back is not our document, signed
    NO_DOCUMENT = "no_document"
    NO_SPACE = "no_space"
    EXAMPLE = "example"
    REVOKED = "revoked"
    FAULT = "fault"


class SigningRun(HasId, Base):
    """A batch for which somebody has entered a passphrase. The passphrase lives in the memory of
    one process only; `alive_until` is how long that process was last known to be at work."""

    __tablename__ = "signing_runs"
    __table_args__ = (CheckConstraint(one_of("problem", Problem), name="problem"),)

    started_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    started_at: Mapped[datetime]
    alive_until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    problem: Mapped[Problem | None] = mapped_column(Words(Problem))  # what ended it


class SignedDocument(HasId, Base):
    """A certificate's document on its way to be signed, or signed. `turn` counts the times that a
    worker took it, so that one which comes back late changes nothing."""

    __tablename__ = "signed_documents"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'signed', 'failed')", name="state"),
        CheckConstraint(one_of("problem", Problem), name="problem"),
        CheckConstraint("state <> 'failed' OR problem IS NOT NULL", name="failed"),
        Index("ix_signed_documents_due", "state", "next_try_at"),
    )

    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificates.id"), unique=True)
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("signing_runs.id"), index=True)
    state: Mapped[State] = mapped_column(Words(State))
    attempts: Mapped[int] = mapped_column(default=0)  # in vain, since somebody asked
    turn: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    problem: Mapped[Problem | None] = mapped_column(Words(Problem))
    detail: Mapped[str] = mapped_column(String(300), default="")  # in the words of the service
    signer: Mapped[str] = mapped_column(String(200), default="")  # as its certificate names it
    remote_id: Mapped[str | None] = mapped_column(String(100))  # id_dokumen of BSrE
    queued_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]  # signed or given up
