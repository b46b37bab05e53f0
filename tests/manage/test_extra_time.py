"""More time for a quiz: to one person or to everybody, once for each form."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from corpu.assessment import service as assessment
from corpu.assessment.models import Attempt, ExtraTime
from corpu.learning.service import enrol
from tests.courses import QUIZ, course_source, publish
from tests.factories import make_person
from tests.manage.conftest import REASON
from tests.manage.reading import error_at, fields_of, send, text_of

URL = "/manage/time"
TIMED = QUIZ.format(id="kuis").replace("pass: 75", "pass: 75\ntime_limit: 20")


@pytest.fixture
def course(session, app, health):
    source = course_source(files={"02-akhir/01-kuis.md": TIMED})
    return publish(session, app, source, owner_unit_id=health.id)


def given(**changes):
    return {
        "quiz": "kursus-uji/kuis",
        "who": "one",
        "minutes": "15",
        "reason": REASON,
    } | changes


def grants(session):
    return session.scalars(select(ExtraTime)).all()


def start(session, person, at):
    enrol(session, person.id, "kursus-uji", at=at)
    attempt = assessment.start(session, person.id, "kursus-uji", "kuis", at=at)
    session.commit()
    return attempt


def deadline(session, attempt):
    return session.get(Attempt, attempt.id, populate_existing=True).deadline_at


def test_one_person_gets_more_time_also_in_the_attempt_under_way(
    as_chief, session, course, mira, jonas, at, entries
):
    hers, his = start(session, mira, at), start(session, jonas, at)
    page = send(as_chief, URL, **given(person=mira.nip))
    assert "tambahan 15 menit untuk Mira Lestari pada Kuis kuis" in text_of(page)
    assert deadline(session, hers) == at + timedelta(minutes=35)
    assert deadline(session, his) == at + timedelta(minutes=20)
    (entry,) = entries("quiz.extra_time")
    assert (entry.subject_name, entry.reason) == ("Mira Lestari", REASON)


def test_everybody_gets_more_time(as_chief, session, course, mira, jonas, at):
    attempts = [start(session, person, at) for person in (mira, jonas)]
    page = send(as_chief, URL, **given(who="all"))
    assert "semua peserta" in text_of(page)
    assert {deadline(session, one) for one in attempts} == {at + timedelta(minutes=35)}


def test_the_same_form_sent_twice_gives_the_time_once(as_chief, session, course, mira, at):
    attempt = start(session, mira, at)
    data = fields_of(as_chief.get(URL), URL) | given(person=mira.nip)
    as_chief.post(URL, data)
    as_chief.post(URL, data)
    assert len(grants(session)) == 1
    assert deadline(session, attempt) == at + timedelta(minutes=35)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quiz", ""),
        ("quiz", "kursus-uji/lain"),
        ("minutes", "0"),
        ("minutes", "1441"),
        ("minutes", "banyak"),
        ("reason", ""),
        ("person", ""),
        ("person", "Tidak Ada"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field(as_chief, session, course, mira, field, value):
    page = send(as_chief, URL, **given(person=mira.nip) | {field: value}, status=422)
    assert error_at(page, field)
    assert grants(session) == []


def test_a_name_is_offered_to_choose_from(as_chief, session, course, mira, division):
    other = make_person(session, name="Mira Kusuma", unit=division)
    page = send(as_chief, URL, **given(person="mira"), status=422)
    as_chief.post(URL, fields_of(page, URL) | {"chosen": other.id.hex})
    assert [grant.person_id for grant in grants(session)] == [other.id]


def test_a_unit_manager_gives_time_to_own_people_only(as_ratna, session, course, mira, jonas):
    send(as_ratna, URL, **given(person=jonas.nip), status=422)
    send(as_ratna, URL, **given(person=mira.nip))
    assert [grant.person_id for grant in grants(session)] == [mira.id]


def test_a_choice_of_somebody_elsewhere_is_not_taken(as_ratna, session, course, mira, jonas):
    page = send(as_ratna, URL, **given(person="mira"), status=422)
    as_ratna.post(URL, fields_of(page, URL) | {"chosen": jonas.id.hex}, status=422)
    assert grants(session) == []


def test_everybody_of_a_course_of_another_unit_is_not_a_unit_managers_to_serve(
    as_ratna, session, app, elsewhere
):
    source = course_source("kursus-lain", files={"02-akhir/01-kuis.md": TIMED})
    publish(session, app, source, owner_unit_id=elsewhere.id)
    page = send(as_ratna, URL, **given(quiz="kursus-lain/kuis", who="all"), status=409)
    assert "juga pegawai unit lain" in error_at(page, "who")
    assert grants(session) == []


def test_what_was_given_is_listed_to_who_reaches_it(
    as_chief, as_ratna, session, course, mira, jonas
):
    send(as_chief, URL, **given(person=jonas.nip, reason="gangguan listrik"))
    send(as_chief, URL, **given(person=mira.nip, reason="ponsel rusak"))
    page = text_of(as_chief.get(URL))
    assert "gangguan listrik" in page
    assert "ponsel rusak" in page
    page = text_of(as_ratna.get(URL))
    assert "gangguan listrik" not in page
    assert "ponsel rusak" in page


def test_a_quiz_without_a_limit_is_not_offered(as_chief, session, app, health):
    publish(session, app, course_source(), owner_unit_id=health.id)
    page = as_chief.get(URL)
    assert "Tidak ada kuis yang dibatasi waktu" in text_of(page)
