"""What a post requires, what says so, since when: for its holder, the supervisor, the manager."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from corpu.models import people
from corpu.people.requirement import history_of
from corpu.standards import posts
from tests.factories import make_agency, make_person, make_unit, supervise
from tests.manage.reading import text_of
from tests.standards.factories import BASIS, REASON, TODAY, published, require
from tests.statements import statements

OWN = "/me/competencies/requirement"


@pytest.fixture
def unit(session, agency):
    return make_unit(session, name="Dinas Kominfo")


@pytest.fixture
def dewi(session, unit):
    return make_person(session, name="Dewi Anggraini", unit=unit)


@pytest.fixture
def chief(session, agency):
    return make_person(session, name="Siti Maesaroh", roles=["manager"])


@pytest.fixture
def narrowed(session, agency, unit, dewi):
    """Of the type, of the title, of the title in the unit, and of the posting itself."""
    published(session, agency)
    require(session, agency, {"INT": 3, "KOM": 3})
    require(session, agency, {"KOM": 4, "DAT": 2}, title="Analis Uji")
    require(session, agency, {"PPB": 0}, title="Analis Uji", unit_id=unit.id)
    later = TODAY + timedelta(days=7)
    require(session, agency, {"INT": 5}, title="Analis Uji", unit_id=unit.id, starts_on=later)
    session.execute(
        update(people.Posting)
        .where(people.Posting.person_id == dewi.id)
        .values(required_levels={"KSM": 5})
    )
    session.commit()


def rows_of(page):
    """What the first table says of each competency: level, what says so, since when."""
    return {
        row.select_one("th").get_text(" ").split("  ")[0].strip(): [
            " ".join(cell.get_text(" ").split()) for cell in row.select("td")
        ]
        for row in page.select("table")[0].select("tbody tr")
    }


@pytest.mark.usefixtures("narrowed")
def test_each_level_says_which_standard_gives_it_and_since_when(browser, session, dewi, at):
    page = browser.sign_in(dewi).get(OWN)
    found = rows_of(page)
    grounds = f"{BASIS} {REASON}"
    assert found["Integritas"] == [
        "3",
        f"Standar Jabatan fungsional, Ahli Pertama {grounds}",
        "1 November 2026",
    ]
    assert found["Komunikasi"][:2] == ["4", f"Standar Analis Uji {grounds}"]
    assert found["Pelayanan Publik"][:2] == ["tidak", f"Standar Analis Uji di satu unit {grounds}"]
    assert found["Kerja Sama"] == [
        "5",
        "Ditetapkan pada jabatan orang ini sendiri",
        "1 Januari 2020",
    ]
    assert found["Perekat Bangsa"][0] == "2"
    assert "PermenPANRB 38/2017" in found["Perekat Bangsa"][1]
    assert "Kamus Teknis TIK, versi 1" in text_of(page)
    assert "1 Desember 2026 : Standar Analis Uji di satu unit" in text_of(page)
    later = rows_of(browser.get(f"{OWN}?day=2026-12-01"))
    assert later["Integritas"][0] == "5"
    account = text_of(browser.get("/me/competencies/INT"))
    assert "Syarat level 3: standar Jabatan fungsional, Ahli Pertama." in account
    assert f"Berlaku sejak 1 November 2026. Dasar: {BASIS}." in account
    assert "Jabatan ini dipegang sejak 1 Januari 2020." in account


def test_a_day_is_asked_about_and_what_is_none_is_said(browser, session, dewi, at):
    page = browser.sign_in(dewi).get(f"{OWN}?day=31-02-2026")
    assert "Tulis tanggal yang ada" in text_of(page.select_one("[role=alert]"))
    assert page.select_one("[name=day]")["value"] == TODAY.isoformat()
    assert "Tanpa jabatan pada hari itu" in text_of(browser.get(f"{OWN}?day=2019-12-31"))


def test_the_history_tells_what_was_set_and_taken_back_with_its_reason(
    browser, session, agency, dewi, at
):
    entry = require(session, agency, {"INT": 4})
    posts.withdraw_standard(
        session, agency.id, entry.id, reason="Salah jenjang", by=None, at=at + timedelta(days=2)
    )
    session.commit()
    page = browser.sign_in(dewi).get(OWN)
    told = [" ".join(row.get_text(" ").split()) for row in page.select("table")[-1].select("tr")]
    assert told[1] == (
        f"24 November 2026 Standar Jabatan fungsional, Ahli Pertama {BASIS}. {REASON} "
        "Integritas 2 → menjadi 4"
    ), "recorded that day, though it holds since the first"
    assert told[2].startswith("1 Januari 2020 Jabatan Analis Uji Integritas – → menjadi 2 ;")
    later = at + timedelta(days=3)
    steps = history_of(session, dewi.id, later.date())
    assert steps[0].said.why_withdrawn == "Salah jenjang"
    assert steps[0].needs == (("INT", 4, 2),)


@pytest.mark.usefixtures("narrowed")
def test_the_supervisor_reads_it_and_nobody_else(browser, session, dewi, at):
    endang = make_person(session, name="Endang Sulistyowati")
    supervise(session, endang, dewi)
    url = f"/team/{dewi.id}/requirement"
    as_endang = browser.sign_in(endang)
    assert as_endang.get(f"/team/{dewi.id}").select(f"a[href='{url}']")
    assert as_endang.get(f"/team/{dewi.id}/competencies/INT").select(f"a[href='{url}']")
    page = as_endang.get(url)
    assert rows_of(page)["Kerja Sama"][0] == "5"
    assert "Riwayat syarat" in text_of(page)
    stranger = make_person(session, name="Rani Kusuma")
    supervise(session, endang, stranger, ended_on=date(2020, 2, 1))
    as_endang.get(f"/team/{stranger.id}/requirement", status=404)
    as_endang.get(f"/team/{endang.id}/requirement", status=404)


@pytest.mark.usefixtures("narrowed")
def test_the_manager_asks_about_any_post_and_about_somebodys(
    browser, session, chief, dewi, unit, at
):
    as_chief = browser.sign_in(chief)
    url = "/manage/standards/post"
    assert as_chief.get("/manage/standards").select(f"a[href='{url}']")
    found = rows_of(as_chief.get(f"{url}?post_type=JF_PT&title=analis uji"))
    assert (found["Komunikasi"][0], found["Pelayanan Publik"][0]) == ("4", "2")
    page = as_chief.get(f"{url}?post_type=JF_PT&title=Analis Uji&unit={unit.id}")
    found = rows_of(page)
    assert (found["Pelayanan Publik"][0], found["Kerja Sama"][0]) == ("tidak", "2")
    assert page.select("a[href*='/manage/standards/set?']")
    link = as_chief.get(f"/manage/people/{dewi.id}").select_one(f"a[href^='{url}?person=']")
    page = as_chief.get(link["href"])
    assert rows_of(page)["Kerja Sama"][0] == "5"
    assert "Riwayat syarat" in text_of(page)
    as_chief.get(f"{url}?unit={dewi.id}", status=404)
    for other in ("x", make_person(session, unit=unit_elsewhere(session)).id):
        as_chief.get(f"{url}?person={other}", status=404)
    text = text_of(as_chief.get(f"{url}?post_type=RAJA&title={'x' * 400}"))
    assert "Level bawaan" in text


def unit_elsewhere(session):
    other = make_agency(session, name="Instansi Lain")
    return make_unit(session, name="Unit Lain", agency_id=other.id, code="LAIN")


def test_the_pages_cost_few_statements(browser, session, agency, dewi, narrowed, at):
    browser.sign_in(dewi).get(OWN)
    session.expire_all()
    with statements() as seen:
        browser.get(OWN)
    assert len(seen) <= 5, seen
