"""What a course added: exact rules with their edges, and a query that counts people once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import select

from corpu.assessment.gain import (
    MOST,
    Learnt,
    Pair,
    gain,
    gain_of,
    learnt_on,
    normalised_gain,
)
from corpu.assessment.models import Attempt
from corpu.catalog.models import Course
from corpu.database import uuid7
from corpu.errors import NotFound
from corpu.evaluation import gains
from corpu.evaluation.gains import gain_of_course
from corpu.evaluation.reports import report_of
from tests.assessment import diagnostics as way
from tests.assessment.diagnostics import SLUG
from tests.assessment.factories import NOON
from tests.factories import make_person, save
from tests.statements import statements

SCORES = st.decimals(min_value=0, max_value=100, places=4, allow_nan=False)
PAIRS = st.lists(st.builds(Pair, SCORES, SCORES), min_size=5, max_size=12)


@given(SCORES, SCORES)
def test_gain_is_the_difference_and_turns_with_it(pre, post):
    assert gain(pre, post) == post - pre == -gain(post, pre)
    assert -MOST <= gain(pre, post) <= MOST


@given(SCORES, SCORES)
def test_the_normalised_gain_has_the_sign_of_the_gain_and_ends_at_one(pre, post):
    assume(pre < MOST)
    found = normalised_gain(pre, post)
    assert found is not None
    assert found <= 1
    assert found * gain(pre, post) >= 0
    if post == MOST:
        assert found == 1
    if post == pre:
        assert found == 0


@given(SCORES, SCORES, SCORES)
def test_more_afterwards_is_never_less_gain(pre, one, other):
    assume(pre < MOST)
    low, high = sorted((one, other))
    assert normalised_gain(pre, low) <= normalised_gain(pre, high)


@given(SCORES)
def test_nothing_left_to_learn_has_no_normalised_gain(post):
    assert normalised_gain(MOST, post) is None


@given(st.integers(1, 1000), st.integers(0, 1000), st.integers(0, 1000))
def test_the_scale_does_not_matter(most, pre, post):
    pre, post = min(pre, most), min(post, most)
    assume(pre < most)
    tenfold = normalised_gain(Decimal(10 * pre), Decimal(10 * post), Decimal(10 * most))
    assert normalised_gain(Decimal(pre), Decimal(post), Decimal(most)) == tenfold


@pytest.mark.parametrize("scores", [(-1, 5), (5, 101), (101, 5), (5, -1)])
def test_scores_outside_of_the_scale_are_refused(scores):
    pre, post = map(Decimal, scores)
    for rule in (gain, normalised_gain):
        with pytest.raises(ValueError, match="scores lie"):
            rule(pre, post)


def test_known_values():
    assert normalised_gain(Decimal(40), Decimal(70)) == Decimal("0.5")
    assert normalised_gain(Decimal(70), Decimal(40)) == Decimal(-1)
    assert normalised_gain(Decimal(99), Decimal(0)) == Decimal(-99)
    assert normalised_gain(Decimal(10), Decimal(70)) == Decimal("0.6667")


@given(PAIRS, st.randoms())
def test_a_group_is_its_people_in_any_order(pairs, random):
    found = gain_of(pairs)
    assert found is not None
    assert found.people == found.improved + found.same + found.fell == len(pairs)
    assert abs(found.gain - (found.post - found.pre)) <= Decimal("0.0001")
    assert min(pair.pre for pair in pairs) <= found.pre + Decimal("0.0001")
    shuffled = list(pairs)
    random.shuffle(shuffled)
    assert gain_of(shuffled) == found


@given(PAIRS)
def test_fewer_than_five_people_are_no_group(pairs):
    assert gain_of(pairs[:4]) is None
    assert gain_of([]) is None
    assert gain_of([], least=0) is None


# ------------------------------------------------------------------------------------ the query


@pytest.fixture
def course(session, app, agency):
    return way.publish_it(session, app)


def learner(session, *right, ends=True, at=NOON, person=None):
    """The diagnostic, then the course with its final test at the end."""
    person = person or make_person(session)
    way.enrol(session, person, at)
    way.take(session, person, *right, at=at)
    if ends:
        for page in ("a", "b", "c"):
            way.read(session, person, page, at)
        way.pass_quiz(session, person, "kuis-dua", at)
        way.pass_quiz(session, person, "ujian", at + timedelta(hours=1))
    return person


def pairs(session):
    return [one.pair for one in learnt_on(session, SLUG)]


def test_only_people_with_both_who_completed_the_course_count_from_five_on(session, course):
    for _ in range(4):
        learner(session, "u1")  # 2 of 7 points
    only_final = learner(session, "u1", ends=False)
    way.pass_quiz(session, only_final, "ujian", NOON + timedelta(hours=1))
    assert len(pairs(session)) == 4
    assert gain_of_course(session, SLUG) is None
    learner(session, "u1", "u2", "u3", at=NOON + timedelta(hours=2))
    found = gain_of_course(session, SLUG)
    assert found is not None
    assert (found.people, found.improved, found.same, found.fell) == (5, 4, 1, 0)
    assert found.pre == Decimal("42.8571")  # (4 × 28,5714 + 100) ÷ 5
    assert found.post == Decimal(100)
    assert found.gain == Decimal("57.1429")
    assert found.normalised == Decimal(1)
    course_id = session.scalars(select(Course.id)).one()
    for period, edition, expected in (
        (date(2026, 7, 1), 1, found),
        (date(2026, 1, 1), None, None),
        (None, 2, None),
    ):
        assert report_of(session, course_id, period, edition).gain == expected
    learner(session, at=NOON + timedelta(hours=4))
    assert gain_of_course(session, SLUG) == found, "the sixth waits for four others"


def test_what_somebody_does_after_completing_changes_nothing(session, course):
    person = learner(session, "u1")
    first = pairs(session)
    later = NOON + timedelta(days=60)
    learner(session, "u3", at=later, person=person)
    assert pairs(session) == first == [Pair(Decimal("28.5714"), Decimal(100))]


def test_an_attempt_that_ran_while_the_course_was_completed_comes_too_late(session, course):
    learner(session, "u1")
    final = session.scalars(select(Attempt).filter_by(page_id="ujian")).one()
    columns = (column.key for column in Attempt.__table__.columns)
    again = {key: getattr(final, key) for key in columns} | {"id": uuid7(), "number": 2}
    later = {"graded_at": final.graded_at + timedelta(minutes=1)}
    final.score = Decimal(80)
    save(session, Attempt(**again | later))
    assert [one.post for one in pairs(session)] == [80]


def test_a_final_test_begun_before_the_diagnostic_was_handed_in_is_no_post_test(session, course):
    person = make_person(session)
    way.enrol(session, person)
    attempt = way.begin(session, person)
    way.pass_quiz(session, person, "ujian", NOON + timedelta(minutes=1))
    way.answer(session, attempt, (), NOON + timedelta(minutes=2))
    way.hand_in(session, attempt, at=NOON + timedelta(minutes=3))
    for page in ("a", "b", "c"):
        way.read(session, person, page)
    way.pass_quiz(session, person, "kuis-dua", NOON + timedelta(minutes=9))
    assert pairs(session) == []


# ------------------------------------------------------------------------------ what is shown


def shown(monkeypatch, completions, period_on=None, edition=None):
    """What is shown of people who completed in this order, by their half-year and edition."""
    monkeypatch.setattr(gains, "learnt_on", lambda _session, _slug: completions)
    found = gain_of_course(None, SLUG, period_on, edition and {edition})
    return (found.people, found.pre * found.people) if found else (0, Decimal())


FIRST, SECOND = uuid7(), uuid7()
HALVES = {1: date(2026, 1, 1), 2: date(2026, 7, 1)}
COMING = st.lists(
    st.builds(
        lambda half, edition, pre: Learnt(
            Pair(Decimal(pre), Decimal(100)),
            edition,
            datetime(2026, 3 if half == 1 else 9, 1, 3, tzinfo=UTC),
            "Asia/Jakarta",
        ),
        st.sampled_from([1, 2]),
        st.sampled_from([FIRST, SECOND]),
        st.integers(0, 100),
    ),
    max_size=40,
)


@given(COMING, st.integers(0, 40))
def test_between_two_looks_lie_five_people_or_none(coming, early):
    """Looked at early and late, whole and by batch: every difference is of groups of five."""
    with pytest.MonkeyPatch.context() as patched:
        for period in (None, *HALVES.values()):
            for edition in (None, FIRST, SECOND):
                now = shown(patched, coming, period, edition)
                then = shown(patched, coming[:early], period, edition)
                assert now[0] % 5 == then[0] % 5 == 0
                assert now[0] >= then[0]
                if now[0] == then[0]:
                    assert now == then
        whole = shown(patched, coming)[0]
        parts = [shown(patched, coming, half)[0] for half in HALVES.values()]
        assert sum(parts) == whole


def test_it_is_one_look_at_the_attempts_and_no_course_is_none(session, course):
    with statements() as sent:
        assert gain_of_course(session, SLUG) is None
    assert len(sent) <= 3, sent
    with pytest.raises(NotFound):
        gain_of_course(session, "tidak-ada")


def test_the_instructors_page_shows_it_with_its_explanation(session, app, agency, browser):
    agus = make_person(session, name="Agus Pengajar", roles=["instructor"])
    source = way.source(more={})
    head = source.files["course.md"].decode().replace("jp: 3\n", f"jp: 3\nauthors: [{agus.nip}]\n")
    source.files["course.md"] = head.encode()
    way.publish(session, app, source)
    browser.sign_in(agus)
    assert "Belum cukup peserta" in browser.get(f"/author/{SLUG}").select_one("#peningkatan").text
    for _ in range(5):
        learner(session, "u1")
    text = browser.get(f"/author/{SLUG}").select_one("#peningkatan").text
    for words in ("28,6", "100,0", "+71,4", "5 peserta", "5 naik, 0 tetap, 0 turun.", "100%"):
        assert words in text, words
