"""Beranda: the one step, the facts of the year, the news, what waits for whom."""

from datetime import timedelta

import pytest

from corpu.assessment import service as assessment
from corpu.competency import service as competency
from corpu.credentials import service as credentials
from corpu.jobs import Job
from corpu.learning import service as learning
from corpu.people import service as people
from corpu.people.queries import viewer_for
from corpu.permissions import Role
from tests.assessment.factories import QUESTIONS, answer_all, begin, hand_in, storage_in, take_seat
from tests.assessment.factories import publish_course as publish_quiz_course
from tests.credentials.world import bpsdm
from tests.credentials.world import complete as complete_elsewhere
from tests.credentials.world import make_course as make_certified
from tests.factories import make_issuer, make_person, make_unit, save, supervise
from tests.hours.test_validity import LICENCE, certificate
from tests.reporting.world import complete, enrol, make_course, words
from tests.statements import statements

pytestmark = pytest.mark.usefixtures("at")


@pytest.fixture
def course(session, app, agency):
    return make_course(session, app, "air", [6, 16], title="Air Bersih")


def band(page):
    return page.select_one("section.next")


def step(page):
    """Words and address of the one primary button."""
    [button] = page.select("main a.button:not(.quiet), main button.button:not(.quiet)")
    assert button.find_parent(class_="next"), "it stands in the band"
    return button.get_text(" ", strip=True).split(":")[0].strip(), button["href"]


def news(page):
    return [words(item) for item in page.select("aside .todo li")]


def fact(page, title):
    return next(words(f) for f in page.select(".fact") if f.h2.text == title)


# ------------------------------------------------------------------------------- the step


@pytest.mark.parametrize(
    ("left", "title", "leads"),
    [
        (-3, "Sertifikat habis berlaku", True),
        (30, "Sertifikat segera berakhir", True),
        (31, "Sertifikat segera berakhir", False),
        (91, None, False),
    ],
)
def test_a_certificate_that_ends_comes_before_a_course_from_thirty_days_on(
    session, browser, mira, course, at, left, title, leads
):
    siti = viewer_for(session, make_person(session, roles=["manager"]).id, 0, at)
    certificate(session, mira, siti, left=left)
    page = browser.sign_in(mira).get("/")
    assert (step(page)[1] == "/me/certificates#luar") is leads
    listed = page.select("section.next h2, section[aria-labelledby=tunggu] h3")
    found = [words(one) for one in listed if LICENCE in one.text]
    assert found == ([f"{title}: {LICENCE}"] if title else [])
    enrol(session, mira, "air", at)
    page = browser.get("/")
    assert step(page)[1].startswith("/learn/air"), "what is under way is gone on with"
    waiting = page.select("section[aria-labelledby=tunggu] h3")
    assert len(waiting) == (title is not None)


def test_where_there_is_no_course_the_catalogue_is_next(browser, mira):
    page = browser.sign_in(mira).get("/")
    assert step(page) == ("Buka katalog", "/courses")
    assert "Selamat datang, Mira Lestari" in words(band(page))
    assert "Tidak ada kursus yang sedang berjalan" in words(page)


def test_a_new_person_is_led_to_the_course_that_closes_the_farthest_gap(browser, mira, course):
    page = browser.sign_in(mira).get("/")
    assert step(page) == ("Buka kursus", "/courses/air")
    assert "belum teramati, padahal jabatan ini mensyaratkan level" in words(band(page))


def test_a_course_that_asks_for_another_one_leads_there_first(session, app, browser, mira):
    make_course(session, app, "dasar", [6], title="Dasar", jp=9)
    make_course(session, app, "air", [6], title="Air", jp=1, extra="prerequisites: [dasar]\n")
    browser.sign_in(mira)
    page = browser.get("/")
    # Both teach the competency and the shorter one is meant; it may not be begun yet.
    assert step(page) == ("Buka kursus", "/courses/dasar")
    assert "disyaratkan sebelum Air" in words(band(page))


def test_without_a_gap_to_close_a_course_is_suggested(session, app, browser, mira, course):
    """Somebody whose post asks for nothing that a course could raise."""
    plain = make_person(session, name="Tanpa Syarat", post_type="")
    page = browser.sign_in(plain).get("/")
    assert step(page) == ("Buka kursus", "/courses/air")
    assert "Kursus yang hanya ada dalam uji." in words(band(page))


def test_going_on_leads_to_the_exact_place(session, browser, mira, course, at):
    place = enrol(session, mira, "air", at - timedelta(days=2))
    learning.record_visit(session, place.id, "b", place="bagian-b", at=at - timedelta(days=1))
    session.commit()
    page = browser.sign_in(mira).get("/")
    assert step(page) == ("Lanjutkan", "/learn/air/b#bagian-b")
    assert band(page).h2.text == "Halaman b"
    assert "Halaman 2 dari 3 kursus Air Bersih" in words(band(page))
    assert words(page.select_one(".list .item")).startswith("6")


def test_of_two_courses_the_one_read_last_goes_on(session, app, browser, mira, course, at):
    make_course(session, app, "kota", [11], title="Kota")
    first = enrol(session, mira, "air", at - timedelta(days=9))
    enrol(session, mira, "kota", at - timedelta(days=5))
    assert step(browser.sign_in(mira).get("/"))[1] == "/learn/kota/a"
    learning.record_visit(session, first.id, "a", at=at - timedelta(days=1))
    session.commit()
    assert step(browser.get("/"))[1] == "/learn/air/a"


def test_a_quiz_being_taken_comes_before_everything(session, app, browser, mira, course, at):
    make_course(session, app, "kota", [11], title="Kota")
    enrol(session, mira, "air", at - timedelta(days=9))
    assessment.start(session, mira.id, "air", "kuis", at=at - timedelta(days=8))
    session.commit()
    enrol(session, mira, "kota", at - timedelta(days=1))
    page = browser.sign_in(mira).get("/")
    assert step(page) == ("Lanjutkan", "/learn/air/kuis")
    assert "sedang Anda kerjakan" in words(band(page))


def test_what_waits_for_a_grade_is_no_step_but_is_said(session, browser, mira, tmp_path, at):
    _essay_handed_in(session, mira, tmp_path, at)
    learning.complete_page(session, mira.id, "air-uji", "bacaan", at=at)
    session.commit()
    page = browser.sign_in(mira).get("/")
    assert step(page)[1] == "/courses"
    assert "Menunggu penilaian pengajar" in news(page)[0]
    assert "1 kursus menunggu penilaian pengajar" in fact(page, "Sertifikat")


def _essay_handed_in(session, person, folder, at, *, authors=()):
    publish_quiz_course(session, storage_in(folder), questions=tuple(QUESTIONS), authors=authors)
    take_seat(session, person)
    attempt = begin(session, person, at=at)
    answer_all(session, attempt, at=at)
    return hand_in(session, attempt, at=at)


def test_a_left_course_is_not_gone_on_with(session, browser, mira, course, at):
    enrol(session, mira, "air", at - timedelta(days=3))
    learning.leave(session, mira.id, "air", at=at - timedelta(days=2))
    session.commit()
    page = browser.sign_in(mira).get("/")
    assert step(page)[0] == "Buka kursus"
    assert not page.select(".list .item")


def test_a_completed_course_is_not_offered_again(session, browser, mira, course, at):
    complete(session, enrol(session, mira, "air", at), course, at)
    assert step(browser.sign_in(mira).get("/")) == ("Buka katalog", "/courses")


# ------------------------------------------------------------------------------ the facts


def test_the_hours_are_those_of_the_book_of_this_year(session, browser, mira, course, at):
    complete(session, enrol(session, mira, "air", at), course, at)
    page = browser.sign_in(mira).get("/")
    assert "2 dari 20 JP" in fact(page, "Jam pelajaran 2026")
    assert "Kurang 18 JP sampai 31 Desember 2026." in fact(page, "Jam pelajaran 2026")


def test_hours_of_last_year_are_not_this_years(session, browser, mira, course, at):
    earlier = at - timedelta(days=400)
    complete(session, enrol(session, mira, "air", earlier), course, earlier)
    assert "0 dari 20 JP" in fact(browser.sign_in(mira).get("/"), "Jam pelajaran 2026")


def test_not_yet_observed_is_said_and_is_no_gap(browser, mira):
    text = fact(browser.sign_in(mira).get("/"), "Kompetensi")
    assert "9 dari 9 belum teramati" in text


def test_the_farthest_gap_is_named(session, browser, mira, at):
    boss = make_person(session, name="Endang Atasan")
    supervise(session, boss, mira)
    competency.rate(session, boss.id, mira.id, "PPB", 1, "Terlihat saat bertugas", at=at)
    session.commit()
    text = fact(browser.sign_in(mira).get("/"), "Kesenjangan kompetensi")
    assert "1 dari 9 di bawah syarat" in text
    assert "level 1 dari" in text
    assert "8 kompetensi belum teramati" in text


# ------------------------------------------------------------------------------- the news


def test_nothing_happened_is_said(browser, mira):
    page = browser.sign_in(mira).get("/")
    assert news(page) == []
    assert "Belum ada kabar" in words(page.select_one("aside"))


def test_a_new_certificate_is_news_for_two_weeks(session, app, browser, mira, agency, at):
    owner = bpsdm(session)
    for days in (3, 20):
        edition = make_certified(session, app, owner, title=f"Kursus {days} hari")
        event = complete_elsewhere(session, mira, edition, at - timedelta(days=days))
        credentials.issue_for_completion(session, event)
    session.commit()
    page = browser.sign_in(mira).get("/")
    [item] = news(page)
    assert item.startswith("Sertifikat terbit Kursus 3 hari, 2 JP. 21 November 2026")
    text = fact(page, "Sertifikat")
    assert "2 terbit" in text
    assert "Terakhir: Kursus 3 hari , 21 November 2026." in text
    browser.get(page.select_one("aside .todo a")["href"])


def test_a_certificate_that_waits_says_why_and_who_acts(session, app, browser, mira, at):
    edition = make_certified(session, app, make_unit(session, name="Dinas Tanpa Penerbit"))
    event = complete_elsewhere(session, mira, edition, at - timedelta(days=90))
    credentials.issue_for_completion(session, event)
    session.commit()
    page = browser.sign_in(mira).get("/")
    [item] = news(page)
    assert "Sertifikat Air Bersih Uji menunggu" in item
    assert "Pengelola Dinas Tanpa Penerbit perlu" in item
    assert "1 menunggu diterbitkan" in fact(page, "Sertifikat")


def test_a_revoked_certificate_counts_no_more_and_is_news(session, app, browser, mira, at):
    edition = make_certified(session, app, bpsdm(session))
    event = complete_elsewhere(session, mira, edition, at - timedelta(days=90))
    credentials.issue_for_completion(session, event)
    session.commit()
    certificate = session.query(credentials.Certificate).one()
    certificate.revoked_at, certificate.revocation_reason = at - timedelta(days=1), "Keliru"
    certificate.revocation_class = "data"
    session.commit()
    page = browser.sign_in(mira).get("/")
    assert news(page)[0].startswith("Sertifikat dicabut Air Bersih Uji")
    assert "0 terbit" in fact(page, "Sertifikat")


def test_a_graded_answer_is_news_with_its_outcome(session, browser, mira, tmp_path, at):
    teacher = make_person(session, name="Agus Pengajar", roles=["instructor"])
    attempt = _essay_handed_in(
        session, mira, tmp_path, at - timedelta(days=2), authors=[teacher.nip]
    )
    assessment.grade_essay(
        session, teacher.id, attempt.id, "uraian", ["2", "1"], "Baik.", at=at - timedelta(days=1)
    )
    session.commit()
    page = browser.sign_in(mira).get("/")
    [item] = news(page)
    assert item.startswith("Jawaban Anda sudah dinilai Air Uji: Lulus.")
    assert page.select_one("aside .todo a")["href"].endswith(f"/attempts/{attempt.id}/result")


def test_ratings_of_one_day_are_one_piece_of_news(session, browser, mira, at):
    boss = make_person(session, name="Endang Atasan")
    supervise(session, boss, mira)
    for code in ("INT", "KSM", "PPB"):
        competency.rate(
            session, boss.id, mira.id, code, 3, "Terlihat saat bertugas", at=at - timedelta(hours=1)
        )
    old = at - timedelta(days=15)
    competency.rate(session, boss.id, mira.id, "KOM", 3, "Terlihat saat bertugas", at=old)
    session.commit()
    [item] = news(browser.sign_in(mira).get("/"))
    assert item.startswith("Endang Atasan menilai Anda Integritas level 3")
    assert "dan 1 lainnya" in item


def test_who_opened_the_page_is_news_once(session, browser, mira, at):
    boss = make_person(session, name="Endang Atasan")
    for days in (1, 3, 16):
        people.record_profile_visit(session, mira.id, boss.id, at=at - timedelta(days=days))
    session.commit()
    [item] = news(browser.sign_in(mira).get("/"))
    assert item == (
        "Endang Atasan membuka halaman Anda Terakhir pada 23 November 2026. Lihat siapa saja"
    )


def test_nothing_of_another_person_is_shown(session, app, browser, mira, jonas, tmp_path, at):
    boss = make_person(session, name="Endang Atasan")
    supervise(session, boss, mira)
    competency.rate(session, boss.id, mira.id, "PPB", 3, "Terlihat saat bertugas", at=at)
    people.record_profile_visit(session, mira.id, boss.id, at=at)
    edition = make_certified(session, app, bpsdm(session))
    credentials.issue_for_completion(session, complete_elsewhere(session, mira, edition, at))
    _essay_handed_in(session, mira, tmp_path, at)
    session.commit()
    page = browser.sign_in(jonas).get("/")
    assert news(page) == []
    assert "0 terbit" in fact(page, "Sertifikat")
    assert not page.select(".list .item")


# ------------------------------------------------------------------------ what waits for whom


def waiting(page):
    found = page.select_one("section[aria-labelledby=tunggu]")
    return words(found) if found else ""


def test_a_learner_has_nothing_waiting(browser, mira, course):
    assert waiting(browser.sign_in(mira).get("/")) == ""


def test_a_supervisor_sees_who_needs_something_today(session, browser, mira, course):
    boss = make_person(session, name="Endang Atasan")
    supervise(session, boss, mira)
    page = browser.sign_in(boss).get("/")
    assert "Mira Lestari" in waiting(page)
    assert page.select_one(f"section[aria-labelledby=tunggu] a[href*='{mira.id}']")
    assert step(page)[0] == "Buka kursus"


def test_whoever_has_nothing_to_learn_does_first_what_others_wait_for(session, browser, mira):
    boss = make_person(session, name="Endang Atasan")
    supervise(session, boss, mira)
    page = browser.sign_in(boss).get("/")
    assert step(page) == ("Buka rencana", f"/team/{mira.id}/plan")
    assert "Rencana 2026 belum diajukan" in words(band(page))
    assert "Mira Lestari" in words(band(page))
    assert "Rencana 2026" not in waiting(page)  # said once
    assert "Belum mengikuti kursus apa pun pada 2026" in waiting(page)
    assert "Belum pernah Anda nilai" in waiting(page)
    browser.get(step(page)[1])


def test_somebody_elses_team_does_not_wait(session, browser, mira, jonas, course):
    supervise(session, make_person(session), mira)
    assert "Mira" not in words(browser.sign_in(jonas).get("/"))


def test_an_instructor_sees_the_answers_that_wait(session, browser, mira, tmp_path, at):
    teacher = make_person(session, name="Agus Pengajar", roles=["instructor"])
    other = make_person(session, name="Lain", roles=["instructor"])
    _essay_handed_in(session, mira, tmp_path, at, authors=[teacher.nip])
    page = browser.sign_in(teacher).get("/")
    assert "1 jawaban menunggu penilaian Anda" in words(page.select_one("main"))
    page = browser.sign_in(other).get("/")
    assert "menunggu penilaian" not in words(page.select_one("main"))


def test_a_manager_sees_what_holds_others_up(session, app, browser, mira, jonas, at):
    unit = make_unit(session, name="Dinas Tanpa Penerbit")
    manager = make_person(session, name="Wahyu Pengelola", roles=["manager"], password_hash="x")
    edition = make_certified(session, app, unit)
    event = complete_elsewhere(session, mira, edition, at)
    credentials.issue_for_completion(session, event)
    people.make_sign_in_link(session, jonas.id, by=None, at=at)
    save(session, Job(kind="uji", payload={}, state="failed", run_at=at, created_at=at))
    text = words(browser.sign_in(manager).get("/").select_one("main"))
    assert "1 sertifikat belum dapat terbit" in text
    assert "1 orang belum dapat masuk" in text  # Mira; Jonas has a link that opens
    assert "1 pekerjaan latar terhenti" in text


def test_a_units_manager_sees_only_what_is_of_the_unit(session, app, browser, mira, at):
    mine = make_unit(session, name="Dinas Saya")
    manager = make_person(session, name="Wahyu Pengelola", unit=mine, password_hash="x")
    people.assign_role(
        session, manager.id, Role.MANAGER, unit_id=mine.id, started_on=at.date(), by=None, at=at
    )
    edition = make_certified(session, app, make_unit(session, name="Dinas Lain"))
    credentials.issue_for_completion(session, complete_elsewhere(session, mira, edition, at))
    save(session, Job(kind="uji", payload={}, state="failed", run_at=at, created_at=at))
    browser.sign_in(manager)
    held_up = ("belum dapat", "terhenti")
    text = words(browser.get("/").select_one("main"))
    assert not any(one in text for one in held_up)
    make_person(session, name="Baru", unit=mine)
    assert "1 orang belum dapat masuk" in words(browser.get("/").select_one("main"))


# -------------------------------------------------------------------------------- the cost


def test_the_page_asks_at_most_ten_things_of_the_database(app, session, browser, mira, course, at):
    boss = make_person(session, name="Endang Atasan")
    supervise(session, boss, mira)
    competency.rate(session, boss.id, mira.id, "KSM", 1, "Terlihat saat bertugas", at=at)
    unit = make_unit(session)
    make_issuer(session, unit)
    app.extensions["agency_names"] = ("BPSDM", "BPSDM")
    try:
        browser.sign_in(mira)
        browser.get("/")  # the outlines are known to the process
        session.expire_all()
        with statements() as new:
            browser.get("/")
        assert len(new) <= 10, new
        enrol(session, mira, "air", at)
        session.expire_all()
        with statements() as running:
            browser.get("/")
        assert len(running) <= 8, running
    finally:
        del app.extensions["agency_names"]
