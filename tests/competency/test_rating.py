from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from corpu.audit import AuditEntry
from corpu.competency import queries, service
from corpu.competency.models import CompetencyRule, EvidenceRecord
from corpu.competency.service import (
    NotInLine,
    OwnRating,
    ReasonMissing,
    ReasonTooLong,
    UnknownCompetency,
    WrongLevel,
)
from corpu.people import service as people
from corpu.people.models import Supervision
from tests.competency.factories import NOON, evidence_of, kept, rate, shown
from tests.factories import make_person, save, supervise

MINUTE = timedelta(minutes=1)


def test_a_rating_enters_the_score_with_level_reason_and_date(session, mira, endang):
    rate(session, endang, mira, 4, reason="  Memimpin\nlayanan lintas OPD ")
    [row] = evidence_of(session, mira)
    assert (row.level, row.score, row.source) == (4, None, f"supervisor:{endang.id}")
    assert (row.reason, row.label) == ("Memimpin layanan lintas OPD", "Endang Sulistyowati")
    assert (row.observed_at, row.actor_id, row.valid_until) == (NOON, endang.id, None)
    assert kept(session, mira) == (4, Decimal("4.00"))


def test_a_rating_stands_in_the_audit(session, mira, endang):
    rate(session, endang, mira, 2)
    rate(session, endang, mira, 3, reason="Naik", at=NOON + MINUTE)
    entries = session.scalars(
        select(AuditEntry).filter_by(action="competency.rated").order_by(AuditEntry.id)
    ).all()
    assert entries[1].actor_id == endang.id
    assert entries[1].subject_id == str(mira.id)
    assert entries[1].before == {"competency": "PPB", "level": 2}
    assert entries[1].after == {"competency": "PPB", "level": 3}
    assert entries[1].reason == "Naik"


def test_a_supervisor_further_up_may_rate_too(session, mira, endang):
    head = make_person(session, name="Kepala Dinas")
    supervise(session, head, endang)
    rate(session, head, mira, 3)
    assert kept(session, mira) == (3, Decimal("3.00"))


@pytest.mark.parametrize("who", ["stranger", "subordinate", "former", "coming"])
def test_only_who_stands_above_today_may_rate(session, mira, endang, who):
    rater, rated = make_person(session), mira
    if who == "subordinate":
        rater, rated = mira, endang
    elif who == "former":
        save_ended(session, rater, rated := make_person(session), date(2026, 11, 23))
    elif who == "coming":
        rated = make_person(session)
        supervise(session, rater, rated, started_on=date(2026, 11, 25))
    with pytest.raises(NotInLine):
        rate(session, rater, rated)
    assert evidence_of(session, rated) == []


def save_ended(session, supervisor, person, last_day):
    return supervise(session, supervisor, person, ended_on=last_day)


def test_nobody_rates_themselves(session, mira):
    with pytest.raises(OwnRating):
        rate(session, mira, mira)


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"level": 0}, WrongLevel),
        ({"level": 6}, WrongLevel),
        ({"level": True}, WrongLevel),
        ({"level": "3"}, WrongLevel),
        ({"code": "XYZ"}, UnknownCompetency),
        ({"reason": " \u200b\n"}, ReasonMissing),
        ({"reason": "a" * 1001}, ReasonTooLong),
    ],
)
def test_a_rating_that_says_too_little_is_refused_and_leaves_nothing(
    session, mira, endang, wrong, refusal
):
    with pytest.raises(refusal):
        rate(session, endang, mira, **wrong)
    assert evidence_of(session, mira) == []


def test_a_second_click_is_the_first_rating(session, mira, endang):
    first = rate(session, endang, mira, 3)
    assert rate(session, endang, mira, 3, at=NOON + MINUTE).id == first.id
    rate(session, endang, mira, 3, at=NOON + timedelta(days=200))
    assert len(evidence_of(session, mira)) == 2


def test_the_latest_rating_of_a_supervisor_stands_also_when_lower(session, mira, endang):
    rate(session, endang, mira, 4)
    rate(session, endang, mira, 2, at=NOON + MINUTE)
    assert kept(session, mira) == (2, Decimal("2.00"))


def test_a_rating_ends_after_the_months_of_the_rule(session, mira, endang):
    rate(session, endang, mira, 3)
    end = datetime(2028, 11, 24, 5, 0, tzinfo=UTC)
    assert shown(session, mira, at=end - MINUTE)[0] == 3
    assert shown(session, mira, at=end) == (None, None)
    assert service.refresh_due(session, end - MINUTE) == 0
    assert service.refresh_due(session, end) == 1
    assert kept(session, mira) == (None, None)


def test_a_rating_ends_six_months_after_the_relation(session, mira, endang):
    rate(session, endang, mira, 3)
    relation = session.scalars(select(Supervision).filter_by(person_id=mira.id)).one()
    people.end_supervision(
        session, relation.id, ended_on=date(2026, 12, 31), by=None, at=NOON + MINUTE
    )
    session.commit()
    # The relation ends with its last day, where the agency is: midnight WIB.
    end = datetime(2027, 6, 30, 17, 0, tzinfo=UTC)
    assert service.refresh_due(session, end - MINUTE) == 0
    assert kept(session, mira) == (3, Decimal("3.00"))
    assert service.refresh_due(session, end) == 1
    assert kept(session, mira) == (None, None)
    account = queries.account_of(session, mira.id, "PPB", end)
    assert account.ignored[0].why_not == "expired"
    assert account.ignored[0].piece.is_ended_by_relation


def test_a_relation_that_ended_long_ago_ends_its_ratings_in_the_same_transaction(
    session, mira, endang
):
    rate(session, endang, mira, 3, at=datetime(2026, 1, 20, 3, tzinfo=UTC))
    relation = session.scalars(select(Supervision).filter_by(person_id=mira.id)).one()
    people.end_supervision(session, relation.id, ended_on=date(2026, 2, 1), by=None, at=NOON)
    assert kept(session, mira) == (None, None)


def test_the_end_further_up_ends_ratings_of_those_below(session, mira, endang):
    head = make_person(session, name="Kepala Dinas")
    relation = supervise(session, head, endang)
    rate(session, head, mira, 5, at=datetime(2026, 1, 20, 3, tzinfo=UTC))
    people.end_supervision(session, relation.id, ended_on=date(2026, 2, 1), by=None, at=NOON)
    assert kept(session, mira) == (None, None)


def test_beyond_a_batch_the_worker_reads_the_ratings_below_anew(session, mira, endang, monkeypatch):
    monkeypatch.setattr(service, "BATCH", 1)
    head = make_person(session, name="Kepala Dinas")
    relation = supervise(session, head, endang)
    early = datetime(2026, 1, 20, 3, tzinfo=UTC)
    rate(session, head, mira, 5, at=early)
    rate(session, head, endang, 5, at=early)
    people.end_supervision(session, relation.id, ended_on=date(2026, 2, 1), by=None, at=NOON)
    assert kept(session, endang) == (None, None)
    assert kept(session, mira) == (5, Decimal("5.00"))
    assert service.refresh_due(session, NOON) == 1
    assert kept(session, mira) == (None, None)


def test_who_supervises_again_is_heard_again(session, mira, endang):
    rate(session, endang, mira, 3)
    relation = session.scalars(select(Supervision).filter_by(person_id=mira.id)).one()
    people.end_supervision(session, relation.id, ended_on=date(2026, 11, 30), by=None, at=NOON)
    again = datetime(2027, 7, 31, 17, 0, tzinfo=UTC)  # midnight WIB of 1 August
    people.set_supervisor(
        session, mira.id, endang.id, started_on=date(2027, 8, 1), by=None, at=NOON
    )
    session.commit()
    assert shown(session, mira, at=again - MINUTE) == (None, None)
    assert shown(session, mira, at=again) == (3, Decimal("3.00"))
    for moment in (datetime(2027, 6, 1, tzinfo=UTC), again):
        service.refresh_due(session, moment)
    assert kept(session, mira) == (3, Decimal("3.00"))


def test_a_relation_struck_out_afterwards_ended_with_the_rating(session, mira, endang):
    rate(session, endang, mira, 3)
    session.delete(session.scalars(select(Supervision).filter_by(person_id=mira.id)).one())
    session.commit()
    assert shown(session, mira, at=datetime(2027, 5, 24, 4, tzinfo=UTC))[0] == 3
    assert shown(session, mira, at=datetime(2027, 5, 24, 5, tzinfo=UTC))[0] is None


def test_the_rule_of_the_agency_in_force_decides(session, agency, mira, endang):
    rate(session, endang, mira, 3)
    begins = NOON + timedelta(days=10)
    save(
        session,
        CompetencyRule(
            agency_id=agency.id,
            version=1,
            valid_from=begins,
            rule={"rating_months": 1, "mastery": "72.5"},
            reason="Keputusan Kepala BPSDM",
        ),
    )
    service.recompute(session, mira.id, ["PPB"], at=NOON)
    session.commit()
    before = queries.account_of(session, mira.id, "PPB", begins - MINUTE)
    after = queries.account_of(session, mira.id, "PPB", begins)
    assert (before.in_force.version, before.in_force.rule.mastery) == (None, Decimal(75))
    assert (after.in_force.version, after.in_force.rule.mastery) == (1, Decimal("72.5"))
    assert shown(session, mira, at=NOON + timedelta(days=29))[0] == 3
    assert shown(session, mira, at=NOON + timedelta(days=31))[0] is None
    assert service.refresh_due(session, begins) == 1, "a new rule makes every score due"
    assert session.scalars(select(EvidenceRecord.valid_until)).all() == [None]
