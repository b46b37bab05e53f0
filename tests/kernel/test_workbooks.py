"""Tables that people send: read as text, refused where they are something else."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from corpu import workbooks
from corpu.spreadsheets import as_csv
from corpu.workbooks import BadTable, as_xlsx, read_table
from tests.tables import with_parts, workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=12)
tables = st.lists(
    st.lists(cells.map(str.strip).filter(lambda text: not text.startswith("'")), max_size=5),
    max_size=6,
)


def trimmed(rows):
    """Without what is empty at the end, which no file tells from nothing."""
    rows = [list(row) for row in rows]
    for row in rows:
        while row and not row[-1]:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


@pytest.mark.parametrize("written", [lambda *a: as_xlsx("x", *a), as_csv], ids=["xlsx", "csv"])
@settings(max_examples=30)
@given(rows=tables)
def test_what_goes_out_comes_in_the_same(written, rows):
    heading = ["a", "b", "c", "d", "e"]
    assert read_table(written(heading, rows)) == trimmed([heading, *rows])


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_csv_is_read_by_the_sign_that_parts_its_heading(mark):
    text = f'\ufeffnip{mark}asesor\r\n\'198{mark}"Budi{mark} ""Beni"""\r\n\r\n'
    assert read_table(text.encode()) == [["nip", "asesor"], ["198", f'Budi{mark} "Beni"']]


def test_rows_keep_the_number_that_people_see():
    assert read_table(b"a,b\n\nc,d\n") == [["a", "b"], [], ["c", "d"]]
    assert read_table(workbook([["a"], [], ["c"]])) == [["a"], [], ["c"]]


def test_figures_and_days_of_a_workbook_are_read_as_people_see_them():
    rows = [[3, 3.0, 2.5, date(2026, 11, 24), True, None, "x"]]
    assert read_table(workbook(rows)) == [["3", "3", "2.5", "2026-11-24", "True", "", "x"]]
    lost = read_table(workbook([[198502232010031965]]))[0][0]
    assert "e+" in lost, "a NIP that was made a number has no last digits"


def test_a_workbook_of_another_program_is_read():
    """Shared strings in runs, gaps, formulas by their last value, a wrong word on its size."""
    sheet = (
        f'<worksheet xmlns="{MAIN}"><dimension ref="A1"/><sheetData><row r="1">'
        '<c r="A1" t="s"><v>1</v></c><c r="C1"><v>3.0</v></c></row>'
        '<row r="3"><c r="B3" t="str"><f>1+1</f><v>2</v></c></row></sheetData></worksheet>'
    )
    strings = (
        f'<sst xmlns="{MAIN}"><si><t>satu</t></si><si><r><t>ko</t></r><r><t>de</t></r></si></sst>'
    )
    found = read_table(with_parts(workbook([["a"]]), sheet1=sheet, sharedStrings=strings))
    assert found == [["kode", "", "3"], [], ["", "2"]]


DANGEROUS = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", " =1+1", "＝1"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_a_spreadsheet_would_compute_goes_out_as_text(text):
    out = as_csv(["nama"], [[text]]).decode("utf-8-sig").splitlines()[1]
    assert out.strip('"').startswith("'")
    (one,) = next(load_workbook(io.BytesIO(as_xlsx("x", [text], []))).active.rows)
    assert (one.data_type, one.value) == ("s", f"'{text}")
    assert read_table(as_csv(["nama"], [[text]]))[1] == [text.strip()]


def test_letters_that_no_xml_holds_keep_nobody_from_their_table():
    assert read_table(as_xlsx("a:b/c[d]", ["x"], [["a\ufffe\x0bb", 7]])) == [["x"], ["ab", "7"]]


# ------------------------------------------------------------------------------ strange files


def zipped(parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, text in parts.items():
            folder.writestr(name, text)
    return file.getvalue()


def sheet_of(inside, before=""):
    sheet = f'{before}<worksheet xmlns="{MAIN}"><sheetData>{inside}</sheetData></worksheet>'
    return with_parts(workbook([["a"]]), sheet1=sheet)


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
STRANGE = {
    "empty": b"",
    "blank": b"  \n",
    "large": b"x" * (workbooks.LARGEST + 1),
    "another code": "é".encode("latin-1") * 3,
    "utf-16": b"\xff\xfe\x00k",
    "nul": b"kode\0",
    "open quote": b'a,b\n"open',
    "wide": b"a;" * 400,
    "long": b"a\n" * (workbooks.MOST_ROWS + 1),
    "long cell": b"a" * 30_000,
    "no zip": b"PK\x03\x04 not a zip",
    "no workbook": zipped({"a": "b"}),
    "many parts": zipped({f"part{n}": "" for n in range(201)}),
    "bomb": sheet_of(" " * 17_000_000),
    "bomb beside": with_parts(workbook([["a"]]), other=" " * 17_000_000),
    "laughs": sheet_of('<row r="1"><c t="str"><v>&b;</v></c></row>', before=LAUGHS),
    "cut off": with_parts(workbook([["a"]]), sheet1="<worksheet"),
    "broken strings": with_parts(workbook([["a"]]), sharedStrings="<broken"),
    "no such string": sheet_of('<row r="1"><c r="A1" t="s"><v>7</v></c></row>'),
    "far row": sheet_of('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
    "far column": sheet_of('<row r="1"><c r="XFD1"><v>1</v></c></row>'),
    "no column": sheet_of('<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>'),
    "far corner": sheet_of(
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ),
    "backwards": sheet_of('<row r="-5"><c r="A1"><v>1</v></c></row><row r="x"/>'),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_no_table_is_refused(name):
    with pytest.raises(BadTable):
        read_table(STRANGE[name])
