"""What the tables of this room refuse, whoever asks."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from corpu.database import uuid7
from corpu.hours.models import ClaimDecision, Decision, HourStatement, LearningClaim, State
from corpu.hours.proofs import Kind
from tests.factories import save

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)


def claim_of(person, **changes):
    values = {
        "person_id": person.id,
        "form": "KL06",
        "rule_version": "perlan-10-2018.1",
        "title": "Webinar Arsip",
        "organiser": "ANRI",
        "note": "",
        "started_on": date(2026, 3, 2),
        "ended_on": date(2026, 3, 2),
        "year": 2026,
        "amount": Decimal(1),
        "jp": Decimal(4),
        "counted_jp": Decimal(0),
        "state": State.CLAIMED,
        "proof_name": "",
        "unit_name": "Dinas Uji",
        "timezone": "Asia/Jakarta",
        "claimed_at": NOON,
    }
    return LearningClaim(**values | changes)


def put(session, row):
    with session.begin_nested():
        session.add(row)


@pytest.mark.parametrize(
    "changes",
    [
        {"jp": Decimal(0)},
        {"jp": Decimal(-4)},
        {"amount": Decimal(0)},
        {"ended_on": date(2026, 3, 1)},
        {"counted_jp": Decimal(4)},
        {"counted_jp": Decimal(5), "state": State.VERIFIED},
        {"counted_jp": Decimal(-1), "state": State.VERIFIED},
        {"proof_sha256": "a" * 64},
        {"proof_kind": Kind.PDF},
    ],
    ids=str,
)
def test_a_row_that_cannot_be_is_refused(session, mira, changes):
    with pytest.raises(IntegrityError):
        put(session, claim_of(mira, **changes))


def decision_of(claim, person, ordinal=1, **changes):
    values = {
        "claim_id": claim.id,
        "ordinal": ordinal,
        "decision": Decision.REFUSED,
        "by_id": person.id,
        "by_name": "Siti",
        "reason": "Sertifikat tidak terbaca",
        "at": NOON,
    }
    return ClaimDecision(**values | changes)


def statement_of(person, **changes):
    values = {
        "person_id": person.id,
        "year": 2025,
        "jp": Decimal(4),
        "content": {},
        "frozen_at": NOON,
        "frozen_by": person.id,
        "frozen_by_name": "Siti",
    }
    return HourStatement(**values | changes)


def test_nobody_is_refused_without_a_reason(session, mira, jonas):
    claim = save(session, claim_of(mira))
    with pytest.raises(IntegrityError):
        put(session, decision_of(claim, jonas, reason=""))


def test_a_year_is_closed_once(session, mira):
    save(session, statement_of(mira))
    with pytest.raises(IntegrityError):
        put(session, statement_of(mira))


@pytest.mark.parametrize("model", [ClaimDecision, HourStatement])
def test_what_was_decided_and_closed_is_neither_changed_nor_deleted(session, mira, jonas, model):
    claim = save(session, claim_of(mira))
    row = save(session, decision_of(claim, jonas), statement_of(mira))
    row = row if model is ClaimDecision else session.query(HourStatement).one()
    again = {column.key: getattr(row, column.key) for column in model.__table__.columns}
    acts = [update(model).values(id=uuid7()), delete(model)]
    if session.get_bind().dialect.name == "sqlite":
        acts.append(insert(model).prefix_with("OR REPLACE").values(**again))
    else:
        acts.append(text(f"TRUNCATE {model.__tablename__} CASCADE"))
    for act in acts:
        with pytest.raises(DatabaseError, match="append-only"), session.begin_nested():
            session.execute(act)
