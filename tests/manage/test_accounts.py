"""Links for forgotten passwords, accounts that end and come back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from corpu import clock
from corpu.people.models import Account, Posting, RoleAssignment, SignInLink
from tests.manage.conftest import REASON
from tests.manage.reading import error_at, fields_of, send, text_of
from tests.page import Browser, look_again


@pytest.fixture
def url(mira):
    return f"/manage/people/{mira.id}"


@pytest.fixture
def stranger(app, session):
    return Browser(app.test_client())


def account(session, person):
    return session.get(Account, person.id, populate_existing=True)


def path_on(page):
    return "/login/link/" + page.select_one(".codebox").text.strip().split("/login/link/")[1]


def test_a_link_is_shown_once_and_ends_the_earlier_one(as_chief, stranger, url, entries):
    first = path_on(send(as_chief, f"{url}/link", reason="lupa kata sandi", status=200))
    page = as_chief.get(f"{url}/link")
    assert "Tautan sebelumnya" in text_of(page)
    second = path_on(send(as_chief, f"{url}/link", reason="yang pertama hilang", status=200))
    stranger.get(first, status=410)
    stranger.get(second)
    assert "/login/link/" not in as_chief.get(url).text
    assert [entry.reason for entry in entries("account.link_made")] == [
        "lupa kata sandi",
        "yang pertama hilang",
    ]


def test_the_token_is_kept_nowhere(as_chief, session, url, entries):
    token = path_on(send(as_chief, f"{url}/link", reason=REASON, status=200)).rsplit("/", 1)[1]
    assert session.scalar(select(SignInLink)).token_hash != token
    assert token not in str([(entry.before, entry.after) for entry in entries()])


def test_the_page_with_a_link_is_never_cached(as_chief, url):
    data = {"reason": REASON, "csrf_token": as_chief.csrf_token()}
    response = as_chief.client.post(f"{url}/link", data=data)
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Referrer-Policy"] == "same-origin"


def test_a_link_ends_after_a_day(as_chief, stranger, url, at, monkeypatch):
    path = path_on(send(as_chief, f"{url}/link", reason=REASON, status=200))
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(hours=24))
    stranger.get(path, status=410)


def test_a_link_needs_a_reason_and_an_active_account(as_chief, session, mira, url):
    page = send(as_chief, f"{url}/link", status=422)
    assert error_at(page, "reason")
    account(session, mira).is_active = False
    session.commit()
    page = send(as_chief, f"{url}/link", reason=REASON, status=409)
    assert "Aktifkan dahulu" in text_of(page)
    assert session.scalar(select(SignInLink)) is None


def test_nobody_makes_a_link_for_the_own_account(as_chief, session, chief):
    """A session left open must not be enough to take the account over."""
    as_chief.get(f"/manage/people/{chief.id}/link", status=409)
    as_chief.post(f"/manage/people/{chief.id}/link", {"reason": REASON}, status=409)
    assert session.scalar(select(SignInLink)) is None


def test_the_page_says_what_a_deactivation_does(as_chief, url):
    page = text_of(as_chief.get(f"{url}/deactivate"))
    assert "Ia langsung keluar dari semua perangkat" in page
    assert "Semua catatan tetap" in page


def test_a_deactivation_ends_sessions_and_links_and_keeps_every_fact(
    as_chief, stranger, session, mira, url, entries, at
):
    path = path_on(send(as_chief, f"{url}/link", reason=REASON, status=200))
    open_session = stranger.sign_in(mira)
    open_session.get("/account")
    page = send(as_chief, f"{url}/deactivate", reason="pensiun")
    assert "Akun nonaktif" in text_of(page)
    look_again()
    assert "/login" in open_session.client.get("/account").location
    open_session.get(path, status=410)
    assert session.scalar(select(Posting).filter_by(person_id=mira.id)).ended_on is None
    (entry,) = entries("person.deactivated")
    assert (entry.reason, entry.after) == ("pensiun", {"is_active": False})


def test_the_same_form_sent_twice_deactivates_once(as_chief, url, entries):
    data = fields_of(as_chief.get(f"{url}/deactivate"), f"{url}/deactivate") | {"reason": REASON}
    as_chief.post(f"{url}/deactivate", data)
    page = as_chief.post(f"{url}/deactivate", data)
    assert "sudah nonaktif" in text_of(page)
    assert len(entries("person.deactivated")) == 1


def test_a_deactivation_needs_a_reason(as_chief, session, mira, url):
    assert error_at(send(as_chief, f"{url}/deactivate", status=422), "reason")
    assert account(session, mira).is_active


def test_nobody_ends_the_own_account_nor_that_of_the_last_manager(
    as_chief, as_ratna, session, chief, health
):
    as_chief.get(f"/manage/people/{chief.id}/deactivate", status=409)
    posting = session.scalar(select(Posting).filter_by(person_id=chief.id))
    posting.unit_id = health.id
    role = session.scalar(select(RoleAssignment).filter_by(person_id=chief.id))
    session.commit()
    assert role.unit_id is None
    as_ratna.post(f"/manage/people/{chief.id}/deactivate", {"reason": REASON}, status=409)
    assert account(session, chief).is_active


def test_an_account_comes_back_with_the_password_it_had(as_chief, session, mira, url, entries):
    kept = account(session, mira)
    kept.password_hash = "kept"
    session.commit()
    send(as_chief, f"{url}/deactivate", reason=REASON)
    data = fields_of(as_chief.get(f"{url}/reactivate"), f"{url}/reactivate") | {"reason": "kembali"}
    page = as_chief.post(f"{url}/reactivate", data)
    as_chief.post(f"{url}/reactivate", data)
    assert "Akun Mira Lestari aktif kembali" in text_of(page)
    assert (account(session, mira).is_active, kept.password_hash) == (True, "kept")
    assert [entry.reason for entry in entries("person.reactivated")] == ["kembali"]


def test_others_touch_no_account(browser, session, jonas, mira, url, at):
    browser.sign_in(jonas)
    for act in ("link", "deactivate", "reactivate"):
        browser.post(f"{url}/{act}", {"reason": "iseng saja"}, status=403)
    assert account(session, mira).is_active
    assert session.scalar(select(SignInLink)) is None
