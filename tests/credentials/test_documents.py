"""The PDF is drawn once, by whoever is first, and for ever those bytes."""

import hashlib

import pytest
from sqlalchemy import select

from corpu.catalog.models import Edition
from corpu.credentials import documents, service
from corpu.credentials.documents import BytesLost, DrawnLater, pdf_of
from corpu.credentials.models import Certificate
from corpu.credentials.pdf import PdfUnavailable
from corpu.errors import NotFound
from corpu.jobs import Job, run_until_idle
from corpu.people.models import Person
from corpu.storage import Missing
from corpu.transactions import unit_of_work
from tests.credentials.world import bpsdm, issue, make_course


class Shelf:
    """A storage that can lose what it was given."""

    def __init__(self):
        self.kept = {}

    def put(self, data):
        sha256 = hashlib.sha256(data).hexdigest()
        self.kept[sha256] = data
        return sha256

    def get(self, sha256):
        try:
            return self.kept[sha256]
        except KeyError:
            raise Missing(sha256) from None


@pytest.fixture
def storage():
    return Shelf()


@pytest.fixture
def certificate(session, app, mira, at):
    return issue(session, mira, make_course(session, app, bpsdm(session)), at)


@pytest.fixture
def pen(monkeypatch):
    """Instead of the drawing process: writes the name and how often it was asked."""
    drawn = []

    def draw(content, **_):
        drawn.append(content)
        return f"%PDF {content['name']} {pen.edition}".encode()

    pen.edition = 1
    pen.drawn = drawn
    monkeypatch.setattr(documents, "render_pdf", draw)
    return pen


def test_the_real_document_stays_byte_for_byte(session, mira, certificate, storage):
    first = pdf_of(session, storage, certificate.id)
    assert first.startswith(b"%PDF-")
    row = session.get_one(Certificate, certificate.id, populate_existing=True)
    assert row.pdf_sha256 == hashlib.sha256(first).hexdigest()
    session.get_one(Person, mira.id).name = "Nama Lain"
    session.scalars(select(Edition)).one().title = "Judul Lain"
    session.commit()
    assert pdf_of(session, storage, certificate.id) == first


def test_a_newer_template_draws_nothing_again(session, certificate, storage, pen):
    first = pdf_of(session, storage, certificate.id)
    pen.edition = 2
    assert pdf_of(session, storage, certificate.id) == first
    assert len(pen.drawn) == 1


def test_the_first_writer_makes_the_document(session, certificate, storage, pen, monkeypatch):
    """Another server draws with a newer template meanwhile, and keeps its bytes first."""
    theirs = b"%PDF of another server"

    def slowly(_content, **_):
        sha256 = storage.put(theirs)
        with unit_of_work(session):
            assert documents.keep(session, certificate.id, sha256) == sha256
        return b"%PDF ours, too late"

    monkeypatch.setattr(documents, "render_pdf", slowly)
    assert pdf_of(session, storage, certificate.id) == theirs
    assert pdf_of(session, storage, certificate.id) == theirs


def test_the_worker_draws_ahead_outside_any_transaction(
    session, app, certificate, pen, at, monkeypatch
):
    draw = documents.render_pdf

    def watching(content, **how):
        assert not documents.writing.get()
        assert not session.in_transaction()
        return draw(content, **how)

    monkeypatch.setattr(documents, "render_pdf", watching)
    run_until_idle(session, lambda: at)
    job = session.scalars(select(Job).filter_by(kind=service.RENDER)).one()
    assert (job.state, job.last_error) == ("done", None)
    kept = session.get_one(Certificate, certificate.id, populate_existing=True).pdf_sha256
    assert app.extensions["storage"].get(kept) == b"%PDF Mira Lestari 1"
    assert pdf_of(session, app.extensions["storage"], certificate.id) == b"%PDF Mira Lestari 1"
    assert len(pen.drawn) == 1


def test_a_download_before_the_worker_spares_it_the_work(session, app, certificate, pen, at):
    pdf_of(session, app.extensions["storage"], certificate.id)
    run_until_idle(session, lambda: at)
    assert session.scalars(select(Job).filter_by(kind=service.RENDER)).one().state == "done"
    assert len(pen.drawn) == 1


def test_a_lost_file_comes_back_only_as_the_same_bytes(session, certificate, storage, pen):
    first = pdf_of(session, storage, certificate.id)
    storage.kept.clear()
    assert pdf_of(session, storage, certificate.id) == first
    storage.kept.clear()
    pen.edition = 2
    with pytest.raises(BytesLost) as lost:
        pdf_of(session, storage, certificate.id)
    assert lost.value.status == 503


def test_lost_bytes_of_the_first_form_come_back_in_that_form(
    session, certificate, storage, monkeypatch
):
    def draw(_content, *, archival, **_):
        return b"%PDF archival" if archival else b"%PDF of then"

    monkeypatch.setattr(documents, "render_pdf", draw)
    with unit_of_work(session):
        documents.keep(session, certificate.id, documents.fingerprint(b"%PDF of then"))
    assert pdf_of(session, storage, certificate.id) == b"%PDF of then"
    assert list(storage.kept.values()) == [b"%PDF of then"]


def test_a_drawing_process_that_fails_leaves_nothing_and_can_be_asked_again(
    session, certificate, storage, pen, monkeypatch
):
    with monkeypatch.context() as patched:

        def gone(_content, **_):
            raise PdfUnavailable("twice")

        patched.setattr(documents, "render_pdf", gone)
        with pytest.raises(DrawnLater):
            pdf_of(session, storage, certificate.id)
    assert session.get_one(Certificate, certificate.id).pdf_sha256 is None
    assert pdf_of(session, storage, certificate.id)


def test_drawing_inside_a_transaction_is_a_mistake(session, certificate, storage, pen):
    certificate_id = certificate.id
    with unit_of_work(session), pytest.raises(RuntimeError):
        pdf_of(session, storage, certificate_id)


def test_an_unknown_certificate_has_no_document(session, mira, storage, pen):
    with pytest.raises(NotFound):
        pdf_of(session, storage, mira.id)
