"""Grading through the pages: by right, once, whole or not at all."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from corpu import clock, events
from corpu.assessment import credit
from corpu.assessment.models import Attempt, AttemptState, EssayGrade
from corpu.audit import AuditEntry
from corpu.competency.models import EvidenceRecord
from corpu.credentials.models import Certificate
from corpu.events import AttemptGraded
from corpu.hours.models import HourEntry
from corpu.learning.models import Completion
from corpu.models import people
from corpu.permissions import Role
from tests.assessment.factories import NOON, QUESTIONS, again, begin, take_seat
from tests.authoring.conftest import handed_in, owner_of
from tests.factories import make_person, make_unit, save

GRADE = {"criterion_0": "2", "criterion_1": "1", "comment": "Alasannya dapat lebih kuat."}
REASON = "Baris kedua rubrik salah saya baca."


def url(attempt, more=""):
    return f"/author/grading/{attempt.id}/uraian{more}"


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_a_grade_leads_to_completion_hours_and_certificate_in_one_act(
    session, browser, agus, waiting
):
    assert count(session, Completion) == 0
    page = browser.sign_in(agus).post(url(waiting), GRADE)
    attempt = again(session, waiting)
    assert (attempt.state, attempt.passed, attempt.points) == (AttemptState.GRADED, True, 14)
    for model in (Completion, HourEntry, Certificate, EvidenceRecord):
        assert count(session, model) == 1, model
    text = page.get_text(" ", strip=True)
    assert "93,33 dari 100, lulus" in text
    assert "kursusnya selesai" in text
    assert "Alasannya dapat lebih kuat." in text


@pytest.mark.filterwarnings("ignore")
def test_a_failure_in_the_middle_leaves_nothing(session, browser, agus, waiting, monkeypatch):
    def break_down(_session, _event):
        raise RuntimeError("the power goes")

    reactions = [*events._reactions[AttemptGraded], break_down]
    monkeypatch.setitem(events._reactions, AttemptGraded, reactions)
    browser.sign_in(agus).post(url(waiting), GRADE, status=500)
    assert again(session, waiting).state is AttemptState.AWAITING_GRADE
    for model in (EssayGrade, Completion, HourEntry, Certificate, EvidenceRecord):
        assert count(session, model) == 0, model


def test_what_is_missing_is_said_at_the_criterion_and_the_input_stays(
    session, browser, agus, waiting
):
    page = browser.sign_in(agus).post(
        url(waiting), {"criterion_1": "2", "comment": "Sudah <b>baik</b>"}, status=422
    )
    assert "Pilih nilai untuk “Ketepatan”" in page.select_one("#criterion_0-error").text
    assert page.select_one("input[name=criterion_1][checked]")["value"] == "2"
    assert page.select_one("textarea[name=comment]").text.strip() == "Sudah <b>baik</b>"
    assert count(session, EssayGrade) == 0


@pytest.mark.parametrize("value", ["3", "-1", "x", "NaN", "2" * 5000])
def test_a_number_that_the_rubric_does_not_offer_is_refused(browser, agus, waiting, value):
    page = browser.sign_in(agus).post(url(waiting), GRADE | {"criterion_0": value}, status=422)
    assert page.select_one("#criterion_0-error")


def test_a_comment_too_long_is_refused_and_kept(browser, agus, waiting):
    page = browser.sign_in(agus).post(url(waiting), GRADE | {"comment": "é" * 4001}, status=422)
    assert len(page.select_one("textarea[name=comment]").text.strip()) == 4001
    browser.post(url(waiting), GRADE | {"comment": "x" * 2_000_000}, status=413)


@pytest.mark.parametrize("path", ["", "/correct"])
def test_the_answers_of_other_courses_do_not_exist(session, browser, rival, jonas, waiting, path):
    browser.sign_in(rival).get(url(waiting, path), status=404)
    browser.post(url(waiting, path), GRADE, status=404)
    browser.sign_in(jonas).get(url(waiting, path), status=403)
    browser.post(url(waiting, path), GRADE, status=403)
    assert count(session, EssayGrade) == 0


def test_a_teacher_who_learns_cannot_grade_their_own_answer(session, browser, agus, course, at):
    attempt = handed_in(session, agus)
    browser.sign_in(agus).get(url(attempt), status=404)
    browser.post(url(attempt), GRADE, status=404)
    assert "Tidak ada yang menunggu" in browser.get("/author/grading").text


def test_what_the_machine_graded_and_what_runs_cannot_be_opened(
    session, browser, agus, jonas, waiting
):
    browser.sign_in(agus).get(f"/author/grading/{waiting.id}/satu", status=404)
    browser.get(f"/author/grading/{waiting.id}/tiada", status=404)

    take_seat(session, jonas)
    running = begin(session, jonas)
    browser.get(url(running), status=404)
    browser.post(url(running), GRADE, status=404)


def test_a_double_click_is_one_grade(session, browser, agus, waiting):
    browser.sign_in(agus)
    token = browser.csrf_token()
    for _ in range(2):
        browser.post(url(waiting), GRADE | {"csrf_token": token})
    assert count(session, EssayGrade) == 1
    assert count(session, Certificate) == 1


def test_the_second_grader_sees_what_was_given_and_loses_nothing(
    session, browser, agus, boss, waiting
):
    browser.sign_in(agus).post(url(waiting), GRADE)
    mine = {"criterion_0": "0", "criterion_1": "0", "comment": "Kurang tepat."}
    page = browser.sign_in(boss).post(url(waiting), mine, status=409)
    assert count(session, EssayGrade) == 1
    assert "Agus Pengajar" in page.text
    assert "Alasannya dapat lebih kuat." in page.select_one("aside").text
    form = page.select_one("form#nilai")
    assert form["action"].startswith(url(waiting, "/correct"))
    assert [box["value"] for box in form.select("input[type=radio][checked]")] == ["0", "0"]
    assert form.select_one("textarea[name=comment]").text.strip() == "Kurang tepat."
    of = form.select_one("input[name=of]")["value"]
    browser.post(url(waiting, "/correct"), mine | {"of": of, "reason": REASON})
    assert again(session, waiting).points == 11


def given(session):
    return session.scalars(select(EssayGrade).order_by(EssayGrade.id.desc())).first()


def test_a_correction_needs_a_reason_and_is_written_down(
    session, browser, agus, mira, waiting, monkeypatch
):
    browser.sign_in(agus).post(url(waiting), GRADE)
    page = browser.get(url(waiting, "/correct"))
    assert [b["value"] for b in page.select("input[type=radio][checked]")] == ["2", "1"]
    new = GRADE | {"criterion_1": "2", "of": str(given(session).id)}
    refused = browser.post(url(waiting, "/correct"), new | {"reason": "salah"}, status=422)
    assert "paling sedikit 10 huruf" in refused.select_one("#reason-error").text
    assert refused.select_one("textarea[name=reason]").text.strip() == "salah"
    assert count(session, EssayGrade) == 1
    later = NOON + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    browser.post(url(waiting, "/correct"), new | {"reason": REASON})
    session.expire_all()
    entry = session.scalars(select(AuditEntry).filter_by(action="essay.corrected")).one()
    assert (entry.actor_id, entry.reason, entry.at) == (agus.id, REASON, later)
    assert entry.before == {"chosen": ["2", "1"], "points": "3.0000", "score": "93.3333"}
    assert entry.after == {"chosen": ["2", "2"], "points": "4.0000", "score": "100.0000"}
    assert (entry.subject_id, entry.subject_name.split(":")[0]) == (str(waiting.id), mira.full_name)
    assert count(session, Certificate) == 1
    assert again(session, waiting).score == 100


def test_a_correction_that_changes_nothing_is_no_act(session, browser, agus, waiting):
    browser.sign_in(agus).post(url(waiting), GRADE)
    same = GRADE | {"of": str(given(session).id), "reason": REASON}
    page = browser.post(url(waiting, "/correct"), same, status=422)
    assert "sama dengan yang sudah tersimpan" in page.select_one("#kesalahan").text
    assert "essay.corrected" not in session.scalars(select(AuditEntry.action)).all()


def test_a_correction_of_what_was_corrected_meanwhile_is_refused(
    session, browser, agus, boss, waiting
):
    browser.sign_in(agus).post(url(waiting), GRADE)
    seen = str(given(session).id)
    first = GRADE | {"criterion_0": "1", "of": seen, "reason": REASON}
    browser.post(url(waiting, "/correct"), first)
    browser.post(url(waiting, "/correct"), first)  # the same click again
    assert count(session, EssayGrade) == 2
    second = GRADE | {"criterion_0": "0", "of": seen, "reason": REASON}
    page = browser.sign_in(boss).post(url(waiting, "/correct"), second, status=409)
    assert count(session, EssayGrade) == 2
    assert page.select_one("input[name=of]")["value"] == str(given(session).id)
    assert page.select_one("textarea[name=reason]").text.strip() == REASON


def test_nothing_is_corrected_that_was_never_graded(session, browser, agus, waiting):
    browser.sign_in(agus).post(url(waiting, "/correct"), GRADE | {"reason": REASON}, status=409)
    response = browser.client.get(url(waiting, "/correct"))
    assert (response.status_code, response.location) == (303, url(waiting))
    assert count(session, EssayGrade) == 0


def test_html_in_an_answer_and_in_a_comment_is_text(session, browser, agus, mira, course, at):
    attack = "<script>alert(1)</script>\n\n<b>tebal</b> & [x](javascript:1)"
    attempt = handed_in(session, mira, text=attack)
    page = browser.sign_in(agus).get(url(attempt))
    shown = page.select_one("section[aria-labelledby=jawaban] .prewrap")
    assert shown.text == attack
    assert not shown.find_all(True)
    page = browser.post(url(attempt), GRADE | {"comment": attack})
    assert page.select_one("aside .prewrap").text == attack
    page = browser.sign_in(mira).get(f"/learn/air-uji/ujian/attempts/{attempt.id}/result")
    assert attack in [part.text for part in page.select(".prewrap")]


def test_the_learner_sees_grade_meaning_and_comment(session, browser, agus, mira, waiting):
    result = f"/learn/air-uji/ujian/attempts/{waiting.id}/result"
    browser.sign_in(agus).post(url(waiting), GRADE)
    text = browser.sign_in(mira).get(result).select_one("#soal-8").get_text(" ", strip=True)
    assert "Ketepatan : 2 dari 2 rubrik-dua" in text
    assert "Alasan : 1 dari 2 rubrik-ada" in text
    assert "Alasannya dapat lebih kuat." in text
    assert "Agus" not in text


def test_who_failed_learns_why_but_not_while_another_attempt_runs(
    session, browser, agus, mira, course, at
):
    attempt = handed_in(session, mira, wrong=("jodoh", "urut", "angka", "beberapa"))
    browser.sign_in(agus).post(url(attempt), GRADE)
    result = f"/learn/air-uji/ujian/attempts/{attempt.id}/result"
    assert "rubrik-ada" in browser.sign_in(mira).get(result).text
    begin(session, mira)
    page = browser.get(result).text
    assert "rubrik-" not in page
    assert "Alasannya dapat lebih kuat." in page


def test_nobody_is_named_while_answers_are_graded(session, browser, agus, mira, waiting):
    browser.sign_in(agus)
    pages = [browser.get(path) for path in ("/author", "/author/grading", url(waiting))]
    pages.append(browser.post(url(waiting), GRADE))
    pages.append(browser.get(url(waiting, "/correct")))
    for page in pages:
        assert "Mira" not in page.text
        assert mira.nip not in page.text


def test_the_queue_leads_from_one_answer_to_the_next(
    session, browser, agus, mira, jonas, course, at
):
    newer = handed_in(session, mira, at=NOON)
    older = handed_in(session, jonas, at=NOON - timedelta(hours=1))
    page = browser.sign_in(agus).get("/author/grading")
    links = [link["href"] for link in page.select("tbody th a")]
    assert links == [url(older), url(newer)]
    assert page.select_one("main a.button")["href"] == url(older)
    page = browser.get(url(older))
    assert page.find("a", string="Lewati dahulu")["href"] == url(newer)
    assert browser.get(url(newer)).find("a", string="Lewati dahulu") is None
    page = browser.post(url(older), GRADE)
    assert page.select_one("main a.button:not(.quiet)")["href"] == url(newer)
    page = browser.post(url(newer), GRADE)
    assert "Tidak ada lagi yang menunggu" in page.text


def test_a_failed_answer_says_so_and_nothing_completes(session, browser, agus, mira, course, at):
    attempt = handed_in(session, mira, wrong=("jodoh", "urut", "angka", "beberapa"))
    page = browser.sign_in(agus).post(url(attempt), GRADE)
    assert "belum lulus (batas 75)" in page.text
    assert count(session, Completion) == 0


def test_a_short_answer_that_timed_out_is_graded_right_or_wrong(
    session, browser, agus, mira, publish, at, monkeypatch
):

    def too_slow(*_):
        raise credit.TooSlow

    monkeypatch.setattr(credit, "matches_text", too_slow)
    publish(questions=("isian", "satu"), authors=[agus.nip])
    attempt = handed_in(session, mira)
    assert attempt.state is AttemptState.AWAITING_GRADE
    here = f"/author/grading/{attempt.id}/isian"
    page = browser.sign_in(agus).get("/author/grading")
    assert "tidak dapat diputuskan sistem" in page.text
    page = browser.get(here)
    labels = [label.get_text(strip=True) for label in page.select("fieldset label")]
    assert labels == ["Salah", "Benar"]
    page = browser.post(here, {"criterion_0": ""}, status=422)
    assert "Pilih benar atau salah." in page.text
    page = browser.post(here, {"criterion_0": "1"})
    assert "Kuis selesai dinilai: 100,00 dari 100, lulus" in page.text
    page = browser.sign_in(mira).get(f"/learn/air-uji/ujian/attempts/{attempt.id}/result")
    assert session.get_one(Attempt, attempt.id).score == 100


def test_an_attempt_with_two_essays_is_graded_with_the_last(
    session, browser, agus, mira, publish, at, monkeypatch
):
    second = QUESTIONS["uraian"].replace("{#uraian", "{#uraian-dua").replace("dahulu?", "lagi?")
    monkeypatch.setitem(QUESTIONS, "uraian-dua", second)
    monkeypatch.setattr(
        "tests.authoring.conftest.right_answers",
        lambda asked: dict.fromkeys(asked, "Jawaban saya."),
    )
    publish(questions=("uraian", "uraian-dua"), authors=[agus.nip])
    attempt = handed_in(session, mira)
    page = browser.sign_in(agus).post(url(attempt), GRADE)
    assert "1 jawaban lain dari percobaan ini masih menunggu" in page.text
    assert again(session, attempt).state is AttemptState.AWAITING_GRADE
    page = browser.post(f"/author/grading/{attempt.id}/uraian-dua", GRADE)
    assert "75,00 dari 100, lulus" in page.text


def test_a_manager_grades_only_below_their_unit(session, browser, waiting, course):

    inside, outside = make_person(session), make_person(session)
    for person, unit in ((inside, owner_of(session, course)), (outside, make_unit(session))):
        save(
            session,
            people.RoleAssignment(
                person_id=person.id,
                role=Role.MANAGER,
                unit_id=unit.id,
                started_on=date(2020, 1, 1),
            ),
        )
    browser.sign_in(outside).get(url(waiting), status=404)
    browser.get("/author/air-uji", status=404)
    browser.sign_in(inside).get("/author/air-uji")
    browser.post(url(waiting), GRADE)
