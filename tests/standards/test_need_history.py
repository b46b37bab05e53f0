"""What was required on a day, as it was known then; and why it changed."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from corpu.standards.need_history import Cause, Held, Said, history
from corpu.standards.rules import Book, Entry, Kind, Standard, Version

AGENCY, UNIT = UUID(int=1), UUID(int=2)
FIRST = date(2026, 1, 1)
days = st.integers(0, 60).map(lambda n: FIRST + timedelta(days=n))
SHIPPED = {"INT": {"code": "INT"}, "KSM": {"code": "KSM"}}
TIK = Version(
    UUID(int=3), "TIK", "Kamus", AGENCY, Kind.TECHNICAL, 1, FIRST, (Entry("DAT", "Data"),)
)
BOOK = Book(SHIPPED, (TIK,))
LAST = FIRST + timedelta(days=70)
PLACES = [("", None), ("analis", None), ("analis", UNIT)]


def post(started_on=FIRST, ended_on=None, post_type="JF_PT", default=2, own=None):
    return Held(AGENCY, post_type, "Analis", UNIT, started_on, ended_on, default, own or {})


def standard(n, levels, starts_on=FIRST, place=PLACES[0], post_type="JF_PT"):
    return Standard(
        AGENCY, post_type, *place, starts_on, levels, UUID(int=100 + n), "", "SK", "Baru"
    )


@st.composite
def facts(draw):
    """Standards for days past and to come, some taken back; posts one after another."""
    levels = st.none() | st.dictionaries(
        st.sampled_from(["INT", "KSM", "DAT"]), st.integers(0, 5), min_size=1
    )
    said = []
    for n in range(draw(st.integers(0, 5))):
        known, back = draw(days), draw(st.none() | days)
        one = standard(n, draw(levels), draw(days), draw(st.sampled_from(PLACES)))
        said.append(Said(one, known, back if back is None or back >= known else known))
    turns = sorted(draw(st.sets(days, min_size=1, max_size=3)))
    ends = [day - timedelta(days=draw(st.integers(1, 2))) for day in turns[1:]]
    posts = [
        post(start, end, draw(st.sampled_from(["JF_PT", "JF_MU"])), draw(st.integers(0, 3)))
        for start, end in zip(turns, [*ends, None], strict=True)
        if end is None or end >= start
    ]
    return said, posts


@given(facts(), days)
def test_the_steps_up_to_a_day_add_up_to_what_was_required_on_it(found, day):
    said, posts = found
    told: dict[str, int] = {}
    for step in reversed(history(BOOK, posts, said, LAST)):
        if step.day > day:
            continue
        for code, before, after in step.needs:
            assert told.get(code) == before
            told.pop(code, None)
            if after is not None:
                told[code] = after
    held = max(
        (one for one in posts if one.holds(day)), key=lambda one: one.started_on, default=None
    )
    known = BOOK.only(one.standard for one in said if one.stands(day))
    assert told == (
        known.required(AGENCY, held.post_type, held.title, held.unit_id, day, held.default)
        if held
        else {}
    )


@given(facts(), days)
def test_an_earlier_day_says_the_same_whatever_comes_later(found, until):
    said, posts = found
    whole = [step for step in history(BOOK, posts, said, LAST) if step.day <= until]
    assert history(BOOK, posts, said, until) == whole


def causes(steps):
    return [(step.day.day, step.cause, step.needs) for step in reversed(steps)]


def test_each_step_says_why():
    early, late = FIRST + timedelta(days=9), FIRST + timedelta(days=19)
    said = [
        Said(standard(1, {"INT": 4, "DAT": 1}, early), early, late, "Keliru"),
        Said(standard(2, {"INT": 3}, late, PLACES[1]), early),
        Said(standard(3, None, late + timedelta(days=5), PLACES[1]), late),
    ]
    steps = history(BOOK, [post()], said, LAST)
    assert causes(steps) == [
        (1, Cause.POST, (("INT", None, 2), ("KSM", None, 2))),
        (10, Cause.STANDARD, (("INT", 2, 4), ("DAT", None, 1))),
        (20, Cause.WITHDRAWAL, (("INT", 4, 3), ("DAT", 1, None))),
        (25, Cause.STANDARD, (("INT", 3, 2),)),
    ]
    assert [step.said.standard.id.int - 100 for step in steps[:-1]] == [3, 1, 1]


def test_a_standard_for_days_past_changes_nothing_before_it_was_recorded():
    said = [Said(standard(1, {"INT": 4}), FIRST + timedelta(days=30))]
    (_first, second) = causes(history(BOOK, [post()], said, LAST))
    assert second == (31, Cause.STANDARD, (("INT", 2, 4),))


def test_a_competency_that_leaves_the_dictionary_is_no_longer_required():
    day = FIRST + timedelta(days=14)
    empty = Version(TIK.framework_id, "TIK", "Kamus", AGENCY, Kind.TECHNICAL, 2, day, ())
    said = [Said(standard(1, {"DAT": 2}), FIRST)]
    steps = history(Book(SHIPPED, (TIK, empty)), [post()], said, LAST)
    assert causes(steps)[-1] == (15, Cause.DICTIONARY, (("DAT", 2, None),))


@given(facts(), days)
def test_what_says_a_level_says_the_level_that_is_required(found, day):
    said, posts = found
    book = BOOK.only(one.standard for one in said if one.stands(day))
    for one in posts:
        asked = AGENCY, one.post_type, one.title, one.unit_id, day, one.default
        given_levels = {code: by.level for code, by in book.given(*asked).items() if by.level}
        assert given_levels == book.required(*asked)
