"""What the signature of a QR is worth, and the page that says it without scripts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from corpu.credentials import revoking
from corpu.credentials.checking import Finding, check
from corpu.credentials.models import Certificate
from corpu.credentials.payload import read, sealed_text
from corpu.credentials.rules import format_code
from corpu.signing.rules import PublicKey, kid_of
from tests.credentials.samples import PUBLIC, sample, signed_text
from tests.credentials.world import bpsdm, issue, make_course
from tests.statements import statements

TEXT = signed_text(sample())  # issued on 12 December 2026
MADE = datetime(2026, 1, 5, 3, tzinfo=UTC)
OURS = PublicKey(kid_of(PUBLIC), PUBLIC, "BPSDM Provinsi Contoh", MADE)
TODAY = date(2027, 3, 1)


def finding(text=TEXT, today=TODAY, **key):
    return check(text, [replace(OURS, **key)], today=today).finding


def test_one_that_ends_says_so_without_a_network_and_cannot_be_told_otherwise():
    last = date(2027, 2, 28)
    text = signed_text(sample(valid_until=last))
    assert read(text).content.valid_until == last
    assert finding(text, today=last) is Finding.HOLDS
    assert finding(text, today=last + timedelta(days=1)) is Finding.EXPIRED
    retired = MADE + timedelta(days=30)
    assert finding(text, today=TODAY, retired_at=retired) is Finding.RETIRED, "a graver matter"
    for one, version in ((text, 1), (TEXT, 2)):  # each as if it were the other
        posing = read(one)
        other = sealed_text(
            posing.address, posing.body, posing.kid, posing.signature, version=version
        )
        assert finding(other) in (Finding.WRONG, Finding.DAMAGED)


def test_a_key_holds_in_its_time_and_a_retired_one_ever_after():
    issued = datetime(2026, 12, 12, 1, tzinfo=UTC)
    assert finding() is Finding.HOLDS
    assert finding(retired_at=issued + timedelta(days=30)) is Finding.HOLDS
    assert finding(retired_at=issued) is Finding.HOLDS, "put away later on the same day"
    assert finding(retired_at=issued - timedelta(days=3)) is Finding.RETIRED
    assert finding(valid_from=issued + timedelta(days=1)) is Finding.HOLDS, "another zone's day"
    assert finding(valid_from=issued + timedelta(days=3)) is Finding.NOT_YET


def test_of_a_compromised_key_nothing_holds_by_itself_whatever_day_it_names():
    assert finding(compromised_at=MADE + timedelta(days=900)) is Finding.COMPROMISED


def test_a_stranger_and_a_forger_are_told_apart():
    forged = signed_text(sample(), key=Ed25519PrivateKey.from_private_bytes(bytes(32)))
    assert finding(forged) is Finding.UNKNOWN_KEY
    body = read(forged)
    posing = TEXT[: TEXT.index("#") + 10] + forged[forged.index("#") + 10 :]
    assert read(posing).content == body.content
    assert finding(posing) is Finding.WRONG
    assert finding(TEXT.replace("corpu.contoh", "corpu.c0ntoh")) is Finding.WRONG
    lying = replace(OURS, kid=kid_of(bytes(32)))
    assert check(TEXT, [lying], today=TODAY).finding is Finding.UNKNOWN_KEY


def test_a_day_that_has_not_come_is_told_and_proves_no_forgery():
    for today, ahead in ((date(2026, 12, 11), False), (date(2026, 12, 10), True)):
        checked = check(TEXT, [OURS], today=today)
        assert (checked.holds, checked.is_ahead) == (True, ahead)


# ------------------------------------------------------------------------------ the pages


@pytest.fixture
def certificate(session, app, agency, mira, at):
    return issue(session, mira, make_course(session, app, bpsdm(session)), at)


def text_of(page):
    return " ".join(page.get_text(" ").split())


def posted(browser, text, status=200):
    """Sent as anybody may send it: no page before, no token."""
    return browser._read(browser.client.post("/verify", data={"qr": text}), status)


def qr_of(certificate):
    return f"{certificate.snapshot['verify_url']}#{certificate.qr_payload}"


def test_pasted_text_is_checked_without_scripts_and_without_a_session(browser, certificate):
    with statements() as seen:
        page = posted(browser, f" {qr_of(certificate)}\n")
    assert len(seen) <= 6, seen
    said = text_of(page.main)
    for words in (
        "Tanda tangan QR ini berlaku",
        "Mira Lestari",
        certificate.number,
        "tidak dicabut",
    ):
        assert words in said
    assert "Set-Cookie" not in browser.client.get("/verify").headers


def test_a_revoked_one_says_so_in_its_title(browser, session, certificate, at):
    revoking.revoke(
        session,
        certificate.id,
        by=None,
        by_name="konsol",
        reason="Ganda",
        at=at,
        revocation_class="identity",
    )
    session.commit()
    page = posted(browser, qr_of(certificate))
    assert "DICABUT" in page.main.h2.text
    assert page.select_one("article.verdict.bad")
    told = browser.client.get(f"/verify/{format_code(certificate.code)}/status")
    assert (told.json["state"], told.json["reason_class"]) == ("revoked", "identity")
    assert told.json["reason"] == "Keliru orang"
    assert "Ganda" not in told.text
    assert told.json["revoked_on"] == "2026-11-24"
    assert told.headers["Access-Control-Allow-Origin"] == "*"


def test_a_signed_qr_that_our_record_does_not_know_or_tells_otherwise_is_bad(
    browser, session, certificate
):
    text = qr_of(certificate)
    snapshot = dict(certificate.snapshot)
    session.execute(Certificate.__table__.update().values(code="0" * 16))
    session.commit()
    assert "tidak mengenal" in posted(browser, text).main.h2.text
    session.execute(
        Certificate.__table__.update().values(
            code=snapshot["code"], snapshot={**snapshot, "name": "Orang Lain"}
        )
    )
    session.commit()
    assert "berbeda dari QR" in posted(browser, text).main.h2.text


def test_what_a_stranger_signed_is_not_shown(browser, agency):
    page = posted(browser, TEXT)
    assert "tidak dikenal" in page.main.h2.text
    assert "Mira" not in text_of(page.main)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (" ", "Tempel dahulu"),
        ("halo", "bukan isi QR"),
        ("<b>#" + "x" * 9000, "bukan isi QR"),
        (TEXT[:-1], "tidak utuh"),
        (TEXT.replace("#A", "#B"), "lebih baru"),
    ],
)
def test_what_cannot_be_read_comes_back_with_a_sentence(browser, agency, typed, sentence):
    page = posted(browser, typed, status=422)
    box = page.select_one("textarea[aria-invalid=true]")
    assert sentence in page.select_one(".field.wrong .error").text
    assert box.text.strip() == typed.strip()[: len(box.text.strip())]


def test_a_bare_code_or_address_leads_to_its_page(browser, certificate):
    for typed in (certificate.code, certificate.snapshot["verify_url"]):
        answer = browser.client.post("/verify", data={"qr": typed})
        assert answer.location == f"/verify/{format_code(certificate.code)}"


def test_only_the_page_with_the_scanner_may_use_the_camera(browser, agency):
    camera = {
        path: browser.client.get(path).headers["Permissions-Policy"].partition(",")[0]
        for path in ("/verify", "/verify/0000-0000-0000-0000", "/about", "/")
    }
    assert camera == {
        "/verify": "camera=(self)",
        "/verify/0000-0000-0000-0000": "camera=(self)",
        "/about": "camera=()",
        "/": "camera=()",
    }


def test_status_says_unknown_and_is_patient_no_longer_than_the_page(browser, agency):
    told = browser.client.get("/verify/0000-0000-0000-0000/status")
    assert told.json["state"] == "unknown"
    assert browser.client.get("/verify/a/b/status").status_code == 404


def test_the_file_holds_the_keys_and_calls_nobody(browser, session, certificate):
    answer = browser.client.get("/verify/offline.html")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    page = answer.text
    assert certificate.kid in page
    assert "src=" not in page.replace("form-src=", "")
    assert "default-src &#39;none&#39;" in page
    assert browser.client.get("/verify/offline.json").json["keys"][0]["kid"] == certificate.kid
