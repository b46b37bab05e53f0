"""The tree of units: made, renamed, moved, archived and put back."""

import pytest
from sqlalchemy import func, select

from corpu.people.models import Unit
from tests.factories import make_unit
from tests.manage.conftest import REASON
from tests.manage.reading import error_at, fields_of, send, text_of

NEW = "/manage/units/new"


def given(**changes):
    return {
        "code": "PUSK-1",
        "name": "Puskesmas Satu",
        "timezone": "Asia/Makassar",
        "reason": REASON,
    } | changes


def fresh(session, unit):
    return session.get(Unit, unit.id, populate_existing=True)


def test_a_unit_is_made_below_another(as_chief, session, health, entries):
    send(as_chief, NEW, **given(parent=str(health.id)))
    unit = session.scalar(select(Unit).filter_by(code="PUSK-1"))
    assert (unit.parent_id, unit.timezone) == (health.id, "Asia/Makassar")
    (entry,) = entries("unit.created")
    assert (entry.subject_name, entry.reason) == ("Puskesmas Satu", REASON)


def test_the_same_form_sent_twice_makes_one_unit(as_chief, session, health):
    data = fields_of(as_chief.get(NEW), NEW) | given(parent=str(health.id))
    as_chief.post(NEW, data)
    as_chief.post(NEW, data)
    assert session.scalar(select(func.count()).where(Unit.code == "PUSK-1")) == 1


def test_a_code_that_another_unit_has_is_refused_at_its_field(as_chief, health):
    page = send(as_chief, NEW, **given(code="DINKES"), status=409)
    assert "sudah dipakai unit lain" in error_at(page, "code")
    assert page.select_one("[name=name]")["value"] == "Puskesmas Satu"


@pytest.mark.parametrize(
    ("field", "value"), [("code", ""), ("name", " "), ("timezone", "Asia/Tokyo"), ("reason", "")]
)
def test_what_is_missing_is_said_at_its_field(as_chief, session, field, value):
    page = send(as_chief, NEW, **given(**{field: value}), status=422)
    assert error_at(page, field)
    assert session.scalar(select(Unit).filter_by(code="PUSK-1")) is None


def test_a_unit_is_renamed_and_moved(as_chief, session, health, division, elsewhere, entries):
    url = f"/manage/units/{division.id}"
    send(as_chief, url, name="Bidang Gizi Masyarakat", parent=str(elsewhere.id), reason=REASON)
    assert fresh(session, division).parent_id == elsewhere.id
    (entry,) = entries("unit.corrected")
    assert entry.before["name"] == "Bidang Gizi"
    assert entry.before["parent_id"] == str(health.id)


def test_a_unit_is_not_offered_below_itself_and_cannot_be_sent_there(
    as_chief, session, health, division
):
    url = f"/manage/units/{health.id}"
    page = as_chief.get(url)
    offered = {option["value"] for option in page.select("[name=parent] option")}
    assert not offered & {str(health.id), str(division.id)}
    send(as_chief, url, parent=str(division.id), reason=REASON, status=422)
    assert fresh(session, health).parent_id is None


def test_the_second_of_two_managers_sees_what_the_first_has_changed(
    as_chief, as_ratna, session, division
):
    url = f"/manage/units/{division.id}"
    mine = fields_of(as_chief.get(url), url) | {"name": "Satu", "reason": REASON}
    theirs = fields_of(as_ratna.get(url), url) | {"name": "Dua", "reason": REASON}
    as_chief.post(url, mine)
    page = as_ratna.post(url, theirs, status=409)
    assert "Satu" in text_of(page.select_one("section[aria-labelledby=berubah]"))
    assert fresh(session, division).name == "Satu"


def test_a_unit_manager_makes_and_moves_within_the_branch_only(
    as_ratna, session, health, division, elsewhere
):
    for parent in ("top", "", str(elsewhere.id)):
        as_ratna.post(NEW, given(parent=parent), status=422)
    send(as_ratna, NEW, **given(parent=str(division.id)))
    url = f"/manage/units/{division.id}"
    send(as_ratna, url, parent="top", reason=REASON, status=422)
    assert fresh(session, division).parent_id == health.id
    send(as_ratna, f"/manage/units/{health.id}", name="Dinas Kesehatan Baru", reason=REASON)
    assert fresh(session, health).name == "Dinas Kesehatan Baru"


def test_a_unit_with_people_or_units_is_not_archived(as_chief, session, health, division, mira):
    for unit in (division, health):
        page = send(as_chief, f"/manage/units/{unit.id}/archive", reason=REASON, status=409)
        assert "Masih ada pegawai atau unit aktif" in text_of(page)
        assert fresh(session, unit).archived_at is None


def test_an_archived_unit_leaves_the_choices_and_comes_back(as_chief, session, agency, entries):
    unit = make_unit(session, name="UPT Lama")
    url = f"/manage/units/{unit.id}/archive"
    data = fields_of(as_chief.get(url), url) | {"reason": "dilebur"}
    as_chief.post(url, data)
    as_chief.post(url, data)
    assert fresh(session, unit).archived_at is not None
    assert "UPT Lama" not in text_of(as_chief.get("/manage/people/new"))
    assert "1 unit diarsipkan" in text_of(as_chief.get("/manage/units"))
    send(as_chief, url, reason="dibuka lagi")
    assert fresh(session, unit).archived_at is None
    assert [entry.reason for entry in entries("unit.archived")] == ["dilebur"]
    assert [entry.reason for entry in entries("unit.restored")] == ["dibuka lagi"]


def test_a_unit_does_not_come_back_below_an_archived_one(as_chief, session, agency, at):
    above = make_unit(session, name="Atas", archived_at=at)
    below = make_unit(session, name="Bawah", parent=above, archived_at=at)
    page = send(as_chief, f"/manage/units/{below.id}/archive", reason=REASON, status=409)
    assert "Unit di atasnya diarsipkan" in text_of(page)


def test_the_tree_shows_each_unit_below_its_own(as_chief, health, division, elsewhere, mira):
    rows = as_chief.get("/manage/units").select("tbody tr")
    order = [row.select_one("th a").text for row in rows]
    assert order.index("Bidang Gizi") == order.index("Dinas Kesehatan") + 1
    row = rows[order.index("Bidang Gizi")]
    assert "d1" in row.th["class"]
    assert row.select_one("td.right").text.strip() == "1"
