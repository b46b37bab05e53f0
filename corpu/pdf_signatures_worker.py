"""The process that looks at the signatures of one PDF and ends.

Run as a script by `pdf_signatures.py` and importing nothing of the application: files of strangers
are read here and nowhere else, and an alarm ends it in the midst of one that never ends. In comes
a line of JSON, then the bytes of the file; out goes a list in JSON.
"""

import json
import logging
import signal
import sys
from datetime import datetime
from io import BytesIO
from typing import Any

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

LONGEST_SECONDS = 20
MOST = 10  # signatures of one file
HARMLESS = (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)


def main() -> None:
    logging.disable()  # it would tell of every certificate that leads nowhere
    signal.alarm(LONGEST_SECONDS)
    asked = json.loads(sys.stdin.buffer.readline())
    sys.stdout.write(json.dumps(looked_at(sys.stdin.buffer.read(), asked["roots"])))


def looked_at(data: bytes, roots: str) -> list[dict[str, Any]]:
    """What is said of each signature, in the order of the file."""
    unarmored = pem.unarmor(roots.encode(), multiple=True) if roots else ()
    trusted = [x509.Certificate.load(der) for _kind, _headers, der in unarmored]
    several = PdfFileReader(BytesIO(data), strict=False).embedded_regular_signatures[:MOST]
    return [_look(one, trusted, is_last=one is several[-1]) for one in several]


def _look(embedded: Any, roots: list[x509.Certificate], *, is_last: bool) -> dict[str, Any]:
    at: datetime | None = embedded.self_reported_timestamp
    said = {
        "signer": _name(embedded.signer_cert.subject),
        "at": at.isoformat() if at else None,
        "is_intact": False,
        "trust": "none",
        "root": "",
    }
    for trust, moment in (("now", None), ("then", at)):
        if trust == "then" and moment is None:
            break
        status = validate_pdf_signature(embedded, _context(roots, moment))
        said["is_intact"] = _is_intact(status, is_last=is_last)
        if not said["is_intact"] or not roots:
            break
        if status.trusted:
            path = status.validation_path
            said |= {"trust": trust, "root": _name(path.first.subject) if path else ""}
            break
    return said


def _context(roots: list[x509.Certificate], moment: datetime | None) -> ValidationContext:
    return ValidationContext(
        trust_roots=roots, allow_fetching=False, moment=moment, revocation_mode="soft-fail"
    )


def _is_intact(status: Any, *, is_last: bool) -> bool:
    """Nothing was changed: not what was signed, and nothing that shows was added behind it. That
    another signed after it is no change; what came with that is covered by the later one."""
    if not (status.intact and status.valid):
        return False
    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return True
    return status.coverage is SignatureCoverageLevel.ENTIRE_REVISION and (
        status.modification_level in HARMLESS
        or (not is_last and status.modification_level is ModificationLevel.FORM_FILLING)
    )


def _name(subject: x509.Name) -> str:
    said = subject.native
    name = said.get("common_name") or subject.human_friendly
    within = said.get("organization_name") or ""
    text = f"{name}, {within}" if within and within != name else str(name)
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()[:200]


if __name__ == "__main__":
    main()
