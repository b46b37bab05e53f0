"""Roles: given for a branch or everything, ended on a day, the last manager kept."""

from datetime import date

import pytest
from sqlalchemy import select

from corpu.people.models import RoleAssignment
from corpu.people.queries import viewer_for
from corpu.permissions import Held, Role
from tests.manage.conftest import REASON
from tests.manage.reading import error_at, fields_of, send, text_of


@pytest.fixture
def url(mira):
    return f"/manage/people/{mira.id}/roles"


def roles(session, person):
    return session.scalars(
        select(RoleAssignment)
        .filter_by(person_id=person.id)
        .execution_options(populate_existing=True)
    ).all()


def test_a_role_for_a_branch_opens_that_branch(as_chief, session, mira, health, url, at, entries):
    send(as_chief, url, role="manager", unit=str(health.id), reason=REASON)
    assert Held(Role.MANAGER, health.id) in viewer_for(session, mira.id, 0, at).roles
    (entry,) = entries("role.assigned")
    assert (entry.reason, entry.after["role"]) == (REASON, "manager")


def test_a_role_for_everything_is_given_by_who_has_everything(as_chief, session, mira, url, at):
    send(as_chief, url, role="instructor", unit="all", reason=REASON)
    assert Held(Role.INSTRUCTOR) in viewer_for(session, mira.id, 0, at).roles


@pytest.mark.parametrize(
    ("field", "value"),
    [("role", "supervisor"), ("role", ""), ("unit", ""), ("started_on", "x"), ("reason", "")],
)
def test_what_is_missing_is_said_at_its_field(as_chief, session, mira, url, field, value):
    data = {"role": "manager", "unit": "all", "reason": REASON} | {field: value}
    page = send(as_chief, url, status=422, **data)
    assert error_at(page, field)
    assert roles(session, mira) == []


def test_the_same_form_sent_twice_gives_one_role(as_chief, session, mira, url):
    data = fields_of(as_chief.get(url), url) | {"role": "manager", "unit": "all", "reason": REASON}
    as_chief.post(url, data)
    as_chief.post(url, data)
    assert len(roles(session, mira)) == 1


def test_an_end_is_the_last_day(as_chief, session, mira, url, entries):
    send(as_chief, url, role="manager", unit="all", reason=REASON)
    (role,) = roles(session, mira)
    send(as_chief, f"{url}/{role.id}/end", ended_on="2026-11-30", reason="rotasi")
    assert roles(session, mira)[0].ended_on == date(2026, 11, 30)
    assert entries("role.ended")[0].reason == "rotasi"


def test_the_last_manager_of_everything_keeps_the_role(as_chief, session, chief):
    (role,) = roles(session, chief)
    url = f"/manage/people/{chief.id}/roles/{role.id}/end"
    page = send(as_chief, url, reason=REASON, status=409)
    assert "pengelola terakhir untuk seluruh instansi" in text_of(page)
    assert roles(session, chief)[0].ended_on is None


def test_a_unit_manager_ends_only_roles_within_the_branch(as_ratna, session, as_chief, mira, url):
    send(as_chief, url, role="instructor", unit="all", reason=REASON)
    (role,) = roles(session, mira)
    as_ratna.get(f"{url}/{role.id}/end", status=404)
    as_ratna.post(f"{url}/{role.id}/end", {"ended_on": "2026-11-24", "reason": "x y z"}, status=404)
    assert roles(session, mira)[0].ended_on is None


def test_a_role_of_another_person_is_not_found_here(as_chief, session, mira, chief, url):
    (role,) = roles(session, chief)
    as_chief.get(f"{url}/{role.id}/end", status=404)
