"""Files that pages show or offer: known types only, checked by their content, cleaned."""

import hashlib
import io
import warnings
from posixpath import basename, splitext

from PIL import Image, ImageOps

from corpu.content.limits import Limits
from corpu.content.model import MediaFile
from corpu.content.problems import NOTHING, Phrase, Problems
from corpu.content.svg import SvgRefused, clean_svg
from corpu.errors import N_

TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".svg": "image/svg+xml",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".m4a": "audio/mp4",
    ".vtt": "text/vtt",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".zip": "application/zip",
}
RASTER = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".gif": "GIF"}
ZIPPED = {".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".zip"}
TEXT = {".vtt", ".csv", ".txt"}


class _Refused(Exception):
    def __init__(self, reason: Phrase) -> None:
        super().__init__(str(reason))
        self.reason = reason


def read_medium(path: str, data: bytes, problems: Problems, limits: Limits) -> MediaFile | None:
    """The file as it may be served; None (and a problem) where it may not.

    The extension says what a file claims to be, the content must agree: a page in the clothes of
    a picture is never stored.
    """
    suffix = splitext(path)[1].lower()
    if suffix not in TYPES:
        problems.add("media-type", path, suffix=suffix or basename(path))
        return None
    try:
        width, height, cleaned = _examine(suffix, data, path, problems, limits)
    except _Refused as refused:
        problems.add("media-invalid", path, type=suffix[1:], reason=refused.reason)
        return None
    return MediaFile(
        sha256=hashlib.sha256(cleaned).hexdigest(),
        name=basename(path),
        type=TYPES[suffix],
        size=len(cleaned),
        width=width,
        height=height,
        data=cleaned,
    )


def _examine(
    suffix: str, data: bytes, path: str, problems: Problems, limits: Limits
) -> tuple[int | None, int | None, bytes]:
    if not data:
        raise _Refused(Phrase(N_("berkasnya kosong")))
    if suffix in RASTER:
        return _raster(suffix, data, limits)
    if suffix == ".svg":
        try:
            drawing = clean_svg(data)
        except SvgRefused as refused:
            raise _Refused(refused.reason) from refused
        if drawing.removed:
            problems.add("svg-cleaned", path, parts=", ".join(drawing.removed))
        return drawing.width, drawing.height, drawing.data
    if not _signature(suffix, data):
        raise _Refused(Phrase(N_("isinya jenis lain")))
    if suffix in TEXT:
        try:
            data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise _Refused(Phrase(N_("bukan UTF-8"))) from error
    return None, None, data


def _signature(suffix: str, data: bytes) -> bool:
    head = data[:16]
    if suffix in (".mp4", ".m4a"):
        return head[4:8] == b"ftyp"
    if suffix == ".webm":
        return head.startswith(b"\x1a\x45\xdf\xa3")
    if suffix == ".mp3":
        return head.startswith(b"ID3") or (head[0] == 0xFF and len(head) > 1 and head[1] >= 0xE0)
    if suffix == ".ogg":
        return head.startswith(b"OggS")
    if suffix == ".pdf":
        return head.startswith(b"%PDF-")
    if suffix in ZIPPED:
        return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))
    if suffix == ".vtt":
        return data.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT")
    return b"\0" not in data


def _raster(suffix: str, data: bytes, limits: Limits) -> tuple[int, int, bytes]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit of pixels is the one that counts
            with Image.open(io.BytesIO(data), formats=[RASTER[suffix]]) as picture:
                if picture.width * picture.height > limits.picture_pixels:
                    raise _Refused(Phrase(N_("terlalu banyak piksel")))
                picture.load()
                if picture.format == "JPEG" and picture.getexif():
                    return _without_exif(picture)
                return picture.width, picture.height, data
    except _Refused:
        raise
    except Exception as error:  # Pillow raises many kinds for broken files
        raise _Refused(
            NOTHING if not str(error) else Phrase(N_("rusak atau jenis lain"))
        ) from error


def _without_exif(picture: Image.Image) -> tuple[int, int, bytes]:
    """A photograph without the place, time and camera it carries; turned the way it is shown."""
    turned = ImageOps.exif_transpose(picture)
    out = io.BytesIO()
    turned.save(out, "JPEG", quality=90, icc_profile=picture.info.get("icc_profile"))
    return turned.width, turned.height, out.getvalue()
