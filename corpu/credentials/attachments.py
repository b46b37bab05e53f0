"""The files inside the PDF of a certificate, for machines that read it years later.

A PDF/A-3 says of each how it belongs to the document and what it is (ISO 19005-3, 6.8).
"""

from dataclasses import dataclass
from typing import Any, Literal

from corpu.signing.canonical import canonical

SNAPSHOT = "sertifikat.json"
CREDENTIAL = "kredensial.json"


@dataclass(frozen=True)
class Attachment:
    """A file as the typesetter embeds it: `data` is the document that was made from it, or the
    same as `alternative`; `supplement` belongs beside it."""

    name: str
    text: str
    relationship: Literal["source", "data", "alternative", "supplement"]
    media_type: str
    description: str


def attachments(snapshot: dict[str, Any], credential: str = "") -> list[Attachment]:
    """The files of a certificate: its snapshot, and its digital credential where there is one.

    The snapshot stands as the very bytes that our signature and the log are about, so whoever
    has the file checks both without asking us.
    """
    found = [
        Attachment(
            SNAPSHOT,
            canonical(snapshot).decode(),
            "source",
            "application/json",
            "Isi sertifikat ini untuk dibaca mesin, dalam ejaan kanonik RFC 8785",
        )
    ]
    if credential:
        found.append(
            Attachment(
                CREDENTIAL,
                credential,
                "alternative",
                "application/vc",
                "Kredensial digital sertifikat ini (Open Badges 3.0) untuk dompet digital",
            )
        )
    return found
