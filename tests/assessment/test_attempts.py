from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from corpu.assessment import service
from corpu.assessment.grading import AnswerRefused
from corpu.assessment.intake import AnswerTooLong
from corpu.assessment.models import Attempt, AttemptState, Response
from corpu.errors import NotFound
from corpu.learning.models import PageCompletion
from corpu.learning.seat import seat
from corpu.learning.service import NotEnrolled, PageLocked, leave
from tests.assessment.factories import (
    MACHINE,
    NOON,
    QUESTIONS,
    QUIZ,
    SLUG,
    again,
    answer,
    answer_all,
    begin,
    hand_in,
    right_answers,
    sheet,
    take_seat,
)

MINUTE = timedelta(minutes=1)


def test_an_attempt_begins_with_the_rules_of_the_moment(session, mira, publish):
    edition = publish(time_limit=20)
    take_seat(session, mira)
    attempt = begin(session, mira)
    assert (attempt.number, attempt.state) == (1, AttemptState.IN_PROGRESS)
    assert attempt.edition_id == edition.id
    assert attempt.deadline_at == NOON + 20 * MINUTE
    assert attempt.pass_mark == 75
    assert set(attempt.question_ids) == set(MACHINE)


def test_starting_again_continues_the_attempt(session, mira, publish):
    publish()
    take_seat(session, mira)
    assert begin(session, mira).id == begin(session, mira, at=NOON + MINUTE).id
    assert session.scalar(select(func.count()).select_from(Attempt)) == 1


def test_an_attempt_stays_on_the_edition_it_began_with(session, mira, publish):
    first = publish()
    take_seat(session, mira)
    attempt = begin(session, mira)
    publish(questions=tuple(QUESTIONS))
    assert begin(session, mira).edition_id == first.id
    assert set(sheet(session, attempt)) == set(MACHINE)
    hand_in(session, attempt)
    assert "uraian" in begin(session, mira, at=NOON + MINUTE).question_ids


def test_without_a_place_on_the_course_nothing_starts(session, mira, publish):
    publish()
    with pytest.raises(NotEnrolled):
        service.start(session, mira.id, SLUG, QUIZ, at=NOON)
    take_seat(session, mira)
    leave(session, mira.id, SLUG, at=NOON)
    with pytest.raises(NotEnrolled):
        service.start(session, mira.id, SLUG, QUIZ, at=NOON)


@pytest.mark.parametrize("place", [(SLUG, "bacaan"), (SLUG, "tiada"), ("tiada", QUIZ)])
def test_only_a_quiz_of_the_current_edition_can_be_started(session, mira, publish, place):
    publish()
    take_seat(session, mira)
    with pytest.raises(NotFound):
        service.start(session, mira.id, *place, at=NOON)


def test_a_locked_quiz_does_not_start(session, mira, publish):
    publish(completion="order: sequence\n")
    take_seat(session, mira)
    with pytest.raises(PageLocked):
        service.start(session, mira.id, SLUG, QUIZ, at=NOON)


def test_attempts_are_counted(session, mira, publish):
    publish(attempts=2)
    take_seat(session, mira)
    for _ in range(2):
        hand_in(session, begin(session, mira))
    with pytest.raises(service.AttemptsUsedUp):
        service.start(session, mira.id, SLUG, QUIZ, at=NOON)


def test_a_draw_asks_that_many_questions(session, mira, publish):
    publish(draw=3)
    take_seat(session, mira)
    assert len(begin(session, mira).question_ids) == 3


def test_answers_come_back_as_they_were_given(session, mira, publish):
    publish(questions=tuple(QUESTIONS), shuffle="[questions, options]")
    take_seat(session, mira)
    attempt = begin(session, mira)
    answers = right_answers(sheet(session, attempt))
    answer_all(session, attempt)
    shown = sheet(session, attempt)
    assert {name: shown[name].answer for name in answers} == answers
    assert all(question.is_complete for question in shown.values())


def test_half_an_order_and_half_a_match_survive_a_reload(session, mira, publish):
    publish()
    take_seat(session, mira)
    attempt = begin(session, mira)
    answer(session, attempt, "urut", {"soal-6-0": "2", "soal-6-1": "", "soal-6-2": "2"})
    answer(session, attempt, "jodoh", {"soal-7-0": "", "soal-7-1": "1", "soal-7-2": ""})
    shown = sheet(session, attempt)
    assert shown["urut"].answer == ["2", "", "2", ""]
    assert shown["urut"].advice is not None
    assert shown["jodoh"].answer == ["", "1", ""]
    assert not shown["urut"].is_complete
    assert not shown["jodoh"].is_complete


def test_the_greater_counter_stands(session, mira, publish):
    publish()
    take_seat(session, mira)
    attempt = begin(session, mira)
    answer(session, attempt, "isian", "kedua", counter=2)
    late = answer(session, attempt, "isian", "pertama", counter=1)
    assert (late.kept, late.counter) == (False, 2)
    other_tab = answer(session, attempt, "isian", "tab lain", counter=2)
    assert (other_tab.kept, other_tab.counter) == (False, 2)
    assert answer(session, attempt, "isian", "kedua", counter=2).kept
    assert sheet(session, attempt)["isian"].answer == "kedua"


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(order=st.permutations(range(1, 7)), repeats=st.lists(st.integers(1, 6), max_size=4))
def test_any_order_of_arrival_ends_in_the_answer_with_the_greatest_counter(
    session, running, order, repeats
):
    """Retries arrive again, in any place."""
    session.execute(Response.__table__.delete())
    for counter in [*order, *repeats]:
        answer(session, running, "isian", f"jawaban {counter}", counter=counter)
    assert sheet(session, running)["isian"].answer == "jawaban 6"


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("satu", "9"),
        ("satu", ["0"]),
        ("satu", {"a": "0"}),
        ("satu", "-1"),
        ("satu", True),
        ("beberapa", ["0", "0"]),
        ("beberapa", "0"),
        ("beberapa", [["0"]]),
        ("urut", {"soal-6-9": "1"}),
        ("urut", ["1", "2", "3", "5"]),
        ("urut", ["1"]),
        ("jodoh", ["4", "", ""]),
        ("isian", ["x"]),
        ("isian", 12),
        ("angka", {"x": "1"}),
    ],
)
def test_an_answer_of_another_shape_is_refused(session, running, name, raw):
    with pytest.raises(AnswerRefused):
        answer(session, running, name, raw)
    assert session.scalar(select(func.count()).select_from(Response)) == 0


@pytest.mark.parametrize("counter", [0, -1, True, "1", None, 1.0, 2**40])
def test_a_counter_that_is_none_is_refused(session, running, counter):
    with pytest.raises(AnswerRefused):
        answer(session, running, "isian", "x", counter=counter)


def test_texts_are_kept_whole_but_not_without_end(session, mira, publish):
    publish(questions=tuple(QUESTIONS))
    take_seat(session, mira)
    attempt = begin(session, mira)
    text = "baris satu\r\nbaris dua\0 " + "ä" * 19_970
    answer(session, attempt, "uraian", text)
    assert sheet(session, attempt)["uraian"].answer.startswith("baris satu\nbaris dua ää")
    with pytest.raises(AnswerTooLong):
        answer(session, attempt, "uraian", "x" * 20_001, counter=2)
    assert sheet(session, attempt)["uraian"].answer.startswith("baris satu")


def test_a_lone_surrogate_does_no_harm(session, running):
    answer(session, running, "isian", "a\ud800b")
    assert sheet(session, running)["isian"].answer == "ab"


def test_a_number_that_could_be_thousands_comes_back_once(session, running):
    first = answer(session, running, "angka", "1.250", counter=1)
    assert first.advice is not None
    assert dict(first.advice.params) == {"thousands": "1250", "fraction": "1,25"}
    assert answer(session, running, "angka", "1.250", counter=1).advice, "the retry says it too"
    assert answer(session, running, "angka", "1.250", counter=2).advice is None
    assert sheet(session, running)["angka"].answer == "1.250"


@pytest.mark.parametrize("question", ["tiada", "", "a\0b", "\ud800", "isian\n"])
def test_an_unknown_question_is_not_found(session, running, question):
    with pytest.raises(NotFound):
        answer(session, running, question, "x")


def test_another_person_cannot_answer_or_hand_in(session, jonas, running):
    with pytest.raises(NotFound):
        service.save_answer(session, jonas.id, running.id, "isian", "x", 1, in_doubt=False, at=NOON)
    with pytest.raises(NotFound):
        service.submit(session, jonas.id, running.id, at=NOON)


def test_everything_right_is_a_hundred_and_completes_the_page(session, mira, running, events):
    answer_all(session, running)
    result = hand_in(session, running, at=NOON + MINUTE)
    assert (result.state, result.score, result.passed) == (AttemptState.GRADED, 100, True)
    assert result.points == result.max_points == 11
    assert session.scalar(select(PageCompletion.page_id)) == QUIZ
    [event] = events
    assert (event.score, event.passed, event.answered) == (100, True, True)
    assert (event.course_slug, event.page_id) == (SLUG, QUIZ)
    assert event.observed_at == event.at == NOON + MINUTE
    [piece] = event.evidence
    assert (piece.competency, piece.level, piece.score, piece.weight, piece.thin) == (
        "PPB",
        2,
        100,
        11,
        False,
    )


def test_points_stand_beside_each_answer(session, running):
    answer_all(session, running, wrong=("angka", "satu"))
    hand_in(session, running)
    points = dict(session.execute(select(Response.question_id, Response.points)).all())
    assert points["angka"] == points["satu"] == 0
    assert points["jodoh"] == 2
    assert again(session, running).score == Decimal("72.7273")
    assert again(session, running).passed is False


def test_handing_in_twice_is_once(session, running, events):
    answer_all(session, running)
    first = hand_in(session, running)
    second = hand_in(session, running, at=NOON + MINUTE)
    assert first.id == second.id
    assert second.submitted_at == NOON
    assert len(events) == 1


def test_an_empty_attempt_says_so(session, running, events):
    hand_in(session, running)
    [event] = events
    assert (event.score, event.answered, event.evidence) == (0, False, ())


def test_after_handing_in_no_answer_is_taken(session, running):
    hand_in(session, running)
    with pytest.raises(service.AttemptOver):
        answer(session, running, "isian", "kuncirahasia")


def test_how_the_quiz_stands_is_known_to_learning(session, mira, running):
    assert seat(session, mira.id, SLUG).standing(QUIZ).in_progress
    answer_all(session, running)
    hand_in(session, running)
    standing = seat(session, mira.id, SLUG).standing(QUIZ)
    assert (standing.attempts, standing.in_progress, standing.best_score) == (1, False, 100)
    hand_in(session, begin(session, mira))
    standing = seat(session, mira.id, SLUG).standing(QUIZ)
    assert (standing.attempts, standing.best_score) == (2, 100)
