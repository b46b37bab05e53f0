"""Two requests at the same moment, with real transactions on both databases."""

import threading

import pytest
from sqlalchemy import func, select

from corpu import events as kernel
from corpu.assessment import service
from corpu.assessment.models import Attempt, AttemptState, Response
from corpu.events import AttemptGraded
from corpu.extensions import db
from corpu.transactions import held_effects, unit_of_work
from tests.assessment import factories
from tests.assessment.factories import NOON, QUIZ, SLUG, right_answers, sheet
from tests.factories import make_agency, make_person

TOGETHER = 6


@pytest.fixture
def world(live_app, tmp_path, monkeypatch):
    """A person with a seat on the course; whatever is announced is counted."""
    heard = []
    monkeypatch.setitem(
        kernel._reactions, AttemptGraded, [lambda _session, event: heard.append(event)]
    )
    with live_app.app_context(), held_effects():
        session = db.session()
        make_agency(session)
        person = make_person(session)
        factories.publish_course(session, factories.storage_in(tmp_path / "store"))
        factories.take_seat(session, person)
        person_id = person.id
        db.session.remove()
    return live_app, person_id, heard


def at_once(app, act):
    """Run `act(session, n)` in as many threads, all let go at the same moment; their answers."""
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


def test_starting_at_once_begins_one_attempt(world):
    app, person_id, _ = world
    answers, failures = at_once(
        app, lambda session, n: service.start(session, person_id, SLUG, QUIZ, at=NOON).id
    )
    assert failures == []
    assert len(answers) == TOGETHER
    assert len(set(answers)) == 1
    with app.app_context():
        assert db.session().scalar(select(func.count()).select_from(Attempt)) == 1


def begun(app, person_id):
    with app.app_context():
        session = db.session()
        with unit_of_work(session):
            attempt_id = service.start(session, person_id, SLUG, QUIZ, at=NOON).id
        db.session.remove()
    return attempt_id


def test_answers_at_once_end_in_the_greatest_counter(world):
    app, person_id, _ = world
    attempt_id = begun(app, person_id)

    def save(session, n):
        service.save_answer(
            session, person_id, attempt_id, "isian", f"jawaban {n}", n + 1, in_doubt=False, at=NOON
        )

    _, failures = at_once(app, save)
    assert failures == []
    with app.app_context():
        [row] = db.session().scalars(select(Response)).all()
        assert (row.counter, row.answer) == (TOGETHER, {"value": f"jawaban {TOGETHER - 1}"})


def test_handing_in_at_once_is_graded_once(world):
    app, person_id, heard = world
    attempt_id = begun(app, person_id)
    with app.app_context():
        session = db.session()
        answers = right_answers(sheet(session, session.get_one(Attempt, attempt_id)))
        db.session.remove()

    def act(session, n):
        """Some save, some hand in; the clock hands in as well."""
        if n == 0:
            try:
                service.save_answer(
                    session,
                    person_id,
                    attempt_id,
                    "isian",
                    answers["isian"],
                    1,
                    in_doubt=False,
                    at=NOON,
                )
            except service.AttemptOver:
                return "over"
            return "kept"
        service.submit(session, person_id, attempt_id, at=NOON)
        return "done"

    results, failures = at_once(app, act)
    assert failures == []
    with app.app_context():
        session = db.session()
        attempt = session.get_one(Attempt, attempt_id)
        assert attempt.state is AttemptState.GRADED
        row = session.get_one(Response, (attempt_id, "isian"))
        # What was acknowledged is in the grade; what came too late was told so.
        assert (row.points == 1) == ("kept" in results)
    assert len(heard) == 1
