from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from corpu import events
from corpu.audit import AuditEntry
from corpu.errors import NotFound
from corpu.events import SupervisionChanged
from corpu.identity import Viewer
from corpu.people import directory, queries, service
from corpu.people.models import NipHistory, Posting, ProfileVisit, Supervision
from corpu.people.persons import (
    EmailTaken,
    NipTaken,
    NothingToSignInWith,
    NotOneself,
)
from corpu.people.posts import (
    BadRequirement,
    OwnSupervisor,
    SupervisionLoop,
    UnitArchived,
    UnknownPostType,
)
from corpu.people.records import EndsBeforeStart, LaterEntryExists
from corpu.people.roles import LastManager, RoleNotGiven
from corpu.people.rules import Edge, InvalidNip, has_loop
from corpu.people.units import UnitBelowItself, UnitCodeTaken, UnitInUse
from corpu.permissions import Permission, Role
from tests.factories import make_person, make_unit, supervise
from tests.statements import statements

BOSS_NIP = "197403121999031904"


@pytest.fixture
def boss(session, agency):
    return make_person(session, name="Hasan Basri", nip=BOSS_NIP)


def by(person):
    return Viewer(person.id, person.full_name, 0, None, None, "", "", "", "Asia/Jakarta", ())


def entries(session):
    return session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()


# ---------------------------------------------------------------------------- persons


def test_the_longest_name_with_the_longest_titles_fits_everywhere(session, agency, at):
    longest = {"title_before": "D" * 60, "name": "n" * 160, "title_after": "S" * 120}
    person = service.create_person(session, **longest, email="n@go.id", by=None, at=at)
    service.set_password(session, person.id, password_hash="x", by=person, at=at)
    assert len(person.full_name) > 300
    for entry in entries(session):
        assert entry.subject_id == str(person.id)
        assert person.full_name.startswith(entry.subject_name.rstrip("…"))


def test_a_new_person_is_written_down_with_who_did_it(session, boss, at):
    person = service.create_person(
        session,
        name=" Siti  Aminah ",
        nip="19850223 200604 2 908",
        email="Siti@Go.ID",
        title_after="S.Pi.",
        by=by(boss),
        reason="mutasi masuk",
        at=at,
    )
    assert (person.full_name, person.nip, person.email) == (
        "Siti Aminah, S.Pi.",
        "198502232006042908",
        "siti@go.id",
    )
    entry = entries(session)[-1]
    assert (entry.action, entry.actor_name, entry.reason) == (
        "person.created",
        "Hasan Basri",
        "mutasi masuk",
    )
    assert entry.after["nip"] == "198502232006042908"


def test_a_number_or_address_that_somebody_has_is_refused(session, mira, at):
    with pytest.raises(NipTaken):
        service.create_person(session, name="Lain", nip=mira.nip, by=None, at=at)
    with pytest.raises(EmailTaken):
        service.create_person(session, name="Lain", email=mira.email.upper(), by=None, at=at)
    with pytest.raises(NothingToSignInWith):
        service.create_person(session, name="Lain", by=None, at=at)
    with pytest.raises(InvalidNip):
        service.create_person(session, name="Lain", nip="123", by=None, at=at)


def test_a_corrected_number_stays_in_the_history(session, mira, boss, at):
    old = mira.nip
    service.correct_person(
        session,
        mira.id,
        {"nip": "200012312024211901", "name": "Mira Lestari"},
        by=by(boss),
        reason="diangkat PPPK",
        at=at,
    )
    assert mira.nip == "200012312024211901"
    assert session.scalar(select(NipHistory)).nip == old
    entry = entries(session)[-1]
    assert (entry.before, entry.after) == ({"nip": old}, {"nip": mira.nip})


def test_a_correction_without_a_difference_leaves_no_entry(session, mira, at):
    before = len(entries(session))
    service.correct_person(
        session, mira.id, {"name": mira.name, "nip": mira.nip}, by=None, reason="", at=at
    )
    assert len(entries(session)) == before


def test_a_correction_cannot_take_what_somebody_else_has(session, mira, jonas, at):
    with pytest.raises(NipTaken):
        service.correct_person(session, mira.id, {"nip": jonas.nip}, by=None, reason="", at=at)
    with pytest.raises(NothingToSignInWith):
        service.correct_person(
            session, mira.id, {"nip": "", "email": ""}, by=None, reason="", at=at
        )


def test_deactivating_twice_is_once_and_nobody_deactivates_themself(session, mira, boss, at):
    before = len(entries(session))
    for _ in range(2):
        service.deactivate(session, mira.id, by=by(boss), reason="pensiun", at=at)
    assert len(entries(session)) == before + 1
    assert queries.viewer_for(session, mira.id, 1, at) is None
    service.reactivate(session, mira.id, by=by(boss), reason="kembali", at=at)
    assert queries.viewer_for(session, mira.id, 1, at)
    with pytest.raises(NotOneself):
        service.deactivate(session, boss.id, by=by(boss), reason="", at=at)


# ------------------------------------------------------------------- posts, standing


def test_moving_somebody_ends_the_earlier_posting_on_the_day_before(session, mira, at):
    unit = make_unit(session, name="Dinas Baru", timezone="Asia/Makassar")
    earlier = queries.standing(session, mira.id, at)
    service.set_posting(
        session,
        mira.id,
        unit_id=unit.id,
        title="Perencana Ahli Muda",
        post_type="JF_MU",
        grade="III/c",
        required_levels={"KSM": 4},
        started_on=date(2026, 12, 1),
        by=None,
        at=at,
    )
    assert queries.standing(session, mira.id, at) == earlier, "history is not rewritten"
    later = queries.standing(session, mira.id, at + timedelta(days=7))
    assert (later.unit_name, later.timezone, later.post_title, later.grade) == (
        "Dinas Baru",
        "Asia/Makassar",
        "Perencana Ahli Muda",
        "III/c",
    )
    assert later.required["KSM"] == 4
    assert later.required["INT"] == 3
    assert len(later.required) == 9
    ends = session.scalars(select(Posting.ended_on).order_by(Posting.started_on)).all()
    assert ends[-2:] == [date(2026, 11, 30), None]


def test_a_posting_with_the_same_first_day_is_corrected_in_place(session, mira, at):
    unit = make_unit(session)
    values = {"unit_id": unit.id, "post_type": "JF_MU", "started_on": date(2026, 10, 1)}
    first = service.set_posting(session, mira.id, title="Salah", by=None, at=at, **values)
    second = service.set_posting(session, mira.id, title="Benar", by=None, at=at, **values)
    assert first is second
    assert queries.standing(session, mira.id, at).post_title == "Benar"
    entry = entries(session)[-1]
    assert (entry.before["title"], entry.after["title"]) == ("Salah", "Benar")
    count = len(entries(session))
    service.set_posting(session, mira.id, title="Benar", by=None, at=at, **values)
    assert len(entries(session)) == count, "the same again is nothing"


def test_a_posting_before_a_later_one_or_with_unknown_words_is_refused(session, mira, at):
    unit = make_unit(session)
    values = {"unit_id": unit.id, "title": "X", "post_type": "JF_MU", "by": None, "at": at}
    with pytest.raises(LaterEntryExists):
        service.set_posting(session, mira.id, started_on=date(2019, 1, 1), **values)
    with pytest.raises(UnknownPostType):
        service.set_posting(
            session, mira.id, started_on=date(2026, 1, 1), **values | {"post_type": "RAJA"}
        )
    for levels in ({"XXX": 1}, {"INT": 6}, {"INT": "3"}):
        with pytest.raises(BadRequirement):
            service.set_posting(
                session,
                mira.id,
                started_on=date(2026, 1, 1),
                required_levels=levels,
                **values,
            )


def test_without_a_posting_the_zone_is_that_of_the_agency(session, agency, at):
    person = service.create_person(session, name="Baru", email="baru@go.id", by=None, at=at)
    found = queries.standing(session, person.id, at)
    assert (found.unit_id, found.unit_name, found.timezone, found.required) == (
        None,
        "",
        "Asia/Jakarta",
        {},
    )
    assert found.agency_name == agency.name


def test_standing_and_viewer_are_one_statement_each(session, mira, at):
    with statements() as sent:
        queries.standing(session, mira.id, at)
        queries.viewer_for(session, mira.id, 0, at)
    assert len(sent) == 2


def test_the_day_is_that_of_the_agencys_zone(session, agency, mira):
    """At 16.30 UTC on 31 December it is 23.30 in Jakarta and New Year in Jayapura."""
    person = make_person(session, name="Yosep")
    session.get(Posting, session.scalar(select(Posting.id).filter_by(person_id=person.id)))
    boss = make_person(session, name="Kepala")
    supervise(session, boss, person, started_on=date(2027, 1, 1))
    eve = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
    assert queries.line_of(session, boss.id, eve) == []
    assert not queries.viewer_for(session, boss.id, 0, eve).has_role(Role.SUPERVISOR)
    agency.timezone = "Asia/Jayapura"
    session.commit()
    assert queries.line_of(session, boss.id, eve) == [(person.id, 1)]
    assert queries.viewer_for(session, boss.id, 0, eve).has_role(Role.SUPERVISOR)


# ------------------------------------------------------------------------ supervision

TODAY = date(2026, 11, 24)


def test_a_line_has_depths_and_ends_with_its_relations(session, mira, jonas, boss, at):
    top = make_person(session, name="Kepala Dinas")
    for person, supervisor in ((mira, boss), (jonas, mira), (boss, top)):
        service.set_supervisor(session, person.id, supervisor.id, started_on=TODAY, by=None, at=at)
    assert queries.line_of(session, top.id, at) == [(boss.id, 1), (mira.id, 2), (jonas.id, 3)]
    assert queries.is_in_line(session, top.id, jonas.id, at) == 3
    assert queries.is_in_line(session, jonas.id, top.id, at) is None
    assert queries.is_in_line(session, mira.id, mira.id, at) is None
    assert queries.supervisor_of(session, mira.id, at) == (boss.id, "Hasan Basri")
    relation = directory.supervisions_of(session, mira.id)[0][0]
    service.end_supervision(session, relation.id, ended_on=TODAY, by=None, at=at)
    assert queries.is_in_line(session, boss.id, mira.id, at) == 1, "its last day counts"
    tomorrow = at + timedelta(days=1)
    assert queries.line_of(session, top.id, tomorrow) == [(boss.id, 1)]
    assert queries.is_in_line(session, top.id, jonas.id, tomorrow) is None


def test_a_new_supervisor_ends_the_earlier_one_and_both_are_told(
    session, mira, jonas, boss, at, monkeypatch
):
    heard = []
    monkeypatch.setitem(events._reactions, SupervisionChanged, [lambda _, e: heard.append(e)])
    supervise(session, jonas, mira)
    service.set_supervisor(session, mira.id, boss.id, started_on=TODAY, by=None, at=at)
    assert [(e.supervisor_id, e.ended_on) for e in heard] == [
        (jonas.id, date(2026, 11, 23)),
        (boss.id, None),
    ]
    assert queries.is_in_line(session, jonas.id, mira.id, at - timedelta(days=1)) == 1
    assert queries.is_in_line(session, jonas.id, mira.id, at) is None
    count = len(entries(session))
    service.set_supervisor(session, mira.id, boss.id, started_on=TODAY, by=None, at=at)
    assert (len(entries(session)), len(heard)) == (count, 2), "the same again is nothing"


def test_nobody_is_their_own_supervisor_at_any_depth(session, mira, jonas, boss, at):
    with pytest.raises(OwnSupervisor):
        service.set_supervisor(session, mira.id, mira.id, started_on=TODAY, by=None, at=at)
    supervise(session, boss, mira)
    supervise(session, mira, jonas)
    with pytest.raises(SupervisionLoop, match="Jonas Tahitu"):
        service.set_supervisor(session, boss.id, jonas.id, started_on=TODAY, by=None, at=at)
    relation = session.scalar(select(Supervision).filter_by(person_id=jonas.id))
    service.end_supervision(session, relation.id, ended_on=TODAY, by=None, at=at)
    with pytest.raises(SupervisionLoop):
        service.set_supervisor(session, boss.id, jonas.id, started_on=TODAY, by=None, at=at)
    service.set_supervisor(
        session, boss.id, jonas.id, started_on=TODAY + timedelta(days=1), by=None, at=at
    )


def test_a_relation_cannot_end_before_it_began_nor_be_stretched(session, mira, boss, at):
    relation = supervise(session, boss, mira, ended_on=date(2026, 3, 31))
    with pytest.raises(EndsBeforeStart):
        service.end_supervision(session, relation.id, ended_on=date(2019, 1, 1), by=None, at=at)
    service.end_supervision(session, relation.id, ended_on=date(2027, 1, 1), by=None, at=at)
    assert relation.ended_on == date(2026, 3, 31)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    acts=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 6)), max_size=14)
)
def test_whatever_is_asked_in_whatever_order_there_is_never_a_loop(session, agency, at, acts):
    people = [make_person(session, name=f"Orang {letter}") for letter in "ABCDE"]
    for person, supervisor, day in acts:
        try:
            with session.begin_nested():
                service.set_supervisor(
                    session,
                    people[person].id,
                    people[supervisor].id,
                    started_on=TODAY + timedelta(days=day),
                    by=None,
                    at=at,
                )
        except (SupervisionLoop, OwnSupervisor, LaterEntryExists):
            continue
    rows = session.execute(
        select(
            Supervision.person_id,
            Supervision.supervisor_id,
            Supervision.started_on,
            Supervision.ended_on,
        ).where(Supervision.person_id.in_([person.id for person in people]))
    ).all()
    assert not has_loop(Edge(*row) for row in rows)


# --------------------------------------------------------------------- roles and units


def test_a_role_begins_and_ends_on_its_days(session, mira, boss, at):
    unit = make_unit(session)
    service.assign_role(session, boss.id, Role.MANAGER, started_on=TODAY, by=None, at=at)
    held = service.assign_role(
        session,
        mira.id,
        Role.MANAGER,
        unit_id=unit.id,
        started_on=TODAY + timedelta(days=1),
        by=by(boss),
        at=at,
    )
    assert not queries.viewer_for(session, mira.id, 0, at).has_role(Role.MANAGER)
    tomorrow = at + timedelta(days=1)
    viewer = queries.viewer_for(session, mira.id, 0, tomorrow)
    assert queries.reach(session, viewer, Permission.MANAGE_PEOPLE) == {unit.id}
    service.end_role(session, held.id, ended_on=TODAY + timedelta(days=1), by=by(boss), at=at)
    assert queries.viewer_for(session, mira.id, 0, tomorrow).has_role(Role.MANAGER)
    after = at + timedelta(days=2)
    assert not queries.viewer_for(session, mira.id, 0, after).has_role(Role.MANAGER)


def test_a_role_is_given_once_and_never_one_that_follows_from_facts(session, mira, at):
    one = service.assign_role(session, mira.id, Role.INSTRUCTOR, started_on=TODAY, by=None, at=at)
    two = service.assign_role(session, mira.id, Role.INSTRUCTOR, started_on=TODAY, by=None, at=at)
    assert one is two
    for role in (Role.LEARNER, Role.SUPERVISOR):
        with pytest.raises(RoleNotGiven):
            service.assign_role(session, mira.id, role, started_on=TODAY, by=None, at=at)


def test_the_last_manager_of_the_agency_stays(session, mira, boss, at):
    held = service.assign_role(session, boss.id, Role.MANAGER, started_on=TODAY, by=None, at=at)
    with pytest.raises(LastManager):
        service.deactivate(session, boss.id, by=by(mira), reason="", at=at)
    with pytest.raises(LastManager), session.begin_nested():
        service.end_role(session, held.id, ended_on=TODAY, by=None, at=at)
    service.assign_role(session, mira.id, Role.MANAGER, started_on=TODAY, by=None, at=at)
    service.end_role(session, held.id, ended_on=TODAY, by=None, at=at)


def test_a_branch_is_a_unit_and_all_below_it(session, agency, at):
    top = make_unit(session)
    middle = make_unit(session, parent=top)
    low = make_unit(session, parent=middle)
    other = make_unit(session)
    assert queries.branch(session, [top.id]) == {top.id, middle.id, low.id}
    assert queries.branch(session, [low.id, other.id]) == {low.id, other.id}
    assert queries.branch(session, []) == set()


def test_units_form_a_tree_and_an_inhabited_one_is_not_archived(session, mira, at):
    top = service.create_unit(session, code="A", name="Induk", by=None, at=at)
    low = service.create_unit(session, code="B", name="Anak", parent_id=top.id, by=None, at=at)
    with pytest.raises(UnitCodeTaken):
        service.create_unit(session, code="A", name="Lain", by=None, at=at)
    with pytest.raises(UnitBelowItself):
        service.correct_unit(session, top.id, {"parent_id": low.id}, by=None, reason="", at=at)
    with pytest.raises(UnitInUse):
        service.archive_unit(session, top.id, by=None, reason="", at=at)
    service.archive_unit(session, low.id, by=None, reason="lebur", at=at)
    service.archive_unit(session, top.id, by=None, reason="lebur", at=at)
    with pytest.raises(UnitArchived):
        service.set_posting(
            session,
            mira.id,
            unit_id=top.id,
            title="X",
            post_type="JF_MU",
            started_on=TODAY,
            by=None,
            at=at,
        )


# ------------------------------------------------------------------ directory, visits


def test_the_directory_finds_by_parts_of_names_and_by_numbers(session, agency, at):
    unit = make_unit(session, name="Dinas Air")
    siti = make_person(session, name="Siti Nur Aminah", unit=unit, nip="198502232006042908")
    other = make_person(session, name="100% Murni")

    def found(**choices):
        lines, total = directory.directory(session, at=at, **choices)
        assert total == len(lines)
        return [line.person_id for line in lines]

    assert found(words="aminah SITI") == [siti.id]
    assert found(words="19850223 200604 2 908") == [siti.id]
    assert found(words="2006042908") == [siti.id]
    assert found(words="%") == [other.id]
    assert found(units=[unit.id]) == [siti.id]
    assert found(words="tidak ada") == []
    assert directory.directory(session, at=at)[0][1].unit_name == "Dinas Air"
    assert queries.is_within(session, siti.id, [unit.id], at)
    assert not queries.is_within(session, other.id, [unit.id], at)
    assert queries.is_within(session, other.id, None, at)


def test_visits_are_noted_once_an_hour_and_never_ones_own(session, mira, boss, at):
    service.record_profile_visit(session, mira.id, mira.id, at=at)
    for minutes in (0, 20, 59, 61):
        moment = at + timedelta(minutes=minutes)
        service.record_profile_visit(session, mira.id, boss.id, at=moment)
    assert service.profile_visits(session, mira.id) == [
        (at + timedelta(minutes=61), "Hasan Basri"),
        (at, "Hasan Basri"),
    ]
    assert len(session.scalars(select(ProfileVisit)).all()) == 2


def test_unknown_people_are_not_found(session, mira, at):
    unknown = make_unit(session).id
    for act in (
        lambda: service.set_supervisor(session, mira.id, unknown, started_on=TODAY, by=None, at=at),
        lambda: service.deactivate(session, unknown, by=None, reason="", at=at),
        lambda: service.make_sign_in_link(session, unknown, by=None, at=at),
        lambda: service.person_by_nip(session, "198001012005011999"),
    ):
        with pytest.raises(NotFound):
            act()
