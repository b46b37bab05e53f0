"""Keys as the world may know them, and places in the log."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.people.models import Agency
from corpu.signing.models import LogEntry, SigningKey, TrustedKey
from corpu.signing.rules import ALGORITHM, Entry, PublicKey, What, base64url, moment

FORMAT = "corpu-keys/1"


def published_keys(session: Session) -> list[PublicKey]:
    """Every key of ours there ever was, oldest first. Two statements."""
    agency = session.scalar(select(Agency.name).limit(1)) or ""
    rows = session.scalars(select(SigningKey).order_by(SigningKey.valid_from, SigningKey.kid))
    return [public_key(row, agency) for row in rows]


def trusted_keys(session: Session) -> list[PublicKey]:
    """The keys of others that we trust, by agency and age. One statement."""
    return [public_key(row, row.agency) for row in trusted_rows(session)]


def trusted_rows(session: Session) -> Sequence[TrustedKey]:
    """The same with where they are from and who took them."""
    return session.scalars(
        select(TrustedKey).order_by(TrustedKey.agency, TrustedKey.valid_from, TrustedKey.kid)
    ).all()


def key_of(session: Session, kid: str) -> PublicKey | None:
    """One key of ours."""
    agency = select(Agency.name).limit(1).scalar_subquery()
    row = session.execute(
        select(SigningKey, agency.label("agency")).where(SigningKey.kid == kid)
    ).first()
    return public_key(row[0], row[1] or "") if row else None


def public_key(row: SigningKey | TrustedKey, owner: str) -> PublicKey:
    """A row as the value that `rules.verify` takes."""
    return PublicKey(
        row.kid,
        row.public,
        owner,
        row.valid_from,
        row.retired_at,
        row.compromised_at,
        row.compromised_why or "",
    )


def as_jwk(key: PublicKey) -> dict[str, Any]:
    """A key as RFC 8037 writes it (OKP, Ed25519), with its validity beside."""
    return {
        "kty": "OKP",
        "crv": ALGORITHM,
        "alg": "EdDSA",
        "use": "sig",
        "kid": key.kid,
        "x": base64url(key.public),
        "valid_from": moment(key.valid_from),
        "retired_at": moment(key.retired_at) if key.retired_at else None,
        "compromised_at": moment(key.compromised_at) if key.compromised_at else None,
        "compromised_why": key.compromised_why or None,
    }


def key_file(session: Session, *, address: str) -> dict[str, Any]:
    """What `/.well-known/corpu-keys.json` says, a JWK Set (RFC 7517) with who speaks. `address` is
    where this installation is on the net."""
    agency = session.execute(select(Agency.name, Agency.short_name).limit(1)).first()
    return {
        "format": FORMAT,
        "issuer": address,
        "agency": {"name": agency.name, "short_name": agency.short_name} if agency else None,
        "keys": [as_jwk(key) for key in published_keys(session)],
    }


# ------------------------------------------------------------------------------- the log


def head(session: Session) -> Entry | None:
    """The last entry."""
    row = session.scalar(select(LogEntry).order_by(LogEntry.position.desc()).limit(1))
    return entry_of(row) if row else None


def entries(session: Session, start: int, *, limit: int) -> list[Entry]:
    """Entries from a position on."""
    rows: Sequence[LogEntry] = session.scalars(
        select(LogEntry)
        .where(LogEntry.position >= start)
        .order_by(LogEntry.position)
        .limit(limit)
        .execution_options(populate_existing=True)
    ).all()
    return [entry_of(row) for row in rows]


def position_of(session: Session, subject: str, what: What) -> tuple[int, datetime] | None:
    """Where an act stands in the log and when it was written there; None while it waits."""
    row = session.execute(
        select(LogEntry.position, LogEntry.logged_at).filter_by(subject=subject, what=what)
    ).first()
    return (row.position, row.logged_at) if row else None


def entry_of(row: LogEntry) -> Entry:
    """A row as the value it is."""
    return Entry(
        row.position,
        row.at,
        row.logged_at,
        row.what,
        row.subject,
        row.content,
        row.previous,
        row.hash,
    )
