import json

from corpu.people import export, service
from corpu.people.models import Account
from tests.factories import make_person, supervise
from tests.page import look_again
from tests.people.conftest import PASSWORD
from tests.people.test_sign_in import is_signed_in, sign_in

NEW = "tiga ekor kambing"


def change(browser, current=PASSWORD, password=NEW, again=None, **kwargs):
    return browser.post(
        "/account/password", current=current, password=password, again=again or password, **kwargs
    )


def test_the_page_shows_ones_own_data_and_nobody_elses(browser, session, mira, jonas, at):
    boss = make_person(session, name="Hasan Basri")
    supervise(session, boss, mira)
    service.record_profile_visit(session, mira.id, boss.id, at=at)
    session.commit()
    page = browser.sign_in(mira).get("/account")
    assert f"{mira.nip[:8]} {mira.nip[8:14]}" in page.text
    assert "Analis Uji, III/b" in page.text
    assert "24 November 2026, 12.00 WIB" in page.text
    assert page.text.count("Hasan Basri") == 2
    assert "Jonas" not in page.text
    assert jonas.nip not in page.text


def test_without_visits_the_page_says_so(browser, mira, at):
    assert "Belum ada yang membukanya" in browser.sign_in(mira).get("/account").text


def test_a_new_password_ends_other_sessions_but_not_this_one(
    browser, other_browser, session, mira, at
):
    sign_in(browser, mira.nip)
    sign_in(other_browser, mira.nip)
    page = change(browser)
    assert "Kata sandi diganti" in page.text
    assert is_signed_in(browser)
    look_again()
    assert not is_signed_in(other_browser)
    sign_in(other_browser, mira.nip, status=422)
    sign_in(other_browser, mira.nip, NEW)


def test_a_refused_new_password_changes_nothing(browser, session, mira, at):
    sign_in(browser, mira.nip)
    assert "keliru" in change(browser, current="salah sekali", status=422).text
    assert "10 karakter" in change(browser, password="pendek", status=422).text
    assert "Jangan memakai" in change(browser, password="Mira Lestari", status=422).text
    assert "berbeda" in change(browser, again="lain sekali", status=422).text
    assert "Tulis kata sandi Anda sekarang" in change(browser, current="", status=422).text
    session.expire_all()
    assert session.get(Account, mira.id).epoch == 0


def test_guessing_the_present_password_is_slowed_too(browser, mira, at):
    sign_in(browser, mira.nip)
    for _ in range(5):
        change(browser, current="salah sekali", status=422)
    assert "detik" in change(browser, status=429).text


def test_who_guesses_elsewhere_does_not_keep_the_owner_from_a_new_password(
    browser, other_browser, mira, at
):
    sign_in(browser, mira.nip)
    for _ in range(6):
        token = other_browser.csrf_token()
        other_browser.client.post(
            "/login", data={"identifier": mira.nip, "password": "salah", "csrf_token": token}
        )
    sign_in(other_browser, mira.nip, status=429)
    look_again()
    assert "Kata sandi diganti" in change(browser).text


def test_signing_out_everywhere_is_asked_on_a_page_of_its_own(browser, other_browser, mira, at):
    sign_in(browser, mira.nip)
    sign_in(other_browser, mira.nip)
    page = browser.get("/account/sign-out-everywhere")
    assert "termasuk yang ini" in page.text
    look_again()
    assert is_signed_in(other_browser), "asking does nothing"
    page = browser.post("/account/sign-out-everywhere")
    assert page.h1.text == "Masuk"
    for one in (browser, other_browser):
        look_again()
        assert not is_signed_in(one)


def test_the_language_is_kept_with_the_account(browser, other_browser, session, mira, at):
    sign_in(browser, mira.nip)
    browser.post("/account/language", locale="en", follow=False)
    session.expire_all()
    assert session.get(Account, mira.id).locale == "en"
    sign_in(other_browser, mira.nip)
    assert other_browser.get("/account").html["lang"] == "en"
    browser.post("/account/language", locale="xx", follow=False)
    session.expire_all()
    assert session.get(Account, mira.id).locale == "en"


def test_the_theme_is_kept_with_the_browser(browser, mira, at):
    browser.sign_in(mira)
    page = browser.post("/account/theme", theme="dark")
    assert page.html["data-theme"] == "dark"
    page = browser.post("/account/theme", theme="auto")
    assert not page.html.get("data-theme")
    browser.client.set_cookie("theme", '"><script>')
    assert not browser.get("/account").html.get("data-theme")


def test_ones_own_data_comes_as_a_file_with_what_every_room_holds(
    browser, session, mira, jonas, at, monkeypatch
):
    monkeypatch.setitem(export._exporters, "uji", lambda session, person_id: {"who": person_id})
    sign_in(browser, mira.nip)
    response = browser.client.get("/account/data.json")
    assert response.mimetype == "application/json"
    assert "attachment" in response.headers["Content-Disposition"]
    data = json.loads(response.text)
    assert data["people"]["nip"] == mira.nip
    assert data["people"]["postings"][0]["title"] == "Analis Uji"
    assert data["uji"] == {"who": str(mira.id)}
    assert data["generated_at"] == at.isoformat()
    assert jonas.nip not in response.text
    assert "argon2" not in response.text


def test_nobody_reaches_an_account_without_signing_in(browser, mira, at):
    for path in ("/account", "/account/data.json", "/account/sign-out-everywhere"):
        response = browser.client.get(path)
        assert response.status_code == 303
        assert response.location.startswith("/login?next=")


def test_the_start_page_is_for_anybody(browser, agency, mira, at):
    page = browser.get("/")
    assert page.select_one("main a[href='/login']")
    assert page.select_one("main a[href='/verify']")
    assert not page.select_one("a[href='/goals']")
    assert not page.select_one("a[href='/setup']")


def test_beranda_is_drawn_by_the_room_that_registers_it(app, browser, mira, at, monkeypatch):
    assert "Selamat datang, Mira Lestari" in browser.sign_in(mira).get("/").text
    monkeypatch.setitem(app.extensions, "home", lambda viewer: f"Halo {viewer.name}")
    assert browser.client.get("/").text == "Halo Mira Lestari"
