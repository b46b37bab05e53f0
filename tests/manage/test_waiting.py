"""Certificates that wait: who, why, whose turn it is, and another try with its reason."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from corpu.credentials import service
from corpu.credentials.models import Certificate, Issuer, PendingCertificate
from corpu.credentials.reasons import Reason
from corpu.credentials.waiting import GROUPS
from corpu.jobs import Job
from corpu.learning import service as learning
from corpu.manage.words import CAUSES
from tests.courses import course_source, publish
from tests.credentials.test_conditions import ESSAY
from tests.credentials.world import complete, hand_in_essay, issue, make_course, make_issuer
from tests.manage.conftest import REASON
from tests.manage.reading import error_at, text_of
from tests.statements import statements

URL = "/manage/certificates/waiting"


@pytest.fixture
def office(session, health):
    """The health office issues, but has no place of signing yet."""
    return make_issuer(session, health, place="")


@pytest.fixture
def refused(session, app, office, health, mira, at):
    """Mira's certificate waits for the place."""
    return let_wait(session, app, health, mira, at, title="Gizi Seimbang")


def let_wait(session, app, unit, person, at, **options):
    event = complete(session, person, make_course(session, app, unit, **options), at)
    service.issue_for_completion(session, event)
    session.commit()
    return event


@pytest.fixture
def ungraded(session, app, office, health, jonas, at):
    """Jonas, of another office, waits for the grade of an essay."""
    source = course_source(
        "uraian-uji",
        title="Gizi Lanjutan",
        files={"02-akhir/02-uraian.md": ESSAY},
        extra="certificate: sertifikat\n",
    )
    edition = publish(session, app, source, owner_unit_id=health.id)
    enrolment = learning.enrol(session, jonas.id, "uraian-uji", at=at - timedelta(days=9))
    hand_in_essay(session, enrolment, edition, at - timedelta(days=8))
    return enrolment


def names(page):
    return [one.a.text for one in page.select("tbody th")]


def test_every_cause_has_a_name():
    assert tuple(CAUSES) == GROUPS


def test_who_waits_is_listed_by_cause_with_who_must_act_and_the_way_there(
    as_chief, refused, ungraded, health
):
    page = as_chief.get(URL)
    assert names(page) == ["Jonas Tahitu", "Mira Lestari"]
    assert "Tempat penandatanganan sertifikat belum ditetapkan." in text_of(page)
    assert "Pengelola Dinas Kesehatan perlu mengisi" in text_of(page)
    assert "menunggu penilaian sejak 16 November 2026" in text_of(page)
    assert page.select_one(f"a[href='/manage/units/{health.id}/issuer']")
    assert page.select_one("a[href='/author/grading']")
    nav = text_of(page.select_one("nav[aria-label='Menurut sebab']"))
    assert nav == "Semua, 2 Tanpa tempat penandatanganan, 1 Menunggu penilaian, 1"
    assert names(as_chief.get(f"{URL}?cause=no_place")) == ["Mira Lestari"]
    assert names(as_chief.get(f"{URL}?cause=nonsense&page=9")) == names(page)


def test_a_person_or_a_course_is_searched_for(as_chief, refused, ungraded, mira):
    for asked, found in {
        "lestari": ["Mira Lestari"],
        mira.nip: ["Mira Lestari"],
        "GIZI lanjutan": ["Jonas Tahitu"],
        "gizi": ["Jonas Tahitu", "Mira Lestari"],
        "100%": [],
    }.items():
        assert names(as_chief.get(URL, query_string={"q": asked})) == found, asked


def test_what_waits_elsewhere_does_not_exist(as_ratna, session, app, elsewhere, refused, jonas, at):
    make_issuer(session, elsewhere, signatory_name="")
    let_wait(session, app, elsewhere, jonas, at)
    assert names(as_ratna.get(URL)) == ["Mira Lestari"]
    for address in (f"{URL}/{jonas.id}", f"{URL}/{jonas.id}.json"):
        assert as_ratna.client.get(address).status_code == 404
    as_ratna.post(f"{URL}/{jonas.id}", {"reason": REASON}, status=404)


def test_of_somebody_elsewhere_only_what_waits_here_is_shown(
    as_ratna, session, app, elsewhere, ungraded, jonas, at
):
    make_issuer(session, elsewhere, signatory_name="")
    let_wait(session, app, elsewhere, jonas, at, title="Rahasia Perikanan")
    page = text_of(as_ratna.get(f"{URL}/{jonas.id}"))
    assert "Gizi Lanjutan" in page
    assert "Rahasia Perikanan" not in page


def test_one_person_shows_every_condition_to_people_and_machines(as_chief, ungraded, jonas):
    page = text_of(as_chief.get(f"{URL}/{jonas.id}"))
    for said in ("Masih 2 halaman.", "Belum lulus.", "Yang menilai: pengelola Dinas Kesehatan."):
        assert said in page
    (course,) = as_chief.client.get(f"{URL}/{jonas.id}.json").get_json()["courses"]
    found = {one["page"] or one["need"]: one["state"] for one in course["conditions"]}
    assert (found["uraian"], found["place"], found["signatory"]) == ("wait", "miss", "done")


def test_another_try_needs_a_reason_and_is_written_down(as_ratna, session, refused, mira, entries):
    for url in (URL, f"{URL}/{mira.id}"):
        page = as_ratna.post(url, {"reason": " "}, status=422)
        assert error_at(page, "reason")
    assert "Belum ada yang dapat terbit" in text_of(as_ratna.post(URL, {"reason": REASON}))
    session.scalars(select(Issuer)).one().place = "Surabaya"
    session.commit()
    assert "dengan sendirinya" in text_of(as_ratna.get(URL)), "mended, and not tried again yet"
    page = as_ratna.post(URL, {"reason": REASON})
    assert "1 sertifikat terbit, 0 masih menunggu" in text_of(page)
    assert session.scalar(select(PendingCertificate)) is None
    found = entries("certificates.retried")
    assert [(one.after["issued"], one.reason) for one in found] == [(0, REASON), (1, REASON)]


def test_another_try_for_one_person_issues_and_draws_for_nobody_else(
    as_chief, session, app, refused, health, mira, jonas, entries, at
):
    let_wait(session, app, health, jonas, at)
    session.scalars(select(Issuer)).one().place = "Surabaya"
    session.commit()
    as_chief.post(f"{URL}/{mira.id}", {"reason": REASON})
    (made,) = session.scalars(select(Certificate))
    assert made.completion_id == refused.completion_id
    (entry,) = entries("certificates.retried")
    assert (entry.subject_name, entry.after["issued"]) == ("Mira Lestari", 1)
    session.execute(update(Job).where(Job.kind == service.RENDER).values(state="failed"))
    session.commit()
    as_chief.post(f"{URL}/{mira.id}", {"reason": REASON})
    assert session.scalars(select(Job.state).filter_by(kind=service.RENDER)).all() == ["waiting"]
    assert len(session.scalars(select(Certificate)).all()) == 1, "a second click issues nothing"


def test_a_document_that_is_long_in_coming_waits_too(as_chief, session, app, health, mira, at):
    make_issuer(session, health)
    issue(session, mira, make_course(session, app, health), at - timedelta(hours=1))
    page = as_chief.get(f"{URL}?cause=drawing")
    assert names(page) == ["Mira Lestari"]
    session.execute(update(Certificate).values(pdf_sha256="0" * 64))
    session.commit()
    assert "Tidak ada yang menunggu" in text_of(as_chief.get(URL))


def test_the_list_costs_the_same_for_many(as_chief, session, app, refused, health, jonas, at):
    def cost():
        with statements() as seen:
            as_chief.get(URL)
        return len(seen)

    as_chief.get(URL)  # this process now knows the edition
    before = cost()
    for title in ("Satu", "Dua", "Tiga"):
        let_wait(session, app, health, jonas, at, title=title)
    as_chief.get(URL)
    assert cost() == before <= 7


def test_a_cause_never_hides_what_is_in_the_way_now(as_chief, session, refused, mira):
    """The place was set, and the signatory taken away, before the next try."""
    issuer = session.scalars(select(Issuer)).one()
    issuer.place, issuer.signatory_name = "Surabaya", ""
    session.commit()
    assert session.scalars(select(PendingCertificate.reason)).one() is Reason.NO_PLACE
    page = text_of(as_chief.get(URL))
    assert "Penanda tangan sertifikat belum ditetapkan." in page
    assert "Tempat penandatanganan sertifikat belum ditetapkan." not in page
