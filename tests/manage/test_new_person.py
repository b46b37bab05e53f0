"""A new person: recorded whole or not at all, and given a link that is shown once."""

from datetime import date

import pytest
from sqlalchemy import func, select

from corpu.people.models import Account, Person, Posting, RoleAssignment, SignInLink, Supervision
from corpu.people.queries import standing, supervisor_of
from tests.factories import make_person
from tests.manage.conftest import REASON
from tests.manage.reading import error_at, fields_of, send, text_of

URL = "/manage/people/new"
NIP = "198502232006042908"


def given(where, /, **changes):
    return {
        "title_before": "Dr.",
        "name": "Siti  Aminah",
        "title_after": "S.Pi.",
        "nip": "19850223 200604 2 908",
        "email": "Siti@Go.ID",
        "unit": str(where.id),
        "title": "Analis Gizi Ahli Muda",
        "post_type": "JF_MU",
        "grade": "III/c",
        "started_on": "2026-11-02",
        "reason": REASON,
    } | changes


def new_one(session):
    return session.scalar(select(Person).filter_by(nip=NIP))


def test_post_supervisor_and_role_come_with_the_person(
    as_chief, session, division, mira, entries, at
):
    page = send(
        as_chief,
        URL,
        status=200,
        **given(division, person=mira.nip, role="instructor", role_unit=str(division.id)),
    )
    person = new_one(session)
    assert (person.full_name, person.email) == ("Dr. Siti Aminah, S.Pi.", "siti@go.id")
    here = standing(session, person.id, at)
    assert (here.unit_name, here.post_title, here.grade) == (
        "Bidang Gizi",
        "Analis Gizi Ahli Muda",
        "III/c",
    )
    assert supervisor_of(session, person.id, at) == (mira.id, "Mira Lestari")
    role = session.scalar(select(RoleAssignment).filter_by(person_id=person.id))
    assert (role.role, role.unit_id) == ("instructor", division.id)
    assert "/login/link/" in text_of(page)
    assert [entry.reason for entry in entries()] == [REASON] * 5
    assert {entry.actor_name for entry in entries()} == {"Siti Maesaroh"}


def test_the_link_signs_in_once(as_chief, browser, session, division, app):
    page = send(as_chief, URL, status=200, **given(division))
    path = page.select_one(".codebox").text.strip().removeprefix("http://localhost")
    link = session.scalar(select(SignInLink))
    assert path.removeprefix("/login/link/") != link.token_hash
    browser.client.post("/logout", data={"csrf_token": browser.csrf_token()})
    password = {"password": "dua ekor kucing", "again": "dua ekor kucing"}
    assert "Anda sudah masuk" in text_of(browser.post(path, password))
    browser.post(path, password, status=410)


def test_the_same_form_sent_twice_makes_one_person(as_chief, session, division):
    data = fields_of(as_chief.get(URL), URL) | given(division)
    as_chief.post(URL, data, status=200)
    page = as_chief.post(URL, data)
    assert "sudah tersimpan sebelumnya" in text_of(page)
    assert session.scalar(select(func.count()).select_from(SignInLink)) == 1
    assert session.scalar(select(func.count()).where(Person.nip == NIP)) == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", " ", "Tulis nama orangnya."),
        ("nip", "123", "NIP terdiri atas 18 angka"),
        ("nip", "198513232006042908", "bukan tanggal lahir"),
        ("email", "bukan surel", "Tulis surel lengkap"),
        ("unit", "", "Pilih unit."),
        ("post_type", "RAJA", "Pilih salah satu dari daftar"),
        ("title", "", "Tulis nama jabatannya."),
        ("started_on", "31-02-2026", "Tulis tanggal yang ada"),
        ("started_on", "1026-01-01", "antara tahun 1950 dan 2099"),
        ("reason", "", "Tulis alasan atau dasarnya."),
        ("reason", "x" * 501, "paling banyak 500 huruf"),
        ("name", "x" * 161, "paling banyak 160 huruf"),
        ("person", "Tidak Ada Orangnya", "Tidak ada pegawai aktif"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field_and_the_rest_is_kept(
    as_chief, session, division, field, value, sentence
):
    people = session.scalar(select(func.count()).select_from(Person))
    page = send(as_chief, URL, status=422, **given(division, **{field: value}))
    assert sentence in error_at(page, field)
    kept = "Analis Gizi Ahli Muda" if field != "title" else ""
    assert page.select_one("[name=title]").get("value", "") == kept
    assert session.scalar(select(func.count()).select_from(Person)) == people


@pytest.mark.parametrize("field", ["nip", "email"])
def test_a_number_or_address_of_somebody_else_is_refused_and_nothing_is_half_saved(
    as_chief, session, division, mira, field
):
    page = send(as_chief, URL, status=409, **given(division, **{field: getattr(mira, field)}))
    assert "sudah dipakai pegawai lain" in error_at(page, field)
    assert session.scalar(select(func.count()).where(Person.name == "Siti Aminah")) == 0


def test_a_refusal_at_the_last_step_leaves_no_person(as_chief, session, division, mira):
    """The post is refused after the person was written; both are undone."""
    division.archived_at = division.archived_at or mira.created_at
    session.commit()
    page = send(as_chief, URL, status=422, **given(division))
    assert "Pilih" in error_at(page, "unit")
    assert new_one(session) is None


def test_an_odd_number_is_taken_with_a_warning(as_chief, session, division):
    page = send(as_chief, URL, status=200, **given(division, nip="198502231999042908"))
    assert "usia saat diangkat di luar 16–60 tahun" in text_of(page)
    assert session.scalar(select(Person).filter_by(nip="198502231999042908"))


def test_a_manager_of_everything_may_record_somebody_without_a_post(as_chief, session, division):
    send(as_chief, URL, status=200, **given(division, unit="", title="", post_type=""))
    person = new_one(session)
    assert session.scalar(select(Posting).filter_by(person_id=person.id)) is None
    page = as_chief.get("/manage/people?state=no-post")
    assert "Siti Aminah" in text_of(page)


def test_a_unit_manager_records_people_of_the_own_branch_only(
    as_ratna, session, division, elsewhere
):
    send(as_ratna, URL, status=422, **given(elsewhere))
    page = send(as_ratna, URL, status=422, **given(division, unit="", title="", post_type=""))
    assert error_at(page, "unit") == "Pilih unit."
    page = send(as_ratna, URL, status=409, **given(division, started_on="2026-12-01"))
    assert "Pilih hari ini atau sebelumnya" in error_at(page, "started_on")
    send(as_ratna, URL, status=200, **given(division))
    assert new_one(session) is not None


def test_a_unit_manager_finds_no_supervisor_elsewhere(as_ratna, session, division, jonas):
    page = send(as_ratna, URL, status=422, **given(division, person=jonas.nip))
    assert "di unit Anda" in error_at(page, "person")


def test_a_name_is_offered_to_choose_from_before_anybody_is_taken(
    as_chief, session, division, mira, jonas
):
    other = make_person(session, name="Mira Kusuma", unit=division)
    page = send(as_chief, URL, status=422, **given(division, person="mira"))
    offered = {box["value"] for box in page.select("[name=chosen]")}
    assert offered == {mira.id.hex, other.id.hex}
    data = fields_of(page, URL) | {"chosen": other.id.hex}
    as_chief.post(URL, data, status=200)
    relation = session.scalar(select(Supervision))
    assert relation.supervisor_id == other.id
    assert relation.started_on == date(2026, 11, 2)


def test_a_choice_made_for_another_name_is_not_taken(as_chief, session, division, mira, jonas):
    page = send(as_chief, URL, status=422, **given(division, person="mira"))
    data = fields_of(page, URL) | {"chosen": mira.id.hex, "person": "jonas"}
    page = as_chief.post(URL, data, status=422)
    assert [box["value"] for box in page.select("[name=chosen]")] == [jonas.id.hex]


def test_a_new_account_has_no_password_and_is_counted_as_waiting(as_chief, session, division):
    send(as_chief, URL, status=200, **given(division))
    assert session.get_one(Account, new_one(session).id).password_hash is None
    assert "Siti Aminah" in text_of(as_chief.get("/manage/people?state=no-password"))


def test_what_was_typed_is_never_markup(as_chief, session, division):
    send(as_chief, URL, status=200, **given(division, name="<b>Siti</b> Aminah"))
    page = as_chief.get("/manage/people?q=siti")
    assert page.select_one("tbody th b") is None
