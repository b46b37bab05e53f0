"""The pages of a plan as its owner and the line above see and use them."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from corpu import clock
from corpu.database import uuid7
from corpu.people.export import own_data
from corpu.people.models import ProfileVisit, Supervision
from corpu.people.rules import printed_nip
from corpu.plans import service
from corpu.plans.models import Plan
from tests.assessment.factories import SLUG
from tests.competency.factories import observe
from tests.conftest import NOON
from tests.factories import make_person, supervise
from tests.plans.factories import (
    REASON,
    YEAR,
    add_goal,
    add_item,
    approve,
    mark,
    plan,
    send_back,
    submit,
    version,
)
from tests.statements import statements

MINE = "/me/plan"


def hers(person, rest=""):
    return f"/team/{person.id}/plan{rest}"


def values(page):
    """What the form on the page would send."""
    form = page.select_one("main form[method=post]")
    sent = {box["name"]: box.get("value", "") for box in form.select("input:not([type=radio])")}
    for box in form.select("select"):
        chosen = box.select_one("option[selected]") or box.select_one("option")
        sent[box["name"]] = chosen["value"]
    return sent


def labels(page):
    return [button.get_text(strip=True) for button in page.select("main button")]


# ---------------------------------------------------------------------------------- owner


def test_a_plan_is_written_from_gaps_and_submitted(browser, session, mira, endang, course, at):
    observe(session, mira, "KOM", 1, "90")
    page = browser.sign_in(mira).get(MINE)
    assert "Belum ada tujuan" in page.text
    assert "Rencana pengembangan saya" in browser.get("/me/competencies").text
    page = browser.post(f"{MINE}/2026/gaps", version="0")
    assert "3 tujuan ditulis dari kesenjangan." in page.text
    assert "Tambahkan kegiatan untuk:" in page.text
    for goal in plan(session, mira).goals:
        path = f"{MINE}/2026/goals/{goal.id}/items/new"
        sent = values(browser.get(path)) | {"kind": "coaching", "title": "Bimbingan"}
        browser.post(path, sent, quantity="2", due_on="2026-12-01")
    page = browser.get(MINE)
    assert "Endang Sulistyowati yang memutuskan." in page.text
    page = browser.post(f"{MINE}/2026/submit", values_of_press(page, "submit"))
    assert "Rencana diajukan kepada atasan langsung." in page.text
    assert "Endang Sulistyowati belum memutuskan." in page.text
    page = browser.post(f"{MINE}/2026/withdraw", values_of_press(page, "withdraw"))
    assert "ditarik kembali" in page.text


def values_of_press(page, act):
    form = page.select_one(f"form[action$='{act}']")
    return {box["name"]: box["value"] for box in form.select("input")}


@pytest.mark.parametrize("year", ["9" * 25, "9" * 5000, "0", "-1", "20260"])
@pytest.mark.parametrize("rest", ["print", "goals/new"])
def test_a_year_of_other_than_four_digits_is_no_page(browser, mira, at, year, rest):
    browser.sign_in(mira).get(f"{MINE}/{year}/{rest}", status=404)


def test_every_year_with_a_plan_and_the_next_may_be_chosen(browser, session, mira, written):
    add_goal(session, mira, year=2027)
    browser.sign_in(mira)
    assert browser.get(f"{MINE}?year=2027").h1.text == "Rencana pengembangan 2027"
    for year in ("2025", "2028", "abc", "-1"):
        browser.get(f"{MINE}?year={year}", status=404)
    old = session.scalars(select(Plan).filter_by(year=2027)).one()
    old.year = 2024
    session.commit()
    page = browser.get(f"{MINE}?year=2024")
    assert "Ajukan rencana" not in labels(page)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Tulis tujuannya, atau pilih sebuah kompetensi."),
        ({"competency": "KOM"}, "Pilih level yang dituju."),
        ({"competency": "XYZ", "text": "a"}, "Pilih salah satu dari daftar"),
        ({"text": "x" * 501}, "Tulis paling banyak 500 huruf."),
        ({"text": "a", "key": "bukan"}, "Muat ulang halaman ini"),
    ],
)
def test_a_goal_that_says_nothing_is_shown_again(browser, session, mira, at, sent, sentence):
    path = f"{MINE}/2026/goals/new"
    page = browser.sign_in(mira).get(path)
    page = browser.post(path, values(page) | sent, status=422)
    assert sentence in page.text
    assert not plan(session, mira).is_there


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Pilih bentuk kegiatannya."),
        ({"kind": "course"}, "Pilih kursusnya."),
        ({"kind": "coaching"}, "Tulis nama kegiatannya."),
        ({"kind": "coaching", "title": "a", "quantity": "-1"}, "paling sedikit 1"),
        ({"kind": "coaching", "title": "a", "quantity": "25"}, "Paling banyak 24"),
        ({"kind": "coaching", "title": "a", "quantity": "dua"}, "Tulis bilangan bulat"),
        ({"kind": "project", "title": "a", "hours": "-2"}, "Tulis JP lebih dari 0"),
        ({"kind": "project", "title": "a", "hours": "NaN"}, "Tulis angka"),
        ({"kind": "reading", "title": "a", "due_on": "2027-01-01"}, "dalam tahun 2026"),
        ({"kind": "reading", "title": "a", "due_on": "31 Februari"}, "Tulis tanggal yang ada"),
    ],
)
def test_an_item_that_cannot_be_is_shown_again(browser, session, mira, at, sent, sentence):
    path = f"{MINE}/2026/goals/{add_goal(session, mira).id}/items/new"
    page = browser.sign_in(mira).get(path)
    assert sentence in browser.post(path, values(page) | sent, status=422).text
    assert plan(session, mira).items == []


def test_a_project_counts_the_hours_written_with_a_comma(browser, session, mira, at):
    goal = add_goal(session, mira)
    path = f"{MINE}/2026/goals/{goal.id}/items/new"
    sent = values(browser.sign_in(mira).get(path))
    browser.post(path, sent | {"kind": "project", "title": "Menyusun SOP", "hours": "12,5"})
    [item] = plan(session, mira).items
    assert str(item.jp) == "12.50"
    page = browser.get(f"{MINE}/2026/items/{item.id}")
    assert page.select_one("[name=hours]")["value"] == "12,5"


def test_a_course_is_chosen_among_those_still_open_to_the_person(
    browser, session, mira, course, at
):
    goal = add_goal(session, mira)
    path = f"{MINE}/2026/goals/{goal.id}/items/new"
    page = browser.sign_in(mira).get(path)
    browser.post(path, values(page) | {"kind": "course", "course": SLUG})
    assert [item.title for item in plan(session, mira).items] == ["Air Uji"]
    assert SLUG not in [option["value"] for option in browser.get(path).select("option")]


def test_a_second_click_writes_nothing_more_and_is_no_mistake(browser, session, mira, course, at):
    path = f"{MINE}/2026/goals/new"
    sent = values(browser.sign_in(mira).get(path)) | {"competency": "KOM", "to_level": "3"}
    for _click in range(2):
        browser.post(path, sent)
    [goal] = plan(session, mira).goals
    path = f"{MINE}/2026/goals/{goal.id}/items/new"
    sent = values(browser.get(path)) | {"kind": "course", "course": SLUG}
    for _click in range(2):
        browser.post(path, sent)
    assert len(plan(session, mira).items) == 1


def test_other_words_in_a_form_that_was_sent_already_are_not_lost(browser, session, mira, at):
    goals = f"{MINE}/2026/goals/new"
    sent = values(browser.sign_in(mira).get(goals)) | {"text": "Menulis telaahan"}
    browser.post(goals, sent)
    page = browser.post(goals, sent, text="Memimpin rapat", status=409)
    browser.post(goals, values(page) | {"text": "Memimpin rapat"})
    goal, other = plan(session, mira).goals
    assert (goal.text, other.text) == ("Menulis telaahan", "Memimpin rapat")
    path = f"{MINE}/2026/goals/{goal.id}/items/new"
    sent = values(browser.get(path)) | {"kind": "reading", "title": "Pedoman", "quantity": "2"}
    browser.post(path, sent)
    page = browser.post(path, sent, quantity="3", status=409)
    browser.post(path, sent | values(page) | {"quantity": "3"})
    assert [item.quantity for item in plan(session, mira).items] == [2, 3]


def test_an_old_form_keeps_what_was_written_and_may_be_sent_again(browser, session, mira, written):
    _goal, item = written
    path = f"{MINE}/2026/items/{item.id}"
    sent = values(browser.sign_in(mira).get(path)) | {
        "kind": "coaching",
        "title": "Judul dari jendela lama",
        "quantity": "3",
    }
    add_goal(session, mira, text="Dari jendela lain")
    page = browser.post(path, sent, status=409)
    assert "Rencana ini sudah berubah" in page.text
    assert page.select_one("[name=title]")["value"] == "Judul dari jendela lama"
    assert [one.title for one in plan(session, mira).items] == ["Bimbingan menulis telaahan"]
    browser.post(path, sent | values(page))
    assert [one.title for one in plan(session, mira).items] == ["Judul dari jendela lama"]


def test_a_button_on_an_old_page_says_what_happened(browser, session, mira, written):
    page = browser.sign_in(mira).post(f"{MINE}/2026/submit", version="1")
    assert "Rencana ini sudah berubah" in page.text
    for broken in ("", "abc", "-1", "9" * 4000, "٣"):
        browser.post(f"{MINE}/2026/submit", version=broken)
    assert plan(session, mira).state == "draft"


def test_a_goal_is_removed_after_asking(browser, session, mira, written):
    path = f"{MINE}/2026/goals/{written[0].id}/remove"
    page = browser.sign_in(mira).get(path)
    assert "Bersamanya dihapus 1 kegiatan" in page.text
    browser.post(path, values(page))
    assert plan(session, mira).goals == ()


def test_an_item_is_removed_from_its_page(browser, session, mira, written):
    item = f"{MINE}/2026/items/{written[1].id}"
    browser.sign_in(mira).get(item)
    browser.post(f"{item}/remove", version=version(session, mira))
    assert plan(session, mira).items == []


def test_progress_is_noted_by_buttons(browser, session, mira, endang, submitted):
    approve(session, endang, mira)
    path = f"{MINE}/2026/items/{submitted[1].id}/progress"
    browser.sign_in(mira)
    browser.post(path, version=version(session, mira), progress="begun")
    page = browser.post(path, version=version(session, mira), progress="done")
    assert "Selesai dan tersimpan sebagai catatan." in page.text
    browser.post(path, version=version(session, mira), progress="apa saja", status=404)


def test_what_was_asked_for_stands_above_a_returned_plan(browser, session, mira, endang, submitted):
    send_back(session, endang, mira)
    page = browser.sign_in(mira).get(MINE)
    assert "Dikembalikan oleh Endang Sulistyowati" in page.text
    assert REASON in page.text


def test_each_state_says_what_it_means_and_offers_what_may_be_done(
    browser, session, mira, endang, written
):
    def seen():
        page = browser.get(MINE)
        return page.select_one(".head .tag").get_text(strip=True), set(labels(page))

    browser.sign_in(mira)
    state, offered = seen()
    assert (state, "Ajukan rencana" in offered) == ("Draf", True)
    submit(session, mira)
    assert seen() == ("Diajukan", {"Tarik kembali"})
    approve(session, endang, mira)
    state, offered = seen()
    assert (state, {word.split(":")[0] for word in offered}) == ("Disetujui", {"Mulai", "Selesai"})
    mark(session, mira, written[1], "begun")
    assert seen()[0] == "Berjalan"
    service.finish(
        session, endang.id, mira.id, YEAR, REASON, version=version(session, mira), at=NOON
    )
    session.commit()
    assert seen() == ("Selesai", set())


def test_the_plan_of_another_person_is_reached_by_no_address(browser, session, jonas, written):
    goal, item = written
    browser.sign_in(jonas)
    for path in (
        f"goals/{goal.id}/items/new",
        f"goals/{goal.id}/remove",
        f"items/{item.id}",
    ):
        browser.get(f"{MINE}/2026/{path}", status=404)
    browser.post(f"{MINE}/2026/items/{item.id}/progress", version="1", progress="done", status=404)
    browser.get(f"{MINE}/2026/print", status=404)


def test_the_sheet_to_print_holds_the_whole_plan_and_room_to_sign(browser, mira, submitted):
    page = browser.sign_in(mira).get(f"{MINE}/2026/print")
    for words in ("Mira Lestari", "Bimbingan menulis telaahan", "Diajukan", "Tanda tangan"):
        assert words in page.text
    assert not page.select("main form, main button")
    assert page.select_one(".head .mono").text == printed_nip(mira.nip)


def test_the_page_of_a_plan_needs_few_statements(browser, session, mira, written):
    for _ in range(5):
        add_item(session, mira, written[0])
    browser.sign_in(mira)
    with statements() as sent:
        browser.get(MINE)
    assert len(sent) <= 9, sent


def test_the_plan_is_in_ones_own_file(session, mira, endang, submitted):
    [found] = own_data(session, mira.id, at=NOON)["plans"]
    assert (found["year"], found["state"]) == (2026, "submitted")
    assert found["goals"][0]["items"][0]["jp"] == "4.00"
    assert [step["to"] for step in found["steps"]] == ["draft", "submitted"]


# ----------------------------------------------------------------------------- supervisor


def test_the_direct_supervisor_reads_and_approves(browser, session, mira, endang, submitted):
    browser.sign_in(endang)
    assert "Rencana pengembangan" in browser.get(f"/team/{mira.id}").text
    page = browser.get(hers(mira))
    assert session.scalars(select(ProfileVisit.viewer_id)).one() == endang.id
    page = browser.post(hers(mira, "/2026/approve"), values_of_press(page, "approve"))
    assert "Rencana disetujui." in page.text
    assert plan(session, mira).state == "approved"


def test_of_a_year_that_is_over_only_what_can_be_done_is_offered(
    browser, session, mira, endang, submitted, monkeypatch
):
    def offered():
        page = browser.get(hers(mira, "?year=2026"))
        return {one["href"].rsplit("/", 1)[1] for one in page.select("main .row a[href*='/2026/']")}

    browser.sign_in(endang)
    monkeypatch.setattr(clock, "now", lambda: NOON.replace(year=2027))
    assert offered() == set()
    approve(session, endang, mira)
    assert offered() == {"finish"}


def test_sending_back_asks_for_the_reason(browser, session, mira, endang, submitted):
    path = hers(mira, "/2026/send-back")
    page = browser.sign_in(endang).get(path)
    for reason, sentence in (("", "Tulis alasannya."), ("pendek", "paling sedikit 10 huruf")):
        assert sentence in browser.post(path, values(page), reason=reason, status=422).text
    page = browser.post(path, values(page), reason=REASON)
    assert "Rencana dikembalikan." in page.text
    assert plan(session, mira).returned_because.reason == REASON


def test_a_plan_that_changed_is_not_sent_back_unseen(browser, session, mira, endang, submitted):
    path = hers(mira, "/2026/send-back")
    sent = values(browser.sign_in(endang).get(path))
    service.withdraw(session, mira.id, YEAR, version=version(session, mira), at=NOON)
    session.commit()
    submit(session, mira)
    page = browser.post(path, sent, reason=REASON, status=409)
    assert "Rencana ini sudah berubah" in page.text
    assert page.select_one("textarea").text.strip() == REASON
    assert plan(session, mira).state == "submitted"


def test_a_supervisor_adds_a_goal_even_before_the_first_word_and_takes_it_back(
    browser, session, mira, endang, at
):
    path = hers(mira, "/2026/goals/new")
    browser.sign_in(endang).get(hers(mira))
    sent = values(browser.get(path)) | {"text": "Memimpin rapat lintas bidang"}
    page = browser.post(path, sent)
    assert "Dari atasan: Endang Sulistyowati" in page.text
    [goal] = plan(session, mira).goals
    browser.post(hers(mira, f"/2026/goals/{goal.id}/remove"), version=version(session, mira))
    assert plan(session, mira).goals == ()


def test_closing_early_has_its_page(browser, session, mira, endang, submitted):
    path = hers(mira, "/2026/finish")
    assert "belum disetujui" in browser.sign_in(endang).get(path, status=409).text
    approve(session, endang, mira)
    sent = values(browser.get(path))
    assert "Rencana ditutup." in browser.post(path, sent, reason=REASON).text


ACTS = ("/2026/approve", "/2026/send-back", "/2026/finish", "/2026/goals/new")


def refusals(browser, person, status):
    """What each address of deciding answers, as texts."""
    form = {"version": "3", "reason": REASON, "text": "Menyusup", "key": str(uuid7())}
    return [browser.post(hers(person, act), form, status=status).text for act in ACTS[1:]]


def test_who_stands_further_up_reads_only(browser, session, mira, head, submitted):
    page = browser.sign_in(head).get(hers(mira))
    assert "Yang memutuskan rencana ini: Endang Sulistyowati" in page.text
    assert labels(page) == []
    for text in refusals(browser, mira, 403):
        assert "Rencana diputuskan atasan langsung." in text
    browser.post(hers(mira, ACTS[0]), version="3", status=403)
    assert plan(session, mira).state == "submitted"


def test_a_former_supervisor_is_told_so(browser, session, mira, endang, submitted):
    supervise(session, endang, make_person(session))
    relation = session.scalars(select(Supervision).filter_by(person_id=mira.id)).one()
    relation.ended_on = date(2026, 11, 23)
    session.commit()
    browser.sign_in(endang)
    for text in [browser.get(hers(mira), status=404).text, *refusals(browser, mira, 404)]:
        assert "bukan lagi atasan orang ini" in text
    assert plan(session, mira).state == "submitted"


def test_a_stranger_and_a_delegate_without_a_relation_find_nothing(
    browser, session, mira, submitted
):
    other = make_person(session)
    supervise(session, other, make_person(session))
    browser.sign_in(other)
    for text in [browser.get(hers(mira), status=404).text, *refusals(browser, mira, 404)]:
        assert "garis atasannya hari ini" in text
    browser.get(f"/team/{uuid4()}/plan", status=404)
    browser.get(hers(mira, "/2026/print"), status=404)


def test_a_circular_line_is_named(browser, session, mira, endang, submitted):
    supervise(session, mira, endang)
    browser.sign_in(endang)
    assert "Garis atasan ini melingkar" in browser.get(hers(mira), status=409).text
    page = browser.post(
        hers(mira, ACTS[0]), version=version(session, mira), status=303, follow=False
    )
    assert plan(session, mira).state == "submitted", page


def test_the_owner_decides_nothing_by_the_supervisors_addresses(
    browser, session, mira, endang, submitted
):
    supervise(session, mira, make_person(session))
    browser.sign_in(mira)
    browser.get(hers(mira), status=404)
    browser.post(hers(mira, "/2026/approve"), version=version(session, mira), follow=False)
    assert plan(session, mira).state == "submitted"


def test_who_supervises_nobody_has_no_such_page(browser, mira, endang, at):
    browser.sign_in(mira).get(hers(endang), status=403)


def test_the_supervisors_sheet_prints_too(browser, mira, endang, submitted):
    page = browser.sign_in(endang).get(hers(mira, "/2026/print"))
    assert "Tanda tangan" in page.text


def test_a_manager_reads_decisions_in_words(browser, session, mira, endang, submitted):
    send_back(session, endang, mira)
    page = browser.sign_in(make_person(session, roles=["manager"])).get("/manage/audit")
    for words in ("Rencana pengembangan dikembalikan", "Perlu revisi", REASON):
        assert words in page.text
    assert "returned" not in page.text
