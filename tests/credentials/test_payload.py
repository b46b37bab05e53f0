"""The signed payload of the QR: what goes in comes out, fits, and cannot be changed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
import regex
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from corpu.credentials import payload, qrtext
from corpu.credentials.payload import Content, DoesNotFit, Unreadable
from tests.credentials.samples import sample

ADDRESS = "https://corpu.bpsdm.provinsi-contoh.go.id/verify/CV35-7KQM-2XNE-94TA"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KID = "abcd-_12"
# Letters of the table and of scripts it lacks, composed and not; no surrogates, nothing idle.
LETTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
TEXTS = st.text(st.one_of(st.sampled_from("aeiou nrstSB.,/ Provinsi2026"), LETTERS), max_size=160)
DAYS = st.dates(date(2000, 1, 1), date(2179, 1, 1))
CONTENTS = st.builds(
    Content,
    title=st.sampled_from([*payload.TITLES, ""]),
    number=TEXTS,
    name=TEXTS,
    serial=st.one_of(st.just(""), st.integers(0, 999).map("{:03}".format)),
    course_title=TEXTS,
    jp=st.decimals(0, 999, places=2),
    started_on=DAYS,
    completed_on=DAYS,
    issued_on=DAYS,
    issuer=TEXTS,
    edition=st.integers(1, 16383),
    demo=st.booleans(),
    valid_until=st.none() | DAYS,
)


def sealed(content, address=ADDRESS):
    return payload.seal(address, content, KID, KEY.sign)


def holds(text) -> bool:
    """Whether a text is read and its signature is that of our key."""
    try:
        found = payload.read(text)
        KEY.public_key().verify(found.signature, found.message)
    except (Unreadable, InvalidSignature):
        return False
    return found.kid == KID


@given(CONTENTS)
def test_what_goes_in_comes_out_or_is_its_beginning_and_says_so(content):
    text = sealed(content)
    assert len(text.encode()) <= payload.MOST_BYTES
    found = payload.read(text)
    assert (found.address, found.kid, found.code) == (ADDRESS, KID, "CV35-7KQM-2XNE-94TA")
    assert holds(text)
    for name in (
        "title",
        "serial",
        "jp",
        "started_on",
        "completed_on",
        "issued_on",
        "edition",
        "valid_until",
    ):
        assert getattr(found.content, name) == getattr(content, name)
    for name in payload.TEXTS:
        whole, shown = payload._nfc(getattr(content, name)), getattr(found.content, name)
        if name in found.content.cut:
            assert whole.startswith(shown)
            assert len(whole) > len(shown) == len(shown.rstrip())
        else:
            assert shown == whole


@given(TEXTS, st.booleans())
def test_texts_are_written_in_the_bits_that_were_counted(text, cut):
    bits = qrtext.Bits()
    qrtext.write_text(bits, text, cut=cut)
    assert bits.length == qrtext.prefix_bits(text)[-1] + qrtext.end_bits(cut=cut)
    reader = qrtext.Reader(bits.to_bytes())
    assert qrtext.read_text(reader) == (text, cut)
    reader.end()


@given(st.binary(max_size=90), st.sampled_from([payload.VERSION, payload.ENDING]))
def test_any_bytes_are_a_content_of_one_writing_or_refused(body, version):
    try:
        content = payload.unpack(body, version)
    except Unreadable:
        return
    assert payload.unpack(payload.pack(content), version) == content


def test_everyday_certificates_fit_whole():
    for changes in (
        {"name": "Christophorus Widjajakusuma", "prefix": "Dr. Ir."},
        {"course_title": "Keselamatan Kerja di Laboratorium Kimia Lingkungan"},
        {"issuer": "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia Kabupaten Sumenep"},
        {"name": "ꦧꦸꦢꦶ ꦱꦤ꧀ꦠꦺꦴꦱ", "prefix": "", "suffix": ""},
        {"name": "محمد رحمة", "prefix": "", "suffix": ""},
    ):
        found = payload.read(sealed(payload.content_of(sample(**changes))))
        assert not found.content.cut
        assert found.content.serial == "908"


@pytest.mark.parametrize("letter", ["ꦧꦸ", "مح", "Ж", "a\u0301\u0323", "🧑🏽‍🌾"])
def test_a_name_of_120_letters_is_cut_between_letters(letter):
    name = payload._nfc(letter) * 120
    content = replace(payload.content_of(sample(prefix="", suffix="")), name=name)
    found = payload.read(sealed(content)).content
    assert "name" in found.cut
    letters = regex.findall(r"\X", name)
    assert found.name == "".join(letters[: len(regex.findall(r"\X", found.name))]) != ""


def test_the_course_gives_way_before_the_name_and_the_number_last():
    content = payload.content_of(sample(course_title="Mengenali Benturan Kepentingan " * 9))
    assert payload.read(sealed(content)).content.cut == {"course_title"}
    content = payload.content_of(sample(number="800.2.4.1/" * 16, course_title="Zzq" * 60))
    found = payload.read(sealed(content)).content
    assert "course_title" in found.cut
    assert len(found.number) >= 60


def test_any_single_changed_letter_is_found():
    text = sealed(payload.content_of(sample()))
    assert holds(text)
    for place, letter in enumerate(text):
        for other in {"A", "b", "7", "-", "~", "é", chr(ord(letter) ^ 1)} - {letter}:
            assert not holds(text[:place] + other + text[place + 1 :]), (place, other)
        assert not holds(text[:place] + text[place + 1 :])
    assert not holds(text + "A")


def test_blanks_that_a_mail_put_in_are_passed_over():
    text = sealed(payload.content_of(sample()))
    assert holds(f"  {text[:70]}\r\n  {text[70:150]}\n{text[150:]} ")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", Unreadable.NOT_OURS),
        ("CV35-7KQM-2XNE-94TA", Unreadable.NOT_OURS),
        (ADDRESS, Unreadable.NOT_OURS),
        (f"{ADDRESS}#", Unreadable.NOT_OURS),
        ("x" * 10_000_000, Unreadable.NOT_OURS),
        (f"{ADDRESS}#Aw", Unreadable.NEWER),
        (f"{ADDRESS}#AQ", Unreadable.DAMAGED),
        (f"{ADDRESS}#AR", Unreadable.DAMAGED),  # bits beyond the byte
        (f"{ADDRESS}#A", Unreadable.DAMAGED),
        (f"{ADDRESS}#A=", Unreadable.DAMAGED),
        (f"{ADDRESS}#½", Unreadable.DAMAGED),
    ],
)
def test_what_is_no_payload_says_so(text, why):
    with pytest.raises(Unreadable) as refused:
        payload.read(text)
    assert refused.value.why == why


@pytest.mark.parametrize(
    ("changes", "address"),
    [
        ({}, f"https://{'a' * 150}.go.id/verify/CV35-7KQM-2XNE-94TA"),
        ({"issued_on": date(1999, 12, 31)}, ADDRESS),
        ({"issued_on": date(2000, 1, 1) + timedelta(1 << 16)}, ADDRESS),
        ({"edition": 1 << 14}, ADDRESS),
    ],
)
def test_what_has_no_place_in_it_gives_no_payload(changes, address):
    with pytest.raises(DoesNotFit):
        sealed(payload.content_of(sample(**changes)), address)


def test_the_numbers_of_a_nip_but_its_serial_stay_out():
    assert payload.content_of(sample(nip="")).serial == ""
    assert payload.content_of(sample(nip="1234567")).serial == ""
    assert payload.content_of(sample()).serial == "908"


def test_the_table_has_not_changed():
    """Version 1 means these codes for as long as its certificates hang on a wall."""
    text = sealed(
        Content(
            title="Sertifikat",
            number="800.2/00012/BPSDM/XII/2026",
            name="Dr. Mira Ma’ruf, S.Sos., M.Si. محمد",
            serial="008",
            course_title="Air Bersih dan Sanitasi untuk Semua",
            jp=Decimal("2.5"),
            started_on=date(2026, 11, 28),
            completed_on=date(2026, 12, 12),
            issued_on=date(2026, 12, 12),
            issuer="BPSDM Provinsi Contoh",
            edition=3,
        )
    )
    assert text == EXAMPLE


EXAMPLE = (
    "https://corpu.bpsdm.provinsi-contoh.go.id/verify/CV35-7KQM-2XNE-94TA#AWm3Hfv9dqsb1n_e8CRqU"
    "pEhVs8ZKihV6VC6KFGvzqVMYdKGuEvImGng7M9wgsvVRwxw_E3lPMDJj2BmrSCs0JmwcDWy5Q4IEAD6AAyZyJnImZL3"
    "c2TPsOuSo2OzmydnL__RV6jrGjkr4AZi1uLXhMGi8OkmGKOVY2iMElFyjw5MFVnVggA"
)
