"""Evidence of competency, the rule that weighs it, and the score that follows."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import Base, Exact, HasId, Points, Score, Words, one_of, unique_while


class EvidenceKind(StrEnum):
    ASSESSMENT = "assessment"
    EXTERNAL = "external"
    SUPERVISOR = "supervisor"
    ASSESSOR = "assessor"
    SELF = "self"
    PEER = "peer"


class EvidenceRecord(HasId, Base):
    """One piece of evidence. Append-only: withdrawn by `revoked_at`, never edited."""

    __tablename__ = "evidence"
    __table_args__ = (
        CheckConstraint(one_of("kind", EvidenceKind), name="kind"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("score IS NULL OR score >= 0", name="score"),
        CheckConstraint("weight > 0", name="weight"),
        # A regrade withdraws what an attempt had shown and appends what it shows now.
        unique_while(
            "uq_evidence_standing",
            "attempt_id",
            "competency",
            "level",
            where="revoked_at IS NULL",
        ),
        Index("ix_evidence_attempt", "attempt_id"),
        Index("ix_evidence_person_competency", "person_id", "competency"),
        # A supervisor's screen asks for those of hundreds of people at once.
        Index(
            "ix_evidence_ratings",
            "person_id",
            "competency",
            "observed_at",
            postgresql_where=text("kind = 'supervisor' AND revoked_at IS NULL"),
            sqlite_where=text("kind = 'supervisor' AND revoked_at IS NULL"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    competency: Mapped[str] = mapped_column(String(12))
    kind: Mapped[EvidenceKind] = mapped_column(Words(EvidenceKind))
    level: Mapped[int]
    score: Mapped[Decimal | None] = mapped_column(Score)
    weight: Mapped[Decimal] = mapped_column(Points)
    source: Mapped[str] = mapped_column(String(400))  # quiz:<course>/<page>, supervisor:<id>
    label: Mapped[str] = mapped_column(String(300))  # what people read: the quiz, who rated
    is_thin: Mapped[bool] = mapped_column(default=False)
    observed_at: Mapped[datetime]
    valid_until: Mapped[datetime | None]  # None for a supervisor's rating: see `ledger`
    revoked_at: Mapped[datetime | None]
    attempt_id: Mapped[UUID | None] = mapped_column(ForeignKey("attempts.id"))
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))  # who rated
    # in whose place the rater rated; None: in their own
    on_behalf_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(String(1000), default="")
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id"))  # of the day
    post_title: Mapped[str] = mapped_column(String(200), default="")
    recorded_at: Mapped[datetime]


class CompetencyRule(HasId, Base):
    """The rule of an agency, dated and versioned; the defaults hold where there is none."""

    __tablename__ = "competency_rules"
    __table_args__ = (UniqueConstraint("agency_id", "version"),)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    version: Mapped[int]
    valid_from: Mapped[datetime]
    rule: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(500))


class CompetencyScore(Base):
    """The current answer. Always derivable from the evidence; kept for reading."""

    __tablename__ = "competency_scores"
    __table_args__ = (CheckConstraint("level BETWEEN 0 AND 5", name="level"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    competency: Mapped[str] = mapped_column(String(12), primary_key=True)
    level: Mapped[int | None]  # None: not yet observed, which is not zero
    score: Mapped[Decimal | None] = mapped_column(Exact(3, 2))
    is_capped: Mapped[bool]
    computed_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(index=True)  # when it may differ by itself
