"""The files inside the PDF of a certificate, for machines that read it years later.

A PDF/A-3 says of each how it belongs to the document and what it is (ISO 19005-3, 6.8).
"""

from dataclasses import dataclass
from typing import Any, Literal

from corpu.signing.canonical import canonical

SNAPSHOT = "sertifikat.json"


@dataclass(frozen=True)
class Attachment:
    """A file as the typesetter embeds it: `data` is the document that was made from it, or the
    same as `alternative`; `supplement` belongs beside it."""

    name: str
    text: str
    relationship: Literal["source", "data", "alternative", "supplement"]
    media_type: str
    description: str


def attachments(snapshot: dict[str, Any]) -> list[Attachment]:
    """The files of a certificate, from its snapshot alone: the same ones each time it is drawn.

    The snapshot stands as the very bytes that our signature and the log are about, so whoever
    has the file checks both without asking us.
    """
    return [
        Attachment(
            SNAPSHOT,
            canonical(snapshot).decode(),
            "source",
            "application/json",
            "Isi sertifikat ini untuk dibaca mesin, dalam ejaan kanonik RFC 8785",
        )
    ]
