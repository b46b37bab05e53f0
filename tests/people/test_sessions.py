import random
from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from flask import request
from werkzeug.routing import Rule

from corpu.people import service
from corpu.permissions import Permission
from corpu.web import requires
from tests.page import look_again
from tests.people.conftest import PASSWORD
from tests.people.test_sign_in import is_signed_in, sign_in

HERE = {"Origin": "http://localhost"}


@pytest.fixture
def sent(app):
    """Forms that a page of another room has received."""
    received = []

    @requires(Permission.LEARN)
    def take():
        received.append(request.form.to_dict(flat=False) | {"q": request.args.get("q")})
        return "diterima"

    if "uji.kirim" not in app.view_functions:
        app.url_map.add(Rule("/uji/kirim", endpoint="uji.kirim", methods=["POST"]))
    app.view_functions["uji.kirim"] = take
    return received


# ------------------------------------------------------------------------------- ends


def test_a_session_ends_after_twelve_hours_without_a_request(browser, mira, time):
    sign_in(browser, mira.nip)
    time.on(timedelta(hours=11, minutes=59))
    assert is_signed_in_now(browser)
    time.on(timedelta(hours=11, minutes=59))
    assert is_signed_in_now(browser), "each request counts"
    time.on(timedelta(hours=12, seconds=1))
    assert not is_signed_in_now(browser)


def is_signed_in_now(browser):
    look_again()
    return is_signed_in(browser)


def test_the_stamp_of_a_session_is_renewed_at_most_every_ten_minutes(browser, mira, time):
    sign_in(browser, mira.nip)
    browser.get("/account")
    look_again()
    time.on(timedelta(minutes=9))
    assert "Set-Cookie" not in browser.client.get("/account").headers
    time.on(timedelta(minutes=2))
    browser.get("/account")
    with browser.client.session_transaction() as session:
        assert session["seen"] == int(time.now.timestamp())


def test_remember_me_lasts_thirty_days_from_signing_in(browser, mira, time):
    sign_in(browser, mira.nip, remember="y")
    cookie = browser.client.get_cookie("corpu")
    assert cookie.max_age == 30 * 86400 or cookie.expires is not None
    time.on(timedelta(days=29))
    assert is_signed_in_now(browser)
    time.on(timedelta(days=1, seconds=1))
    assert not is_signed_in_now(browser)


def test_without_remember_me_the_cookie_goes_with_the_browser(browser, mira, at):
    sign_in(browser, mira.nip)
    cookie = browser.client.get_cookie("corpu")
    assert cookie.max_age is None
    assert cookie.expires is None


def test_a_risen_epoch_ends_every_session_at_once(browser, other_browser, session, mira, at):
    sign_in(browser, mira.nip)
    sign_in(other_browser, mira.nip, remember="y")
    service.sign_out_everywhere(session, mira.id, by=None, at=at)
    session.commit()
    assert not is_signed_in_now(browser)
    assert not is_signed_in_now(other_browser)


def test_deactivating_ends_the_session(browser, session, mira, at):
    sign_in(browser, mira.nip)
    service.deactivate(session, mira.id, by=None, reason="pensiun", at=at)
    session.commit()
    assert not is_signed_in_now(browser)


def test_signing_in_starts_a_session_with_nothing_of_the_earlier_one(browser, mira, at):
    browser.get("/login")
    with browser.client.session_transaction() as session:
        session["planted"] = "by somebody else"
        before = session.get("csrf_token")
    sign_in(browser, mira.nip)
    with browser.client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != before or before is None


def test_a_session_ended_before_it_began_is_said_so(browser, session, mira, at, monkeypatch):
    """Somebody signs out everywhere between the right password and its cookie."""
    settle = service.settle

    def overtaken(*args, **kwargs):
        epoch = settle(*args, **kwargs)
        service.sign_out_everywhere(session, mira.id, by=None, at=at)
        return epoch

    monkeypatch.setattr(service, "settle", overtaken)
    assert "Masuk sekali lagi" in sign_in(browser, mira.nip, status=409).text
    look_again()
    assert not is_signed_in(browser)


def test_a_change_of_the_key_ends_no_session_and_forgets_no_browser(
    app, browser, other_browser, mira, at, monkeypatch
):
    sign_in(browser, mira.nip)
    monkeypatch.setitem(app.config, "SECRET_KEY_FALLBACKS", [app.config["SECRET_KEY"]])
    monkeypatch.setitem(app.config, "SECRET_KEY", "another-key-that-is-long-enough-0123456789")
    assert is_signed_in(browser)
    look_again()
    for _ in range(6):
        other_browser.client.post(
            "/login",
            data={
                "identifier": mira.nip,
                "password": "salah",
                "csrf_token": other_browser.csrf_token(),
            },
        )
    browser.post("/logout", follow=False)
    sign_in(browser, mira.nip)


def test_signing_out_is_a_post_and_ends_the_session_here(browser, mira, at):
    sign_in(browser, mira.nip)
    assert browser.client.get("/logout", headers={"Accept": "application/json"}).status_code == 405
    page = browser.post("/logout")
    assert "Anda sudah keluar" in page.text
    assert not is_signed_in_now(browser)


def test_a_cookie_of_rubbish_is_nobody(browser, mira, at):
    for value in ("", "x", "x.1", f"{mira.id.hex}", f"{mira.id.hex}.x", f"{mira.id.hex}.99"):
        with browser.client.session_transaction() as session:
            session["_user_id"] = value
        assert not is_signed_in_now(browser), value


def test_a_script_without_a_session_is_told_where_to_sign_in(browser, mira, sent, at):
    response = browser.client.post(
        "/uji/kirim",
        json={"a": 1},
        headers={"X-CSRFToken": browser.csrf_token(), "Referer": "http://localhost/learn/a/b"},
    )
    assert response.status_code == 401
    assert response.get_json() == {"login": "/login?next=/learn/a/b"}
    assert sent == []


# --------------------------------------------------------------------- sent too late

ANSWER = 'Baris satu\r\nbaris dua dengan "kutip" & <tanda>'


def send_too_late(browser, time, **fields):
    time.on(timedelta(hours=13))
    return browser.post(
        "/uji/kirim?q=1",
        {"jawaban": ANSWER, "pilihan": ["a", "b"], **fields},
        status=401,
        headers=HERE,
    )


def sealed_in(page):
    return page.select_one("form[action='/login'] input[name=sealed]")["value"]


def fields_of(form):
    found = {}
    for box in form.select("input[name]"):
        found.setdefault(box["name"], []).append(box["value"])
    return found


def test_a_form_sent_too_late_is_kept_confirmed_and_sent(browser, mira, sent, time):
    sign_in(browser, mira.nip)
    page = send_too_late(browser, time)
    assert "Sesi Anda berakhir" in page.text
    assert sent == []
    page = sign_in(browser, mira.nip, "salah", status=422, sealed=sealed_in(page))
    page = sign_in(browser, mira.nip, sealed=sealed_in(page), status=200)
    assert page.h1.text == "Kirim jawaban tadi?"
    assert "baris dua" in page.text
    assert sent == [], "nothing is sent before it is confirmed"
    form = page.select_one("main form")
    fields = fields_of(form)
    assert len(fields["csrf_token"]) == 1
    look_again()
    response = browser.client.post(form["action"], data=fields)
    assert response.text == "diterima", "the page's own token is good"
    got = sent[0]
    assert got["jawaban"][0].split() == ANSWER.split()
    assert got["pilihan"] == ["a", "b"]
    assert got["q"] == "1"
    assert "sealed" not in got


def test_the_token_of_the_old_session_does_not_travel(browser, mira, sent, time):
    sign_in(browser, mira.nip)
    page = send_too_late(browser, time, csrf_token="the-old-token")
    page = sign_in(browser, mira.nip, sealed=sealed_in(page), status=200)
    assert "the-old-token" not in str(page)


def test_somebody_elses_form_is_not_sent(browser, mira, jonas, sent, time):
    sign_in(browser, mira.nip)
    page = send_too_late(browser, time)
    sign_in(browser, jonas.nip, sealed=sealed_in(page), status=303)
    page = browser.get("/account")
    assert "milik akun lain" in page.text
    assert "baris dua" not in page.text
    assert sent == []


def test_without_an_old_cookie_the_form_is_sent_by_whoever_confirms_it(browser, mira, sent, time):
    page = browser.post("/uji/kirim", {"jawaban": "ya saja"}, status=401, headers=HERE)
    page = sign_in(browser, mira.nip, sealed=sealed_in(page), status=200)
    assert "Mira Lestari" in page.select_one("main").text


def test_a_kept_form_is_good_for_an_hour(browser, mira, sent, time):
    sign_in(browser, mira.nip)
    page = send_too_late(browser, time)
    time.on(timedelta(minutes=61))
    sign_in(browser, mira.nip, sealed=sealed_in(page), status=303)
    assert "lewat satu jam" in browser.get("/account").text


def test_a_forged_seal_is_nothing(browser, mira, sent, time):
    sign_in(browser, mira.nip)
    sealed = sealed_in(send_too_late(browser, time))
    for forged in (sealed[:-3] + "abc", "rubbish", "." * 50):
        sign_in(browser, mira.nip, sealed=forged, status=303)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/localhost"},
    ],
)
def test_a_form_from_another_site_is_not_kept(browser, mira, sent, time, headers):
    page = browser.post("/uji/kirim", {"jawaban": "jahat"}, status=401, headers=headers)
    assert sealed_in(page) == ""
    assert "tidak dapat disimpan" in page.text
    assert "jahat" not in str(page)


def test_a_form_too_large_to_keep_says_so(browser, mira, sent, at):
    noise = urlsafe_b64encode(random.Random(1).randbytes(740_000)).decode()
    page = browser.post("/uji/kirim", {"jawaban": noise}, status=401, headers=HERE)
    assert "tidak dapat disimpan" in page.text


def test_a_long_essay_fits(browser, mira, sent, at):
    essay = " ".join(f"kalimat {n} tentang air bersih." for n in range(20_000))
    page = browser.post("/uji/kirim", {"jawaban": essay}, status=401, headers=HERE)
    page = sign_in(browser, mira.nip, sealed=sealed_in(page), status=200)
    assert page.select_one("input[name=jawaban]")["value"] == essay


def test_what_is_typed_into_forms_of_passwords_is_never_kept(browser, mira, time):
    sign_in(browser, mira.nip)
    time.on(timedelta(hours=13))
    page = browser.post(
        "/account/password", current=PASSWORD, password="rahasia sekali", again="x", headers=HERE
    )
    assert page.h1.text == "Masuk"
    assert "rahasia" not in str(page)


def test_a_sign_in_form_with_an_old_token_is_shown_again(browser, mira, at):
    page = browser.post("/login", identifier=mira.nip, password=PASSWORD, csrf_token="old")
    assert "kedaluwarsa" in page.text
    assert PASSWORD not in str(page)
