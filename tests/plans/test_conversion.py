"""Which table of JP holds on a day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from corpu.plans import conversion
from corpu.plans.rules import GUIDE, Kind


def test_every_kind_of_item_has_its_row_in_every_version():
    for table in conversion.tables():
        assert {table.form_of(kind).mix for kind in Kind} == set(GUIDE)


@pytest.mark.parametrize(
    ("kind", "mix", "jp", "most"),
    [
        (Kind.COURSE, 10, None, None),
        (Kind.COACHING, 20, Decimal(2), 24),
        (Kind.MENTORING, 20, Decimal(2), 24),
        (Kind.SECONDMENT, 70, Decimal(20), None),
        (Kind.READING, 70, Decimal(2), 366),
        (Kind.PROJECT, 70, None, None),
    ],
)
def test_the_values_are_those_of_the_regulation(kind, mix, jp, most):
    form = conversion.table_on(date(2026, 11, 24)).form_of(kind)
    assert (form.mix, form.jp, form.most) == (mix, jp, most)


def test_a_version_holds_from_its_day_until_the_next(monkeypatch):
    first = conversion.table_on(date(2026, 1, 1))
    begins = date(2027, 1, 1)
    second = conversion.Table(2, begins, first.forms)
    monkeypatch.setattr(conversion, "tables", lambda: (second, first))
    assert conversion.table_on(begins - timedelta(days=1)) is first
    assert conversion.table_on(begins) is second
    assert conversion.table_on(date(2000, 1, 1)) is first, "nothing is older than the first"
