"""Templates as tables: what goes out comes in again, and what is wrong is named by its cell."""

import io

import pytest
from sqlalchemy import func, select

from corpu.plans.template_models import PlanTemplate
from corpu.plans.template_rules import from_json
from corpu.workbooks import read_table
from tests.factories import make_person
from tests.manage.test_plan_templates import HOME, values
from tests.plans.template_factories import TODAY, WHY, write

HEADING = "jenis_jabatan,jabatan,unit,kompetensi,bentuk,kegiatan,kursus,banyaknya,jp,bagian"


@pytest.fixture
def tini(session, agency):
    return make_person(session, name="Tini Wartini", roles=["manager"])


def send(browser, *rows, heading=HEADING, status=200, **fields):
    data = "\n".join([heading, *rows]).encode()
    sent = {"starts_on": TODAY.isoformat(), "reason": WHY, "ends_on": ""} | fields
    file = (io.BytesIO(data), "templat.csv")
    return browser.post(f"{HOME}/import", sent, status=status, file=file)


def count(session):
    session.expire_all()
    return session.scalar(select(func.count()).select_from(PlanTemplate))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_goes_out_comes_in_again_and_changes_nothing(
    browser, session, agency, tini, at, ending
):
    write(session, agency)
    browser.sign_in(tini)
    data = browser.client.get(f"{HOME}/export.{ending}").data
    table = read_table(data)
    assert table[0] == HEADING.split(",")
    assert [row[3:] for row in table[1:]] == [
        ["KOM", "coaching", "Bimbingan menulis telaahan", "", "2", "4", "20"],
        ["KOM", "proyek", "Menyusun naskah kebijakan", "", "", "12,5", "70"],
        ["INT", "mentoring", "Mentoring benturan kepentingan", "", "1", "2", "20"],
        ["KSM"],
    ]
    file = (io.BytesIO(data), f"t.{ending}")
    sent = {"starts_on": TODAY.isoformat(), "reason": WHY}
    page = browser.post(f"{HOME}/import", sent, status=200, file=file)
    assert "Tidak ada yang berubah" in page.text
    assert count(session) == 1
    browser.get(f"{HOME}/export.pdf", status=404)


def test_a_table_is_looked_at_and_kept_once_confirmed(browser, session, agency, tini, at):
    first = write(session, agency)
    browser.sign_in(tini)
    page = send(
        browser,
        "JF_PT,,,KOM,coaching,Bimbingan,,3,6,20",
        "jf_mu,Analis Air,,INT,belajar_mandiri,Membaca pedoman,,,,",
        'JF_MU,ANALIS  AIR,,KOM,proyek,"Naskah, baru",,,"7,5",',
    )
    assert "2 templat baru atau berubah." in page.text
    assert count(session) == 1
    sent = values(page)
    for _click in range(2):
        browser.post(f"{HOME}/import", sent, status=200 if _click else 303)
    rows = session.scalars(select(PlanTemplate).where(PlanTemplate.id != first.id)).all()
    assert {(row.post_type, row.title, len(from_json(row.goals))) for row in rows} == {
        ("JF_PT", "", 1),
        ("JF_MU", "Analis Air", 2),
    }


def test_everything_that_is_wrong_is_named_and_nothing_is_kept(browser, session, tini, at):
    browser.sign_in(tini)
    page = send(
        browser,
        "JF_XX,,,KOM,coaching,Bimbingan,,1,,",
        "JF_PT,,BUKAN,KOM,coaching,Bimbingan,,1,,",
        "JF_PT,,,XYZ,coaching,Bimbingan,,1,,",
        "JF_PT,,,KOM,seminar,Bimbingan,,1,,",
        "JF_PT,,,KOM,proyek,Naskah,,,-4,",
        "JF_PT,,,KOM,coaching,Bimbingan,,2,5,",
        "JF_PT,,,KOM,coaching,Bimbingan,,2,,70",
        "JF_PT,,,KOM,coaching,Bimbingan,,1.250,,",
        "JF_PT,,,KOM,kursus,,tidak-ada,,,",
        status=422,
    )
    found = [
        tuple(cell.text.strip() for cell in row.select("th, td"))[:2]
        for row in page.select("[role=alert] tbody tr")
    ]
    assert found == [
        ("Baris 2", "jenis_jabatan"),
        ("Baris 3", "unit"),
        ("Baris 4", "kompetensi"),
        ("Baris 5", "bentuk"),
        ("Baris 6", "jp"),
        ("Baris 7", "jp"),
        ("Baris 8", "bagian"),
        ("Baris 9", "banyaknya"),
        ("Baris 10", "kursus"),
    ]
    assert "Kolom kompetensi tidak ada." in send(browser, heading="jenis_jabatan", status=422).text
    assert "tidak memuat satu templat" in send(browser, status=422).text
    page = send(browser, "JF_PT,,,KOM,,,,,,", ends_on="2026-11-01", status=200)
    page = browser.post(f"{HOME}/import", values(page), status=422)
    assert "Hari terakhir paling awal" in page.text
    assert count(session) == 0
