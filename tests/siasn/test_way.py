"""The way of one record over real HTTP, whatever the service does meanwhile."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from corpu.siasn.client import Client, Tokens
from corpu.siasn.models import Problem, Stop, Wish
from corpu.siasn.rules import Course, Leadership, Training
from corpu.siasn.sending import NoDocument, Task, carry_out
from tests.siasn.conftest import PDF, keys
from tests.siasn.server import KEY, SECRET, SSO

NIP, PPPK = "198502232006011901", "199001012024211001"
MIRA = Training(
    nip=NIP,
    number="800.2/00001/BPSDM/XI/2026",
    title="Air Bersih",
    organiser="BPSDM Provinsi Contoh",
    started_on=date(2026, 1, 5),
    completed_on=date(2026, 1, 8),
    jp=Decimal("24.00"),
    place=Course("3", "T"),
)
SAVE = Task(Wish.SAVE, MIRA, None, is_example=False)
DELETE = replace(SAVE, wish=Wish.DELETE)


@pytest.fixture
def connection(service_process, siasn):
    siasn.people |= {NIP: "PNS-1", PPPK: "PNS-2"}
    return keys(service_process[1])


@pytest.fixture
def go(connection):
    """Carry a task out as a worker would; what else is said changes the settings."""
    tokens = Tokens()

    def run(task=SAVE, **settings):
        return carry_out(Client(replace(connection, **settings), tokens), task, lambda: PDF)

    return run


def row(number=MIRA.number, day="05-01-2026", **more):
    return {"id": "LAMA", "noSertipikat": number, "tanggalKursus": day, "path": None} | more


def test_a_course_is_saved_with_its_document(go, siasn):
    outcome = go()
    assert (outcome.is_done, outcome.remote_id, outcome.pns_id) == (True, "RW-1", "PNS-1")
    assert siasn.documents == {("RW-1", "881"): PDF}
    assert siasn.bodies == [
        {
            "id": None,
            "instansiId": "A5EB03E23CCCF6A0E040640A040252AD",
            "institusiPenyelenggara": "BPSDM Provinsi Contoh",
            "jenisDiklatId": "3",
            "jenisKursus": "",
            "jenisKursusSertipikat": "T",
            "jumlahJam": 24,
            "lokasiId": "",
            "namaKursus": "Air Bersih",
            "nomorSertipikat": "800.2/00001/BPSDM/XI/2026",
            "pnsOrangId": "PNS-1",
            "tahunKursus": 2026,
            "tanggalKursus": "05-01-2026",
            "tanggalSelesaiKursus": "08-01-2026",
        }
    ]


def test_leadership_training_goes_to_the_list_of_its_own(go, siasn):
    assert go(replace(SAVE, training=replace(MIRA, place=Leadership("3")))).is_done
    assert siasn.documents == {("RW-1", "874"): PDF}
    assert (siasn.bodies[0]["latihanStrukturalId"], siasn.bodies[0]["tahun"]) == ("3", 2026)
    assert siasn.kept(NIP) == []


def test_ni_pppk_goes_the_same_way(go, siasn):
    assert go(replace(SAVE, training=replace(MIRA, nip=PPPK))).pns_id == "PNS-2"
    assert len(siasn.kept(PPPK)) == 1


def test_what_is_there_already_is_completed_and_not_doubled(go, siasn):
    siasn.rows["kursus", NIP] = [
        row(f" {MIRA.number.lower()} "),
        row(id="LENGKAP", path={"881": {"dok_uri": "ada"}}),
        row("800.2/00002"),
        row(day="06-01-2026"),
    ]
    outcome = go()
    assert (outcome.is_done, outcome.remote_id, outcome.copies) == (True, "LENGKAP", 2)
    assert (siasn.bodies, siasn.documents) == ([], {})
    siasn.rows["kursus", NIP] = [row()]
    assert go().remote_id == "LAMA"
    assert (siasn.bodies, siasn.documents) == ([], {("LAMA", "881"): PDF})


@pytest.mark.parametrize("mood", ["lost", "html", "torn", "odd", 500, "elsewhere", "slow"])
@pytest.mark.parametrize(
    "path", ["pns/data-utama/{nip}", "pns/rw-kursus/{nip}", "kursus/save", "upload-dok-rw"]
)
def test_an_answer_that_went_wrong_doubles_nothing(go, siasn, path, mood):
    siasn.mood(path, mood)
    first = go(timeout=0.05) if mood == "slow" else go()
    siasn.hold.set()
    if (path, mood) != ("upload-dok-rw", "odd"):  # of an upload only a plain no is one
        assert first.problem in (Problem.NO_ANSWER, Problem.UNREADABLE)
        assert not first.is_final
    assert go().is_done
    assert len(siasn.kept(NIP)) == 1
    assert siasn.documents == {("RW-1", "881"): PDF}
    assert siasn.asked("trap") == 0


def test_an_answer_without_end_is_let_go(go, siasn, monkeypatch):
    monkeypatch.setattr("corpu.http_client.LARGEST_ANSWER", 1000)
    siasn.rows["kursus", NIP] = [row(f"800/{n}") for n in range(50)]
    assert go().problem is Problem.NO_ANSWER
    assert siasn.bodies == []


def test_an_old_token_of_the_service_is_fetched_anew(go, siasn):
    go()
    siasn.tokens.clear()
    assert go().is_done
    assert siasn.asked("oauth2/token") == 2


def test_what_only_a_person_can_mend_is_told_apart(go, siasn):
    siasn.mood("pns/data-utama/{nip}", 403)
    assert go().stop is Stop.FORBIDDEN
    siasn.sso = "token yang lain"
    assert go().stop is Stop.TOKEN
    siasn.secret = "rahasia yang lain"
    assert go().stop is Stop.CREDENTIALS


@pytest.mark.parametrize(("said", "seconds"), [("120", 120), ("", 60), ("999999", 3600)])
def test_a_busy_service_says_how_long_to_wait(go, siasn, said, seconds):
    siasn.mood("kursus/save", (429, said))
    outcome = go()
    assert (outcome.busy_for, outcome.problem) == (seconds, None)


def test_a_refusal_keeps_the_words_of_siasn_and_no_secret(go, siasn, caplog, connection):
    siasn.mood("kursus/save", "no")
    outcome = go()
    assert (outcome.problem, outcome.is_final) == (Problem.REFUSED, True)
    assert outcome.detail == "Ditolak: … … nomor ganda"
    siasn.sso = "token yang lain"
    go()
    kept = f"{outcome} {caplog.text} {connection}"
    for secret in (KEY, SECRET, SSO, NIP, *siasn.tokens):
        assert secret not in kept.replace(repr(MIRA), "")
    assert "noNpwp" not in kept


def test_a_person_whom_siasn_cannot_know_waits_for_somebody(go, siasn):
    siasn.people.clear()
    outcome = go()
    assert (outcome.problem, outcome.is_final) == (Problem.UNKNOWN_NIP, True)
    asked = len(siasn.calls)
    assert go(replace(SAVE, training=replace(MIRA, nip=""))).problem is Problem.NO_NIP
    assert len(siasn.calls) == asked


def test_a_document_that_is_not_to_be_had_is_sent_later(go, connection, siasn):
    def lost():
        raise NoDocument

    outcome = carry_out(Client(connection, Tokens()), SAVE, lost)
    assert (outcome.problem, outcome.is_final) == (Problem.NO_DOCUMENT, False)
    assert go().is_done
    assert len(siasn.kept(NIP)) == 1


def test_every_copy_with_our_key_is_deleted_and_no_other(go, siasn):
    siasn.rows["kursus", NIP] = [row(id="A"), row(id="B"), row("800/LAIN", id="C")]
    siasn.mood("kursus/delete", "lost")
    assert go(DELETE).problem is Problem.NO_ANSWER
    assert go(DELETE).is_done
    assert [one["id"] for one in siasn.kept(NIP)] == ["C"]
    assert go(DELETE).is_done  # nothing left to do


def test_an_example_of_the_demo_never_leaves_this_machine(go, siasn):
    outside = go(replace(SAVE, is_example=True), url="https://siasn.invalid/apisiasn/1.0")
    assert (outside.problem, outside.lines) == (Problem.EXAMPLE, [])


def test_a_fault_of_ours_is_one_and_shows_nothing(go, siasn, caplog):
    outcome = go(replace(SAVE, training=replace(MIRA, place=None)))
    assert outcome.problem is Problem.FAULT
    assert SSO not in caplog.text
