"""Which certificates have gone to SIASN, what was said on the way, and whether the way is open."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import Base, HasId, JsonOrNull, Words, one_of


class Wish(StrEnum):
    """What is to be true at SIASN."""

    SAVE = "save"
    DELETE = "delete"  # the certificate was revoked or superseded


class State(StrEnum):
    UNSENT = "unsent"  # of a certificate without a row here; never stored
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # somebody must act
    DELETED = "deleted"


STORED = (State.WAITING, State.SENT, State.FAILED, State.DELETED)


class Problem(StrEnum):
    """Why a record is not there yet."""

    NO_NIP = "no_nip"
    UNKNOWN_NIP = "unknown_nip"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    UNREADABLE = "unreadable"
    NO_DOCUMENT = "no_document"
    EXAMPLE = "example"
    FAULT = "fault"


class Stop(StrEnum):
    """Why nothing at all is sent until somebody has acted."""

    TOKEN = "token"  # the token of a person (SSO) has expired
    CREDENTIALS = "credentials"  # key and secret are not taken
    FORBIDDEN = "forbidden"  # this server may not call


class SiasnRecord(HasId, Base):
    """A certificate on its way to SIASN, or there. `turn` counts the times that a worker took it,
    so that one which comes back late changes nothing."""

    __tablename__ = "siasn_records"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'sent', 'failed', 'deleted')", name="state"),
        CheckConstraint(one_of("wish", Wish), name="wish"),
        CheckConstraint(one_of("problem", Problem), name="problem"),
        CheckConstraint("state <> 'failed' OR problem IS NOT NULL", name="failed"),
        Index("ix_siasn_records_due", "state", "next_try_at"),
    )

    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificates.id"), unique=True)
    wish: Mapped[Wish] = mapped_column(Words(Wish))
    state: Mapped[State] = mapped_column(Words(State))
    remote_id: Mapped[str | None] = mapped_column(String(100))  # rwKursusId or rwDiklatId
    pns_id: Mapped[str | None] = mapped_column(String(100))  # pnsOrangId
    copies: Mapped[int] = mapped_column(default=0)  # with our key at SIASN, when last looked
    attempts: Mapped[int] = mapped_column(default=0)  # in vain, since somebody asked
    turn: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    problem: Mapped[Problem | None] = mapped_column(Words(Problem))
    detail: Mapped[str] = mapped_column(String(300), default="")  # in the words of SIASN
    hand_reason: Mapped[str | None] = mapped_column(String(500))  # marked by hand, and why
    queued_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]  # sent, deleted or given up


class SiasnExchange(Base):
    """One question and its answer, without tokens, and of the answer only what was used."""

    __tablename__ = "siasn_exchanges"

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(ForeignKey("siasn_records.id"), index=True)
    at: Mapped[datetime]
    method: Mapped[str] = mapped_column(String(10))
    path: Mapped[str] = mapped_column(String(200))
    sent: Mapped[dict[str, Any] | None] = mapped_column(JsonOrNull)
    status: Mapped[int | None]  # of HTTP; None: no answer came
    answered: Mapped[dict[str, Any] | None] = mapped_column(JsonOrNull)


class SiasnGate(Base):
    """One row: whether anything may be sent at present."""

    __tablename__ = "siasn_gate"
    __table_args__ = (
        CheckConstraint("id = 1", name="one"),
        CheckConstraint(one_of("stop", Stop), name="stop"),
        CheckConstraint("(stop IS NULL) = (stopped_at IS NULL)", name="stopped"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    stop: Mapped[Stop | None] = mapped_column(Words(Stop))
    stopped_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]  # the service has asked us to wait
