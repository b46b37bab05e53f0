"""Logos and backgrounds of templates: looked into, made smaller, written anew by us, kept.

What we keep was written by our own encoder from the pixels alone: nothing that was hidden in the
file that was sent (a page, a script, a place in EXIF) comes along.
"""

import io
import warnings
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.credentials.template_models import TemplatePicture
from corpu.database import insert_unless_taken
from corpu.errors import N_
from corpu.people.rules import InvalidInput, clean_text

if TYPE_CHECKING:
    from PIL import Image

LARGEST_FILE = 5 * 1024 * 1024  # bytes, as sent
MOST_PIXELS = 40_000_000  # of what is unpacked: a small file may hold a huge picture
FORMATS = ("PNG", "JPEG", "WEBP")
WIDEST = 1754  # pixels of the longer side: A4 at 150 dots to the inch
LARGEST_KEPT = 700 * 1024  # bytes: every certificate carries it
QUALITIES = (88, 80, 70, 55)


class BadPicture(InvalidInput):
    field = "file"
    message = N_("Berkas ini bukan gambar yang dapat dibaca. Kirim PNG, JPEG, atau WebP.")


class PictureTooLarge(BadPicture):
    message = N_("Gambar paling besar 5 MB dan 40 juta piksel.")


class PictureMissing(BadPicture):
    message = N_("Pilih berkas gambar dahulu.")


@dataclass(frozen=True)
class Picture:
    """A picture as it is kept."""

    data: bytes
    width: int
    height: int


def re_encoded(data: bytes) -> Picture:
    """The picture written anew, at most A4 at 150 dpi: PNG where something shines through,
    else JPEG. The same file gives the same bytes. Raises BadPicture."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - only whoever adds a picture loads it

    if not data:
        raise PictureMissing
    if len(data) > LARGEST_FILE:
        raise PictureTooLarge
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit of pixels is the one that counts
            with Image.open(io.BytesIO(data), formats=FORMATS) as sent:
                if sent.width * sent.height > MOST_PIXELS:
                    raise PictureTooLarge
                sent.load()
                upright = ImageOps.exif_transpose(sent)
    except BadPicture:
        raise
    except Exception as error:  # Pillow raises many kinds for broken files
        raise BadPicture from error
    is_clear = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    pixels = upright.convert("RGBA" if is_clear else "RGB")
    pixels.thumbnail((WIDEST, WIDEST), Image.Resampling.LANCZOS)
    if is_clear and pixels.getchannel("A").getextrema() == (255, 255):
        pixels, is_clear = pixels.convert("RGB"), False
    return _as_png(pixels) if is_clear else _as_jpeg(pixels)


def _as_png(pixels: "Image.Image") -> Picture:
    while True:
        written = io.BytesIO()
        _bare(pixels).save(written, "PNG", optimize=True)
        if written.tell() <= LARGEST_KEPT or max(pixels.size) <= 400:
            return Picture(written.getvalue(), *pixels.size)
        pixels.thumbnail((pixels.width * 3 // 4, pixels.height * 3 // 4))


def _as_jpeg(pixels: "Image.Image") -> Picture:
    for quality in QUALITIES:
        written = io.BytesIO()
        _bare(pixels).save(written, "JPEG", quality=quality, optimize=True)
        if written.tell() <= LARGEST_KEPT:
            break
    return Picture(written.getvalue(), *pixels.size)


def _bare(pixels: "Image.Image") -> "Image.Image":
    """A fresh picture: what the sender wrote beside the pixels stays behind."""
    from PIL import Image  # noqa: PLC0415 - as above

    return Image.frombytes(pixels.mode, pixels.size, pixels.tobytes())


def add_picture(
    session: Session,
    agency_id: UUID,
    picture: Picture,
    sha256: str,
    *,
    name: str,
    by: UUID,
    by_name: str,
    at: datetime,
) -> None:
    """Name a picture that the store has as one of the agency's. The same picture again changes
    nothing: the first name stands."""
    name = clean_text(name)[:120] or sha256[:8]
    row = {
        "agency_id": agency_id,
        "sha256": sha256,
        "name": name,
        "width": picture.width,
        "height": picture.height,
        "size": len(picture.data),
        "added_at": at,
    }
    if insert_unless_taken(session, TemplatePicture, row) is None:
        return
    audit.record(
        session,
        at=at,
        actor_id=by,
        actor_name=by_name,
        action="template_picture.added",
        subject=("agency", agency_id, name),
        after={"width": picture.width, "height": picture.height},
    )


def pictures_of(session: Session, agency_id: UUID) -> list[TemplatePicture]:
    """The pictures of an agency, the latest first."""
    return list(
        session.scalars(
            select(TemplatePicture)
            .filter_by(agency_id=agency_id)
            .order_by(TemplatePicture.added_at.desc(), TemplatePicture.sha256)
        )
    )
