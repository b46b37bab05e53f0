"""What becomes of a certificate after its issue, decided on plain values."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpu.credentials.life import (
    CONSENT,
    REMIND_BEFORE,
    Answer,
    Asked,
    Standing,
    answers,
    consent_is_needed,
    reminder_due,
    standing,
)
from corpu.learning.validity import (
    RENEW_BEFORE,
    months_after,
    months_of,
    renewable_from,
    valid_until,
)

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 5, tzinfo=UTC)
days = st.dates(date(2000, 1, 1), date(2080, 1, 1))
months = st.integers(1, 120)


@pytest.mark.parametrize(
    ("revoked", "superseded", "last", "expected"),
    [
        (None, None, None, Standing.VALID),
        (None, None, DAY, Standing.VALID),  # the last day is one on which it holds
        (None, None, DAY - timedelta(1), Standing.EXPIRED),
        (None, AT, None, Standing.SUPERSEDED),
        (None, AT, DAY - timedelta(1), Standing.SUPERSEDED),
        (AT, None, None, Standing.REVOKED),
        (AT, None, DAY - timedelta(1), Standing.REVOKED),
    ],
)
def test_a_certificate_is_worth_the_gravest_that_was_said(revoked, superseded, last, expected):
    found = standing(revoked_at=revoked, superseded_at=superseded, valid_until=last, day=DAY)
    assert found is expected


def test_who_asked_may_only_withdraw_and_others_agree_or_refuse_while_it_waits():
    for state, is_asker, late in product(Asked, (True, False), (True, False)):
        lapses_at = AT if late else AT + timedelta(seconds=1)
        found = answers(state, is_asker=is_asker, lapses_at=lapses_at, at=AT)
        if state is not Asked.WAITING or late:
            assert found == frozenset(), (state, is_asker, late)
        else:
            assert found == ({Answer.WITHDRAW} if is_asker else {Answer.AGREE, Answer.REFUSE})


def test_consent_that_was_given_up_is_needed_to_the_last_moment():
    assert not consent_is_needed(False, None, AT)
    assert consent_is_needed(True, None, AT)
    assert consent_is_needed(True, AT + timedelta(seconds=1), AT)
    assert not consent_is_needed(True, AT, AT)
    assert timedelta(days=14) == CONSENT


@settings(max_examples=40)
@given(days, st.integers(1, 8), st.integers(0, 200))
def test_each_reminder_comes_once_and_in_time_however_often_one_looks(start, count, pause):
    """From whatever day on, with a pause of the worker somewhere."""
    last = months_after(start, count)
    sent = []
    day = start
    while day <= last + timedelta(days=3):
        due = reminder_due(last, day, sent)
        if due is not None:
            assert 0 <= (last - day).days <= due
            assert all(due < earlier for earlier in sent)
            sent.append(due)
            assert reminder_due(last, day, sent) is None, "twice a day is once"
            day += timedelta(days=pause % 40)
        day += timedelta(days=1)
    assert len(sent) == len(set(sent)) <= len(REMIND_BEFORE)
    if (last - start).days >= max(REMIND_BEFORE) and pause % 40 == 0:
        assert sent == list(REMIND_BEFORE)


@given(days, months)
def test_the_end_lies_in_the_month_so_many_months_on(day, count):
    end = months_after(day, count)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == count
    assert end.day <= day.day
    assert end.day == day.day or months_after(end, 0) == end
    opens = renewable_from([(day, count)], day)
    assert day < opens <= end
    assert opens == max(end - RENEW_BEFORE, day + timedelta(days=1))


@given(st.dictionaries(days, st.none() | months, max_size=4), days, days, months)
def test_a_rule_never_reaches_back(rules, completed, later, count):
    """Whatever is said for later days, what was completed before keeps its end."""
    said = list(rules.items())
    before = valid_until(said, completed)
    if later > completed:
        assert valid_until([*said, (later, count)], completed) == before
    if not any(start <= completed for start in rules):
        assert before is None
    assert (months_of(said, completed) is None) == (before is None)
