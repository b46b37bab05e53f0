"""Pictures of templates: looked into, made smaller, written anew."""

import io

import pytest
from PIL import Image

from corpu.credentials import pictures
from corpu.credentials.pictures import BadPicture, PictureMissing, PictureTooLarge, re_encoded


def drawn(form="PNG", mode="RGB", size=(60, 40), **more):
    file = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else (255, 0, 0, 90)).save(file, form, **more)
    return file.getvalue()


def test_what_is_kept_is_ours_and_nothing_that_was_hidden():
    exif = Image.Exif()
    exif[0x010E] = "Jalan Rahasia 7"
    sent = drawn("JPEG", exif=exif) + b"<script>alert(1)</script>"
    kept = re_encoded(sent)
    assert b"Rahasia" in sent
    assert b"Rahasia" not in kept.data
    assert b"script" not in kept.data
    assert re_encoded(sent) == kept, "the same file gives the same bytes"


def test_what_shines_through_stays_so_and_the_rest_becomes_a_photograph():
    assert re_encoded(drawn(mode="RGBA")).data.startswith(b"\x89PNG")
    assert re_encoded(drawn("WEBP")).data.startswith(b"\xff\xd8")


def test_a_large_picture_is_made_as_small_as_a_sheet_needs():
    kept = re_encoded(drawn(size=(1800, 900)))
    assert (kept.width, kept.height) == (1754, 877)
    assert len(kept.data) <= pictures.LARGEST_KEPT


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", PictureMissing),
        (b"%PDF-1.7 not a picture", BadPicture),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", BadPicture),
        (drawn()[:60], BadPicture),
        (drawn("GIF"), BadPicture),
        (b"\0" * (pictures.LARGEST_FILE + 1), PictureTooLarge),
    ],
)
def test_anything_else_is_refused_with_a_sentence(data, refusal):
    with pytest.raises(refusal) as refused:
        re_encoded(data)
    assert refused.value.field == "file"


def test_a_small_file_that_unpacks_into_a_huge_picture_is_not_unpacked(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 60 * 40 - 1)
    with pytest.raises(PictureTooLarge):
        re_encoded(drawn())
