"""Certificates: found by what people know of them, looked at, revoked for good."""

import pytest
from sqlalchemy import select

from corpu.credentials import documents, service
from corpu.credentials.models import Certificate, Issuer, PendingCertificate
from corpu.credentials.rules import format_code
from tests.credentials.world import complete, issue, make_course, make_issuer
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
    page = send(as_chief, url, reason="Terbit atas nama yang keliru")
    assert "Sudah dicabut" in text_of(page)
    seen = text_of(as_chief.get(f"/verify/{format_code(mine.code)}"))
    assert "Terbit atas nama yang keliru" in seen
    (entry,) = entries("certificate.revoked")
    assert (entry.subject_name, entry.actor_name) == (mine.number, "Siti Maesaroh")
    assert numbers(as_chief.get("/manage/certificates?state=valid")) == []
    assert numbers(as_chief.get("/manage/certificates?state=revoked")) == [mine.number]


def test_a_revocation_needs_a_reason(as_chief, session, mine):
    page = send(as_chief, f"/manage/certificates/{mine.id}/revoke", reason=" ", status=422)
    assert error_at(page, "reason")
    assert session.get(Certificate, mine.id, populate_existing=True).revoked_at is None


def test_the_same_form_sent_twice_revokes_once(as_chief, mine, entries):
    url = f"/manage/certificates/{mine.id}/revoke"
    data = fields_of(as_chief.get(url), url) | {"reason": REASON}
    as_chief.post(url, data)
    as_chief.post(url, data)
    assert len(entries("certificate.revoked")) == 1


def test_the_second_of_two_managers_learns_that_it_is_revoked(as_chief, as_ratna, session, mine):
    url = f"/manage/certificates/{mine.id}/revoke"
    theirs = fields_of(as_ratna.get(url), url) | {"reason": "alasan lain"}
    send(as_chief, url, reason=REASON)
    page = as_ratna.post(url, theirs, status=409)
    assert "sudah dicabut sebelumnya" in text_of(page)
    assert session.get(Certificate, mine.id, populate_existing=True).revocation_reason == REASON


# ------------------------------------------------------------------------------- what waits


@pytest.fixture
def waiting(session, app, health, mira, at):
    make_issuer(session, health, place="")
    event = complete(session, mira, make_course(session, app, health), at)
    service.issue_for_completion(session, event)
    session.commit()
    return event


def test_what_waits_says_why_who_must_act_and_leads_there(as_chief, waiting, health):
    page = as_chief.get("/manage/certificates/pending")
    assert "Tempat penandatanganan sertifikat belum ditetapkan." in text_of(page)
    assert "Pengelola Dinas Kesehatan perlu mengisi" in text_of(page)
    assert page.select_one(f"a[href='/manage/units/{health.id}/issuer']")


def test_a_new_try_issues_what_can_be_issued_and_says_how_many(
    as_ratna, session, health, waiting, entries
):
    url = "/manage/certificates/pending"
    assert "Belum ada yang dapat terbit" in text_of(as_ratna.post(url))
    session.scalars(select(Issuer)).one().place = "Surabaya"
    session.commit()
    page = as_ratna.post(url)
    assert "1 sertifikat terbit, 0 masih menunggu" in text_of(page)
    assert session.scalar(select(PendingCertificate)) is None
    assert [entry.after["issued"] for entry in entries("certificates.retried")] == [0, 1]


def test_a_new_try_reaches_no_further_than_the_manager(
    as_ratna, session, app, elsewhere, jonas, at
):
    issuer = make_issuer(session, elsewhere, place="")
    event = complete(session, jonas, make_course(session, app, elsewhere), at)
    service.issue_for_completion(session, event)
    issuer.place = "Surabaya"
    session.commit()
    as_ratna.post("/manage/certificates/pending")
    assert session.scalar(select(PendingCertificate)) is not None
    assert "Jonas" not in text_of(as_ratna.get("/manage/certificates/pending"))


def test_lists_cost_the_same_for_many(session, app, as_chief, health, mira, jonas, at):
    make_issuer(session, health)

    def cost(url):
        with statements() as seen:
            as_chief.get(url)
        return len(seen)

    urls = ("/manage/certificates", "/manage/certificates/pending")
    before = [cost(url) for url in urls]
    for person in (mira, jonas):
        issue(session, person, make_course(session, app, health), at)
    assert [cost(url) for url in urls] == before
    assert max(before) <= 4
