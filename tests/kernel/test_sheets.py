"""Tables that people send: read as text, refused where they are something else."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu import sheets
from corpu.sheets import BadSheet, rows_of, serial_day
from tests.sheets import MAIN, workbook

cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12).map(
    lambda text: text.strip().lstrip("'")
)
tables = st.lists(st.lists(cells, min_size=2, max_size=5), min_size=1, max_size=6)


def trimmed(rows):
    """Without what is empty at the end, which no file tells from nothing."""
    rows = [list(row) for row in rows]
    for row in rows:
        while row and not row[-1]:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


@given(tables.filter(trimmed))
def test_a_workbook_is_read_as_it_was_written(rows):
    assert trimmed(rows_of(workbook(rows))) == trimmed(rows)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_csv_is_read_by_the_sign_that_parts_its_heading(mark):
    text = f'\ufeffnip{mark}asesor\r\n\'198{mark}"Budi{mark} ""Beni"""\r\n\r\n'
    assert rows_of(text.encode()) == [["nip", "asesor"], ["198", f'Budi{mark} "Beni"']]


def test_rows_keep_the_number_that_people_see():
    assert rows_of(b"a,b\n\nc,d\n") == [["a", "b"], [], ["c", "d"]]
    gap = workbook([["a"], [], ["c"]])
    assert rows_of(gap) == [["a"], [], ["c"]]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \n",
        "é".encode("latin-1") * 3,
        b"PK\x03\x04nothing more",
        b'a,b\n"open',
        b"a" * (sheets.LARGEST + 1),
        b"a\n" * (sheets.MOST_ROWS + 1),
        workbook([["a"]], extra={"xl/sharedStrings.xml": "<broken"}),
        workbook([["a"]], extra={"xl/worksheets/sheet1.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x/>'}),
        workbook(
            [["a"]],
            extra={
                "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>'
                '<row r="99999999"/></sheetData></worksheet>'
            },
        ),
        workbook([["a"]], extra={"xl/worksheets/sheet1.xml": " " * (sheets.UNFOLDED + 10)}),
    ],
    ids=range(11),
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_is_no_table_is_refused(data):
    with pytest.raises(BadSheet):
        rows_of(data)


def test_a_day_that_is_kept_as_a_number():
    assert serial_day("46350") == date(2026, 11, 24)
    assert serial_day("46350.0") == date(2026, 11, 24)
    assert serial_day("2026-11-24") is None
