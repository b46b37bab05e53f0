"""A PDF that somebody shows us: who signed it, whether that holds, what it says of itself."""

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

READER = Path(__file__).with_name("pdf_reader.py")
TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True)
class PdfSignature:
    """One signature. `signer` and `issuer` are names in its certificate, which anybody may have
    made: they say something only where `is_trusted`, which is None where this installation
    trusts nobody yet."""

    signer: str
    issuer: str
    at: datetime | None
    is_stamped: bool  # the moment is that of a timestamp server, not the signer's own word
    is_intact: bool
    is_whole: bool  # the signature is about all of the file
    is_trusted: bool | None

    @property
    def holds(self) -> bool:
        return self.is_intact and self.is_whole


@dataclass(frozen=True)
class Look:
    """Signatures, None where the file cannot be read; the snapshot that lies in it, if any."""

    signatures: tuple[PdfSignature, ...] | None
    content: dict[str, Any] | None = None


def look(data: bytes, trust: bytes = b"") -> Look:
    """Read the signatures of a file in a process with bounds on memory and time. `trust` holds
    the certificates in PEM by which signers are believed."""
    if b"/ByteRange" not in data:
        return Look(())  # no signature can be in the open of a file without one
    try:
        return _look(_read(data, trust))
    except (subprocess.SubprocessError, OSError, ValueError) as failure:
        log.warning("a PDF could not be read: %s", type(failure).__name__)
        return Look(None)


def _read(data: bytes, trust: bytes) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-P", str(READER)],
        input=trust + b"\0" + data,
        capture_output=True,
        timeout=TIMEOUT_SECONDS,
        check=True,
        cwd="/",
    )
    return json.loads(done.stdout)


def trusted(path: str) -> bytes:
    """The configured file of certificates by which signers are believed; empty: there is none."""
    try:
        return Path(path).read_bytes() if path else b""
    except OSError:
        log.error("CORPU_TTE_TRUST cannot be read")
        return b""


def _look(said: dict[str, Any]) -> Look:
    found = said["signatures"]
    return Look(None if found is None else tuple(_signature(one) for one in found), _content(said))


def _content(said: dict[str, Any]) -> dict[str, Any] | None:
    try:
        content = json.loads(said["content"] or "null")
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def _signature(one: dict[str, Any]) -> PdfSignature:
    return PdfSignature(
        signer=one["signer"],
        issuer=one["issuer"],
        at=datetime.fromisoformat(one["at"]) if one["at"] else None,
        is_stamped=one["stamped"],
        is_intact=one["intact"],
        is_whole=one["whole"],
        is_trusted=one["trusted"],
    )
