"""Hours by the calendar of the unit's zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu.hours.rules import TARGET_JP, remaining, total
from corpu.zones import ZONE_LABELS, local_date, local_year, zone_label

OFFSETS = {"WIB": 7, "WITA": 8, "WIT": 9}

hours = st.decimals(0, 100, places=2, allow_nan=False)
years = st.integers(2025, 2027)
zones = st.sampled_from(sorted(ZONE_LABELS))
moments = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds


@dataclass(frozen=True)
class Line:
    jp: Decimal
    year: int


lines = st.lists(st.builds(Line, hours, years))


@pytest.mark.parametrize(
    ("zone", "label"),
    [
        ("Asia/Jakarta", "WIB"),
        ("Asia/Pontianak", "WIB"),
        ("Asia/Makassar", "WITA"),
        ("Asia/Jayapura", "WIT"),
    ],
)
def test_each_zone_has_its_label(zone, label):
    assert zone_label(zone) == label


@pytest.mark.parametrize("zone", ["UTC", "Asia/Singapore", "", "WIB"])
def test_a_zone_outside_indonesia_is_refused(zone):
    with pytest.raises(ValueError, match="time zone"):
        zone_label(zone)
    with pytest.raises(ValueError, match="time zone"):
        local_year(datetime(2026, 1, 1, tzinfo=UTC), zone)


@pytest.mark.parametrize(
    ("zone", "first_hour"), [("Asia/Jakarta", 17), ("Asia/Makassar", 16), ("Asia/Jayapura", 15)]
)
def test_the_year_begins_at_local_midnight(zone, first_hour):
    midnight = datetime(2026, 12, 31, first_hour, tzinfo=UTC)
    assert local_year(midnight - timedelta(microseconds=1), zone) == 2026
    assert local_year(midnight, zone) == 2027
    assert local_date(midnight, zone) == date(2027, 1, 1)


def test_one_moment_may_lie_in_two_years():
    moment = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
    assert [local_year(moment, zone) for zone in ("Asia/Jakarta", "Asia/Jayapura")] == [2026, 2027]


@given(moments, zones)
def test_the_day_is_that_of_the_fixed_offset(moment, zone):
    offset = timezone(timedelta(hours=OFFSETS[zone_label(zone)]))
    assert local_date(moment, zone) == moment.astimezone(offset).date()


@given(moments, zones, st.integers(-12, 14))
def test_a_moment_has_one_day_whatever_zone_it_is_written_in(moment, zone, shift):
    written = moment.astimezone(timezone(timedelta(hours=shift)))
    assert local_date(written, zone) == local_date(moment, zone)


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        local_date(datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None), "Asia/Jakarta")


@given(lines, hours, years, years)
def test_more_jp_never_lowers_a_total(entries, jp, year, asked):
    before = total(entries, asked)
    after = total([*entries, Line(jp, year)], asked)
    assert after == before + (jp if year == asked else 0)
    assert after >= before
    assert remaining(after) <= remaining(before)


@given(lines, years)
def test_total_and_remaining_make_the_target_or_the_target_is_reached(entries, year):
    done = total(entries, year)
    assert done + remaining(done) == max(done, TARGET_JP)


@given(lines)
def test_the_years_share_all_hours_among_them(entries):
    assert sum(total(entries, year) for year in (2025, 2026, 2027)) == sum(e.jp for e in entries)


def test_without_entries_the_whole_target_remains():
    nothing = total([], 2026)
    assert (nothing, remaining(nothing), type(nothing)) == (0, 20, Decimal)
    assert remaining(Decimal("17.5"), Decimal(24)) == Decimal("6.5")


def test_a_negative_entry_is_an_error():
    with pytest.raises(ValueError, match="negative"):
        total([Line(Decimal(-1), 2026)], 2026)
