"""One's own certificates, and the public page: what each may see, and what it costs."""

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from corpu.credentials import correcting, documents, public, revoking, service, wallet_views
from corpu.credentials.models import Certificate, Issuer
from corpu.credentials.rules import format_code
from corpu.installation import Installation, Origin
from corpu.people.export import own_data
from corpu.throttle import Throttle
from tests.credentials.world import bpsdm, complete, issue, make_course
from tests.factories import save
from tests.statements import statements

UNKNOWN = "0000-0000-0000-0000"


@pytest.fixture
def unit(session, agency):
    return bpsdm(session, unit_token="BPSDM")


@pytest.fixture
def certificate(session, app, mira, unit, at):
    return issue(session, mira, make_course(session, app, unit), at)


def text_of(page):
    return " ".join(page.get_text(" ").split())


def revoke(session, certificate, at, reason="Terbit atas nama yang keliru"):
    revoking.revoke(
        session,
        certificate.id,
        by=None,
        by_name="konsol",
        reason=reason,
        at=at,
        revocation_class="identity",
    )
    session.commit()


# -------------------------------------------------------------------------------- one's own


def test_nobody_signed_in_has_certificates(browser, certificate):
    for path in ("", f"/{certificate.id}", f"/{certificate.id}/pdf"):
        assert "/login" in browser.client.get(f"/me/certificates{path}").location


def test_the_empty_list_says_how_to_get_one(browser, mira, at):
    page = browser.sign_in(mira).get("/me/certificates")
    assert page.select_one(".empty a.button")["href"] == "/courses"


def test_the_list_shows_what_is_mine(browser, session, mira, jonas, certificate, at):
    page = browser.sign_in(mira).get("/me/certificates")
    assert certificate.number in text_of(page)
    assert "24 November 2026" in text_of(page)
    assert page.select_one(f"a[href='/me/certificates/{certificate.id}/pdf']")
    assert certificate.number not in text_of(browser.sign_in(jonas).get("/me/certificates"))


def test_what_waits_says_why_and_who_must_act(browser, session, app, mira, agency, at):
    unit = bpsdm(session, place="")
    event = complete(session, mira, make_course(session, app, unit), at)
    service.issue_for_completion(session, event)
    session.commit()
    page = text_of(browser.sign_in(mira).get("/me/certificates"))
    assert "Tempat penandatanganan sertifikat belum ditetapkan." in page
    assert f"Pengelola {unit.name} perlu mengisi tempat penandatanganan." in page


def test_the_page_of_one_shows_all_to_its_holder(browser, mira, certificate, at):
    page = browser.sign_in(mira).get(f"/me/certificates/{certificate.id}")
    nip = mira.nip
    assert f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}" in text_of(page)
    assert format_code(certificate.code) in text_of(page)
    assert "CONTOH" not in text_of(page)


def test_anothers_certificate_does_not_exist(browser, jonas, certificate, at):
    browser.sign_in(jonas)
    browser.get(f"/me/certificates/{certificate.id}", status=404)
    browser.get(f"/me/certificates/{certificate.id}/pdf", status=404)
    browser.get("/me/certificates/not-a-uuid", status=404)


def test_the_document_has_a_name_and_a_tag(browser, session, mira, certificate, at):
    url = f"/me/certificates/{certificate.id}/pdf"
    answer = browser.sign_in(mira).client.get(url)
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="Sertifikat - Air Bersih Uji - Mira Lestari.pdf"'
    )
    assert answer.headers["Cache-Control"] == "private, no-cache"
    sha256 = hashlib.sha256(answer.data).hexdigest()
    assert answer.headers["ETag"] == f'"{sha256}"'
    assert session.get_one(Certificate, certificate.id, populate_existing=True).pdf_sha256 == sha256
    again = browser.client.get(url, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert browser.client.get(url).data == answer.data


def test_file_names_suit_every_system():
    assert wallet_views.file_name("Sertifikat", 'A/B: "C"?', "Dr. Ma’ruf, S.Sos.") == (
        "Sertifikat - A B C - Dr Ma’ruf, S Sos.pdf"
    )
    assert len(wallet_views.file_name("x" * 300)) == 124


def test_the_file_of_ones_own_data_holds_the_certificates(session, mira, jonas, certificate, at):
    held = own_data(session, mira.id, at=at)["certificates"]
    assert [row["number"] for row in held["issued"]] == [certificate.number]
    assert own_data(session, jonas.id, at=at)["certificates"] == {
        "issued": [],
        "waiting": [],
        "batches": [],
    }


# ----------------------------------------------------------------------------- verification


def test_the_form_needs_no_account_and_keeps_out_of_search_engines(browser, agency):
    page = browser.get("/verify")
    assert page.select_one("form input[name=code]")
    assert page.select_one("meta[name=robots]")["content"].startswith("noindex")
    assert browser.client.get("/verify/").status_code == 200
    empty = browser.get("/verify?code=+")
    assert empty.select_one("input[aria-invalid=true]")


@pytest.mark.parametrize("write", [str, str.lower, format_code, lambda c: f" {c[:9]} {c[9:]} "])
def test_a_code_is_understood_as_people_type_it(browser, certificate, write):
    answer = browser.client.get("/verify", query_string={"code": write(certificate.code)})
    assert answer.status_code == 303
    assert answer.location == f"/verify/{format_code(certificate.code)}"
    assert "Sertifikat ini sah" in text_of(
        browser.get(f"/verify/{write(certificate.code).strip()}")
    )


def test_letters_that_look_alike_are_the_same(browser, session, certificate):
    session.execute(update(Certificate).values(code="0011AAAABBBBCCCC"))
    session.commit()
    answer = browser.client.get("/verify?code=oOiL-aaaa-bbbb-cccc")
    assert answer.location == "/verify/0011-AAAA-BBBB-CCCC"


def test_a_valid_one_shows_what_is_on_the_paper(browser, mira, certificate, at):
    with statements() as seen:
        answer = browser.client.get(f"/verify/{format_code(certificate.code)}")
    assert len(seen) <= 2, seen
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    assert "Set-Cookie" not in answer.headers
    page = text_of(browser.get(f"/verify/{format_code(certificate.code)}"))
    for shown in ("Sertifikat ini sah", "Mira Lestari", certificate.number, "2 (dua) JP"):
        assert shown in page
    assert "Air Bersih Uji" in page
    assert "CONTOH" not in page


def test_of_the_nip_only_the_serial_is_shown(browser, mira, certificate):
    page = browser.get(f"/verify/{certificate.code}")
    assert f"•••••••• •••••• • {mira.nip[-3:]}" in text_of(page)
    assert mira.nip[:8] not in str(page)
    assert mira.nip[8:14] not in str(page)


def test_a_revoked_one_says_since_when_and_why(browser, session, mira, certificate, at):
    revoke(session, certificate, at + timedelta(days=1))
    page = text_of(browser.get(f"/verify/{certificate.code}"))
    for shown in ("Sertifikat ini sudah dicabut", "25 November 2026", "Keliru orang"):
        assert shown in page
    assert "Sertifikat ini sah" not in page
    assert "nama yang keliru" not in page, "the reason may name people"
    own = text_of(browser.sign_in(mira).get(f"/me/certificates/{certificate.id}"))
    assert "sudah dicabut" in own
    assert "nama yang keliru" in own
    assert "Dicabut" in text_of(browser.get("/me/certificates"))


def test_one_whose_record_was_tampered_with_is_not_vouched_for(browser, session, certificate):
    session.execute(
        update(Certificate).values(snapshot=certificate.snapshot | {"name": "Orang Lain"})
    )
    session.commit()
    page = text_of(browser.get(f"/verify/{certificate.code}"))
    assert "tidak dapat dipastikan" in page
    assert "Orang Lain" not in page
    assert "Sertifikat ini sah" not in page


def test_one_from_the_demonstration_says_so(browser, session, app, mira, unit, at):
    save(session, Installation(id=1, origin=Origin.DEMO, created_at=at))
    certificate = issue(session, mira, make_course(session, app, unit), at)
    assert "CONTOH" in text_of(browser.get(f"/verify/{certificate.code}"))
    assert "CONTOH" in text_of(browser.sign_in(mira).get(f"/me/certificates/{certificate.id}"))


@pytest.mark.parametrize(
    "typed",
    ["x", "0000-0000-0000-000U", "a/b/c", "…", "%3Cscript%3E", "0" * 3000, "{{7*7}}", "%00"],
)
def test_malformed_is_answered_like_unknown(browser, agency, typed):
    unknown = browser.client.get(f"/verify/{UNKNOWN}")
    answer = browser.client.get(f"/verify/{typed}")
    assert answer.status_code == unknown.status_code == 404
    assert dict(answer.headers).keys() == dict(unknown.headers).keys()
    page, other = (
        browser.get(f"/verify/{typed}", status=404),
        browser.get(f"/verify/{UNKNOWN}", status=404),
    )
    for box in (*page.select(".codebox"), *other.select(".codebox")):
        box.replace_with("")
    for link in (*page.select(".foot a"), *other.select(".foot a")):
        link.decompose()
    assert str(page) == str(other)


@pytest.mark.parametrize("typed", ["x", "a/../b", "?&#", "y" * 5000, "00\n00"])
def test_whatever_is_typed_leads_to_an_answer(browser, agency, typed):
    answer = browser.client.get("/verify", query_string={"code": typed})
    assert answer.status_code == 303
    browser.get(answer.location, status=404)


def test_a_number_is_no_key(browser, certificate):
    browser.get(f"/verify/{certificate.number}", status=404)
    answer = browser.client.get("/verify", query_string={"code": certificate.number})
    page = browser.get(answer.location, status=404)
    assert "Mira" not in text_of(page)


def test_misses_are_throttled_and_hits_pass(browser, app, certificate, monkeypatch):
    monkeypatch.setattr(public, "Throttle", lambda app, kind: Throttle(app, kind, limit=3))
    for _ in range(3):
        browser.get(f"/verify/{UNKNOWN}", status=404)
    for typed in (UNKNOWN, "malformed"):
        answer = browser.client.get(f"/verify/{typed}")
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "600"
    assert "Sertifikat ini sah" in text_of(browser.get(f"/verify/{certificate.code}"))
    elsewhere = browser.client.get(
        f"/verify/{UNKNOWN}", environ_overrides={"REMOTE_ADDR": "203.0.113.9"}
    )
    assert elsewhere.status_code == 404


def test_english_says_it_too(browser, certificate):
    page = browser.get(f"/verify/{certificate.code}?lang=en")
    assert page.html["lang"] == "en"
    assert "2 JP" in text_of(page)


# ------------------------------------------------------------------------------ the console


@pytest.fixture
def console(app, session):
    return app.test_cli_runner()


def run(console, *arguments):
    result = console.invoke(args=["certificates", *arguments])
    return result.exit_code, result.output


def test_the_console_checks_codes_and_files(console, session, app, certificate, tmp_path, at):
    assert run(console, "verify", format_code(certificate.code).lower())[0] == 0
    code, said = run(console, "verify", UNKNOWN)
    assert (code, "TIDAK DIKENAL" in said) == (1, True)
    path = tmp_path / "kertas.pdf"
    path.write_bytes(documents.pdf_of(session, app.extensions["storage"], certificate.id))
    code, said = run(console, "verify", str(path))
    assert code == 0, said
    assert certificate.number in said
    path.write_bytes(path.read_bytes() + b"\n")
    assert run(console, "verify", str(path))[0] == 1
    assert run(console, "verify", str(tmp_path / "none.pdf"))[0] == 1


def test_the_console_revokes_once(console, session, certificate, at):
    why = ("--class", "identity", "--reason")
    assert run(console, "revoke", "no/such", *why, "uji")[0] == 1
    assert run(console, "revoke", certificate.number, "--reason", "tanpa golongan")[0] == 2
    code, said = run(console, "revoke", certificate.number, *why, "Salah nama Mira")
    assert code == 0, said
    assert run(console, "revoke", certificate.number, *why, "Lagi")[0] == 1
    row = session.scalars(select(Certificate).execution_options(populate_existing=True)).one()
    assert row.revocation_reason == "Salah nama Mira"
    code, said = run(console, "verify", certificate.code)
    assert (code, "DICABUT" in said, "Keliru orang" in said) == (1, True, True)
    assert "Mira" not in said


def test_the_console_knows_what_was_superseded_and_what_has_ended(
    console, session, certificate, at
):
    old = certificate.code
    new = correcting.correct(
        session, certificate.id, {"post": "Analis"}, by=None, by_name="x", reason="uji", at=at
    )
    new.valid_until = at.date() - timedelta(days=1)
    session.commit()
    code, said = run(console, "verify", old)
    assert (code, "DIGANTIKAN sejak 24 November 2026" in said) == (1, True)
    assert format_code(new.code) in said
    code, said = run(console, "verify", new.code)
    assert (code, "HABIS BERLAKU" in said) == (1, True)


def test_the_console_issues_what_waits(console, session, app, mira, agency, at, monkeypatch):
    unit = bpsdm(session, place="")
    event = complete(session, mira, make_course(session, app, unit), at - timedelta(days=1))
    service.issue_for_completion(session, event)
    session.commit()
    code, said = run(console, "issue")
    assert code == 0
    assert "0 sertifikat terbit, 1 masih menunggu" in said
    assert "tempat penandatanganan" in said
    session.scalars(select(Issuer)).one().place = "Surabaya"
    session.commit()
    monkeypatch.setattr("corpu.clock.now", lambda: at + timedelta(seconds=1))
    assert "1 sertifikat terbit, 0 masih menunggu" in run(console, "issue")[1]
