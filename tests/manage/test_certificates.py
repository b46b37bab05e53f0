"""Certificates: found by what people know of them, looked at, revoked for good."""

import pytest

from corpu.credentials import documents
from corpu.credentials.models import Certificate
from corpu.credentials.rules import format_code
from tests.credentials.world import issue, make_course, make_issuer
from tests.manage.conftest import REASON
from tests.manage.reading import error_at, fields_of, send, text_of
from tests.statements import statements


@pytest.fixture
def mine(session, app, health, mira, at):
    """Issued by the health office."""
    make_issuer(session, health)
    return issue(session, mira, make_course(session, app, health), at)


@pytest.fixture
def theirs(session, app, elsewhere, jonas, at):
    """Issued elsewhere."""
    make_issuer(session, elsewhere)
    return issue(session, jonas, make_course(session, app, elsewhere), at)


def numbers(page):
    return [cell.text for cell in page.select("tbody td .mono")]


def test_a_certificate_is_found_by_number_name_nip_and_code(as_chief, mine, theirs, mira):
    for asked in (mine.number, "mira lestari", mira.nip, format_code(mine.code).lower()):
        page = as_chief.get("/manage/certificates", query_string={"q": asked})
        assert numbers(page) == [mine.number], asked


def test_only_those_issued_within_reach_exist(as_ratna, mine, theirs):
    assert numbers(as_ratna.get("/manage/certificates")) == [mine.number]
    as_ratna.get(f"/manage/certificates/{mine.id}")
    for act in ("", "/pdf", "/revoke"):
        as_ratna.get(f"/manage/certificates/{theirs.id}{act}", status=404)
    as_ratna.post(f"/manage/certificates/{theirs.id}/revoke", {"reason": REASON}, status=404)


def test_the_page_shows_what_was_issued_not_what_is_now(as_chief, session, mine, mira):
    mira.name = "Mira Nama Baru"
    session.commit()
    page = text_of(as_chief.get(f"/manage/certificates/{mine.id}"))
    assert "Mira Lestari" in page
    assert "Mira Nama Baru" not in page
    assert format_code(mine.code) in page


def test_the_document_is_the_one_its_holder_has(as_chief, session, app, mine):
    as_chief.get("/manage/certificates")
    response = as_chief.client.get(f"/manage/certificates/{mine.id}/pdf")
    assert response.mimetype == "application/pdf"
    assert response.data == documents.pdf_of(session, app.extensions["storage"], mine.id)


def test_a_revocation_says_what_it_does_and_is_seen_by_who_verifies(
    as_chief, session, mine, entries
):
    url = f"/manage/certificates/{mine.id}/revoke"
    assert "tidak dapat dibatalkan" in text_of(as_chief.get(url))
    page = send(as_chief, url, reason="Atas nama Wati", revocation_class="identity")
    assert "Sudah dicabut" in text_of(page)
    seen = text_of(as_chief.get(f"/verify/{format_code(mine.code)}"))
    assert "Keliru orang" in seen
    assert "Wati" not in seen, "the reason may name people"
    (entry,) = entries("certificate.revoked")
    assert (entry.subject_name, entry.actor_name) == (mine.number, "Siti Maesaroh")
    assert numbers(as_chief.get("/manage/certificates?state=valid")) == []
    assert numbers(as_chief.get("/manage/certificates?state=revoked")) == [mine.number]


def test_a_revocation_needs_a_reason(as_chief, session, mine):
    page = send(
        as_chief,
        f"/manage/certificates/{mine.id}/revoke",
        reason=" ",
        revocation_class="data",
        status=422,
    )
    assert error_at(page, "reason")
    assert session.get(Certificate, mine.id, populate_existing=True).revoked_at is None


def test_the_same_form_sent_twice_revokes_once(as_chief, mine, entries):
    url = f"/manage/certificates/{mine.id}/revoke"
    data = fields_of(as_chief.get(url), url) | {"reason": REASON, "revocation_class": "data"}
    as_chief.post(url, data)
    as_chief.post(url, data)
    assert len(entries("certificate.revoked")) == 1


def test_the_second_of_two_managers_learns_that_it_is_revoked(as_chief, as_ratna, session, mine):
    url = f"/manage/certificates/{mine.id}/revoke"
    theirs = fields_of(as_ratna.get(url), url) | {
        "reason": "alasan lain",
        "revocation_class": "fraud",
    }
    send(as_chief, url, reason=REASON, revocation_class="data")
    page = as_ratna.post(url, theirs, status=409)
    assert "sudah dicabut sebelumnya" in text_of(page)
    assert session.get(Certificate, mine.id, populate_existing=True).revocation_reason == REASON


def test_the_list_costs_the_same_for_many(session, app, as_chief, health, mira, jonas, at):
    make_issuer(session, health)

    def cost():
        with statements() as seen:
            as_chief.get("/manage/certificates")
        return len(seen)

    before = cost()
    for person in (mira, jonas):
        issue(session, person, make_course(session, app, health), at)
    assert cost() == before <= 4
