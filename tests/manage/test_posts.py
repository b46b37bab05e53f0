"""A new post from a day on; the former one ends the day before, history stays."""

from datetime import date

import pytest
from sqlalchemy import select

from corpu.people.models import Posting
from tests.manage.conftest import REASON
from tests.manage.reading import error_at, fields_of, send, text_of


@pytest.fixture
def url(mira):
    return f"/manage/people/{mira.id}/post"


def postings(session, person):
    rows = session.scalars(
        select(Posting)
        .filter_by(person_id=person.id)
        .order_by(Posting.started_on)
        .execution_options(populate_existing=True)
    )
    return [(row.title, row.started_on, row.ended_on) for row in rows]


def test_a_new_post_ends_the_former_one_the_day_before(as_chief, session, mira, health, url):
    page = send(
        as_chief,
        url,
        unit=str(health.id),
        title="Kepala Seksi",
        post_type="PENGAWAS",
        started_on="01-12-2026",
        reason=REASON,
    )
    assert postings(session, mira) == [
        ("Analis Uji", date(2020, 1, 1), date(2026, 11, 30)),
        ("Kepala Seksi", date(2026, 12, 1), None),
    ]
    assert "Mulai nanti" in text_of(page)


def test_the_entry_says_unit_post_and_reason(as_chief, mira, health, url, entries):
    send(as_chief, url, unit=str(health.id), started_on="2026-11-01", reason=REASON)
    (entry,) = entries("posting.set")
    assert entry.after["unit"] == "Dinas Kesehatan"
    assert entry.reason == REASON


def test_the_same_first_day_corrects_the_post_in_place(as_chief, session, mira, url):
    send(as_chief, url, title="Analis Gizi", started_on="2020-01-01", reason=REASON)
    assert postings(session, mira) == [("Analis Gizi", date(2020, 1, 1), None)]


def test_a_day_before_a_later_post_is_refused_with_that_day(as_chief, url):
    send(as_chief, url, title="Kepala Seksi", started_on="2026-12-01", reason=REASON)
    page = send(as_chief, url, title="Lain", started_on="2026-06-01", reason=REASON, status=409)
    assert "yang mulai 1 Desember 2026" in error_at(page, "started_on")


@pytest.mark.parametrize("field", ["unit", "title", "post_type", "started_on", "reason"])
def test_an_empty_field_is_named(as_chief, session, mira, url, field):
    data = {"title": "Baru", "reason": REASON} | {field: ""}
    page = send(as_chief, url, status=422, **data)
    assert error_at(page, field)
    assert len(postings(session, mira)) == 1


def test_the_same_form_sent_twice_makes_one_post(as_chief, session, mira, url, entries):
    data = fields_of(as_chief.get(url), url) | {
        "title": "Kepala Seksi",
        "started_on": "2026-12-01",
        "reason": REASON,
    }
    as_chief.post(url, data)
    as_chief.post(url, data)
    assert len(postings(session, mira)) == 2
    assert len(entries("posting.set")) == 1


def test_the_second_of_two_managers_sees_the_post_set_meanwhile(
    as_chief, as_ratna, session, mira, url
):
    mine = fields_of(as_chief.get(url), url) | {"title": "Satu", "reason": REASON}
    theirs = fields_of(as_ratna.get(url), url) | {"title": "Dua", "reason": REASON}
    as_chief.post(url, mine)
    page = as_ratna.post(url, theirs, status=409)
    assert "Satu" in text_of(page.select_one("section[aria-labelledby=berubah]"))
    assert postings(session, mira)[-1][0] == "Satu"


def test_a_unit_manager_moves_nobody_out_of_the_branch(as_ratna, session, mira, elsewhere, url):
    send(as_ratna, url, unit=str(elsewhere.id), reason=REASON, status=422)
    assert len(postings(session, mira)) == 1


def test_what_the_post_itself_asks_stays_while_only_its_grade_changes(as_chief, session, mira, url):
    posting = session.scalars(select(Posting).filter_by(person_id=mira.id)).one()
    posting.required_levels = {"INT": 4}
    session.commit()
    send(as_chief, url, grade="III/d", started_on="2026-11-01", reason=REASON)
    latest = session.scalars(select(Posting).filter_by(person_id=mira.id, ended_on=None)).one()
    assert (latest.grade, latest.required_levels) == ("III/d", {"INT": 4})
