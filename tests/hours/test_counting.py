"""Caps per form and period."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu.hours.conversion import Cap, Period
from corpu.hours.counting import Record, count, most_that_fits, place, totals

A_DAY, A_MONTH = Cap(Decimal(2), Period.DAY), Cap(Decimal(4), Period.MONTH)
FORMS = {"NKL09": A_DAY, "NKL01": A_MONTH, "KL03": None}
FIRST = date(2026, 3, 2)


@st.composite
def records(draw, most=9):
    found = []
    for key in range(draw(st.integers(0, most))):
        form = draw(st.sampled_from(sorted(FORMS)))
        begin = FIRST + timedelta(draw(st.integers(0, 50 if form == "NKL01" else 8)))
        end = begin + timedelta(draw(st.integers(0, 40 if form == "NKL01" else 4)))
        jp = draw(st.decimals(0, 12, places=1))
        found.append(Record(key, form, begin, end, jp, FORMS[form], draw(st.booleans())))
    return found


def sums(found):
    return totals(count(found).values())


def record(key, first, last, jp, form="NKL09"):
    return Record(key, form, date(2026, 3, first), date(2026, 3, last), Decimal(jp), FORMS[form])


def test_a_third_session_in_a_month_does_not_count():
    log = [record(key, key, key, 2, "NKL01") for key in (1, 9, 20)]
    assert [one.jp for one in count(log).values()] == [2, 2, 0]
    assert sums(log).over_cap == 2


def test_two_jp_a_day_and_no_more_of_self_study():
    assert sums([record(1, 2, 2, 2), record(2, 2, 2, 2)]).verified == 2
    assert sums([record(1, 2, 6, 10), record(2, 4, 4, 2)]).verified == 10


def test_a_wide_span_makes_room_for_a_narrow_one():
    wide, narrow = record(1, 2, 3, 2), record(2, 2, 2, 2)
    assert sums([wide, narrow]).verified == 4
    assert sums([narrow, wide]).verified == 4


def test_what_waits_takes_nothing_from_what_is_verified():
    waits = replace(record(1, 2, 2, 2), is_verified=False)
    found = count([waits, record(2, 2, 2, 2)])
    assert (found[1].jp, found[2].jp) == (0, 2)
    assert sums([waits]) == replace(sums([]), waiting=Decimal(2))


@given(records(), st.data())
def test_one_record_more_never_lowers_the_total(found, data):
    more = data.draw(records(most=1))
    added = [replace(one, key="more") for one in more]
    before, after = sums(found), sums(found + added)
    assert after.verified >= before.verified
    assert after.verified + after.waiting >= before.verified + before.waiting


@given(records(), st.randoms())
def test_the_order_of_entering_never_matters(found, random):
    shuffled = list(found)
    random.shuffle(shuffled)
    assert count(shuffled) == count(found)


@given(records())
def test_no_cap_is_ever_exceeded(found):
    """Within any stretch of periods, what lies wholly inside counts no more than they hold."""
    counted = count(found)
    for form, cap in FORMS.items():
        if cap is None:
            continue
        mine = [
            (place(one.started_on, cap.per), place(one.ended_on, cap.per), counted[one.key].jp)
            for one in found
            if one.form == form
        ]
        for begin in {first for first, _last, _jp in mine}:
            for end in {last for _first, last, _jp in mine}:
                inside = sum(jp for first, last, jp in mine if begin <= first and last <= end)
                assert inside <= max(0, end - begin + 1) * cap.jp


@given(records())
def test_each_counts_between_nothing_and_all_of_it(found):
    counted = count(found)
    assert set(counted) == {one.key for one in found}
    for one in found:
        assert 0 <= counted[one.key].jp <= one.jp
        assert counted[one.key].over >= 0
        if one.cap is None:
            assert counted[one.key].jp == one.jp


@given(records(most=6))
def test_the_total_is_the_most_that_fits(found):
    for form, cap in FORMS.items():
        mine = [replace(one, jp=Decimal(int(one.jp))) for one in found if one.form == form]
        if cap is not None:
            assert most_that_fits(mine, cap) == fitted_by_paths(mine, cap)


def fitted_by_paths(found, cap):
    """The same by augmenting paths, which know nothing of calendars; in whole JP."""
    room, owner = {}, {}
    for one in found:
        for here in range(place(one.started_on, cap.per), place(one.ended_on, cap.per) + 1):
            for slot in range(int(cap.jp)):
                room.setdefault(here, set()).add((here, slot))

    def seat(one, seen):
        for here in range(place(one.started_on, cap.per), place(one.ended_on, cap.per) + 1):
            for slot in room[here] - seen:
                seen.add(slot)
                if slot not in owner or seat(owner[slot], seen):
                    owner[slot] = one
                    return True
        return False

    return sum(seat(one, set()) for one in found for _jp in range(int(one.jp)))


def test_negative_jp_and_a_key_twice_are_errors():
    with pytest.raises(ValueError, match="negative"):
        count([record(1, 2, 2, -1)])
    with pytest.raises(ValueError, match="twice"):
        count([record(1, 2, 2, 1), record(1, 3, 3, 1)])
