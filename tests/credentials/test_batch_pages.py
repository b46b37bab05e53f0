"""Certificates for many, as a manager meets them."""

import csv
import io

import pytest
from sqlalchemy import select

from corpu.credentials import batch_choice, batches, service
from corpu.credentials.batch_models import BatchItem, CertificateBatch
from corpu.credentials.models import Certificate
from corpu.jobs import Job
from corpu.people.export import own_data
from corpu.people.models import RoleAssignment
from corpu.workbooks import as_xlsx
from tests.credentials.test_batches import worked
from tests.credentials.world import bpsdm, complete, issue, make_course, make_issuer
from tests.factories import make_person, make_unit
from tests.statements import statements

LIST = "/manage/certificates/batches"


@pytest.fixture
def unit(session, agency):
    return bpsdm(session, unit_token="BPSDM")


@pytest.fixture
def course(session, app, unit):
    return make_course(session, app, unit)


@pytest.fixture
def manager(session, unit):
    return make_person(session, name="Sari Pengelola", unit=unit, roles=["manager"])


@pytest.fixture
def desk(browser, manager, at):
    return browser.sign_in(manager)


def text_of(page):
    return " ".join(page.get_text(" ").split())


def drafted(session):
    return session.scalars(select(CertificateBatch).order_by(CertificateBatch.id.desc())).first()


def test_a_manager_lets_a_course_wait_looks_issues_and_follows(
    session, app, desk, course, mira, at
):
    page = desk.get(f"{LIST}/courses/{course.course_id}")
    assert "terbit langsung" not in text_of(page)
    desk.post(f"{LIST}/courses/{course.course_id}", way="batch", reason="Pelatihan klasikal")
    assert "Per angkatan" in text_of(desk.page)
    first, second = mira, make_person(session, name="Ani 明")
    for person in (first, second):
        service.issue_for_completion(session, complete(session, person, course, at))
    session.commit()

    waiting = desk.get("/manage/certificates/waiting?cause=batch")
    (link,) = {one["href"] for one in waiting.select("td a") if "batches" in one["href"]}
    form = desk.get(link)
    assert form.select_one("option[selected]")["value"] == str(course.course_id)
    desk.post(f"{LIST}/new", course=str(course.course_id), by="all")
    batch = drafted(session)
    here = f"{LIST}/{batch.id}"
    said = text_of(desk.page)
    assert "Akan terbit, 1" in said
    assert "Ada yang menghalangi, 1" in said
    assert "Huruf tidak dapat dicetak: 1" in said
    assert not session.scalars(select(Certificate)).all()
    with statements() as sent:
        desk.get(f"{here}?group=blocked")
    assert len(sent) <= 13, sent
    assert "Ada huruf yang tidak dapat dicetak: 明." in text_of(desk.page)
    assert "Mira" not in text_of(desk.page.main)

    desk.post(here, reason="", status=422)
    assert "Tulis alasan" in text_of(desk.page)
    desk.post(here, reason="Surat tugas 12/2026")
    assert "Sedang diterbitkan" in text_of(desk.page)
    desk.post(here, reason="Surat tugas 12/2026")  # the second of two clicks
    assert "Sedang diterbitkan" in text_of(desk.page)
    desk.post(f"{here}/stop")
    assert "Lanjutkan penerbitan" in text_of(desk.page)
    desk.post(f"{here}/go-on")
    worked(session, at)
    said = text_of(desk.get(here))
    assert "Terbit, 1" in said
    assert "1 orang belum mendapat sertifikat" in said
    listed = desk.client.get(f"{here}/list.csv")
    rows = list(csv.reader(io.StringIO(listed.text.lstrip("\ufeff"))))
    assert [row[4] for row in rows[1:]] == ["Terbit", "Tidak dapat terbit"]
    assert rows[2][5].startswith("Ada huruf yang tidak dapat dicetak: 明.")
    assert desk.client.get(f"{here}/list.ods").status_code == 404
    (mine,) = own_data(session, mira.id, at=at)["certificates"]["batches"]
    assert (mine["course"], mine["became"]) == (course.title, "issued")


def test_a_list_is_pasted_or_sent_as_a_table(session, app, desk, course, mira, at):
    issue(session, mira, course, at)
    pasted = f"Nama;NIP\nMira;'{mira.nip}\n\n=1+1;{mira.nip}\nSiapa;12345\n"
    desk.post(f"{LIST}/new", course=str(course.course_id), by="list", listed=pasted)
    assert drafted(session).total == 2
    assert {one.state.value for one in session.scalars(select(BatchItem))} == {
        "present",
        "unknown",
    }
    workbook = as_xlsx("daftar", ["NIP"], [[mira.nip], ["'" + mira.nip]])
    desk.post(
        f"{LIST}/new",
        {
            "course": str(course.course_id),
            "by": "list",
            "file": (io.BytesIO(workbook), "daftar.xlsx"),
        },
    )
    assert drafted(session).total == 1
    assert "Daftar 1 NIP" in text_of(desk.page)
    here = f"{LIST}/{drafted(session).id}"
    desk.post(here, reason="Tidak ada", status=409)
    assert "Tidak ada yang dapat diterbitkan" in text_of(desk.page)
    desk.post(f"{here}/discard")
    desk.get(here, status=404)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"course": "", "by": "all"}, "Pilih kursusnya."),
        ({"by": "unit"}, "Pilih unitnya."),
        ({"by": "dates", "first": "2026-11-24", "last": "2026-11-01"}, "sesudah hari pertama"),
        ({"by": "dates", "first": "kemarin"}, "Tulis tanggal yang ada"),
        ({"by": "list"}, "Tempel NIP-nya"),
        ({"by": "all"}, "Tidak ada seorang pun"),
    ],
)
def test_what_cannot_be_chosen_is_said_at_its_field(session, desk, course, fields, said):
    page = desk.post(f"{LIST}/new", {"course": str(course.course_id)} | fields, status=422)
    assert said in text_of(page.select_one(".note.bad"))
    assert not session.scalars(select(CertificateBatch)).all()


def test_more_than_a_batch_holds_is_refused_with_what_to_do(desk, course, monkeypatch):
    monkeypatch.setattr(batch_choice, "MOST", 1)
    listed = "1\n2\n3\n"
    page = desk.post(
        f"{LIST}/new", course=str(course.course_id), by="list", listed=listed, status=422
    )
    assert "terlalu besar" in text_of(page.select_one(".note.bad"))
    assert page.select_one("#listed").get_text().split() == ["1", "2", "3"]


def test_another_units_batch_does_not_exist(session, app, browser, course, manager, mira, at):
    complete(session, mira, course, at)
    browser.sign_in(manager).post(f"{LIST}/new", course=str(course.course_id), by="all")
    here = f"{LIST}/{drafted(session).id}"
    elsewhere = make_unit(session)
    make_issuer(session, elsewhere)
    other = make_person(session, name="Bagus Jauh", unit=elsewhere, roles=["manager"])
    session.scalars(
        select(RoleAssignment).filter_by(person_id=other.id)
    ).one().unit_id = elsewhere.id
    session.commit()
    browser.sign_in(other)
    browser.get(here, status=404)
    browser.get(f"{here}/list.csv", status=404)
    for act in ("stop", "go-on", "discard"):
        browser.post(f"{here}/{act}", status=404)
    browser.post(here, reason="Bukan milik saya", status=404)
    browser.get(f"{LIST}/courses/{course.course_id}", status=404)
    assert "Air Bersih" not in text_of(browser.get(f"{LIST}/new"))
    browser.post(f"{LIST}/new", course=str(course.course_id), by="all", status=422)
    assert course.title not in text_of(browser.get(LIST).main)
    assert not session.scalars(select(Job).filter_by(kind=batches.ISSUE)).all()
    browser.sign_in(mira).get(LIST, status=403)
