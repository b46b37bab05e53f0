"""The signed file that answers a list: made once, checked by whoever has our public key.

The JSON holds what was asked, what was answered, and the SHA-256 of the tables beside it; one
signature of our own key is over all of that (`docs/bulk-verification.md`).
"""

import base64
import binascii
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from corpu.signing.canonical import NotCanonical, canonical
from corpu.signing.rules import PublicKey, Signature, Verdict, base64url, moment, verify

FORMAT = "corpu-answer/1"
KIND = b"CorpU jawaban pemeriksaan 1\n"  # before the content, so that it passes for nothing else
SIGNED, CSV, XLSX = "jawaban.json", "jawaban.csv", "jawaban.xlsx"
LARGEST = 20 * 1024 * 1024  # bytes of a file, or of a part of it


class BadAnswer(ValueError):
    """A file that is no answer of this format."""


@dataclass(frozen=True)
class Checked:
    """What a file says, and whether our signature on it holds. `altered` are tables beside it
    that are not those which were signed."""

    content: dict[str, Any]
    kid: str
    verdict: Verdict
    altered: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return self.verdict is Verdict.VALID and not self.altered


def content_of(
    items: Sequence[dict[str, Any]], files: Mapping[str, bytes], *, issuer: str, at: datetime
) -> dict[str, Any]:
    """What is signed: JSON of text, whole numbers and truths only."""
    return {
        "at": moment(at),
        "issuer": issuer,
        "items": list(items),
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
    }


def signed_bytes(content: Mapping[str, Any]) -> bytes:
    """The bytes that the signature is over. Raises NotCanonical."""
    return KIND + canonical(dict(content))


def written(content: dict[str, Any], signature: Signature) -> bytes:
    """The JSON file with its signature inside."""
    whole = {
        "format": FORMAT,
        "content": content,
        "signature": {
            "alg": "EdDSA",
            "kid": signature.kid,
            "signed_at": moment(signature.at),
            "value": base64url(signature.value),
        },
    }
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


def zipped(parts: Iterable[tuple[str, bytes]], at: datetime) -> bytes:
    """All parts in one file."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            archive.writestr(zipfile.ZipInfo(name, at.timetuple()[:6]), data)
    return target.getvalue()


def looks_like_one(data: bytes) -> bool:
    """Whether a file says that it is such an answer."""
    try:
        return json.loads(_parts(data)[SIGNED]).get("format") == FORMAT
    except (BadAnswer, ValueError, AttributeError, RecursionError):
        return False


def check(data: bytes, keys: Iterable[PublicKey]) -> Checked:
    """Judge a JSON file, or the ZIP with the tables beside it. Raises BadAnswer."""
    parts = _parts(data)
    try:
        whole = json.loads(parts[SIGNED])
        content, signature = whole["content"], whole["signature"]
        if whole["format"] != FORMAT or not isinstance(content, dict):
            raise BadAnswer
        kid, value, signed_at = signature["kid"], signature["value"], signature["signed_at"]
        message = signed_bytes(content)
        at = datetime.fromisoformat(signed_at)
        made = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        if at.tzinfo is None or base64url(made) != value:
            raise BadAnswer
        files = dict(content["files"])
        verdict = verify(keys, str(kid), message, made, at=at)
    except BadAnswer:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, NotCanonical, RecursionError) as why:
        raise BadAnswer from why
    altered = tuple(
        name
        for name, part in sorted(parts.items())
        if name != SIGNED and hashlib.sha256(part).hexdigest() != files.get(name)
    )
    return Checked(content, str(kid), verdict, altered)


def _parts(data: bytes) -> dict[str, bytes]:
    """The JSON alone, or everything in a ZIP. Raises BadAnswer."""
    if not data.startswith(b"PK\x03\x04"):
        return {SIGNED: data}
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for one in archive.infolist():
                if len(found) > 10 or one.file_size > LARGEST:
                    raise BadAnswer
                found[one.filename] = archive.read(one)
    # A ZIP made to mislead fails in each of these ways: torn, encrypted, or of an unknown method.
    except (zipfile.BadZipFile, binascii.Error, OSError, RuntimeError, NotImplementedError) as why:
        raise BadAnswer from why
    if SIGNED not in found:
        raise BadAnswer
    return found
