"""Signatures that others have put into a PDF: whether it is as it was signed, by whom, and whether
one of the roots that this installation trusts stands behind the signer.

Looked at in a process of its own, without a network. That no revocation of the signer's
certificate is known is all that can be said of it.
"""

import json
import logging
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

WORKER = Path(__file__).with_name("pdf_signatures_worker.py")
TIMEOUT_SECONDS = 30


class Trust(StrEnum):
    """Whether a trusted root stands behind the signer."""

    NOW = "now"
    THEN = "then"  # at the moment that the signature names; the certificate has ended since
    NONE = "none"


@dataclass(frozen=True)
class PdfSignature:
    """One signature. `at` is what the signer's own clock said; `root` is named where trusted."""

    signer: str
    at: datetime | None
    is_intact: bool
    trust: Trust
    root: str


class NotRead(Exception):
    """The file could not be looked at: it is damaged, or built so that reading never ends."""


def signatures_of(data: bytes, roots: str) -> list[PdfSignature]:
    """The signatures of a PDF. `roots` are certificates in PEM, or nothing. Raises NotRead."""
    # A signature names the bytes that it covers, so this name always lies open.
    if b"/ByteRange" not in data:
        return []
    head = json.dumps({"roots": roots}).encode() + b"\n"
    try:
        done = subprocess.run(
            # -P: the script's folder holds modules with common names and stays off the path.
            [sys.executable, "-P", str(WORKER)],
            input=head + data,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            cwd="/",
            check=True,
        )
        said = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        log.warning("the signatures of a file were not read: %s", error)
        raise NotRead from error
    return list(map(as_signature, said))


def as_signature(said: dict[str, Any]) -> PdfSignature:
    """From the values that JSON can hold."""
    return PdfSignature(
        said["signer"],
        datetime.fromisoformat(said["at"]) if said["at"] else None,
        said["is_intact"],
        Trust(said["trust"]),
        said["root"],
    )
