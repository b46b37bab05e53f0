"""The layout of the tables: what goes out comes in again, and every problem is named."""

import io
import zipfile
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpu import workbooks
from corpu.codes import same
from corpu.spreadsheets import as_csv
from corpu.standards.posts import Asked
from corpu.standards.rules import Entry, LevelText, differences
from corpu.standards.sheets import (
    DICTIONARY,
    STANDARDS,
    column_name,
    dictionary_rows,
    read_dictionary,
    read_standards,
    standard_rows,
)
from corpu.texts import clean_text
from corpu.vocabulary import competencies
from corpu.workbooks import BadTable, as_xlsx, read_table

UNIT = UUID(int=7)
TYPES = ["JF_MU", "JF_PT", "PENGAWAS"]

words = (
    st.text(min_size=1, max_size=40)
    .map(clean_text)
    .filter(lambda text: text and not text.startswith("'"))
)
levels = st.builds(
    LevelText,
    words,
    st.just("") | words,
    st.lists(words, min_size=1, max_size=3).map(tuple),
    st.lists(words, max_size=2).map(tuple),
)
codes = st.from_regex(r"[A-Z][A-Z0-9]{1,7}", fullmatch=True).filter(
    lambda code: code not in competencies()
)
dictionaries = st.lists(
    st.builds(
        Entry,
        codes,
        words,
        st.just("") | words,
        words,
        st.just("") | words,
        st.tuples(levels, levels, levels, levels, levels),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda one: one.code,
)


def written(how, heading, rows):
    return as_csv(heading, rows) if how == "csv" else as_xlsx("Kamus", heading, rows)


@pytest.mark.parametrize("how", ["csv", "xlsx"])
@settings(max_examples=20)
@given(entries=dictionaries)
def test_a_dictionary_that_went_out_comes_in_the_same(how, entries):
    table = read_table(written(how, DICTIONARY, dictionary_rows(entries)))
    found, problems = read_dictionary(table, competencies(), {})
    assert problems == []
    assert found == entries
    assert differences(entries, found) == []


@pytest.mark.parametrize("how", ["csv", "xlsx"])
@settings(max_examples=20)
@given(
    asked=st.lists(
        st.builds(
            Asked,
            st.sampled_from(TYPES),
            st.dictionaries(st.sampled_from(list(competencies())), st.integers(0, 5), min_size=1),
            words,
            st.none() | st.just(UNIT),
        ),
        min_size=1,
        max_size=5,
        unique_by=lambda one: one.key,
    )
)
def test_standards_that_went_out_come_in_the_same(how, asked):
    heading = [*STANDARDS, *competencies()]
    rows = standard_rows(asked, list(competencies()), {UNIT: "DINKES"})
    table = read_table(written(how, heading, rows))
    lines, problems = read_standards(table, competencies(), TYPES, {same("DINKES"): UNIT})
    assert problems == []
    assert [line.asked for line in lines] == asked


@settings(max_examples=20)
@given(before=dictionaries, after=dictionaries)
def test_a_difference_names_just_what_differs(before, after):
    found = {one.code: one for one in differences(before, after)}
    old, new = {one.code: one for one in before}, {one.code: one for one in after}
    for code in old.keys() | new.keys():
        assert (code in found) == (old.get(code) != new.get(code))


DANGEROUS = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", " =1+1", "＝1"]


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_a_spreadsheet_would_compute_goes_out_as_text(text):
    out = as_csv(["nama"], [[text]]).decode("utf-8-sig").splitlines()[1]
    assert out.strip('"').startswith("'")
    with zipfile.ZipFile(io.BytesIO(as_xlsx("x", ["nama"], [[text]]))) as folder:
        sheet = folder.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert f">'{text}<" in sheet
    assert read_table(as_csv(["nama"], [[text]]))[1] == [text.strip()]


def rows_of(*changes, code="DAT"):
    """The five rows of a competency, some cells of some of them changed."""
    rows = [
        dict(
            zip(
                DICTIONARY,
                [code, "Data", "", "Mengelola", "", str(n), f"uraian {n}", "", f"lihat {n}", ""],
                strict=True,
            )
        )
        for n in range(1, 6)
    ]
    for place, cells in changes:
        rows[place] |= cells
    return [list(DICTIONARY), *[list(row.values()) for row in rows]]


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [
        ([["kode", "nama"]], 1, "level"),
        ([[*DICTIONARY, "harga"]], 1, "harga"),
        ([[*DICTIONARY, "kode"]], 1, "kode"),
        (rows_of((1, {"kode": ""})), 3, "kode"),
        (rows_of((1, {"level": "6"})), 3, "level"),
        (rows_of((1, {"level": "dua"})), 3, "level"),
        (rows_of((1, {"level": "1"})), 3, "level"),
        (rows_of()[:-1], 2, "level"),
        (rows_of((2, {"uraian": ""})), 4, "uraian"),
        (rows_of((2, {"perilaku": " \n "})), 4, "perilaku"),
        (rows_of((4, {"uraian": "x" * 601})), 6, "uraian"),
        (rows_of((3, {"nama": "Lain"})), 5, "nama"),
        (rows_of(code="INT"), 2, "kode"),
        (rows_of(code="PAKAI"), 2, "kode"),
        ([list(DICTIONARY)], 1, "kode"),
        ([], 1, ""),
    ],
)
def test_each_problem_of_a_dictionary_has_its_row_and_column(table, row, column):
    _entries, problems = read_dictionary(table, competencies(), {"pakai": "Kamus Lain"})
    assert (row, column) in [(one.row, column_name(one)) for one in problems]


def test_all_problems_are_named_at_once():
    table = rows_of((0, {"uraian": ""}), (1, {"level": "9"}), (4, {"perilaku": ""}))
    _entries, problems = read_dictionary(table, competencies(), {})
    assert {(one.row, column_name(one)) for one in problems} == {
        (2, "uraian"),
        (2, "level"),
        (3, "level"),
        (6, "perilaku"),
    }


@pytest.mark.parametrize(
    ("heading", "cells", "row", "column"),
    [
        (["jabatan"], ["A"], 1, "jenis_jabatan"),
        (["jenis_jabatan", "XYZ"], ["JF_MU", "1"], 1, "XYZ"),
        (["jenis_jabatan", "INT"], ["RAJA", "1"], 2, "jenis_jabatan"),
        (["jenis_jabatan", "INT"], ["JF_MU", "6"], 2, "INT"),
        (["jenis_jabatan", "INT"], ["JF_MU", "tiga"], 2, "INT"),
        (["jenis_jabatan", "INT"], ["JF_MU", "-1"], 2, "INT"),
        (["jenis_jabatan", "INT"], ["JF_MU", ""], 2, "level"),
        (["jenis_jabatan", "jabatan", "unit", "INT"], ["JF_MU", "A", "LAIN", "1"], 2, "unit"),
        (["jenis_jabatan", "jabatan", "unit", "INT"], ["JF_MU", "", "KES", "1"], 2, "jabatan"),
    ],
)
def test_each_problem_of_standards_has_its_row_and_column(heading, cells, row, column):
    lines, problems = read_standards([heading, cells], competencies(), TYPES, {"kes": UNIT})
    assert lines == []
    assert (row, column) in [(one.row, column_name(one)) for one in problems]


def test_one_post_stands_in_a_table_once():
    table = [
        ["jenis_jabatan", "jabatan", "INT"],
        ["JF_MU", "Arsiparis", "2"],
        ["jf-mu", " ARSIPARIS", "3"],
    ]
    lines, problems = read_standards(table, competencies(), TYPES, {})
    assert [line.row for line in lines] == [2]
    assert [(one.row, one.params) for one in problems] == [(3, {"other": 2})]


# ------------------------------------------------------------------------------ strange files


def zipped(**parts):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, text in parts.items():
            folder.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return file.getvalue()


def workbook_with(sheet):
    file = io.BytesIO(as_xlsx("x", ["a"], []))
    made = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, sheet if name.endswith("sheet1.xml") else old.read(name))
    return made.getvalue()


MAIN = workbooks.MAIN[1:-1]
BOMB = f'<worksheet xmlns="{MAIN}"><sheetData>' + " " * 17_000_000
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c t="str"><v>&b;</v></c></row></sheetData>'
    "</worksheet>"
)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x" * (workbooks.LARGEST + 1),
        b"\xff\xfe\x00k",
        b"kode\0",
        b"PK\x03\x04 not a zip",
        zipped(a="b"),
        zipped(**{f"part{n}": "" for n in range(201)}),
        workbook_with(BOMB),
        workbook_with(LAUGHS),
        workbook_with("<worksheet"),
        workbook_with(f'<worksheet xmlns="{MAIN}"><row r="9999999"/></worksheet>'),
        workbook_with(f'<worksheet xmlns="{MAIN}"><row><c r="ZZZ1"><v>1</v></c></row></worksheet>'),
        b"a;" * 400,
        b"a\n" * 6000,
        b"a" * 30_000,
    ],
    ids=["empty", "large", "not utf-8", "nul", "no zip", "no workbook", "many parts", "bomb",
         "laughs", "cut off", "far row", "far column", "wide", "long", "long cell"],
)  # fmt: skip
def test_a_strange_file_is_refused(data):
    with pytest.raises(BadTable):
        read_table(data)


def test_a_workbook_of_another_program_is_read():
    """Shared strings, figures, gaps, formulas by their last value."""
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="s"><v>1</v></c>'
        '<c r="C1"><v>3.0</v></c></row><row r="3"><c r="B3" t="str"><f>1+1</f><v>2</v></c></row>'
        "</sheetData></worksheet>"
    )
    made = io.BytesIO(workbook_with(sheet))
    with zipfile.ZipFile(made, "a") as folder:
        folder.writestr(
            "xl/sharedStrings.xml",
            f'<sst xmlns="{MAIN}"><si><t>satu</t></si>'
            "<si><r><t>ko</t></r><r><t>de</t></r></si></sst>",
        )
    assert read_table(made.getvalue()) == [["kode", "", "3"], [], ["", "2"]]


def test_semicolons_and_tabs_part_cells_too():
    assert read_table(b"a;b\n1;2") == [["a", "b"], ["1", "2"]]
    assert read_table(b"a\tb\n1\t2") == [["a", "b"], ["1", "2"]]
