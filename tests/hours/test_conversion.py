"""JP by form of learning, by dated tables."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu import vocabulary
from corpu.hours.conversion import (
    JP_OF_A_DAY,
    BadAmount,
    BadDays,
    Measure,
    Period,
    UnknownForm,
    convert,
    table_on,
    tables_of,
)

TABLES = tables_of(vocabulary.load("jp_conversion"))
TABLE = TABLES[-1]
TODAY = date(2026, 11, 24)
codes = st.sampled_from(sorted(TABLE.forms))
days = st.dates(date(2019, 1, 1), TODAY)
amounts = st.decimals(-5, 400, places=2, allow_nan=False) | st.none()


def jp(code, first, last=None, amount=None):
    amount = None if amount is None else Decimal(amount)
    return convert(TABLES, code, first, last or first, amount, today=TODAY).jp


def test_the_table_has_the_25_forms_of_the_regulation():
    assert len(TABLE.forms) == 25
    assert sum(form.is_classical for form in TABLE.forms.values()) == 12
    assert {form.share for form in TABLE.forms.values()} == {10, 20, 70}


# The values of the annex of Perlan 10/2018, as two implementations have them.
@pytest.mark.parametrize(
    ("expected", "codes"),
    {
        4: ["KL06", "KL08", "KL09", "KL10", "KL11", "NKL04", "NKL06"],
        5: ["KL07"],
        3: ["NKL03"],
        2: ["NKL09", "NKL10"],
        10: ["NKL07"],
        20: ["NKL05", "NKL08", "NKL12"],
    }.items(),
)
def test_one_day_or_activity_gives_its_jp(expected, codes):
    assert {jp(code, TODAY) for code in codes} == {expected}


def test_days_sessions_and_printed_jp_are_what_they_say():
    monday = date(2026, 3, 2)
    assert jp("KL07", monday, monday + timedelta(2)) == 15
    assert jp("KL07", monday, monday + timedelta(2), 2) == 10
    assert jp("NKL01", monday, monday + timedelta(20), 3) == 6
    assert jp("KL03", monday, monday + timedelta(4), "32.5") == Decimal("32.5")
    assert jp("NKL03", monday, monday + timedelta(4)) == 15
    assert jp("NKL03", monday, monday + timedelta(4), 7) == 7
    assert jp("NKL05", date(2025, 11, 1), date(2026, 2, 1)) == 20


@pytest.mark.parametrize(
    ("code", "first", "last", "amount", "refusal"),
    [
        ("KL06", date(2026, 3, 3), date(2026, 3, 2), None, BadDays),
        ("KL06", TODAY, TODAY + timedelta(1), None, BadDays),
        ("KL06", date(2018, 12, 31), date(2018, 12, 31), None, BadDays),
        ("KL06", date(2025, 12, 31), date(2026, 1, 1), None, BadDays),
        ("NKL05", date(2020, 1, 1), date(2026, 1, 1), None, BadDays),
        ("KL06", TODAY, TODAY, "-1", BadAmount),
        ("KL06", TODAY, TODAY, "0", BadAmount),
        ("KL06", TODAY, TODAY, "NaN", BadAmount),
        ("KL06", TODAY, TODAY, "Infinity", BadAmount),
        ("KL06", TODAY, TODAY, "1.5", BadAmount),
        ("KL06", TODAY, TODAY, "2", BadAmount),
        ("KL03", TODAY, TODAY, None, BadAmount),
        ("KL03", TODAY, TODAY, "32.01", BadAmount),
        ("KL03", TODAY, TODAY, "1.005", BadAmount),
        ("NKL01", TODAY, TODAY, None, BadAmount),
        ("NKL01", TODAY, TODAY, "17", BadAmount),
        ("NKL11", date(2025, 1, 1), date(2025, 12, 31), "5000", BadAmount),  # 10,000 JP
        ("NKL05", TODAY, TODAY, "2", BadAmount),
        ("KL99", TODAY, TODAY, "1", UnknownForm),
    ],
)
def test_what_cannot_be_is_refused(code, first, last, amount, refusal):
    with pytest.raises(refusal):
        jp(code, first, last, amount)


@given(codes, days, st.integers(-40, 400), amounts)
def test_jp_are_never_negative_nor_more_than_the_days_hold(code, first, length, amount):
    last = min(first + timedelta(length), TODAY)
    try:
        found = convert(TABLES, code, first, last, amount, today=TODAY)
    except (BadDays, BadAmount):
        return
    assert last >= first
    assert found.jp > 0
    assert found.year == last.year
    assert found.jp == found.jp.quantize(Decimal("0.01"))
    if found.form.measure is not Measure.ACTIVITY:
        assert found.jp <= JP_OF_A_DAY * ((last - first).days + 1)
    assert found.version == TABLE.version


@given(codes, days, st.integers(1, 100))
def test_dates_in_the_wrong_order_are_refused_for_every_form(code, first, back):
    with pytest.raises(BadDays):
        convert(TABLES, code, first, first - timedelta(back), Decimal(1), today=TODAY)


def row(**changes):
    form = {"code": "X", "name_id": "x", "name_en": "x", "route": "classical", "share": 10}
    return form | {"measure": "day", "jp": "4"} | changes


def versions(*rows):
    return {
        "versions": [
            {"version": name, "valid_from": day, "source": "uji", "forms": forms}
            for name, day, forms in rows
        ]
    }


def test_the_table_of_the_last_day_decides_and_is_named():
    tables = tables_of(
        versions(("b", "2026-01-01", [row(jp="6")]), ("a", "2025-01-01", [row(jp="4")]))
    )
    found = [
        convert(tables, "X", day, day, None, today=TODAY)
        for day in (date(2025, 12, 31), date(2026, 1, 1))
    ]
    assert [(one.version, one.jp) for one in found] == [("a", 4), ("b", 6)]
    assert table_on(tables, date(2040, 1, 1)).version == "b"


@pytest.mark.parametrize(
    "data",
    [
        versions(("a", "2025-07-01", [row()])),
        versions(("a", "2025-01-01", [row(), row()])),
        versions(("a", "2025-01-01", [row()]), ("a", "2026-01-01", [row()])),
        versions(("a", "2025-01-01", [row()]), ("b", "2025-01-01", [row()])),
        versions(("a", "2025-01-01", [row(jp="-4")])),
        versions(("a", "2025-01-01", [row(measure="jp")])),
        versions(("a", "2025-01-01", [row(cap={"jp": "0", "per": "day"})])),
        versions(("a", "2025-01-01", [row(cap={"jp": "2", "per": "week"})])),
    ],
)
def test_a_table_that_contradicts_itself_is_no_table(data):
    with pytest.raises(ValueError, match=r"\w"):
        tables_of(data)


def test_the_caps_are_those_of_the_annex():
    caps = {code: form.cap for code, form in TABLE.forms.items() if form.cap}
    assert {code: (cap.jp, cap.per) for code, cap in caps.items()} == {
        "NKL01": (4, Period.MONTH),
        "NKL02": (4, Period.MONTH),
        "NKL09": (2, Period.DAY),
        "NKL10": (2, Period.DAY),
    }
