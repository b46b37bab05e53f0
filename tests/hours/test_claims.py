"""Claiming other learning, and deciding about it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from corpu.audit import AuditEntry
from corpu.database import uuid7
from corpu.errors import NotFound
from corpu.hours import claims, proposals, queries
from corpu.hours.claims import (
    MOST_WAITING,
    DecidedMeanwhile,
    NotToWithdraw,
    OwnClaim,
    TooManyWaiting,
)
from corpu.hours.conversion import BadDays
from corpu.hours.models import ClaimDecision, Decision, LearningClaim, State
from corpu.hours.pairs import Likeness
from corpu.hours.proofs import Kind
from corpu.hours.proposals import BadText, Proof
from corpu.people.export import own_data
from corpu.people.queries import Place, viewer_for
from corpu.team.queries import members_of
from tests.assessment.factories import publish_course, storage_in
from tests.factories import make_person, make_unit, supervise
from tests.hours.conftest import NOON, REASON, make_claim, proposal, refuse, session_of, verify
from tests.hours.test_book import complete
from tests.statements import statements

DAY = date(2026, 3, 2)


def book(session, person, year=2026):
    session.expire_all()
    return queries.book_of(session, person.id, year)


def test_a_claim_names_its_rule_and_counts_nothing_until_it_is_verified(session, mira, by_siti):
    made = make_claim(session, mira)
    assert (made.jp, made.rule_version, made.year) == (4, "perlan-10-2018.1", 2026)
    assert (book(session, mira).total, book(session, mira).sums.waiting) == (0, 4)
    verify(session, made, by_siti)
    assert (book(session, mira).total, book(session, mira).sums.waiting) == (4, 0)
    assert queries.totals_of(session, [mira.id], 2026) == {mira.id: Decimal(4)}


def test_a_refused_claim_counts_nothing_and_says_why(session, mira, by_siti):
    refuse(session, make_claim(session, mira), by_siti)
    (line,) = book(session, mira).claims
    assert (line.state, line.reason, line.decided_by) == (State.REFUSED, REASON, by_siti.name)
    assert book(session, mira).sums.waiting == book(session, mira).total == 0


def test_a_cap_holds_over_all_that_is_verified_whatever_the_order(session, mira, by_siti):
    made = [make_claim(session, mira, session_of(day)) for day in (20, 3, 11)]
    for one in made:
        verify(session, one, by_siti)
    assert book(session, mira).total == 4
    assert book(session, mira).sums.over_cap == 2
    assert {line.started_on.day: line.counted for line in book(session, mira).claims} == {
        3: 2,
        11: 2,
        20: 0,
    }
    refuse(session, made[1], by_siti, seen=1)
    assert {line.started_on.day: line.counted for line in book(session, mira).claims} == {
        3: 0,
        11: 2,
        20: 2,
    }


def test_a_proposal_is_weighed_beside_what_there_is(session, mira, by_siti):
    verify(session, make_claim(session, mira, session_of(3)), by_siti)
    make_claim(session, mira, session_of(11))
    weighed = proposals.weigh(session, mira.id, session_of(1), at=NOON)
    assert (weighed.converted.jp, weighed.counted, weighed.over) == (2, 0, 2)
    assert proposals.weigh(session, mira.id, proposal(form="KL07"), at=NOON).counted == 5
    assert len(session.scalars(select(LearningClaim)).all()) == 2


def test_the_suspected_double_is_shown_with_its_reason(session, mira, by_siti, tmp_path):
    complete(session, mira, publish_course(session, storage_in(tmp_path), completion=""))
    make_claim(session, mira)
    weighed = proposals.weigh(session, mira.id, proposal(title="tata naskah"), at=NOON)
    (double,) = weighed.doubles
    assert (double.pair.likeness, double.counts_already) == (Likeness.SAME_TITLE, False)
    again = proposal(form="NKL03", title="Kursus AIR uji", amount=Decimal(3))
    (double,) = proposals.weigh(session, mira.id, again, at=NOON).doubles
    assert (double.claim, double.counts_already) == (None, True)


def test_a_double_of_what_counts_is_verified_with_a_reason_only(session, mira, by_siti):
    verify(session, make_claim(session, mira), by_siti)
    second = make_claim(session, mira, proposal(title="Tata Naskah", form="KL07"))
    with pytest.raises(BadText) as refusal:
        verify(session, second, by_siti)
    assert refusal.value.field == "reason"
    session.rollback()
    verify(session, second, by_siti, reason="Angkatan kedua, bahan lain")
    assert book(session, mira).total == 9


def test_the_same_file_twice_is_suspected_in_any_year(session, mira, by_siti):
    proof = Proof("a" * 64, Kind.PDF, "sertifikat.pdf")
    long_ago = proposal(title="Arsip", started_on=date(2021, 5, 3), ended_on=date(2021, 5, 3))
    verify(session, make_claim(session, mira, long_ago, proof=proof), by_siti)
    second = make_claim(session, mira, proof=proof)
    with pytest.raises(BadText):
        verify(session, second, by_siti)


def test_two_clicks_make_one_claim(session, mira, jonas):
    claim_id = uuid7()
    assert make_claim(session, mira, claim_id=claim_id) is make_claim(
        session, mira, claim_id=claim_id
    )
    assert len(book(session, mira).claims) == 1
    with pytest.raises(NotFound):
        make_claim(session, jonas, claim_id=claim_id)


def test_the_form_of_a_claim_that_was_withdrawn_sends_it_no_more(session, mira, by_siti):
    made = make_claim(session, mira)
    claims.withdraw(session, made.id, by=viewer_for(session, mira.id, 0, NOON), at=NOON)
    with pytest.raises(claims.AlreadySent):
        make_claim(session, mira, claim_id=made.id)


def test_two_clicks_make_one_decision(session, mira, by_siti):
    made = make_claim(session, mira)
    for _click in range(2):
        verify(session, made, by_siti)
    assert len(session.scalars(select(ClaimDecision)).all()) == 1


def test_of_two_managers_at_once_the_second_is_told(session, mira, by_siti, agency):
    other = make_person(session, name="Budi", roles=["manager"])
    made = make_claim(session, mira)
    verify(session, made, by_siti)
    with pytest.raises(DecidedMeanwhile):
        refuse(session, made, viewer_for(session, other.id, 0, NOON))
    assert book(session, mira).total == 4


def test_a_decision_is_corrected_by_another_with_a_reason(session, mira, by_siti):
    made = make_claim(session, mira)
    refuse(session, made, by_siti)
    with pytest.raises(BadText):
        verify(session, made, by_siti, seen=1)
    session.rollback()
    verify(session, made, by_siti, seen=1, reason="Daftar hadir menyusul")
    found = session.scalars(select(ClaimDecision).order_by(ClaimDecision.ordinal)).all()
    assert [(one.ordinal, one.decision) for one in found] == [
        (1, Decision.REFUSED),
        (2, Decision.VERIFIED),
    ]
    assert [entry.action for entry in session.scalars(select(AuditEntry))] == [
        "claim.refused",
        "claim.verified",
    ]


def test_nobody_is_refused_without_words(session, mira, by_siti):
    with pytest.raises(BadText):
        refuse(session, make_claim(session, mira), by_siti, reason="  ")


def test_nobody_decides_on_their_own(session, siti, by_siti):
    made = make_claim(session, siti)
    for act in (verify, refuse):
        with pytest.raises(OwnClaim):
            act(session, made, by_siti)
    assert book(session, siti).total == 0


def test_what_waits_can_be_withdrawn_by_its_owner_alone(session, mira, jonas, by_siti):
    made, me = make_claim(session, mira), viewer_for(session, mira.id, 0, NOON)
    with pytest.raises(NotFound):
        claims.withdraw(session, made.id, by=viewer_for(session, jonas.id, 0, NOON), at=NOON)
    for _click in range(2):
        claims.withdraw(session, made.id, by=me, at=NOON)
    assert book(session, mira).claims[0].state is State.WITHDRAWN
    with pytest.raises(DecidedMeanwhile):
        verify(session, made, by_siti, seen=1)
    session.rollback()
    decided = make_claim(session, mira)
    verify(session, decided, by_siti)
    with pytest.raises(NotToWithdraw):
        claims.withdraw(session, decided.id, by=me, at=NOON)


def test_a_person_does_not_flood_the_queue(session, mira):
    for _n in range(MOST_WAITING):
        claims.claim(session, mira.id, proposal(), at=NOON, claim_id=uuid7())
    with pytest.raises(TooManyWaiting):
        claims.claim(session, mira.id, proposal(), at=NOON, claim_id=uuid7())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " \u200b "}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"organiser": "x" * 201}, "organiser"),
        ({"note": "x" * 2001}, "note"),
    ],
)
def test_words_that_cannot_be_kept_are_refused_at_their_field(session, mira, changes, field):
    with pytest.raises(BadText) as refusal:
        make_claim(session, mira, proposal(**changes))
    assert refusal.value.field == field


# On the last evening of a year: 22.30 WIB is 00.30 WIT of the next.
@pytest.mark.parametrize(
    ("zone", "is_over"),
    [("Asia/Jakarta", False), ("Asia/Makassar", False), ("Asia/Jayapura", True)],
)
def test_a_day_is_over_where_the_unit_is(session, agency, zone, is_over):
    person = make_person(session, unit=make_unit(session, timezone=zone))
    new_year = date(2027, 1, 1)
    moment = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
    what = proposal(started_on=new_year, ended_on=new_year)
    if not is_over:
        with pytest.raises(BadDays):
            make_claim(session, person, what, at=moment)
        return
    made = make_claim(session, person, what, at=moment)
    assert (made.year, made.timezone) == (2027, zone)


def test_unit_and_zone_are_those_of_the_last_day(session, agency):
    first = make_unit(session, name="Dinas Lama", timezone="Asia/Makassar")
    person = make_person(session, unit=first)
    made = make_claim(session, person)
    assert (made.unit_id, made.unit_name, made.timezone) == (
        first.id,
        "Dinas Lama",
        "Asia/Makassar",
    )


def test_the_team_sees_the_same_total(session, mira, siti, by_siti, tmp_path):
    complete(session, mira, publish_course(session, storage_in(tmp_path), completion=""))
    for day in (3, 11, 20):
        verify(session, make_claim(session, mira, session_of(day)), by_siti)
    make_claim(session, mira)
    supervise(session, siti, mira)
    (member,) = members_of(session, siti.id, [Place(mira.id, 1)], NOON)
    assert member.jp == book(session, mira).total == Decimal("6.50")
    assert queries.totals_of(session, [mira.id, siti.id], 2026) == {mira.id: member.jp, siti.id: 0}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["NKL01", "NKL09", "KL06"]), st.integers(1, 20),
                          st.integers(0, 3), st.sampled_from(State)), max_size=6))  # fmt: skip
def test_book_and_sql_agree_on_every_total(session, mira, by_siti, found):
    savepoint = session.begin_nested()
    for form, day, length, state in found:
        first = DAY + timedelta(day)
        what = proposal(
            form=form,
            started_on=first,
            ended_on=first + timedelta(length),
            amount=Decimal(1) if form == "NKL01" else None,
        )
        made = claims.claim(session, mira.id, what, at=NOON, claim_id=uuid7())
        if state is State.WITHDRAWN:
            me = viewer_for(session, mira.id, 0, NOON)
            claims.withdraw(session, made.id, by=me, at=NOON)
        elif state is not State.CLAIMED:
            decision = Decision(state.value)
            claims.decide(session, made.id, decision, by=by_siti, reason="uji", seen=0, at=NOON)
    assert queries.totals_of(session, [mira.id], 2026)[mira.id] == book(session, mira).total
    savepoint.rollback()


def test_the_book_is_read_in_two_statements(session, mira, by_siti):
    for day in (3, 11):
        verify(session, make_claim(session, mira, session_of(day)), by_siti)
    person_id = mira.id
    session.expire_all()
    with statements() as seen:
        queries.book_of(session, person_id, 2026)
    assert len(seen) == 2


def test_ones_own_data_hold_every_claim_with_its_decisions(session, mira, by_siti):
    refuse(session, make_claim(session, mira), by_siti)
    (line,) = own_data(session, mira.id, at=NOON)["hour_claims"]
    assert (line["jp"], line["rule_version"]) == ("4.00", "perlan-10-2018.1")
    assert line["decisions"][0]["reason"] == REASON
