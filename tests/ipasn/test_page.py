"""The person's own page: every figure with its reason, and never another's."""

from datetime import date
from decimal import Decimal

import pytest

from corpu.ipasn.models import EntryKind
from corpu.ipasn.service import Fact
from tests.assessment.factories import publish_course, storage_in
from tests.factories import make_person
from tests.hours.test_book import complete
from tests.ipasn.test_entries import BAIK, OFFICIAL, PKP, S1, SEMINAR, write
from tests.manage.reading import text_of
from tests.statements import statements


@pytest.fixture
def mira(session, agency, tmp_path):
    """The supervisor of the worked example, as far as it lies in the tables."""
    person = make_person(session, name="Mira Lestari", post_type="PENGAWAS")
    course = publish_course(session, storage_in(tmp_path), completion="")
    complete(session, person, course, jp="24")
    for fact in (S1, BAIK, PKP):
        write(session, person, fact)
    return person


def page_of(browser, person):
    return browser.sign_in(person).get("/me/ipasn")


def test_the_figure_is_marked_as_an_estimate(browser, mira, at):
    figure = page_of(browser, mira).select_one(".figure")
    assert text_of(figure) == "75 dari 100, perkiraan"


def test_the_best_step_says_what_it_adds(browser, mira, at):
    text = text_of(page_of(browser, mira))
    assert "Satu seminar yang relevan: +10 , perkiraan menjadi 85, Tinggi." in text


def test_without_a_seminar_in_the_catalogue_the_page_says_what_else_helps(browser, mira, at):
    page = page_of(browser, mira)
    assert "Katalog belum memuatnya." in text_of(page)
    assert page.select_one("main a.button") is None


def test_a_step_leads_to_the_courses_that_count_for_it(session, browser, mira, jonas, at):
    """Mira has completed the one course there is; Jonas has not."""
    button = page_of(browser, jonas).select_one("main a.button")
    assert button["href"] == "/courses?kind=TEKNIS"
    assert browser.get(button["href"]).select("main article, main li")


def test_after_the_seminar_the_page_says_so(session, browser, mira, at):
    write(session, mira, SEMINAR)
    page = page_of(browser, mira)
    assert "85" in text_of(page.select_one(".figure"))
    assert "Terpenuhi sampai 3 Februari 2028." in text_of(page)
    assert "Satu seminar yang relevan" not in text_of(page)


def test_every_dimension_says_what_it_rests_on(browser, mira, at):
    text = text_of(page_of(browser, mira))
    for sentence in (
        "Pendidikan tertinggi yang tercatat: S1 atau D4.",
        "2 dari 3 syarat terpenuhi.",
        "24 JP dalam setahun terakhir, cukup sampai 24 November 2027.",
        "Pelatihan Kepemimpinan Pengawas, 1 Maret 2019.",
        "Predikat 2025: Baik.",
        "Tidak ada hukuman disiplin yang tercatat dalam lima tahun.",
    ):
        assert sentence in text


def test_the_official_value_stands_beside_when_known(session, browser, mira, at):
    assert "Nilai resmi dihitung BKN" in text_of(page_of(browser, mira))
    write(session, mira, OFFICIAL)
    text = text_of(page_of(browser, mira))
    assert "Nilai resmi 2025 72,5 dari 100, resmi Sedang Sumber: SIASN." in text


def test_official_dimensions_stand_in_the_table(session, browser, mira, at):
    parts = (Decimal(15), Decimal(25), Decimal("27.5"), Decimal(5))
    write(session, mira, Fact(EntryKind.OFFICIAL, year=2025, total=sum(parts), parts=parts))
    page = page_of(browser, mira)
    table = page.select_one(".fold table")
    assert [text_of(row) for row in table.select("tr")] == [
        "Dimensi Perkiraan Resmi 2025",
        "Kualifikasi 15 dari 25 15",
        "Kompetensi 30 dari 40 25",
        "Kinerja 25 dari 30 27,5",
        "Disiplin 5 dari 5 5",
        "Jumlah 75 dari 100 72,5",
    ]


def test_a_sanction_says_until_when_it_counts(session, browser, mira, at):
    write(session, mira, Fact(EntryKind.SANCTION, "sedang", day=date(2024, 5, 6)))
    text = text_of(page_of(browser, mira))
    assert "Hukuman disiplin sedang, 6 Mei 2024. Diperhitungkan sampai 6 Mei 2029." in text


def test_who_has_nothing_recorded_gets_no_band(browser, jonas, at):
    page = page_of(browser, jonas)
    assert "Belum lengkap" in text_of(page)
    assert "Pendidikan belum dicatat pengelola." in text_of(page)
    assert "Belum ada. Pengelola mencatat" in text_of(page)


def test_nobody_sees_the_index_of_another(session, browser, mira, jonas, at):
    write(session, mira, OFFICIAL)
    page = browser.sign_in(jonas).get(f"/me/ipasn?person={mira.id}")
    assert "72,5" not in text_of(page)


def test_the_book_leads_there(browser, mira, at):
    assert browser.sign_in(mira).get("/me/hours").select_one("a[href='/me/ipasn']")


def test_a_stranger_signs_in_first(browser, agency):
    assert "/login" in browser.client.get("/me/ipasn").location


def test_the_page_speaks_english(session, browser, mira, at):
    page = browser.sign_in(mira).get("/me/ipasn?lang=en")
    assert "Qualification" in text_of(page)


def test_the_page_asks_little_of_the_database(app, session, browser, mira, at):
    app.extensions["agency_names"] = ("BPSDM", "BPSDM")
    try:
        session.expire_all()
        browser.sign_in(mira)
        with statements() as seen:
            browser.get("/me/ipasn")
    finally:
        del app.extensions["agency_names"]
    assert len(seen) <= 6, seen
