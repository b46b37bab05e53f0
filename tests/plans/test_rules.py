"""The machine of a plan, written out a second time by hand, and what must hold of any plan."""

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu.plans import rules
from corpu.plans.rules import Act, Form, Lack, Part, State, jp_of, may, missing, next_state

# A word is the state that follows, `=` the same state; anything else is the refusal.
STATES = ("draft", "submitted", "returned", "approved", "running", "finished")
WRITES = ("=", "AwaitingDecision", "=", "AlreadyApproved", "AlreadyApproved", "AlreadyFinished")
TABLE = {
    ("owner", "read"): ("=",) * 6,
    ("owner", "edit"): WRITES,
    ("owner", "add_goal"): WRITES,
    ("owner", "take"): WRITES,
    ("owner", "submit"): ("submitted", WRITES[1], "submitted", *WRITES[3:]),
    ("owner", "withdraw"): ("NotSubmitted", "draft", "NotSubmitted", *WRITES[3:]),
    ("owner", "approve"): ("OwnPlan",) * 6,
    ("owner", "send_back"): ("OwnPlan",) * 6,
    ("owner", "tick"): (
        "NotYetApproved",
        "NotYetApproved",
        "NotYetApproved",
        "running",
        "=",
        "AlreadyFinished",
    ),
    ("owner", "finish"): ("OwnPlan",) * 6,
    ("direct", "read"): ("=",) * 6,
    ("direct", "edit"): ("OnlyOwner",) * 6,
    ("direct", "add_goal"): ("=", "=", "=", *WRITES[3:]),
    ("direct", "take"): ("OnlyOwner",) * 6,
    ("direct", "submit"): ("OnlyOwner",) * 6,
    ("direct", "withdraw"): ("OnlyOwner",) * 6,
    ("direct", "approve"): ("NotSubmitted", "approved", "NotSubmitted", *WRITES[3:]),
    ("direct", "send_back"): (
        "NotSubmitted",
        "returned",
        "NotSubmitted",
        "returned",
        "returned",
        "AlreadyFinished",
    ),
    ("direct", "tick"): ("OnlyOwner",) * 6,
    ("direct", "finish"): (
        "NotYetApproved",
        "NotYetApproved",
        "NotYetApproved",
        "finished",
        "finished",
        "AlreadyFinished",
    ),
    ("above", "read"): ("=",) * 6,
    ("system", "read"): ("=",) * 6,
    ("system", "tick"): ("=", "=", "=", "running", "=", "AlreadyFinished"),
    ("system", "finish"): (
        "NotYetApproved",
        "NotYetApproved",
        "NotYetApproved",
        "NotYetApproved",
        "finished",
        "AlreadyFinished",
    ),
}
OTHERWISE = {
    "above": "OnlyDirectSupervisor",
    "circular": "CircularLine",
    "former": "NoLongerSupervisor",
    "stranger": "NotYourPlan",
    "system": "OnlyPeople",
}
CASES = list(product(Part, Act, State))


def expected(part, act, state):
    row = TABLE.get((part.value, act.value))
    word = row[STATES.index(state.value)] if row else OTHERWISE[part.value]
    return state.value if word == "=" else word


@pytest.mark.parametrize(("part", "act", "state"), CASES, ids="-".join)
def test_every_state_role_and_act_has_its_answer(part, act, state):
    wanted = expected(part, act, state)
    if wanted in STATES:
        assert next_state(state, part, act) == wanted
        assert may(state, part, act)
        return
    assert not may(state, part, act)
    with pytest.raises(getattr(rules, wanted)) as refusal:
        next_state(state, part, act)
    assert len(refusal.value.message) > 20, "the reason is a sentence"


def test_the_states_are_reached_in_the_order_of_the_year():
    way = [
        (Part.OWNER, Act.SUBMIT),
        (Part.DIRECT, Act.SEND_BACK),
        (Part.OWNER, Act.EDIT),
        (Part.OWNER, Act.SUBMIT),
        (Part.DIRECT, Act.APPROVE),
        (Part.OWNER, Act.TICK),
        (Part.SYSTEM, Act.FINISH),
    ]
    state, seen = State.DRAFT, []
    for part, act in way:
        state = next_state(state, part, act)
        seen.append(state.value)
    assert seen == [
        "submitted",
        "returned",
        "returned",
        "submitted",
        "approved",
        "running",
        "finished",
    ]


steps = st.lists(st.tuples(st.sampled_from(Part), st.sampled_from(Act)), max_size=60)


@given(steps)
def test_no_path_leaves_the_machine_and_none_is_approved_without_the_direct_supervisor(path):
    state = State.DRAFT
    for part, act in path:
        before = state
        if may(state, part, act):
            state = next_state(state, part, act)
        assert state in State
        if state is State.APPROVED and before is not State.APPROVED:
            assert (part, act, before) == (Part.DIRECT, Act.APPROVE, State.SUBMITTED)
        if before is State.FINISHED:
            assert state is State.FINISHED


@given(steps)
def test_a_plan_is_never_approved_by_its_owner(path):
    """Whatever the owner and strangers do, in whatever order, nothing becomes approved."""
    state = State.DRAFT
    for part, act in path:
        if part is not Part.DIRECT and may(state, part, act):
            state = next_state(state, part, act)
    assert state in (State.DRAFT, State.SUBMITTED)


# --------------------------------------------------------------------------------- shares

hours = st.decimals(Decimal("0.01"), Decimal(400), places=2)
items = st.lists(st.tuples(st.sampled_from((10, 20, 70)), hours), min_size=1, max_size=30)


@given(items)
def test_shares_sum_to_exactly_one_hundred_and_lie_within_a_tenth(plan):
    shares = rules.shares_of(plan)
    assert [share.mix for share in shares] == [10, 20, 70]
    assert sum(share.percent for share in shares) == 100
    total = sum(jp for _, jp in plan)
    for share in shares:
        assert share.jp == sum(jp for mix, jp in plan if mix == share.mix)
        assert abs(share.percent - share.jp * 100 / total) < Decimal("0.1")
        assert share.distance == share.percent - share.mix


@given(items)
def test_shares_do_not_hang_on_the_order_of_the_items(plan):
    assert rules.shares_of(plan) == rules.shares_of(reversed(plan))


def test_three_equal_thirds_give_the_odd_tenth_to_the_greatest():
    shares = rules.shares_of([(10, Decimal(2)), (20, Decimal(2)), (70, Decimal(2))])
    assert [str(share.percent) for share in shares] == ["33.3", "33.3", "33.4"]


def test_a_plan_without_hours_has_no_shares():
    assert rules.shares_of([]) == ()


@pytest.mark.parametrize("bad", [(10, Decimal(-1)), (30, Decimal(1))])
def test_negative_hours_and_unknown_ways_of_learning_are_a_mistake(bad):
    with pytest.raises(ValueError, match="no share"):
        rules.shares_of([bad])


# ------------------------------------------------------------------------------------ JP

COACHING = Form("NKL01", 20, Decimal(2), 24)
FREE = Form("NKL13", 70, None, None)


def test_units_count_by_the_table():
    assert jp_of(COACHING, 3) == (3, Decimal(6))


def test_no_more_units_than_count_within_a_year():
    assert jp_of(COACHING, 4, used=20) == (4, Decimal(8))
    with pytest.raises(rules.TooManyUnits) as refusal:
        jp_of(COACHING, 5, used=20)
    assert refusal.value.params == {"most": 24, "used": 20}


@pytest.mark.parametrize("quantity", [0, -1, True])
def test_an_amount_is_a_whole_number_from_one_on(quantity):
    with pytest.raises(rules.NotAnAmount):
        jp_of(COACHING, quantity)


def test_far_too_many_units_are_a_slip_of_the_pen():
    with pytest.raises(rules.NotHours):
        jp_of(Form("NKL05", 70, Decimal(20), None), 21)


@pytest.mark.parametrize("hours", [None, "0", "-2", "400.01", "1.234", "NaN", "Infinity"])
def test_hours_are_positive_and_within_reason(hours):
    with pytest.raises(rules.NotHours):
        jp_of(FREE, 1, hours=hours and Decimal(hours))


def test_hours_count_as_they_are_where_the_form_says_so():
    assert jp_of(FREE, 7, hours=Decimal("12.5")) == (1, Decimal("12.5"))


# ---------------------------------------------------------------------------------- missing


def lacks(goals, *, supervisor=True, year=2026, this_year=2026):
    found = missing(goals, has_supervisor=supervisor, year=year, this_year=this_year)
    return [one.lack for one in found]


def test_a_plan_with_an_item_for_each_goal_may_go():
    assert lacks({"a": 1, "b": 3}) == []
    assert lacks({"a": 1}, year=2027) == []


def test_each_thing_that_is_missing_is_said():
    assert lacks({}) == [Lack.NO_GOAL]
    assert lacks({"a": 1}, supervisor=False) == [Lack.NO_SUPERVISOR]
    assert lacks({"a": 1}, year=2025) == [Lack.YEAR_OVER]
    assert lacks({"a": 0}, supervisor=False, year=2025) == [
        Lack.GOAL_WITHOUT_ITEM,
        Lack.NO_SUPERVISOR,
        Lack.YEAR_OVER,
    ]


def test_the_goals_without_an_item_are_named():
    [one] = missing({"a": 0, "b": 2, "c": 0}, has_supervisor=True, year=2026, this_year=2026)
    assert one.goals == ("a", "c")
