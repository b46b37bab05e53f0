"""What may be shown as proof of learning: PDF, PNG or JPEG, known by content and not by name."""

from enum import StrEnum
from pathlib import PurePath

from corpu.errors import N_
from corpu.people.rules import InvalidInput, clean_text

LARGEST = 5 * 1024 * 1024  # bytes: a photograph of a certificate, a few pages scanned
LONGEST_NAME = 200


class Kind(StrEnum):
    """The kinds of file that are kept."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"


MIMETYPES = {Kind.PDF: "application/pdf", Kind.PNG: "image/png", Kind.JPEG: "image/jpeg"}


class BadProof(InvalidInput):
    field = "proof"


def kind_of(data: bytes) -> Kind:
    """What a file is, by its first and last bytes: one that was cut off on its way is refused.

    Raises BadProof for anything else, whatever its name says, and for more than 5 MB.
    """
    if not data:
        raise BadProof(N_("Berkas ini kosong. Pilih berkas buktinya sekali lagi."))
    if len(data) > LARGEST:
        raise BadProof(N_("Berkas ini lebih dari 5 MB. Perkecil fotonya atau pindaiannya dahulu."))
    if data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:]:
        return Kind.PDF
    if data.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in data[-64:]:
        return Kind.PNG
    if data.startswith(b"\xff\xd8\xff") and b"\xff\xd9" in data[-2048:]:
        return Kind.JPEG
    raise BadProof(
        N_("Kirim bukti sebagai PDF, PNG atau JPEG yang utuh. Isi berkas ini bukan salah satunya.")
    )


def shown_name(name: str, kind: Kind) -> str:
    """The name of a file without folders and odd characters, with the ending of what it is."""
    stem = PurePath(clean_text(name.replace("\\", "/"))).stem
    kept = "".join(letter for letter in stem if letter.isalnum() or letter in " -_.,()").strip(" .")
    ending = "jpg" if kind is Kind.JPEG else kind.value
    return f"{kept[: LONGEST_NAME - 5] or 'bukti'}.{ending}"
