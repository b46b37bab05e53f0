"""Managers write templates of plans, and take them back."""

import pytest
from sqlalchemy import select

from corpu.people.models import RoleAssignment
from corpu.permissions import Role
from corpu.plans.template_models import PlanTemplate
from corpu.plans.template_rules import from_json
from tests.factories import make_person, make_unit, save
from tests.plans.template_factories import TODAY, WHY, write
from tests.statements import statements

HOME = "/manage/plans/templates"


@pytest.fixture
def tini(session, agency):
    """Manages the whole agency."""
    return make_person(session, name="Tini Wartini", roles=["manager"])


def values(page):
    """What the form on the page would send."""
    form = page.select_one("main form[method=post]")
    sent = {box["name"]: box.get("value", "") for box in form.select("input")}
    sent |= {box["name"]: box.text.strip() for box in form.select("textarea")}
    for box in form.select("select"):
        chosen = box.select_one("option[selected]") or box.select_one("option")
        sent[box["name"]] = chosen["value"]
    return sent


WRITTEN = {
    "post_type": "JF_PT",
    "reason": WHY,
    "competency_1": "KOM",
    "kind_1": "coaching",
    "title_1": "Bimbingan menulis",
    "amount_1": "2",
    "competency_2": "INT",
}


def templates(session):
    session.expire_all()
    return session.scalars(select(PlanTemplate).order_by(PlanTemplate.id)).all()


def test_a_template_is_written_read_and_followed_by_the_next(browser, session, tini, at):
    page = browser.sign_in(tini).get(HOME)
    assert "Belum ada templat" in page.text
    sent = values(browser.get(f"{HOME}/new")) | WRITTEN
    for _click in range(2):
        page = browser.post(f"{HOME}/new", sent)
        assert "Tersimpan: templat Jabatan fungsional, Ahli Pertama" in page.text
    [first] = templates(session)
    assert [(aim.code, len(aim.items)) for aim in from_json(first.goals)] == [
        ("KOM", 1),
        ("INT", 0),
    ]
    page = browser.get(f"{HOME}/{first.id}")
    for words in ("Bimbingan menulis", "Coaching, 2 sesi", "100,0 %", WHY, "Tini Wartini"):
        assert words in page.text
    sent = values(browser.get(f"{HOME}/new?from={first.id}"))
    assert (sent["title_1"], sent["competency_2"], sent["starts_on"]) == (
        "Bimbingan menulis",
        "INT",
        TODAY.isoformat(),
    )
    browser.post(f"{HOME}/new?from={first.id}", sent | {"amount_1": "3", "reason": WHY})
    assert "Tidak berlaku lagi" in browser.get(f"{HOME}/{first.id}").text
    assert len(templates(session)) == 2


WRONG = [
    ({"post_type": ""}, "post_type", "Pilih jenis jabatan."),
    ({"post_type": "JF_XX"}, "post_type", "Pilih salah satu dari daftar"),
    ({"competency_1": "XYZ"}, "competency_1", "Tidak ada kompetensi berkode XYZ"),
    ({"competency_1": ""}, "competency_1", "Pilih kompetensi yang dituju."),
    ({"amount_1": "-2"}, "amount_1", "paling sedikit 1"),
    ({"kind_1": "project", "amount_1": "-4"}, "amount_1", "Tulis JP lebih dari 0"),
    ({"amount_1": "dua"}, "amount_1", "Tulis angka"),
    ({"kind_1": "course", "title_1": ""}, "course_1", "Pilih kursus yang terbuka."),
    ({"starts_on": "2026-11-23"}, "starts_on", "paling awal hari ini"),
    ({"ends_on": "2026-11-23"}, "ends_on", "Hari terakhir paling awal"),
    ({"reason": ""}, "reason", "Tulis alasan"),
    ({"title_2": "x" * 301}, "title_2", "Tulis paling banyak 300 huruf."),
]


def test_what_cannot_be_is_said_at_its_field_and_nothing_is_lost(browser, session, tini, at):
    first = values(browser.sign_in(tini).get(f"{HOME}/new")) | WRITTEN
    for change, field, sentence in WRONG:
        status = 409 if field == "starts_on" else 422
        page = browser.post(f"{HOME}/new", first | change, status=status)
        assert sentence in page.select_one(f"#{field}-error").text, change
        assert values(page)["title_1"] == (first | change)["title_1"]
    assert templates(session) == []


def test_more_lines_are_added_without_saving(browser, session, tini, at):
    sent = values(browser.sign_in(tini).get(f"{HOME}/new")) | WRITTEN
    page = browser.post(f"{HOME}/new", sent | {"act": "more"}, status=200)
    again = values(page)
    assert (sent["count"], again["count"]) == ("3", "6")
    assert again["title_1"] == "Bimbingan menulis"
    assert templates(session) == []
    page = browser.post(f"{HOME}/new", sent | {"act": "more", "count": "9" * 40}, status=200)
    assert len(page.select("main fieldset")) <= 80


def test_withdrawing_asks_why_and_is_seen(browser, session, agency, tini, at):
    template = write(session, agency)
    path = f"{HOME}/{template.id}/withdraw"
    sent = values(browser.sign_in(tini).get(path))
    assert "Tulis alasannya." in browser.post(path, sent | {"reason": ""}, status=422).text
    assert "Templat ditarik" in browser.post(path, sent | {"reason": "Salah jabatan"}).text
    assert "Salah jabatan" in browser.get(f"{HOME}/{template.id}").text
    browser.get(path, status=303)
    assert "Templat rencana pengembangan ditarik" in browser.get("/manage/audit").text


def test_only_the_agencys_managers_change_and_only_managers_read(
    browser, session, agency, mira, at
):
    template = write(session, agency)
    unit = make_unit(session)
    local = make_person(session, name="Pengelola Unit", unit=unit)
    role = RoleAssignment(person_id=local.id, role=Role.MANAGER, unit_id=unit.id, started_on=TODAY)
    save(session, role)
    changing = (f"{HOME}/new", f"{HOME}/{template.id}/withdraw")
    browser.sign_in(local)
    assert not browser.get(HOME).select("main a.button")
    browser.get(f"{HOME}/{template.id}")
    for path in changing:
        browser.get(path, status=403)
        browser.post(path, WRITTEN, status=403)
    browser.sign_in(mira)
    for path in (HOME, f"{HOME}/{template.id}", *changing):
        browser.get(path, status=403)
    assert [one.withdrawn_at for one in templates(session)] == [None]


def test_the_pages_need_few_statements_however_many_there_are(browser, session, agency, tini, at):
    template = write(session, agency)
    browser.sign_in(tini)

    def cost(path):
        with statements() as sent:
            browser.get(path)
        return len(sent)

    before = [cost(path) for path in (HOME, f"{HOME}/{template.id}")]
    for title in ("Analis Air", "Analis Jalan", "Analis Hutan"):
        write(session, agency, title=title)
    assert [cost(path) for path in (HOME, f"{HOME}/{template.id}")] == before
    assert max(before) <= 5
    browser.get(f"{HOME}/{tini.id}", status=404)
    browser.get(f"{HOME}/new?from=bukan", status=404)
