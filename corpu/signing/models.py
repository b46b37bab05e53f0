"""Our keys, those of others we trust, and the log that nobody can change quietly."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import Base, HasId, Words, one_of, unique_while
from corpu.signing.rules import What

LONGEST_REASON = 500


class SigningKey(Base):
    """A key of ours. At most one signs at a time; the others stay, so that what they signed can
    be checked for ever, but their private part is destroyed."""

    __tablename__ = "signing_keys"
    __table_args__ = (
        CheckConstraint("(compromised_at IS NULL) = (compromised_why IS NULL)", name="compromised"),
        CheckConstraint(
            "(retired_at IS NULL AND compromised_at IS NULL) = (sealed IS NOT NULL)", name="sealed"
        ),
        unique_while(
            "uq_signing_keys_in_use",
            "algorithm",
            where="retired_at IS NULL AND compromised_at IS NULL",
        ),
    )

    kid: Mapped[str] = mapped_column(String(8), primary_key=True)
    algorithm: Mapped[str] = mapped_column(String(10))  # Ed25519
    public: Mapped[bytes] = mapped_column(LargeBinary)  # 32
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  # the private part; see vault.py
    valid_from: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    compromised_at: Mapped[datetime | None]
    compromised_why: Mapped[str | None] = mapped_column(String(LONGEST_REASON))


class TrustedKey(HasId, Base):
    """A key of another agency, as a manager took it from that agency's published file."""

    __tablename__ = "trusted_keys"
    __table_args__ = (
        CheckConstraint("(compromised_at IS NULL) = (compromised_why IS NULL)", name="compromised"),
    )

    kid: Mapped[str] = mapped_column(String(8), unique=True)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    agency: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300))  # of their installation
    valid_from: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    compromised_at: Mapped[datetime | None]
    compromised_why: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    imported_at: Mapped[datetime]
    imported_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))


class LogEntry(Base):
    """Never updated, never deleted: the database refuses both by a trigger. `rules.Entry` says
    what each column means. That something happens to a subject is written down once."""

    __tablename__ = "log_entries"
    __table_args__ = (
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint(one_of("what", What), name="what"),
        UniqueConstraint("subject", "what"),
    )

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    logged_at: Mapped[datetime]
    what: Mapped[What] = mapped_column(Words(What))
    subject: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
