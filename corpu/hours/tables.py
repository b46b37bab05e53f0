"""The conversion tables that this installation ships, read once per process."""

from datetime import date
from functools import cache

from corpu import vocabulary
from corpu.hours.conversion import Form, Table, table_on, tables_of


@cache
def tables() -> tuple[Table, ...]:
    """Every table, the earliest first."""
    return tables_of(vocabulary.load("jp_conversion"))


def forms_on(day: date) -> tuple[Form, ...]:
    """The forms of the table in force on a day, in its order."""
    return tuple(table_on(tables(), day).forms.values())


@cache
def form_of(version: str, code: str) -> Form:
    """A form as the version that a record names has it. A version is never taken out of the
    data file; LookupError where somebody did."""
    for table in tables():
        if table.version == version and code in table.forms:
            return table.forms[code]
    raise LookupError(f"{code} of {version}")


def source_of(version: str) -> str:
    """The regulation that a version follows."""
    return next(table.source for table in tables() if table.version == version)
