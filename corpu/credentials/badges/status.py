"""The public lists of what was revoked or superseded: Bitstring Status List 1.0 (W3C, 2025)."""

import gzip
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, type_coerce
from sqlalchemy.orm import Session

from corpu.credentials.badges.document import STATUS_PATH, did_of
from corpu.credentials.badges.linked import CREDENTIALS
from corpu.credentials.badges.models import LIST_SIZE, Badge
from corpu.credentials.badges.proofs import instant, with_proof
from corpu.credentials.models import Certificate
from corpu.database import UTCDateTime
from corpu.errors import NotFound
from corpu.signing.rules import base64url
from corpu.signing.service import signer


def encoded(indexes: Iterable[int], size: int = LIST_SIZE) -> str:
    """The bits of a list, the first the highest of its byte, compressed: the same for the same
    indexes."""
    bits = bytearray(size // 8)
    for index in indexes:
        bits[index // 8] |= 0x80 >> index % 8
    return "u" + base64url(gzip.compress(bytes(bits), mtime=0))


def status_list(session: Session, number: int, *, base: str, at: datetime) -> dict[str, Any]:
    """A list as a signed credential of ours: the same until a revocation or another key. Three
    statements. Raises NotFound for a list not begun, KeyLocked."""
    if number > (session.scalar(select(func.max(Badge.status_list))) or 0):
        raise NotFound
    since_when = func.coalesce(Certificate.revoked_at, Certificate.superseded_at)
    revoked = session.execute(
        select(Badge.status_index, type_coerce(since_when, UTCDateTime).label("since"))
        .join(Certificate, Certificate.id == Badge.certificate_id)
        .where(Badge.status_list == number, since_when.is_not(None))
    ).all()
    pen = signer(session, at=at)
    # As old as what it says, so that every process signs the same bytes.
    since = max([pen.valid_from, *(row.since for row in revoked)])
    address, did = f"{base}{STATUS_PATH}/{number}", did_of(base)
    said = {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did,
        "validFrom": instant(since),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(row.status_index for row in revoked),
        },
    }
    return with_proof(said, did=did, kid=pen.kid, sign=pen.private.sign, at=since)
