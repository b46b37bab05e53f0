"""A proof is what its bytes say, not what its name says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu.hours.proofs import LARGEST, LONGEST_NAME, BadProof, Kind, kind_of, shown_name

PDF = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40 + b"\0\0\0\0IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 40 + b"\xff\xd9"


@pytest.mark.parametrize(("data", "kind"), [(PDF, Kind.PDF), (PNG, Kind.PNG), (JPEG, Kind.JPEG)])
def test_the_three_kinds_are_known_by_content(data, kind):
    assert kind_of(data) is kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"MZ\x90\0",
        b"PK\x03\x04",
        b" " + PDF,
        PDF[:20],
        PNG[:30],
        JPEG[:30],
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        PDF + b"\0" * LARGEST,
    ],
)
def test_anything_else_is_refused(data):
    with pytest.raises(BadProof):
        kind_of(data)


@given(st.binary(max_size=300))
def test_whatever_comes_is_one_of_the_three_or_refused(data):
    try:
        kind = kind_of(data)
    except BadProof:
        return
    assert data.startswith({Kind.PDF: b"%PDF-", Kind.PNG: b"\x89PNG", Kind.JPEG: b"\xff\xd8"}[kind])


@given(st.text(max_size=400), st.sampled_from(Kind))
def test_a_name_never_leads_elsewhere(name, kind):
    shown = shown_name(name, kind)
    assert 0 < len(shown) <= LONGEST_NAME
    assert not set(shown) & set('/\\"\r\n\0;')
    assert shown.endswith((".pdf", ".png", ".jpg"))


def test_a_name_keeps_its_words_and_loses_its_ending():
    assert shown_name("C:\\foto\\Sertifikat (2).exe", Kind.PDF) == "Sertifikat (2).pdf"
    assert shown_name("..", Kind.PNG) == "bukti.png"
