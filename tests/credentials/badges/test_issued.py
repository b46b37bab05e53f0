"""The digital credential of a certificate: made once, kept, given out, checked, revoked."""

import base64
import gzip
import io
import json
from datetime import timedelta
from urllib.parse import urlsplit

import jsonschema
import pytest
from sqlalchemy import func, select, update

from corpu.credentials import service
from corpu.credentials.badges import service as badges
from corpu.credentials.badges import status
from corpu.credentials.badges.models import LIST_SIZE, Badge
from corpu.credentials.badges.proofs import ED25519, unbase58, unbase64url
from corpu.credentials.models import Certificate
from corpu.extensions import db
from corpu.people.export import own_data
from corpu.signing import service as keys
from corpu.signing.models import TrustedKey
from corpu.transactions import unit_of_work
from tests.credentials.badges import schema
from tests.credentials.badges.world import OURS, as_json, unsigned
from tests.credentials.samples import PUBLIC
from tests.credentials.test_at_once import at_once, world  # noqa: F401 - a fixture
from tests.credentials.world import bpsdm, issue, make_course, revoked
from tests.factories import LONG_AGO, save
from tests.page import look_again
from tests.statements import statements

DAY = timedelta(days=1)


@pytest.fixture
def certificate(session, app, agency, mira, at):
    return issue(session, mira, make_course(session, app, bpsdm(session)), at)


@pytest.fixture
def get(browser, certificate):
    def get(form, person, status=200):
        browser.sign_in(person)
        look_again()
        answer = browser.client.get(f"/me/certificates/{certificate.id}/credential.{form}")
        assert answer.status_code == status
        return answer

    return get


@pytest.fixture
def verify(browser):
    """What the public page says of a credential, and its status."""

    def verify(text, status=200, **more):
        data = {"credential": text, **more}
        page = browser.post("/verify/credential", status=status, data=data)
        return " ".join(page.get_text(" ").split())

    return verify


def revoke(session, certificate, at):
    revoked(session, certificate.id, at, reason="Ganda")
    session.commit()


# ------------------------------------------------------------------------------- made and kept


def test_its_holder_takes_it_along_in_two_forms_that_stay_the_same(get, mira, jonas, session, at):
    with statements() as seen:
        first = get("json", mira)
    assert len(seen) <= 10, seen
    with statements() as seen:
        get("json", mira)
    assert len(seen) <= 3, seen
    assert first.mimetype == "application/vc"
    assert "attachment" in first.headers["Content-Disposition"]
    token = get("jwt", mira)
    assert token.mimetype == "application/jwt"
    assert (get("json", mira).data, get("jwt", mira).data) == (first.data, token.data)
    get("json", jonas, status=404)
    get("jwt", jonas, status=404)
    assert session.scalar(select(func.count()).select_from(Badge)) == 1
    said = own_data(session, mira.id, at=at)["certificates"]["issued"][0]["digital_credential"]
    assert said == json.loads(first.data)


def test_it_is_what_the_specification_asks_for(get, mira, app, certificate):
    said = json.loads(get("json", mira).data)
    checker = jsonschema.FormatChecker()
    jsonschema.validate(
        said, schema.CREDENTIAL, jsonschema.Draft201909Validator, format_checker=checker
    )
    claims = json.loads(unbase64url(get("jwt", mira).text.split(".")[1]))
    unproven = {
        name: claims[name] for name in claims if name not in ("iss", "jti", "nbf", "iat", "sub")
    }
    assert unproven == {name: said[name] for name in said if name != "proof"}
    assert said["id"] == certificate.snapshot["verify_url"]
    aligned = said["credentialSubject"]["achievement"]["alignment"]
    assert [one["targetCode"] for one in aligned] == ["6", "16", "PPB"]
    assert aligned[-1]["targetName"].endswith(", level 2")
    assert certificate.snapshot["nip"] not in get("json", mira).text


def test_it_says_what_the_snapshot_says_whatever_came_later(get, mira, session):
    mira.name = "Nama Baru"
    session.commit()
    said = json.loads(get("json", mira).data)
    (identity,) = said["credentialSubject"]["identifier"]
    assert "Baru" not in get("json", mira).text
    assert identity["hashed"] is True


def test_the_bytes_for_the_document_are_those_of_the_wallet(get, mira, session, certificate, at):
    with unit_of_work(session):
        inside = badges.credential_bytes(session.get_one(Certificate, certificate.id))
    outside = badges.credential_bytes(session.get_one(Certificate, certificate.id))
    assert get("json", mira).data == inside == outside


def test_another_key_makes_the_next_ones_and_breaks_none(get, verify, mira, session, at):
    text = get("json", mira).text
    (kid,) = session.scalars(select(keys.SigningKey.kid)).all()
    keys.rotate(session, kid, by=None, by_name="konsol", reason="Berkala", at=at)
    session.commit()
    assert "berlaku" in verify(text)
    assert get("json", mira).text == text


def test_what_a_lost_key_signed_is_made_anew(get, verify, mira, session, at):
    text = get("json", mira).text
    (kid,) = session.scalars(select(keys.SigningKey.kid)).all()
    keys.mark_compromised(session, kid, since=at, by=None, by_name="konsol", reason="Bocor", at=at)
    session.commit()
    assert "pernah bocor" in verify(text)
    assert get("json", mira).text != text
    assert "Catatan kami: tidak dicabut" in verify(get("json", mira).text)


def test_a_damaged_record_is_not_signed(get, mira, session, certificate):
    forged = certificate.snapshot | {"jp": "99"}
    session.execute(update(Certificate).values(snapshot=forged))
    session.commit()
    get("json", mira, status=409)
    assert session.scalar(select(Badge.kid)) is None


def test_those_who_ask_at_once_get_the_same(world):  # noqa: F811 - the fixture that was imported
    app, _ = world
    with app.app_context():
        at = LONG_AGO + DAY
        with unit_of_work(db.session()) as session:
            service.retry_pending(session, at)
            from_all = [event.completion_id for event in world[1]]
            service.try_again(session, from_all, at=at)
        ids = db.session().scalars(select(Certificate.id)).all()
    acts = [lambda session, one=one: badges.kept_badge(session, one, at=at) for one in ids[:3] * 2]
    assert at_once(app, acts) == []
    with app.app_context():
        rows = db.session().scalars(select(Badge)).all()
        assert {row.certificate_id for row in rows} == set(ids[:3])


def test_a_full_list_is_followed_by_another(session, app, jonas, certificate, at, monkeypatch):
    other = issue(session, jonas, make_course(session, app, bpsdm(session)), at)
    monkeypatch.setattr(badges.secrets, "randbelow", lambda most: 5)
    first = badges.badge_of(session, certificate.id, at=at)
    second = badges.badge_of(session, other.id, at=at)
    assert (first.status_list, second.status_list) == (1, 2)


# ---------------------------------------------------------------------------------- checking


def test_the_public_page_says_what_it_is_worth(get, verify, mira, session, certificate, at):
    text, token = get("json", mira).text, get("jwt", mira).text
    for good in (text, token, f"\ufeff{text}\n"):
        said = verify(good.strip("\ufeff"))
        assert "Tanda tangan kredensial ini berlaku" in said
        assert certificate.snapshot["name"] in said
    with statements() as seen:
        verify(token)
    assert len(seen) <= 6, seen  # one of them is who is looking
    as_file = (io.BytesIO(b"\xef\xbb\xbf" + token.encode()), "kredensial.jwt")
    assert "tidak dicabut" in verify("", file=as_file)
    assert "diubah atau tiruan" in verify(text.replace("BPSDM", "BPSDN", 1))
    assert "bukan kredensial" in verify(text[:-1], status=422)
    assert "Pilih berkas" in verify("  ", status=422)
    big = (io.BytesIO(b"{" * 70_000), "x.json")
    assert "64 KB" in verify("", status=422, file=big)
    revoke(session, certificate, at)
    assert "DICABUT sejak" in verify(token)


def test_pasted_where_a_qr_is_asked_for_it_is_checked_all_the_same(browser, get, mira):
    page = browser.post("/verify", status=200, data={"qr": get("json", mira).text})
    assert "Tanda tangan kredensial ini berlaku" in page.get_text(" ")


def test_that_of_another_agency_holds_once_its_key_is_trusted(verify, session, agency, at):
    text = as_json(unsigned(), at=at)
    assert "tidak dikenal" in verify(text)
    save(
        session,
        TrustedKey(
            kid=OURS.kid,
            public=PUBLIC,
            agency="Provinsi Lain",
            address="https://corpu.contoh.go.id",
            valid_from=at - DAY,
            imported_at=at,
        ),
    )
    said = verify(text)
    assert "instansi lain" in said
    assert "Provinsi Lain" in said
    assert "Mira" not in said


def test_one_that_contradicts_our_record_proves_nothing(verify, get, mira, session, certificate):
    text = get("json", mira).text
    session.execute(update(Certificate).values(code="0" * 16))
    session.commit()
    assert "tidak ada pada kami" in verify(text)


def test_the_console_checks_it_too(app, get, mira, session, certificate, at, tmp_path):
    path = tmp_path / "kredensial.json"

    def run(text):
        path.write_text(text)
        result = app.test_cli_runner().invoke(args=["certificates", "verify", str(path)])
        return result.exit_code, result.output

    text = get("json", mira).text
    assert run(text)[0] == run(get("jwt", mira).text)[0] == 0
    code, said = run(text.replace("Air", "Api", 1))
    assert (code, "diubah atau tiruan" in said) == (1, True)
    revoke(session, certificate, at)
    code, said = run(text)
    assert (code, "DICABUT" in said) == (1, True)


# ------------------------------------------------------------------------- what wallets ask for


def test_a_wallet_finds_the_key_that_signed(browser, get, mira):
    said = json.loads(get("json", mira).data)
    answer = browser.client.get("/.well-known/did.json")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.json["id"] == said["issuer"]["id"]
    methods = {one["id"]: one for one in answer.json["verificationMethod"]}
    named = said["proof"]["verificationMethod"]
    public = unbase58(methods[named]["publicKeyMultibase"][1:])
    assert public.startswith(ED25519)
    assert unbase64url(methods[f"{named}.jwk"]["publicKeyJwk"]["x"]) == public[2:]
    assert set(methods) == set(answer.json["assertionMethod"])
    profile = browser.client.get(urlsplit(said["issuer"]["url"]).path).json
    assert profile["id"] == said["issuer"]["id"]
    assert browser.client.get("/did.json").json == answer.json


def test_the_list_tells_who_is_revoked_and_nothing_else(
    browser, get, mira, session, certificate, at
):
    entry = json.loads(get("json", mira).data)["credentialStatus"]
    path, index = urlsplit(entry["statusListCredential"]).path, int(entry["statusListIndex"])
    with statements() as seen:
        before = browser.client.get(path)
    assert len(seen) <= 3, seen
    assert before.mimetype == "application/vc"
    assert bits_of(before) == bytes(LIST_SIZE // 8)
    assert browser.client.get(path).data == before.data
    assert (
        browser.client.get(path, headers={"If-None-Match": before.headers["ETag"]}).status_code
        == 304
    )
    revoke(session, certificate, at)
    after = browser.client.get(path)
    assert after.data != before.data
    (place,) = (n for n, byte in enumerate(bits_of(after)) if byte)
    assert bits_of(after)[place] == 0x80 >> index % 8
    assert place == index // 8
    for unknown in ("2", "0", str(2**40)):
        assert browser.client.get(f"{path[:-1]}{unknown}").status_code == 404


def bits_of(answer):
    said = json.loads(answer.data)["credentialSubject"]["encodedList"]
    return gzip.decompress(base64.urlsafe_b64decode(said[1:] + "=" * (-len(said[1:]) % 4)))


def test_a_list_is_the_same_for_the_same_places():
    assert status.encoded([3, 9]) == status.encoded([9, 3]) != status.encoded([3])
