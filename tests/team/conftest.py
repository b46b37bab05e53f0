import pytest

from tests.assessment.factories import storage_in
from tests.factories import make_person, supervise


@pytest.fixture
def store(tmp_path):
    return storage_in(tmp_path)


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
