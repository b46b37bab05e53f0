"""The page of one person, what it never shows, and that the person sees who looked."""

from datetime import UTC, date, datetime, timedelta

import pytest

from corpu import clock
from corpu.assessment.models import Attempt
from corpu.catalog.models import EditionPage
from corpu.credentials.models import Certificate, Issuer
from corpu.learning.models import PageCompletion
from corpu.people.models import ProfileVisit
from corpu.transactions import held_effects
from tests.assessment.factories import (
    MACHINE,
    SECRETS,
    answer_all,
    begin,
    hand_in,
    publish_course,
    take_seat,
)
from tests.competency.factories import observe
from tests.factories import make_unit, save
from tests.page import Browser
from tests.team.factories import NOON, complete, team_url

ESSAY = "Saya memeriksa sumbernya dahulu."


def visits(session):
    session.expire_all()
    return session.query(ProfileVisit).order_by(ProfileVisit.at).all()


def later(monkeypatch, **delta):
    moment = NOON + timedelta(**delta)
    monkeypatch.setattr(clock, "now", lambda: moment)
    return moment


def test_the_page_shows_post_hours_courses_and_competencies(
    browser, session, mira, endang, store, at
):
    edition = publish_course(session, store)
    complete(session, mira, edition, "3")
    complete(session, mira, edition, "5", day=date(2025, 3, 3), ordinal=2)
    observe(session, mira, "PPB", 2, "80")
    page = browser.sign_in(endang).get(team_url(mira))
    assert "Analis Uji" in page.text
    assert "Kurang 17 JP sampai 31 Desember 2026" in page.text
    assert [row.th.text for row in page.select("#jam tbody tr")] == ["Kursus Tercatat"]
    assert "3 Maret 2025" in page.text
    assert page.select_one(f"#semua-kompetensi a[href='{team_url(mira, 'PPB')}']")
    assert page.select_one("svg.chart")
    assert len(page.select("main .button:not(.quiet)")) == 1


def test_courses_under_way_show_pages(browser, session, mira, endang, store, at):
    publish_course(session, store)
    take_seat(session, mira)
    page = browser.sign_in(endang).get(team_url(mira))
    assert "0 dari 2 halaman" in page.text
    assert "Belum ada sertifikat" in page.text


def test_pages_that_others_have_done_are_not_ones_own(
    browser, session, mira, jonas, endang, store, at
):
    edition = publish_course(session, store)
    for person, pages in ((mira, 1), (jonas, 2)):
        enrolment = take_seat(session, person)
        read = session.query(EditionPage).filter_by(edition_id=edition.id).limit(pages)
        for page_id in [one.page_id for one in read]:
            done = {"enrolment_id": enrolment.id, "page_id": page_id, "edition_id": edition.id}
            save(session, PageCompletion(**done, body_hash="", completed_at=NOON))
    browser.sign_in(endang)
    assert "1 dari 2 halaman" in browser.get(team_url(mira)).text
    assert ", 1 dari 2 halaman" in browser.get("/team").text


def test_certificates_show_number_day_and_whether_they_hold(
    browser, session, mira, endang, store, at
):
    edition = publish_course(session, store)
    issuer = save(session, an_issuer(make_unit(session)))
    for sequence, revoked_at in ((1, None), (2, NOON)):
        completion = complete(
            session, mira, edition, "3", day=date(2023 + sequence, 5, 4), ordinal=sequence
        )
        save(session, a_certificate(completion, issuer, sequence, revoked_at))
    page = browser.sign_in(endang).get(team_url(mira))
    latest, first = [row.text for row in page.select("#sertifikat tbody tr")]
    assert "800/1/UJI" in first
    assert "2 Mei 2026" in first
    assert "Berlaku" in first
    assert "Dicabut 24 November 2026" in latest
    assert "RAHASIA" not in str(page)


def an_issuer(unit):
    return Issuer(
        unit_id=unit.id,
        place="Surabaya",
        signatory_name="Kepala",
        signatory_nip="",
        signatory_post="Kepala",
        signatory_rank="",
        number_template="800/{nomor}/UJI",
        classification="800",
        unit_token="UJI",
        changed_at=NOON,
    )


def a_certificate(completion, issuer, sequence, revoked_at):
    return Certificate(
        completion_id=completion.id,
        person_id=completion.person_id,
        course_id=completion.course_id,
        issuer_id=issuer.id,
        kind="sertifikat",
        year=2026,
        sequence=sequence,
        number=f"800/{sequence}/UJI",
        code=f"RAHASIA{sequence}",
        snapshot={"title": "SERTIFIKAT", "course_title": "Air Uji", "jp": "3"},
        snapshot_sha256="0" * 64,
        issued_at=datetime(2026, 5, 1 + sequence, 4, tzinfo=UTC),
        revoked_at=revoked_at,
        revocation_reason=revoked_at and "Keliru",
        revocation_class="data" if revoked_at else None,
    )


def test_answers_attempts_and_keys_are_never_shown(browser, session, mira, endang, store, at):
    publish_course(session, store, questions=(*MACHINE, "uraian"))
    take_seat(session, mira)
    attempt = begin(session, mira)
    answer_all(session, attempt)
    browser.sign_in(endang)
    with held_effects():
        while_running = [str(browser.get(url)) for url in urls(mira)]
        hand_in(session, attempt)
        handed_in = [str(browser.get(url)) for url in urls(mira)]
    assert session.query(Attempt).count() == 1
    # The course and its quiz may be named; what happened inside may not.
    for html in while_running + handed_in:
        for word in (ESSAY, str(attempt.id), attempt.id.hex, *SECRETS):
            assert word not in html
        assert "Sedang dikerjakan" not in html
        assert "Menunggu penilaian pengajar" not in html


def urls(person):
    return ("/team", team_url(person), team_url(person, "PPB"))


def test_a_running_attempt_leaves_no_trace_at_all(browser, session, mira, endang, store, at):
    publish_course(session, store)
    take_seat(session, mira)
    browser.sign_in(endang).get(team_url(mira))  # the visit itself is no difference
    before = browser.get(team_url(mira)).main
    attempt = begin(session, mira)
    answer_all(session, attempt)
    assert browser.get(team_url(mira)).main == before


def test_the_account_of_a_score_says_what_the_learner_reads(browser, session, mira, endang, at):
    observe(session, mira, "PPB", 2, "80")
    theirs = browser.sign_in(endang).get(team_url(mira, "PPB"))
    own = Browser(browser.client.application.test_client()).sign_in(mira)
    mine = own.get("/me/competencies/PPB")
    for part in (".score", ".ladder", ".note"):
        assert theirs.select_one(part).text == mine.select_one(part).text
    assert not theirs.select("a[href*='evidence.json']")


def test_the_first_visit_of_each_day_is_kept_and_the_person_sees_it(
    browser, session, mira, endang, at, monkeypatch
):
    browser.sign_in(endang).get(team_url(mira))
    for hours in (2, 11):  # 14.00 and 23.00 WIB
        later(monkeypatch, hours=hours)
        browser.get(team_url(mira))
        browser.get(team_url(mira, "PPB"))
    assert [visit.at for visit in visits(session)] == [NOON]
    tomorrow = later(monkeypatch, hours=13)  # 01.00 WIB
    browser.get(team_url(mira, "INT"))
    assert [visit.at for visit in visits(session)] == [NOON, tomorrow]
    account = Browser(browser.client.application.test_client()).sign_in(mira).get("/account")
    assert "Endang Sulistyowati" in account.text
    assert "24 November 2026, 12.00 WIB" in account.text
    assert "25 November 2026, 01.00 WIB" in account.text


def test_each_supervisor_is_noted_and_the_list_of_a_team_is_no_visit(
    browser, session, mira, endang, head, at
):
    ids, url = {endang.id, head.id}, team_url(mira)
    other = Browser(browser.client.application.test_client()).sign_in(head)
    browser.sign_in(endang).get("/team")
    assert visits(session) == []
    browser.get(url)
    other.get(url)
    assert {visit.viewer_id for visit in visits(session)} == ids


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_pages_stand_in_both_languages(browser, session, mira, endang, at, lang):
    observe(session, mira, "PPB", 2, "80")
    browser.sign_in(endang)
    for url in urls(mira):
        assert browser.get(f"{url}?lang={lang}").html["lang"] == lang
