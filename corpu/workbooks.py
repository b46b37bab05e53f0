"""Tables that come in and go out: CSV and XLSX (Office Open XML, ECMA-376).

An XLSX is a ZIP of XML written by a stranger: nothing is unpacked beyond a limit, no document
type or entity is read, formulas are taken for their last value. What goes out holds text and
numbers only; text that a spreadsheet would compute is made text (`spreadsheets.cell`).
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from corpu.errors import N_, DomainError
from corpu.spreadsheets import FORMULA, cell

LARGEST = 1024 * 1024  # bytes of a file
MOST_UNPACKED = 16 * 1024 * 1024  # bytes of one part of an XLSX
MOST_PARTS = 200
MOST_ROWS, MOST_COLUMNS = 5000, 300
LONGEST_CELL = 20_000
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WHOLE = re.compile(r"-?\d+\.0+")
Table = list[list[str]]


class BadTable(DomainError):
    """A file that is no table, or too large a one."""

    field = "file"
    message = N_("Kirim tabel sebagai CSV (UTF-8) atau XLSX yang utuh.")


def read_table(data: bytes) -> Table:
    """The rows of a CSV, or of the first sheet of an XLSX, as text; empty rows at the end are
    left out. What the file is follows from its content. Raises BadTable."""
    if not data:
        raise BadTable(N_("Berkas ini kosong. Pilih berkasnya sekali lagi."))
    if len(data) > LARGEST:
        raise BadTable(
            N_("Berkas ini lebih dari 1 MB. Bagi tabelnya, atau hapus yang tidak perlu.")
        )
    rows = _from_xlsx(data) if data.startswith(b"PK\x03\x04") else _from_csv(data)
    table: Table = []
    for row in rows:
        if len(table) >= MOST_ROWS or len(row) > MOST_COLUMNS:
            raise BadTable(
                N_("Tabel ini terlalu besar: paling banyak %(rows)s baris dan %(columns)s kolom."),
                rows=MOST_ROWS,
                columns=MOST_COLUMNS,
            )
        if any(len(text) > LONGEST_CELL for text in row):
            raise BadTable(N_("Ada sel yang lebih dari 20.000 huruf."))
        table.append([_plain(text) for text in row])
    while table and not any(table[-1]):
        table.pop()
    return table


def as_xlsx(title: str, heading: Sequence[object], rows: Iterable[Sequence[object]]) -> bytes:
    """A workbook of one sheet: numbers as numbers, everything else as text that runs nothing."""
    lines = [_row(1, heading, style=1)]
    lines += [_row(number, row) for number, row in enumerate(rows, 2)]
    sheet = (
        f'<worksheet xmlns="{MAIN[1:-1]}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" state="frozen"/></sheetView></sheetViews>'
        f"<sheetData>{''.join(lines)}</sheetData></worksheet>"
    )
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS.format(
            kind="officeDocument", target="xl/workbook.xml", others=""
        ),
        "xl/workbook.xml": _WORKBOOK.format(main=MAIN[1:-1], name=escape(title[:31], _QUOTE)),
        "xl/_rels/workbook.xml.rels": _RELATIONS.format(
            kind="worksheet",
            target="worksheets/sheet1.xml",
            others=f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/>',
        ),
        "xl/styles.xml": _STYLES.format(main=MAIN[1:-1]),
        "xl/worksheets/sheet1.xml": sheet,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, text in parts.items():
            # A fixed date: the same table is the same file.
            entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            folder.writestr(entry, _DECLARATION + text)
    return file.getvalue()


# ----------------------------------------------------------------------------------- CSV


def _from_csv(data: bytes) -> Iterator[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadTable from None
    if "\0" in text:
        raise BadTable
    first = text.partition("\n")[0]
    comma = max((";", ",", "\t"), key=first.count)
    limit = csv.field_size_limit(LONGEST_CELL * 2)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=comma)
    except csv.Error:
        raise BadTable from None
    finally:
        csv.field_size_limit(limit)


def _plain(text: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from computing: see `spreadsheets.cell`."""
    text = text.strip()
    if text.startswith("'") and text[1:].lstrip(" \u00a0").startswith(FORMULA):
        return text[1:].strip()
    return text


# ---------------------------------------------------------------------------------- XLSX


def _from_xlsx(data: bytes) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as folder:
            names = folder.namelist()
            if len(names) > MOST_PARTS:
                raise BadTable(_UNPACKED)
            shared = _shared(folder) if "xl/sharedStrings.xml" in names else []
            yield from _sheet(folder, _first_sheet(folder, names), shared)
    except BadTable:
        raise
    except (
        zipfile.BadZipFile,
        DefusedXmlException,
        SyntaxError,  # of the XML
        LookupError,
        ValueError,
        OSError,
        RuntimeError,  # encrypted
        NotImplementedError,
        EOFError,
    ):
        raise BadTable from None


_UNPACKED = N_("Isi berkas ini jauh lebih besar daripada berkasnya. Simpan ulang sebagai CSV.")


class _Limited(io.RawIOBase):
    """A part of the ZIP that stops when more comes out of it than may."""

    def __init__(self, file: Any) -> None:
        self.file, self.left = file, MOST_UNPACKED

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(min(size, 65536) if size and size > 0 else 65536)
        self.left -= len(data)
        if self.left < 0:
            raise BadTable(_UNPACKED)
        return bytes(data)


def _elements(folder: zipfile.ZipFile, name: str) -> Iterator[tuple[str, Any]]:
    """Elements as they end, by their name without a namespace; kept small while read."""
    if folder.getinfo(name).file_size > MOST_UNPACKED:
        raise BadTable(_UNPACKED)
    with folder.open(name) as file:
        for _event, element in iterparse(_Limited(file), events=("end",), forbid_dtd=True):
            yield element.tag.removeprefix(MAIN).removeprefix(STRICT), element


def _first_sheet(folder: zipfile.ZipFile, names: list[str]) -> str:
    """The part of the sheet that stands first in the workbook."""
    targets = {}
    for _tag, element in _elements(folder, "xl/_rels/workbook.xml.rels"):
        if element.get("Id"):
            targets[element.get("Id")] = element.get("Target", "")
    for tag, element in _elements(folder, "xl/workbook.xml"):
        if tag == "sheet":
            relation = next(v for key, v in element.items() if key.endswith("}id"))
            target = targets[relation].removeprefix("/xl/")
            name = f"xl/{target}"
            if name in names:
                return name
            break
    raise BadTable


def _shared(folder: zipfile.ZipFile) -> list[str]:
    found = []
    for tag, element in _elements(folder, "xl/sharedStrings.xml"):
        if tag == "si":
            found.append(_text(element))
            element.clear()
    return found


def _sheet(folder: zipfile.ZipFile, name: str, shared: list[str]) -> Iterator[list[str]]:
    expected = 1
    for tag, element in _elements(folder, name):
        if tag != "row":
            continue
        number = int(element.get("r") or expected)
        if not expected <= number <= MOST_ROWS:
            raise BadTable(
                N_("Tabel ini terlalu besar: paling banyak %(rows)s baris dan %(columns)s kolom."),
                rows=MOST_ROWS,
                columns=MOST_COLUMNS,
            )
        for _missing in range(expected, number):
            yield []
        row: list[str] = []
        for one in element:
            place = _column(one.get("r") or "") if one.get("r") else len(row)
            if place >= MOST_COLUMNS:
                if _value(one, shared):
                    raise BadTable(
                        N_(
                            "Tabel ini terlalu besar: paling banyak %(rows)s baris dan "
                            "%(columns)s kolom."
                        ),
                        rows=MOST_ROWS,
                        columns=MOST_COLUMNS,
                    )
                continue
            row += [""] * (place + 1 - len(row))
            row[place] = _value(one, shared)
        yield row
        expected = number + 1
        element.clear()


def _column(reference: str) -> int:
    """0 for A1, 27 for AB3."""
    number = 0
    for letter in reference.rstrip("0123456789"):
        number = number * 26 + ord(letter.upper()) - 64
    return number - 1


def _value(element: Any, shared: list[str]) -> str:
    kind = element.get("t", "n")
    if kind == "inlineStr":
        return _text(element)
    value = next((one.text or "" for one in element if one.tag.endswith("}v")), "")
    if kind == "s":
        return shared[int(value)] if value else ""
    return value.partition(".")[0] if kind == "n" and WHOLE.fullmatch(value) else value


def _text(element: Any) -> str:
    """The words of a cell; how they are to be pronounced (`rPh`) is left out."""
    said = []
    for one in element:
        if one.tag.endswith("}is"):
            return _text(one)
        if one.tag.endswith("}t"):
            said.append(one.text or "")
        elif one.tag.endswith("}r"):
            said += [part.text or "" for part in one if part.tag.endswith("}t")]
    return "".join(said)


def _row(number: int, values: Sequence[object], style: int = 0) -> str:
    cells = []
    for place, value in enumerate(values):
        name = f"{_letters(place)}{number}"
        text = cell(value)
        if not text:
            continue
        if isinstance(value, int) and not isinstance(value, bool):
            cells.append(f'<c r="{name}"><v>{text}</v></c>')
            continue
        kept = escape(_CONTROL.sub("", text))
        cells.append(
            f'<c r="{name}" s="{style}" t="inlineStr"><is>'
            f'<t xml:space="preserve">{kept}</t></is></c>'
        )
    return f'<row r="{number}">{"".join(cells)}</row>'


def _letters(place: int) -> str:
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


_CONTROL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_QUOTE = {'"': "&quot;"}
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_RELATIONS = (
    f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/{{kind}}" Target="{{target}}"/>{{others}}</Relationships>'
)
_WORKBOOK = (
    f'<workbook xmlns="{{main}}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_STYLES = (
    '<styleSheet xmlns="{main}"><fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf xfId="0"/>'
    '<xf fontId="1" applyFont="1" xfId="0"/></cellXfs></styleSheet>'
)
_SHEETML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEETML}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEETML}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_SHEETML}.styles+xml"/></Types>'
)
