"""A correction: with a reason, with what changed, and never over what another has just saved."""

import pytest

from corpu.people import directory
from corpu.people.models import Person
from tests.manage.conftest import REASON
from tests.manage.reading import error_at, fields_of, send, text_of

NEW_NIP = "200012312024211901"


def fresh(session, person):
    return session.get(Person, person.id, populate_existing=True)


@pytest.fixture
def url(mira):
    return f"/manage/people/{mira.id}/correct"


def test_a_new_number_keeps_the_old_one_in_the_history(as_chief, session, mira, url, entries):
    old = mira.nip
    page = send(as_chief, url, nip=f"NIP. {NEW_NIP[:8]} {NEW_NIP[8:]}", reason="diangkat PPPK")
    assert fresh(session, mira).nip == NEW_NIP
    assert [one.nip for one in directory.earlier_numbers(session, mira.id)] == [old]
    assert f"{old[:8]} {old[8:14]} {old[14]} {old[15:]}" in text_of(page)
    (entry,) = entries("person.corrected")
    assert (entry.before, entry.after) == ({"nip": old}, {"nip": NEW_NIP})
    assert (entry.actor_name, entry.reason) == ("Siti Maesaroh", "diangkat PPPK")


def test_the_page_shows_what_was_and_what_is(as_chief, mira, url):
    page = send(as_chief, url, name="Mira Lestari Dewi", reason=REASON)
    assert "Data Mira Lestari Dewi tersimpan." in text_of(page)
    trail = text_of(page.select_one("section[aria-labelledby=jejak]"))
    assert "Nama: Mira Lestari → menjadi Mira Lestari Dewi" in trail
    assert REASON in trail


def test_without_a_reason_nothing_is_saved_and_the_input_stays(as_chief, session, mira, url):
    page = send(as_chief, url, name="Mira Baru", status=422)
    assert error_at(page, "reason") == "Tulis alasan atau dasarnya."
    assert page.select_one("[name=name]")["value"] == "Mira Baru"
    assert fresh(session, mira).name == "Mira Lestari"


def test_what_somebody_else_has_is_refused_at_its_field(as_chief, mira, jonas, url):
    page = send(as_chief, url, nip=jonas.nip, reason=REASON, status=409)
    assert "sudah dipakai pegawai lain" in error_at(page, "nip")
    page = send(as_chief, url, nip="", email="", reason=REASON, status=422)
    assert "salah satunya dipakai untuk masuk" in error_at(page, "nip")


def test_the_same_form_sent_twice_writes_one_entry(as_chief, mira, url, entries):
    data = fields_of(as_chief.get(url), url) | {"name": "Mira Baru", "reason": REASON}
    as_chief.post(url, data)
    as_chief.post(url, data)
    assert len(entries("person.corrected")) == 1


def test_a_form_that_changes_nothing_writes_nothing(as_chief, url, entries):
    send(as_chief, url, reason=REASON)
    assert entries("person.corrected") == []


def test_the_second_of_two_managers_sees_what_the_first_has_changed(
    as_chief, as_ratna, session, mira, url, entries
):
    mine = fields_of(as_chief.get(url), url) | {"name": "Mira Satu", "reason": "pertama"}
    theirs = fields_of(as_ratna.get(url), url) | {"name": "Mira Dua", "reason": "kedua"}
    as_chief.post(url, mine)
    page = as_ratna.post(url, theirs, status=409)
    shown = text_of(page.select_one("section[aria-labelledby=berubah]"))
    assert "Mira Satu" in shown
    assert "Mira Dua" in shown
    assert fresh(session, mira).name == "Mira Satu"
    as_ratna.post(url, fields_of(page, url))
    assert fresh(session, mira).name == "Mira Dua"
    assert [entry.before["name"] for entry in entries("person.corrected")] == [
        "Mira Lestari",
        "Mira Satu",
    ]


def test_others_cannot_correct_anybody(browser, session, mira, jonas, url, at):
    browser.sign_in(jonas).get(url, status=403)
    browser.post(url, {"name": "Peretas", "reason": "iseng"}, status=403)
    assert fresh(session, mira).name == "Mira Lestari"


def test_an_unknown_person_is_not_found(as_chief, elsewhere):
    as_chief.get(f"/manage/people/{elsewhere.id}/correct", status=404)
