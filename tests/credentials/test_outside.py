"""Certificates from elsewhere: known by a trusted key or root, and said to be what they are."""

import zlib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select

from config import Esign
from corpu.credentials import outside
from corpu.hours import checks
from corpu.hours.checks import Certified, Differs, Found, Seal
from corpu.hours.models import LearningClaim
from corpu.hours.proofs import Kind
from corpu.hours.proposals import Proof
from corpu.jobs import run_until_idle
from corpu.pdf_signatures import PdfSignature, Trust
from corpu.people.export import own_data
from corpu.signing.models import TrustedKey
from corpu.signing.rules import kid_of
from tests.credentials.badges.world import as_json, unsigned
from tests.credentials.samples import PUBLIC, sample, signed_text
from tests.credentials.world import bpsdm, issue, make_course, revoked
from tests.factories import make_person, save
from tests.hours.conftest import make_claim, proposal
from tests.pdf_signing import SIGNER, looked_at_here, signed_pdf, with_more
from tests.statements import statements

FROM, NEW = "/me/hours/from-certificate", "/me/hours/new"
DAYS = {
    "started_on": date(2026, 10, 5),
    "completed_on": date(2026, 10, 9),
    "issued_on": date(2026, 10, 12),
}

pytestmark = pytest.mark.usefixtures("at")


@pytest.fixture
def trusted(session, agency, at):
    """The key of another province."""
    return save(
        session,
        TrustedKey(
            kid=kid_of(PUBLIC),
            public=PUBLIC,
            agency="Provinsi Lain",
            address="https://corpu.contoh.go.id",
            valid_from=at - timedelta(days=300),
            imported_at=at,
        ),
    )


def of(person, **changes):
    names = {"prefix": person.title_before, "name": person.name, "suffix": person.title_after}
    return names | {"demo": False} | DAYS | changes


def qr_of(person, **changes):
    return signed_text(sample(**of(person, **changes)))


def credential_of(person, at, **changes):
    return as_json(unsigned(**of(person, **changes)), at=at)


def words(page):
    return " ".join(page.get_text(" ").split())


def hidden(page):
    form = page.select_one(f"main form[action='{NEW}']")
    boxes = form.select("input, select, textarea")
    return {
        box["name"]: (
            (box.select_one("option[selected]") or {"value": ""})["value"]
            if box.name == "select"
            else box.get("value", box.text)
        )
        for box in boxes
        if box["name"] not in ("csrf_token", "proof")
    }


def checked(session, app, claim, at):
    session.commit()
    run_until_idle(session, lambda: at)
    return checks.found_of(session, claim.id)


def with_file(session, app, person, data):
    sha256 = app.extensions["storage"].put(data)
    return make_claim(session, person, proof=Proof(sha256, Kind.PDF, "sertifikat.pdf"))


# -------------------------------------------------------------------------------- filled in


@pytest.mark.parametrize("form", ["qr", "credential"])
def test_a_certificate_of_a_trusted_agency_fills_the_claim_in_and_proves_it(
    browser, session, app, mira, trusted, at, form
):
    shown = qr_of(mira) if form == "qr" else credential_of(mira, at)
    page = browser.sign_in(mira).post(FROM, {"shown": shown}, status=200)
    assert "Terisi dari sertifikat yang terbukti" in words(page)
    assert "Namanya berbeda" not in words(page)
    filled = hidden(page)
    assert (filled["started_on"], filled["ended_on"]) == ("2026-10-05", "2026-10-09")
    assert filled["title"] == "Air Bersih dan Sanitasi untuk Semua"
    page = browser.post(NEW, filled | {"step": "check"}, status=200)
    browser.post(NEW, hidden(page) | {"step": "send"})
    claim = session.scalars(select(LearningClaim)).one()
    assert str(claim.jp) == "2.50"
    found = checked(session, app, claim, at)
    assert found.certified.seal is Seal.PROVEN
    assert found.certified.differs == ()
    with statements() as seen:
        page = browser.get(f"/me/hours/claims/{claim.id}")
    assert "Terbukti dari penerbitnya" in words(page)
    assert "Provinsi Lain" in words(page)
    (kept,) = own_data(session, mira.id, at=at)["hour_claim_checks"]
    assert kept["shown"] == shown
    assert len(seen) <= 8, seen


def test_what_is_not_proven_is_refused_with_its_reason_and_kept_in_the_field(
    browser, session, app, mira, jonas, trusted, at
):
    ours = issue(session, mira, make_course(session, app, bpsdm(session)), at)
    own = f"{ours.snapshot['verify_url']}#{ours.qr_payload}"
    browser.sign_in(mira)

    def said(shown):
        page = browser.post(FROM, {"shown": shown}, status=422)
        assert page.select_one("#ditunjukkan").text.strip() == shown.strip()
        return page.select_one("#ditunjukkan-error").text

    assert "Tempel dahulu" in said(" ")
    assert "bukan isi QR" in said("halo")
    assert "diubah atau tiruan" in said(qr_of(mira).replace("verify", "verifi"))
    assert "CONTOH" in said(qr_of(mira, demo=True))
    assert "terbit di sini" in said(own)
    revoked(session, ours.id, at, reason="Ganda")
    session.commit()
    assert "sudah dicabut" in (text := said(own))
    assert "Sebab lain" in text
    assert "Ganda" not in text, "the reason itself may name people"
    trusted.compromised_at, trusted.compromised_why = at, "Hilang"
    session.commit()
    assert "pernah bocor" in said(credential_of(mira, at))
    session.delete(trusted)
    session.commit()
    assert "belum dikenal" in said(qr_of(mira))
    assert session.scalar(select(LearningClaim.id)) is None


def test_a_name_that_is_not_mine_is_told_to_me_and_to_who_decides(
    browser, session, app, mira, jonas, trusted, at
):
    siti = make_person(session, name="Siti Maesaroh", roles=["manager"])
    page = browser.sign_in(mira).post(FROM, {"shown": qr_of(jonas)}, status=200)
    assert "Namanya berbeda" in words(page)
    claim = make_claim(session, mira, proposal(title="Air Bersih"), shown=qr_of(jonas))
    found = checked(session, app, claim, at)
    assert found.certified.differs == (Differs.NAME, Differs.TITLE, Differs.DAYS, Differs.JP)
    page = words(browser.sign_in(siti).get(f"/manage/hours/{claim.id}"))
    assert "Berbeda dari catatan: namanya, nama kegiatannya, tanggalnya, JP-nya." in page
    assert jonas.name in page


# ----------------------------------------------------------------------------------- files


def test_a_pdf_is_read_for_its_qr_and_the_credential_inside(session, app, mira, trusted, at):
    link = b"%PDF-1.7 /URI (" + qr_of(mira).encode() + b") %%EOF"
    inside = credential_of(mira, at).encode()
    attached = b"%PDF-1.7 stream\n" + zlib.compress(inside) + b"\nendstream %%EOF"
    forged = b"%PDF-1.7 /URI (" + qr_of(mira).replace("verify", "verifi").encode() + b") %%EOF"
    for data, seal in ((link, Seal.PROVEN), (attached, Seal.PROVEN), (forged, Seal.ALTERED)):
        found = checked(session, app, with_file(session, app, mira, data), at)
        assert found.certified.seal is seal
        assert found.signatures == ()


def test_a_signed_pdf_is_checked_by_the_roots_of_the_operator(
    browser, session, app, mira, at, tmp_path, monkeypatch
):
    monkeypatch.setattr(outside, "signatures_of", looked_at_here)
    data, root = signed_pdf()
    claim = with_file(session, app, mira, data)
    (made,) = checked(session, app, claim, at).signatures
    assert (made.signer, made.is_intact, made.trust) == (SIGNER, True, Trust.NONE)
    page = words(browser.sign_in(mira).get(f"/me/hours/claims/{claim.id}"))
    assert "penandatangannya belum terbukti" in page
    assert "penandatangannya terbukti" not in page
    (tmp_path / "roots.pem").write_text(root)
    rooted = replace(app.config["SETTINGS"], esign=Esign(trust=str(tmp_path / "roots.pem")))
    monkeypatch.setitem(app.config, "SETTINGS", rooted)
    claim = with_file(session, app, mira, with_more(data))
    (made,) = checked(session, app, claim, at).signatures
    assert made.is_intact is False
    page = words(browser.get(f"/me/hours/claims/{claim.id}"))
    assert "diubah sesudah ditandatangani" in page


def test_a_proof_that_says_nothing_is_for_eyes(browser, session, app, mira, at):
    claim = with_file(session, app, mira, b"%PDF-1.7 %%EOF")
    address = f"/me/hours/claims/{claim.id}"
    assert "sedang diperiksa" in words(browser.sign_in(mira).get(address))
    assert checked(session, app, claim, at).is_empty
    assert "Periksa dengan mata" in words(browser.get(address))


def test_a_claim_without_anything_to_look_at_is_not_looked_at(browser, session, mira):
    assert checks.found_of(session, make_claim(session, mira).id) is None
    page = browser.sign_in(mira).get(NEW)
    sent = {"form": "KL06", "title": "Seminar", "started_on": "2026-03-02", "shown": "\0\0"}
    browser.post(NEW, hidden(page) | sent | {"step": "send"})
    made = session.scalars(select(LearningClaim).filter_by(title="Seminar")).one()
    assert checks.found_of(session, made.id) is None


# ------------------------------------------------------------------------------- as values


@given(
    some.builds(
        Certified,
        seal=some.sampled_from(Seal),
        title=some.text(),
        jp=some.decimals(0, 999, places=2),
        started_on=some.none() | some.dates(),
        differs=some.lists(some.sampled_from(Differs)).map(tuple),
    )
    | some.none(),
    some.lists(
        some.builds(PdfSignature, at=some.none() | some.datetimes(), trust=some.sampled_from(Trust))
    ).map(tuple),
    some.booleans(),
)
def test_what_was_found_is_kept_as_it_was(certified, signatures, is_unreadable):
    found = Found(None, certified, signatures, is_unreadable)
    assert checks.from_json(checks.to_json(found), None) == found


def test_every_finding_has_its_seal():
    without = {outside.Finding.NOT_OURS, outside.Finding.NEWER, outside.Finding.DAMAGED}
    assert set(outside.OF_QR) == set(outside.Finding) - without
    assert set(outside.OF_BADGE) == set(outside.BadgeFinding) - {outside.BadgeFinding.NOT_ONE}
