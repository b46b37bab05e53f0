"""The catalogue: search, filters, the course page, joining and leaving."""

import pytest

from tests.courses import course_source, publish


@pytest.fixture
def two(session, app, agency):
    publish(session, app, course_source("air", title="Air Bersih", jp=2))
    extra = course_source("jujur", title="Pelayanan Jujur", jp=4)
    files = dict(extra.files)
    files["course.md"] = files["course.md"].replace(b"6.1, 16", b"16").replace(b"PPB", b"INT")
    publish(session, app, type(extra)("jujur", files))


def titles(page):
    return [heading.text for heading in page.select(".course h3")]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Air Bersih", "Pelayanan Jujur"]),
        ("q=jujur", ["Pelayanan Jujur"]),
        ("q=melayani", ["Air Bersih", "Pelayanan Jujur"]),  # by its stem, in the text
        ("goal=6", ["Air Bersih"]),
        ("goal=16", ["Air Bersih", "Pelayanan Jujur"]),
        ("competency=INT", ["Pelayanan Jujur"]),
        ("kind=TEKNIS&jp=1-2", ["Air Bersih"]),
        ("jp=3-4&jp=1-2", ["Air Bersih", "Pelayanan Jujur"]),
        ("q=tidakada", []),
        ("goal=99&competency=%27&jp=x", ["Air Bersih", "Pelayanan Jujur"]),
    ],
)
def test_search_and_filters(browser, mira, two, at, query, found):
    assert titles(browser.sign_in(mira).get(f"/courses?{query}")) == found


def test_an_empty_result_offers_the_way_back(browser, mira, two, at):
    page = browser.sign_in(mira).get("/courses?q=tidakada")
    assert "Tidak ada yang cocok" in page.text


def test_a_count_tells_what_a_filter_would_give(browser, mira, two, at):
    page = browser.sign_in(mira).get("/courses?competency=INT")
    counts = {
        box["value"]: box.find_parent("label").select_one(".num").text
        for box in page.select("input[name=goal]")
    }
    assert counts == {"16": "1"}


def test_joining_leads_to_the_first_page_and_leaving_asks_first(browser, mira, two, at):
    browser.sign_in(mira).get("/courses/air")
    page = browser.post("/courses/air/enrol")
    assert page.h1.text == "Halaman a"
    page = browser.get("/courses/air/leave")
    assert "tetap tersimpan" in page.text
    page = browser.post("/courses/air/leave")
    assert "Ikuti lagi" in page.text


def test_the_course_page_says_what_the_certificate_asks(browser, mira, two, at):
    page = browser.sign_in(mira).get("/courses/air")
    assert "Semua 2 halaman bacaan selesai" in page.text
    assert "Kuis kuis, nilai paling sedikit 75" in page.text


def test_strangers_are_sent_to_sign_in(browser, two, at):
    response = browser.client.get("/courses/air")
    assert response.status_code in (302, 303)
    assert "/login" in response.location


def test_no_employee_number_leaves_with_a_page(browser, session, app, mira, at, agency):
    publish(session, app, course_source("x", extra="authors: [197803142005011901]\n"))
    for url in ("/courses", "/courses/x"):
        assert "197803142005011901" not in str(browser.sign_in(mira).get(url))


def test_mine_lists_what_runs_and_what_is_done(browser, mira, two, at):
    page = browser.sign_in(mira).get("/me")
    assert "Belum ada kursus" in page.text
    browser.post("/courses/air/enrol")
    page = browser.get("/me")
    assert "Sedang diikuti" in page.text
