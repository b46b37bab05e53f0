"""The digital credential of a certificate, kept as it was first signed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from corpu.database import Base

LIST_SIZE = 131_072  # places in one list: the least that Bitstring Status List 1.0 allows


class Badge(Base):
    """What a certificate says, for wallets. Made when it is first asked for, with the key of that
    day, and handed out byte for byte ever after."""

    __tablename__ = "badges"
    __table_args__ = (
        UniqueConstraint("status_list", "status_index"),
        CheckConstraint("status_list >= 1", name="status_list"),
        CheckConstraint(f"status_index >= 0 AND status_index < {LIST_SIZE}", name="status_index"),
    )

    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificates.id"), primary_key=True)
    status_list: Mapped[int]
    status_index: Mapped[int]  # by chance, so that it tells nothing about the order of issue
    document: Mapped[bytes] = mapped_column(LargeBinary)  # JSON with its proof
    jwt: Mapped[bytes] = mapped_column(LargeBinary)
    kid: Mapped[str] = mapped_column(String(8), ForeignKey("signing_keys.kid"), index=True)
    made_at: Mapped[datetime]  # as the proof says
