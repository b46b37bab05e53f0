"""Two requests at the same moment, with real transactions on both databases."""

import threading

import pytest
from sqlalchemy import select

from corpu.extensions import db
from corpu.learning import service
from corpu.learning.models import CheckAnswer, Enrolment
from corpu.learning.seat import seat
from corpu.transactions import unit_of_work
from tests.conftest import NOON
from tests.courses import course_source, publish
from tests.factories import make_agency, make_person

SLUG = "kursus-uji"


@pytest.fixture
def world(live_app):
    """A person on the course."""
    with live_app.app_context():
        session = db.session()
        make_agency(session)
        person = make_person(session)
        publish(session, live_app, course_source())
        with unit_of_work(session):
            service.enrol(session, person.id, SLUG, at=NOON)
        person_id = person.id
        db.session.remove()
    return live_app, person_id


def in_a_thread(app, act, failures):
    def run():
        with app.app_context():
            try:
                with unit_of_work(db.session()) as session:
                    act(session)
            except Exception as error:
                failures.append(error)
            finally:
                db.session.remove()

    return threading.Thread(target=run)


def test_a_check_answered_twice_at_once_is_one_answer(world):
    app, person_id = world
    gate, failures = threading.Barrier(6), []

    def answer(session):
        gate.wait()
        service.answer_check(session, person_id, SLUG, "a", "cek-a", [0], at=NOON)

    threads = [in_a_thread(app, answer, failures) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert failures == []
    with app.app_context():
        [row] = db.session().scalars(select(CheckAnswer)).all()
        assert (row.chosen, row.is_right, row.first_right) == ([0], True, True)


def test_a_course_completed_while_one_leaves_it_is_not_left(world, monkeypatch):
    """The page was read before the last quiz, in another tab, completed the course."""
    app, person_id = world
    with app.app_context():
        before = seat(db.session(), person_id, SLUG)
        with unit_of_work(db.session()) as session:
            session.scalars(select(Enrolment)).one().completed_at = NOON
        monkeypatch.setattr(service, "_open_seat", lambda *_: before)
        with pytest.raises(service.NotEnrolled), unit_of_work(db.session()) as session:
            service.leave(session, person_id, SLUG, at=NOON)
        assert db.session().scalars(select(Enrolment)).one().left_at is None
