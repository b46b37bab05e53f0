"""Two managers: one of the whole agency, one of the health office and what lies below it.

Mira works in a division of that office, Jonas elsewhere.
"""

from datetime import date

import pytest
from sqlalchemy import select

from corpu.audit import AuditEntry
from corpu.permissions import Role
from tests import factories
from tests.factories import make_person, make_unit, save
from tests.page import Browser

REASON = "SK 821/12/2026"


@pytest.fixture
def health(session, agency):
    return make_unit(session, name="Dinas Kesehatan", code="DINKES")


@pytest.fixture
def division(session, health):
    return make_unit(session, name="Bidang Gizi", code="GIZI", parent=health)


@pytest.fixture
def elsewhere(session, agency):
    return make_unit(session, name="Dinas Perikanan", code="IKAN")


@pytest.fixture
def mira(session, division):
    return make_person(session, name="Mira Lestari", unit=division)


@pytest.fixture
def jonas(session, elsewhere):
    return make_person(session, name="Jonas Tahitu", unit=elsewhere)


@pytest.fixture
def chief(session, agency):
    """Manages the whole agency."""
    return make_person(session, name="Siti Maesaroh", roles=["manager"])


@pytest.fixture
def ratna(session, health):
    """Manages the health office only."""
    person = make_person(session, name="Ratna Wulandari", unit=health)
    save(
        session,
        factories.people.RoleAssignment(
            person_id=person.id, role=Role.MANAGER, unit_id=health.id, started_on=date(2020, 1, 1)
        ),
    )
    return person


@pytest.fixture
def as_chief(browser, chief, at):
    return browser.sign_in(chief)


@pytest.fixture
def as_ratna(app, session, ratna, at):
    return Browser(app.test_client()).sign_in(ratna)


@pytest.fixture
def entries(session):
    """The audit entries of an action, oldest first; all of them without one."""

    def read(action=None):
        statement = select(AuditEntry).order_by(AuditEntry.id)
        if action:
            statement = statement.where(AuditEntry.action == action)
        return session.scalars(statement).all()

    return read
