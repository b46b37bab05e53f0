"""Keys of other agencies that this one trusts: taken from their published file by a person who has
compared the fingerprints with them by another way."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.errors import N_, NotFound
from corpu.people.rules import InvalidInput
from corpu.signing.models import LONGEST_REASON, SigningKey, TrustedKey
from corpu.signing.queries import FORMAT
from corpu.signing.rules import ALGORITHM, PublicKey
from corpu.texts import clean_text

LARGEST = 64 * 1024  # bytes: two hundred keys
MOST_KEYS = 100


class BadKeyFile(InvalidInput):
    """Not a key file as `/.well-known/corpu-keys.json` is; the sentence says what is wrong."""

    field = "file"
    message = N_(
        "Berkas ini bukan berkas kunci CorpU (corpu-keys.json). Unduh lagi dari alamatnya."
    )


class OwnKey(BadKeyFile):
    message = N_("Ini berkas kunci instansi Anda sendiri. Pilih berkas dari instansi lain.")


class AlreadyTrusted(BadKeyFile):
    message = N_("Semua kunci di berkas ini sudah dipercaya dengan keadaan yang sama.")


@dataclass(frozen=True)
class KeyFile:
    """Another agency's keys as its file says."""

    agency: str
    address: str  # https://…
    keys: tuple[PublicKey, ...]


def read_key_file(data: bytes) -> KeyFile:
    """What a file says, checked to the last letter: it comes from outside. Raises BadKeyFile."""
    if len(data) > LARGEST:
        raise BadKeyFile
    try:
        said = json.loads(data)
        if said["format"] != FORMAT:
            raise BadKeyFile(N_("Bentuk berkas kunci ini belum dikenal oleh versi program ini."))
        agency, address = clean_text(said["agency"]["name"]), said["issuer"]
        keys = tuple(_key(one, agency) for one in said["keys"])
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise BadKeyFile from error
    if not 1 <= len(agency) <= 200 or not _is_address(address):
        raise BadKeyFile
    if not 1 <= len(keys) <= MOST_KEYS:
        raise BadKeyFile(N_("Berkas ini tidak berisi kunci, atau lebih dari seratus."))
    if len({key.kid for key in keys}) != len(keys) or not all(key.is_consistent for key in keys):
        raise BadKeyFile(N_("Nama sebuah kunci di berkas ini tidak sesuai dengan isinya."))
    return KeyFile(agency, address, keys)


def _key(said: dict[str, Any], owner: str) -> PublicKey:
    if (said["kty"], said["crv"]) != ("OKP", ALGORITHM):
        raise BadKeyFile(N_("Berkas ini berisi kunci dari jenis yang tidak kami kenal."))
    compromised_at = _moment(said.get("compromised_at"))
    why = clean_text(str(said.get("compromised_why") or ""))[:LONGEST_REASON]
    began = _moment(said["valid_from"])
    if began is None:
        raise BadKeyFile
    return PublicKey(
        kid=str(said["kid"]),
        public=base64.b64decode(said["x"] + "=", altchars=b"-_", validate=True),
        owner=owner,
        valid_from=began,
        retired_at=_moment(said.get("retired_at")),
        compromised_at=compromised_at,
        compromised_why=(why or "–") if compromised_at else "",
    )


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment.astimezone(UTC)


def _is_address(address: Any) -> bool:
    if not isinstance(address, str) or len(address) > 300:
        return False
    parts = urlsplit(address)
    return parts.scheme in ("https", "http") and bool(parts.hostname)


def trust(
    session: Session, file: KeyFile, *, by: UUID | None, by_name: str, reason: str, at: datetime
) -> int:
    """Trust the keys of a file from now on, or learn what became of those trusted already; answers
    how many are new or changed. What was once said to be compromised stays so, whatever an older
    file says. Raises OwnKey, AlreadyTrusted."""
    names = [key.kid for key in file.keys]
    if session.scalar(select(SigningKey.kid).where(SigningKey.kid.in_(names)).limit(1)):
        raise OwnKey
    rows = {
        row.kid: row
        for row in session.scalars(
            select(TrustedKey).where(TrustedKey.kid.in_(names)).with_for_update()
        )
    }
    changed = 0
    for key in file.keys:
        row = rows.get(key.kid)
        if row is None:
            row = TrustedKey(kid=key.kid, public=key.public, imported_at=at, imported_by=by)
            session.add(row)
            before = None
        else:
            before = _state(row)
        row.agency, row.address, row.valid_from = file.agency, file.address, key.valid_from
        row.retired_at = key.retired_at or row.retired_at
        if key.compromised_at and (
            not row.compromised_at or key.compromised_at < row.compromised_at
        ):
            row.compromised_at, row.compromised_why = key.compromised_at, key.compromised_why
        if before != _state(row):
            changed += 1
    if not changed:
        raise AlreadyTrusted
    session.flush()
    audit.record(
        session,
        at=at,
        actor_id=by,
        actor_name=by_name,
        action="key.trusted",
        subject=("trusted_keys", names[0], file.agency),
        after={"keys": ", ".join(names), "address": file.address},
        reason=reason,
    )
    return changed


def _state(row: TrustedKey) -> tuple[object, ...]:
    return row.agency, row.address, row.valid_from, row.retired_at, row.compromised_at


def distrust(
    session: Session, key_id: UUID, *, by: UUID | None, by_name: str, reason: str, at: datetime
) -> str:
    """No longer trust one key; answers the agency's name. Raises NotFound."""
    row = session.get(TrustedKey, key_id, with_for_update=True)
    if row is None:
        raise NotFound
    agency = row.agency
    session.delete(row)
    session.flush()
    audit.record(
        session,
        at=at,
        actor_id=by,
        actor_name=by_name,
        action="key.distrusted",
        subject=("trusted_keys", row.kid, agency),
        before={"keys": row.kid, "address": row.address},
        reason=reason,
    )
    return agency
