"""What is locked, what completes a course."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu.learning import rules
from corpu.learning.rules import Standing
from corpu.zones import ZONE_LABELS, local_year

moments = st.datetimes(timezones=st.just(UTC)).filter(lambda at: 1900 < at.year < 9000)


@dataclass(frozen=True)
class Page:
    id: str
    title: str = ""
    type: str = "page"


ids = st.lists(st.text("abcdef", min_size=1, max_size=3), unique=True, min_size=1, max_size=8)


@given(ids, st.data())
def test_in_sequence_exactly_the_next_page_is_open_beside_those_done(names, data):
    pages = [Page(name) for name in names]
    done = set(names[: data.draw(st.integers(0, len(names)))])
    open_pages = [p.id for p in pages if rules.lock(pages, "sequence", done, p.id) is None]
    assert open_pages == names[: len(done) + 1]


@given(ids, st.data())
def test_free_order_locks_nothing(names, data):
    pages = [Page(name) for name in names]
    done = set(data.draw(st.lists(st.sampled_from(names))))
    assert all(rules.lock(pages, "free", done, name) is None for name in names)


@given(ids, st.data())
def test_doing_more_never_undoes_completion(names, data):
    marks = {names[0]: Decimal(75)}
    done = set(data.draw(st.lists(st.sampled_from(names))))
    score = data.draw(st.decimals(0, 100, places=2))
    standings = {names[0]: Standing(best_score=score)}
    if rules.is_complete(names, marks, done, standings):
        better = {names[0]: Standing(best_score=Decimal(100))}
        assert rules.is_complete(names, marks, done | {"zz"}, better)
    assert rules.is_complete(names, marks, set(names), {names[0]: Standing(best_score=Decimal(75))})
    assert not rules.is_complete(
        names, marks, set(names), {names[0]: Standing(best_score=Decimal("74.99"))}
    )


def test_the_next_page_is_the_first_not_done():
    pages = [Page("a"), Page("b"), Page("c")]
    assert rules.next_page(pages, {"a"}) == "b"
    assert rules.next_page(pages, {"a", "b", "c"}) is None


def test_attempts_left_never_go_below_zero():
    quiz = type("Quiz", (), {"attempts": 2})()
    assert rules.attempts_left(quiz, Standing(attempts=3)) == 0
    assert rules.attempts_left(quiz, Standing(attempts=1)) == 1
    quiz.attempts = None
    assert rules.attempts_left(quiz, Standing(attempts=9)) is None


@pytest.mark.parametrize("zone", ["Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"])
def test_a_course_may_be_taken_again_from_the_next_local_year_on(zone):
    completed = datetime(2025, 12, 31, 16, tzinfo=UTC)  # 23.00 WIB, and past midnight elsewhere
    year = rules.first_year_again(completed, zone)
    assert year == (2026 if zone == "Asia/Jakarta" else 2027)


@given(moments, moments, st.sampled_from(sorted(ZONE_LABELS)))
def test_never_twice_in_one_local_year(completed, now, zone):
    if local_year(now, zone) >= rules.first_year_again(completed, zone):
        assert local_year(completed, zone) < local_year(now, zone)
        assert completed < now
