"""The sheet to talk over, and the people behind the heat map."""

from datetime import date

from corpu.plans.items import Written
from corpu.plans.rules import Kind
from corpu.plans.service import Progress
from tests.assessment.factories import publish_course
from tests.competency.factories import observe, rate
from tests.factories import make_person, make_unit
from tests.plans.factories import add_goal, add_item, approve, mark, submit
from tests.team.factories import complete, team_url


def test_the_sheet_has_what_one_talks_over(browser, session, mira, endang, store, at):
    edition = publish_course(session, store)
    complete(session, mira, edition, "4")
    rate(session, endang, mira, 1, code="INT")
    goal = add_goal(session, mira)
    late = Written(Kind.COACHING, "Bimbingan menulis", quantity=2, due_on=date(2026, 11, 1))
    add_item(session, mira, goal, late)
    add_item(session, mira, goal, Written(Kind.READING, "Membaca pedoman", quantity=1))
    submit(session, mira)
    approve(session, endang, mira)
    page = browser.sign_in(endang).get(f"{team_url(mira)}/sheet")
    for words in (
        "Lembar percakapan: Mira Lestari",
        "4 dari 20 JP diakui",
        "Kurang 16 JP",
        "Bimbingan menulis",
        "Lewat tanggal",
        "Level 1, 24 November 2026, Endang Sulistyowati",
        "Untuk dibicarakan",
        "Kegiatan mana yang lewat tanggal",
        "Catatan dan kesepakatan",
    ):
        assert words in page.text, words
    visits = browser.sign_in(mira).get("/account")
    assert "Endang Sulistyowati" in visits.text


def test_the_sheet_of_somebody_else_is_not_to_be_found(browser, session, mira, jonas, endang, at):
    browser.sign_in(endang)
    browser.get(f"{team_url(jonas)}/sheet", status=404)
    browser.get(f"{team_url(endang)}/sheet", status=404)


def test_every_cell_column_and_unit_leads_to_its_rows(browser, session, mira, endang, at):
    other = make_person(
        session, name="Siti Aminah", supervisor=endang, unit=make_unit(session, name="Dinas Lain")
    )
    observe(session, mira, "INT", 1, "80")
    observe(session, other, "INT", 3, "80")
    page = browser.sign_in(endang).get("/team")
    row = next(row for row in page.select(".heat tbody tr") if "Mira" in row.text)
    assert row.select("td a")[0]["href"] == team_url(mira, "INT")
    total = page.select(".heat tfoot td a")[0]
    assert total.text.startswith("1")
    behind = browser.get(total["href"])
    assert [line.th.a.text for line in behind.select("tbody tr")] == ["Mira Lestari"]
    cells = [cell.text for cell in behind.select("tbody tr td")]
    assert cells[1:] == ["1", "2", "1"]
    unit = next(a for a in page.select("#peta table a") if a.text == "Dinas Lain")
    behind = browser.get(unit["href"])
    assert behind.h1.text == "Di bawah syarat: Dinas Lain"
    assert {line.th.a.text for line in behind.select("tbody tr")} == {"Siti Aminah"}
    assert len(behind.select("tbody tr")) == 8, "what nobody has observed is below, too"
    browser.get("/team/gaps")
    browser.get("/team/gaps?code=XYZ", status=404)
    browser.get("/team/gaps?unit=x", status=404)


def test_a_plan_that_waits_or_is_late_stands_on_the_screen_with_its_day(
    browser, session, mira, endang, at
):
    goal = add_goal(session, mira)
    due = Written(Kind.COACHING, "Bimbingan menulis", quantity=2, due_on=date(2026, 11, 1))
    item = add_item(session, mira, goal, due)
    assert "Ada draf yang belum diajukan" in browser.sign_in(endang).get("/team?kind=plan").text
    submit(session, mira)
    page = browser.get("/team")
    assert page.select_one("article h3").text == "Rencana 2026 menunggu persetujuan Anda"
    assert "Sejak 24 November 2026" in page.select_one("article").text
    approve(session, endang, mira)
    page = browser.get("/team?kind=plan")
    assert "Kegiatan dalam rencana 2026 lewat tanggal" in page.text
    assert "Sejak 1 November 2026" in page.text
    mark(session, mira, item, Progress.DONE)
    assert "Kegiatan dalam rencana" not in browser.get("/team").text
