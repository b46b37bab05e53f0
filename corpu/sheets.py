"""Tables that people send: CSV or XLSX, read into rows of text and nothing more.

Of a workbook the first sheet is read, values only; formulas count with the value that was saved.
XML is read without entities, and a workbook may not unfold to more than it could honestly hold.
"""

import csv
import io
import re
import zipfile
from datetime import date, timedelta
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from corpu.errors import N_, DomainError

LARGEST = 2 * 1024 * 1024  # bytes as sent
UNFOLDED = 32 * 1024 * 1024  # bytes of one part of a workbook
MOST_ROWS, MOST_CELLS = 5000, 40
LONGEST_CELL = 2000
EPOCH = date(1899, 12, 30)  # day 0 of the 1900 system, with the leap day that never was
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class BadSheet(DomainError):
    field = "file"
    message = N_("Berkas ini tidak terbaca. Kirim CSV (UTF-8) atau XLSX.")


def rows_of(data: bytes) -> list[list[str]]:
    """The rows of a CSV or the first sheet of an XLSX, known by content. Empty rows are kept, so
    that a row has the number that people see. Raises BadSheet."""
    if not data.strip():
        raise BadSheet(N_("Berkas ini kosong."))
    if len(data) > LARGEST:
        raise BadSheet(N_("Berkas ini lebih dari 2 MB. Bagi menjadi beberapa berkas."))
    rows = _workbook(data) if data.startswith(b"PK") else _csv(data)
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) > MOST_ROWS:
        raise BadSheet(N_("Paling banyak %(most)s baris sekali kirim."), most=MOST_ROWS)
    return rows


def serial_day(text: str) -> date | None:
    """The day that a workbook keeps as a number; None for what is no such number."""
    found = re.fullmatch(r"(\d{4,6})(\.0+)?", text)
    return EPOCH + timedelta(days=int(found[1])) if found else None


def _clean(text: str) -> str:
    """A cell without NUL and blanks around it, nor the apostrophe that kept it text."""
    text = text.replace("\x00", "").strip()
    return text.removeprefix("'")[:LONGEST_CELL]


def _csv(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadSheet(N_("Simpan CSV sebagai UTF-8, atau kirim XLSX.")) from None
    first = text.lstrip("\r\n").partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
        return [[_clean(cell) for cell in row[:MOST_CELLS]] for row in rows]
    except csv.Error:
        raise BadSheet from None


def _workbook(data: bytes) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            names = set(book.namelist())
            sheets = sorted(
                (name for name in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)),
                key=lambda name: (len(name), name),
            )
            if not sheets:
                raise BadSheet
            shared = []
            if "xl/sharedStrings.xml" in names:
                strings = _part(book, "xl/sharedStrings.xml")
                shared = [_text(one) for one in strings.iter(f"{MAIN}si")]
            return _sheet(_part(book, sheets[0]), shared)
    except (
        zipfile.BadZipFile,
        ParseError,
        DefusedXmlException,
        NotImplementedError,  # a way of packing that is not known here
        RuntimeError,  # a password
        EOFError,
        KeyError,
        ValueError,
    ):
        raise BadSheet from None


def _part(book: zipfile.ZipFile, name: str) -> Element:
    with book.open(name) as part:
        xml = part.read(UNFOLDED + 1)
    if len(xml) > UNFOLDED:
        raise BadSheet(N_("Isi berkas ini terlalu besar."))
    return fromstring(xml, forbid_dtd=True)


def _text(element: Element) -> str:
    """The words of a string, whatever its parts look like; how it is spoken left out."""
    return "".join(
        piece.text or ""
        for run in (element, *element.findall(f"{MAIN}r"))
        for piece in run.findall(f"{MAIN}t")
    )


def _sheet(sheet: Element, shared: list[str]) -> list[list[str]]:
    rows: list[list[str]] = []
    for row in sheet.iter(f"{MAIN}row"):
        number = int(row.get("r") or len(rows) + 1)
        if not len(rows) < number <= 10 * MOST_ROWS:
            raise BadSheet
        rows += [[] for _ in range(number - len(rows))]
        cells = rows[-1]
        for cell in row.iter(f"{MAIN}c"):
            place = _column(cell.get("r") or "") if cell.get("r") else len(cells)
            if place >= MOST_CELLS:
                continue
            cells += [""] * (place + 1 - len(cells))
            cells[place] = _clean(_value(cell, shared))
    return rows


def _column(reference: str) -> int:
    """`C7` is 2."""
    number = 0
    for letter in re.match(r"[A-Z]{1,3}", reference)[0]:  # type: ignore[index]
        number = number * 26 + ord(letter) - 64
    return number - 1


def _value(cell: Element, shared: list[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        inline = cell.find(f"{MAIN}is")
        return _text(inline) if inline is not None else ""
    value = cell.findtext(f"{MAIN}v") or ""
    if kind == "s":
        return shared[int(value)] if 0 <= int(value) < len(shared) else ""
    return value
