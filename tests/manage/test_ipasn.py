"""What managers write down for the index: with a reason, once, and never changed."""

import pytest
from sqlalchemy import select

from corpu.ipasn import service
from corpu.ipasn.models import EntryKind, IpasnEntry
from tests.manage.conftest import REASON
from tests.manage.reading import error_at, fields_of, send, text_of

FILLED = {
    "education": {"code": "s2"},
    "performance": {"year": "2025", "code": "baik"},
    "sanction": {"code": "ringan", "day": "2025-05-06"},
    "training": {"code": "TEKNIS", "title": "Manajemen risiko", "day": "2026-05-06", "jp": "20,5"},
    "official": {"year": "2025", "total": "72,5", "source": "SIASN"},
}
SAID = {
    "education": "S2 (magister)",
    "performance": "2025: Baik",
    "sanction": "Hukuman disiplin ringan, 6 Mei 2025",
    "training": "Pelatihan Teknis, Manajemen risiko, 20,5 JP, 6 Mei 2026",
    "official": "2025: 72,5 dari 100",
}


@pytest.fixture
def url(mira):
    return f"/manage/people/{mira.id}/ipasn"


def entries_in(session):
    return session.scalars(select(IpasnEntry).order_by(IpasnEntry.id)).all()


@pytest.mark.parametrize("kind", FILLED)
def test_each_kind_is_written_down_with_its_reason(as_chief, session, chief, url, kind, entries):
    send(as_chief, f"{url}/{kind}", reason=REASON, **FILLED[kind])
    (entry,) = entries_in(session)
    assert (entry.kind, entry.reason, entry.recorded_by) == (EntryKind(kind), REASON, chief.id)
    text = text_of(as_chief.get(url))
    assert SAID[kind] in text
    assert "Siti Maesaroh" in text
    (act,) = entries("ipasn.recorded")
    assert (act.reason, act.after["ipasn"]) == (REASON, kind)


def test_the_audit_says_it_in_words(as_chief, mira, url):
    send(as_chief, f"{url}/official", reason=REASON, **FILLED["official"])
    send(as_chief, f"{url}/training", reason=REASON, **FILLED["training"])
    text = text_of(as_chief.get(f"/manage/people/{mira.id}"))
    for words in ("Data IP ASN dicatat", "Nilai resmi IP ASN", "Tahun: 2025", "Nilai total: 72,5"):
        assert words in text
    assert "Nama pelatihan: Manajemen risiko" in text


@pytest.mark.parametrize("kind", FILLED)
def test_without_a_reason_nothing_is_written(as_chief, session, url, kind):
    page = send(as_chief, f"{url}/{kind}", status=422, **FILLED[kind])
    assert error_at(page, "reason")
    assert entries_in(session) == []


@pytest.mark.parametrize(
    ("kind", "field", "value", "status"),
    [
        ("education", "code", "", 422),
        ("education", "code", "s4", 422),
        ("performance", "year", "", 422),
        ("performance", "year", "x", 422),
        ("performance", "year", "9" * 5000, 422),
        ("performance", "year", "2027", 409),
        ("performance", "year", "2018", 409),
        ("sanction", "day", "", 422),
        ("sanction", "day", "31-02-2026", 422),
        ("sanction", "day", "2026-11-25", 409),
        ("training", "jp", "", 409),
        ("training", "jp", "-1", 409),
        ("training", "jp", "NaN", 422),
        ("training", "jp", "1e9", 422),
        ("training", "jp", "20,555", 422),  # or twenty thousand
        ("training", "jp", "20,5555", 409),
        ("training", "jp", "9" * 50, 409),
        ("training", "jp", "9" * 5000, 422),
        ("training", "title", "x" * 301, 422),
        ("official", "total", "", 422),
        ("official", "total", "100,5", 409),
        ("official", "total", "Infinity", 422),
        ("official", "qualification", "20", 409),
        ("official", "source", "", 422),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(
    as_chief, session, url, kind, field, value, status
):
    data = FILLED[kind] | {"reason": REASON, field: value}
    page = send(as_chief, f"{url}/{kind}", status=status, **data)
    assert error_at(page, "total" if field == "qualification" else field)
    assert entries_in(session) == []


def test_the_same_form_sent_twice_writes_once(as_chief, session, url, entries):
    path = f"{url}/education"
    data = fields_of(as_chief.get(path), path) | FILLED["education"] | {"reason": REASON}
    as_chief.post(path, data)
    as_chief.post(path, data)
    assert len(entries_in(session)) == len(entries("ipasn.recorded")) == 1


def test_what_an_old_form_says_otherwise_is_not_lost(as_chief, session, url):
    path = f"{url}/education"
    data = fields_of(as_chief.get(path), path) | FILLED["education"] | {"reason": REASON}
    as_chief.post(path, data)
    page = as_chief.post(path, data | {"code": "s3"}, status=409)
    assert "Formulir ini sudah tersimpan dengan isian lain." in text_of(page)
    as_chief.post(path, fields_of(page, path) | {"code": "s3", "reason": REASON})
    assert [entry.code for entry in entries_in(session)] == ["s2", "s3"]


def test_a_number_that_is_none_is_not_asked_about(as_chief, session, url):
    send(as_chief, f"{url}/education", code="s2", reason=REASON, form_id="bukan")
    assert len(entries_in(session)) == 1


def test_a_mistake_is_taken_back_with_a_reason_and_stays(as_chief, session, url, entries):
    send(as_chief, f"{url}/education", code="s2", reason=REASON)
    (entry,) = entries_in(session)
    path = f"{url}/{entry.id}/withdraw"
    page = send(as_chief, path, status=422)
    assert error_at(page, "reason")
    send(as_chief, path, reason="Ijazah orang lain")
    text = text_of(as_chief.get(url))
    assert "Ditarik" in text
    assert "Ijazah orang lain" in text
    assert "Pendidikan belum dicatat" in text
    (act,) = entries("ipasn.withdrawn")
    assert (act.reason, act.before["ipasn_code"]) == ("Ijazah orang lain", "s2")


def test_taken_back_twice_is_taken_back_once(as_chief, session, url, entries):
    send(as_chief, f"{url}/education", code="s2", reason=REASON)
    (entry,) = entries_in(session)
    path = f"{url}/{entry.id}/withdraw"
    data = fields_of(as_chief.get(path), path) | {"reason": "keliru"}
    as_chief.post(path, data)
    page = as_chief.post(path, data)
    assert "sudah ditarik" in text_of(page)
    assert len(entries("ipasn.withdrawn")) == 1


def test_a_kind_that_is_none_is_no_page(as_chief, url, mira):
    as_chief.get(f"{url}/withdrawal", status=404)
    as_chief.get(f"{url}/hobby", status=404)
    as_chief.get(f"{url}/{mira.id}/withdraw", status=404)


def test_anothers_entry_is_not_to_be_found(as_chief, session, url, jonas):
    send(as_chief, f"{url}/education", code="s2", reason=REASON)
    (entry,) = entries_in(session)
    as_chief.get(f"/manage/people/{jonas.id}/ipasn/{entry.id}/withdraw", status=404)


def test_people_of_another_unit_do_not_exist(as_ratna, session, jonas, mira):
    as_ratna.get(f"/manage/people/{mira.id}/ipasn")
    elsewhere = f"/manage/people/{jonas.id}/ipasn"
    as_ratna.get(elsewhere, status=404)
    for kind, data in FILLED.items():
        as_ratna.post(f"{elsewhere}/{kind}", data | {"reason": REASON}, status=404)
    assert entries_in(session) == []


def test_only_managers_enter(browser, jonas, url, at):
    assert "/login" in browser.client.get(url).location
    browser.sign_in(jonas).get(url, status=403)
    browser.post(f"{url}/education", {"code": "s3", "reason": REASON}, status=403)


def test_the_persons_page_leads_there(as_chief, mira, url):
    assert as_chief.get(f"/manage/people/{mira.id}").select_one(f"a[href='{url}']")


def test_nobody_writes_down_or_takes_back_their_own(as_chief, session, chief, mira, at):
    own = f"/manage/people/{chief.id}/ipasn"
    page = as_chief.get(own)
    assert "dicatat dan ditarik oleh pengelola lain" in text_of(page)
    assert not page.select(f"a[href^='{own}/']")
    for kind, data in FILLED.items():
        page = send(as_chief, f"{own}/{kind}", status=409, reason=REASON, **data)
        assert "oleh pengelola lain" in text_of(page)
    assert entries_in(session) == []
    fact = service.Fact(EntryKind.SANCTION, "ringan", day=at.date())
    service.record(session, chief.id, fact, by=None, reason=REASON, at=at)
    session.commit()
    (entry,) = entries_in(session)
    send(as_chief, f"{own}/{entry.id}/withdraw", status=409, reason="tidak suka")
    assert len(entries_in(session)) == 1
