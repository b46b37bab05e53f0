from datetime import timedelta

import pytest
from sqlalchemy import func, select

from corpu.assessment import queries, service
from corpu.assessment.essays import NotHandedIn, NothingToGrade, OwnAnswer
from corpu.assessment.grading import RubricRefused
from corpu.assessment.models import AttemptState, EssayGrade
from corpu.errors import NotFound
from corpu.learning.models import PageCompletion
from corpu.people.queries import viewer_for
from tests.assessment.factories import (
    NOON,
    QUESTIONS,
    again,
    answer,
    answer_all,
    begin,
    hand_in,
    take_seat,
)
from tests.factories import make_person

LATER = NOON + timedelta(hours=2)


@pytest.fixture
def teacher(session, agency):
    return make_person(session, name="Agus Pengajar", roles=["instructor"])


@pytest.fixture
def waiting(session, mira, publish, teacher, events):
    """Everything right, and the essay waits for a person."""
    publish(questions=tuple(QUESTIONS), authors=[teacher.nip])
    take_seat(session, mira)
    attempt = begin(session, mira)
    answer_all(session, attempt)
    return hand_in(session, attempt)


def grade(session, teacher, attempt, chosen=("2", "1"), comment="Baik.", *, at=LATER, **changes):
    question = changes.get("question", "uraian")
    result = service.grade_essay(
        session, teacher.id, attempt.id, question, list(chosen), comment, at=at
    )
    session.commit()
    return result


def as_viewer(session, person):
    return viewer_for(session, person.id, 0, NOON)


def test_an_essay_waits_and_nothing_is_concluded(session, waiting, events):
    assert (waiting.state, waiting.score, waiting.passed) == (
        AttemptState.AWAITING_GRADE,
        None,
        None,
    )
    assert waiting.points == 11
    assert events == []


def test_a_grade_is_an_act_like_a_submission(session, teacher, waiting, events):
    result = grade(session, teacher, waiting)
    assert (result.state, result.points, result.max_points) == (AttemptState.GRADED, 14, 15)
    assert (result.passed, result.graded_at) == (True, LATER)
    [event] = events
    assert (event.observed_at, event.at) == (NOON, LATER)
    assert session.scalar(select(func.count()).select_from(PageCompletion)) == 1


def test_the_same_grade_twice_is_one(session, teacher, waiting, events):
    grade(session, teacher, waiting)
    grade(session, teacher, waiting, chosen=(2, 1), at=LATER + timedelta(minutes=1))
    assert session.scalar(select(func.count()).select_from(EssayGrade)) == 1
    assert len(events) == 1


def test_a_correction_is_appended_and_announced_again(session, teacher, waiting, events):
    grade(session, teacher, waiting)
    result = grade(session, teacher, waiting, chosen=("0", "0"), at=LATER + timedelta(hours=1))
    assert result.points == 11
    assert [event.attempt_id for event in events] == [waiting.id] * 2
    assert events[1].score < events[0].score
    assert session.scalar(select(func.count()).select_from(EssayGrade)) == 2


@pytest.mark.parametrize("chosen", [[], ["2"], ["2", "3"], ["2", "x"], [2, True], "21"])
def test_choices_outside_the_rubric_are_refused(session, teacher, waiting, chosen):
    with pytest.raises(RubricRefused):
        service.grade_essay(session, teacher.id, waiting.id, "uraian", chosen, "", at=LATER)


def test_what_the_machine_graded_is_not_for_people(session, teacher, waiting):
    with pytest.raises(NothingToGrade):
        grade(session, teacher, waiting, question="satu")
    with pytest.raises(NotFound):
        grade(session, teacher, waiting, question="tiada")


def test_a_running_attempt_is_not_graded(session, teacher, mira, publish):
    publish(questions=tuple(QUESTIONS))
    take_seat(session, mira)
    attempt = begin(session, mira)
    answer(session, attempt, "uraian", "Jawaban.")
    with pytest.raises(NotHandedIn):
        grade(session, teacher, attempt)


def test_nobody_grades_their_own_essay(session, mira, waiting):
    with pytest.raises(OwnAnswer):
        grade(session, mira, waiting)


def test_an_empty_essay_needs_no_person(session, mira, publish, events):
    publish(questions=("uraian", "satu"))
    take_seat(session, mira)
    attempt = begin(session, mira)
    answer(session, attempt, "uraian", " \n ")
    assert hand_in(session, attempt).state is AttemptState.GRADED


def test_the_queue_shows_the_oldest_first_with_its_rubric(
    session, publish, mira, jonas, teacher, events
):
    publish(questions=("uraian", "satu"), authors=[teacher.nip])
    for n, person in enumerate((jonas, mira)):
        take_seat(session, person)
        attempt = begin(session, person, at=NOON - timedelta(hours=n + 1))
        answer_all(session, attempt)
        hand_in(session, attempt, at=NOON - timedelta(minutes=n))
    queue = queries.queue_for(session, as_viewer(session, teacher))
    assert [one.person_name for one in queue] == ["Mira Lestari", "Jonas Tahitu"]
    assert [len(row["columns"]) for row in queue[0].rubric] == [3, 3]
    assert queue[0].text.startswith("Saya memeriksa")
    assert queries.queue_length(session, as_viewer(session, teacher)) == 2


def test_only_those_who_may_grade_see_an_answer(session, waiting, teacher, mira, jonas, publish):
    other = make_person(session, roles=["instructor"])
    manager = make_person(session, roles=["manager"])
    for person, count in ((teacher, 1), (manager, 1), (other, 0), (jonas, 0), (mira, 0)):
        viewer = as_viewer(session, person)
        assert len(queries.queue_for(session, viewer)) == count
        if count:
            queries.essay_for(session, viewer, waiting.id, "uraian")
        else:
            with pytest.raises(NotFound):
                queries.essay_for(session, viewer, waiting.id, "uraian")


def test_a_graded_answer_leaves_the_queue_and_can_be_opened_again(session, waiting, teacher):
    grade(session, teacher, waiting)
    viewer = as_viewer(session, teacher)
    assert queries.queue_for(session, viewer) == []
    again_open = queries.essay_for(session, viewer, waiting.id, "uraian")
    assert (again_open.grade.chosen, again_open.points) == (["2", "1"], 3)
    with pytest.raises(NotFound):
        queries.essay_for(session, viewer, waiting.id, "satu")


def test_question_figures_count_what_was_asked(session, mira, jonas, publish, events):
    edition = publish(questions=("satu", "beberapa", "uraian"))
    for person, wrong in ((mira, ()), (jonas, ("satu", "beberapa"))):
        take_seat(session, person)
        attempt = begin(session, person)
        answer_all(session, attempt, wrong=wrong)
        hand_in(session, attempt)
    begun = begin(session, mira)
    figures = {
        one.question_id: one for one in queries.question_statistics(session, edition.course_id)
    }
    assert list(figures) == ["satu", "beberapa", "uraian"]
    one = figures["satu"]
    assert (one.asked, one.answered, one.right, one.graded) == (2, 1, 1, 2)
    assert str(one.mean_share) == "0.5000"
    assert (figures["uraian"].graded, figures["uraian"].mean_share) == (0, None)
    assert again(session, begun).state is AttemptState.IN_PROGRESS
