"""The Buku JP: a ledger of learning hours (1 JP = 45 minutes)."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import JP, Base, Exact, HasId, JsonOrNull, Words, one_of
from corpu.hours.proofs import Kind


class State(StrEnum):
    """Where a claim stands."""

    CLAIMED = "claimed"
    VERIFIED = "verified"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Decision(StrEnum):
    """What somebody decided about a claim."""

    VERIFIED = "verified"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


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


class LearningClaim(HasId, Base):
    """Learning besides courses, as the person states it; never edited once it is sent.

    `jp` is what its amount makes by the rule of `rule_version`, `counted_jp` what of it counts
    beside the person's other verified claims (0 until it is verified).
    """

    __tablename__ = "learning_claims"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint(
            f"proof_kind IS NULL OR {one_of('proof_kind', Kind)}",
            name="proof_kind",
        ),
        CheckConstraint("(proof_sha256 IS NULL) = (proof_kind IS NULL)", name="proof"),
        CheckConstraint("started_on <= ended_on", name="days"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("jp > 0", name="jp"),
        CheckConstraint("counted_jp >= 0 AND counted_jp <= jp", name="counted"),
        CheckConstraint("state = 'verified' OR counted_jp = 0", name="counted_when_verified"),
        CheckConstraint("valid_until IS NULL OR valid_until >= ended_on", name="valid_until"),
        Index("ix_learning_claims_person_year", "person_id", "year"),
        Index("ix_learning_claims_state", "state", "claimed_at"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    form: Mapped[str] = mapped_column(String(8))  # code of the conversion table
    rule_version: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(300))
    organiser: Mapped[str] = mapped_column(String(200))  # or coach, mentor; may be empty
    note: Mapped[str] = mapped_column(String(2000))  # what was learnt; may be empty
    started_on: Mapped[date]
    ended_on: Mapped[date]
    year: Mapped[int]  # of the last day
    # Of a certificate that ends: the last day on which it holds.
    valid_until: Mapped[date | None] = mapped_column(index=True)
    amount: Mapped[Decimal] = mapped_column(JP)  # JP, days, sessions or activities, by form
    jp: Mapped[Decimal] = mapped_column(JP)
    counted_jp: Mapped[Decimal] = mapped_column(JP)
    state: Mapped[State] = mapped_column(Words(State))
    proof_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    proof_kind: Mapped[Kind | None] = mapped_column(Words(Kind))
    proof_name: Mapped[str] = mapped_column(String(200))  # as the person called the file
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"), index=True)
    unit_name: Mapped[str] = mapped_column(String(200))  # on the last day
    timezone: Mapped[str] = mapped_column(String(40))
    claimed_at: Mapped[datetime]


class ProofCheck(Base):
    """What a machine finds in what a claim is proven with; a person decides all the same.

    `shown` is the text of a QR or a digital credential that the person pasted. `found` is written
    by a job, as `checks.Found` reads it.
    """

    __tablename__ = "proof_checks"
    __table_args__ = (CheckConstraint("(found IS NULL) = (checked_at IS NULL)", name="checked"),)

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("learning_claims.id"), primary_key=True)
    shown: Mapped[str] = mapped_column(Text)  # may be empty
    found: Mapped[dict[str, Any] | None] = mapped_column(JsonOrNull)
    checked_at: Mapped[datetime | None]


class ClaimDecision(HasId, Base):
    """Who decided what about a claim, when and why; a correction is another decision.

    Never updated, never deleted: the database refuses both by a trigger.
    """

    __tablename__ = "claim_decisions"
    __table_args__ = (
        UniqueConstraint("claim_id", "ordinal"),
        CheckConstraint("ordinal >= 1", name="ordinal"),
        CheckConstraint(one_of("decision", Decision), name="decision"),
        CheckConstraint("decision <> 'refused' OR reason <> ''", name="reason"),
    )

    claim_id: Mapped[UUID] = mapped_column(ForeignKey("learning_claims.id"))
    ordinal: Mapped[int]
    decision: Mapped[Decision] = mapped_column(Words(Decision))
    by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    by_name: Mapped[str] = mapped_column(String(300))  # as it was that day
    reason: Mapped[str] = mapped_column(String(1000))
    at: Mapped[datetime]


class HourStatement(HasId, Base):
    """The hours of a person and year as they stood when the year was closed.

    Never updated, never deleted, like decisions. What is recorded afterwards is later.
    """

    __tablename__ = "hour_statements"
    __table_args__ = (
        UniqueConstraint("person_id", "year"),
        CheckConstraint("jp >= 0", name="jp"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    year: Mapped[int] = mapped_column(index=True)
    jp: Mapped[Decimal] = mapped_column(Exact(9, 2))  # the sum, which no single record bounds
    content: Mapped[dict[str, Any]]  # the lines, and who the person was that day
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"), index=True)
    frozen_at: Mapped[datetime]
    frozen_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    frozen_by_name: Mapped[str] = mapped_column(String(300))
