"""Two acts for one person at the same moment, with real commits."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import pytest

from corpu.competency import ledger, peers, service, verifying
from corpu.competency.agency_rule import adopt_rule
from corpu.events import SupervisionChanged
from corpu.extensions import db
from corpu.transactions import unit_of_work
from tests.competency.factories import NOON, evidence_of, kept, observe, rate
from tests.factories import make_agency, make_person, supervise


def test_two_ratings_at_once_leave_the_score_of_both(live_app):
    with live_app.app_context():
        session = db.session()
        make_agency(session)
        head, endang, mira = (make_person(session, name=name) for name in ("Dua", "Satu", "Mira"))
        supervise(session, head, endang)
        supervise(session, endang, mira)
        raters, person_id = [(head.id, 2), (endang.id, 5)], mira.id
    together = Barrier(2)

    def act(rater):
        supervisor_id, level = rater
        with live_app.app_context():
            together.wait()
            for turn in range(5):
                with unit_of_work(db.session()) as session:
                    service.rate(
                        session,
                        supervisor_id,
                        person_id,
                        "PPB",
                        level,
                        f"Putaran {turn}",
                        at=NOON + timedelta(minutes=turn),
                    )

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(act, raters))
    with live_app.app_context():
        session = db.session()
        mira = session.get_one(type(mira), person_id)
        assert len(evidence_of(session, mira)) == 10
        assert kept(session, mira)[0] == 5


def test_a_rule_adopted_while_ratings_come_in_waits_for_them(live_app):
    with live_app.app_context():
        session = db.session()
        make_agency(session)
        mira = make_person(session, name="Mira")
        for code in ("PPB", "INT"):
            observe(session, mira, code, 2, "70")
        person_id = mira.id
        db.session.remove()

    def adopt():
        with live_app.app_context(), unit_of_work(db.session()) as session:
            return adopt_rule(
                session, {"mastery": 65}, valid_from=NOON, reason="SK 1", by=None, at=NOON
            ).version

    with ThreadPoolExecutor(1) as pool, live_app.app_context():
        with unit_of_work(db.session()) as session:
            peers.rate_oneself(session, person_id, "INT", 3, "", at=NOON)
            adopting = pool.submit(adopt)
            with pytest.raises(TimeoutError):
                adopting.result(timeout=0.3)
            peers.rate_oneself(session, person_id, "PPB", 3, "", at=NOON)
        assert adopting.result(timeout=20) == 1
        db.session.remove()


def test_a_rating_that_comes_in_while_scores_are_compared_is_no_difference(live_app, monkeypatch):
    with live_app.app_context():
        session = db.session()
        make_agency(session)
        endang, mira = make_person(session, name="Endang"), make_person(session, name="Mira")
        supervise(session, endang, mira)
        observe(session, mira, "PPB", 2, "90")
        supervisor_id, person_id = endang.id, mira.id
        db.session.remove()

    def act():
        with live_app.app_context(), unit_of_work(db.session()) as session:
            service.rate(session, supervisor_id, person_id, "PPB", 4, "Terlihat", at=NOON)

    read = ledger.read
    with ThreadPoolExecutor(1) as pool, live_app.app_context():

        def read_and_be_overtaken(session, *args, **more):
            monkeypatch.setattr(ledger, "read", read)
            books = read(session, *args, **more)
            rating.append(pool.submit(act))
            with suppress(TimeoutError):
                rating[0].result(timeout=0.3)
            return books

        rating = []
        monkeypatch.setattr(ledger, "read", read_and_be_overtaken)
        found = verifying.compare(db.session(), [(person_id, "PPB")], at=NOON)
        db.session.remove()
        assert found.differences == ()
        rating[0].result(timeout=20)


def test_a_relation_that_changes_while_ratings_come_in_waits_for_them(live_app, monkeypatch):
    monkeypatch.setattr(service, "BATCH", 1)
    with live_app.app_context():
        session = db.session()
        make_agency(session)
        head, endang, mira = (make_person(session, name=name) for name in ("Dua", "Satu", "Mira"))
        supervise(session, head, endang)
        supervise(session, endang, mira)
        for code in ("PPB", "INT"):
            rate(session, endang, mira, code=code)
            rate(session, head, endang, code=code)
        head_id, endang_id, person_id = head.id, endang.id, mira.id
        db.session.remove()

    def change():
        with live_app.app_context(), unit_of_work(db.session()) as session:
            event = SupervisionChanged(endang_id, head_id, None, NOON)
            service.relation_changed(session, event)

    with ThreadPoolExecutor(1) as pool, live_app.app_context():
        with unit_of_work(db.session()) as session:
            peers.rate_oneself(session, person_id, "INT", 3, "", at=NOON)
            changing = pool.submit(change)
            with pytest.raises(TimeoutError):
                changing.result(timeout=0.3)
            peers.rate_oneself(session, person_id, "PPB", 3, "", at=NOON)
        changing.result(timeout=20)
        db.session.remove()
