"""A password that everybody here has, hashed once, and what a hash would have cost."""

import pytest

from corpu import clock
from corpu.people import passwords
from tests import factories
from tests.page import Browser

PASSWORD = "dua ekor kucing"


@pytest.fixture(scope="session")
def password_hash():
    return passwords.hash_password(PASSWORD)


@pytest.fixture
def mira(session, agency, password_hash):
    return factories.make_person(session, name="Mira Lestari", password_hash=password_hash)


@pytest.fixture
def jonas(session, agency, password_hash):
    return factories.make_person(session, name="Jonas Tahitu", password_hash=password_hash)


@pytest.fixture
def time(monkeypatch, at):
    """The clock, to be moved: `time.to(at + …)`."""

    class Clock:
        now = at

        def to(self, moment):
            self.now = moment

        def on(self, delta):
            self.now += delta

    hand = Clock()
    monkeypatch.setattr(clock, "now", lambda: hand.now)
    return hand


@pytest.fixture
def hashes(monkeypatch):
    """Every computation of a hash, made cheap and counted."""
    done = []

    class Hasher:
        def verify(self, known, password):
            done.append(known)
            return passwords_hasher.verify(known, password)

        def hash(self, password):
            done.append("new")
            return passwords_hasher.hash(password)

        def check_needs_rehash(self, known):
            return passwords_hasher.check_needs_rehash(known)

    passwords_hasher = passwords._hasher
    monkeypatch.setattr(passwords, "_hasher", Hasher())
    return done


@pytest.fixture
def other_browser(app, session):
    return Browser(app.test_client())
