"""The documents of a batch as ZIP and for the printer."""

import io
import zipfile
from types import SimpleNamespace

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from corpu import jobs
from corpu.credentials import batch_files, batches, documents
from corpu.credentials.batch_files import entry_name
from corpu.credentials.batch_models import BatchFile, FileKind
from corpu.credentials.models import Certificate
from corpu.people.queries import viewer_for
from corpu.storage import FolderStorage
from tests.credentials.test_batches import drafted, one_part, worked
from tests.credentials.world import bpsdm, complete, make_course
from tests.factories import make_person, make_unit

LIST = "/manage/certificates/batches"


@pytest.fixture
def issued(session, app, agency, at):
    """A batch of three, in whose order the last name comes first."""
    unit = bpsdm(session)
    manager = make_person(session, name="Sari Pengelola", unit=unit, roles=["manager"])
    by = viewer_for(session, manager.id, 0, at)
    course = make_course(session, app, unit)
    here = make_unit(session)
    for name in ("Zaki", "Ayu/../Ayu", "Ayu: Ayu"):
        complete(session, make_person(session, name=name, unit=here), course, at)
    batch_id = drafted(session, course, by, at)
    batches.begin(session, batch_id, by=by, reason="Uji", at=at)
    session.commit()
    return SimpleNamespace(id=batch_id, manager=manager, by=by, course=course)


def made(session, kind):
    rows = session.scalars(select(BatchFile).filter_by(kind=kind).order_by(BatchFile.part))
    return [(row.id, row.sha256, row.missing) for row in rows]


def test_all_documents_come_as_a_zip_and_for_the_printer_in_order(
    session, app, browser, issued, at, monkeypatch
):
    monkeypatch.setattr(batch_files, "DOCUMENTS", 2)
    here = f"{LIST}/{issued.id}"
    browser.sign_in(issued.manager)
    browser.post(f"{here}/files", kind="zip", status=409)
    one_part(session, issued.id, at)
    assert "Berkas untuk dibagikan" in browser.get(here).get_text()
    browser.post(f"{here}/files", kind="rar", status=404)
    for kind in FileKind:
        browser.post(f"{here}/files", kind=kind.value)
    assert browser.page.get_text().count("Sedang disusun") == 4
    worked(session, at)
    assert browser.get(here).get_text().count("Siap diunduh") == 4

    storage = app.extensions["storage"]
    names, kept = [], []
    for file_id, _sha256, missing in made(session, FileKind.ZIP):
        assert missing == 0
        response = browser.client.get(f"{here}/files/{file_id}")
        with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
            assert archive.testzip() is None
            names += archive.namelist()
            kept += [archive.read(name) for name in archive.namelist()]
        response.close()
    assert [name[:15] for name in names] == [
        "00001 - Ayu Ayu",
        "00002 - Ayu Ayu",
        "00003 - Zaki - ",
    ]
    assert all("/" not in name and ".." not in name for name in names)
    certificates = session.scalars(select(Certificate).order_by(Certificate.sequence)).all()
    assert kept == [storage.get(one.pdf_sha256) for one in certificates]

    pages = []
    for _id, sha256, _missing in made(session, FileKind.PRINT):
        with pikepdf.open(storage.path(sha256)) as joined:
            pages.append(len(joined.pages))
            assert all(page.Contents.read_bytes() for page in joined.pages)
    assert pages == [4, 2]

    first = made(session, FileKind.ZIP) + made(session, FileKind.PRINT)
    for kind in FileKind:  # asked for again, it is the same bytes
        batch_files.ask(session, issued.id, kind, by=issued.by, at=at)
    session.commit()
    worked(session, at)
    again = made(session, FileKind.ZIP) + made(session, FileKind.PRINT)
    assert [one[1] for one in again] == [one[1] for one in first]
    assert session.scalar(select(func.count()).select_from(BatchFile)) == 4
    browser.get(f"{here}/files/{first[0][0]}", status=404)


def test_what_cannot_be_drawn_is_named_and_holds_up_nobody(session, app, issued, at, monkeypatch):
    one_part(session, issued.id, at)
    lost = session.scalars(select(Certificate.id).order_by(Certificate.sequence.desc())).first()
    pdf = io.BytesIO()
    with pikepdf.new() as empty:
        empty.add_blank_page()
        empty.save(pdf)

    def pdf_of(_session, _storage, certificate_id):
        if certificate_id == lost:
            raise documents.DrawnLater
        return pdf.getvalue()

    monkeypatch.setattr(documents, "pdf_of", pdf_of)
    for kind in FileKind:
        batch_files.ask(session, issued.id, kind, by=issued.by, at=at)
    session.commit()
    worked(session, at)
    (whole,), (printed,) = made(session, FileKind.ZIP), made(session, FileKind.PRINT)
    assert (whole[2], printed[2]) == (1, 1)
    with zipfile.ZipFile(app.extensions["storage"].path(whole[1])) as archive:
        assert "00003 - Zaki" in archive.read("BELUM ADA.txt").decode()


def test_a_full_disk_leaves_nothing_half_and_the_job_to_be_tried_again(
    session, app, issued, at, monkeypatch
):
    one_part(session, issued.id, at)
    batch_files.ask(session, issued.id, FileKind.ZIP, by=issued.by, at=at)
    session.commit()
    monkeypatch.setattr(documents, "pdf_of", lambda *_args: b"%PDF-")

    def full(_storage, pieces):
        next(pieces)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FolderStorage, "put_stream", full)
    worked(session, at)
    assert made(session, FileKind.ZIP)[0][1] is None
    job = session.scalars(select(jobs.Job).filter_by(kind=batch_files.MAKE)).one()
    assert (job.state, job.attempts) == ("waiting", 1)


def test_bytes_that_come_in_pieces_are_kept_whole_or_not_at_all(tmp_path):
    storage = FolderStorage(tmp_path / "store")
    sha256, size = storage.put_stream(iter([b"satu", b"", b"dua"]))
    assert (storage.get(sha256), size) == (b"satudua", 7)
    assert sha256 == storage.put(b"satudua")

    def broken():
        yield b"satu"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        storage.put_stream(broken())
    assert [path.name for path in (tmp_path / "store").glob("**/*") if path.is_file()] == [sha256]


@settings(max_examples=40)
@given(st.integers(1, 25_000), st.text(max_size=200), st.text(max_size=200))
def test_a_name_in_a_zip_is_one_of_its_own_that_every_system_takes(position, name, number):
    made = entry_name(position, name, number)
    assert made.startswith(f"{position:05}")
    assert made.endswith(".pdf")
    assert len(made) <= 140
    assert not set(made) & set('\\/:*?"<>|\x00\n')
    assert ".." not in made
