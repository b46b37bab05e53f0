import pytest

from tests.assessment.factories import publish_course, storage_in
from tests.factories import make_person, supervise
from tests.plans.factories import add_goal, add_item, submit


@pytest.fixture
def endang(session, mira):
    """Endang supervises Mira since long ago."""
    endang = make_person(session, name="Endang Sulistyowati")
    supervise(session, endang, mira)
    return endang


@pytest.fixture
def head(session, endang):
    """The head of the office, above Endang."""
    head = make_person(session, name="Kepala Dinas")
    supervise(session, head, endang)
    return head


@pytest.fixture
def written(session, mira, endang, at):
    """Mira's plan for 2026: one goal with one coaching, not yet submitted."""
    goal = add_goal(session, mira)
    return goal, add_item(session, mira, goal)


@pytest.fixture
def submitted(session, mira, written):
    submit(session, mira)
    return written


@pytest.fixture
def course(session, agency, tmp_path):
    """A course whose completion asks for its reading alone."""
    return publish_course(session, storage_in(tmp_path), completion="")
