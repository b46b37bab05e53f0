"""Where the year leads."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu.hours.forecast import Outlook, forecast
from corpu.hours.rules import TARGET_JP

days = st.dates(date(2019, 1, 1), date(2032, 12, 31))
hours = st.decimals(0, 60, places=2, allow_nan=False)
NONE = Decimal()


def test_the_pace_so_far_goes_on():
    found = forecast(Decimal(12), NONE, date(2026, 6, 30))  # day 181 of 365
    assert (found.outlook, found.at_year_end) == (Outlook.ON_PACE, Decimal("24.19"))
    assert found.reached_on == date(2026, 10, 29)  # day 302: 12 · 302 / 181 is 20,02
    found = forecast(Decimal(12), NONE, date(2026, 11, 24))  # day 328, 38 are left
    assert (found.outlook, found.at_year_end) == (Outlook.BEHIND, Decimal("13.35"))
    assert (found.missing, found.reached_on) == (8, None)
    assert found.per_month == Decimal("6.32")  # 8 · 30 / 38, upwards


@pytest.mark.parametrize(
    ("counted", "waiting", "outlook"),
    [
        ("20", "0", Outlook.REACHED),
        ("25", "9", Outlook.REACHED),
        ("12", "8", Outlook.WAITING_REACHES),
        ("0", "20", Outlook.WAITING_REACHES),
        ("0", "2", Outlook.NOTHING),
        ("2", "2", Outlook.BEHIND),
    ],
)
def test_the_outlook_has_a_name(counted, waiting, outlook):
    assert forecast(Decimal(counted), Decimal(waiting), date(2026, 11, 24)).outlook is outlook


@given(hours, hours, days)
def test_it_never_says_less_than_there_is(counted, waiting, today):
    found = forecast(counted, waiting, today)
    assert found.at_year_end >= counted
    assert found.missing == max(NONE, TARGET_JP - counted)
    assert (found.outlook is Outlook.REACHED) is (counted >= TARGET_JP)
    assert 0 <= found.per_month <= found.missing
    if found.reached_on is not None:
        assert today <= found.reached_on <= date(today.year, 12, 31)
        assert found.at_year_end >= TARGET_JP
    if (today.month, today.day) == (12, 31):
        assert found.at_year_end == counted
        assert found.per_month == found.missing


@given(hours, st.decimals(0, 20, places=2), days)
def test_more_hours_never_look_worse(counted, more, today):
    before, after = forecast(counted, NONE, today), forecast(counted + more, NONE, today)
    assert after.at_year_end >= before.at_year_end
    assert after.per_month <= before.per_month
    if before.reached_on is not None and after.missing:
        assert after.reached_on is not None
        assert after.reached_on <= before.reached_on


@pytest.mark.parametrize("pair", [("-1", "0"), ("0", "-1")])
def test_negative_hours_are_an_error(pair):
    with pytest.raises(ValueError, match="negative"):
        forecast(*map(Decimal, pair), date(2026, 1, 1))
