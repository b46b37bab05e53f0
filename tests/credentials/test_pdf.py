"""The PDF of a certificate, and the process that draws it."""

import io
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from corpu import typesetting
from corpu.credentials import letters, pdf
from corpu.credentials.templates.typst import band
from corpu.signing.canonical import canonical
from tests.credentials import qr
from tests.credentials.samples import VERIFY_URL, goal, sample, signed_text

A4_LANDSCAPE = (842, 595)


def text_of(data: bytes) -> list[str]:
    pages = PdfReader(io.BytesIO(data)).pages
    return [" ".join(page.extract_text().split()) for page in pages]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def until(condition, seconds: float = 10) -> bool:
    """Ask again and again, without a fixed pause, until it holds or the time is over."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        threading.Event().wait(0.01)
    return False


def worker_pid() -> int:
    return typesetting.renderer._process.pid


def test_two_landscape_pages_carry_all_that_is_promised():
    data = pdf.render_pdf(sample().to_dict())
    reader = PdfReader(io.BytesIO(data))
    assert [(round(p.mediabox.width), round(p.mediabox.height)) for p in reader.pages] == [
        A4_LANDSCAPE
    ] * 2
    first, second = text_of(data)
    for words in (
        "SERTIFIKAT",
        "Nomor: 800.2/00012/BPSDM/XII/2026",
        "Dr. Mira Ma’ruf, S.Sos., M.Si.",
        "NIP 19850223 200604 2 908",
        "Analis Kebijakan Ahli Muda · Bidang Perencanaan · Bappeda Provinsi Contoh",
        "Air Bersih dan Sanitasi untuk Semua",
        "2,5 (dua koma lima) jam pelajaran (JP)",
        "28 November 2026 sampai dengan 12 Desember 2026",
        "edisi 3",
        "Surabaya, 12 Desember 2026",
        "Kepala BPSDM Provinsi Contoh,",
        "Ir. Jonas Hadi, M.P.",
        "Pembina Utama Madya (IV/d)",
        "CV35-7KQM-2XNE-94TA",
        "corpu.contoh.go.id/verify",
        "Tujuan nomor 17",
    ):
        assert words in first
    for words in ("Membaca data 40 0,87", "Jumlah 115 2,50", "CV35-7KQM-2XNE-94TA", "WIB"):
        assert words in second


def test_the_qr_code_of_each_page_leads_to_the_verification():
    with pikepdf.open(io.BytesIO(pdf.render_pdf(sample().to_dict()))) as document:
        assert [qr.texts_of(page) for page in document.pages] == [[VERIFY_URL], [VERIFY_URL]]


@pytest.mark.parametrize("host", ["a.id", "corpu.bpsdm.provinsi-yang-namanya-panjang.go.id"])
def test_the_qr_code_grows_with_the_address(host):
    url = f"https://{host}/verify/CV35-7KQM-2XNE-94TA"
    with pikepdf.open(io.BytesIO(pdf.render_pdf(sample(verify_url=url).to_dict()))) as document:
        assert qr.texts_of(document.pages[0]) == [url]


def test_a_signed_payload_stands_in_the_code_and_behind_it():
    content = sample()
    text = signed_text(content)
    data = pdf.render_pdf(content.to_dict(), qr_payload=text.partition("#")[2])
    with pikepdf.open(io.BytesIO(data)) as document:
        for page in document.pages:
            assert qr.texts_of(page) == [text]
            assert qr.modules_of(page)[1] > 0.4, "a phone reads it from the paper"
            assert text in {str(note.A.URI) for note in page.Annots}
    assert "Tanpa jaringan pun" in text_of(data)[1]


def test_a_certificate_from_before_payloads_keeps_its_bytes():
    """Those that were lost are drawn again, and must be the same."""
    data = pdf.render_pdf(sample().to_dict())
    assert data == pdf.render_pdf(sample().to_dict(), qr_payload=None)
    assert "Tanpa jaringan" not in text_of(data)[1]


def test_the_same_snapshot_gives_the_same_bytes_from_another_process_too():
    first = pdf.render_pdf(sample().to_dict())
    pdf.render_pdf(sample(name="Jonas").to_dict())
    again = pdf.render_pdf(json.loads(sample().canonical()))
    typesetting.renderer.close()
    assert first == again == pdf.render_pdf(sample().to_dict())


def test_the_content_lies_in_the_file_as_the_bytes_that_are_signed():
    content = sample()
    data = pdf.render_pdf(content.to_dict())
    with pikepdf.open(io.BytesIO(data)) as document:
        (name,) = document.attachments
        spec = document.attachments[name]
        assert spec.get_file().read_bytes() == canonical(content.to_dict())
        assert (name, spec.obj.AFRelationship) == ("sertifikat.json", "/Source")
        assert spec.get_file().mime_type == "application/json"
        assert "RFC 8785" in spec.description
        assert [spec.obj] == list(document.Root.AF)
    assert pdf.is_archival(data)


def test_the_first_form_is_still_drawn_as_it_was():
    """So that lost bytes of its time come back"""
    data = pdf.render_pdf(sample().to_dict(), archival=False)
    assert not pdf.is_archival(data)
    assert "belum TTE" in text_of(data)[1]
    with pikepdf.open(io.BytesIO(data)) as document, document.open_metadata() as about:
        assert (about["pdfaid:part"], len(document.attachments)) == ("2", 0)


def test_it_is_an_archive_file_and_accessible():
    with pikepdf.open(io.BytesIO(pdf.render_pdf(sample().to_dict()))) as document:
        with document.open_metadata() as about:
            assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "A")
            assert about["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
            assert about["xmp:CreateDate"].startswith("2026-12-12T00:00:00")
            assert "Dr. Mira Ma’ruf" in about["dc:title"]
        assert document.Root.MarkInfo.Marked
        assert str(document.Root.Lang) == "id-ID"
        found = list(structure(document.Root.StructTreeRoot))
        kinds = [kind for kind, _ in found]
        assert kinds.count("/H1") == 1
        assert kinds.count("/H2") == 4
        assert kinds.count("/TR") == 5
        assert {"/Table", "/TH", "/TD", "/L", "/Link"} <= set(kinds)
        assert all(alt for kind, alt in found if kind == "/Figure")
        for page in document.pages:
            assert not any(
                "/FontFile2" not in descriptor and "/FontFile3" not in descriptor
                for descriptor in font_descriptors(page)
            )


def structure(node):
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from structure(child)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node.S), str(node.get("/Alt", ""))
        if "/K" in node:
            yield from structure(node.K)


def font_descriptors(page):
    for font in page.obj.Resources.Font.values():
        yield font.DescendantFonts[0].FontDescriptor


def test_a_specimen_says_so_on_every_page_and_in_its_title():
    data = pdf.render_pdf(sample(demo=True).to_dict())
    assert all("CONTOH" in page for page in text_of(data))
    assert "CONTOH, bukan dokumen resmi" in text_of(data)[0]
    assert PdfReader(io.BytesIO(data)).metadata.title.startswith("CONTOH")
    assert "CONTOH" not in "".join(text_of(pdf.render_pdf(sample().to_dict())))


def lowest_text(data: bytes) -> float:
    lowest = [1000.0]

    def see(text, cm, *_):
        if text.strip() and text != "CONTOH":
            lowest.append(cm[5])

    PdfReader(io.BytesIO(data)).pages[0].extract_text(visitor_text=see)
    return min(lowest)


def test_the_longest_facts_still_fit_on_their_page():
    long = sample(
        demo=True,
        name="Raden Mas Haryo Panembahan Suryaningrat Notokusumo Abdurrahman " * 2,
        suffix="S.Sos., S.H., M.Si., M.A.P., Ph.D., CGCAE.",
        number="800.2.4.1/" * 16,
        post="Kepala Subbagian Perencanaan dan Kerja Sama " * 4,
        unit="Unit Pelaksana Teknis Pengelolaan Sampah " * 4,
        course_title="Pelayanan Publik Tanpa Korupsi: Mengenali Benturan " * 4,
        goals=[goal(number) for number in range(1, 18)],
    )
    data = pdf.render_pdf(long.to_dict())
    first, *others = text_of(data)
    assert len(others) == 1
    assert "NIP 19720314 199803 1 905" in first
    assert " ".join(long.name.split()[:14]) in first
    assert lowest_text(data) > 59  # in points, above the frame


def test_a_name_without_a_single_blank_is_broken_not_cut():
    name = "Suryaningrat" * 10
    first = text_of(pdf.render_pdf(sample(name=name, prefix="", suffix="").to_dict()))[0]
    assert name in first.replace("\u200b", "").replace(" ", "")


@pytest.mark.parametrize(
    "name", ["Sukarno", "Nurʼaini Žižek-Đặng Şükrü", "Ёлкина Ευαγγελία", "ꦧꦸꦢꦶ", "ᬩᬸᬤᬶ", "محمد"]
)
def test_names_beyond_plain_latin_are_drawn(name):
    assert len(text_of(pdf.render_pdf(sample(name=name).to_dict()))) == 2


def test_a_long_curriculum_goes_on_and_names_its_document_on_each_page():
    modules = [(f"Modul panjang bernomor {number}", 45) for number in range(60)]
    pages = text_of(pdf.render_pdf(sample(modules=modules, jp=Decimal(60)).to_dict()))
    assert len(pages) > 2
    assert all("800.2/00012/BPSDM/XII/2026" in page for page in pages)
    assert "Jumlah 2700 60,00" in pages[-1]
    assert sum(page.count("Modul panjang bernomor") for page in pages) == 60


def test_the_number_of_a_contract_employee_is_named_as_such():
    assert (
        "NI PPPK 20001231 202421 1 901"
        in text_of(pdf.render_pdf(sample(nip="200012312024211901").to_dict()))[0]
    )


def test_an_unknown_template_or_a_foreign_snapshot_is_an_error():
    with pytest.raises(ValueError, match="template 99"):
        pdf.render_pdf(sample().to_dict(), 99)
    with pytest.raises(ValueError, match="not a snapshot"):
        pdf.render_pdf({**sample().to_dict(), "photo": ""})


def test_content_is_never_read_as_a_program():
    title = '#panic("x") *tebal* $x$ \\ "#sys" <a> @b // c'
    first = text_of(pdf.render_pdf(sample(course_title=title).to_dict()))[0]
    assert title in first


def test_a_letter_no_font_has_is_refused_and_the_process_lives_on():
    drawn = sample().to_dict()
    pdf.render_pdf(drawn)
    before = worker_pid()
    with pytest.raises(pdf.PdfRefused, match="漢") as refused:
        pdf.render_pdf({**drawn, "name": "漢"})
    assert refused.value.letter == "漢"
    assert pdf.render_pdf(drawn)
    assert worker_pid() == before


def test_letters_json_says_what_the_fonts_hold():
    have = set()
    for file in typesetting.FONTS.glob("*.ttf"):
        have |= set(TTFont(file).getBestCmap())
    _, ranges = letters._ranges()
    assert have == {code for first, last in ranges for code in range(first, last + 1)}
    assert have >= set(range(0x20, 0x7F)), "plain letters are not looked up"


def test_the_drawing_of_the_band_is_what_its_script_draws():
    drawn = Path(band.__file__).with_name("band.svg").read_text()
    assert drawn == band.band()


# --- the process ---------------------------------------------------------------------------


def test_the_application_itself_never_loads_typst():
    code = "import sys, corpu.credentials.pdf; sys.exit('typst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_killed_process_is_replaced_between_two_requests():
    expected = pdf.render_pdf(sample().to_dict())
    before = worker_pid()
    os.kill(before, signal.SIGKILL)
    assert pdf.render_pdf(sample().to_dict()) == expected
    assert worker_pid() != before


def test_a_process_killed_in_the_midst_of_a_drawing_is_replaced_once():
    expected = pdf.render_pdf(sample().to_dict())
    before = worker_pid()
    os.kill(before, signal.SIGSTOP)  # it holds the request and cannot answer
    with ThreadPoolExecutor(1) as pool:
        drawing = pool.submit(pdf.render_pdf, sample().to_dict())
        assert until(typesetting.renderer._turn.locked)
        os.kill(before, signal.SIGKILL)
        assert drawing.result(timeout=20) == expected
    assert worker_pid() != before
    assert not alive(before)


def test_a_process_that_never_answers_is_given_up_and_ended():
    pdf.render_pdf(sample().to_dict())
    stuck = worker_pid()
    os.kill(stuck, signal.SIGSTOP)
    with pytest.raises(pdf.PdfUnavailable):
        pdf.render_pdf(sample().to_dict(), timeout=0.3)
    assert not alive(stuck)
    assert pdf.render_pdf(sample().to_dict())


def test_a_process_that_dies_every_time_is_given_up_after_the_second(monkeypatch, tmp_path):
    tries = tmp_path / "tries"
    dying = tmp_path / "dying.py"
    dying.write_text(f"open({str(tries)!r}, 'a').write('x')\n")
    monkeypatch.setattr(typesetting, "WORKER", dying)
    typesetting.renderer.close()
    with pytest.raises(pdf.PdfUnavailable):
        pdf.render_pdf(sample().to_dict())
    typesetting.renderer.close()
    assert tries.read_text() == "xx"


def test_eight_threads_each_get_their_own_document():
    def draw(number: int) -> tuple[int, str]:
        data = pdf.render_pdf(sample(name=f"Peserta Nomor {number}").to_dict())
        return number, text_of(data)[0]

    with ThreadPoolExecutor(8) as pool:
        for number, first in pool.map(draw, range(24)):
            assert f"Dr. Peserta Nomor {number}, S.Sos." in first


def started(tmp_path: Path, then: str) -> tuple[subprocess.Popen, int]:
    """A program that has drawn one certificate; with the id of its drawing process."""
    (tmp_path / "snapshot.json").write_bytes(sample().canonical())
    code = f"""
        import json, os, sys, time
        from pathlib import Path
        from corpu import typesetting
        from corpu.credentials import pdf
        snapshot = json.loads(Path({str(tmp_path / "snapshot.json")!r}).read_text())
        first = pdf.render_pdf(snapshot)
        print(typesetting.renderer._process.pid, flush=True)
    """
    program = textwrap.dedent(code) + textwrap.dedent(then)
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    return process, int(process.stdout.readline())


def test_no_process_is_left_when_the_application_is_killed(tmp_path):
    application, worker = started(tmp_path, "time.sleep(60)")
    assert alive(worker)
    application.kill()
    application.communicate()
    assert until(lambda: not alive(worker))


def test_no_process_is_left_when_the_application_ends(tmp_path):
    application, worker = started(tmp_path, "")
    application.communicate(timeout=20)
    assert not alive(worker)


def test_a_fork_draws_through_a_process_of_its_own(tmp_path):
    forking = """
        child = os.fork()
        if child == 0:
            same = pdf.render_pdf(snapshot) == first
            print(same, typesetting.renderer._process.pid, flush=True)
            typesetting.renderer.close()
            os._exit(0)
        os.waitpid(child, 0)
        print(pdf.render_pdf(snapshot) == first, typesetting.renderer._process.pid, flush=True)
    """
    application, worker = started(tmp_path, forking)
    answer, _ = application.communicate(timeout=30)
    (child_same, child_worker), (same, parent_worker) = map(str.split, answer.splitlines())
    assert (child_same, same) == ("True", "True")
    assert int(child_worker) != worker == int(parent_worker)
