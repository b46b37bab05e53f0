"""Mira learns besides courses; Siti manages the hours, and learns too."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from corpu.database import uuid7
from corpu.hours import claims
from corpu.hours.models import Decision
from corpu.hours.proposals import Proposal
from corpu.people.queries import viewer_for
from tests.factories import make_person

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
REASON = "Tidak ada daftar hadir"


@pytest.fixture
def siti(session, agency):
    return make_person(session, name="Siti Maesaroh", roles=["manager"])


@pytest.fixture
def by_siti(session, siti):
    return viewer_for(session, siti.id, 0, NOON)


def proposal(**changes):
    values = {
        "form": "KL06",
        "title": "Webinar Tata Naskah",
        "started_on": date(2026, 3, 2),
        "ended_on": date(2026, 3, 2),
    }
    return Proposal(**values | changes)


def session_of(day, **changes):
    """One session of coaching."""
    day = date(2026, 3, day)
    values = {"form": "NKL01", "title": "Coaching", "amount": Decimal(1)}
    return proposal(**values | {"started_on": day, "ended_on": day} | changes)


def make_claim(session, person, what=None, *, at=NOON, claim_id=None, **more):
    made = claims.claim(
        session,
        person.id,
        what or proposal(),
        at=at,
        claim_id=claim_id or uuid7(),
        **more,
    )
    session.commit()
    return made


def decide(session, made, decision, by, *, reason="", seen=0, at=NOON):
    found = claims.decide(session, made.id, decision, by=by, reason=reason, seen=seen, at=at)
    session.commit()
    return found


def verify(session, made, by, **more):
    return decide(session, made, Decision.VERIFIED, by, **more)


def refuse(session, made, by, *, reason=REASON, **more):
    return decide(session, made, Decision.REFUSED, by, reason=reason, **more)
