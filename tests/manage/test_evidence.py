"""Formal assessments from a file, certificates that count, and evidence put right."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from corpu.competency import assessment_file, corrections
from corpu.competency.asking_models import AssessmentImport, EvidenceCorrection
from corpu.competency.models import EvidenceKind, EvidenceRecord
from corpu.database import uuid7
from corpu.hours import certified, claims
from corpu.hours.models import Decision
from corpu.hours.proofs import Kind
from corpu.hours.proposals import Proof, Proposal
from corpu.people.export import own_data
from corpu.people.models import Person
from corpu.people.queries import viewer_for
from tests.competency.factories import NOON, evidence_of, kept, rate, shown
from tests.factories import make_person, supervise
from tests.manage.conftest import REASON
from tests.manage.reading import error_at, send, text_of
from tests.statements import statements
from tests.tables import workbook

URL = "/manage/assessments"
HEADING = ["NIP", "Kompetensi", "Level", "Tanggal", "Asesor"]
pytestmark = pytest.mark.usefixtures("at")


def as_csv(*rows):
    return "\n".join(",".join(map(str, row)) for row in [HEADING, *rows]).encode()


def upload(browser, data, *, name="hasil.csv", status=303):
    """Send a file; answers the page, or that of the import it led to."""
    browser.get(URL)
    return browser.post(URL, {"file": (io.BytesIO(data), name)}, status=status)


def record(browser, session):
    found = session.scalars(
        select(AssessmentImport).order_by(AssessmentImport.sent_at.desc())
    ).first()
    return browser.post(f"{URL}/{found.id}")


def pieces(session):
    return session.scalar(select(func.count()).select_from(EvidenceRecord))


def test_a_file_is_looked_at_and_then_recorded_whole(
    as_chief, session, chief, mira, jonas, entries
):
    page = upload(
        as_chief,
        as_csv(
            [mira.nip, "PPB", 4, "2026-11-20", "Budi Asesor"],
            [jonas.nip, "int", 3, "20/11/2026", "Budi Asesor"],
        ),
    )
    assert "2 hasil akan dicatat." in text_of(page)
    assert "Mira Lestari" in text_of(page)
    assert pieces(session) == 0
    assert "2 hasil tercatat sebagai bukti" in text_of(record(as_chief, session))
    (piece,) = evidence_of(session, mira)
    assert (piece.kind, piece.level, piece.label) == (EvidenceKind.ASSESSOR, 4, "Budi Asesor")
    assert piece.observed_at == datetime(2026, 11, 19, 17, tzinfo=UTC)
    assert piece.post_title == "Analis Uji"
    assert kept(session, mira) == (4, Decimal("4.00"))
    assert shown(session, jonas, "INT")[0] == 3
    (entry,) = entries("assessment.recorded")
    assert entry.after == {"rows": 2}
    page = record(as_chief, session)
    assert pieces(session) == 2, "a second click is the first"
    assert text_of(page).count("Tercatat") == 2
    (sent,) = own_data(session, chief.id, at=NOON)["competency"]["assessment_imports"]
    assert (sent["name"], sent["recorded_at"]) == ("hasil.csv", NOON.isoformat())


def test_a_workbook_is_read_too(as_chief, session, mira):
    data = workbook([HEADING, [mira.nip, "PPB", 2, date(2026, 11, 20), "Budi"], [None] * 5])
    upload(as_chief, data, name="hasil.xlsx")
    record(as_chief, session)
    (piece,) = evidence_of(session, mira)
    assert (piece.level, piece.observed_at) == (2, datetime(2026, 11, 19, 17, tzinfo=UTC))


def test_every_problem_of_every_row_is_said_and_nothing_recorded(as_chief, session, mira, chief):
    good = [mira.nip, "PPB", 4, "2026-11-20", "Budi"]
    page = upload(
        as_chief,
        as_csv(
            good,
            ["", "XXX", 6, "besok", ""],
            ["123", "PPB", "empat", "2026-11-25", "Budi"],
            ["1.98E+17", "PPB", 1, "1999-12-31", "x" * 301],
            ["198502232006081999", "PPB", 1, "2026-11-20", "Budi"],
            good,
            [chief.nip, "PPB", 5, "2026-11-20", "Budi"],
            [f"{mira.nip}", "KOM"],
        ),
        status=409,
    )
    text = text_of(page)
    for words in (
        "7 baris bermasalah",
        "NIP kosong. Kode kompetensi tidak dikenal: XXX. Level wajib 1 sampai 5: 6. "
        "Tanggal wajib seperti 2026-11-24 atau 24-11-2026. Asesor kosong.",
        "NIP wajib 18 digit: 123. Level wajib 1 sampai 5: empat. Tanggal ini belum tiba.",
        "NIP tersimpan sebagai angka dan digitnya hilang",
        "Tanggal ini sebelum tahun 2000. Nama asesor paling banyak 300 huruf.",
        "Tidak ada pegawai dengan NIP ini",
        "Sama dengan baris 2.",
        "Hasil uji Anda sendiri dicatat oleh pengelola lain.",
    ):
        assert words in text, words
    assert pieces(session) == 0
    assert session.scalar(select(func.count()).select_from(AssessmentImport)) == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "kosong"),
        (b"nip,level\n1,2", "Baris pertama wajib memuat kolom"),
        (b"PK\x03\x04", "yang utuh"),
        (as_csv(), "tidak memuat satu hasil pun"),
    ],
)
def test_what_is_no_such_file_is_refused(as_chief, session, data, words):
    status = 422
    assert words in text_of(upload(as_chief, data, status=status))
    assert pieces(session) == 0


def test_without_a_file_the_form_says_so(as_chief):
    page = as_chief.post(URL, status=422)
    assert "Pilih berkasnya." in text_of(page)
    page = as_chief.post(URL, {"file": "nip,level"}, status=422)  # a word where a file should be
    assert "Pilih berkasnya." in text_of(page)


def test_the_same_file_again_and_rows_of_it_are_recognised(as_chief, session, mira, jonas):
    first = [mira.nip, "PPB", 4, "2026-11-20", "Budi"]
    for _ in range(2):  # sent twice before it is recorded: one file
        upload(as_chief, as_csv(first))
    assert session.scalar(select(func.count()).select_from(AssessmentImport)) == 1
    record(as_chief, session)
    page = upload(as_chief, workbook([HEADING, list(map(str, first))]), status=409)
    assert "Semua hasil dalam berkas ini sudah tercatat." in text_of(page)
    page = upload(as_chief, as_csv(first, [jonas.nip, "PPB", 2, "2026-11-20", "Budi"]))
    assert "1 hasil akan dicatat. 1 sudah tercatat dan dilewati." in text_of(page)
    page = upload(as_chief, as_csv([mira.nip, "PPB", 5, "2026-11-20", "budi"]), status=409)
    assert "Sudah tercatat level 4." in text_of(page)


def test_what_no_longer_holds_when_it_is_recorded_leaves_nothing(
    as_chief, as_ratna, session, mira, jonas, ratna
):
    upload(as_ratna, as_csv([mira.nip, "PPB", 4, "2026-11-20", "Budi"]))
    found = session.scalars(select(AssessmentImport)).one()
    as_chief.get(f"{URL}/{found.id}", status=404)
    as_chief.post(f"{URL}/{found.id}", status=404)
    as_chief.post(f"{URL}/{found.id}/discard", status=404)
    page = upload(as_ratna, as_csv([jonas.nip, "PPB", 4, "2026-11-20", "Budi"]), status=409)
    assert "Tidak ada pegawai dengan NIP ini di jangkauan Anda." in text_of(page)
    session.execute(
        update(Person).where(Person.name == "Mira Lestari").values(nip="198502232006082001")
    )
    session.commit()
    page = as_ratna.post(f"{URL}/{found.id}", status=409)
    assert "tidak satu pun dicatat" in text_of(page)
    assert pieces(session) == 0
    as_ratna.post(f"{URL}/{found.id}/discard")
    as_ratna.get(f"{URL}/{found.id}", status=404)


def test_a_file_of_many_rows_asks_as_little_as_one_of_few(session, chief, mira, health):
    by = viewer_for(session, chief.id, 0, NOON)
    counts = []
    for number in (2, 30):
        people = [make_person(session, unit=health) for _ in range(number)]
        rows = [HEADING] + [[one.nip, "PPB", "3", "2026-11-20", "Budi"] for one in people]
        with statements() as seen:
            assessment_file.check(session, rows, by=by, units=None, at=NOON)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 5


def test_only_managers_import(browser, jonas):
    assert "/login" in browser.client.get(URL).location
    browser.sign_in(jonas).get(URL, status=403)
    browser.post(URL, status=403)


# ---------------------------------------------------------------------------- certificates


@pytest.fixture
def claim(session, mira):
    """Mira's claim of a course elsewhere, with its certificate."""
    made = claims.claim(
        session,
        mira.id,
        Proposal("KL10", "Pelatihan air minum", date(2026, 10, 5), date(2026, 10, 6)),
        at=NOON,
        claim_id=uuid7(),
        proof=Proof("a" * 64, Kind.PDF, "sertifikat.pdf"),
    )
    session.commit()
    return made.id


def verify(session, claim, person, decision=Decision.VERIFIED, reason="", seen=0):
    by = viewer_for(session, person.id, 0, NOON)
    claims.decide(session, claim, decision, by=by, reason=reason, seen=seen, at=NOON)
    session.commit()


COUNTED = {"competency": "PPB", "level": "3", "score": "82,5", "reason": "No. 12/2026"}


def test_a_verified_certificate_counts_for_what_the_verifier_names(
    as_chief, session, chief, mira, claim, entries
):
    url = f"/manage/hours/{claim}/evidence"
    page = send(as_chief, url, status=409, **COUNTED)
    assert "Verifikasi dahulu" in text_of(page)
    verify(session, claim, chief)
    assert as_chief.get(f"/manage/hours/{claim}").select(f"a[href='{url}']")
    for _ in range(2):
        send(as_chief, url, **COUNTED)
    (piece,) = evidence_of(session, mira)
    assert (piece.kind, piece.level, piece.score) == (EvidenceKind.EXTERNAL, 3, Decimal("82.5"))
    assert piece.observed_at == datetime(2026, 10, 5, 17, tzinfo=UTC)
    assert kept(session, mira)[0] == 3
    (entry,) = entries("competency.certificate_counted")
    assert entry.after["score"] == "82.5"
    page = send(as_chief, url, status=409, **COUNTED | {"level": "2"})
    assert "sudah menjadi bukti kompetensi itu" in error_at(page, "competency")
    send(as_chief, url, **COUNTED | {"competency": "INT", "valid_until": "2026-12-31"})
    assert shown(session, mira, "INT", at=NOON)[0] == 3
    assert shown(session, mira, "INT", at=NOON + timedelta(days=60))[0] is None


def test_a_claim_that_is_refused_after_all_takes_its_evidence_along(
    as_chief, session, chief, mira, claim
):
    verify(session, claim, chief)
    send(as_chief, f"/manage/hours/{claim}/evidence", **COUNTED)
    verify(session, claim, chief, Decision.REFUSED, "Sertifikat palsu", seen=1)
    (piece,) = evidence_of(session, mira)
    assert piece.revoked_at == NOON
    assert session.scalars(select(EvidenceCorrection)).one().reason == "Sertifikat palsu"
    assert kept(session, mira) == (None, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"competency": ""},
        {"competency": "XYZ"},
        {"level": "6"},
        {"score": ""},
        {"score": "101"},
        {"score": "-1"},
        {"score": "82,12345"},
        {"score": "NaN"},
        {"valid_until": "2026-10-01"},
        {"reason": "x" * 501},
    ],
)
def test_a_wrong_certificate_leaves_nothing(as_chief, session, chief, mira, claim, wrong):
    verify(session, claim, chief)
    url = f"/manage/hours/{claim}/evidence"
    data = {"csrf_token": as_chief.csrf_token()} | COUNTED | wrong
    assert as_chief.client.post(url, data=data).status_code in (409, 422)
    assert evidence_of(session, mira) == []


def test_nobody_counts_their_own_or_one_out_of_reach_or_without_proof(
    as_chief, as_ratna, session, chief, mira, jonas
):
    def made_by(person, proof):
        made = claims.claim(
            session,
            person.id,
            Proposal("KL10", "Pelatihan", date(2026, 10, 5), date(2026, 10, 5)),
            at=NOON,
            claim_id=uuid7(),
            proof=proof,
        )
        session.commit()
        return made.id

    proof = Proof("a" * 64, Kind.PDF, "s.pdf")
    own, bare, far = made_by(chief, proof), made_by(mira, None), made_by(jonas, proof)
    verify(session, bare, chief)
    verify(session, far, chief)
    other = make_person(session, roles=["manager"])
    verify(session, own, other)
    send(as_chief, f"/manage/hours/{own}/evidence", status=409, **COUNTED)
    page = send(as_chief, f"/manage/hours/{bare}/evidence", status=409, **COUNTED)
    assert "Tanpa berkas sertifikat" in text_of(page)
    as_ratna.get(f"/manage/hours/{far}/evidence", status=404)
    as_ratna.post(f"/manage/hours/{far}/evidence", COUNTED, status=404)
    assert pieces(session) == 0


# ----------------------------------------------------------------------------- corrections


@pytest.fixture
def imported(as_chief, session, mira):
    upload(as_chief, as_csv([mira.nip, "PPB", 4, "2026-11-20", "Budi"]))
    record(as_chief, session)
    return evidence_of(session, mira)[0].id


def test_a_correction_is_a_new_entry_with_its_reason(as_chief, session, mira, imported, entries):
    list_url = f"/manage/people/{mira.id}/evidence"
    url = f"{list_url}/{imported}"
    assert as_chief.get(list_url).select(f"a[href='{url}']")
    page = send(as_chief, url, status=422, level="2")
    assert error_at(page, "reason")
    assert error_at(send(as_chief, url, status=409, level="4", reason=REASON), "level")
    page = send(as_chief, url, level="2", reason="Salah baris di berkas")
    text = text_of(as_chief.get(list_url))
    assert "Dicabut" in text
    assert "Salah baris di berkas" in text
    old, new = evidence_of(session, mira)
    assert (old.level, old.revoked_at) == (4, NOON)
    assert (new.level, new.revoked_at, new.observed_at) == (2, None, old.observed_at)
    right = new.id
    assert session.scalars(select(EvidenceCorrection)).one().replaced_by == right
    assert kept(session, mira)[0] == 2
    send(as_chief, url, status=409, level="3", reason=REASON)
    send(as_chief, f"{list_url}/{right}", level="none", reason="Bukan orang ini")
    assert kept(session, mira) == (None, None)
    assert [one.after["level"] for one in entries("competency.evidence_corrected")] == [2, None]


def test_the_person_reads_why(as_chief, browser, session, mira, imported):
    send(as_chief, f"/manage/people/{mira.id}/evidence/{imported}", level="none", reason="Keliru!")
    text = text_of(browser.sign_in(mira).get("/me/competencies/PPB"))
    assert "Tidak berlaku sejak 24 November 2026: Keliru!" in text


def test_who_may_not_correct(as_chief, as_ratna, session, chief, mira, jonas, imported):
    as_ratna.get(f"/manage/people/{jonas.id}/evidence", status=404)
    as_chief.get(f"/manage/people/{jonas.id}/evidence/{imported}", status=404)
    as_chief.get(f"/manage/people/{mira.id}/evidence/{UUID(int=1)}", status=404)
    by = viewer_for(session, mira.id, 0, NOON)
    with pytest.raises(corrections.OwnEvidence):
        corrections.correct(session, imported, 5, by=by, reason="x", at=NOON)
    endang = make_person(session)
    supervise(session, endang, mira)
    rating = rate(session, endang, mira, 3)
    by = viewer_for(session, chief.id, 0, NOON)
    with pytest.raises(corrections.NotToCorrect):
        corrections.correct(session, rating.id, 5, by=by, reason="x", at=NOON)
    as_chief.get(f"/manage/people/{mira.id}/evidence/{rating.id}", status=404)
    assert certified.source_of(imported)
