"""Taking a place on a course."""

from datetime import UTC, datetime
from threading import Thread

import pytest
from sqlalchemy import func, select

from corpu.catalog.models import Course
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.learning import service
from corpu.learning.models import Enrolment
from corpu.transactions import unit_of_work
from tests.courses import course_source, publish
from tests.factories import make_agency, make_person, make_unit


def count(session):
    return session.scalar(select(func.count()).select_from(Enrolment))


def test_enrolling_twice_is_enrolling_once(session, mira, course, at):
    first = service.enrol(session, mira.id, "kursus-uji", at=at)
    assert service.enrol(session, mira.id, "kursus-uji", at=at) is first
    assert count(session) == 1


def test_an_unknown_course_is_not_found(session, mira, course, at):
    with pytest.raises(NotFound):
        service.enrol(session, mira.id, "tidak-ada", at=at)


def test_a_prerequisite_is_named(session, app, mira, course, at):
    publish(session, app, course_source("lanjutan", extra="prerequisites: [kursus-uji]\n"))
    with pytest.raises(service.PrerequisiteMissing, match="Kursus Uji"):
        service.enrol(session, mira.id, "lanjutan", at=at)


def test_an_archived_course_takes_nobody_new_but_lets_those_inside_finish(
    session, mira, jonas, course, at
):
    service.enrol(session, mira.id, "kursus-uji", at=at)
    session.get(Course, course.course_id).archived_at = at
    session.commit()
    with pytest.raises(service.CourseArchived):
        service.enrol(session, jonas.id, "kursus-uji", at=at)
    assert service.enrol(session, mira.id, "kursus-uji", at=at)


def test_leaving_keeps_everything_and_joining_finds_it(session, mira, enrolled, at):
    service.answer_check(session, mira.id, "kursus-uji", "a", "cek-a", [0], at=at)
    service.complete_page(session, mira.id, "kursus-uji", "a", at=at)
    service.leave(session, mira.id, "kursus-uji", at=at)
    with pytest.raises(service.NotEnrolled):
        service.complete_page(session, mira.id, "kursus-uji", "b", at=at)
    again = service.enrol(session, mira.id, "kursus-uji", at=at)
    assert again.id == enrolled.id
    assert "a" in service.seat(session, mira.id, "kursus-uji").done


@pytest.mark.parametrize(
    ("zone", "completed", "too_early", "allowed"),
    [
        (  # midnight in Jayapura comes two hours before midnight in Jakarta
            "Asia/Jayapura",
            datetime(2026, 12, 31, 10, tzinfo=UTC),
            datetime(2026, 12, 31, 14, 59, tzinfo=UTC),
            datetime(2026, 12, 31, 15, tzinfo=UTC),
        ),
        (
            "Asia/Jakarta",
            datetime(2026, 12, 31, 10, tzinfo=UTC),
            datetime(2026, 12, 31, 16, 59, tzinfo=UTC),
            datetime(2026, 12, 31, 17, tzinfo=UTC),
        ),
    ],
)
def test_a_completed_course_is_taken_again_from_the_next_year_on(
    session, app, agency, zone, completed, too_early, allowed
):
    publish(session, app, course_source())
    person = make_person(session, unit=make_unit(session, timezone=zone))
    first = service.enrol(session, person.id, "kursus-uji", at=completed)
    first.completed_at = completed
    session.flush()
    with pytest.raises(service.AlreadyThisYear):
        service.enrol(session, person.id, "kursus-uji", at=too_early)
    second = service.enrol(session, person.id, "kursus-uji", at=allowed)
    assert (second.ordinal, second.id != first.id) == (2, True)


def test_two_at_once_take_one_place(live_app, monkeypatch):
    with live_app.app_context():
        session = db.session()
        make_agency(session)
        publish(session, live_app, course_source())
        person_id = make_person(session).id
    results = []

    def join():
        with live_app.app_context(), unit_of_work(db.session()) as session:
            at = datetime(2026, 11, 24, 5, tzinfo=UTC)
            results.append(service.enrol(session, person_id, "kursus-uji", at=at).id)

    threads = [Thread(target=join) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == 6
    assert len(set(results)) == 1
    with live_app.app_context():
        assert count(db.session()) == 1
