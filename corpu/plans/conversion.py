"""What an item of a plan is worth, by the conversion table of the Buku JP.

The table is that of the hours, so that a plan foresees what its items will be when they are
written down. Coaching and mentoring count within a month, self-directed learning within a day;
a plan is for a year and takes the caps of its months or days together. E-learning counts with
the JP of the course itself, as its certificate prints them.
"""

from datetime import date
from decimal import Decimal

from corpu.hours import conversion, tables
from corpu.hours.conversion import Cap, Period, table_on
from corpu.plans.rules import Form, Kind

# The form of the regulation under which each kind of item counts.
FORM_OF = {
    Kind.COURSE: "NKL03",
    Kind.COACHING: "NKL01",
    Kind.MENTORING: "NKL02",
    Kind.SECONDMENT: "NKL05",
    Kind.READING: "NKL09",
    Kind.PROJECT: "NKL13",
}
PERIODS_A_YEAR = {Period.DAY: 366, Period.MONTH: 12}


def counted_as(kind: Kind, day: date) -> tuple[conversion.Form, str]:
    """How a kind of item counts by the table in force on a day, and that table's version."""
    table = table_on(tables.tables(), day)
    return table.forms[FORM_OF[kind]], table.version


def form_on(kind: Kind, day: date) -> tuple[Form, str]:
    """The same as a plan reckons with it."""
    form, version = counted_as(kind, day)
    return Form(form.code, form.share, form.jp, _most(form.jp, form.cap)), version


def _most(jp: Decimal | None, cap: Cap | None) -> int | None:
    """How many units of a form count within a year; None where no cap says so."""
    if jp is None or cap is None:
        return None
    return int(cap.jp // jp) * PERIODS_A_YEAR[cap.per]
