"""What two do at the same moment, with real transactions."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import select

from corpu.extensions import db
from corpu.people import service
from corpu.people.models import Account, Supervision
from corpu.people.posts import SupervisionLoop
from corpu.people.sign_in import WaitFirst
from corpu.transactions import unit_of_work
from tests.factories import make_person

TODAY = date(2026, 11, 24)


@pytest.fixture
def at_once(live_app):
    """Run several acts in units of work of their own, begun together; answers what each gave."""

    def run(*acts):
        start = Barrier(len(acts))

        def one(act):
            with live_app.app_context():
                start.wait(10)
                try:
                    with unit_of_work(db.session()) as session:
                        return act(session)
                except Exception as refusal:
                    return refusal
                finally:
                    db.session.remove()

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(one, acts))

    return run


@pytest.fixture
def people(live_app):
    with live_app.app_context():
        found = [make_person(db.session(), name=name) for name in ("Mira", "Jonas")]
        ids = [(person.id, person.nip) for person in found]
        db.session.remove()
    return ids


def test_however_many_guess_at_once_five_are_taken(at_once, live_app, people, at):
    (person_id, nip), _ = people

    def guess(session):
        return service.open_attempt(session, ("nip", nip), key="k", at=at)

    results = at_once(*[guess] * 12)
    assert sum(isinstance(result, WaitFirst) for result in results) == 7
    with live_app.app_context():
        assert db.session.get(Account, person_id).failures == 5


def test_guesses_at_a_name_of_nobody_are_counted_together_too(at_once, people, at):
    def guess(session):
        return service.open_attempt(session, ("nip", "1" * 18), key="k", at=at)

    results = at_once(*[guess] * 12)
    assert sum(isinstance(result, WaitFirst) for result in results) == 7


def test_two_half_loops_at_once_do_not_close(at_once, live_app, people, at):
    (mira, _), (jonas, _) = people

    def above(person, supervisor):
        return lambda session: service.set_supervisor(
            session, person, supervisor, started_on=TODAY, by=None, at=at
        )

    results = at_once(above(mira, jonas), above(jonas, mira))
    assert sum(isinstance(result, SupervisionLoop) for result in results) == 1
    with live_app.app_context():
        assert len(db.session.scalars(select(Supervision)).all()) == 1


def test_a_link_used_by_two_at_once_serves_one(at_once, live_app, people, at):
    (mira, _), _ = people
    with live_app.app_context(), unit_of_work(db.session()) as session:
        token = service.make_sign_in_link(session, mira, by=None, at=at)

    def use(session):
        return service.use_sign_in_link(session, token, password_hash="x", at=at)

    results = at_once(use, use)
    assert sum(isinstance(result, service.LinkNotValid) for result in results) == 1


def test_the_same_new_person_made_twice_at_once_is_made_once(at_once, people, at):
    def make(session):
        return service.create_person(session, name="Siti", nip="198502232006042908", by=None, at=at)

    results = at_once(make, make)
    refused = [result for result in results if isinstance(result, Exception)]
    assert len(refused) == 1
    assert "sudah dipakai" in str(refused[0])
