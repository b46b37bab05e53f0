"""Sequences of numbers and codes of LAN, as managers see and change them."""

import io

import pytest
from sqlalchemy import func, select

from corpu.catalog.models import Course
from corpu.credentials.template_models import CourseRegistration, VoidedNumber
from tests.credentials.world import issue, make_course, make_issuer
from tests.manage.conftest import REASON
from tests.manage.reading import error_at, fields_of, send, text_of

BOOKS = "/manage/certificates/numbers"
VOID = f"{BOOKS}/void"
CODES = "/manage/certificates/registrations"
IMPORT = f"{CODES}/import"
HEAD = "kursus,tahun,kode,sumber,tanggal\n"


@pytest.fixture
def issuer(session, health):
    return make_issuer(session, health, unit_token="DINKES")


@pytest.fixture
def course(session, app, health, issuer):
    return make_course(session, app, health)


@pytest.fixture
def code(course):
    return {
        "course": str(course.course_id),
        "year": "2026",
        "code": "KRA-7",
        "source": "Surat LAN 12/2026",
        "sourced_on": "2026-03-01",
    }


def codes(session):
    return session.scalars(select(CourseRegistration)).all()


def table(rows, name="kode.csv"):
    return io.BytesIO((HEAD + rows).encode()), name


def test_numbers_are_voided_with_a_reason_and_the_book_stays_whole(
    as_chief, session, issuer, course, mira, at
):
    issue(session, mira, course, at)
    asked = {"sequence": f"{issuer.id}|sertifikat|2026|1", "count": "2", "reason": REASON}
    page = send(as_chief, VOID, **asked)
    shown = text_of(page)
    assert "Tanpa celah" in shown
    assert REASON in shown
    again = as_chief.post(VOID, asked, status=409)
    assert "nomor terakhirnya kini 3" in text_of(again)
    chosen = again.select_one("[name=sequence] option[selected]")["value"]
    assert chosen == f"{issuer.id}|sertifikat|2026|3"
    assert session.scalar(select(func.count()).select_from(VoidedNumber)) == 2


def test_a_number_that_is_lost_is_told(as_chief, session, issuer, course, mira, at):
    made = issue(session, mira, course, at)
    made.sequence = 2
    session.commit()
    assert "Tidak terhitung: 1" in text_of(as_chief.get(BOOKS))


def test_it_asks_how_many_and_why(as_chief, session, issuer):
    asked = {"sequence": f"{issuer.id}|sttp|2026|0", "count": "0", "reason": ""}
    page = send(as_chief, VOID, **asked, status=422)
    assert error_at(page, "count")
    assert error_at(page, "reason")
    assert session.scalar(select(func.count()).select_from(VoidedNumber)) == 0


def test_the_sequences_of_units_out_of_reach_are_not_there(as_ratna, session, elsewhere, issuer):
    other = make_issuer(session, elsewhere)
    assert str(other.id) not in str(as_ratna.get(VOID))
    asked = {"sequence": f"{other.id}|sttp|2026|0", "count": "1", "reason": REASON}
    as_ratna.post(VOID, asked, status=404)
    as_ratna.post(VOID, asked | {"sequence": "x"}, status=404)


def test_a_code_of_lan_is_recorded_with_its_source_and_replaced_in_the_open(
    as_chief, session, code, entries
):
    page = send(as_chief, CODES, **code)
    assert "KRA-7" in text_of(page)
    send(as_chief, CODES, **code)
    send(as_chief, CODES, **code | {"code": "KRA-8"})
    assert [(one.code, one.source) for one in codes(session)] == [("KRA-8", "Surat LAN 12/2026")]
    first, second = entries("registration.recorded")
    assert (first.before, second.before["registration"]) == (None, "KRA-7")
    assert "KRA-8" in as_chief.client.get(f"{CODES}/export.csv").text


def test_what_is_no_registration_is_said_at_its_field(as_chief, session, code):
    asked = fields_of(as_chief.get(CODES), CODES) | code
    for change in (
        {"course": "", "code": "", "source": "x" * 201},
        {"year": "26"},
        {"code": "KRA 明"},
        {"sourced_on": "2027-03-01"},
    ):
        page = as_chief.post(CODES, asked | change, status=422)
        assert {field for field in asked if error_at(page, field)} == set(change)
    assert codes(session) == []


def test_codes_come_from_a_table_all_or_none(as_chief, session, course):
    slug = session.get_one(Course, course.course_id).slug
    rows = f"{slug},2025,KRA-5,SIPKA,1-3-2025\n{slug},2026,KRA-6,SIPKA,2026-03-01\n"
    as_chief.get(IMPORT)
    page = as_chief.post(IMPORT, file=table(rows), status=200)
    assert codes(session) == []
    as_chief.post(IMPORT, fields_of(page, IMPORT))
    assert {one.code for one in codes(session)} == {"KRA-5", "KRA-6"}
    page = as_chief.post(IMPORT, file=table(rows), status=200)
    assert "Tidak ada yang berubah" in text_of(page)


def test_a_table_with_anything_wrong_keeps_nothing_and_says_what(as_chief, session, course):
    slug = session.get_one(Course, course.course_id).slug
    rows = (
        f"{slug},2025,KRA-5,SIPKA,1-3-2025\n"
        f"{slug},2025,KRA-9,SIPKA,1-3-2025\n"
        f"{slug},25,KRA-5,SIPKA,1-3-2025\n"
        f"{slug},2025,,SIPKA,besok\n"
        "tidak-ada,2025,KRA-5,SIPKA,1-3-2025\n"
    )
    as_chief.get(IMPORT)
    said = text_of(as_chief.post(IMPORT, file=table(rows), status=422))
    for words in (
        "Kursus dan tahun ini sudah ada di atas",
        "tahun empat angka",
        "Tulis tanggal yang ada",
        "tidak-ada",
    ):
        assert words in said
    assert codes(session) == []
