"""`flask certificates verify FILE`: the PDF that is shown to us, and the text of a QR."""

import zlib

import pytest

from corpu.credentials import documents, pdf_links, revoking
from corpu.credentials.pdf_links import links
from tests.credentials.samples import sample, signed_text
from tests.credentials.world import bpsdm, issue, make_course


@pytest.fixture
def certificate(session, app, agency, mira, at):
    return issue(session, mira, make_course(session, app, bpsdm(session)), at)


@pytest.fixture
def verify(app, session, tmp_path):
    def verify(data: bytes, name="isi.txt"):
        (tmp_path / name).write_bytes(data)
        result = app.test_cli_runner().invoke(args=["certificates", "verify", str(tmp_path / name)])
        return result.exit_code, result.output

    return verify


def test_a_text_file_with_a_payload_is_checked_by_signature_and_record(
    verify, session, certificate, at
):
    text = f"{certificate.snapshot['verify_url']}#{certificate.qr_payload}"
    code, said = verify(f"\ufeff{text}\r\n".encode())
    assert code == 0, said
    assert certificate.number in said
    for wrong in (text[:-1], text.replace("verify/", "verifi/"), "halo", signed_text(sample())):
        code, said = verify(wrong.encode())
        assert (code, "TIDAK SAH" in said) == (1, True), wrong
    assert "TIDAK TERBACA" in verify(b"\xff\xd8\xff\xe0 a picture")[1]
    revoking.revoke(
        session,
        certificate.id,
        by=None,
        by_name="konsol",
        reason="Ganda",
        at=at,
        revocation_class="identity",
    )
    session.commit()
    code, said = verify(text.encode())
    assert (code, "DICABUT" in said) == (1, True)


def test_an_altered_pdf_is_never_valid_and_still_says_what_its_qr_says(
    verify, session, app, certificate
):
    data = documents.pdf_of(session, app.extensions["storage"], certificate.id)
    assert verify(data, "kertas.pdf")[0] == 0
    code, said = verify(data + b"\n", "kertas.pdf")
    assert (code, "BERUBAH" in said) == (1, True)
    assert certificate.number in said
    assert "bukan berkas yang kami simpan" in verify(b"%PDF-1.7 kosong", "kertas.pdf")[1]


def test_a_pdf_that_swells_is_read_up_to_a_measure(monkeypatch):
    monkeypatch.setattr(pdf_links, "MOST_INFLATED", 100_000)
    swollen = zlib.compress(bytes(200_000) + b"/URI (https://a.id/verify/x)")
    assert links(b"%PDF-1.7 /URI (https://b.id/\\(c\\)) stream\n" + swollen) == ["https://b.id/(c)"]
