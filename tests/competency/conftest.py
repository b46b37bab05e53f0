import pytest

from tests.assessment.factories import storage_in
from tests.competency.factories import an_attempt
from tests.factories import make_person, supervise


@pytest.fixture
def store(tmp_path):
    return storage_in(tmp_path)


@pytest.fixture
def attempt(session, mira, store):
    """Mira's attempt at the quiz of a course."""
    return an_attempt(session, store, mira)


@pytest.fixture
def endang(session, mira):
    """Endang supervises Mira since long ago."""
    endang = make_person(session, name="Endang Sulistyowati")
    supervise(session, endang, mira)
    return endang
