"""A list of certificates to check, as people have it: a column of codes, or numbers with names."""

import re
from collections.abc import Sequence

from corpu.credentials.answers import LONGEST, Question
from corpu.credentials.rules import normalise_code
from corpu.errors import N_, DomainError
from corpu.people.rules import nip_digits
from corpu.texts import clean_text
from corpu.workbooks import Table

MOST = 3000  # certificates in one list
HEADINGS = {  # without blanks and full stops
    "code": ("kodesertifikat", "kode", "code", "isiqr", "qr", "alamat", "address"),
    "number": ("nomorsertifikat", "nosertifikat", "certificatenumber", "nomor", "number", "no"),
    "name": ("namalengkap", "fullname", "nama", "name"),
    "nip": ("nip", "nip/nipppk", "nipppk"),
}


class NothingAsked(DomainError):
    field = "listed"
    message = N_("Tempel kodenya, atau pilih berkasnya.")


class TooLong(DomainError):
    field = "listed"
    message = N_("Daftar ini lebih dari 3.000 baris. Bagi menjadi beberapa daftar.")


def pasted(text: str) -> Table:
    """What was pasted as a table: cells stand between tabs or semicolons, for a name has commas."""
    return [re.split("[\t;]", line) for line in text.splitlines()]


def questions(table: Table) -> list[tuple[int, Question]]:
    """The questions of a table with the row in which each stands, counted from 1; empty rows and
    the same once more are left out. Raises NothingAsked, TooLong.

    Columns are known by their headings. Without any, one column holds codes; of two the first is
    a code, or else a number with the name or the NIP beside it.
    """
    columns = _columns(table[0]) if table else {}
    rows = list(enumerate(table, start=1))[1 if columns else 0 :]
    found: dict[Question, int] = {}
    for place, row in rows:
        cells = [_plain(cell) for cell in row]
        asked = _named(cells, columns) if columns else _unnamed(cells)
        if any((asked.code, asked.number, asked.name, asked.nip)):
            found.setdefault(asked, place)
    if not found:
        raise NothingAsked
    if len(found) > MOST:
        raise TooLong
    return [(place, asked) for asked, place in found.items()]


def _plain(cell: str) -> str:
    return clean_text(cell)[:LONGEST]


def _columns(heading: Sequence[str]) -> dict[str, int]:
    words = ["".join(cell.casefold().replace(".", "").split()) for cell in heading]
    found = {}
    for name, known in HEADINGS.items():  # the plainest word first: "No." may count the rows
        for word in known:
            if word in words and name not in found:
                found[name] = words.index(word)
    return found


def _named(cells: Sequence[str], columns: dict[str, int]) -> Question:
    there = {name: cells[place] for name, place in columns.items() if place < len(cells)}
    return Question(**there)


def _unnamed(cells: Sequence[str]) -> Question:
    cells = [cell for cell in cells if cell]
    if not cells:
        return Question()
    first, second = cells[0], cells[1] if len(cells) > 1 else ""
    if "#" in first or normalise_code(first.rstrip("/").rpartition("/")[2]):
        return Question(code=first)
    if not second:  # most likely a number, which says what is missing
        return Question(number=first)
    if nip_digits(second):
        return Question(number=first, nip=second)
    return Question(number=first, name=second)
