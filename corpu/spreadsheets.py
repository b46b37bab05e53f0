"""Tables for spreadsheets: CSV that opens with its letters right and runs nothing."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

# What a spreadsheet takes for the beginning of a formula, also behind blanks.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_csv(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it, commas between, lines ended CRLF
    (RFC 4180). Numbers have a decimal point; None leaves its cell empty, which is not zero."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([cell(value) for value in heading])
    writer.writerows([cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def cell(value: object) -> str:
    """A value as it stands in the file. Text that would be a formula is made text by an
    apostrophe before it; numbers of ours stay numbers."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("\x00", "")
    return f"'{text}" if text.lstrip(" \u00a0").startswith(FORMULA) else text
