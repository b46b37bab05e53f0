"""What the log says of itself to the world, and the comparison with what it said before."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from corpu.signing import queries, service, vault
from corpu.signing.canonical import canonical
from corpu.signing.rules import Entry, PublicKey, Verdict, base64url, moment, verify
from corpu.signing.vault import KeyLocked

FORMAT = "corpu-log/1"
KIND = b"CorpU log 1\n"  # before the canonical statement, so that nothing else passes for it
LARGEST_FILE = 64 * 1024


class BadHead(ValueError):
    """This file is no head of a log as we publish it."""


@dataclass(frozen=True)
class Head:
    """A statement of the log's last entry at a moment, signed; `signature` is None where the key
    did not open."""

    position: int
    hash: str
    at: datetime
    kid: str | None
    signature: bytes | None

    def said(self) -> bytes:
        """The bytes that are signed."""
        values = {"position": self.position, "hash": self.hash, "at": moment(self.at)}
        return KIND + canonical(values)

    def verdict(self, keys: list[PublicKey]) -> Verdict:
        """Whether it is signed with one of these keys."""
        if self.kid is None or self.signature is None:
            return Verdict.WRONG
        return verify(keys, self.kid, self.said(), self.signature, at=self.at)


def head_file(session: Session, *, address: str, at: datetime) -> dict[str, Any]:
    """What `/.well-known/corpu-log.json` says at this moment. It makes no key; where there is none
    or its secret is lost, `kid` and `signature` are null."""
    last = queries.head(session)
    head = _signed(session, last, at)
    return {
        "format": FORMAT,
        "issuer": address,
        "position": head.position,
        "hash": head.hash,
        "at": moment(head.at),
        "kid": head.kid,
        "signature": base64url(head.signature) if head.signature else None,
    }


def _signed(session: Session, last: Entry | None, at: datetime) -> Head:
    position, own_hash = (last.position, last.hash) if last else (0, "0" * 64)
    head = Head(position, own_hash, at, None, None)
    key = service.key_in_use(session)
    if key is None or key.sealed is None:
        return head
    # Never dated before the key, whatever a clock says.
    head = Head(position, own_hash, max(at, key.valid_from), key.kid, None)
    try:
        private = vault.current().private(key.kid, key.sealed)
    except KeyLocked:
        return Head(position, own_hash, at, None, None)
    return Head(position, own_hash, head.at, key.kid, private.sign(head.said()))


def read_head(text: bytes) -> Head:
    """A head as it was saved from the published address. Raises BadHead."""
    try:
        values = json.loads(text)
        if values["format"] != FORMAT:
            raise BadHead("format")
        signature = values["signature"]
        return Head(
            position=int(values["position"]),
            hash=str(values["hash"]),
            at=datetime.fromisoformat(values["at"]),
            kid=values["kid"],
            signature=base64.urlsafe_b64decode(signature + "==") if signature else None,
        )
    except (KeyError, TypeError, ValueError, binascii.Error, RecursionError) as error:
        raise BadHead(str(error)) from error
