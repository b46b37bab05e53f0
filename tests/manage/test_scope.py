"""Who may enter, and how far a manager of one unit reaches."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from corpu.people.models import Posting, RoleAssignment
from tests.factories import make_person, save, supervise
from tests.manage.reading import text_of

PLACES = (
    "/manage",
    "/manage/people",
    "/manage/people/new",
    "/manage/units",
    "/manage/units/new",
    "/manage/certificates",
    "/manage/certificates/waiting",
    "/manage/hours",
    "/manage/hours/years",
    "/manage/time",
    "/manage/audit",
)
ACTS = (
    "",
    "/correct",
    "/post",
    "/supervisor",
    "/roles",
    "/link",
    "/deactivate",
    "/reactivate",
    "/ipasn/education",
)


@pytest.mark.parametrize("path", PLACES)
def test_only_managers_enter(browser, jonas, at, path):
    assert "/login" in browser.client.get(path).location
    browser.sign_in(jonas).get(path, status=403)


@pytest.mark.parametrize("path", PLACES)
def test_a_unit_manager_sees_every_place(as_ratna, path):
    as_ratna.get(path)


@pytest.mark.parametrize("path", PLACES)
def test_no_address_brings_a_page_down(as_chief, mira, path):
    """A zero byte, which one of the two databases takes in no text, and other remnants."""
    rubbish = "\x00%_'\u202e" + "x" * 400
    query = dict.fromkeys(("q", "who", "subject", "since", "unit", "state", "parent"), rubbish)
    as_chief.get(path, query_string=query | {"after": f"\x00~{mira.id.hex}", "before": "9" * 30})


@pytest.mark.parametrize("act", ACTS)
def test_people_of_another_unit_do_not_exist_for_a_unit_manager(as_ratna, jonas, act):
    as_ratna.get(f"/manage/people/{jonas.id}{act}", status=404)
    if act:
        as_ratna.post(f"/manage/people/{jonas.id}{act}", {"reason": "ingin tahu"}, status=404)


def test_the_branch_below_the_unit_is_within_reach(as_ratna, mira):
    assert "Mira Lestari" in text_of(as_ratna.get(f"/manage/people/{mira.id}"))


def test_who_has_moved_away_is_out_of_reach_from_that_day(as_ratna, session, mira, elsewhere, at):
    posting = session.scalars(select(Posting).filter_by(person_id=mira.id)).one()
    posting.ended_on = at.date() - timedelta(days=1)
    save(
        session,
        Posting(
            person_id=mira.id,
            unit_id=elsewhere.id,
            title="Analis",
            post_type="JF_PT",
            started_on=at.date(),
        ),
    )
    as_ratna.get(f"/manage/people/{mira.id}", status=404)


def test_units_elsewhere_do_not_exist_for_a_unit_manager(as_ratna, elsewhere):
    for act in ("", "/issuer", "/archive"):
        as_ratna.get(f"/manage/units/{elsewhere.id}{act}", status=404)
        as_ratna.post(f"/manage/units/{elsewhere.id}{act}", {"reason": "ingin"}, status=404)


def test_a_relation_or_role_of_somebody_else_is_not_reached_through_ones_own_people(
    as_ratna, session, mira, jonas, chief
):
    relation = supervise(session, chief, jonas)
    url = f"/manage/people/{mira.id}/supervisor/{relation.id}/end"
    as_ratna.get(url, status=404)
    as_ratna.post(url, {"reason": "ingin", "ended_on": "2026-11-24"}, status=404)


def test_a_role_that_ended_yesterday_opens_nothing(browser, session, at, agency):
    person = make_person(session, roles=["manager"])
    session.execute(update(RoleAssignment).values(ended_on=date(2026, 11, 23)))
    session.commit()
    browser.sign_in(person).get("/manage", status=403)


def test_nobody_with_rights_beyond_the_unit_falls_to_its_manager(
    as_ratna, session, division, entries
):
    """A link for such an account would be a way to more rights than one has."""
    above = make_person(session, name="Kepala Semua", unit=division, roles=["manager"])
    page = text_of(as_ratna.get(f"/manage/people/{above.id}"))
    assert "Sebagian hanya untuk pengelola seluruh instansi" in page
    assert "Buat tautan masuk" not in page
    for act in ("/link", "/deactivate", "/correct"):
        url = f"/manage/people/{above.id}{act}"
        page = as_ratna.post(url, {"reason": "coba saja", "name": "X"}, status=409)
        assert "di luar jangkauan Anda" in text_of(page)
    assert entries("account.link_made") == []


def test_a_unit_manager_gives_no_role_beyond_the_unit(as_ratna, mira, elsewhere, entries):
    url = f"/manage/people/{mira.id}/roles"
    for unit in ("all", str(elsewhere.id)):
        data = {
            "role": "manager",
            "unit": unit,
            "started_on": "2026-11-24",
            "reason": "naik pangkat",
        }
        as_ratna.post(url, data, status=422)
    assert entries("role.assigned") == []
