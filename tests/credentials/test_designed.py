"""Documents as templates of agencies draw them."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pikepdf
import pytest
from PIL import Image
from pypdf import PdfReader

from corpu.credentials import pdf
from corpu.credentials.designs import (
    Band,
    Language,
    Orientation,
    Signer,
    Signing,
    first_design,
    printed,
)
from corpu.credentials.english import jp_words_en
from corpu.credentials.kinds import Kind
from corpu.credentials.snapshot import Signatory
from tests.credentials import qr
from tests.credentials.samples import goal, sample, signed_text

SIGNERS = (
    Signer("Ir. Jonas Hadi, M.P.", "197203141998031905", "Kepala BPSDM", "Head of BPSDM", "IV/d"),
    Signer("Dr. Siti Rahmawati", "", "Direktur Rumah Sakit", "Hospital Director"),
    Signer("Prof. Made Wirawan", "196801011990031002", "Ketua Program", "Chair"),
)
BAND = (Band(Decimal(80), "Memuaskan", "Satisfactory", "Peringkat II"),)


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(file, "PNG")
    return file.getvalue()


PICTURES = {"a" * 64: picture()}


def designed(kind=Kind.STTP, many=2, registration="KRA-2026-7", facts=(), **changes):
    design = replace(
        first_design(kind),
        signing=Signing.OWN if many else Signing.NONE,
        signatories=SIGNERS[:many],
        bands=BAND,
        legal_basis="Berdasarkan PP Nomor 17 Tahun 2020",
        legal_basis_en="Under Government Regulation 17 of 2020",
    )
    design = replace(design, **changes)
    copy = printed(
        design,
        template="x",
        version=3,
        signatories=design.signatories,
        score=Decimal(90),
        registration=registration,
    )
    first = design.signatories[0] if design.signatories else Signer("")
    return sample(
        kind=kind.value,
        title=design.title,
        design=copy,
        signatory=Signatory(first.name, first.nip, first.post, first.rank),
        **dict(facts),
    )


def drawn(content):
    payload = signed_text(content).partition("#")[2]
    return pdf.render_pdf(content.to_dict(), qr_payload=payload, pictures=PICTURES)


def pages_of(data):
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages]


def test_a_certificate_without_a_template_is_drawn_from_what_it_always_was():
    """Whose bytes are lost must come out the same again, whatever templates there are now."""
    template, data = pdf._told(sample(), pdf.TEMPLATES[1], {})
    assert template.name == "certificate.typ"
    assert set(data) == {"snapshot", "written"}
    assert set(data["written"]) == set(pdf.written(sample()))
    assert "design" not in data["snapshot"]


def test_the_same_snapshot_gives_the_same_bytes_and_another_template_others():
    content = designed(logo="a" * 64, background="a" * 64)
    first = drawn(content)
    assert first == drawn(content)
    assert first != drawn(designed(logo="a" * 64))


def test_what_it_replaces_and_until_when_it_holds_stand_in_both_languages():
    content = replace(
        designed(language=Language.BOTH),
        replaces="800.2/00001/BPSDM/XI/2026",
        valid_until=date(2029, 11, 24),
    )
    first, *_ = pages_of(drawn(content))
    assert "Menggantikan nomor 800.2/00001/BPSDM/XI/2026 karena pembetulan" in first
    assert "by way of correction" in first
    assert "Berlaku sampai dengan 24 November 2029 / Valid until 24 November 2029" in first


def test_an_sttp_in_both_languages_carries_all_that_the_template_says():
    content = designed(language=Language.BOTH, photo=True, logo="a" * 64)
    first, second = pages_of(drawn(content))
    for words in (
        "SURAT TANDA TAMAT PELATIHAN",
        "Certificate of Completion of Training",
        "Nomor / Number: 800.2/00012/BPSDM/XII/2026",
        "KRA-2026-7",
        "Berdasarkan PP Nomor 17 Tahun 2020",
        "Under Government Regulation 17 of 2020",
        "telah mengikuti dan dinyatakan lulus",
        "has attended and passed",
        "2,5 (dua koma lima) jam pelajaran (JP)",
        "2.5 (two point five) learning hours (JP)",
        "28 November 2026 to 12 December 2026",
        "dengan predikat Memuaskan · Peringkat II",
        "with the qualification Satisfactory · Peringkat II",
        "Pas foto",
        "3 × 4 cm",
        "Kepala BPSDM,",
        "Head of BPSDM",
        "Dr. Siti Rahmawati",
        "NIP 19720314 199803 1 905",
    ):
        assert words in first, words
    assert "Jumlah / Total 115 2,50" in second


@pytest.mark.parametrize(
    ("orientation", "many"),
    [
        (Orientation.LANDSCAPE, 0),
        (Orientation.PORTRAIT, 1),
        (Orientation.LANDSCAPE, 3),
        (Orientation.PORTRAIT, 3),
    ],
)
def test_one_sheet_in_either_orientation_for_any_number_of_signatories(orientation, many):
    content = designed(
        Kind.CHARTER, many, orientation=orientation, curriculum=False, language=Language.BOTH
    )
    data = drawn(content)
    with pikepdf.open(io.BytesIO(data)) as document:
        (page,) = document.pages
        assert qr.texts_of(page) == [signed_text(content)]
        assert qr.modules_of(page)[1] > 0.4, "a phone reads it from the paper"
        wide, high = (float(one) for one in page.mediabox[2:])
        assert (wide > high) == (orientation is Orientation.LANDSCAPE)
        assert document.Root.MarkInfo.Marked
    (text,) = pages_of(data)
    assert [one.name in text for one in SIGNERS] == [place < many for place in range(3)]
    assert ("Diterbitkan secara elektronik tanpa tanda tangan" in text) == (many == 0)


def test_an_english_sheet_has_no_indonesian_labels():
    first, second = pages_of(drawn(designed(many=1, language=Language.ENGLISH, legal_basis="")))
    assert "12 December 2026" in first
    assert "Total 115 2.50" in second
    for words in ("Nomor", "Desember", "predikat", "Kurikulum", "Jumlah"):
        assert words not in first + second


@pytest.mark.parametrize(
    "name",
    [
        "Raden Ajeng " + "Siti Nurhaliza Kusumawardhani " * 3 + "Binti Abdul",
        "ꦱꦶꦠꦶꦫꦲꦩꦮꦠꦶ",
        "سيتي رحماواتي",
        "S" * 120,
    ],
)
def test_any_name_that_can_be_printed_stays_on_the_sheet(name):
    content = designed(many=1, facts={"name": name})
    data = drawn(content)
    assert len(PdfReader(io.BytesIO(data)).pages) == 2


def test_what_fits_on_no_sheet_goes_on_to_the_next_and_is_not_lost():
    many = tuple(
        replace(one, name=one.name + " Panjang" * 12, post="Kepala Badan " * 12) for one in SIGNERS
    )
    content = designed(
        many=3,
        signatories=many,
        legal_basis="Peraturan " * 55,
        language=Language.BOTH,
        facts={"course_title": "Air Bersih " * 15, "goals": [goal(n) for n in range(1, 10)]},
    )
    assert "Kepala Badan" in " ".join(pages_of(drawn(content)))


def test_a_lost_picture_is_told_and_no_sheet_is_drawn_without_it():
    with pytest.raises(pdf.PdfUnavailable, match="pictures are missing"):
        pdf.render_pdf(designed(logo="b" * 64).to_dict(), pictures=PICTURES)


def test_hours_in_english_words():
    said = {"0": "zero", "12": "twelve", "40.25": "forty point two five"}
    said |= {"121": "one hundred and twenty-one", "300": "three hundred"}
    assert {jp: jp_words_en(Decimal(jp)) for jp in said} == said
