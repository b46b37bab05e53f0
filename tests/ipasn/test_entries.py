"""What a manager writes down: kept for good, taken back by a further entry, and weighed."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from corpu.audit import AuditEntry
from corpu.database import uuid7
from corpu.errors import RuleBroken
from corpu.extensions import db
from corpu.hours.models import Decision
from corpu.ipasn import queries, service
from corpu.ipasn.facts import Dimension, Item
from corpu.ipasn.models import EntryKind, IpasnEntry
from corpu.ipasn.service import Fact
from corpu.people.export import own_data
from corpu.people.queries import viewer_for
from corpu.transactions import unit_of_work
from tests.assessment.factories import publish_course, storage_in
from tests.conftest import NOON
from tests.factories import make_person, make_unit
from tests.hours.conftest import decide, make_claim, proposal, session_of
from tests.hours.test_book import complete
from tests.statements import statements

S1 = Fact(EntryKind.EDUCATION, "s1_d4")
BAIK = Fact(EntryKind.PERFORMANCE, "baik", year=2025)
PKP = Fact(EntryKind.TRAINING, "PKP", day=date(2019, 3, 1))
SEMINAR = Fact(EntryKind.TRAINING, "WEBINAR", day=date(2026, 2, 3), title="Webinar pelayanan")
OFFICIAL = Fact(EntryKind.OFFICIAL, year=2025, total=Decimal("72.5"), source="SIASN")


@pytest.fixture
def mira(session, agency):
    return make_person(session, name="Mira Lestari", post_type="PENGAWAS")


def write(session, person, fact, *, at=NOON, **more):
    entry = service.record(session, person.id, fact, by=None, reason="SK 1", at=at, **more)
    session.commit()
    return entry


def found(session, person, at=NOON):
    return queries.index_of(session, person.id, at)


def test_the_worked_example_comes_out_of_the_tables(session, mira, tmp_path):
    course = publish_course(session, storage_in(tmp_path), completion="")
    complete(session, mira, course, jp="24")
    for fact in (S1, BAIK, PKP):
        write(session, mira, fact)
    before = found(session, mira).estimate
    assert (before.total, before.band) == (75, "sedang")
    write(session, mira, SEMINAR)
    after = found(session, mira).estimate
    assert (after.total, after.band) == (85, "tinggi")


def test_hours_of_the_book_count_as_technical_training(session, mira, tmp_path):
    course = publish_course(session, storage_in(tmp_path), completion="")
    complete(session, mira, course, jp="19.5")
    part = next(p for p in found(session, mira).estimate.parts if p.item is Item.TECHNICAL)
    assert (part.jp, part.lacking_jp) == (Decimal("19.5"), Decimal("0.5"))


def test_a_course_finished_more_than_a_year_ago_counts_no_more(session, mira, tmp_path):
    course = publish_course(session, storage_in(tmp_path), completion="")
    complete(session, mira, course, at=NOON - timedelta(days=366), jp="24")
    part = next(p for p in found(session, mira).estimate.parts if p.item is Item.TECHNICAL)
    assert part.jp == 0


def test_the_day_is_that_of_the_unit(session, agency):
    """At 22.30 WIB it is already tomorrow in Jayapura, where the year of hours has run out."""
    east = make_person(
        session, unit=make_unit(session, timezone="Asia/Jayapura"), post_type="PENGAWAS"
    )
    late = NOON.replace(hour=15, minute=30)
    assert found(session, east, late).estimate.day == date(2026, 11, 25)


def test_without_a_post_competence_is_not_known(session, mira):
    session.execute(text("DELETE FROM postings"))
    assert Dimension.COMPETENCE in found(session, mira).estimate.unrecorded


def test_what_is_taken_back_counts_no_more_and_stays(session, mira):
    entry = write(session, mira, S1)
    service.withdraw(session, mira.id, entry.id, by=None, reason="salah orang", at=NOON)
    service.withdraw(session, mira.id, entry.id, by=None, reason="salah orang", at=NOON)
    session.commit()
    assert found(session, mira).estimate.education is None
    (one,) = queries.entries_of(session, mira.id)
    assert one.withdrawal.reason == "salah orang"
    assert service.is_withdrawn(session, entry.id)


def test_of_two_entries_for_a_year_the_later_stands(session, mira):
    write(session, mira, BAIK)
    later = Fact(EntryKind.PERFORMANCE, "sangat_baik", year=2025)
    again = Fact(EntryKind.OFFICIAL, year=2025, total=Decimal(80), source="SIASN")
    write(session, mira, OFFICIAL)
    write(session, mira, later, at=NOON + timedelta(seconds=1))
    write(session, mira, again, at=NOON + timedelta(seconds=1))
    index = found(session, mira)
    assert index.estimate.performance == (2025, "sangat_baik")
    assert [one.total for one in index.official] == [80]


def test_the_official_value_of_the_latest_year_stands_beside(session, mira):
    write(session, mira, OFFICIAL)
    older = Fact(EntryKind.OFFICIAL, year=2024, total=Decimal(90), source="SIASN")
    write(session, mira, older, at=NOON + timedelta(seconds=1))
    official = found(session, mira).latest_official
    assert (official.year, official.total, official.band) == (2025, Decimal("72.5"), "sedang")


def test_each_act_is_in_the_audit(session, mira):
    entry = write(session, mira, SEMINAR)
    service.withdraw(session, mira.id, entry.id, by=None, reason="ganda", at=NOON)
    acts = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [act.action for act in acts] == ["ipasn.recorded", "ipasn.withdrawn"]
    assert acts[0].after == {
        "ipasn": "training",
        "ipasn_code": "WEBINAR",
        "day_on": "2026-02-03",
        "title": "Webinar pelayanan",
    }
    assert (acts[1].before, acts[1].reason) == (acts[0].after, "ganda")


BAD = {
    "unknown level": (Fact(EntryKind.EDUCATION, "s4"), "code"),
    "unknown predicate": (Fact(EntryKind.PERFORMANCE, "hebat", year=2025), "code"),
    "unknown training": (Fact(EntryKind.TRAINING, "LATSAR", day=date(2020, 1, 1)), "code"),
    "year to come": (Fact(EntryKind.PERFORMANCE, "baik", year=2027), "year"),
    "year before the rule": (Fact(EntryKind.OFFICIAL, year=2018, total=Decimal(50)), "year"),
    "no year": (Fact(EntryKind.PERFORMANCE, "baik"), "year"),
    "day to come": (Fact(EntryKind.SANCTION, "ringan", day=date(2026, 11, 25)), "day"),
    "day long ago": (Fact(EntryKind.SANCTION, "ringan", day=date(1949, 1, 1)), "day"),
    "no day": (Fact(EntryKind.TRAINING, "PKP"), "day"),
    "no hours": (Fact(EntryKind.TRAINING, "TEKNIS", day=date(2026, 1, 1)), "jp"),
    "zero hours": (Fact(EntryKind.TRAINING, "TEKNIS", day=date(2026, 1, 1), jp=Decimal()), "jp"),
    "negative hours": (
        Fact(EntryKind.TRAINING, "WEBINAR", day=date(2026, 1, 1), jp=Decimal(-1)),
        "jp",
    ),
    "too many hours": (
        Fact(EntryKind.TRAINING, "TEKNIS", day=date(2026, 1, 1), jp=Decimal(2001)),
        "jp",
    ),
    "too many decimals": (
        Fact(EntryKind.OFFICIAL, year=2025, total=Decimal("72.505")),
        "total",
    ),
    "hours with too many decimals": (
        Fact(EntryKind.TRAINING, "TEKNIS", day=date(2026, 1, 1), jp=Decimal("1.005")),
        "jp",
    ),
    "beyond all measure": (
        Fact(EntryKind.OFFICIAL, year=2025, total=Decimal("9" * 5000)),
        "total",
    ),
    "above a hundred": (Fact(EntryKind.OFFICIAL, year=2025, total=Decimal("100.1")), "total"),
    "below zero": (Fact(EntryKind.OFFICIAL, year=2025, total=Decimal(-1)), "total"),
    "no total": (Fact(EntryKind.OFFICIAL, year=2025), "total"),
    "some parts": (
        Fact(
            EntryKind.OFFICIAL,
            year=2025,
            total=Decimal(20),
            parts=(Decimal(20), None, None, None),
        ),
        "total",
    ),
    "part above its most": (
        Fact(
            EntryKind.OFFICIAL,
            year=2025,
            total=Decimal(96),
            parts=(Decimal(26), Decimal(40), Decimal(25), Decimal(5)),
        ),
        "qualification",
    ),
    "sum differs": (
        Fact(
            EntryKind.OFFICIAL,
            year=2025,
            total=Decimal(80),
            parts=(Decimal(20), Decimal(30), Decimal(25), Decimal(3)),
        ),
        "total",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_is_refused_at_its_field(session, mira, case):
    fact, field = BAD[case]
    with pytest.raises(RuleBroken) as refused:
        service.record(session, mira.id, fact, by=None, reason="x", at=NOON)
    assert refused.value.field == field
    assert session.scalar(select(func.count()).select_from(IpasnEntry)) == 0


def test_the_same_entry_sent_twice_is_one(session, mira):
    entry_id = uuid7()
    write(session, mira, S1, entry_id=entry_id)
    write(session, mira, S1, entry_id=entry_id)
    assert len(queries.entries_of(session, mira.id)) == 1
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == 1


def test_an_entry_that_was_taken_back_is_not_sent_again(session, mira):
    entry = write(session, mira, S1)
    service.withdraw(session, mira.id, entry.id, by=None, reason="x", at=NOON)
    with pytest.raises(service.AlreadySent):
        write(session, mira, S1, entry_id=entry.id)


def test_the_number_of_anothers_entry_is_none_of_ones_own(session, mira, jonas):
    entry = write(session, mira, S1)
    with pytest.raises(service.UnknownEntry):
        service.withdraw(session, jonas.id, entry.id, by=None, reason="x", at=NOON)
    with pytest.raises(service.UnknownEntry):
        service.record(session, jonas.id, S1, by=None, reason="x", at=NOON, entry_id=entry.id)


def test_a_withdrawal_is_not_taken_back(session, mira):
    entry = write(session, mira, S1)
    service.withdraw(session, mira.id, entry.id, by=None, reason="x", at=NOON)
    taken = session.scalars(select(IpasnEntry.id).filter_by(withdraws_id=entry.id)).one()
    with pytest.raises(service.UnknownEntry):
        service.withdraw(session, mira.id, taken, by=None, reason="x", at=NOON)


@pytest.mark.parametrize(
    "statement", ["UPDATE ipasn_entries SET reason = 'x'", "DELETE FROM ipasn_entries"]
)
def test_the_database_lets_no_entry_be_changed(session, mira, statement):
    write(session, mira, S1)
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text(statement))
    session.rollback()


def test_two_clicks_at_once_write_one_entry(live_app):
    with live_app.app_context():
        person_id = make_person(db.session()).id
        db.session.remove()
    entry_id, failures = uuid7(), []
    ready = threading.Barrier(2)

    def click():
        try:
            with live_app.app_context():
                ready.wait()
                with unit_of_work(db.session()) as session:
                    service.record(
                        session, person_id, S1, by=None, reason="x", at=NOON, entry_id=entry_id
                    )
                db.session.remove()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with live_app.app_context():
        for model in (IpasnEntry, AuditEntry):
            assert db.session.scalar(select(func.count()).select_from(model)) == 1


@pytest.fixture
def by_siti(session, agency):
    siti = make_person(session, name="Siti Maesaroh", roles=["manager"])
    return viewer_for(session, siti.id, 0, NOON)


def seminar_of(session, person):
    parts = found(session, person).estimate.parts
    return next(part for part in parts if part.item is Item.SEMINAR)


def test_other_learning_counts_once_it_is_verified(session, mira, by_siti):
    made = make_claim(session, mira, proposal(title="Webinar Tata Naskah"))
    assert not seminar_of(session, mira).is_achieved, "it waits"
    decide(session, made, Decision.VERIFIED, by_siti)
    part = seminar_of(session, mira)
    assert [one.title for one in part.trainings] == ["Webinar Tata Naskah"]
    assert part.is_achieved


def test_hours_over_a_cap_give_no_hours_here_either(session, mira, by_siti):
    for day in (2, 9, 16):
        decide(session, make_claim(session, mira, session_of(day)), Decision.VERIFIED, by_siti)
    part = next(p for p in found(session, mira).estimate.parts if p.item is Item.TECHNICAL)
    assert part.jp == 4, "two sessions of coaching a month"


def test_what_a_manager_has_entered_and_the_person_claims_counts_once(session, mira, by_siti):
    write(session, mira, SEMINAR)
    twin = proposal(title=SEMINAR.title, started_on=SEMINAR.day, ended_on=SEMINAR.day)
    decide(session, make_claim(session, mira, twin), Decision.VERIFIED, by_siti)
    other = proposal(title="Seminar Arsip")
    decide(session, make_claim(session, mira, other), Decision.VERIFIED, by_siti)
    titles = [one.title for one in seminar_of(session, mira).trainings]
    assert sorted(titles) == ["Seminar Arsip", SEMINAR.title]


def test_a_claim_counts_after_its_double_is_withdrawn(session, mira, by_siti):
    entry = write(session, mira, SEMINAR)
    twin = proposal(title=SEMINAR.title, started_on=SEMINAR.day, ended_on=SEMINAR.day)
    decide(session, make_claim(session, mira, twin), Decision.VERIFIED, by_siti)
    service.withdraw(session, mira.id, entry.id, by=None, reason="keliru", at=NOON)
    session.commit()
    assert [one.title for one in seminar_of(session, mira).trainings] == [SEMINAR.title]


def test_the_index_takes_four_statements(session, mira):
    for fact in (S1, BAIK, PKP, SEMINAR, OFFICIAL):
        write(session, mira, fact)
    session.expire_all()
    person_id = mira.id
    with statements() as seen:
        queries.index_of(session, person_id, NOON)
    assert len(seen) == 4, seen


def test_ones_own_data_hold_every_entry(session, mira):
    entry = write(session, mira, OFFICIAL)
    service.withdraw(session, mira.id, entry.id, by=None, reason="keliru", at=NOON)
    session.commit()
    (row,) = own_data(session, mira.id, at=NOON)["ipasn"]
    assert (row["kind"], row["total"], row["source"]) == ("official", "72.5000", "SIASN")
    assert row["withdrawn"]["reason"] == "keliru"
