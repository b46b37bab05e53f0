"""Who would have a gap or lose one, before a standard holds; and that just this then comes true."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from corpu.competency import queries
from corpu.competency.need_changes import NeedChange, Turn, changes_between
from corpu.competency.required_effects import effect_of_draft, effect_of_withdrawal
from corpu.people.models import Account, Posting
from corpu.standards import drafts
from corpu.standards.posts import Asked
from tests.competency.factories import observe
from tests.factories import make_person, make_unit
from tests.standards.factories import BASIS, REASON, TODAY, draft_standard, require
from tests.statements import statements
from tests.team.factories import make_many

levels = st.none() | st.integers(0, 5)
needs = st.none() | st.integers(1, 5)


@given(level=levels, before=needs, after=needs)
def test_a_gap_begins_grows_shrinks_or_ends_just_as_what_is_missing_does(level, before, after):
    missing = [max(0, (one or 0) - (level or 0)) for one in (before, after)]
    assert (
        NeedChange("INT", level, before, after).turn
        is {
            (False, False): Turn.NONE,
            (False, True): Turn.NEW,
            (True, False): Turn.CLOSED,
            (True, True): (
                Turn.NONE
                if missing[0] == missing[1]
                else Turn.WIDER
                if missing[1] > missing[0]
                else Turn.NARROWER
            ),
        }[missing[0] > 0, missing[1] > 0]
    )


requirements = st.dictionaries(st.sampled_from(["INT", "KSM", "PPB"]), st.integers(1, 5))


@given(before=requirements, after=requirements)
def test_there_and_back_again_is_the_same_changes_the_other_way_round(before, after):
    there, back = changes_between(before, after, {}), changes_between(after, before, {})
    assert [(c.code, c.before, c.after) for c in there] == [
        (c.code, c.after, c.before) for c in back
    ]
    assert {c.code for c in there} == {
        code for code in before.keys() | after.keys() if before.get(code) != after.get(code)
    }


@pytest.fixture
def unit(session, agency):
    return make_unit(session, name="Dinas Kominfo")


@pytest.fixture
def dewi(session, unit):
    """By the shipped default level 2 of the nine; level 2 of INT, level 1 of PPB."""
    person = make_person(session, name="Dewi Anggraini", unit=unit)
    observe(session, person, "INT", 2, "90")
    observe(session, person, "PPB", 1, "90")
    return person


@pytest.fixture
def bayu(session):
    return make_person(session, name="Bayu Prakoso", unit=make_unit(session, name="Bidang Air"))


def turns(effect):
    return {(one.name, need.code): need.turn for one, need in effect.rows()}


def test_a_draft_names_who_gets_a_gap_and_who_loses_one(session, agency, dewi, bayu, at):
    make_person(session, name="Seorang Pengawas", unit=make_unit(session), post_type="PENGAWAS")
    draft = draft_standard(session, agency, Asked("JF_PT", {"INT": 3, "PPB": 1, "KOM": 0}))
    effect = effect_of_draft(session, draft, today=TODAY)
    assert turns(effect) == {
        ("Dewi Anggraini", "INT"): Turn.NEW,
        ("Dewi Anggraini", "PPB"): Turn.CLOSED,
        ("Dewi Anggraini", "KOM"): Turn.CLOSED,
        ("Bayu Prakoso", "INT"): Turn.WIDER,
        ("Bayu Prakoso", "PPB"): Turn.NARROWER,
        ("Bayu Prakoso", "KOM"): Turn.CLOSED,
    }
    total = effect.total
    assert (effect.of, total.people) == (2, 2)
    assert (total.new, total.wider, total.narrower, total.closed) == (1, 1, 1, 3)
    air, kominfo = effect.by_unit
    assert (air.name, air.new, air.closed, air.people) == ("Bidang Air", 0, 1, 1)
    # Before, 3 of 9 × 2; after, 3 of 6 × 2 + 3 + 1.
    assert (kominfo.jpm_before, kominfo.jpm_after) == (Decimal("16.67"), Decimal("18.75"))
    by_code = {one.key: one for one in effect.by_competency}
    assert (by_code["INT"].new, by_code["INT"].wider, by_code["INT"].people) == (1, 1, 2)


@pytest.mark.parametrize("ending", [False, True])
def test_what_was_shown_is_what_people_then_have(session, agency, dewi, bayu, ending, at):
    require(session, agency, {"INT": 4}, title="Analis Uji")
    asked = [
        Asked("JF_PT", {"KSM": 4, "PPB": 1}),
        Asked("JF_PT", None if ending else {"INT": 1, "KSM": 0}, "analis  UJI"),
    ]
    session.execute(
        update(Posting).where(Posting.person_id == bayu.id).values(required_levels={"KSM": 5})
    )
    session.commit()
    draft = draft_standard(session, agency, *asked)
    before = {one.id: queries.profile_of(session, one.id, at) for one in (dewi, bayu)}
    shown = effect_of_draft(session, draft, today=TODAY)
    drafts.publish_draft(
        session, agency.id, draft.id, seen=0, legal_basis=BASIS, reason=REASON, by=None, at=at
    )
    after = {one.id: queries.profile_of(session, one.id, at) for one in (dewi, bayu)}
    assert {(one.person_id, n.code, n.before, n.after) for one, n in shown.rows()} == {
        (person, code, before[person].required.get(code), after[person].required.get(code))
        for person in before
        for code in before[person].required.keys() | after[person].required.keys()
        if before[person].required.get(code) != after[person].required.get(code)
    }
    for one in shown.people:
        assert one.jpm_before == before[one.person_id].jpm
        assert one.jpm_after == after[one.person_id].jpm


def test_taking_a_standard_back_is_looked_at_alike(session, agency, dewi, at):
    require(session, agency, {"INT": 2}, starts_on=TODAY - timedelta(days=40))
    entry = require(session, agency, {"INT": 5}, starts_on=TODAY)
    effect = effect_of_withdrawal(session, entry, today=TODAY)
    assert [(n.code, n.before, n.after, n.turn) for _, n in effect.rows()] == [
        ("INT", 5, 2, Turn.CLOSED)
    ]


def test_posts_of_that_day_count_and_closed_accounts_do_not(session, agency, dewi, bayu, at):
    session.execute(update(Posting).where(Posting.person_id == dewi.id).values(ended_on=TODAY))
    gone = make_person(session, name="Sudah Pensiun", unit=make_unit(session))
    session.execute(update(Account).where(Account.person_id == gone.id).values(is_active=False))
    later = TODAY + timedelta(days=30)
    draft = draft_standard(session, agency, Asked("JF_PT", {"INT": 3}), starts_on=later)
    effect = effect_of_draft(session, draft, today=TODAY)
    assert [one.name for one in effect.people] == ["Bayu Prakoso"]


def test_the_mark_tells_that_people_or_levels_are_others(session, agency, dewi, bayu, at):
    draft = draft_standard(session, agency, Asked("JF_PT", {"INT": 3}))
    seen = effect_of_draft(session, draft, today=TODAY).mark
    assert effect_of_draft(session, draft, today=TODAY).mark == seen
    observe(session, bayu, "INT", 1, "90")
    assert effect_of_draft(session, draft, today=TODAY).mark != seen


def test_five_hundred_people_cost_as_many_statements_as_one(session, agency, bayu, at):
    draft = draft_standard(session, agency, Asked("JF_PT", {"INT": 3}))
    effect_of_draft(session, draft, today=TODAY)
    session.commit()
    with statements() as few:
        assert effect_of_draft(session, draft, today=TODAY).total.people == 1
    make_many(session, bayu, 500)
    session.commit()
    with statements() as many:
        assert effect_of_draft(session, draft, today=TODAY).total.people == 501
    assert len(many) == len(few) <= 3
