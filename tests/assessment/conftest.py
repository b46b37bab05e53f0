import pytest

from corpu import events as kernel
from corpu.events import AttemptGraded
from corpu.learning.service import record_attempt
from tests.assessment import factories


@pytest.fixture
def store(tmp_path):
    return factories.storage_in(tmp_path)


@pytest.fixture
def publish(session, agency, store):
    """Publish the course, with the rules and questions that the test is about."""

    def make(**rules):
        return factories.publish_course(session, store, **rules)

    return make


@pytest.fixture
def events(monkeypatch):
    """What is announced; of the rooms above and below only `learning` listens."""
    seen = []
    reactions = [lambda session, event: seen.append(event), record_attempt]
    monkeypatch.setitem(kernel._reactions, AttemptGraded, reactions)
    return seen


@pytest.fixture
def running(session, mira, publish):
    """Mira's attempt at the quiz that a machine can grade whole."""
    publish()
    factories.take_seat(session, mira)
    return factories.begin(session, mira)
