"""The keys of the demonstration: one that was replaced, one in use, and a neighbour's two."""

from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from corpu.people.records import CONSOLE
from corpu.signing import log, service
from corpu.signing.rules import PublicKey, kid_of
from corpu.signing.trust import KeyFile, trust

NEIGHBOUR, ADDRESS = "Pemerintah Provinsi Contoh Selatan", "https://corpu.contoh-selatan.go.id"


def begin(session: Session, at: datetime) -> None:
    """The first key, before the first certificate."""
    service.ensure_key(session, at=at)


def end_the_year(session: Session, at: datetime) -> None:
    """The yearly replacement, trust in the neighbour, and all of it written into the log."""
    key = service.ensure_key(session, at=at)
    service.rotate(session, key.kid, by=None, by_name=CONSOLE, reason="Penggantian tahunan", at=at)
    keys = (
        neighbours(1, at - timedelta(days=200), lost=at - timedelta(days=40)),
        neighbours(2, at - timedelta(days=39)),
    )
    trust(
        session,
        KeyFile(NEIGHBOUR, ADDRESS, keys),
        by=None,
        by_name=CONSOLE,
        reason="Sidik dicocokkan lewat telepon",
        at=at,
    )
    log.append_job(session, {}, at)


def neighbours_private(number: int) -> Ed25519PrivateKey:
    """Always the same ones, so that they are worth nothing but here."""
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def neighbours(number: int, began: datetime, lost: datetime | None = None) -> PublicKey:
    """The same as the world may know them."""
    public = neighbours_private(number).public_key().public_bytes_raw()
    why = "Cadangan server hilang" if lost else ""
    return PublicKey(
        kid_of(public), public, NEIGHBOUR, began, compromised_at=lost, compromised_why=why
    )
