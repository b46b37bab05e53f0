from datetime import timedelta

import pytest
from sqlalchemy import select

from corpu.audit import AuditEntry
from corpu.people import passwords, service
from corpu.people.accounts import AccountInactive, LinkNotValid
from corpu.people.models import Account, SignInLink
from tests.page import look_again
from tests.people.test_sign_in import is_signed_in, sign_in

NEW = "tiga ekor kambing"


@pytest.fixture
def token(session, mira, at):
    token = service.make_sign_in_link(session, mira.id, by=None, reason="lupa", at=at)
    session.commit()
    return token


def use(browser, token, password=NEW, again=None, **kwargs):
    return browser.post(
        f"/login/link/{token}", password=password, again=again or password, **kwargs
    )


def test_a_link_sets_the_password_and_signs_in(browser, other_browser, session, mira, token, at):
    sign_in(other_browser, mira.nip)
    page = browser.get(f"/login/link/{token}")
    assert "Mira Lestari" in page.text
    use(browser, token)
    assert is_signed_in(browser)
    look_again()
    assert not is_signed_in(other_browser), "sessions from before have ended"
    session.expire_all()
    assert passwords.matches(session.get(Account, mira.id).password_hash, NEW)
    actions = list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))
    assert actions == ["account.link_made", "account.link_used"]


def test_only_the_hash_of_a_link_is_kept(session, token):
    link = session.scalar(select(SignInLink))
    assert token not in (link.token_hash, str(vars(link)))
    entry = session.scalar(select(AuditEntry))
    assert token not in str(vars(entry))
    assert entry.reason == "lupa"


def test_opening_a_link_uses_nothing_up(browser, session, token, at):
    for _ in range(3):
        browser.get(f"/login/link/{token}")
    use(browser, token)


def test_a_link_works_once(browser, other_browser, mira, token, at):
    use(browser, token)
    page = use(other_browser, token, "kata sandi lain", status=410)
    assert "sudah dipakai" in page.text
    other_browser.get(f"/login/link/{token}", status=410)
    sign_in(other_browser, mira.nip, "kata sandi lain", status=422)


def test_a_link_ends_after_a_day(browser, session, token, time):
    time.on(timedelta(hours=24))
    browser.get(f"/login/link/{token}", status=410)
    use(browser, token, status=410)


def test_a_new_link_ends_the_earlier_one(browser, session, mira, token, at):
    newer = service.make_sign_in_link(session, mira.id, by=None, at=at)
    session.commit()
    browser.get(f"/login/link/{token}", status=410)
    browser.get(f"/login/link/{newer}")


def test_an_unknown_link_looks_like_a_used_one(browser, agency, at):
    page = browser.get("/login/link/rubbish", status=410)
    assert "sudah dipakai" in page.text


def test_a_refused_password_leaves_the_link_good(browser, session, mira, token, at):
    page = use(browser, token, "pendek", status=422)
    assert "10 karakter" in page.text
    page = use(browser, token, mira.nip, status=422)
    assert "Jangan memakai NIP" in page.text
    page = use(browser, token, NEW, "tiga ekor kembing", status=422)
    assert "berbeda" in page.text
    use(browser, token)


def test_deactivating_ends_open_links_and_new_ones_are_refused(session, mira, token, at):
    service.deactivate(session, mira.id, by=None, reason="pindah", at=at)
    with pytest.raises(LinkNotValid):
        service.person_of_link(session, token, at=at)
    with pytest.raises(AccountInactive):
        service.make_sign_in_link(session, mira.id, by=None, at=at)


def test_of_two_at_once_one_is_refused(session, mira, token, at):
    service.use_sign_in_link(session, token, password_hash="x", at=at)
    with pytest.raises(LinkNotValid):
        service.use_sign_in_link(session, token, password_hash="y", at=at)
    assert session.get(Account, mira.id).password_hash == "x"
