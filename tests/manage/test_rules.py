"""The rule of scoring on screen: in force, drafted, looked at before it is saved, applied."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from corpu import clock, jobs
from corpu.competency import applying, whatif
from corpu.competency.change_models import RuleApplication, RuleDraft
from corpu.competency.models import CompetencyRule
from tests.competency.factories import observe
from tests.manage.conftest import REASON
from tests.manage.reading import error_at, fields_of, send, text_of
from tests.statements import statements

RULES = "/manage/rules"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def evidence(session, mira, jonas, at):
    observe(session, mira, "PPB", 2, "70", at=at - DAY)
    observe(session, mira, "INT", 1, "90", at=at - DAY)
    observe(session, jonas, "INT", 2, "90", at=at - DAY)


def drafted(as_chief, session, **changes):
    """The address of a draft whose effects are computed."""
    send(as_chief, f"{RULES}/new", **({"mastery": "65"} | changes))
    session.expire_all()
    draft = session.scalars(select(RuleDraft).order_by(RuleDraft.created_at.desc())).first()
    return f"{RULES}/drafts/{draft.id}"


def versions(session):
    return session.scalar(select(func.count()).select_from(CompetencyRule))


def test_the_rule_in_force_is_shown_with_its_history(as_chief, session):
    text = text_of(as_chief.get(RULES))
    assert "Aturan bawaan CorpU." in text
    assert "Batas penguasaan 75,00" in text
    assert "Belum pernah diubah." in text
    address = drafted(as_chief, session)
    send(as_chief, f"{address}/apply", reason=REASON)
    text = text_of(as_chief.get(RULES))
    assert "Versi 1, sejak 24 November 2026. Dasar: SK 821/12/2026" in text
    assert "Batas penguasaan 65,00" in text
    assert "Menunggu giliran" in text


def test_a_draft_says_who_rises_by_unit_before_anything_is_saved(as_chief, session, mira, jonas):
    page = as_chief.get(drafted(as_chief, session, rating_months="6"))
    text = text_of(page)
    assert "Batas penguasaan 75,00 65,00" in text
    assert "24 bulan 6 bulan" in text
    assert "Level naik 1 skor" in text
    assert "Level turun 0 skor" in text
    assert "Dari level 0 menjadi level 2 1" in text
    assert "Bidang Gizi 1 0 0 1" in text
    assert "untuk 2 pegawai yang punya bukti" in text
    assert versions(session) == 0
    (link,) = page.select("a[href*='unit=']")
    people = text_of(as_chief.get(link["href"]))
    assert (
        "Mira Lestari Bidang Gizi Pelayanan Publik level 0, skor 0,00 level 2, skor 2,00" in people
    )
    assert "Jonas" not in people
    down = as_chief.get(f"{link['href'].partition('?')[0]}?direction=down")
    assert "Tidak seorang pun" in text_of(down)


def test_the_people_are_paged_and_all_in_the_file(as_chief, session, mira, entries, monkeypatch):
    monkeypatch.setattr("corpu.manage.rule_views.PAGE", 1)
    address = drafted(as_chief, session, mastery="99")
    page = as_chief.get(f"{address}/people")
    assert len(page.select("tbody tr")) == 1
    second = as_chief.get(page.select_one("a[rel=next]")["href"])
    assert text_of(second.select_one("tbody tr")) != text_of(page.select_one("tbody tr"))
    answer = as_chief.client.post(
        f"{address}/people.csv", data={"csrf_token": as_chief.csrf_token()}
    )
    lines = answer.get_data(as_text=True).lstrip("\ufeff").splitlines()
    assert lines[0].startswith("Nama,NIP,Unit,Kompetensi,Level sekarang")
    assert f"Mira Lestari,{mira.nip},Bidang Gizi,INT,1,1.00,0,0.91" in lines
    assert len(lines) == 3
    assert "attachment" in answer.headers["Content-Disposition"]
    (taken,) = entries("rule.effect_exported")
    assert (taken.actor_name, taken.after) == ("Siti Maesaroh", {"rows": 2})


def test_a_long_preview_shows_how_far_it_is(as_chief, session, at, monkeypatch):
    monkeypatch.setattr(whatif, "PEOPLE", 1)
    address = drafted(as_chief, session)
    page = as_chief.get(address)
    assert "1 dari 2 pegawai" in text_of(page)
    assert not page.select(f"a[href='{address}/apply']")
    as_chief.get(f"{address}/apply", status=409)
    as_chief.get(f"{address}/people", status=404)
    jobs.run_until_idle(session, lambda: at)
    assert as_chief.get(address).select(f"a[href='{address}/apply']")


def test_what_is_wrong_in_a_draft_is_said_and_nothing_kept(as_chief, session):
    for field, value in (
        ("mastery", ""),
        ("mastery", "x"),
        ("mastery", "101"),
        ("mastery", "0,5"),
        ("rating_months", "0"),
        ("rating_months", "121"),
        ("rating_months", "9" * 400),
        ("retake", "worst"),
        ("assessment", "6"),
        ("valid_on", "2026-13-01"),
        ("valid_on", "2026-11-01"),
        ("valid_on", "2099-01-01"),
    ):
        page = as_chief.get(f"{RULES}/new")
        data = fields_of(page, f"{RULES}/new") | {"mastery": "65", field: value}
        data["csrf_token"] = as_chief.csrf_token()
        answer = as_chief.client.post(f"{RULES}/new", data=data)
        assert answer.status_code in (409, 422), (field, value)
        assert 'role="alert"' in answer.text or "aria-invalid" in answer.text, (field, value)
    page = send(as_chief, f"{RULES}/new", status=409)
    assert "sama dengan aturan yang berlaku" in text_of(page)
    assert session.scalar(select(func.count()).select_from(RuleDraft)) == 0


def test_a_double_click_makes_one_draft_and_one_version(as_chief, session):
    data = fields_of(as_chief.get(f"{RULES}/new"), f"{RULES}/new") | {"mastery": "65"}
    for _ in range(2):
        as_chief.post(f"{RULES}/new", data)
    draft = session.scalars(select(RuleDraft)).one()
    url = f"{RULES}/drafts/{draft.id}/apply"
    data = fields_of(as_chief.get(url), url) | {"reason": REASON}
    for _ in range(2):
        assert "Aturan versi 1" in text_of(as_chief.post(url, data))
    assert versions(session) == 1
    assert session.scalar(select(func.count()).select_from(RuleApplication)) == 1
    as_chief.get(f"{RULES}/drafts/{draft.id}", status=303)
    as_chief.get(f"{RULES}/drafts/{draft.id}/edit", status=409)


def test_the_second_of_two_who_change_a_draft_sees_what_the_first_has_written(as_chief, session):
    address = drafted(as_chief, session)
    url = f"{address}/edit"
    old = fields_of(as_chief.get(url), url)
    discard = fields_of(as_chief.get(address), f"{address}/discard")
    for _ in range(2):
        as_chief.post(url, old | {"mastery": "70"})
    page = as_chief.post(url, old | {"mastery": "80", "external": "2"}, status=409)
    assert "Batas penguasaan 70 80" in text_of(page)
    assert "Paling tinggi dari sertifikat luar 3 2" in text_of(page)
    session.expire_all()
    assert session.scalars(select(RuleDraft)).one().rule["mastery"] == 70
    as_chief.post(f"{address}/discard", discard, status=409)
    as_chief.post(url, fields_of(page, url))
    session.expire_all()
    assert session.scalars(select(RuleDraft)).one().rule["mastery"] == 80
    new = f"{RULES}/new"
    old = fields_of(as_chief.get(new), new) | {"mastery": "66"}
    as_chief.post(new, old)
    as_chief.post(new, old | {"mastery": "67"}, status=409)


def test_a_changed_ledger_is_said_and_a_second_click_accepts_it(as_chief, session, mira, at):
    url = f"{drafted(as_chief, session)}/apply"
    data = fields_of(as_chief.get(url), url) | {"reason": REASON}
    observe(session, mira, "KOM", 1, "90", at=at)
    page = as_chief.post(url, data, status=409)
    assert "1 bukti baru" in text_of(page)
    assert versions(session) == 0
    again = fields_of(page, url)
    assert again["reason"] == REASON
    as_chief.post(url, again)
    assert versions(session) == 1


def test_without_a_reason_or_upon_what_was_never_seen_nothing_is_applied(as_chief, session):
    address = drafted(as_chief, session)
    page = send(as_chief, f"{address}/apply", status=422)
    assert error_at(page, "reason")
    send(as_chief, f"{address}/apply", status=409, reason=REASON, seen="bukan")
    send(as_chief, f"{address}/apply", status=409, reason=REASON, seen="", accepted="[" * 5000)
    assert versions(session) == 0


def test_the_page_of_a_version_shows_progress_stops_and_goes_on(
    as_chief, session, at, monkeypatch, entries
):
    monkeypatch.setattr(applying, "PEOPLE", 1)
    send(as_chief, f"{drafted(as_chief, session)}/apply", reason=REASON)
    jobs.run_one(session, lambda: at)
    url = f"{RULES}/1"
    page = as_chief.get(url)
    assert "1 dari 2 pegawai" in text_of(page)
    assert page.select_one("progress[value='1'][max='2']")
    assert "Dihentikan" in text_of(as_chief.post(f"{url}/stop"))
    as_chief.post(f"{url}/stop", status=409)
    jobs.run_until_idle(session, lambda: at)
    assert "1 dari 2 pegawai" in text_of(as_chief.get(url))
    as_chief.post(f"{url}/go-on")
    jobs.run_until_idle(session, lambda: at)
    assert "Tertulis dalam riwayat 2 pegawai" in text_of(as_chief.get(url))
    (stopped,) = entries("competency.rule_stopped")
    assert stopped.after == {"version": 1, "people_done": 1}
    text = text_of(as_chief.get("/manage/audit"))
    for words in (
        "Aturan skor kompetensi ditetapkan",
        "Penerapan aturan skor dihentikan",
        "Pegawai yang sudah: 1",
        "Batas penguasaan: 65",
    ):
        assert words in text, words


def test_an_old_preview_must_be_computed_anew(as_chief, session, at, monkeypatch):
    address = drafted(as_chief, session)
    monkeypatch.setattr(whatif, "HOLDS", timedelta(minutes=1))
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(minutes=2))
    page = as_chief.get(address)
    assert "lebih dari sehari" in text_of(page)
    assert not page.select(f"a[href='{address}/apply']")
    page = as_chief.post(f"{address}/preview")
    assert page.select(f"a[href='{address}/apply']")


def test_a_draft_is_changed_and_put_away(as_chief, session):
    address = drafted(as_chief, session)
    assert fields_of(as_chief.get(f"{address}/edit"), f"{address}/edit")["mastery"] == "65"
    send(as_chief, f"{address}/edit", mastery="70")
    assert "75,00 70,00" in text_of(as_chief.get(address))
    form = fields_of(as_chief.get(address), f"{address}/discard")
    assert "dibuang" in text_of(as_chief.post(f"{address}/discard", form))
    as_chief.get(address, status=404)


def test_who_manages_a_part_reads_the_rule_and_changes_nothing(as_chief, as_ratna, session):
    address = drafted(as_chief, session)
    text = text_of(as_ratna.get(RULES))
    assert "Aturan bawaan CorpU." in text
    assert "Rancang perubahan" not in text
    for path in (f"{RULES}/new", address, f"{address}/people"):
        as_ratna.get(path, status=404)
    as_ratna.post(f"{address}/people.csv", status=404)
    for path in ("preview", "discard", "apply"):
        as_ratna.post(f"{address}/{path}", status=404)
    send(as_chief, f"{address}/apply", reason=REASON)
    assert "versi 1" in text_of(as_ratna.get(f"{RULES}/1"))
    for path in ("stop", "go-on"):
        as_ratna.post(f"{RULES}/1/{path}", status=404)
    as_ratna.get(f"{RULES}/2", status=404)


def test_a_number_that_no_version_can_have_is_not_to_be_found(as_chief):
    for number in ("99999", "99999999999", "9" * 25):
        as_chief.get(f"{RULES}/{number}", status=404)
        as_chief.post(f"{RULES}/{number}/stop", status=404)


def test_only_managers_enter(browser, jonas, at):
    assert "/login" in browser.client.get(RULES).location
    browser.sign_in(jonas)
    for path in (RULES, f"{RULES}/new", f"{RULES}/1"):
        browser.get(path, status=403)


def test_the_pages_ask_little_of_the_database(as_chief, session):
    address = drafted(as_chief, session)
    for path, most in ((RULES, 4), (address, 8), (f"{address}/people", 5)):
        session.expire_all()
        with statements() as seen:
            as_chief.get(path)
        assert len(seen) <= most, (path, seen)
