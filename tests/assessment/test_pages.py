from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from corpu import clock
from corpu.assessment.models import Attempt, AttemptState, Response
from tests.assessment.factories import (
    NOON,
    QUESTIONS,
    QUIZ,
    SLUG,
    again,
    answer,
    answer_all,
    begin,
    hand_in,
    publish_course,
    right_answers,
    sheet,
    take_seat,
)
from tests.statements import statements

QUIZ_URL = f"/learn/{SLUG}/{QUIZ}"
END = NOON + timedelta(minutes=20)


def url(attempt, *rest):
    return "/".join([f"{QUIZ_URL}/attempts/{attempt.id}", *rest])


def fields(page):
    """What the form would send if it were sent untouched."""
    sent = {}
    for box in page.select("form#lembar [name]"):
        kind = box.get("type")
        if box.name == "button" or (kind in ("radio", "checkbox") and not box.has_attr("checked")):
            continue
        if box.name == "select":
            chosen = box.select_one("option[selected]") or box.option
            value = chosen.get("value", chosen.text)
        elif box.name == "textarea":
            value = box.text.removeprefix("\n")
        else:
            value = box.get("value", "on")
        sent.setdefault(box["name"], []).append(value)
    return {name: values if len(values) > 1 else values[0] for name, values in sent.items()}


def filled(session, attempt, names=None):
    """Form fields of right answers."""
    asked = sheet(session, attempt)
    sent = {}
    for name, raw in right_answers(asked).items():
        if names is not None and name not in names:
            continue
        field = asked[name].name
        if asked[name].type in ("order", "match"):
            sent |= {f"{field}-{row}": value for row, value in enumerate(raw)}
        else:
            sent[field] = raw
    return sent


@pytest.fixture
def me(browser, mira, at):
    return browser.sign_in(mira)


def test_the_quiz_page_says_its_rules_and_begins(me, session, mira, publish):
    publish(time_limit=20)
    take_seat(session, mira)
    page = me.get(QUIZ_URL)
    rules = page.select_one(".rule").text
    assert "Lulus dengan nilai 75" in rules
    assert "3 percobaan" in rules
    assert "20 menit" in rules
    page = me.post(f"{QUIZ_URL}/attempts")
    assert page.h1.text == "Ujian Air"
    assert len(page.select("fieldset.q")) == 7
    again_page = me.get(QUIZ_URL)
    assert "Lanjutkan percobaan 1" in again_page.text
    assert not again_page.select(f"form[action='{QUIZ_URL}/attempts']")


def test_without_javascript_the_whole_form_is_saved_and_handed_in(me, session, running):
    page = me.get(url(running))
    page = me.post(url(running), fields(page) | filled(session, running) | {"next": "submit"})
    assert page.h1.text == "Kumpulkan jawaban?"
    assert "Semua 7 soal terjawab" in page.text
    page = me.post(url(running, "submit"))
    assert page.h1.text == "Ujian Air: lulus"
    assert "100,00" in page.text
    assert again(session, running).score == 100


def test_a_half_filled_form_is_kept_and_what_is_missing_is_said(me, session, running):
    sent = filled(session, running, ("isian", "jodoh"))
    sent |= {next(name for name in sent if name.endswith("-2")): "", "ragu-4": "1"}
    page = me.post(url(running), fields(me.get(url(running))) | sent | {"next": "submit"})
    assert "6 soal belum lengkap" in page.text
    assert "1 soal ditandai ragu-ragu" in page.text
    page = me.get(url(running))
    assert page.select_one("[name='soal-4']")["value"] == "Kuncirahasia "
    assert page.select_one("[name='ragu-4']").has_attr("checked")
    assert me.post(url(running), fields(page) | {"next": "exit"}).h1.text == "Ujian Air"


def test_a_form_that_came_back_untouched_takes_nothing_from_a_newer_tab(me, session, running):
    stale = fields(me.get(url(running)))
    answer(session, running, "isian", "dari tab lain")
    stale |= filled(session, running, ("angka",))
    me.post(url(running), stale | {"next": "save"})
    shown = sheet(session, running)
    assert shown["isian"].answer == "dari tab lain"
    assert shown["angka"].answer == "7414,5"


def test_an_answer_can_be_taken_back(me, session, running):
    answer_all(session, running)
    page = me.get(url(running))
    sent = {name: value for name, value in fields(page).items() if name not in ("soal-1", "soal-2")}
    me.post(url(running), sent | {"soal-4": "", "next": "save"})
    shown = sheet(session, running)
    assert (shown["beberapa"].answer, shown["isian"].answer) == ([], "")
    assert shown["urut"].is_complete


def test_autosave_keeps_an_answer_and_says_when(me, session, running):
    payload = {"question": "isian", "answer": "terbatas", "counter": 3, "doubt": True}
    reply = me.json(url(running, "answers"), payload)
    assert reply == {
        "saved": 3,
        "kept": True,
        "at": NOON.isoformat(),
        "saved_at": "12.00 WIB",
    }
    assert me.json(url(running, "answers"), payload) == reply
    older = me.json(url(running, "answers"), payload | {"counter": 2, "answer": "lama"})
    assert (older["saved"], older["kept"]) == (3, False)
    page = me.get(url(running))
    group = page.select_one("[data-question=isian]")
    assert group["data-counter"] == "3"
    assert group.select_one("[data-doubt]").has_attr("checked")


@pytest.mark.parametrize(
    "payload",
    [
        None,
        [],
        "x",
        {},
        {"question": "isian"},
        {"question": "isian", "answer": "x", "counter": "1"},
        {"question": "isian", "answer": "x", "counter": 1, "doubt": "yes"},
        {"question": "satu", "answer": {"x": "y"}, "counter": 1},
        {"question": "isian", "answer": "x" * 1001, "counter": 1},
    ],
)
def test_a_broken_answer_gets_a_sentence(me, session, running, payload):
    reply = me.json(url(running, "answers"), payload, status=422)
    assert reply["message"]
    assert session.scalar(select(func.count()).select_from(Response)) == 0


def test_an_unknown_question_is_404(me, running):
    payload = {"question": "tiada", "answer": "x", "counter": 1}
    me.json(url(running, "answers"), payload, status=404)


def test_thousands_come_back_with_advice_and_the_input_stays(me, session, running):
    payload = {"question": "angka", "answer": "1.250", "counter": 1}
    reply = me.json(url(running, "answers"), payload, status=422)
    assert "Tulis 1250 atau 1,25" in reply["message"]
    page = me.get(url(running))
    assert page.select_one("[name='soal-5']")["value"] == "1.250"
    assert "Tulis 1250 atau 1,25" in page.select_one("#soal-5").text
    page = me.post(url(running), fields(page) | {"next": "submit"})
    assert page.h1.text == "Kumpulkan jawaban?", "once is enough"
    assert "Tulis 1250 atau 1,25" in page.text


def test_without_javascript_thousands_come_back_once_too(me, session, running):
    sent = fields(me.get(url(running))) | {"soal-5": "1.250", "next": "submit"}
    page = me.post(url(running), sent)
    assert page.h1.text == "Ujian Air"
    assert "Soal 5 perlu dilihat sekali lagi" in page.text
    page = me.post(url(running), fields(page) | {"next": "submit"})
    assert page.h1.text == "Kumpulkan jawaban?"


def test_too_long_an_essay_comes_back_whole_and_the_rest_is_saved(me, session, mira, publish):
    publish(questions=("satu", "isian", "uraian"))
    take_seat(session, mira)
    attempt = begin(session, mira)
    sent = fields(me.get(url(attempt))) | {"soal-2": "terbatas", "soal-3": "y" * 20_001}
    page = me.post(url(attempt), sent | {"next": "submit"}, status=422)
    assert "Jawaban paling panjang 20.000 karakter, ini 20.001" in page.text
    assert page.select_one("textarea").text.strip() == "y" * 20_001
    assert sheet(session, attempt)["isian"].answer == "terbatas"
    page = me.post(url(attempt), fields(page) | {"next": "submit"}, status=422)
    assert "20.001" in page.text, "sent again unchanged, it is refused again"
    page = me.post(url(attempt, "submit"), fields(page), status=422)
    assert again(session, attempt).state is AttemptState.IN_PROGRESS


def test_a_double_click_on_handing_in_leads_to_the_same_result(me, session, running):
    first = me.post(url(running, "submit"))
    second = me.post(url(running, "submit"))
    assert first.h1.text == second.h1.text == "Ujian Air: belum lulus"
    assert session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_what_arrives_after_handing_in_leads_to_the_result(me, session, running):
    hand_in(session, running)
    payload = {"question": "isian", "answer": "x", "counter": 1}
    reply = me.json(url(running, "answers"), payload, status=409)
    assert reply == {"result": url(running, "result")}
    for where in (url(running), url(running, "submit")):
        assert me.get(where, status=303) is not None
        assert me.post(where, {"soal-4": "x"}).h1.text == "Ujian Air: belum lulus"


def test_a_running_attempt_has_no_result_yet(me, running):
    response = me.client.get(url(running, "result"))
    assert (response.status_code, response.location) == (303, url(running))


def test_after_the_deadline_the_page_hands_in_what_is_saved(
    me, session, mira, publish, monkeypatch
):
    publish(time_limit=20)
    take_seat(session, mira)
    attempt = begin(session, mira)
    page = me.get(url(attempt))
    clocks = page.select_one("[data-deadline]")
    assert clocks["data-deadline"] == END.isoformat()
    assert clocks["data-submit"] == "lembar"
    answer_all(session, attempt)
    monkeypatch.setattr(clock, "now", lambda: END + timedelta(seconds=61))
    payload = {"question": "isian", "answer": "x", "counter": 9}
    assert me.json(url(attempt, "answers"), payload, status=409)["result"]
    page = me.get(url(attempt, "result"))
    assert "dikumpulkan otomatis" in page.text
    assert again(session, attempt).score == 100


def test_the_form_that_the_timer_sends_hands_in(me, session, mira, publish, monkeypatch):
    publish(time_limit=20)
    take_seat(session, mira)
    attempt = begin(session, mira)
    sent = fields(me.get(url(attempt))) | filled(session, attempt)
    monkeypatch.setattr(clock, "now", lambda: END + timedelta(seconds=1))
    page = me.post(url(attempt), sent)
    assert page.h1.text == "Ujian Air: lulus"
    assert "ditandai terlambat" in page.text
    assert again(session, attempt).is_late


@pytest.mark.parametrize("rest", [(), ("submit",), ("result",)])
def test_another_persons_attempt_does_not_exist(browser, jonas, running, at, rest):
    browser.sign_in(jonas).get(url(running, *rest), status=404)


@pytest.mark.parametrize("rest", [(), ("submit",)])
def test_another_person_cannot_write_into_it(browser, session, jonas, running, at, rest):
    browser.sign_in(jonas).post(url(running, *rest), {"soal-4": "x"}, status=404)
    payload = {"question": "isian", "answer": "x", "counter": 1}
    browser.json(url(running, "answers"), payload, status=404)
    assert again(session, running).state is AttemptState.IN_PROGRESS


def test_an_attempt_is_found_only_at_its_own_address(me, running):
    me.get(f"/learn/{SLUG}/bacaan/attempts/{running.id}", status=404)
    me.get(f"/learn/tiada/{QUIZ}/attempts/{running.id}", status=404)
    me.get(f"{QUIZ_URL}/attempts/{uuid4()}", status=404)


def test_without_signing_in_nothing_is_shown(browser, running, at):
    assert browser.client.get(url(running)).status_code in (302, 303)


def test_when_attempts_are_used_up_the_page_says_so(me, session, mira, publish):
    publish(attempts=1)
    take_seat(session, mira)
    hand_in(session, begin(session, mira))
    page = me.get(QUIZ_URL)
    assert "Semua percobaan sudah dipakai" in page.text
    assert "sudah Anda pakai" in me.post(f"{QUIZ_URL}/attempts", status=409).text


def test_an_essay_waits_and_the_result_says_for_whom(me, session, mira, publish, jonas):
    publish(questions=tuple(QUESTIONS), authors=[jonas.nip])
    take_seat(session, mira)
    attempt = begin(session, mira)
    answer_all(session, attempt)
    page = me.post(url(attempt, "submit"))
    assert page.h1.text == "Ujian Air: menunggu penilaian"
    assert "Jonas Tahitu" in page.text
    assert "Saya memeriksa sumbernya dahulu." in page.text


# ------------------------------------------------------------------------------ statements


def test_pages_and_acts_ask_little_of_the_database(me, session, mira, publish):
    publish(time_limit=20)
    take_seat(session, mira)
    me.get(QUIZ_URL)
    token = {"csrf_token": me.csrf_token()}
    with statements() as seen:
        response = me.client.post(f"{QUIZ_URL}/attempts", data=token)
    assert response.status_code == 303
    assert len(seen) <= 8, seen
    session.expire_all()
    attempt = session.scalars(select(Attempt)).one()
    with statements() as seen:
        me.get(url(attempt))
    assert len(seen) <= 5, seen
    for counter in (1, 2):
        payload = {"question": "isian", "answer": f"x{counter}", "counter": counter}
        with statements() as seen:
            me.json(url(attempt, "answers"), payload)
        assert len(seen) <= 5, seen
    with statements() as seen:
        me.get(url(attempt, "submit"))
    assert len(seen) <= 5, seen
    with statements() as seen:
        response = me.client.post(url(attempt, "submit"), data=token)
    assert response.status_code == 303
    assert len(seen) <= 15, seen
    with statements() as seen:
        me.get(url(attempt, "result"))
    assert len(seen) <= 6, seen


# ---------------------------------------------------------------------------------- review


def reviewed(me, attempt):
    page = me.get(url(attempt, "result"))
    return page, "pembahasan-satu" in page.text


def test_after_every_attempt(me, session, mira, publish):
    publish(review="after-attempt", draw=6)
    take_seat(session, mira)
    attempt = begin(session, mira)
    hand_in(session, attempt)
    page = me.get(url(attempt, "result"))
    assert "pembahasan-" in page.text
    assert "Jawaban benar" in page.text or "Jawaban yang diterima" in page.text


def test_after_passing(me, session, mira, running):
    hand_in(session, running)
    page, shown = reviewed(me, running)
    assert not shown
    assert "terbuka setelah Anda lulus" in page.text
    assert "Tidak dijawab" in page.text
    second = begin(session, mira)
    answer_all(session, second)
    hand_in(session, second)
    assert reviewed(me, second)[1]
    assert reviewed(me, running)[1], "the earlier attempt may be learnt from too"
    third = begin(session, mira)
    page, shown = reviewed(me, second)
    assert not shown
    assert "selama ada percobaan yang berjalan" in page.text
    hand_in(session, third)
    assert reviewed(me, second)[1]


def test_never(me, session, mira, publish):
    publish(review="never")
    take_seat(session, mira)
    attempt = begin(session, mira)
    answer_all(session, attempt)
    hand_in(session, attempt)
    page, shown = reviewed(me, attempt)
    assert not shown
    assert "tidak ditampilkan" in page.text


def test_the_review_marks_own_and_right_answers(me, session, mira, running):
    answer_all(session, running, wrong=("satu",))
    asked = sheet(session, running)["satu"]
    wrong = next(n for n, part in enumerate(asked.parts) if "7.1" in part)
    answer(session, running, "satu", str(wrong))
    hand_in(session, running)
    assert again(session, running).score == Decimal("90.9091")
    page = me.get(url(running, "result"))
    box = page.select_one("#soal-1")
    [chosen] = [line for line in box.select("li") if "Pilihan Anda" in line.text]
    assert "7.1" in chosen.text
    assert "umpan-salah-satu" in chosen.text
    [right] = [line for line in box.select("li") if "Jawaban benar" in line.text]
    assert "6.1" in right.text
    assert "pembahasan-satu" in box.text
    assert "kuncirahasia" in page.select_one("#soal-4").text
    assert "polarahasia" not in page.text, "a pattern is no answer to show"


def test_the_best_attempt_counts(me, session, mira, running):
    answer_all(session, running)
    hand_in(session, running)
    second = begin(session, mira)
    hand_in(session, second)
    page = me.get(url(second, "result"))
    assert "Nilai terbaik Anda tetap 100,00" in page.text
    assert page.select_one(f"aside a[href='{url(running, 'result')}']")


def test_a_course_of_another_edition_still_shows_its_attempts(me, session, store, mira, running):
    publish_course(session, store, questions=("satu",))
    assert len(me.get(url(running)).select("fieldset.q")) == 7
    hand_in(session, running)
    assert me.get(url(running, "result")).select_one("table")


def test_a_form_sent_to_another_address_is_nowhere(me, session, running):
    """The address says which attempt this is, all of it: course, quiz and number."""
    sent = fields(me.get(url(running))) | filled(session, running)
    me.post(url(running).replace(SLUG, "kursus-lain"), sent, status=404)
    me.post(url(running).replace(QUIZ, "kuis-lain"), sent, status=404)
    assert session.scalar(select(func.count()).select_from(Response)) == 0
