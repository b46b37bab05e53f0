"""The layout of the tables: what goes out comes in again, and every problem is named."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from corpu.workbooks import as_xlsx, read_table

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
