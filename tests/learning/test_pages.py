"""Reading pages, answering checks, completing pages and the course."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from corpu import clock, events
from corpu.assessment import service as assessment
from corpu.catalog.models import Course
from corpu.errors import NotFound
from corpu.events import CourseCompleted
from corpu.learning import service
from corpu.learning.models import CheckAnswer, Completion, PageVisit
from corpu.learning.seat import seat
from tests.courses import course_source, publish
from tests.factories import make_person
from tests.statements import statements

SLUG = "kursus-uji"


def pass_quiz(session, person, *, at, slug=SLUG, right=True):
    attempt = assessment.start(session, person.id, slug, "kuis", at=at)
    for question in attempt.question_ids:
        assessment.save_answer(
            session,
            person.id,
            attempt.id,
            question,
            "0" if right else "1",
            1,
            in_doubt=False,
            at=at,
        )
    return assessment.submit(session, person.id, attempt.id, at=at)


def finish_pages(session, person, *, at, slug=SLUG):
    service.answer_check(session, person.id, slug, "a", "cek-a", [1], at=at)
    service.complete_page(session, person.id, slug, "a", at=at)
    service.complete_page(session, person.id, slug, "b", at=at)


def test_what_was_graded_while_away_completes_the_course_on_return(session, mira, enrolled, at):
    finish_pages(session, mira, at=at)
    attempt = assessment.start(session, mira.id, SLUG, "kuis", at=at)
    for question in attempt.question_ids:
        assessment.save_answer(
            session, mira.id, attempt.id, question, "0", 1, in_doubt=False, at=at
        )
    service.leave(session, mira.id, SLUG, at=at)
    assessment.submit(session, mira.id, attempt.id, at=at)
    assert session.scalar(select(Completion)) is None, "who has left completes nothing"
    service.enrol(session, mira.id, SLUG, at=at)
    assert session.scalars(select(Completion)).one().person_id == mira.id
    assert seat(session, mira.id, SLUG).completed_at == at


def test_opening_a_page_never_completes_it(browser, session, mira, enrolled, at):
    browser.sign_in(mira).get(f"/learn/{SLUG}/b")
    assert seat(session, mira.id, SLUG).done == {}


def test_a_page_waits_for_its_checks_and_then_is_done_once(session, mira, enrolled, at):
    with pytest.raises(service.ChecksOpen):
        service.complete_page(session, mira.id, SLUG, "a", at=at)
    service.answer_check(session, mira.id, SLUG, "a", "cek-a", [1], at=at)
    service.complete_page(session, mira.id, SLUG, "a", at=at)
    after = service.complete_page(session, mira.id, SLUG, "a", at=at + timedelta(days=1))
    assert list(after.done) == ["a"]


def test_feedback_comes_only_after_the_answer(browser, mira, enrolled, at):
    page = browser.sign_in(mira).get(f"/learn/{SLUG}/a")
    assert "umpan-" not in str(page)
    page = browser.post(f"/learn/{SLUG}/a/checks/cek-a", choice="1")
    assert "umpan-rusa-a" in page.text
    assert "umpan-kuda-a" not in page.text
    assert "Belum tepat." in page.text
    page = browser.post(f"/learn/{SLUG}/a/checks/cek-a", choice="0")
    assert "umpan-kuda-a" in page.text


def test_no_choice_is_asked_for_and_nothing_is_kept(browser, session, mira, enrolled, at):
    page = browser.sign_in(mira).post(f"/learn/{SLUG}/a/checks/cek-a")
    assert "Pilih jawaban dahulu." in page.text
    assert seat(session, mira.id, SLUG).answers == {}


def test_the_first_answer_stays_known(session, mira, enrolled, at):
    assert service.answer_check(session, mira.id, SLUG, "a", "cek-a", [1], at=at) is False
    assert service.answer_check(session, mira.id, SLUG, "a", "cek-a", [0], at=at) is True
    row = session.get(CheckAnswer, (enrolled.id, "cek-a"))
    assert (row.first_right, row.is_right) == (False, True)


@pytest.mark.parametrize("chosen", [[], [7], [-1]])
def test_a_choice_that_is_not_there_is_refused(session, mira, enrolled, at, chosen):
    with pytest.raises(service.NothingChosen):
        service.answer_check(session, mira.id, SLUG, "a", "cek-a", chosen, at=at)


def test_the_course_completes_with_its_last_condition_on_either_path(
    session, mira, jonas, course, at, monkeypatch
):
    heard = []
    monkeypatch.setitem(events._reactions, CourseCompleted, [lambda _s, event: heard.append(event)])
    for person in (mira, jonas):
        service.enrol(session, person.id, SLUG, at=at)
    finish_pages(session, mira, at=at)
    assert heard == []
    pass_quiz(session, mira, at=at)
    assert [event.person_id for event in heard] == [mira.id]
    pass_quiz(session, jonas, at=at)
    finish_pages(session, jonas, at=at)
    assert [event.person_id for event in heard] == [mira.id, jonas.id]
    completion = session.scalars(select(Completion).filter_by(person_id=jonas.id)).one()
    assert (completion.jp, completion.post_title) == (Decimal(2), "Analis Uji")


def test_a_failed_quiz_completes_nothing(session, mira, enrolled, at):
    finish_pages(session, mira, at=at)
    assert pass_quiz(session, mira, at=at, right=False).passed is False
    assert session.scalars(select(Completion)).all() == []


def test_a_locked_page_says_what_opens_it(browser, session, app, mira, agency, at):
    publish(session, app, course_source("urut", order="sequence"))
    service.enrol(session, mira.id, "urut", at=at)
    session.commit()
    page = browser.sign_in(mira).get("/learn/urut/b", status=409)
    assert "Halaman a" in page.text
    with pytest.raises(service.PageLocked, match="Halaman a"):
        service.complete_page(session, mira.id, "urut", "b", at=at)


def test_another_persons_course_cannot_be_read(browser, jonas, enrolled, at):
    page = browser.sign_in(jonas).client.get(f"/learn/{SLUG}/a")
    assert page.status_code == 303
    assert page.location.endswith(f"/courses/{SLUG}")


def test_an_unknown_page_or_course_is_not_found(browser, mira, enrolled, at):
    browser.sign_in(mira).get(f"/learn/{SLUG}/zz", status=404)
    browser.get("/learn/tidak-ada/a", status=404)


def test_resume_leads_to_the_exact_place(browser, session, mira, enrolled, at, monkeypatch):
    browser.sign_in(mira).get(f"/learn/{SLUG}/b")
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(seconds=90))
    browser.post(f"/learn/{SLUG}/b/place", place="isi-bagian-b", status=204, follow=False)
    here = seat(session, mira.id, SLUG)
    assert (here.resume_page.id, here.visits["b"].place) == ("b", "isi-bagian-b")


def test_a_visit_is_written_at_most_once_a_minute(
    browser, session, mira, enrolled, at, monkeypatch
):
    browser.sign_in(mira).get(f"/learn/{SLUG}/b")
    with statements() as sent:
        browser.get(f"/learn/{SLUG}/b")
    assert not [s for s in sent if s.startswith("INSERT")]
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(seconds=61))
    browser.get(f"/learn/{SLUG}/b")
    visit = session.get(PageVisit, (enrolled.id, "b"), populate_existing=True)
    assert (visit.first_at, visit.last_at) == (at, at + timedelta(seconds=61))


def test_course_and_module_page_need_at_most_four_statements(browser, mira, enrolled, at):
    browser.sign_in(mira).get(f"/learn/{SLUG}/a")  # this process now knows the edition
    for url in (f"/learn/{SLUG}/b", f"/learn/{SLUG}/a", f"/learn/{SLUG}", f"/courses/{SLUG}"):
        with statements() as sent:
            browser.get(url)
        assert len(sent) <= 4, (url, sent)


def test_a_later_edition_marks_what_is_new_and_keeps_what_is_done(
    browser, session, app, mira, enrolled, at
):
    finish_pages(session, mira, at=at)
    session.commit()
    publish(
        session,
        app,
        course_source(
            pages=("a", "c", "b"),
            files={"01-modul/03-b.md": "---\ntitle: Halaman b\nid: b\n---\nTeks baru.\n"},
        ),
    )
    here = seat(session, mira.id, SLUG)
    assert set(here.done) == {"a", "b"}
    assert here.has_changed(here.outline.by_id["b"])
    page = browser.sign_in(mira).get(f"/learn/{SLUG}")
    assert "Isinya berubah sejak Anda selesai" in page.text


def test_an_edition_that_asks_less_completes_those_who_have_it_all(
    session, app, mira, enrolled, at
):
    service.answer_check(session, mira.id, SLUG, "a", "cek-a", [0], at=at)
    service.complete_page(session, mira.id, SLUG, "a", at=at)
    pass_quiz(session, mira, at=at)
    assert session.scalars(select(Completion)).all() == []
    publish(session, app, course_source(pages=("a",)), removed=["b"])
    course_id = session.scalar(select(Course.id))
    service.evaluate_course(session, {"course_id": str(course_id)}, at)
    assert session.scalars(select(Completion.person_id)).all() == [mira.id]


def test_progress_is_only_ones_own(session, mira, jonas, enrolled, at):
    service.enrol(session, jonas.id, SLUG, at=at)
    finish_pages(session, mira, at=at)
    assert seat(session, jonas.id, SLUG).done == {}
    with pytest.raises(NotFound):
        service.answer_check(session, jonas.id, SLUG, "a", "cek-zz", [0], at=at)
    with pytest.raises(service.NotEnrolled):
        service.complete_page(session, make_person(session).id, SLUG, "b", at=at)
