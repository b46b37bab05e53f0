"""Tables that come in and go out: CSV and XLSX.

What comes in was written by a stranger: every part of a workbook is unpacked within a limit
before it is read, no document type or entity is taken, formulas count with their last value.
What goes out holds text and numbers only; text that a spreadsheet would compute is made text
(`spreadsheets.cell`).
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from corpu.errors import N_, DomainError
from corpu.spreadsheets import FORMULA, cell

LARGEST = 2 * 1024 * 1024  # bytes of a file
MOST_PARTS, MOST_UNPACKED = 200, 16 * 1024 * 1024  # of an XLSX; bytes of all parts together
MOST_ROWS, MOST_COLUMNS = 5000, 300
LONGEST_CELL = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What no XML holds (XML 1.0, 2.2).
UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Table = list[list[str]]


class BadTable(DomainError):
    """A file that is no table, or too large a one."""

    field = "file"
    message = N_("Kirim tabel sebagai CSV (UTF-8) atau XLSX yang utuh.")


class TooLarge(BadTable):
    message = N_("Tabel ini terlalu besar: paling banyak %(rows)s baris dan %(columns)s kolom.")

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        super().__init__(rows=most_rows, columns=MOST_COLUMNS)


def read_table(data: bytes, *, most_rows: int = MOST_ROWS) -> Table:
    """The rows of a CSV, or of the first sheet of an XLSX, as text; what is empty at the end is
    left out, an empty row between others stays, so that a row has the number that people see.
    What the file is follows from its content. Raises BadTable."""
    if not data.strip():
        raise BadTable(N_("Berkas ini kosong. Pilih berkasnya sekali lagi."))
    if len(data) > LARGEST:
        raise BadTable(
            N_("Berkas ini lebih dari 2 MB. Bagi tabelnya, atau hapus yang tidak perlu.")
        )
    table: Table = []
    for row in _from_xlsx(data) if data.startswith(b"PK\x03\x04") else _from_csv(data):
        cells = [_plain(text) for text in row]
        while cells and not cells[-1]:
            cells.pop()
        if len(table) >= most_rows or len(cells) > MOST_COLUMNS:
            raise TooLarge(most_rows)
        if any(len(text) > LONGEST_CELL for text in cells):
            raise BadTable(N_("Ada sel yang lebih dari 20.000 huruf."))
        table.append(cells)
    while table and not table[-1]:
        table.pop()
    return table


def as_xlsx(title: str, heading: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """A workbook of one sheet: numbers as numbers, everything else as text that runs nothing."""
    import openpyxl  # noqa: PLC0415 - 15 MB that only tables need

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
    sheet.freeze_panes = "A2"
    first = [openpyxl.cell.WriteOnlyCell(sheet, _written(value)) for value in heading]
    for one in first:
        one.font = openpyxl.styles.Font(bold=True)
    sheet.append(first)
    for row in rows:
        sheet.append([_written(value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _written(value: object) -> int | str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return UNWRITABLE.sub("", cell(value)) or None


def _plain(text: str) -> str:
    """Without the apostrophe that keeps a cell text: before a formula (see `spreadsheets.cell`)
    and before a number that is none, as a NIP."""
    text = text.strip()
    rest = text[1:].lstrip(" \u00a0")
    is_kept = text.startswith("'") and (rest.startswith(FORMULA) or rest[:1].isdecimal())
    return text[1:].strip() if is_kept else text


def _from_csv(data: bytes) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadTable(N_("Simpan CSV sebagai UTF-8, atau kirim XLSX.")) from None
    if "\0" in text:
        raise BadTable
    first = text.lstrip("\r\n").partition("\n")[0]
    mark = max((",", ";", "\t"), key=first.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
    except csv.Error:  # a quote that never ends, a cell longer than the reader's own limit
        raise BadTable from None


def _from_xlsx(data: bytes) -> Iterator[list[str]]:
    import openpyxl  # noqa: PLC0415 - 15 MB that only tables need

    try:
        _check_parts(data)
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False
        )
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its size need not be true
        for row in sheet.iter_rows(values_only=True):
            yield [_said(value) for value in row]
    except BadTable:
        raise
    except Exception:  # what a library makes of a stranger's file has no end
        raise BadTable from None


def _check_parts(data: bytes) -> None:
    """Unpack every part once and throw it away: a directory may lie about sizes."""
    left = MOST_UNPACKED
    with zipfile.ZipFile(io.BytesIO(data)) as folder:
        names = folder.namelist()
        if len(names) > MOST_PARTS:
            raise BadTable
        for name in names:
            with folder.open(name) as part:
                while piece := part.read(65536):
                    left -= len(piece)
                    if left < 0:
                        raise BadTable(
                            N_(
                                "Isi berkas ini jauh lebih besar daripada berkasnya. Simpan ulang "
                                "sebagai CSV."
                            )
                        )


def _said(value: Any) -> str:
    """A cell in words: whole numbers without a point, days as 2026-11-24."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
