"""Suspected double counts."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu.hours.pairs import Learning, Likeness, likeness, pairs, title_words

DAY = date(2026, 3, 2)
titles = st.sampled_from(
    ["Webinar Arsip", "Arsip", "Arsip dan Surat", "Coaching", "Tata Naskah Dinas", "", "Air Bersih"]
)
learnings = st.builds(
    Learning,
    key=st.integers(0, 6),
    title=titles,
    started_on=st.just(DAY),
    ended_on=st.integers(0, 400).map(lambda n: DAY + timedelta(n)),
    is_classical=st.booleans(),
    is_log=st.booleans(),
    proof=st.sampled_from([None, "aa", "bb"]),
)


def learning(key, title, first=0, last=0, **more):
    return Learning(key, title, DAY + timedelta(first), DAY + timedelta(last), **more)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (
            learning(1, "Arsip", proof="aa"),
            learning(2, "Air", 90, 90, proof="aa"),
            Likeness.SAME_PROOF,
        ),
        (
            learning(1, "Webinar Tata Naskah Dinas"),
            learning(2, "tata naskah DINAS", 60, 60),
            Likeness.SAME_TITLE,
        ),
        (
            learning(1, "Pelatihan Tata Naskah Dinas 2026"),
            learning(2, "Tata Naskah Dinas", 0, 3),
            Likeness.ALIKE_SAME_DAYS,
        ),
        (
            learning(1, "Arsip", is_classical=True),
            learning(2, "Air", is_classical=True),
            Likeness.TWO_PLACES,
        ),
        (learning(1, "Arsip"), learning(2, "Air"), None),
        (learning(1, "Arsip", is_classical=True), learning(2, "Air"), None),
        (learning(1, "Coaching", is_log=True), learning(2, "Coaching", 7, 7, is_log=True), None),
        (
            learning(1, "Coaching", is_log=True),
            learning(2, "Coaching", is_log=True),
            Likeness.SAME_TITLE,
        ),
        (learning(1, "Arsip"), learning(2, "Arsip", 365, 365), None),
        (learning(1, ""), learning(2, ""), None),
    ],
)
def test_two_records_are_suspected_for_a_reason(one, other, why):
    assert likeness(one, other) is why
    assert likeness(other, one) is why


@given(learnings, learnings)
def test_a_suspicion_is_symmetric(one, other):
    assert likeness(one, other) is likeness(other, one)


@given(learnings)
def test_nothing_is_its_own_double(one):
    assert likeness(one, replace(one)) is None


@given(st.lists(learnings, max_size=7, unique_by=lambda one: one.key), st.randoms())
def test_every_pair_is_shown_once_in_any_order(found, random):
    shuffled = list(found)
    random.shuffle(shuffled)
    assert pairs(shuffled) == pairs(found)
    keys = [frozenset((pair.first.key, pair.second.key)) for pair in pairs(found)]
    assert len(set(keys)) == len(keys)
    for pair in pairs(found):
        assert pair.other(pair.first.key) is pair.second
        assert pair.other(pair.second.key) is pair.first


def test_a_title_is_known_by_the_words_that_say_something():
    assert title_words("Webinar: Tata Naskah & Arsip") == {"tata", "naskah", "arsip"}
    assert title_words("Webinar") == {"webinar"}
