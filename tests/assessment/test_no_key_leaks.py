"""While an attempt runs, nothing that a browser gets holds a key, feedback or explanation."""

import pytest
from sqlalchemy import select

from corpu.catalog.models import EditionPage
from tests.assessment.factories import (
    QUESTIONS,
    QUIZ,
    SECRETS,
    SLUG,
    answer_all,
    begin,
    hand_in,
    right_answers,
    sheet,
    take_seat,
)

BASE = f"/learn/{SLUG}/{QUIZ}"


def secrets_in(text, allowed=()):
    return [word for word in SECRETS if word in text.lower() and word not in allowed]


@pytest.fixture
def me(browser, session, mira, publish, at):
    publish(
        questions=tuple(QUESTIONS),
        review="after-attempt",
        shuffle="[questions, options]",
        time_limit=20,
    )
    take_seat(session, mira)
    return browser.sign_in(mira)


def test_the_words_looked_for_are_really_in_the_quiz(session, me):
    quiz = session.scalars(select(EditionPage.quiz).where(EditionPage.page_id == QUIZ)).one()
    for word in SECRETS:
        assert word in str(quiz).lower(), word


def visit_everything(me, session, attempt):
    """Every page and every JSON answer of a running attempt, as raw text."""
    here = f"{BASE}/attempts/{attempt.id}"
    token = me.csrf_token()
    seen = {}
    for path in (
        BASE,
        here,
        f"{here}/submit",
        f"{here}/result",
        f"/learn/{SLUG}",
        "/me",
        "/account/data.json",
    ):
        seen[path] = me.client.get(path, follow_redirects=True).text
    asked = sheet(session, attempt)
    answers = right_answers(asked)
    tries = list(answers.items())
    tries += [(name, "") for name in answers if asked[name].type in ("single", "short", "number")]
    tries += [("angka", "1.250"), ("angka", "banyak"), ("isian", "x" * 2000), ("tiada", "x")]
    for counter, (name, raw) in enumerate(tries, start=1):
        response = me.client.post(
            f"{here}/answers",
            json={"question": name, "answer": raw, "counter": counter, "doubt": False},
            headers={"X-CSRFToken": token},
        )
        seen[f"answers {counter} {name}"] = response.text
    form = {"csrf_token": token, "soal-1": "0", "next": "submit"}
    seen["form"] = me.client.post(here, data=form, follow_redirects=True).text
    form |= {f"soal-{place}": "z" * 30_000 for place in range(1, 9)}
    seen["refused form"] = me.client.post(here, data=form).text
    for path in (here, f"{here}/submit", "/account/data.json"):
        seen[f"{path} answered"] = me.client.get(path).text
    return seen


def test_a_running_attempt_gives_nothing_away(me, session, mira):
    attempt = begin(session, mira)
    for where, text in visit_everything(me, session, attempt).items():
        # What the person has typed comes back to them.
        own = ("kuncirahasia", "7414") if "answered" in where or "form" in where else ()
        assert secrets_in(text, own) == [], where


def test_nor_does_an_earlier_result_while_another_attempt_runs(me, session, mira):
    first = begin(session, mira)
    answer_all(session, first)
    hand_in(session, first)
    result = f"{BASE}/attempts/{first.id}/result"
    assert secrets_in(me.client.get(result).text), "it is due once the attempt has ended"
    begin(session, mira)
    for path in (result, BASE):
        assert secrets_in(me.client.get(path).text) == [], path
    data = me.client.get("/account/data.json").get_json()["assessment"]
    [ended] = [one for one in data["attempts"] if one["submitted_at"]]
    assert all("points" not in one for one in ended["answers"])
    answers = {one["question"]: one["answer"] for one in ended["answers"]}
    assert answers["Urutkan langkahnya."], "what one wrote is one's own"


def test_ones_own_data_hold_answers_in_words_and_no_key(me, session, mira):
    """The author's numbers would tell the right order; points of an answer, whether it is right."""
    attempt = begin(session, mira)
    answer_all(session, attempt)
    data = me.client.get("/account/data.json").get_json()["assessment"]
    answers = {one["question"]: one for one in data["attempts"][0]["answers"]}
    assert answers["Urutkan langkahnya."]["answer"][0] == "Langkah alfa"
    assert answers["Jodohkan keadaannya."]["answer"]["Keran umum"] == "Terbatas"
    assert all("points" not in one for one in answers.values())
    hand_in(session, attempt)
    data = me.client.get("/account/data.json").get_json()["assessment"]
    answers = {one["question"]: one for one in data["attempts"][0]["answers"]}
    assert answers["Urutkan langkahnya."]["points"] is not None


def test_options_of_a_question_look_alike(me, session, mira):
    """No attribute, class or order tells the right one; how many are right is not told either."""
    attempt = begin(session, mira)
    page = me.get(f"{BASE}/attempts/{attempt.id}")
    for group in page.select("fieldset.q"):
        shapes = {
            tuple(
                sorted((name, str(value)) for name, value in box.attrs.items() if name != "value")
            )
            for box in group.select("input[type=radio], .choice input[type=checkbox]")
        }
        assert len(shapes) <= 1
        labels = {str(label.attrs) for label in group.select(".choice")}
        assert len(labels) <= 1
