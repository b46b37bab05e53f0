"""What signatures a PDF carries and whether they hold, read by pyHanko.

Run as a script by `pdf_check.py`, with the file on its input and the answer as JSON on its output:
a file of a stranger may be made to fill memory or never to end, so it is read in a process with
bounds, which imports nothing of the application. Also called as a function, for files of ours.
"""

import io
import json
import logging
import resource
import sys
from typing import Any

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

# A signer whom nobody has configured to be trusted is an answer here, not a warning.
logging.getLogger("pyhanko.sign.validation").setLevel(logging.ERROR)

MEMORY = 768 * 1024 * 1024  # bytes
SECONDS = 10  # of the processor
MOST_SIGNATURES = 8
LARGEST_CONTENT = 1024 * 1024
CONTENT = "sertifikat.json"


class Unreadable(Exception):
    """No PDF that can be read."""


def read(data: bytes, trust: bytes = b"") -> dict[str, Any]:
    """The signatures of a PDF, first one first, and the text of our attachment in it.

    `trust` holds certificates in PEM by which signers are believed; without any, `trusted` is
    None. `intact` says that nothing in the signed range was changed and the signature is of the
    key of its certificate; `whole` that the range is all of the file. Raises Unreadable.
    """
    roots = [x509.Certificate.load(der) for _, _, der in pem.unarmor(trust, True)] if trust else []
    try:
        reader = PdfFileReader(io.BytesIO(data))
        found = [_signature(one, roots) for one in reader.embedded_signatures[:MOST_SIGNATURES]]
        return {"signatures": found, "content": _content(reader)}
    except Exception as error:  # a reader of broken files fails in every way there is
        raise Unreadable(type(error).__name__) from error


def _signature(one: Any, roots: list[x509.Certificate]) -> dict[str, Any]:
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    status = validate_pdf_signature(one, context)
    subject, issuer = one.signer_cert.subject.native, one.signer_cert.issuer.native
    stamped = status.timestamp_validity
    has_time = stamped is not None and stamped.intact and stamped.valid
    at = stamped.timestamp if stamped is not None and has_time else status.signer_reported_dt
    return {
        "signer": _name(subject),
        "issuer": _name(issuer),
        "at": at.isoformat() if at else None,
        "stamped": has_time,
        "intact": bool(status.intact and status.valid),
        "whole": status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        "trusted": bool(status.trusted) if roots else None,
    }


def _name(parts: dict[str, Any]) -> str:
    name = parts.get("common_name") or parts.get("organization_name") or ""
    # Whoever made the certificate chose these letters: none of them may steer what is shown.
    return "".join(letter if letter.isprintable() else " " for letter in str(name)).strip()[:200]


def _content(reader: PdfFileReader) -> str | None:
    for one in reader.root.get("/AF", ()):
        spec = one.get_object()
        if str(spec.get("/UF", "")) == CONTENT:
            data = spec["/EF"]["/F"].data
            return data.decode() if len(data) <= LARGEST_CONTENT else None
    return None


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    trust, _, data = sys.stdin.buffer.read().partition(b"\0")
    try:
        answer = read(data, trust)
    except Unreadable:
        answer = {"signatures": None, "content": None}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
