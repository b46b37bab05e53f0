"""The conversion of activities into JP, dated: which table holds on a day, and its rows.

Values after Peraturan LAN 10/2018; 1 JP = 45 minutes. Coaching and mentoring count at most
two sessions a month, hence 24 a year; self-directed learning at most 2 JP a day. E-learning
counts with the JP of the course itself, as most agencies print it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from corpu.plans.rules import Form, Kind
from corpu.vocabulary import load

# The form of the regulation under which each kind of item counts.
FORM_OF = {
    Kind.COURSE: "NKL03",
    Kind.COACHING: "NKL01",
    Kind.MENTORING: "NKL02",
    Kind.SECONDMENT: "NKL05",
    Kind.READING: "NKL09",
    Kind.PROJECT: "NKL13",
}


@dataclass(frozen=True)
class Table:
    """One version of the conversion, in force from a day on."""

    version: int
    valid_from: date
    forms: dict[str, Form]

    def form_of(self, kind: Kind) -> Form:
        return self.forms[FORM_OF[kind]]


@cache
def tables() -> tuple[Table, ...]:
    """Every version, latest first."""
    read = [
        Table(
            version=row["version"],
            valid_from=date.fromisoformat(row["valid_from"]),
            forms={
                form["code"]: Form(
                    code=form["code"],
                    mix=form["mix"],
                    jp=None if form["jp"] is None else Decimal(form["jp"]),
                    most=form["most_a_year"],
                )
                for form in row["forms"]
            },
        )
        for row in load("jp_conversion")["versions"]
    ]
    return tuple(sorted(read, key=lambda table: table.valid_from, reverse=True))


def table_on(day: date) -> Table:
    """The table in force on a day; before the first version, the first."""
    return next((table for table in tables() if table.valid_from <= day), tables()[-1])
