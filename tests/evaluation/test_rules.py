"""Boxes open in fives; bands, quadrants and half-years follow the data file."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from corpu.evaluation import rules
from corpu.evaluation.rules import Box, Quadrant
from corpu.vocabulary import load

answers = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from("abc"), st.sampled_from(["1/5", "4/2"]), min_size=1),
        st.text(max_size=5),
    ),
    max_size=17,
)


def filled(given_):
    box, out, states = Box(), [], []
    for answer, remark in given_:
        box, released = rules.dropped(box, answer, remark)
        out += released
        states.append(box)
    return box, out, states


@given(answers)
def test_whatever_is_shown_is_shown_in_fives_and_nothing_is_lost(given_):
    box, out, states = filled(given_)
    assert box.shown == len(given_) // 5 * 5
    assert box.shown + box.held == len(given_)
    total = sum(len(answer) for answer, _remark in given_)
    counted = rules.merged(box.tally, box.waiting)
    assert sum(sum(counts.values()) for counts in counted.values()) == total
    assert sorted([*out, *box.remarks]) == sorted(remark for _answer, remark in given_ if remark)
    for before, after in zip([Box(), *states], states, strict=False):
        assert after.shown > before.shown or after.tally == before.tally


@given(answers)
def test_what_lies_between_two_looks_at_an_item_are_five_answers_or_none(given_):
    *_, states = filled(given_)
    for before, after in zip([Box(), *states], states, strict=False):
        for item, counts in after.tally.items():
            more = sum(counts.values()) - sum(before.tally.get(item, {}).values())
            assert more == 0 or more >= 5


@given(answers.filter(lambda given_: len(given_) >= 5), st.randoms())
def test_a_box_does_not_tell_in_which_order_its_five_answers_came(given_, random):
    five = given_[:5]
    mixed = random.sample(five, 5)
    assert filled(five)[:2] == filled(mixed)[:2]


def test_bands_and_quadrants_begin_above_the_cut():
    bands = load("evaluation")["reaction"]["bands"]
    assert [rules.band(Decimal(v), bands) for v in ("4.36", "4.35", "3.41", "2.6", "1.8", "1")] == [
        "very_good", "good", "good", "poor", "bad", "bad",
    ]  # fmt: skip
    cut = Decimal("4.35")
    high, low = Decimal("4.36"), Decimal("4.35")
    assert rules.quadrant(high, high, cut) is Quadrant.KEEP
    assert rules.quadrant(high, low, cut) is Quadrant.IMPROVE
    assert rules.quadrant(low, high, cut) is Quadrant.EXCESS
    assert rules.quadrant(low, low, cut) is Quadrant.LOW
    behaviour = load("evaluation")["behaviour"]["bands"]
    assert [rules.band(Decimal(v), behaviour) for v in (91, 90, 80, 70, 60, 0)] == [
        "very_good", "good", "fair", "poor", "bad", "bad",
    ]  # fmt: skip


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 12))
def test_months_later_is_in_the_month_meant(day, months):
    later = rules.months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


def test_half_years():
    assert rules.half_year(date(2026, 6, 30)) == date(2026, 1, 1)
    assert rules.half_year(date(2026, 7, 1)) == date(2026, 7, 1)


def test_no_answer_is_not_a_zero():
    assert rules.mean({}) is None
    assert rules.mean({"4/2": 1, "5/1": 1}, 1) == Decimal("1.50")
