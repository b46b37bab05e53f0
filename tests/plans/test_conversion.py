"""What an item of a plan is worth, by the table of the Buku JP that holds on the day."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from corpu.hours import tables
from corpu.hours.conversion import Cap, Period
from corpu.plans.conversion import FORM_OF, form_on
from corpu.plans.rules import GUIDE, Kind
from corpu.plans.words import kind_notes

TODAY = date(2026, 11, 24)


def test_every_kind_of_item_has_its_form_in_every_version():
    for table in tables.tables():
        shares = {form_on(kind, table.valid_from)[0].mix for kind in Kind}
        assert shares == set(GUIDE)


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
    form, version = form_on(kind, TODAY)
    assert (form.mix, form.jp, form.most) == (mix, jp, most)
    assert version == "perlan-10-2018.1"


def test_a_new_table_gives_other_jp_from_its_day_on(monkeypatch):
    (first,) = tables.tables()
    coaching = FORM_OF[Kind.COACHING]
    changed = replace(first.forms[coaching], jp=Decimal(3), cap=Cap(Decimal(7), Period.MONTH))
    begins = date(2027, 1, 1)
    second = replace(
        first, version="uji.2", valid_from=begins, forms={**first.forms, coaching: changed}
    )
    monkeypatch.setattr(tables, "tables", lambda: (first, second))
    before, name_before = form_on(Kind.COACHING, date(2026, 12, 31))
    after, name_after = form_on(Kind.COACHING, begins)
    assert (before.jp, before.most, name_before) == (2, 24, "perlan-10-2018.1")
    assert (after.jp, after.most, name_after) == (3, 24, "uji.2"), "two whole sessions in 7 JP"


def test_the_notes_of_the_form_are_those_of_the_table(app, monkeypatch):
    (first,) = tables.tables()
    changed = replace(first.forms["NKL01"], jp=Decimal(3), cap=Cap(Decimal(7), Period.MONTH))
    second = replace(first, forms={**first.forms, "NKL01": changed})
    with app.test_request_context():
        assert "2 JP per sesi" in kind_notes(TODAY)[Kind.COACHING]
        monkeypatch.setattr(tables, "tables", lambda: (second,))
        note = kind_notes(TODAY)[Kind.COACHING]
    assert note == "3 JP per sesi. Dihitung paling banyak 7 JP sebulan."
