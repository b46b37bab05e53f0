"""What a person holds: found again, shared, and taken along, whatever became of the rest."""

import tracemalloc
import zipfile
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from corpu.credentials import bundle, documents, revoking, service, wallet_views
from corpu.credentials.models import Issuer
from corpu.credentials.queries import Held
from corpu.credentials.rules import format_code
from corpu.credentials.wallet import Entry, Outside, searched
from corpu.hours.models import LearningClaim, State
from corpu.hours.proofs import Kind
from tests.credentials.world import bpsdm, complete, issue, make_course
from tests.factories import LONG_AGO, save
from tests.page import look_again
from tests.statements import statements

URL = "/me/certificates"


@pytest.fixture
def unit(session, agency):
    return bpsdm(session, unit_token="BPSDM")


@pytest.fixture
def certificate(session, app, mira, unit, at):
    return issue(session, mira, make_course(session, app, unit), at)


def text_of(page):
    return " ".join(page.get_text(" ").split())


def titles(page):
    return [one.a.text for one in page.select("tbody th")]


def outside(session, person, at, **more):
    day = at.date() - timedelta(days=400)
    values = {
        "person_id": person.id,
        "form": "KL03",
        "rule_version": "perlan-10-2018.1",
        "title": "Analisis Data",
        "organiser": "LAN",
        "note": "",
        "started_on": day,
        "ended_on": day,
        "year": day.year,
        "amount": Decimal(8),
        "jp": Decimal(8),
        "counted_jp": Decimal(0),
        "state": State.CLAIMED,
        "proof_sha256": "0" * 64,
        "proof_kind": Kind.PDF,
        "proof_name": "bukti.pdf",
        "unit_name": "",
        "timezone": "Asia/Jakarta",
        "claimed_at": at,
    }
    return save(session, LearningClaim(**values | more))


# ---------------------------------------------------------------------------- what one holds


def test_own_ones_and_those_from_elsewhere_stand_in_one_list(
    browser, session, mira, jonas, certificate, at
):
    claim = outside(session, mira, at)
    outside(session, mira, at, title="Tanpa Berkas", proof_sha256=None, proof_kind=None)
    outside(session, mira, at, title="Ditarik", state=State.WITHDRAWN)
    outside(session, jonas, at, title="Milik Jonas")
    page = browser.sign_in(mira).get(URL)
    assert titles(page) == ["Air Bersih Uji", "Analisis Data"]
    mine, other = page.select("tbody tr")
    assert "Sah" in text_of(mine)
    assert "Sertifikat luar, LAN" in text_of(other)
    assert "Menunggu verifikasi" in text_of(other)
    assert other.select_one(f"a[href='/me/hours/claims/{claim.id}/proof']")


def test_words_find_by_title_number_year_kind_and_state(
    browser, session, app, mira, unit, certificate, at
):
    session.scalars(select(Issuer)).one().number_template = "STTP-{seq}/{tahun}"
    passed = make_course(session, app, unit, document="sttp", title="Gizi Seimbang")
    revoked = issue(session, mira, passed, at)
    revoking.revoke(
        session, revoked.id, by=None, by_name="x", reason="Uji", at=at, revocation_class="identity"
    )
    outside(session, mira, at)
    session.commit()
    browser.sign_in(mira)
    for asked, found in {
        "air BERSIH": ["Air Bersih Uji"],
        certificate.number: ["Air Bersih Uji"],
        "tamat pelatihan": ["Gizi Seimbang"],
        "dicabut 2026": ["Gizi Seimbang"],
        "2025": ["Analisis Data"],
        "sertifikat luar lan": ["Analisis Data"],
        "tidak ada": [],
    }.items():
        page = browser.get(URL, query_string={"q": asked})
        assert titles(page) == found, asked
    assert "Tidak ada yang cocok" in text_of(page)
    assert "Dicabut" in text_of(browser.get(URL)), "a revoked one is shown as such"


words = st.text(st.characters(categories=["L", "N", "Zs"]), max_size=12)


@settings(max_examples=30)
@given(words, words, st.booleans(), st.data())
def test_whatever_stands_on_a_line_finds_it(title, number, ours, data):
    """All its words at once, in any order, with any blanks between them."""
    day = LONG_AGO.date()
    held = Held(UUID(int=1), "Sertifikat", "Mira", title, number, Decimal(2), LONG_AGO, *[None] * 4)
    other = Outside(UUID(int=2), title, number, day, Decimal(2), Decimal(2), State.VERIFIED, ())
    entry = Entry(day, held=held) if ours else Entry(day, outside=other)
    texts = data.draw(st.permutations([str(day.year), title, number]))
    assert entry.matches(searched("  ".join(texts)))
    assert not entry.matches(searched(" ".join([*texts[:1], "\u2603"])))


def test_the_page_costs_the_same_for_many(browser, session, app, mira, unit, certificate, at):
    def cost():
        browser.get(URL)  # this process now knows the editions
        with statements() as seen:
            browser.get(URL)
        return len(seen)

    browser.sign_in(mira)
    before = cost()
    for title in ("Satu", "Dua"):
        issue(session, mira, make_course(session, app, unit, title=title), at)
        outside(session, mira, at, title=f"Luar {title}")
    assert cost() == before <= 6
    session.scalars(select(Issuer)).one().place = ""
    event = complete(session, mira, make_course(session, app, unit, title="Tiga"), at)
    service.issue_for_completion(session, event)
    session.commit()
    assert cost() <= 9


def test_many_come_in_pages(browser, session, mira, at, monkeypatch):
    monkeypatch.setattr(wallet_views, "PAGE", 2)
    for n in range(5):
        outside(session, mira, at, title=f"Luar {n}", ended_on=at.date() - timedelta(days=400 - n))
    browser.sign_in(mira)
    seen = [title for n in (1, 2, 3) for title in titles(browser.get(f"{URL}?page={n}"))]
    assert seen == [f"Luar {n}" for n in (4, 3, 2, 1, 0)]
    assert titles(browser.get(f"{URL}?page=99")) == ["Luar 0"]
    assert titles(browser.get(f"{URL}?page=-1")) == ["Luar 4", "Luar 3"]


# ------------------------------------------------------------------------------------ shared


def test_a_certificate_is_shared_by_an_address_that_anybody_may_open(
    browser, session, mira, certificate, at
):
    page = browser.sign_in(mira).get(f"{URL}/{certificate.id}")
    address = f"http://127.0.0.1:8000/verify/{format_code(certificate.code)}"
    share = page.select_one("#bagikan")
    assert address in text_of(share), "it can be marked and copied without a script"
    link = share.select_one("a[rel~=noreferrer]")["href"]
    assert link.startswith("https://www.linkedin.com/profile/add?")
    assert parse_qs(urlsplit(link).query) == {
        "startTask": ["CERTIFICATION_NAME"],
        "name": ["Air Bersih Uji"],
        "organizationName": ["BPSDM Provinsi Contoh"],
        "issueYear": ["2026"],
        "issueMonth": ["11"],
        "certUrl": [address],
        "certId": [certificate.number],
    }
    assert mira.nip not in link
    revoking.revoke(
        session,
        certificate.id,
        by=None,
        by_name="x",
        reason="Uji",
        at=at,
        revocation_class="identity",
    )
    session.commit()
    assert "linkedin" not in str(browser.get(f"{URL}/{certificate.id}"))


# ------------------------------------------------------------------------------ taken along


def unpacked(answer):
    with zipfile.ZipFile(BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {one.filename: archive.read(one) for one in archive.infolist()}


def test_all_documents_come_in_one_file_byte_for_byte(
    browser, session, app, mira, jonas, unit, certificate, at
):
    other = issue(session, mira, make_course(session, app, unit), at)  # of the same title
    issue(session, jonas, make_course(session, app, unit, title="Milik Jonas"), at)
    revoking.revoke(
        session, other.id, by=None, by_name="x", reason="Uji", at=at, revocation_class="identity"
    )
    session.commit()
    kept = {
        documents.pdf_of(session, app.extensions["storage"], one)
        for one in (certificate.id, other.id)
    }
    answer = browser.sign_in(mira).client.get(f"{URL}/all.zip")
    assert (answer.mimetype, answer.is_streamed) == ("application/zip", True)
    found = unpacked(answer)
    assert set(found.values()) == kept
    assert [name.split(" - ")[1] for name in sorted(found)] == ["DICABUT", "Sertifikat"]
    look_again()
    browser.sign_in(jonas)
    (name,) = unpacked(browser.client.get(f"{URL}/all.zip"))
    assert "Milik Jonas" in name


def test_without_documents_there_is_no_file_and_strangers_sign_in_first(browser, mira, at):
    assert "/login" in browser.client.get(f"{URL}/all.zip").location
    look_again()
    assert browser.sign_in(mira).client.get(f"{URL}/all.zip").status_code == 404


def test_memory_is_bounded_and_what_cannot_be_read_is_named(monkeypatch):
    def read(_session, _storage, certificate_id):
        if certificate_id.int == 0:
            raise documents.BytesLost
        return bytes([certificate_id.int]) * 1_000_000

    monkeypatch.setattr(documents, "pdf_of", read)
    wanted = [bundle.Wanted(f"{n}.pdf", UUID(int=n), LONG_AGO) for n in range(12)]
    tracemalloc.start()
    parts = bundle.zipped(None, None, wanted, left_out=("Baca.txt", "Coba lagi."))
    first = next(parts)
    sizes = [len(first), *(len(part) for part in parts)]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(sizes) > 11_000_000 > 5_000_000 > most
    whole = b"".join(bundle.zipped(None, None, wanted[:2], left_out=("Baca.txt", "Coba lagi.")))
    with zipfile.ZipFile(BytesIO(whole)) as archive:
        assert archive.read("1.pdf") == bytes([1]) * 1_000_000
        assert archive.read("Baca.txt").decode().split("\n") == ["Coba lagi.", "", "0.pdf", ""]
