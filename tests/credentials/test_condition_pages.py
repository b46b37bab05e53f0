"""Why there is no certificate yet, as each of its readers meets it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from corpu.catalog.models import Course
from corpu.credentials import service
from corpu.credentials.models import Certificate, Issuer
from corpu.jobs import Job
from corpu.learning import service as learning
from tests.courses import course_source, publish
from tests.credentials.test_conditions import ESSAY
from tests.credentials.world import bpsdm, complete, hand_in_essay, issue, make_course
from tests.factories import make_person
from tests.page import look_again
from tests.statements import statements

SLUG = "syarat-uji"


@pytest.fixture
def unit(session, agency):
    return bpsdm(session, unit_token="BPSDM")


@pytest.fixture
def teacher(session, agency):
    return make_person(session, name="Endang Pengajar", title_after="M.T.")


@pytest.fixture
def course(session, app, unit, teacher):
    source = course_source(
        SLUG,
        checked=(),
        files={"02-akhir/02-uraian.md": ESSAY},
        extra=f'certificate: sertifikat\nauthors:\n  - "{teacher.nip}"\n',
    )
    return publish(session, app, source, owner_unit_id=unit.id)


@pytest.fixture
def awaiting(session, mira, course, at):
    """Mira has read everything but one page; her essay waits since the day before."""
    enrolment = learning.enrol(session, mira.id, SLUG, at=at - timedelta(days=3))
    learning.complete_page(session, mira.id, SLUG, "a", at=at)
    hand_in_essay(session, enrolment, course, at - timedelta(days=1))
    return enrolment


def text_of(page):
    return " ".join(page.get_text(" ").split())


def asked(page):
    """What the list of conditions says, item by item."""
    return [" ".join(one.get_text(" ").split()) for one in page.select(".todo li")]


def test_the_course_page_says_what_is_missing_who_must_act_and_where(browser, mira, awaiting, at):
    browser.sign_in(mira).get(f"/learn/{SLUG}")  # this process now knows the edition
    with statements() as sent:
        page = browser.get(f"/learn/{SLUG}")
    assert len(sent) <= 3, sent
    pages, quiz, essay, ready = asked(page)
    assert "Masih 1 halaman. Berikutnya: Halaman b." in pages
    assert "Belum dikerjakan." in quiz
    assert "menunggu penilaian sejak 23 November 2026" in essay
    assert "Yang menilai: Endang Pengajar, M.T. Tidak ada" in essay
    assert "BPSDM Provinsi Contoh menerbitkannya" in ready
    links = [link["href"] for link in page.select(".todo a")]
    assert links == [f"/learn/{SLUG}/b", f"/learn/{SLUG}/kuis"]


def test_what_issuing_lacks_is_said_before_anybody_has_completed(browser, session, mira, awaiting):
    session.scalars(select(Issuer)).one().place = ""
    session.commit()
    said = asked(browser.sign_in(mira).get(f"/courses/{SLUG}"))[-1]
    assert "Tempat penandatanganan sertifikat belum ditetapkan." in said
    assert "Pengelola BPSDM Provinsi Contoh perlu" in said


def test_a_completed_course_says_on_its_page_what_its_certificate_waits_for(
    browser, session, app, mira, unit, at
):
    session.scalars(select(Issuer)).one().signatory_name = ""
    edition = make_course(session, app, unit, title="Air Tertunda")
    event = complete(session, mira, edition, at)
    service.issue_for_completion(session, event)
    session.commit()
    page = browser.sign_in(mira).get(f"/learn/{slug_of(session, edition)}")
    assert "Mengapa sertifikatnya belum ada" in text_of(page)
    assert any("Penanda tangan sertifikat belum ditetapkan." in one for one in asked(page))


def slug_of(session, edition):
    return session.get_one(Course, edition.course_id).slug


def test_machines_read_every_condition_in_words_that_never_change(
    browser, session, mira, jonas, awaiting, at
):
    data = browser.sign_in(mira).client.get(f"/learn/{SLUG}/certificate.json").get_json()
    assert (data["course"], data["document"], data["certificate"]) == (SLUG, "sertifikat", None)
    found = {one["page"] or one["need"]: one for one in data["conditions"]}
    assert found["enrolment"]["state"] == "done"
    assert (found["a"]["state"], found["b"]["state"]) == ("done", "miss")
    assert found["b"]["url"].endswith(f"/learn/{SLUG}/b")
    assert (found["uraian"]["state"], found["uraian"]["who_acts"]) == ("wait", "teacher")
    assert found["uraian"]["since"] == "2026-11-23T05:00:00+00:00"
    assert [found[need]["state"] for need in ("signatory", "issued", "document")] == [
        "done",
        "miss",
        "miss",
    ]
    look_again()
    other = browser.sign_in(jonas).client.get(f"/learn/{SLUG}/certificate.json").get_json()
    assert other["conditions"][0]["state"] == "miss", "he has not taken it"
    assert browser.client.get("/learn/tidak-ada/certificate.json").status_code == 404


def test_a_document_that_cannot_be_drawn_is_a_condition_of_its_own(
    browser, session, app, mira, unit, at
):
    edition = make_course(session, app, unit)
    certificate = issue(session, mira, edition, at)
    url = f"/learn/{slug_of(session, edition)}/certificate.json"

    def document():
        return browser.sign_in(mira).client.get(url).get_json()["conditions"][-1]

    assert (document()["state"], document()["who_acts"]) == ("wait", "system")
    session.execute(update(Job).values(state="failed"))
    session.commit()
    assert (document()["state"], document()["who_acts"]) == ("miss", "manager")
    session.execute(update(Certificate).values(pdf_sha256="0" * 64))
    session.commit()
    assert document()["state"] == "done"
    assert document()["url"].endswith(f"/me/certificates/{certificate.id}/pdf")
