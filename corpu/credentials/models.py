"""Who issues, which number comes next, and the certificates themselves."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from corpu.credentials.life import RevocationClass
from corpu.credentials.reasons import Reason
from corpu.database import Base, HasId, Words, one_of, unique_while


class Issuer(HasId, Base):
    """The issuing unit's signatory and number template. Certificates keep copies of them."""

    __tablename__ = "issuers"

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), unique=True)
    place: Mapped[str] = mapped_column(String(100))  # of signing: Surabaya
    signatory_name: Mapped[str] = mapped_column(String(200))  # with titles; empty: none
    signatory_nip: Mapped[str] = mapped_column(String(18))
    signatory_post: Mapped[str] = mapped_column(String(200))
    signatory_rank: Mapped[str] = mapped_column(String(100))
    number_template: Mapped[str] = mapped_column(String(200))
    classification: Mapped[str] = mapped_column(String(40))  # filing code, token {klasifikasi}
    unit_token: Mapped[str] = mapped_column(String(40))  # token {unit}
    changed_at: Mapped[datetime]
    # A second person agrees to revocations and corrections; once it is given up, until a moment.
    needs_consent: Mapped[bool] = mapped_column(default=False, server_default=false())
    consent_until: Mapped[datetime | None]


class NumberSequence(Base):
    """The last number given, per issuing unit, kind of document and year; gap-free."""

    __tablename__ = "number_sequences"
    __table_args__ = (CheckConstraint("last >= 0", name="last"),)

    issuer_id: Mapped[UUID] = mapped_column(ForeignKey("issuers.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Certificate(HasId, Base):
    """A promise to third parties, so it is never edited: only issued, superseded or revoked.

    A correction is a certificate of its own that names the one it replaces; of a completion one
    version is current. What was revoked stays the current one: it gets no successor.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("issuer_id", "kind", "year", "sequence"),
        CheckConstraint("sequence >= 1", name="sequence"),
        CheckConstraint("(revoked_at IS NULL) = (revocation_reason IS NULL)", name="revocation"),
        CheckConstraint("(revoked_at IS NULL) = (revocation_class IS NULL)", name="classed"),
        CheckConstraint(one_of("revocation_class", RevocationClass), name="revocation_class"),
        CheckConstraint("superseded_at IS NULL OR revoked_at IS NULL", name="one_end"),
        unique_while("uq_certificates_current", "completion_id", where="superseded_at IS NULL"),
        CheckConstraint(
            "(signature IS NULL) = (kid IS NULL) AND (kid IS NULL) = (signed_at IS NULL)",
            name="signed",
        ),
        Index("ix_certificates_issued", "issued_at", "id"),
        Index(
            "ix_certificates_unsigned",
            "id",
            postgresql_where=text("signature IS NULL"),
            sqlite_where=text("signature IS NULL"),
        ),
    )

    completion_id: Mapped[UUID] = mapped_column(ForeignKey("completions.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"), index=True)
    issuer_id: Mapped[UUID] = mapped_column(ForeignKey("issuers.id"))
    kind: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]  # of issue, in the zone of the issuing unit
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(String(200), unique=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)  # Crockford base 32, no hyphens
    snapshot: Mapped[dict[str, Any]]  # everything that is printed
    snapshot_sha256: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime]
    valid_until: Mapped[date | None] = mapped_column(index=True)  # the last day; none: no end
    renews_id: Mapped[UUID | None] = mapped_column(ForeignKey("certificates.id"))
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("certificates.id"), unique=True)
    superseded_at: Mapped[datetime | None]
    # Ours, of the snapshot; of a certificate from before there were keys it comes later.
    signature: Mapped[bytes | None] = mapped_column(LargeBinary)  # 64 bytes, Ed25519
    signed_at: Mapped[datetime | None]
    kid: Mapped[str | None] = mapped_column(ForeignKey("signing_keys.kid"))
    # What the QR holds behind address and #; none before there was one, or where it has no room.
    qr_payload: Mapped[str | None] = mapped_column(String(260))
    # Of the bytes kept when first made; a file shown later is found by it.
    pdf_sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    # Of the same document with an electronic signature (TTE); the unsigned bytes stay beside it.
    signed_pdf_sha256: Mapped[str | None] = mapped_column(String(64), unique=True, index=True)
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    revocation_class: Mapped[RevocationClass | None] = mapped_column(Words(RevocationClass))
    revocation_reason: Mapped[str | None] = mapped_column(String(500))  # never public


class StatementDocument(HasId, Base):
    """The file that states a closed Buku JP, drawn once for each state the book was in: as it
    was closed, and after each later change. Its bytes are never made anew."""

    __tablename__ = "statement_documents"
    __table_args__ = (UniqueConstraint("statement_id", "state"),)

    statement_id: Mapped[UUID] = mapped_column(ForeignKey("hour_statements.id"))
    state: Mapped[str] = mapped_column(String(64))  # fingerprint of what came later
    pdf_sha256: Mapped[str] = mapped_column(String(64))
    drawn_at: Mapped[datetime]


class PendingCertificate(Base):
    """A completion whose certificate waits: why, and who must act."""

    __tablename__ = "pending_certificates"
    __table_args__ = (CheckConstraint(one_of("reason", Reason), name="reason"),)

    completion_id: Mapped[UUID] = mapped_column(ForeignKey("completions.id"), primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)  # issuing unit
    reason: Mapped[Reason] = mapped_column(Words(Reason))
    detail: Mapped[str] = mapped_column(String(200))  # the letters or the number in the way
    since: Mapped[datetime]
    tried_at: Mapped[datetime] = mapped_column(index=True)
