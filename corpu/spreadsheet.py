"""Tables for spreadsheet programs: comma-separated, and harmless when opened.

What people typed may begin with a sign that a spreadsheet takes for a formula (OWASP, CSV
injection); such a cell gets an apostrophe in front, which the program shows as plain text.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

BOM = "\ufeff"  # without it Excel reads UTF-8 as the code page of the machine
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
FULLWIDTH = ("＝", "＋", "－", "＠")  # some programs read these like their ASCII twins


def safe_cell(value: object) -> str:
    """The text of a cell that no spreadsheet program computes; a number stays one."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA + FULLWIDTH) else text


def csv_lines(header: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The file line by line, beginning with the mark by which UTF-8 is known."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    yield BOM
    for row in chain([header], rows):
        writer.writerow([safe_cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
