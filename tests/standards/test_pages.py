"""What people read of dictionaries and standards on their own pages and their supervisor's."""

import pytest
from sqlalchemy import update

from corpu.models import people
from corpu.people import service as people_service
from corpu.people.posts import BadRequirement
from tests.competency.factories import observe
from tests.factories import make_person, make_unit, supervise
from tests.manage.reading import text_of
from tests.page import Browser
from tests.standards.factories import (
    TODAY,
    draft_with,
    entry,
    publish,
    published,
    require,
)
from tests.statements import statements


@pytest.fixture
def dewi(session, agency):
    return make_person(session, name="Dewi Anggraini", unit=make_unit(session))


@pytest.fixture
def endang(session, dewi):
    endang = make_person(session, name="Endang Sulistyowati")
    supervise(session, endang, dewi)
    return endang


@pytest.fixture
def dictionary(session, agency):
    framework = published(session, agency)
    require(session, agency, {"DAT": 3})
    session.commit()
    return framework


def test_ones_own_page_tells_the_level_required_and_the_next(browser, dewi, dictionary, at):
    text = text_of(browser.sign_in(dewi).get("/me/competencies/DAT"))
    assert "Level 1, level berikutnya Pengelolaan Data pada tingkat 1" in text
    assert "Level 3, disyaratkan jabatan Pengelolaan Data pada tingkat 3" in text
    assert "Terlihat: Pengelolaan Data pada tingkat 3" in text
    assert "pada tingkat 2" not in text
    assert "Apa artinya Pengelolaan Data." in text
    assert "Level 2, disyaratkan jabatan" in text_of(browser.get("/me/competencies/INT"))


def test_the_profile_has_a_row_for_it_and_the_radar_an_axis(browser, dewi, dictionary, at):
    page = browser.sign_in(dewi).get("/me/competencies")
    assert "Pengelolaan Data" in page.select_one("#semua-kompetensi").text
    assert "10 kompetensi" in page.select_one("svg desc").text
    browser.get("/me/competencies/close-gap")
    browser.get("/me/competencies/JAR")  # in force, though not required
    browser.get("/me/competencies/XYZ", status=404)


def test_a_radar_of_many_stays_legible_and_the_table_has_all(browser, session, agency, dewi, at):
    codes = [f"T{n}" for n in range(1, 9)]
    published(session, agency, *[entry(code, f"Teknis {code}") for code in codes])
    require(session, agency, dict.fromkeys(codes, 1))
    session.commit()
    page = browser.sign_in(dewi).get("/me/competencies")
    assert "14 kompetensi" in page.select_one("svg desc").text
    assert "3 kompetensi lain ada di tabel" in text_of(page)
    assert len(page.select("#semua-kompetensi tbody tr")) == 17


def test_a_supervisor_rates_it_and_sees_it_on_the_map(browser, dewi, endang, dictionary, at):
    as_endang = browser.sign_in(endang)
    assert "DAT" in text_of(as_endang.get("/team"))
    url = f"/team/{dewi.id}/competencies/DAT"
    as_endang.get(url)
    as_endang.post(url, {"level": "2", "reason": "Mengelola data pokok pegawai"}, status=303)
    assert "Pengelolaan Data level 2" in text_of(as_endang.page)
    assert "Pengelolaan Data" in text_of(as_endang.get(f"/team/{dewi.id}"))
    assert "Pengelolaan Data" in text_of(as_endang.get("/team/gaps?code=DAT"))
    assert "Pengelolaan Data" in text_of(as_endang.get("/team/gaps"))
    assert "Pengelolaan Data" in text_of(as_endang.get(f"/team/{dewi.id}/sheet"))


def test_a_posting_of_ones_own_may_require_it(session, agency, dewi, dictionary, at):
    def post(levels, started_on):
        return people_service.set_posting(
            session,
            dewi.id,
            unit_id=make_unit(session).id,
            title="Pranata Komputer",
            post_type="JF_PT",
            required_levels=levels,
            started_on=started_on,
            by=None,
            at=at,
        )

    assert post({"DAT": 4}, TODAY).required_levels == {"DAT": 4}
    with pytest.raises(BadRequirement):
        post({"XYZ": 4}, TODAY)


def test_hot_pages_ask_no_more_of_the_database_than_without_standards(
    browser, session, agency, dewi, endang, at
):
    def cost(who, url):
        browser.sign_in(who).get(url)
        with statements() as sent:
            browser.get(url)
        return len(sent)

    pages = [(dewi, "/me/competencies"), (dewi, "/courses"), (dewi, "/"), (endang, "/team")]
    before = [cost(*page) for page in pages]
    published(session, agency)
    require(session, agency, {"DAT": 2})
    session.commit()
    assert [cost(*page) for page in pages] == before


def test_who_moves_to_another_post_meets_its_standard(session, browser, agency, dewi, at):
    framework = published(session, agency)
    require(session, agency, {"JAR": 2}, title="Teknisi Jaringan")
    session.execute(
        update(people.Posting)
        .where(people.Posting.person_id == dewi.id)
        .values(title="teknisi  jaringan")
    )
    session.commit()
    assert "Jaringan Komputer" in text_of(browser.sign_in(dewi).get("/me/competencies"))
    publish(session, agency, framework, draft_with(session, agency, framework, entry()), TODAY)
    session.commit()
    assert "Jaringan Komputer" not in text_of(browser.get("/me/competencies"))


def test_what_is_no_longer_in_force_is_read_and_not_rated(
    app, session, agency, dewi, endang, dictionary, at
):
    observe(session, dewi, "JAR", 1, "90")
    seen = draft_with(session, agency, dictionary, entry())
    publish(session, agency, dictionary, seen, starts_on=TODAY)
    session.commit()
    own, boss = (Browser(app.test_client()).sign_in(one) for one in (dewi, endang))
    page = own.get("/me/competencies/JAR")
    assert "Jaringan Komputer" in text_of(page)
    assert not page.select("a[href$='/self']")
    own.get("/me/competencies/JAR/self", status=404)
    assert own.get("/me/competencies/DAT").select("a[href='/me/competencies/DAT/self']")
    page = boss.get(f"/team/{dewi.id}/competencies/JAR")
    assert "Jaringan Komputer" in text_of(page)
    assert not page.select("main form")
    rani = make_person(session, name="Rani Kusuma")
    supervise(session, endang, rani)
    offered = boss.get(f"/team/{dewi.id}/peers").select("[name=competencies]")
    assert [one["value"] for one in offered if one["value"] in ("DAT", "JAR")] == ["DAT"]
