"""Who decides in whose place, and that no circle of command ever closes."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from corpu.audit import AuditEntry
from corpu.errors import DomainError
from corpu.extensions import db
from corpu.people import command, command_queries, queries, service
from corpu.people.models import ActingKind, Basis, Delegation, Supervision
from corpu.people.rules import Edge, StandIn, has_loop, longest_end, through
from corpu.permissions import Role
from corpu.transactions import unit_of_work
from tests.conftest import NOON
from tests.factories import make_person, supervise

TODAY = date(2026, 11, 24)
LAST = date(2026, 12, 31)
WHY = "Cuti tahunan sampai akhir tahun"
days = st.integers(0, 12).map(lambda n: TODAY + timedelta(days=n))
people = st.integers(0, 6)


def spans():
    return st.tuples(days, days).map(sorted)


@pytest.fixture
def boss(session, mira, jonas):
    """Hasan supervises Mira and Jonas."""
    boss = make_person(session, name="Hasan Basri")
    for person in (mira, jonas):
        supervise(session, boss, person)
    return boss


def viewer(session, person, at=NOON):
    return queries.viewer_for(session, person.id, 0, at)


def hand_over(session, principal, deputy, *, start=TODAY, end=LAST, at=NOON):
    found = service.hand_over(
        session,
        principal.id,
        deputy.id,
        started_on=start,
        ended_on=end,
        by=viewer(session, principal, at),
        reason=WHY,
        at=at,
    )
    session.commit()
    return found


def act_in_post(session, person, line_of=None, *, by=None, start=TODAY, end=LAST):
    unit = queries.standing(session, person.id, NOON).unit_id
    found = service.set_acting_post(
        session,
        person.id,
        unit_id=unit,
        kind=ActingKind.PLT,
        title="Kepala Bidang Air",
        started_on=start,
        ended_on=end,
        line_of=line_of and line_of.id,
        by=viewer(session, by or person),
        reason=WHY,
        at=NOON,
    )
    session.commit()
    return found


# --------------------------------------------------------------------------------- circles


def stands_above_themselves(edges, day):
    """By walking from everybody to whoever is above, which `has_loop` does not do."""
    above = {}
    for edge in edges:
        if edge.holds_on(day):
            above.setdefault(edge.person, set()).add(edge.supervisor)
    for start in above:
        seen, here = set(), set(above[start])
        while here:
            if start in here:
                return True
            seen |= here
            here = {up for one in here for up in above.get(one, ())} - seen
    return False


@settings(max_examples=150)
@given(
    st.lists(st.tuples(people, people, spans()), max_size=9),
    st.lists(st.tuples(people, people, spans()), max_size=4),
)
def test_a_circle_is_found_on_just_the_days_on_which_somebody_stands_above_themselves(own, acting):
    edges = [Edge(a, b, *span) for a, b, span in own if a != b]
    stand_ins = [StandIn(a, b, *span) for a, b, span in acting if a != b]
    every = [*edges, *through(edges, stand_ins)]
    found = any(stands_above_themselves(every, TODAY + timedelta(days=n)) for n in range(13))
    assert has_loop(every) == found


@given(
    st.lists(st.tuples(people, people, spans()), max_size=9),
    st.lists(st.tuples(people, people, spans()), max_size=4),
    days,
)
def test_on_a_day_whoever_answers_to_the_principal_answers_to_the_deputy(own, acting, day):
    edges = [Edge(a, b, *span) for a, b, span in own if a != b]
    stand_ins = [StandIn(a, b, *span) for a, b, span in acting if a != b]
    expected = {
        (edge.person, one.deputy)
        for edge in edges
        for one in stand_ins
        if edge.supervisor == one.principal
        and edge.person != one.deputy
        and edge.holds_on(day)
        and one.started_on <= day <= one.ended_on
    }
    added = through(edges, stand_ins)
    assert {(e.person, e.supervisor) for e in added if e.holds_on(day)} == expected
    assert all(edge.person != edge.supervisor for edge in added)


@pytest.mark.parametrize("seed", range(4))
def test_no_order_of_acts_ever_closes_a_circle(session, seed):
    chance = random.Random(seed)
    staff = [make_person(session, name=f"Orang {n}") for n in range(6)]
    refused = 0
    for _ in range(30):
        one, other = chance.sample(staff, 2)
        start = TODAY + timedelta(days=chance.randrange(10))
        try:
            match chance.randrange(4):
                case 0 | 1:
                    service.set_supervisor(
                        session, one.id, other.id, started_on=start, by=None, at=NOON
                    )
                case 2:
                    end = start + timedelta(days=chance.randrange(10))
                    hand_over(session, one, other, start=start, end=end)
                case 3:
                    act_in_post(session, one, other, start=start, end=start + timedelta(days=3))
            session.commit()
        except DomainError:
            session.rollback()
            refused += 1
        edges = [
            Edge(row.person_id, row.supervisor_id, row.started_on, row.ended_on)
            for row in session.scalars(select(Supervision))
        ]
        stand_ins = [
            StandIn(row.principal_id, row.deputy_id, row.started_on, row.ended_on)
            for row in session.scalars(select(Delegation))
        ]
        every = [*edges, *through(edges, stand_ins)]
        for n in range(25):
            assert not stands_above_themselves(every, TODAY + timedelta(days=n))
    assert refused, "some of these acts would close a circle"


def test_a_deputy_below_the_people_concerned_is_refused_at_any_depth(session, mira, boss):
    further = make_person(session, name="Jauh di Bawah")
    between = make_person(session, name="Di Tengah")
    supervise(session, mira, between)
    supervise(session, between, further)
    with pytest.raises(command.CommandLoop):
        hand_over(session, boss, further)
    session.rollback()
    assert not session.scalars(select(Delegation)).all()


def test_a_relation_that_would_close_a_circle_through_a_deputy_is_refused(
    session, mira, jonas, boss
):
    hand_over(session, boss, mira)  # Jonas answers to Mira meanwhile
    with pytest.raises(DomainError, match="berada di bawah"):
        service.set_supervisor(session, mira.id, jonas.id, started_on=TODAY, by=None, at=NOON)
    session.rollback()
    later = LAST + timedelta(days=1)
    service.set_supervisor(session, mira.id, jonas.id, started_on=later, by=None, at=NOON)


def test_two_at_once_close_no_circle_of_which_each_holds_a_half(live_app):
    with live_app.app_context():
        session = db.session()
        one, other, top, boss = (make_person(session, name=f"Orang {n}") for n in range(4))
        supervise(session, top, one)
        supervise(session, boss, other)
        session.commit()
        halves = [(top.id, other.id), (boss.id, one.id)]  # each answers to the other, then
        viewers = [viewer(session, top), viewer(session, boss)]
        db.session.remove()
    start = Barrier(2)

    def act(number):
        with live_app.app_context():
            start.wait(10)
            try:
                with unit_of_work(db.session()) as session:
                    service.hand_over(
                        session,
                        *halves[number],
                        started_on=TODAY,
                        ended_on=LAST,
                        by=viewers[number],
                        reason=WHY,
                        at=NOON,
                    )
            except command.CommandLoop:
                return "refused"
            finally:
                db.session.remove()
            return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(act, range(2))) == ["done", "refused"]


# -------------------------------------------------------------------------------- standing in


def test_a_deputy_reaches_the_line_of_the_principal_and_never_themselves(
    session, mira, jonas, boss
):
    below = make_person(session, name="Bawahan Jonas")
    supervise(session, jonas, below)
    assert queries.line_of(session, mira.id, NOON) == []
    assert not viewer(session, mira).has_role(Role.SUPERVISOR)
    hand_over(session, boss, mira)
    assert queries.line_of(session, mira.id, NOON) == [(jonas.id, 1), (below.id, 2)]
    assert viewer(session, mira).has_role(Role.SUPERVISOR)
    assert queries.is_in_line(session, mira.id, mira.id, NOON) is None
    [place] = queries.places_over(session, mira.id, below.id, NOON)
    assert (place.depth, place.principal_id) == (2, boss.id)
    capacity = queries.capacity_over(session, mira.id, jonas.id, NOON)
    assert capacity.signed("Mira Lestari") == "Mira Lestari, atas nama Hasan Basri"


def test_who_stands_above_the_deputy_gains_nothing(session, mira, jonas, boss):
    top = make_person(session, name="Atasan Siti")
    siti = make_person(session, name="Siti", supervisor=top)
    hand_over(session, boss, siti)
    assert queries.is_in_line(session, siti.id, mira.id, NOON) == 1
    assert queries.is_in_line(session, top.id, mira.id, NOON) is None


def test_what_was_handed_over_is_not_handed_on(session, mira, jonas, boss):
    hand_over(session, boss, mira)
    with pytest.raises(command.NothingToHandOver):
        hand_over(session, mira, jonas)


def test_it_holds_from_the_first_day_through_the_last_and_ends_early_at_once(
    session, mira, jonas, boss
):
    found = hand_over(session, boss, mira, start=TODAY + timedelta(days=2), end=LAST)

    def reaches(at):
        return queries.is_in_line(session, mira.id, jonas.id, at) is not None

    def noon_of(day):
        return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)

    assert not reaches(NOON)
    assert reaches(noon_of(TODAY + timedelta(days=2)))
    assert reaches(noon_of(LAST))
    assert not reaches(noon_of(LAST + timedelta(days=1)))
    early = noon_of(TODAY + timedelta(days=5))
    service.take_back(session, found.id, by=viewer(session, boss), reason=WHY, at=early)
    session.commit()
    assert not reaches(early + timedelta(minutes=1))
    assert not reaches(early)
    assert not reaches(early - timedelta(minutes=1)), "a clock set back revives nothing"
    assert queries.capacities_of(session, mira.id, early - timedelta(minutes=1)) == {}
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["delegation.begun", "delegation.ended"]
    assert entries[0].after["principal"] == "Hasan Basri"


def test_only_the_two_concerned_end_it_and_twice_is_once(session, mira, jonas, boss):
    found = hand_over(session, boss, mira)
    with pytest.raises(command.NoSuchDelegation):
        service.take_back(session, found.id, by=viewer(session, jonas), at=NOON)
    for person in (mira, boss):
        service.take_back(session, found.id, by=viewer(session, person), at=NOON)
    assert found.revoked_by_id == mira.id
    assert len(session.scalars(select(AuditEntry)).all()) == 2


@pytest.mark.parametrize(
    ("start", "end", "refusal"),
    [
        (TODAY - timedelta(days=1), LAST, command.BeginsInThePast),
        (TODAY, TODAY - timedelta(days=1), "tidak boleh sebelum"),
        (TODAY, date(2027, 11, 24), command.TooLong),
    ],
)
def test_days_in_the_wrong_order_and_more_than_a_year_are_refused(
    session, mira, boss, start, end, refusal
):
    how = {"match": refusal} if isinstance(refusal, str) else {}
    with pytest.raises(DomainError if how else refusal, **how):
        hand_over(session, boss, mira, start=start, end=end)


def test_a_year_is_the_most():
    assert longest_end(TODAY) == date(2027, 11, 23)
    assert longest_end(date(2028, 2, 29)) == date(2029, 2, 28)
    assert longest_end(date(9999, 5, 1)) == date.max


def test_the_same_again_is_the_first_and_another_deputy_meanwhile_is_refused(
    session, mira, jonas, boss
):
    first = hand_over(session, boss, mira)
    assert hand_over(session, boss, mira).id == first.id
    with pytest.raises(command.HandedOverAlready):
        hand_over(session, boss, jonas, start=LAST, end=LAST)
    session.rollback()
    with pytest.raises(command.OwnDeputy):
        hand_over(session, boss, boss)
    session.rollback()
    service.deactivate(session, jonas.id, by=None, reason=WHY, at=NOON)
    service.take_back(session, first.id, by=viewer(session, boss), at=NOON)
    with pytest.raises(command.DeputyInactive):
        hand_over(session, boss, jonas)


# -------------------------------------------------------------------------------- acting posts


def test_an_acting_post_stands_beside_the_definitive_one_and_decides_nothing_of_it(
    session, mira, boss
):
    before = queries.standing(session, mira.id, NOON)
    post = act_in_post(session, mira, by=boss)
    assert queries.standing(session, mira.id, NOON) == before
    assert post.printed == "Plt. Kepala Bidang Air"
    assert queries.line_of(session, mira.id, NOON) == []
    assert act_in_post(session, mira, by=boss).id == post.id


def test_acting_in_a_supervisors_post_gives_the_line_while_it_lasts(session, mira, jonas, boss):
    post = act_in_post(session, mira, boss, by=boss)
    capacity = queries.capacity_over(session, mira.id, jonas.id, NOON)
    assert capacity.basis is Basis.ACTING
    assert capacity.signed("Mira Lestari") == "Mira Lestari, Plt. Kepala Bidang Air"
    after = datetime(2027, 1, 1, 5, tzinfo=UTC)
    assert queries.is_in_line(session, mira.id, jonas.id, after) is None
    service.end_acting_post(session, post.id, by=viewer(session, boss), reason=WHY, at=NOON)
    session.commit()
    assert queries.is_in_line(session, mira.id, jonas.id, NOON) is None


def test_an_acting_post_with_a_line_that_closes_a_circle_is_not_written_at_all(session, mira, boss):
    below = make_person(session, name="Bawahan Mira", supervisor=mira)
    with pytest.raises(command.CommandLoop):
        act_in_post(session, below, boss, by=boss)
    session.rollback()
    assert command_queries.acting_posts_of(session, below.id) == []
