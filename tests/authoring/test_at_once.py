"""Two graders at the same moment, with real transactions on both databases."""

import threading

import pytest
from sqlalchemy import func, select

from corpu.assessment.models import Attempt, AttemptState, EssayGrade
from corpu.authoring import service
from corpu.extensions import db
from corpu.learning.models import Completion
from corpu.people.queries import viewer_for
from corpu.transactions import held_effects, unit_of_work
from tests.assessment.factories import NOON, publish_course, storage_in
from tests.authoring.conftest import handed_in
from tests.factories import make_agency, make_person

TOGETHER = 4


@pytest.fixture
def world(live_app, tmp_path):
    with live_app.app_context(), held_effects():
        session = db.session()
        make_agency(session)
        graders = [make_person(session, roles=["manager"]) for _ in range(TOGETHER)]
        publish_course(session, storage_in(tmp_path / "store"), questions=("uraian", "satu"))
        attempt = handed_in(session, make_person(session), at=NOON)
        ids = [grader.id for grader in graders]
        viewers = [viewer_for(session, grader_id, 0, NOON) for grader_id in ids]
        attempt_id = attempt.id
        db.session.remove()
    return live_app, viewers, attempt_id


def at_once(app, act):
    gate = threading.Barrier(TOGETHER)
    answers, failures = [], []

    def run(n):
        with app.app_context():
            gate.wait()
            try:
                with unit_of_work(db.session()) as session:
                    answers.append(act(session, n))
            except Exception as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(TOGETHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers, failures


def kept(app, attempt_id):
    with app.app_context():
        session = db.session()
        grades = session.scalars(select(EssayGrade)).all()
        completions = session.scalar(select(func.count()).select_from(Completion))
        state = session.get_one(Attempt, attempt_id).state
        db.session.remove()
    return grades, completions, state


def test_of_several_graders_the_first_one_counts_and_the_others_are_told(world):
    app, viewers, attempt_id = world
    answers, failures = at_once(
        app,
        lambda session, n: (
            service.grade(
                session,
                viewers[n],
                attempt_id,
                "uraian",
                ["2", str(1 + n % 2)],
                f"Dari {n}.",
                at=NOON,
            ).id
        ),
    )
    assert len(answers) == 1
    assert [type(error) for error in failures] == [service.GradedAlready] * (TOGETHER - 1)
    grades, completions, state = kept(app, attempt_id)
    assert (len(grades), completions, state) == (1, 1, AttemptState.GRADED)


def test_the_same_grader_clicking_many_times_gives_one_grade(world):
    app, viewers, attempt_id = world
    answers, failures = at_once(
        app,
        lambda session, _n: (
            service.grade(
                session, viewers[0], attempt_id, "uraian", ["2", "2"], "Baik.", at=NOON
            ).id
        ),
    )
    assert (len(answers), failures) == (TOGETHER, [])
    grades, completions, state = kept(app, attempt_id)
    assert (len(grades), completions, state) == (1, 1, AttemptState.GRADED)
