"""The file of a closed book: drawn once for each state of it, and for ever those bytes."""

import pytest
from sqlalchemy import select

from corpu import jobs
from corpu.credentials import closing, statement_documents
from corpu.credentials.models import StatementDocument
from corpu.credentials.pdf import PdfUnavailable
from corpu.credentials.statement_documents import NotDrawn, StatementLost, keep, pdf_of
from corpu.jobs import Job
from corpu.people.queries import viewer_for
from corpu.transactions import unit_of_work
from tests.credentials.test_documents import Shelf
from tests.credentials.test_statements import JANUARY, LATER, close
from tests.factories import make_person
from tests.hours.conftest import make_claim, refuse, session_of, verify


@pytest.fixture
def by_siti(session, agency):
    siti = make_person(session, name="Siti Maesaroh", roles=["manager"])
    return viewer_for(session, siti.id, 0, JANUARY)


@pytest.fixture
def storage():
    return Shelf()


@pytest.fixture
def pen(monkeypatch):
    """Instead of the drawing process: writes the total, and which typesetter it is."""

    def draw(words):
        pen.drawn.append(words)
        return f"%PDF {words['name']} {words['now']} {pen.edition}".encode()

    pen.edition, pen.drawn = 1, []
    monkeypatch.setattr(statement_documents, "render_statement", draw)
    return pen


def file_of(session, storage, person):
    return pdf_of(session, storage, person.id, 2026, at=LATER)[1]


def test_a_newer_typesetter_changes_no_file_and_a_later_change_makes_another(
    session, mira, by_siti, storage, pen
):
    verify(session, make_claim(session, mira, at=JANUARY), by_siti, at=JANUARY)
    close(session, mira, by_siti)
    late = make_claim(session, mira, session_of(9), at=LATER)
    first = file_of(session, storage, mira)
    pen.edition = 2
    assert file_of(session, storage, mira) == first == b"%PDF Mira Lestari 4 1"
    verify(session, late, by_siti, at=LATER)
    second = file_of(session, storage, mira)
    assert second == b"%PDF Mira Lestari 6 2"
    pen.edition = 3
    assert file_of(session, storage, mira) == second
    refuse(session, late, by_siti, seen=1, at=LATER)
    assert file_of(session, storage, mira) == first, "nothing came later after all"
    assert [words["issued_on"] for words in pen.drawn] == ["2027-01-15", "2027-02-04"]


def test_a_decision_that_changes_no_hours_makes_no_other_file(session, mira, by_siti, storage, pen):
    waits, other = (make_claim(session, mira, session_of(day), at=JANUARY) for day in (2, 9))
    close(session, mira, by_siti)
    refuse(session, other, by_siti, at=LATER)
    first = file_of(session, storage, mira)
    assert pen.drawn[0]["issued_on"] == "2027-01-15", "the day of closing"
    refuse(session, waits, by_siti, at=LATER)
    pen.edition = 2
    assert file_of(session, storage, mira) == first


def test_the_worker_draws_what_it_closed(session, app, mira, by_siti, pen, monkeypatch):
    draw = statement_documents.render_statement

    def watching(words):
        assert not statement_documents.writing.get()
        assert not session.in_transaction()
        return draw(words)

    monkeypatch.setattr(statement_documents, "render_statement", watching)
    closing.plan_closing(session, 2026, None, by=by_siti, at=JANUARY)
    session.commit()
    jobs.run_until_idle(session, lambda: JANUARY)
    asked = session.scalars(select(Job).filter_by(kind=closing.RENDER)).all()
    assert {(job.state, job.last_error) for job in asked} == {("done", None)}
    assert len(asked) == len(pen.drawn) == 2, "Mira and Siti"
    pen.edition = 2
    assert file_of(session, app.extensions["storage"], mira) == b"%PDF Mira Lestari 0 1"


def test_whoever_keeps_bytes_first_has_made_the_file(
    session, mira, by_siti, storage, pen, monkeypatch
):
    close(session, mira, by_siti)
    theirs = b"%PDF of another server"

    def slowly(_words):
        stated = statement_documents.statement_of(session, mira.id, 2026)
        with unit_of_work(session):
            keep(session, stated.id, stated.state, storage.put(theirs), at=LATER)
        return b"%PDF ours, too late"

    monkeypatch.setattr(statement_documents, "render_statement", slowly)
    assert file_of(session, storage, mira) == theirs == file_of(session, storage, mira)


def test_a_lost_file_comes_back_only_as_the_same_bytes(session, mira, by_siti, storage, pen):
    close(session, mira, by_siti)
    first = file_of(session, storage, mira)
    storage.kept.clear()
    assert file_of(session, storage, mira) == first
    storage.kept.clear()
    pen.edition = 2
    with pytest.raises(StatementLost) as lost:
        file_of(session, storage, mira)
    assert lost.value.status == 503


@pytest.mark.parametrize("trouble", ["drawing", "disk"])
def test_what_fails_leaves_nothing_and_can_be_asked_again(
    session, mira, by_siti, storage, pen, monkeypatch, trouble
):
    close(session, mira, by_siti)

    def fail(_what):
        raise PdfUnavailable("twice") if trouble == "drawing" else OSError("no space left")

    with monkeypatch.context() as patched:
        if trouble == "drawing":
            patched.setattr(statement_documents, "render_statement", fail)
        else:
            patched.setattr(storage, "put", fail)
        with pytest.raises(NotDrawn):
            file_of(session, storage, mira)
    assert session.scalars(select(StatementDocument)).all() == []
    assert file_of(session, storage, mira)
