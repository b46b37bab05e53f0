"""Tables for spreadsheets: CSV that opens with its letters right and runs nothing.

What people typed may begin with a sign that a spreadsheet takes for a formula (OWASP, CSV
injection); such a cell gets an apostrophe in front, which the program shows as plain text.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain

BOM = "\ufeff"  # without it Excel reads UTF-8 as the code page of the machine
# Some programs read the full-width signs like their ASCII twins.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: object) -> str:
    """A value as it stands in the file: numbers stay numbers with a decimal point, None leaves
    its cell empty (which is not zero), text that would be computed is made text."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | float):
        return str(value)
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA) else text


def csv_lines(heading: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The file line by line (RFC 4180), beginning with the mark by which UTF-8 is known."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    yield BOM
    for row in chain([heading], rows):
        writer.writerow([cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def as_csv(heading: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """The whole file in UTF-8."""
    return "".join(csv_lines(heading, rows)).encode("utf-8")
