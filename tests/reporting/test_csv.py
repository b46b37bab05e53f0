"""The file of the board, and what a spreadsheet would make of it."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu.spreadsheets import FORMULA, as_csv, cell
from tests.factories import make_person, make_unit
from tests.reporting.world import complete, day, enrol, make_course


def rows_of(response):
    assert response.status_code == 200
    assert response.data.startswith(b"\xef\xbb\xbf"), "spreadsheets know UTF-8 by its mark"
    return list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))


@pytest.mark.usefixtures("at")
class TestFile:
    def test_the_file_holds_what_the_table_shows(self, browser, province):
        browser.sign_in(province.mira)
        response = browser.client.get("/goals.csv")
        rows = rows_of(response)
        assert list(rows[0]) == [
            "Tujuan",
            "Nama tujuan",
            "Unit",
            "Kursus",
            "Peserta",
            "Kelulusan",
            "JP",
            "Tahun",
            "Keadaan",
        ]
        assert len(rows) == 17
        assert list(rows[15].values()) == [
            "16",
            "Perdamaian, Keadilan dan Kelembagaan yang Tangguh",
            "Semua unit",
            "2",
            "3",
            "3",
            "8.00",
            "2026",
            "2026-11-24 12:00 WIB",
        ]
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert response.headers["Content-Type"] == "text/csv; charset=utf-8"

    def test_what_is_not_measured_is_empty_and_not_zero(self, browser, province):
        browser.sign_in(province.mira)
        row = rows_of(browser.client.get("/goals.csv"))[13]
        assert (row["Kursus"], row["Peserta"], row["Kelulusan"], row["JP"]) == ("0", "", "", "")

    def test_a_unit_named_like_a_formula_stays_text(self, session, app, browser, agency):
        name = '=HYPERLINK("http://jahat.example";"klik")'
        unit = make_unit(session, name=name)
        person = make_person(session, unit=unit)
        edition = make_course(session, app, "air", [6], jp=2)
        complete(session, enrol(session, person, "air", day(3)), edition, day(4))
        browser.sign_in(person)
        response = browser.client.get(f"/goals.csv?unit={unit.id}&year=all")
        row = rows_of(response)[5]
        assert row["Unit"] == f"'{name}"
        assert (row["JP"], row["Tahun"]) == ("2.00", "semua tahun")


@given(st.text())
def test_no_text_begins_a_formula(text):
    written = cell(text)
    assert not written.lstrip(" \u00a0").startswith(FORMULA)
    assert written.removeprefix("'") == text.replace("\x00", "").removeprefix("'")


@given(st.lists(st.tuples(st.text(), st.integers(), st.none()), min_size=1))
def test_every_row_comes_back_as_it_went(rows):
    data = as_csv(["a", "b", "c"], rows).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(data, newline="")))
    assert read[1:] == [[cell(value) for value in row] for row in rows]


def test_numbers_stay_numbers():
    assert [cell(value) for value in (None, 0, -3, Decimal("2.50"))] == ["", "0", "-3", "2.50"]
