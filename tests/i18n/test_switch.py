"""The switch in the footer: where it leads, and how long it is remembered."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest

from corpu import clock
from corpu.i18n import day, moment, number, score
from corpu.people.models import Account
from tests.courses import course_source, publish


def switch(page):
    return page.select_one("a[hreflang]")


@pytest.fixture
def course(session, app, agency):
    return publish(session, app, course_source("kursus-uji"))


def test_the_page_stays_with_all_that_its_address_says(browser, mira, course):
    page = browser.sign_in(mira).get("/courses?q=uji&goal=6&goal=16")
    assert page.html["lang"] == "id"
    link = switch(page)
    assert (link["hreflang"], link["lang"], link.text) == ("en", "en", "English")
    there = urlsplit(link["href"])
    assert there.path == "/courses"
    assert parse_qsl(there.query) == [("q", "uji"), ("goal", "6"), ("goal", "16"), ("lang", "en")]

    page = browser.get(link["href"])
    assert page.html["lang"] == "en"
    assert page.h1.text == "Course catalogue"
    link = switch(page)
    assert (link["hreflang"], link.text) == ("id", "Bahasa Indonesia")
    assert parse_qsl(urlsplit(link["href"]).query).count(("lang", "id")) == 1
    assert "lang=en" not in link["href"]


def test_the_choice_is_kept_for_a_year(browser, mira):
    response = browser.client.get("/about?lang=en")
    cookie = browser.client.get_cookie("lang")
    assert cookie.value == "en"
    assert cookie.expires - clock.now() > timedelta(days=364)
    assert "SameSite=Lax" in response.headers["Set-Cookie"]
    assert browser.sign_in(mira).get("/account").html["lang"] == "en"


def test_the_switch_wins_over_the_account_and_the_account_over_nothing(browser, session, mira):
    session.get(Account, mira.id).locale = "en"
    session.commit()
    assert browser.sign_in(mira).get("/account").html["lang"] == "en"
    assert browser.get("/account?lang=id").html["lang"] == "id"
    assert browser.get("/account").html["lang"] == "id"


def test_a_language_that_we_do_not_have_changes_nothing(browser):
    response = browser.client.get("/about?lang=xx")
    assert '<html lang="id"' in response.text
    assert "Set-Cookie" not in response.headers


def test_a_form_that_was_refused_leads_to_its_own_page(browser):
    page = browser.post("/login", {"identifier": "", "password": ""}, status=422, follow=False)
    assert switch(page)["href"] == "/login?lang=en"
    assert browser.get(switch(page)["href"]).h1.text == "Sign in"


def test_an_address_for_forms_alone_leads_home(browser, mira):
    page = browser.sign_in(mira).post("/courses/tidak-ada/enrol", status=404)
    assert switch(page)["href"] == "/?lang=en"


@pytest.mark.parametrize("address", ["/tidak-ada", "//contoh.id/tidak-ada"])
def test_a_page_that_is_not_there_stays_so_on_this_host(browser, address):
    page = browser.get(f"http://localhost{address}", status=404)
    there = switch(page)["href"]
    assert there.startswith("/")
    assert not there.startswith("//")
    assert browser.get(there, status=404).h1.text == "This page does not exist"


def test_anyone_may_check_a_certificate_in_either_language(browser):
    page = browser.get("/verify/AAAA-BBBB-CCCC-DDDD", status=404)
    assert "Kode tidak dikenal" in page.text
    page = browser.get(switch(page)["href"], status=404)
    assert page.html["lang"] == "en"
    assert "Code not known" in page.text
    assert urlsplit(switch(page)["href"]).path == "/verify/AAAA-BBBB-CCCC-DDDD"


def test_dates_times_and_numbers_follow_the_language(app):
    at = datetime(2026, 11, 24, 2, 42, tzinfo=UTC)
    said = {}
    for language in ("id", "en"):
        with app.test_request_context(f"/?lang={language}"):
            said[language] = (
                day(at),
                moment(at).striptags(),
                number(Decimal("1234.5")),
                score(Decimal("74.999")),
            )
    assert said == {
        "id": ("24 November 2026", "24 November 2026, 09.42 WIB", "1.234,5", "74,99"),
        "en": ("24 November 2026", "24 November 2026, 09:42 WIB", "1,234.5", "74.99"),
    }


def test_a_title_keeps_its_language_where_the_readers_is_another(browser, mira, course):
    page = browser.sign_in(mira).get("/courses/kursus-uji?lang=en")
    assert page.h1.span["lang"] == "id"
    assert page.select_one(".prose")["lang"] == "id"
    page = browser.get("/courses/kursus-uji?lang=id")
    assert not page.h1.find(attrs={"lang": True})


def test_what_a_course_is_called_is_escaped_in_both(browser, session, app, agency, mira):
    publish(session, app, course_source("kursus-lain", title="Air <b>&</b> tanah"))
    for language in ("id", "en"):
        page = browser.sign_in(mira).get(f"/courses/kursus-lain?lang={language}")
        assert page.h1.text == "Air <b>&</b> tanah"
