"""The audit: readable, filtered, in pages, as far as one reaches, and safe to take away."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest

from corpu import audit
from corpu.spreadsheets import cell
from tests.manage.reading import send, text_of
from tests.statements import statements


def note(session, at, *, unit=None, action="person.corrected", name="Mira Lestari", **more):
    values = {
        "actor_id": None,
        "actor_name": "Wahyu",
        "subject": ("person", "0", name),
        "before": {"name": "Lama"},
        "after": {"name": "Baru"},
        "reason": "SK 12",
    } | more
    audit.record(session, at=at, action=action, unit_id=unit.id if unit else None, **values)
    session.commit()


def rows(page):
    return [" ".join(row.get_text(" ").split()) for row in page.select("tbody tr")]


def download(browser, **filters):
    browser.get("/manage/audit")
    data = filters | {"csrf_token": browser.csrf_token()}
    response = browser.client.post("/manage/audit.csv", data=data)
    assert response.status_code == 200
    assert response.text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(response.text.removeprefix("\ufeff"), newline="")))


def test_an_entry_says_who_what_when_old_new_and_why(as_chief, session, at):
    note(session, at)
    (row,) = rows(as_chief.get("/manage/audit"))
    assert "Data pegawai dibetulkan Wahyu" in row
    assert "24 November 2026, 12.00 WIB" in row
    assert "Nama: Lama → menjadi Baru" in row
    assert "SK 12" in row


def test_identifiers_are_shown_as_the_names_they_stand_for(as_chief, session, mira, health, at):
    send(as_chief, f"/manage/people/{mira.id}/post", unit=str(health.id), reason="pindah")
    (row,) = rows(as_chief.get("/manage/audit?action=posting.set"))
    assert "Unit: Bidang Gizi → menjadi Dinas Kesehatan" in row
    assert str(health.id) not in row


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("who=wah", 3),
        ("who=wahyu&subject=mira", 2),
        ("subject=JONAS", 1),
        ("action=person.deactivated", 1),
        ("since=2026-11-24", 2),
        ("until=2026-11-23", 1),
        ("since=23-11-2026&until=23-11-2026", 1),
        ("since=2026-11-25", 0),
        ("who=%25", 0),
    ],
)
def test_filters_hold_together_and_days_are_those_of_the_reader(
    as_chief, session, at, query, found
):
    # 23.30 WIB on the 23rd is still that day where the manager sits, though not in UTC + 8.
    note(session, datetime(2026, 11, 23, 16, 30, tzinfo=UTC))
    note(session, at, action="person.deactivated")
    note(session, at, name="Jonas Tahitu")
    assert len(rows(as_chief.get(f"/manage/audit?{query}"))) == found


def test_a_day_that_is_none_is_said_to_be_so(as_chief, session, at):
    note(session, at)
    page = as_chief.get("/manage/audit?since=2026-02-31&action=nonsense")
    assert "Tulis tanggal yang ada" in text_of(page)
    assert len(rows(page)) == 1


def test_pages_follow_one_another_without_gap_or_repetition(as_chief, session, at):
    for number in range(120):
        note(session, at + timedelta(seconds=number % 7), reason=f"alasan {number:03}")
    seen, url = [], "/manage/audit"
    while url:
        page = as_chief.get(url)
        seen += [row.split("alasan ")[1] for row in rows(page)]
        following = page.select_one("a[rel=next]")
        url = following["href"] if following else None
    assert seen == [f"{number:03}" for number in reversed(range(120))]


def test_a_unit_manager_reads_what_concerns_the_branch_and_the_own_acts(
    as_ratna, session, ratna, division, elsewhere, at
):
    note(session, at, unit=division, reason="cabang")
    note(session, at, unit=elsewhere, reason="rahasia lain")
    note(session, at, reason="seluruh instansi")
    note(session, at, unit=elsewhere, actor_id=ratna.id, reason="perbuatan sendiri")
    page = text_of(as_ratna.get("/manage/audit"))
    assert "cabang" in page
    assert "perbuatan sendiri" in page
    assert "rahasia lain" not in page
    assert "seluruh instansi" not in page
    taken = str(download(as_ratna))
    assert "cabang" in taken
    assert "rahasia lain" not in taken


def test_the_file_holds_the_filtered_entries_and_is_itself_an_entry(as_chief, session, at, entries):
    note(session, at)
    note(session, at, name="Jonas Tahitu")
    lines = download(as_chief, subject="jonas")
    assert lines[0][0] == "Waktu (WIB)"
    assert [line[5] for line in lines[1:]] == ["Jonas Tahitu"]
    assert lines[1][0] == "2026-11-24 12:00:00"
    assert lines[1][6] == "Nama: Lama → Baru"
    (entry,) = entries("audit.exported")
    assert (entry.actor_name, entry.after) == ("Siti Maesaroh", {"rows": 1, "subject": "jonas"})


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", " =", "＝"])
def test_no_cell_of_the_file_is_a_formula(as_chief, session, at, begin):
    evil = f"{begin}HYPERLINK('http://x','Klik')"
    note(session, at, name=evil, actor_name=evil, reason=evil, before={"name": evil}, after={})
    for line in download(as_chief)[1:]:
        for text in line:
            assert not text.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝")), text


def test_numbers_stay_numbers_and_empty_stays_empty():
    assert [cell(value) for value in (-3, None, "", "Budi", "-3")] == [
        "-3",
        "",
        "",
        "Budi",
        "'-3",
    ]


def test_what_stands_in_an_entry_is_never_markup(as_chief, session, at):
    note(session, at, name="<i>Mira</i>", reason="<script>x</script>", after={"name": "<b>y</b>"})
    page = as_chief.get("/manage/audit")
    assert page.select("tbody i, tbody script, tbody b") == []
    assert "<script>x</script>" in text_of(page)


def test_the_audit_costs_the_same_for_many_entries(as_chief, session, mira, division, at):
    def cost():
        with statements() as seen:
            as_chief.get("/manage/audit")
        return len(seen)

    note(session, at, after={"unit_id": str(division.id), "supervisor_id": str(mira.id)})
    few = cost()
    for _ in range(30):
        note(session, at, after={"unit_id": str(division.id), "supervisor_id": str(mira.id)})
    assert cost() == few <= 4


def test_others_neither_read_nor_take_it(browser, jonas, at):
    browser.sign_in(jonas).get("/manage/audit", status=403)
    browser.post("/manage/audit.csv", status=403)
