"""Two acts for one person at the same moment, with real commits."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from corpu.competency import service
from corpu.extensions import db
from corpu.transactions import unit_of_work
from tests.competency.factories import NOON, evidence_of, kept
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
