"""The page of a team."""

from datetime import UTC, date, datetime

from corpu import clock
from corpu.learning.models import PageVisit
from corpu.people.models import Posting
from corpu.team import queries
from corpu.team.rules import GROUPS, Group, Kind
from tests.assessment.factories import publish_course, take_seat
from tests.competency.factories import observe, rate
from tests.factories import make_person, make_unit, save, supervise
from tests.statements import statements
from tests.team.factories import NOON, complete, make_many, team_url


def kinds(session, supervisor, at=NOON):
    session.expire_all()
    return [(one.name, want.kind) for one, want in queries.waiting_for(session, supervisor.id, at)]


def ratings(session, supervisor, at=NOON):
    found = kinds(session, supervisor, at)
    return [pair for pair in found if GROUPS[pair[1]] is Group.RATING]


def links(page, text):
    return [a["href"] for a in page.select("article a.button") if a.text.startswith(text)]


def test_the_heading_says_how_much_waits_and_each_item_leads_to_the_act(
    browser, session, mira, endang, at
):
    page = browser.sign_in(endang).get("/team")
    assert page.h1.text == "3 hal menunggu Anda hari ini"
    assert "Rencana 2026 belum diajukan" in page.text
    assert links(page, "Buka rencana") == [f"{team_url(mira)}/plan"]
    assert "Selasa, 24 November 2026. 1 pegawai" in page.text
    assert "Belum mengikuti kursus apa pun pada 2026" in page.text
    assert "20 × 328 ÷ 365 = 17,97 JP; tercatat 0 JP" in page.text
    assert links(page, "Nilai sekarang") == [f"{team_url(mira, 'INT')}#nilai"]
    assert links(page, "Lihat pegawai") == [team_url(mira)]
    assert len(page.select("main .button:not(.quiet)")) == 1


def test_direct_people_only_until_everybody_is_asked_for(browser, session, mira, endang, head, at):
    page = browser.sign_in(head).get("/team")
    table = page.select_one("#jam")
    assert "Endang" in table.text
    assert "Mira" not in table.text
    assert page.select_one("a[href='/team?line=all']").text == "Semua di bawah"
    page = browser.get("/team?line=all")
    assert "Mira" in page.select_one("#jam").text
    assert "Mira" in page.select_one("#peta").text
    below = [item for item in page.select("article.item") if "Mira" in item.text]
    assert [item.h3.text for item in below] == [
        "Rencana 2026 belum diajukan",
        "Belum mengikuti kursus apa pun pada 2026",
    ], "approving and rating are for the direct supervisor"
    browser.get("/team?line=%00'--")


def test_without_anybody_further_down_there_is_no_switch(browser, mira, endang, at):
    assert "line=all" not in str(browser.sign_in(endang).get("/team"))


def test_hours_and_courses_stand_beside_each_name_the_fewest_first(
    browser, session, mira, endang, store, at
):
    edition = publish_course(session, store)
    siti = make_person(session, name="Siti Aminah", supervisor=endang)
    complete(session, siti, edition, "12.5")
    enrolment = take_seat(session, mira)
    save(
        session,
        PageVisit(enrolment_id=enrolment.id, page_id="bacaan", first_at=NOON, last_at=NOON),
    )
    rows = browser.sign_in(endang).get("/team").select("#jam tbody tr")
    assert [row.th.a.text for row in rows] == ["Mira Lestari", "Siti Aminah"]
    assert "0 dari 20 JP" in rows[0].text
    assert "Air Uji, 0 dari 2 halaman" in rows[0].text
    assert "24 November 2026" in rows[0].text
    assert "12,5 dari 20 JP" in rows[1].text
    assert "Belum pernah" in rows[1].text


def test_hours_of_another_year_do_not_count(session, mira, endang, store):
    edition = publish_course(session, store)
    complete(session, mira, edition, "20", day=date(2025, 5, 4))
    [member] = queries.team_of(session, endang.id, NOON).members
    assert member.jp == 0
    assert not member.has_learnt


def test_the_year_is_that_of_the_unit_of_each_person(session, mira, endang, store):
    east = make_unit(session, timezone="Asia/Jayapura")
    session.query(Posting).filter_by(person_id=mira.id).one().unit_id = east.id
    session.commit()
    edition = publish_course(session, store)
    complete(session, mira, edition, "3", day=date(2027, 1, 1))
    eve = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)  # 22.30 WIB, 00.30 WIT
    [member] = queries.team_of(session, endang.id, eve).members
    assert (member.year, member.jp) == (2027, 3)


def test_the_heat_map_shows_level_gap_and_what_nobody_has_observed(
    browser, session, mira, endang, at
):
    observe(session, mira, "INT", 1, "80")
    observe(session, mira, "KSM", 3, "80")
    page = browser.sign_in(endang).get("/team")
    cells = page.select("#peta tbody tr td")
    assert len(cells) == 9
    assert cells[0]["class"] == ["h1"]
    assert "1" in cells[0].text
    assert "kurang 1" in cells[0].text
    assert "lebih" in cells[1].text
    assert cells[2]["class"] == ["hx"]
    assert "belum teramati" in cells[2].text
    assert page.select_one("#peta tbody th a")["href"] == team_url(mira)


def test_a_rating_waits_again_when_it_ends(session, mira, endang, store):
    edition = publish_course(session, store)
    complete(session, mira, edition, "20")
    for code in ("INT", "KSM", "KOM", "OPH", "PPB", "PDO", "MPR", "PKP", "PRB"):
        rate(session, endang, mira, 2, code=code)
    assert ratings(session, endang) == []
    assert ratings(session, endang, datetime(2028, 1, 20, 3, tzinfo=UTC)) == []
    soon = datetime(2028, 10, 1, 3, tzinfo=UTC)
    assert ("Mira Lestari", Kind.EXPIRING) in kinds(session, endang, soon)
    late = datetime(2028, 11, 25, 3, tzinfo=UTC)
    assert kinds(session, endang, late)[0] == ("Mira Lestari", Kind.EXPIRED)


def test_the_rating_of_a_former_supervisor_is_not_ones_own(session, mira, endang, store):
    complete(session, mira, publish_course(session, store), "20")
    former = make_person(session)
    relation = supervise(session, former, mira, ended_on=date(2026, 11, 24))
    rate(session, former, mira, 2)
    session.delete(relation)
    session.commit()
    assert ratings(session, endang) == [("Mira Lestari", Kind.UNRATED)]


def test_where_tests_are_enough_and_only_a_rating_is_missing_the_page_says_so(
    browser, session, mira, endang, at
):
    observe(session, mira, "PPB", 4, "95")
    assert ("Mira Lestari", Kind.CAPPED) in kinds(session, endang)
    page = browser.sign_in(endang).get("/team")
    assert "Hanya penilaian Anda yang kurang: Pelayanan Publik" in page.text
    assert links(page, "Nilai sekarang") == [f"{team_url(mira, 'PPB')}#nilai"]


def test_whoever_has_the_hours_of_the_season_does_not_wait(session, mira, endang, store):
    edition = publish_course(session, store)
    complete(session, mira, edition, "18")
    assert kinds(session, endang) == [
        ("Mira Lestari", Kind.NO_PLAN),
        ("Mira Lestari", Kind.UNRATED),
    ]


def test_a_long_list_has_pages_and_parts_by_kind(browser, session, mira, endang, at):
    for _ in range(7):
        make_person(session, supervisor=endang)
    page = browser.sign_in(endang).get("/team")
    assert page.h1.text == "24 hal menunggu Anda hari ini"
    assert len(page.select("article.item")) == 20
    assert "1–20 dari 24" in page.text
    second = browser.get(page.select_one("a[rel=next]")["href"])
    assert len(second.select("article.item")) == 4
    assert "21–24 dari 24" in second.text
    assert "Penilaian (8)" in page.text
    hours = browser.get("/team?kind=hours")
    assert {item.h3.text for item in hours.select("article.item")} == {
        "Belum mengikuti kursus apa pun pada 2026"
    }
    assert len(browser.get("/team?kind=hours&page=99").select("article.item")) == 8
    browser.get("/team?kind=%00&page=-1&people=x")


def test_the_page_asks_the_database_the_same_for_three_and_for_thirty(
    browser, session, mira, endang, head, store, at
):
    publish_course(session, store)
    take_seat(session, mira)
    observe(session, mira, "PPB", 2, "80")
    browser.sign_in(head).get("/team?line=all")
    session.close()
    with statements() as few:
        browser.get("/team?line=all")
    make_many(session, endang, 30)
    session.close()
    with statements() as many:
        browser.get("/team?line=all")
    assert len(few) == len(many) <= 6, many


def test_five_hundred_people_are_counted_whole_and_shown_in_pages(
    browser, session, endang, at, monkeypatch
):
    make_many(session, endang, 500)
    browser.sign_in(endang).get("/team")
    session.close()
    with statements() as sent:
        page = browser.get("/team")
    assert len(sent) <= 6, sent
    assert page.h1.text == "1503 hal menunggu Anda hari ini"
    assert "dari 501 sudah 20 JP" in page.text
    assert len(page.select("#jam tbody tr")) == 25
    assert len(page.select("#peta .heat tbody td")) == 25 * 9
    assert len(browser.get("/team?people=21").select("#jam tbody tr")) == 1
    monkeypatch.setattr(queries, "MOST", 200)
    page = browser.get("/team")
    assert "1–25 dari 200" in page.text
    assert "301 lainnya" in page.text


def test_in_january_nobody_is_late_yet(browser, session, mira, endang, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 1, 11, 3, tzinfo=UTC))
    page = browser.sign_in(endang).get("/team")
    assert page.h1.text == "1 hal menunggu Anda hari ini"
