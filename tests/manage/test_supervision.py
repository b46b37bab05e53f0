"""Who supervises whom: dated, explicit, never in a circle."""

from datetime import date

import pytest
from sqlalchemy import select

from corpu.people.models import Supervision
from corpu.people.queries import supervisor_of
from tests.factories import make_person, supervise
from tests.manage.conftest import REASON
from tests.manage.reading import error_at, fields_of, send, text_of


@pytest.fixture
def url(mira):
    return f"/manage/people/{mira.id}/supervisor"


@pytest.fixture
def boss(session, health):
    return make_person(session, name="Retno Palupi", unit=health)


def relations(session, person):
    rows = session.scalars(
        select(Supervision)
        .filter_by(person_id=person.id)
        .order_by(Supervision.started_on)
        .execution_options(populate_existing=True)
    )
    return [(row.supervisor_id, row.started_on, row.ended_on) for row in rows]


def test_a_supervisor_holds_from_the_day_written(as_chief, session, mira, boss, url, at, entries):
    page = send(as_chief, url, person=boss.email, started_on="2026-11-02", reason=REASON)
    assert "atasan Mira Lestari adalah Retno Palupi sejak 2 November 2026" in text_of(page)
    assert supervisor_of(session, mira.id, at) == (boss.id, "Retno Palupi")
    (entry,) = entries("supervisor.set")
    assert (entry.after["supervisor"], entry.reason) == ("Retno Palupi", REASON)


def test_a_new_one_ends_the_former(as_chief, session, mira, boss, jonas, url):
    supervise(session, jonas, mira)
    send(as_chief, url, person=boss.nip, started_on="2026-11-02", reason=REASON)
    assert relations(session, mira) == [
        (jonas.id, date(2020, 1, 1), date(2026, 11, 1)),
        (boss.id, date(2026, 11, 2), None),
    ]


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_a_circle_is_refused_at_any_depth_with_the_names(
    as_chief, session, mira, url, health, depth
):
    below = mira
    for number in range(depth):
        person = make_person(session, name=f"Bawahan {'ABCDE'[number]}", unit=health)
        supervise(session, below, person)
        below = person
    page = send(as_chief, url, person=below.nip, reason=REASON, status=409)
    sentence = error_at(page, "person")
    assert below.name in sentence
    assert "berada di bawah Mira Lestari" in sentence
    assert relations(session, mira) == []


def test_nobody_supervises_themselves(as_chief, mira, url):
    page = send(as_chief, url, person=mira.nip, reason=REASON, status=409)
    assert "atasannya sendiri" in error_at(page, "person")


@pytest.mark.parametrize(
    ("field", "value"), [("person", ""), ("person", "Entah"), ("started_on", "x"), ("reason", "")]
)
def test_what_is_missing_is_said_at_its_field(as_chief, session, mira, boss, url, field, value):
    data = {"person": boss.nip, "reason": REASON} | {field: value}
    page = send(as_chief, url, status=422, **data)
    assert error_at(page, field)
    assert relations(session, mira) == []


def test_the_same_form_sent_twice_makes_one_relation(as_chief, session, mira, boss, url, entries):
    data = fields_of(as_chief.get(url), url) | {"person": boss.nip, "reason": REASON}
    as_chief.post(url, data)
    as_chief.post(url, data)
    assert len(relations(session, mira)) == 1
    assert len(entries("supervisor.set")) == 1


def test_the_second_of_two_managers_sees_the_supervisor_set_meanwhile(
    as_chief, as_ratna, session, mira, boss, ratna, url
):
    mine = fields_of(as_chief.get(url), url) | {"person": boss.nip, "reason": REASON}
    theirs = fields_of(as_ratna.get(url), url) | {"person": ratna.nip, "reason": REASON}
    as_chief.post(url, mine)
    page = as_ratna.post(url, theirs, status=409)
    shown = text_of(page.select_one("section[aria-labelledby=berubah]"))
    assert "Retno Palupi" in shown
    assert "Ratna Wulandari" in shown
    assert relations(session, mira)[-1][0] == boss.id


def test_an_end_is_the_last_day(as_chief, session, mira, boss, entries):
    relation = supervise(session, boss, mira)
    url = f"/manage/people/{mira.id}/supervisor/{relation.id}/end"
    data = fields_of(as_chief.get(url), url) | {"ended_on": "2026-11-30", "reason": REASON}
    as_chief.post(url, data)
    as_chief.post(url, data)
    assert relations(session, mira)[0][2] == date(2026, 11, 30)
    (entry,) = entries("supervisor.ended")
    assert entry.reason == REASON


def test_an_end_before_the_start_is_refused_at_its_field(as_chief, session, mira, boss):
    relation = supervise(session, boss, mira)
    url = f"/manage/people/{mira.id}/supervisor/{relation.id}/end"
    page = send(as_chief, url, ended_on="2019-01-01", reason=REASON, status=409)
    assert "sebelum hari pertama" in error_at(page, "ended_on")
    assert relations(session, mira)[0][2] is None


def test_a_longer_end_than_was_said_is_not_silently_dropped(as_chief, session, mira, boss):
    """An ended relation is never stretched; the page says so instead of "saved"."""
    relation = supervise(session, boss, mira, ended_on=date(2026, 11, 25))
    url = f"/manage/people/{mira.id}/supervisor/{relation.id}/end"
    page = send(as_chief, url, ended_on="2026-12-31", reason=REASON, status=409)
    assert error_at(page, "ended_on")
    assert relations(session, mira)[0][2] == date(2026, 11, 25)


def test_all_that_is_missing_is_said_at_once(as_chief, url):
    page = send(as_chief, url, status=422)
    assert error_at(page, "person")
    assert error_at(page, "reason")
