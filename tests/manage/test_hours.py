"""Deciding about other people's learning."""

from io import BytesIO

import pytest
from sqlalchemy import select

from corpu.hours.models import ClaimDecision, LearningClaim, State
from corpu.hours.proofs import Kind
from corpu.hours.proposals import Proof
from corpu.people.queries import viewer_for
from tests.hours.conftest import NOON, make_claim, proposal, verify
from tests.hours.test_proofs import PDF
from tests.manage.reading import error_at, fields_of, send, text_of
from tests.statements import statements

URL = "/manage/hours"


def state(session, made):
    return session.get(LearningClaim, made.id, populate_existing=True).state


def test_what_waits_is_shown_the_oldest_first(session, as_chief, mira, jonas):
    for person, title in ((mira, "Webinar Arsip"), (jonas, "Bimtek Anggaran")):
        make_claim(session, person, proposal(title=title))
    page = as_chief.get(URL)
    assert [row.th.a.text for row in page.select("tbody tr")] == ["Mira Lestari", "Jonas Tahitu"]
    assert "Menunggu verifikasi, 2" in text_of(page)
    assert "2 catatan belajar menunggu verifikasi" in text_of(as_chief.get("/manage"))


def test_a_claim_is_verified_and_the_audit_says_so(session, as_chief, mira, entries):
    made = make_claim(session, mira)
    page = send(as_chief, f"{URL}/{made.id}", decision="verified")
    assert "Diverifikasi: Webinar Tata Naskah." in text_of(page)
    assert state(session, made) is State.VERIFIED
    (entry,) = entries("claim.verified")
    assert entry.subject_name == "Mira Lestari: Webinar Tata Naskah"
    assert "Catatan belajar diverifikasi" in text_of(as_chief.get("/manage/audit"))


def test_a_claim_is_refused_with_a_reason_only(session, as_chief, mira):
    made = make_claim(session, mira)
    page = send(as_chief, f"{URL}/{made.id}", decision="refused", status=422)
    assert "Tulis alasannya" in error_at(page, "reason")
    assert state(session, made) is State.CLAIMED
    send(as_chief, f"{URL}/{made.id}", decision="refused", reason="Tanpa daftar hadir")
    assert state(session, made) is State.REFUSED
    page = as_chief.get(f"{URL}/{made.id}")
    assert "Tanpa daftar hadir" in text_of(page)
    assert "Siti Maesaroh" in text_of(page)


@pytest.mark.parametrize("decision", ["", "withdrawn", "ya"])
def test_what_is_no_decision_decides_nothing(session, as_chief, mira, decision):
    made = make_claim(session, mira)
    sent = {"seen": "0", "decision": decision, "reason": "Tanpa daftar hadir"}
    as_chief.post(f"{URL}/{made.id}", sent, status=404)
    assert state(session, made) is State.CLAIMED


def test_the_pair_of_a_likely_double_count_stands_side_by_side(session, as_chief, mira, chief):
    first = make_claim(session, mira, proposal(organiser="ANRI"))
    verify(session, first, viewer_for(session, chief.id, 0, NOON))
    second = make_claim(session, mira, proposal(title="Tata Naskah", organiser="LAN"))
    page = as_chief.get(f"{URL}/{second.id}")
    titles = [box.h2.text for box in page.select(".split .card")]
    assert titles == ["Catatan ini", "Webinar Tata Naskah"]
    assert "Judulnya sama." in text_of(page)
    assert "ANRI" in text_of(page)
    page = send(as_chief, f"{URL}/{second.id}", decision="verified", status=422)
    assert "kegiatan yang berbeda" in error_at(page, "reason")
    send(as_chief, f"{URL}/{second.id}", decision="verified", reason="Angkatan lain")
    assert state(session, second) is State.VERIFIED


def test_nobody_decides_on_their_own(session, as_chief, chief):
    made = make_claim(session, chief)
    page = as_chief.get(f"{URL}/{made.id}")
    assert "Catatan sendiri diputuskan oleh pengelola lain." in text_of(page)
    assert not page.select("main form")
    form = {"seen": "0", "decision": "verified"}
    page = as_chief.post(f"{URL}/{made.id}", form, status=409)
    assert state(session, made) is State.CLAIMED


def test_another_unit_does_not_exist_for_a_unit_manager(session, as_ratna, mira, jonas):
    mine, other = make_claim(session, mira), make_claim(session, jonas)
    page = as_ratna.get(URL)
    assert "Mira Lestari" in text_of(page)
    assert "Jonas" not in text_of(page)
    as_ratna.get(f"{URL}/{mine.id}")
    for path in (f"{URL}/{other.id}", f"{URL}/{other.id}/proof"):
        as_ratna.get(path, status=404)
    as_ratna.post(f"{URL}/{other.id}", {"seen": "0", "decision": "verified"}, status=404)
    assert state(session, other) is State.CLAIMED


def test_of_two_managers_the_second_sees_what_the_first_decided(session, as_chief, as_ratna, mira):
    made = make_claim(session, mira)
    url = f"{URL}/{made.id}"
    stale = fields_of(as_ratna.get(url), url)
    send(as_chief, url, decision="verified")
    page = as_ratna.post(url, stale | {"decision": "refused", "reason": "Kurang"}, status=409)
    assert "sudah berubah sejak Anda membukanya" in text_of(page)
    assert "Siti Maesaroh" in text_of(page)
    assert state(session, made) is State.VERIFIED


def test_a_second_click_decides_once(session, as_chief, mira):
    made = make_claim(session, mira)
    url = f"{URL}/{made.id}"
    form = fields_of(as_chief.get(url), url) | {"decision": "verified"}
    as_chief.post(url, form)
    as_chief.post(url, form)
    assert len(session.scalars(select(ClaimDecision)).all()) == 1


def test_the_proof_comes_as_a_file(app, session, as_chief, mira):
    sha256 = app.extensions["storage"].put(BytesIO(PDF).read())
    made = make_claim(session, mira, proof=Proof(sha256, Kind.PDF, "surat.pdf"))
    answer = as_chief.client.get(f"{URL}/{made.id}/proof")
    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    as_chief.get(f"{URL}/{make_claim(session, mira).id}/proof", status=404)


def test_a_proof_that_is_lost_is_said_to_be(session, as_chief, mira):
    made = make_claim(session, mira, proof=Proof("f" * 64, Kind.PDF, "surat.pdf"))
    page = as_chief.get(f"{URL}/{made.id}/proof", status=503)
    assert "harus dipulihkan dari cadangan" in text_of(page)


@pytest.mark.parametrize("query", ["state=withdrawn", "state=x", "page=0", "page=-1", "page=9"])
def test_strange_questions_get_a_page(session, as_chief, mira, query):
    make_claim(session, mira)
    as_chief.get(f"{URL}?{query}")


def test_a_long_queue_has_pages_and_asks_no_more(session, as_chief, mira):
    for n in range(27):
        make_claim(session, mira, proposal(title=f"Webinar {n}"))
    with statements() as seen:
        page = as_chief.get(URL)
    assert len(page.select("tbody tr")) == 25
    assert len(seen) <= 6, seen
    page = as_chief.get(page.select_one("a[rel=next]")["href"])
    assert len(page.select("tbody tr")) == 2
