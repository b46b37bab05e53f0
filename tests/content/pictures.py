"""Media for tests, made here: nothing binary lies in the repository."""

import io

from PIL import Image


def png(width: int = 4, height: int = 3) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "PNG")
    return out.getvalue()


def jpeg_with_place() -> bytes:
    """A photograph, lying on its side, that says where it was taken."""
    picture = Image.new("RGB", (8, 4), "teal")
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x010F] = "Kamera Bu Tini"
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def svg(inner: str = '<circle cx="5" cy="5" r="4"/>', head: str = 'viewBox="0 0 10 20"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {head}>{inner}</svg>'.encode()


MP4 = b"\0\0\0\x18ftypmp42" + b"\0" * 3_000_000
VTT = b"WEBVTT\n\n00:00.000 --> 00:01.000\nHalo\n"
PDF = b"%PDF-1.7\n"
