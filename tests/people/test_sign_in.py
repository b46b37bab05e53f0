from datetime import timedelta
from threading import Event, Thread

import pytest
from sqlalchemy import select

from corpu.people import passwords, service
from corpu.people.models import Account, UnknownSignIn
from corpu.people.sign_in import PasswordReplaced, forget_unknown
from corpu.people.views import BLOCKED, WRONG
from corpu.throttle import Throttle, address_key
from tests.people.conftest import PASSWORD


def sign_in(browser, identifier, password=PASSWORD, *, status=303, **fields):
    return browser.post(
        "/login", identifier=identifier, password=password, status=status, follow=False, **fields
    )


def is_signed_in(browser):
    """Whether /account answers; anybody else is sent to sign in."""
    return browser.client.get("/account").status_code == 200


def said(page):
    return page.select_one(".error").get_text(" ", strip=True)


@pytest.mark.parametrize("spaced", [False, True])
def test_a_nip_signs_in_with_or_without_blanks(browser, mira, at, spaced):
    nip = f" {mira.nip[:8]} {mira.nip[8:14]} {mira.nip[14]}.{mira.nip[15:]}" if spaced else mira.nip
    sign_in(browser, nip)
    page = browser.get("/account")
    assert "Mira Lestari" in page.text


def test_an_address_signs_in_in_any_case(browser, mira, at):
    sign_in(browser, mira.email.upper())
    assert browser.get("/account")


def test_signing_in_leads_to_the_page_asked_for_and_nowhere_else(browser, mira, at):
    response = browser.client.get("/account?tab=1")
    assert response.status_code == 303
    assert response.location == "/login?next=/account?tab%3D1"
    page = browser.get(response.location)
    assert page.select_one("input[name=next]")["value"] == "/account?tab=1"
    for target in (
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "account",
        "/login",
    ):
        response = browser.client.post(
            "/login",
            data={
                "identifier": mira.nip,
                "password": PASSWORD,
                "next": target,
                "csrf_token": browser.csrf_token(),
            },
        )
        assert response.location == "/", target
    response = browser.client.post(
        "/login",
        data={
            "identifier": mira.nip,
            "password": PASSWORD,
            "next": "/account?tab=1",
            "csrf_token": browser.csrf_token(),
        },
    )
    assert response.location == "/account?tab=1"


def test_wrong_password_unknown_person_and_deactivated_one_get_the_same_answer(
    browser, session, mira, jonas, at, hashes
):
    service.deactivate(session, jonas.id, by=None, reason="pensiun", at=at)
    session.commit()
    answers, costs = [], []
    for identifier in (mira.nip, jonas.nip, "198001012005011999", "nobody@go.id", "??"):
        hashes.clear()
        page = sign_in(browser, identifier, "salah sekali", status=422)
        assert page.select_one("#identifier")["value"] == identifier
        assert not page.select_one("#password").get("value")
        answers.append(said(page))
        costs.append(len(hashes))
    assert set(answers) == {WRONG}
    assert set(costs) == {1}


def test_only_who_knows_the_password_learns_that_the_account_is_deactivated(
    browser, session, mira, at
):
    service.deactivate(session, mira.id, by=None, reason="pensiun", at=at)
    session.commit()
    assert "dinonaktifkan" in said(sign_in(browser, mira.nip, status=403))
    assert not is_signed_in(browser)


def test_empty_fields_are_answered_at_the_field(browser, mira, at, hashes):
    page = sign_in(browser, "", "", status=422)
    assert "Tulis NIP" in page.text
    assert "Tulis kata sandi" in page.text
    assert hashes == []


def test_after_five_failures_the_account_waits_longer_each_time(browser, mira, time, hashes):
    for _ in range(5):
        sign_in(browser, mira.nip, "salah", status=422)
    for wait in (1, 2, 4, 8, 16, 32, 60, 60):
        before = len(hashes)
        page = sign_in(browser, mira.email, status=429)
        assert f"{wait} detik" in said(page)
        assert page.select_one("#identifier")["value"] == mira.email
        assert len(hashes) == before, "a refused attempt costs no hash"
        time.on(timedelta(seconds=wait))
        sign_in(browser, mira.nip, "salah", status=422)
    time.on(timedelta(seconds=60))
    sign_in(browser, mira.nip)
    assert is_signed_in(browser)


def test_an_unknown_person_waits_like_a_known_one(browser, session, agency, time):
    for _ in range(5):
        sign_in(browser, "198001012005011999", "salah", status=422)
    assert "1 detik" in said(sign_in(browser, "19800101 200501 1 999", "salah", status=429))
    time.on(timedelta(seconds=1))
    sign_in(browser, "198001012005011999", "salah", status=422)
    row = session.scalar(select(UnknownSignIn))
    assert row.failures == 6
    assert "1980" not in row.key, "what was typed is not kept"


def test_a_right_password_clears_the_failures(browser, other_browser, session, mira, time):
    for _ in range(4):
        sign_in(browser, mira.nip, "salah", status=422)
    sign_in(browser, mira.nip)
    session.expire_all()
    account = session.get(Account, mira.id)
    assert (account.failures, account.failed_at) == (0, None)
    assert account.signed_in_at == time.now


def test_a_browser_that_has_signed_in_before_never_waits(browser, other_browser, mira, jonas, at):
    sign_in(browser, mira.nip)
    browser.post("/logout", follow=False)
    for _ in range(5):
        sign_in(other_browser, mira.nip, "salah", status=422)
    sign_in(other_browser, mira.nip, status=429)
    for _ in range(8):
        sign_in(browser, mira.nip, "salah", status=422)
    sign_in(browser, mira.nip)
    assert is_signed_in(browser)


def test_a_known_browser_is_known_for_its_own_accounts_only(browser, mira, jonas, at):
    sign_in(browser, mira.nip)
    browser.post("/logout", follow=False)
    for _ in range(5):
        sign_in(browser, jonas.nip, "salah", status=422)
    sign_in(browser, jonas.nip, status=429)
    cookie = browser.client.get_cookie("corpu-known").value
    assert mira.id.hex not in cookie
    browser.client.set_cookie("corpu-known", cookie[:-2] + "xx")
    assert is_signed_in(browser) is False


def test_an_address_is_stopped_after_300_failures_but_no_known_browser(
    app, browser, other_browser, mira, at, hashes
):
    sign_in(browser, mira.nip)
    browser.post("/logout", follow=False)
    throttle = Throttle(app, "sign-in")
    for _ in range(299):
        throttle.hit_failure("127.0.0.1")
    sign_in(other_browser, "nobody@go.id", "salah", status=422)
    hashes.clear()
    assert said(sign_in(other_browser, mira.nip, status=429)) == BLOCKED
    assert hashes == []
    sign_in(browser, mira.nip)


def test_successes_never_count_against_an_address(app, browser, mira, at):
    for _ in range(3):
        sign_in(browser, mira.nip)
        browser.post("/logout", follow=False)
    throttle = Throttle(app, "sign-in", limit=1)
    assert not throttle.is_blocked("127.0.0.1")


def test_failures_of_one_kind_or_key_do_not_count_for_another(app):
    throttle = Throttle(app, "verify", limit=2)
    throttle.hit_failure("a")
    assert not throttle.is_blocked("a")
    throttle.hit_failure("a")
    assert throttle.is_blocked("a")
    assert not throttle.is_blocked("b")
    assert not Throttle(app, "sign-in", limit=2).is_blocked("a")


def test_an_ipv6_client_is_its_network():
    assert address_key("2001:db8:1:2:3:4:5:6") == address_key("2001:db8:1:2::1")
    assert address_key("2001:db8:1:3::1") != address_key("2001:db8:1:2::1")
    assert address_key("::ffff:10.0.0.1") == address_key("10.0.0.1") == "10.0.0.1"
    assert address_key(None) == address_key("rubbish")


def test_one_hash_at_a_time_and_the_queue_ends_with_503(app, browser, mira, at, monkeypatch):
    monkeypatch.setattr(passwords, "LONGEST_QUEUE", 0.01)
    inside, go = Event(), Event()

    def hold():
        with passwords._turn():
            inside.set()
            go.wait(5)

    holder = Thread(target=hold)
    holder.start()
    inside.wait(5)
    try:
        page = sign_in(browser, mira.nip, status=503)
        assert "Banyak orang" in said(page)
    finally:
        go.set()
        holder.join()
    sign_in(browser, mira.nip)


def test_a_password_replaced_while_it_was_checked_opens_nothing(session, mira, at):
    """The old one was right a moment ago: the new epoch must not be its reward."""
    attempt = service.open_attempt(session, ("nip", mira.nip), key="", at=at)
    service.set_password(session, mira.id, password_hash="new", by=None, at=at)
    with pytest.raises(PasswordReplaced):
        service.settle(session, mira.id, at=at, checked=attempt.password_hash)
    assert service.settle(session, mira.id, at=at, checked="new") == 1


def test_a_hash_has_the_agreed_costs_and_is_renewed_where_it_has_not(
    browser, session, mira, at, password_hash
):
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in password_hash
    assert not passwords.matches(passwords.NOBODY, PASSWORD)
    assert not passwords.is_outdated(passwords.NOBODY), "nobody's hash costs the same"
    old = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    session.get(Account, mira.id).password_hash = old
    session.commit()
    sign_in(browser, mira.nip)
    session.expire_all()
    renewed = session.get(Account, mira.id).password_hash
    assert renewed != old
    assert passwords.matches(renewed, PASSWORD)


def test_an_account_without_a_password_cannot_be_entered(browser, session, mira, at):
    session.get(Account, mira.id).password_hash = None
    session.commit()
    assert said(sign_in(browser, mira.nip, "", status=422))
    assert said(sign_in(browser, mira.nip, "A" * 32, status=422)) == WRONG


def test_a_very_long_password_is_refused_before_it_is_hashed(browser, mira, at, hashes):
    sign_in(browser, mira.nip, "x" * 100_000, status=422)
    assert hashes == []


def test_counts_of_unknown_people_are_thrown_away_after_a_day(browser, session, agency, time):
    sign_in(browser, "nobody@go.id", "salah", status=422)
    forget_unknown(session, time.now + timedelta(hours=23))
    assert session.scalar(select(UnknownSignIn))
    forget_unknown(session, time.now + timedelta(hours=25))
    assert not session.scalar(select(UnknownSignIn))


def test_demo_entry_does_not_exist_outside_demo_mode(browser, mira, at):
    assert "peserta" not in browser.get("/login").select_one("main").text.lower()
    response = browser.client.post(
        "/login/demo",
        data={"role": "learner", "csrf_token": browser.csrf_token()},
        headers={"Accept": "application/json"},
    )
    assert response.status_code == 404
