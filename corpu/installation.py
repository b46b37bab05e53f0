"""What kind of installation this database is: made by `seed demo`, or a real one."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, Session, mapped_column

from corpu.database import Base, Words, one_of
from corpu.errors import N_


class Origin(StrEnum):
    DEMO = "demo"
    REAL = "real"


class Installation(Base):
    """One row, written by the first set-up."""

    __tablename__ = "installation"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint(one_of("origin", Origin), name="origin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    origin: Mapped[Origin] = mapped_column(Words(Origin))
    created_at: Mapped[datetime]


def mode_conflict(session: Session, mode: str) -> str | None:
    """Why this database must not be served in this mode, or None.

    Demo mode offers to enter as anybody, so it may only ever meet demo people;
    production must not serve invented certificates as real ones.
    """
    row = session.get(Installation, 1)
    if row is None or mode == "test":
        return None
    if mode == "demo" and row.origin is not Origin.DEMO:
        return N_(
            "CORPU_MODE=demo ditolak: basis data ini berisi instalasi sungguhan. "
            "Hapus CORPU_MODE, atau pakai DATABASE_URL lain untuk peragaan."
        )
    if mode == "production" and row.origin is Origin.DEMO:
        return N_(
            "Mode produksi ditolak: basis data ini dibuat oleh `flask seed demo`. "
            "Pakai CORPU_MODE=demo, atau DATABASE_URL lain lalu `flask setup`."
        )
    return None
