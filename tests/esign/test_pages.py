"""The manager's page about electronic signatures, the public check of a PDF, and the commands."""

import io

import pytest
from sqlalchemy import select

from corpu.credentials import documents
from corpu.credentials.models import Certificate
from corpu.esign import work
from corpu.esign.models import Problem, SignedDocument, SigningRun, State
from corpu.people.export import own_data
from corpu.signing import pdf_check, pdf_reader
from tests.credentials.world import issue, make_course, make_issuer
from tests.esign import pki
from tests.esign.server import NIK
from tests.manage import conftest as offices
from tests.manage.reading import error_at, text_of
from tests.statements import statements

health, division, elsewhere = offices.health, offices.division, offices.elsewhere
mira, jonas, chief, ratna = offices.mira, offices.jonas, offices.chief, offices.ratna
as_chief, as_ratna, entries = offices.as_chief, offices.as_ratna, offices.entries

pytestmark = pytest.mark.usefixtures("drawn")
PLACE = "/manage/tte"
ENTERED = {"nik": NIK, "passphrase": pki.PHRASE}


@pytest.fixture
def at(moment):
    return moment.now


@pytest.fixture
def mine(session, app, health, mira, at):
    make_issuer(session, health)
    return issue(session, mira, make_course(session, app, health), at)


@pytest.fixture
def theirs(session, app, elsewhere, jonas, at):
    make_issuer(session, elsewhere)
    return issue(session, jonas, make_course(session, app, elsewhere), at)


@pytest.fixture
def at_once(monkeypatch):
    """The thread of a batch runs to its end before the page answers."""
    monkeypatch.setattr(work, "start_run", work.carry_out_run)


def documents_of(session):
    fresh = select(SignedDocument).execution_options(populate_existing=True)
    return session.scalars(fresh).all()


def test_without_configuration_the_page_says_what_is_missing(as_ratna, session, mine):
    page = as_ratna.get(PLACE)
    assert "TTE belum dikonfigurasi" in text_of(page)
    assert "Belum TTE" in text_of(page)
    assert not page.select("main form[method=post]")
    as_ratna.post(PLACE, ENTERED)
    assert documents_of(session) == []


def test_a_manager_signs_what_is_in_reach_by_a_passphrase(
    as_ratna, session, with_bsre, at_once, bsre, mine, theirs, entries
):
    page = as_ratna.get(PLACE)
    assert "1 dokumen untuk ditandatangani" in text_of(page)
    assert [one["type"] for one in page.select("input[name=passphrase]")] == ["password"]
    as_ratna.post(PLACE, ENTERED)
    (signed,) = documents_of(session)
    assert (signed.certificate_id, signed.state) == (mine.id, State.SIGNED)
    page = text_of(as_ratna.get(f"{PLACE}?state=signed"))
    assert pki.OFFICIAL in page
    assert [entry.after["rows"] for entry in entries("esign.started")] == [1]
    assert "Ditandatangani" in text_of(as_ratna.get("/manage/audit"))
    assert len(bsre.calls) == 1
    second = as_ratna.post(PLACE, ENTERED, status=409)
    assert "Tidak ada yang perlu ditandatangani" in text_of(second)


def test_what_was_entered_wrongly_is_said_at_the_field_and_never_drawn_again(
    as_ratna, session, with_bsre, bsre, mine
):
    page = as_ratna.post(PLACE, {"nik": "123", "passphrase": "rahasia"}, status=422)
    assert "16 angka" in error_at(page, "nik")
    assert page.select_one("[name=nik]")["value"] == "123"
    assert "rahasia" not in str(page)
    page = as_ratna.post(PLACE, {"nik": NIK, "passphrase": ""}, status=422)
    assert "frasa sandi" in error_at(page, "passphrase")
    page = as_ratna.post(PLACE, {"nik": NIK, "passphrase": "x" * 1000}, status=422)
    assert error_at(page, "passphrase")
    assert (documents_of(session), bsre.calls) == ([], [])


def test_a_wrong_passphrase_stands_on_the_page_until_the_right_one(
    as_ratna, session, with_bsre, at_once, mine
):
    as_ratna.post(PLACE, ENTERED | {"passphrase": "salah"})
    page = as_ratna.get(PLACE)
    assert "Frasa sandi tidak cocok." in text_of(page)
    assert "Menunggu frasa sandi" in text_of(page)
    as_ratna.post(PLACE, ENTERED)
    assert "tidak cocok" not in text_of(as_ratna.get(PLACE))
    assert documents_of(session)[0].state is State.SIGNED


def test_a_batch_that_was_cut_off_says_so(as_ratna, session, ratna, with_bsre, mine, moment):
    session.add(SigningRun(started_by=ratna.id, started_at=moment.now, alive_until=moment.now))
    session.commit()
    assert "Kumpulan terakhir Anda terputus" in text_of(as_ratna.get(PLACE))


def test_what_failed_is_tried_again_and_what_is_out_of_reach_does_not_exist(
    as_ratna, session, with_bsre, at_once, bsre, mine, theirs, entries
):
    bsre.mood((400, {"message": "Format file salah"}))
    as_ratna.post(PLACE, ENTERED)
    page = text_of(as_ratna.get(f"{PLACE}?state=failed&q=mira"))
    assert "Layanan TTE menolak dokumen ini." in page
    assert "Format file salah" in page
    as_ratna.post(f"{PLACE}/{theirs.id}/retry", status=404)
    as_ratna.post(f"{PLACE}/{mine.id}/retry")
    (waiting,) = documents_of(session)
    assert (waiting.state, waiting.problem) == (State.WAITING, Problem.REFUSED)
    as_ratna.post(f"{PLACE}/retry")
    assert len(entries("esign.retried")) == 1
    assert "Jonas" not in text_of(as_ratna.get(PLACE))


def test_the_page_needs_few_statements(as_ratna, session, mine, theirs):
    as_ratna.get(PLACE)
    with statements(session) as made:
        as_ratna.get(PLACE)
    assert len(made) <= 9, made


def test_the_file_of_ones_own_data_has_it(as_ratna, session, with_bsre, at_once, mine, mira, at):
    as_ratna.post(PLACE, ENTERED)
    said = own_data(session, mira.id, at=at)["esign"]["documents"]
    assert [(one["state"], one["signer"]) for one in said] == [("signed", pki.OFFICIAL)]


# ------------------------------------------------------------------------------- whoever checks


@pytest.fixture
def read_here(monkeypatch):
    """Without a process of its own, which is tested elsewhere and takes half a second."""
    monkeypatch.setattr(pdf_check, "_read", pdf_reader.read)


@pytest.fixture
def files(as_ratna, session, app, with_key, read_here, mine):
    """The unsigned document and the signed one."""
    before = documents.pdf_of(session, app.extensions["storage"], mine.id)
    as_ratna.post(PLACE)
    with app.app_context():
        work.sign(session, {}, None)
    return before, documents.pdf_of(session, app.extensions["storage"], mine.id)


def upload(browser, data, status):
    answer = browser.client.post("/verify/file", data={"file": (io.BytesIO(data), "kertas.pdf")})
    assert answer.status_code == status, answer.text
    return " ".join(answer.text.split())


def test_both_kept_files_lead_to_the_certificate_and_its_signature(
    app, files, browser, mine, tmp_path, session
):
    unsigned, signed = files
    assert signed != unsigned
    assert "Belum TTE: berkas ini tidak memuat" in upload(browser, unsigned, 200)
    said = upload(browser, signed, 200)
    assert "byte demi byte yang kami simpan" in said
    assert f"{pki.OFFICIAL} utuh dan dipercaya melalui Akar Uji" in said
    assert mine.number in said
    assert "Ada di dalam berkas PDF-nya" in said
    (tmp_path / "kertas.pdf").write_bytes(signed)
    result = app.test_cli_runner().invoke(
        args=["certificates", "verify", str(tmp_path / "kertas.pdf")]
    )
    assert (result.exit_code, "dipercaya melalui Akar Uji" in result.output) == (0, True)
    assert "SAH" in result.output


def test_an_altered_file_is_never_valid_and_says_what_was_altered(files, browser, app, tmp_path):
    _unsigned, signed = files
    broken = signed[:5000] + bytes([signed[5000] ^ 1]) + signed[5001:]
    assert "RUSAK: berkas diubah sesudah ditandatangani" in upload(browser, broken, 422)
    added = upload(browser, signed + b"\n%", 422)
    assert "tidak mencakup seluruh berkas" in added
    assert "bukan berkas yang kami simpan" in added
    (tmp_path / "kertas.pdf").write_bytes(broken)
    result = app.test_cli_runner().invoke(
        args=["certificates", "verify", str(tmp_path / "kertas.pdf")]
    )
    assert (result.exit_code, "RUSAK" in result.output) == (1, True)


def test_what_is_no_pdf_is_refused_with_a_plain_sentence(browser, agency):
    assert "Pilih sebuah PDF" in upload(browser, b"GIF89a", 422)
    assert "Pilih sebuah PDF" in browser.client.post("/verify/file").text
    assert "bukan berkas yang kami simpan" in upload(browser, b"%PDF-1.7 kosong", 422)


def test_doctor_looks_at_the_configuration(app, configure, tmp_path, moment):
    def said():
        output = app.test_cli_runner().invoke(args=["doctor"]).output
        return next(line for line in output.splitlines() if "TTE" in line)

    assert "tidak dikonfigurasi" in said()
    configure(signer="bsre")
    assert "isi CORPU_TTE_URL, CORPU_TTE_USER, CORPU_TTE_PASSWORD" in said()
    key, _root = pki.p12(tmp_path)
    configure(signer="pades", key=str(key), passphrase="salah")
    assert "tidak membuka" in said()
    configure(signer="pades", key=str(key), passphrase=pki.PHRASE)
    assert "kunci sendiri terbuka" in said()
    configure(signer="pades", key=str(tmp_path / "tidak-ada"), passphrase="x")
    assert "tidak dapat dibaca" in said()
    configure(signer="pades", key=str(key))
    assert "frasa sandi diminta" in said()


def test_the_certificate_knows_both_files(session, files, mine):
    one = session.get_one(Certificate, mine.id, populate_existing=True)
    assert one.pdf_sha256 == documents.fingerprint(files[0])
    assert one.signed_pdf_sha256 == documents.fingerprint(files[1])
