"""The pages that anybody may open, and what machines ask for."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from corpu import create_app
from corpu.extensions import db
from tests.conftest import settings_for
from tests.page import read
from tests.statements import statements

PAGES = ["/privasi", "/aksesibilitas", "/about"]


def text_of(page):
    return " ".join(page.select_one("main").text.split())


@pytest.fixture
def told(app, session):
    """A client of the application with some settings changed."""
    before = app.config["SETTINGS"]

    def told(**changed):
        app.config["SETTINGS"] = replace(before, **changed)
        return app.test_client()

    yield told
    app.config["SETTINGS"] = before


@pytest.mark.parametrize("path", PAGES)
def test_the_two_languages_say_the_same_in_the_same_order(browser, agency, path):
    indonesian = browser.get(f"{path}?lang=id")
    sections = [heading["id"] for heading in indonesian.select("main h2")]
    items = [len(one.select("li")) for one in indonesian.select("main ul")]
    english = browser.get(f"{path}?lang=en")
    assert [heading["id"] for heading in english.select("main h2")] == sections
    assert [len(one.select("li")) for one in english.select("main ul")] == items
    assert english.html["lang"] == "en"
    assert {p.text for p in english.select(".prose > :is(p, ul, h2)")}.isdisjoint(
        p.text for p in indonesian.select(".prose > :is(p, ul, h2)")
    )


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_and_a_signed_in_person_may_read_it(browser, mira, path):
    assert browser.get(path).select_one("main .prose")
    with statements() as seen:
        browser.sign_in(mira).get(path)
    assert len(seen) <= 2, seen


def test_the_privacy_notice_has_version_day_controller_and_contact(told, agency):
    page = read(told(privacy_contact="ppid@example.go.id").get("/privasi"), 200)
    words = text_of(page)
    assert "Versi 1.3, berlaku sejak 25 November 2026" in words
    assert agency.name in words
    assert "ppid@example.go.id" in words
    assert "UU 27/2022" in words
    footer = page.select_one("footer a[href='/privasi']").text
    assert "versi 1.3, 25 November 2026" in footer


def test_without_a_contact_the_managers_are_named(browser, agency):
    assert f"pengelola pembelajaran di {agency.name}" in text_of(browser.get("/privasi"))


def test_a_signed_in_person_finds_the_way_to_their_data(browser, mira):
    assert not browser.get("/privasi").select("main a.button")
    link = browser.sign_in(mira).get("/privasi").select_one("main a.button")
    assert link["href"] == "/account"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("id", ("hukuman disiplin", "predikat kinerja")),
        ("en", ("disciplinary sanctions", "IP ASN")),
    ],
)
def test_the_privacy_notice_names_what_the_index_keeps(browser, agency, language, words):
    text = browser.get(f"/privasi?lang={language}").select_one(".prose").text
    assert all(word in text for word in words)


def test_about_names_version_licences_source_and_the_work_of_others(app, told, agency):
    client = told(source_url="https://git.example.go.id/corpu")
    words = text_of(page := read(client.get("/about"), 200))
    assert "AGPL-3.0-or-later" in words
    assert "CC BY-SA 4.0" in words
    assert "SIL Open Font License" in words
    assert "The Noto Project Authors" in words
    assert page.select_one("a[href='https://git.example.go.id/corpu']")
    assert re.search(r"Versi\s*\d+\.\d+", words)


# ------------------------------------------------------------------------------- machines


def test_robots_may_learn_that_verification_is_not_to_be_indexed(browser):
    rules = browser.client.get("/robots.txt").text
    assert "Disallow: /account\n" in rules
    assert "/verify" not in rules


def test_security_txt_is_as_the_rfc_wants_it(told, at):
    told_by_mail = told(
        security_contact="keamanan@example.go.id", public_url="https://corpu.example.go.id"
    )
    response = told_by_mail.get("/.well-known/security.txt")
    assert response.mimetype == "text/plain"
    fields = dict(line.split(": ", 1) for line in response.text.splitlines())
    assert fields["Contact"] == "mailto:keamanan@example.go.id"
    assert fields["Canonical"] == "https://corpu.example.go.id/.well-known/security.txt"
    until = datetime.fromisoformat(fields["Expires"])
    assert at < until < at + timedelta(days=365)
    page = read(told_by_mail.get("/about"), 200)
    assert page.select_one("a[href='mailto:keamanan@example.go.id']")


def test_security_txt_without_a_contact_leads_to_the_page_that_names_one(browser):
    text = browser.client.get("/.well-known/security.txt").text
    assert re.search(r"^Contact: \S+/about#keamanan$", text, re.MULTILINE)
    assert browser.get("/about").select_one("#keamanan")


def test_the_old_place_of_security_txt_leads_to_the_new(browser):
    response = browser.client.get("/security.txt")
    assert (response.status_code, response.location) == (301, "/.well-known/security.txt")


def test_the_icon_is_there_for_who_asks_before_reading(browser):
    response = browser.client.get("/favicon.ico")
    assert response.data.startswith(b"\0\0\1\0")


def test_alive_asks_no_database(tmp_path):
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'gone' / 'corpu.db'}", tmp_path))
    client = app.test_client()
    with statements() as seen:
        assert client.get("/healthz").get_json() == {"status": "ok"}
    assert seen == []
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["database"] == "unreachable"
    assert "gone" not in answer.text


def test_ready_means_the_database_answers_with_our_schema(live_app):
    client = live_app.test_client()
    assert client.get("/readyz").get_json() == {
        "status": "ok",
        "database": "ok",
        "schema": "ok",
    }
    with live_app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert client.get("/readyz").status_code == 503
    with live_app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["database"]) == (503, "ok")
    assert answer.headers["Cache-Control"] == "private, no-store"
