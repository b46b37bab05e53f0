"""What posts require: by type, title and unit, from a day on; and everything that uses it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from corpu import clock
from corpu.catalog.publishing import vocabulary_with
from corpu.competency.queries import account_of, profile_of
from corpu.competency.service import UnknownCompetency, rate
from corpu.competency.ways import way_to_close
from corpu.errors import NotFound
from corpu.models import people
from corpu.people.queries import standing
from corpu.standards import posts, refusals
from corpu.standards.models import PostStandard
from corpu.team.queries import team_of
from tests.factories import make_agency, make_person, make_unit, supervise
from tests.standards.factories import (
    DAY,
    REASON,
    TODAY,
    draft_with,
    entry,
    publish,
    published,
    require,
)
from tests.statements import statements

TITLE = "Pranata Komputer Ahli Pertama"
NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)


@pytest.fixture
def unit(session, agency):
    return make_unit(session, name="Dinas Kominfo")


@pytest.fixture
def dewi(session, unit):
    """Pranata Komputer Ahli Pertama: by the shipped default level 2 of the nine."""
    person = make_person(session, name="Dewi Anggraini", unit=unit)
    session.execute(
        update(people.Posting).where(people.Posting.person_id == person.id).values(title=TITLE)
    )
    session.commit()
    return person


@pytest.fixture
def dictionary(session, agency):
    return published(session, agency)


def asked(session, person, at=NOW):
    return standing(session, person.id, at).required


def test_without_a_standard_the_shipped_level_of_the_type_is_required(session, dewi):
    assert set(asked(session, dewi).values()) == {2}
    assert len(asked(session, dewi)) == 9


def test_the_narrowest_standard_is_heard_last(session, agency, unit, dewi, dictionary):
    require(session, agency, {"INT": 3, "KOM": 3, "DAT": 1})
    require(session, agency, {"KOM": 4, "JAR": 2}, title=TITLE)
    require(session, agency, {"JAR": 3}, title=f"  {TITLE.upper()} ", unit_id=unit.id)
    require(session, agency, {"INT": 5}, title="Arsiparis")
    require(session, agency, {"INT": 5}, post_type="JF_MU")
    require(session, agency, {"INT": 5}, title=TITLE, unit_id=make_unit(session).id)
    found = asked(session, dewi)
    assert (found["INT"], found["KOM"], found["DAT"], found["JAR"]) == (3, 4, 1, 3)
    assert found["KSM"] == 2


def test_a_level_of_nought_takes_a_requirement_away(session, agency, dewi, dictionary):
    require(session, agency, {"PRB": 0, "DAT": 2})
    require(session, agency, {"DAT": 0}, title=TITLE)
    assert "PRB" not in asked(session, dewi)
    assert "DAT" not in asked(session, dewi)


def test_what_the_posting_itself_says_is_heard_before_all(session, agency, dewi):
    require(session, agency, {"INT": 4}, title=TITLE)
    session.execute(update(people.Posting).values(required_levels={"INT": 5}))
    assert asked(session, dewi)["INT"] == 5


def test_a_standard_holds_from_its_day_on(session, agency, dewi):
    require(session, agency, {"INT": 4}, starts_on=TODAY)
    assert asked(session, dewi)["INT"] == 4
    assert asked(session, dewi, NOW - timedelta(days=1))["INT"] == 2
    # 17:30 UTC is the next day already where the agency is
    assert asked(session, dewi, datetime(2026, 11, 23, 17, 30, tzinfo=UTC))["INT"] == 4
    require(session, agency, {"INT": 5}, starts_on=TODAY + timedelta(days=1))
    assert asked(session, dewi)["INT"] == 4
    assert asked(session, dewi, NOW + timedelta(days=1))["INT"] == 5


def test_an_end_lets_the_wider_standard_hold_again(session, agency, dewi):
    require(session, agency, {"INT": 3})
    require(session, agency, {"INT": 5}, title=TITLE)
    require(session, agency, None, title=TITLE, starts_on=TODAY)
    assert asked(session, dewi, NOW - timedelta(days=1))["INT"] == 5
    assert asked(session, dewi)["INT"] == 3
    with pytest.raises(refusals.NothingToEnd):
        require(session, agency, None, title=TITLE, starts_on=TODAY + timedelta(days=1))


def test_what_the_dictionary_leaves_out_is_required_no_longer(session, agency, dewi, dictionary):
    require(session, agency, {"JAR": 2})
    publish(session, agency, dictionary, draft_with(session, agency, dictionary, entry()), TODAY)
    assert "JAR" not in asked(session, dewi)
    assert asked(session, dewi, NOW - timedelta(days=1))["JAR"] == 2


@pytest.mark.parametrize("day", [DAY, DAY - timedelta(days=3)])
def test_standards_of_one_post_never_overlap(session, agency, day):
    require(session, agency, {"INT": 3})
    with pytest.raises(refusals.StandardsOverlap):
        require(session, agency, {"INT": 4}, starts_on=day)


def test_the_same_standard_sent_twice_is_one(session, agency):
    assert require(session, agency, {"INT": 3}).id == require(session, agency, {"INT": 3}).id


@pytest.mark.parametrize(
    ("levels", "more", "refusal"),
    [
        ({"INT": 6}, {}, refusals.Wrong),
        ({"INT": -1}, {}, refusals.Wrong),
        ({"INT": "3"}, {}, refusals.Wrong),
        ({"INT": True}, {}, refusals.Wrong),
        ({"XYZ": 3}, {}, refusals.Wrong),
        ({"INT": 3}, {"post_type": "RAJA"}, refusals.UnknownPostType),
        ({"INT": 3}, {"title": "x" * 201}, refusals.BadTitle),
        ({}, {}, refusals.NothingAsked),
        ({"DAT": 1}, {"starts_on": DAY - timedelta(days=1)}, refusals.Wrong),  # not yet in force
    ],
)
def test_bad_standards_are_refused(session, agency, dictionary, levels, more, refusal):
    with pytest.raises(refusal):
        require(session, agency, levels, **more)
    assert session.scalars(select(PostStandard)).all() == []


def test_a_standard_of_a_unit_is_about_a_post_there(session, agency, unit):
    with pytest.raises(refusals.TitleMissing):
        require(session, agency, {"INT": 3}, unit_id=unit.id)


def test_a_competency_of_another_agency_is_not_required(session, agency):
    published(session, make_agency(session, name="Instansi Lain"))
    with pytest.raises(refusals.Wrong):
        require(session, agency, {"DAT": 2})


def withdraw(session, agency, entry):
    return posts.withdraw_standard(
        session, agency.id, entry.id, reason=REASON, by=None, at=clock.now()
    )


def test_a_standard_taken_back_stays_in_the_history(session, agency, dewi):
    first = require(session, agency, {"INT": 3})
    second = require(session, agency, {"INT": 5}, starts_on=TODAY)
    with pytest.raises(refusals.NotTheLatest):
        withdraw(session, agency, first)
    taken = withdraw(session, agency, second)
    assert withdraw(session, agency, second).id == taken.id
    assert asked(session, dewi)["INT"] == 3
    assert len(session.scalars(select(PostStandard)).all()) == 3
    require(session, agency, {"INT": 4}, starts_on=TODAY)
    assert asked(session, dewi)["INT"] == 4


def test_a_standard_of_another_agency_is_not_to_be_found(session, agency):
    other = make_agency(session, name="Instansi Lain")
    standard = require(session, other, {"INT": 3})
    with pytest.raises(refusals.UnknownStandard):
        withdraw(session, agency, standard)


@pytest.mark.parametrize(
    "act", ["UPDATE post_standards SET reason = 'x'", "DELETE FROM post_standards"]
)
def test_the_database_keeps_the_history(session, agency, act):
    require(session, agency, {"INT": 3})
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text(act))


def test_nor_is_the_history_replaced(session, agency):
    require(session, agency, {"INT": 3})
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    act = "REPLACE INTO post_standards SELECT * FROM" if is_sqlite else "TRUNCATE"
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text(f"{act} post_standards"))


# --------------------------------------------------------------------------- what uses it


@pytest.fixture
def endang(session, dewi):
    endang = make_person(session, name="Endang Sulistyowati")
    supervise(session, endang, dewi)
    return endang


def test_a_technical_competency_is_rated_accounted_and_matched(
    session, agency, dewi, endang, dictionary
):
    require(session, agency, {"DAT": 2}, title=TITLE)
    profile = profile_of(session, dewi.id, NOW)
    assert [row.code for row in profile.rows][9:] == ["DAT"]
    assert profile.jpm.of == 10
    assert profile.rows[9].gap == 2
    rate(session, endang.id, dewi.id, "DAT", 3, "Mengelola data pokok pegawai", at=NOW)
    profile = profile_of(session, dewi.id, NOW)
    assert (profile.levels["DAT"], profile.rows[9].gap) == (3, -1)
    assert profile.jpm.required == 20
    account = account_of(session, dewi.id, "DAT", NOW)
    assert (account.name, account.level, account.required) == ("Pengelolaan Data", 3, 2)


def test_what_was_observed_is_shown_without_being_required(session, dewi, endang, dictionary):
    rate(session, endang.id, dewi.id, "JAR", 2, "Memasang jaringan kantor", at=NOW)
    profile = profile_of(session, dewi.id, NOW)
    assert profile.rows[-1].code == "JAR"
    assert profile.rows[-1].required is None
    assert profile.jpm.of == 9


def test_what_is_in_no_dictionary_is_neither_rated_nor_accounted(session, dewi, endang, dictionary):
    with pytest.raises(UnknownCompetency):
        rate(session, endang.id, dewi.id, "XYZ", 2, "Tidak ada kode ini", at=NOW)
    with pytest.raises(NotFound):
        account_of(session, dewi.id, "XYZ", NOW)
    publish(session, *_next(session, dictionary), TODAY)
    with pytest.raises(UnknownCompetency):
        rate(session, endang.id, dewi.id, "JAR", 2, "Tidak berlaku lagi", at=NOW)


def _next(session, dictionary):
    agency = session.get_one(people.Agency, dictionary.agency_id)
    return agency, dictionary, draft_with(session, agency, dictionary, entry())


def test_the_team_and_the_way_to_close_the_gap_use_the_standard_of_the_day(
    session, agency, dewi, endang, dictionary
):
    require(session, agency, {"DAT": 2, "PRB": 0}, title=TITLE, starts_on=TODAY)
    team = team_of(session, endang.id, NOW)
    assert team.codes[9:] == ["DAT"]
    assert team.members[0].required["DAT"] == 2
    assert "DAT" in team.members[0].asked
    before = team_of(session, endang.id, NOW - timedelta(days=1))
    assert before.codes[9:] == []
    way = way_to_close(session, dewi.id, NOW)
    assert {stretch.code for stretch in way.stretches} == set(team.members[0].required)


def test_courses_may_name_a_competency_in_force_or_to_come(session, agency, dictionary):
    later = TODAY + timedelta(days=300)
    publish(
        session, agency, dictionary, draft_with(session, agency, dictionary, entry("AWAN")), later
    )
    codes = vocabulary_with(session).competencies
    assert {"DAT", "JAR", "AWAN", "INT"} <= set(codes)
    assert "XYZ" not in codes


def test_standards_cost_no_further_statement_on_hot_pages(
    session, agency, dewi, endang, dictionary
):
    def cost(read):
        session.commit()
        read()  # the process has seen it once
        session.commit()
        with statements() as sent:
            read()
        return len(sent)

    reads = [
        lambda: profile_of(session, dewi.id, NOW),
        lambda: team_of(session, endang.id, NOW),
        lambda: way_to_close(session, dewi.id, NOW),
        lambda: account_of(session, dewi.id, "INT", NOW),
    ]
    without = [cost(read) for read in reads]
    require(session, agency, {"DAT": 2}, title=TITLE)
    assert [cost(read) for read in reads] == without
