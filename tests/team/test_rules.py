"""What waits for a supervisor, on plain values."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from corpu.plans.rules import State
from corpu.team.rules import (
    GROUPS,
    SOON,
    TARGET_JP,
    Group,
    Kind,
    due_jp,
    hours_want,
    plan_want,
    rating_want,
)

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
DAY = timedelta(days=1)
ASKED = {"INT": 2, "KSM": 2, "KOM": 2, "OPH": 2, "PPB": 2}
days = st.dates(date(2020, 1, 1), date(2032, 12, 31))
hours = st.decimals(0, 60, places=2)


@given(days)
def test_the_share_of_the_year_grows_to_the_whole_duty_and_never_beyond(day):
    tomorrow = day + DAY
    assert Decimal() < due_jp(day) <= TARGET_JP
    if tomorrow.year == day.year:
        assert due_jp(tomorrow) > due_jp(day)
    else:
        assert due_jp(day) == TARGET_JP


@given(days, hours, hours, st.booleans())
def test_more_hours_never_make_anybody_late(day, jp, more, has_learnt):
    if hours_want(jp, has_learnt=has_learnt, day=day) is None:
        assert hours_want(jp + more, has_learnt=has_learnt, day=day) is None


def test_who_has_less_than_the_share_waits_with_the_sum():
    want = hours_want(Decimal(4), has_learnt=True, day=date(2026, 11, 24))
    assert (want.kind, want.jp, want.due) == (Kind.BEHIND, Decimal(4), Decimal("17.97"))
    assert want.short == Decimal("13.97")
    assert hours_want(Decimal(0), has_learnt=False, day=date(2026, 11, 24)).kind is Kind.IDLE
    assert hours_want(Decimal(18), has_learnt=True, day=date(2026, 11, 24)) is None


def test_the_first_weeks_of_a_year_ask_nothing():
    assert hours_want(Decimal(0), has_learnt=False, day=date(2026, 2, 5)) is None
    assert hours_want(Decimal(0), has_learnt=False, day=date(2026, 2, 6)).kind is Kind.IDLE


def test_the_most_urgent_reason_is_named_and_the_others_counted():
    until = {"INT": NOON + 300 * DAY, "KSM": NOON + SOON, "KOM": NOON}
    want = rating_want(ASKED, {}, until, {"PPB"}, NOON)
    assert (want.kind, want.codes, want.others) == (Kind.EXPIRED, ("KOM",), 3)
    assert want.until == NOON
    del until["KOM"]
    assert rating_want(ASKED, {}, until, {"PPB"}, NOON).kind is Kind.EXPIRING
    until["KSM"] += DAY
    assert rating_want(ASKED, {}, until, {"PPB"}, NOON).codes == ("PPB",)
    assert rating_want(ASKED, {}, until, {"PPB"}, NOON).kind is Kind.CAPPED
    assert rating_want(ASKED, {}, until, set(), NOON).codes == ("KOM", "OPH", "PPB")


def test_what_is_farthest_below_the_post_is_named_first():
    levels = {"INT": 2, "KSM": None, "KOM": 1, "OPH": 3, "PPB": 1}
    want = rating_want(ASKED | {"PPB": 4}, levels, {}, set(), NOON)
    assert want.codes == ("PPB", "KSM", "KOM", "INT", "OPH")
    until = {"INT": NOON - DAY, "PPB": NOON - DAY, "KOM": NOON - 2 * DAY}
    assert rating_want(ASKED, levels, until, set(), NOON).codes == ("KOM", "PPB", "INT")


def test_a_cap_does_not_ask_again_who_has_just_rated():
    until = dict.fromkeys(ASKED, NOON + 300 * DAY)
    assert rating_want(ASKED, {}, until, set(ASKED), NOON) is None


@given(
    st.dictionaries(st.sampled_from(list(ASKED)), st.integers(-400, 400)),
    st.sets(st.sampled_from(list(ASKED))),
)
def test_every_competency_waits_at_most_once(ends, capped):
    until = {code: NOON + days * DAY for code, days in ends.items()}
    want = rating_want(ASKED, {}, until, capped, NOON)
    quiet = [code for code in ASKED if code in until and until[code] > NOON + SOON]
    waiting = len(ASKED) - len(quiet)
    if want is None:
        assert waiting == 0
    else:
        assert len(want.codes) + want.others == waiting
        assert not set(want.codes) & set(quiet)


def test_urgency_puts_what_is_lost_first_and_the_widest_gap_before_the_narrow():
    behind = hours_want(Decimal(10), has_learnt=True, day=date(2026, 11, 24))
    further = hours_want(Decimal(2), has_learnt=True, day=date(2026, 11, 24))
    lost = rating_want(ASKED, {}, {"INT": NOON - DAY}, set(), NOON)
    lost_earlier = rating_want(ASKED, {}, {"INT": NOON - 2 * DAY}, set(), NOON)
    unrated = rating_want(ASKED, {}, {}, set(), NOON)
    ordered = sorted([unrated, behind, lost, further, lost_earlier], key=lambda w: w.urgency)
    assert ordered == [lost_earlier, lost, further, behind, unrated]


def test_the_state_of_a_plan_says_what_waits_and_since_when():
    day = date(2026, 11, 24)
    handed_in = plan_want(State.SUBMITTED, day=day, submitted_on=day - DAY)
    assert (handed_in.kind, handed_in.since) == (Kind.PLAN_WAITING, day - DAY)
    late = plan_want(State.RUNNING, day=day, first_due=day - DAY)
    assert (late.kind, late.since) == (Kind.PLAN_LATE, day - DAY)
    assert plan_want(State.RUNNING, day=day, first_due=day) is None, "its day is not over"
    assert plan_want(State.APPROVED, day=day) is None
    for quiet in (State.FINISHED, State.RETURNED):
        assert plan_want(quiet, day=day, first_due=day - DAY) is None


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(1, 12))
def test_a_plan_is_missed_from_the_first_day_of_its_month_on(day, month):
    want = plan_want(None, day=day, month=month)
    assert (want is not None) == (day >= date(2026, month, 1))
    drafted = plan_want(State.DRAFT, day=day, month=month)
    assert (drafted is None) == (want is None)
    if want is not None:
        assert want.since == date(2026, month, 1)
        assert drafted.has_draft
        assert not want.has_draft


def test_who_has_the_target_with_what_waits_for_verification_is_not_late():
    day = date(2026, 11, 24)
    assert hours_want(Decimal(4), has_learnt=True, day=day, waiting=Decimal(16)) is None
    want = hours_want(Decimal(4), has_learnt=True, day=day, waiting=Decimal(15))
    assert want.at_year_end == Decimal("4.45")


def test_every_kind_belongs_to_one_group():
    assert set(GROUPS) == set(Kind)
    assert set(GROUPS.values()) == set(Group)
