"""The keys at the desk: replaced, given up, and those of others taken on trust."""

import io
import json
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from corpu.signing import service
from corpu.signing.models import SigningKey, TrustedKey
from corpu.signing.queries import as_jwk, key_file
from corpu.signing.rules import PublicKey, Verdict, fingerprint_of, kid_of, moment, verify
from corpu.signing.trust import read_key_file
from corpu.signing.vault import Vault
from tests.manage.reading import error_at, fields_of, send, text_of
from tests.page import Browser

KEYS, TRUST = "/manage/keys", "/manage/keys/trust"
REASON = "Dicocokkan lewat telepon"


@pytest.fixture
def key(session, agency, at):
    made = service.ensure_key(session, at=at - timedelta(days=9))
    session.commit()
    return made


def others(at, number=1, **changes):
    """Another province's published file, with one key."""
    public = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32).public_key()
    raw = public.public_bytes_raw()
    began = at - timedelta(days=30)
    said = as_jwk(PublicKey(kid_of(raw), raw, "", began)) | changes
    return {
        "format": "corpu-keys/1",
        "issuer": "https://corpu.lain.go.id",
        "agency": {"name": "Provinsi Lain", "short_name": "Lain"},
        "keys": [said],
    }


def looked_at(desk, said, *, status=200):
    """The page that shows what is in a file."""
    data = said if isinstance(said, bytes) else json.dumps(said).encode()
    fields = fields_of(desk.get(TRUST), TRUST)
    return desk.post(
        TRUST,
        fields | {"reason": REASON, "file": (io.BytesIO(data), "corpu-keys.json")},
        status=status,
    )


def confirm(desk, page, *, status=303):
    return desk.post(TRUST, fields_of(page, TRUST), status=status)


def test_the_page_shows_the_key_and_replaces_it_once(as_chief, session, key, entries):
    assert fingerprint_of(key.public) in text_of(as_chief.get(KEYS))
    fields = fields_of(as_chief.get(f"{KEYS}/rotate"), f"{KEYS}/rotate")
    for _click in range(2):
        as_chief.post(f"{KEYS}/rotate", fields | {"reason": REASON}, status=303)
    first, second = session.scalars(select(SigningKey).order_by(SigningKey.valid_from))
    assert first.sealed is None
    assert second.retired_at is None
    (act,) = entries("key.retired")
    assert act.reason == REASON
    page = text_of(as_chief.get(KEYS))
    assert first.kid in page
    assert second.kid in page
    assert "Kunci tanda tangan diganti" in text_of(as_chief.get("/manage/audit"))


def test_a_key_is_given_up_only_with_its_name_typed(as_chief, session, key, at):
    here = f"{KEYS}/{key.kid}/compromised"
    fields = fields_of(as_chief.get(here), here) | {"reason": "Cadangan hilang"}
    page = as_chief.post(here, fields | {"consent": "ya"}, status=422)
    assert "persis nama kunci" in error_at(page, "consent")
    page = as_chief.post(here, fields | {"consent": key.kid, "since": "2027-01-01"}, status=422)
    assert "antara kunci ini mulai berlaku dan sekarang" in error_at(page, "since")
    as_chief.post(here, fields | {"consent": key.kid, "since": "2026-11-20"}, status=303)
    session.expire_all()
    lost = session.get(SigningKey, key.kid)
    assert moment(lost.compromised_at) == "2026-11-19T17:00:00.000000Z", "midnight in WIB"
    assert "Cadangan hilang" in text_of(as_chief.get(KEYS))
    assert service.key_in_use(session).kid != key.kid
    assert as_chief.client.get(here).status_code == 303


def test_a_key_that_does_not_open_is_said_to_be_so(as_chief, app, key, monkeypatch):
    monkeypatch.setitem(app.extensions, "vault", Vault("another-secret-0123456789-0123456789"))
    assert "tidak dapat dibuka" in text_of(as_chief.get(KEYS))
    send(as_chief, f"{KEYS}/rotate", reason=REASON)
    assert "tidak dapat dibuka" not in text_of(as_chief.get(KEYS))


def test_another_agencys_keys_are_compared_and_then_trusted(as_chief, session, key, at, entries):
    said = others(at)
    page = looked_at(as_chief, said)
    raw = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32).public_key().public_bytes_raw()
    assert fingerprint_of(raw) in text_of(page)
    assert session.scalar(select(TrustedKey)) is None, "nothing before it is confirmed"
    confirm(as_chief, page)
    row = session.scalars(select(TrustedKey)).one()
    assert (row.agency, row.kid) == ("Provinsi Lain", kid_of(raw))
    assert entries("key.trusted")[0].reason == REASON
    again = confirm(as_chief, looked_at(as_chief, said), status=422)
    assert "sudah dipercaya" in error_at(again, "file")
    here = f"{KEYS}/trusted/{row.id}/remove"
    send(as_chief, here, reason="Kerja sama berakhir")
    assert session.scalar(select(TrustedKey)) is None
    as_chief.get(here, status=404)


def test_what_was_once_lost_stays_lost_whatever_an_older_file_says(as_chief, session, key, at):
    lost = {"compromised_at": moment(at), "compromised_why": "Hilang", "retired_at": moment(at)}
    confirm(as_chief, looked_at(as_chief, others(at, **lost)))
    confirm(as_chief, looked_at(as_chief, others(at)), status=422)
    row = session.scalars(select(TrustedKey)).one()
    assert (row.compromised_at, row.retired_at) == (at, at)


def test_a_file_that_is_none_is_refused_at_its_field(as_chief, session, key, at):
    page = looked_at(as_chief, b'{"format": "corpu-keys/1"}', status=422)
    assert "bukan berkas kunci" in error_at(page, "file")
    own = looked_at(as_chief, key_file(session, address="https://sini.go.id"))
    assert "kunci instansi Anda sendiri" in error_at(confirm(as_chief, own, status=422), "file")
    send(as_chief, TRUST, reason=REASON, status=422)
    assert session.scalar(select(TrustedKey)) is None


def test_who_manages_a_part_reads_and_changes_nothing(as_ratna, session, key):
    page = as_ratna.get(KEYS)
    assert key.kid in text_of(page)
    assert not page.select("main .button")
    for path in (f"{KEYS}/rotate", TRUST, f"{KEYS}/{key.kid}/compromised"):
        as_ratna.get(path, status=404)


def test_others_do_not_get_here(app, session, key, mira, at):
    Browser(app.test_client()).sign_in(mira).get(KEYS, status=403)


def test_before_the_first_key_there_is_nothing_to_replace(as_chief):
    assert "Belum ada kunci" in text_of(as_chief.get(KEYS))
    assert as_chief.client.get(f"{KEYS}/rotate").status_code == 303
    as_chief.get(f"{KEYS}/AAAAAAAA/compromised", status=404)


# ------------------------------------------------------------------------ what is published


def test_machines_read_the_keys_and_need_no_session(browser, session, agency, key, at):
    signature = service.sign(session, b"halo", at=at)
    session.commit()
    answer = browser.client.get("/.well-known/corpu-keys.json")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"].startswith("public")
    said = answer.json
    assert said["agency"]["name"] == agency.name
    (one,) = said["keys"]
    assert (one["kty"], one["crv"], one["kid"], one["retired_at"]) == (
        "OKP",
        "Ed25519",
        key.kid,
        None,
    )
    assert "sealed" not in answer.text
    known = trust_of(said)
    assert verify(known, key.kid, b"halo", signature.value, at=at) is Verdict.VALID


def trust_of(said):
    """As another installation reads it."""
    return read_key_file(json.dumps(said | {"issuer": "https://a.go.id"}).encode()).keys
