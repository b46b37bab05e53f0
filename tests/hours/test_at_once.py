"""Two managers on one claim at the same moment: real transactions on both databases."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Event

import pytest
from sqlalchemy import text

from corpu.competency.service import hold
from corpu.extensions import db
from corpu.hours import certified, claims
from corpu.hours.models import Decision
from corpu.hours.proofs import Kind
from corpu.hours.proposals import Proof
from corpu.people.queries import viewer_for
from corpu.transactions import held_effects, unit_of_work
from tests.factories import make_agency, make_person
from tests.hours.conftest import NOON, REASON, make_claim, verify

WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"


def test_of_counting_a_certificate_and_refusing_it_one_waits_for_the_other(live_app):
    with live_app.app_context(), held_effects():
        session = db.session()
        make_agency(session)
        mira, siti = make_person(session), make_person(session, roles=["manager"]).id
        by = viewer_for(session, siti, 0, NOON)
        made = make_claim(session, mira, proof=Proof("a" * 64, Kind.PDF, "sertifikat.pdf"))
        verify(session, made, by)
        claim_id, owner = made.id, mira.id
        db.session.remove()
    is_held = Event()

    def count():
        is_held.wait(10)
        with (
            live_app.app_context(),
            pytest.raises(certified.NotVerified),
            unit_of_work(db.session()) as session,
        ):
            certified.give_evidence(
                session, claim_id, "KOM", 3, Decimal(80), by=by, reason=REASON, at=NOON
            )

    with ThreadPoolExecutor(1) as pool, live_app.app_context():
        counted = pool.submit(count)
        with unit_of_work(db.session()) as session:
            hold(session, [owner])
            is_held.set()
            if session.get_bind().dialect.name == "postgresql":
                assert any(session.scalar(text(WAITS)) for _look in range(100_000))
            claims.decide(
                session, claim_id, Decision.REFUSED, by=by, reason=REASON, seen=1, at=NOON
            )
        counted.result(10)
        db.session.remove()
