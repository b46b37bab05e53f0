"""Keys are made once, sign, are put away or lost; what they signed is judged by when."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from corpu.audit import AuditEntry
from corpu.errors import NotFound
from corpu.signing import queries, service, vault
from corpu.signing.models import SigningKey
from corpu.signing.rules import Verdict, kid_of, verify
from corpu.signing.vault import KeyLocked, Vault

WHO = {"by": None, "by_name": "konsol"}
HOUR = timedelta(hours=1)


def verdict(session, signature, data=b"halo", at=None):
    keys = queries.published_keys(session)
    return verify(keys, signature.kid, data, signature.value, at=at or signature.at)


@pytest.fixture
def locked_out(app, monkeypatch):
    """The server has another secret than the one that sealed the key."""

    def change(secret="another-secret-that-is-just-as-long-0123456789", **others):
        monkeypatch.setitem(app.extensions, "vault", Vault(secret, **others))

    return change


def test_the_first_signature_makes_the_key_and_holds(session, agency, at):
    signature = service.sign(session, b"halo", at=at)
    key = session.scalars(select(SigningKey)).one()
    assert key.kid == signature.kid == kid_of(key.public)
    assert len(signature.kid) == 8
    assert verdict(session, signature) is Verdict.VALID
    assert verdict(session, signature, b"hal0") is Verdict.WRONG
    assert service.sign(session, b"halo", at=at + HOUR).kid == key.kid
    assert queries.published_keys(session)[0].owner == agency.name


def test_the_private_key_is_nowhere_in_plain_words(session, agency, at):
    service.ensure_key(session, at=at)
    key = session.scalars(select(SigningKey)).one()
    private = vault.current().private(key.kid, key.sealed)
    assert private.private_bytes_raw() not in key.sealed
    assert private.public_key().public_bytes_raw() == key.public


def test_a_retired_key_signs_no_more_and_what_it_signed_holds(session, agency, at):
    before = service.sign(session, b"halo", at=at)
    later = at + HOUR
    made = service.rotate(session, before.kid, reason="Tahunan", at=later, **WHO)
    after = service.sign(session, b"halo", at=later)
    assert after.kid == made.kid != before.kid
    assert verdict(session, before) is Verdict.VALID
    assert verdict(session, after) is Verdict.VALID
    assert verdict(session, before, at=later + HOUR) is Verdict.RETIRED
    assert verdict(session, after, at=at) is Verdict.NOT_YET
    assert verdict(session, after, at=later - timedelta(minutes=4)) is Verdict.VALID
    assert session.get(SigningKey, before.kid).sealed is None, "its private part is destroyed"
    with pytest.raises(service.NotInUse):
        service.rotate(session, before.kid, reason="Klik kedua", at=later, **WHO)
    acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert acts == ["key.created", "key.retired", "key.created"]


def test_what_was_signed_after_a_key_was_lost_does_not_hold(session, agency, at):
    early = service.sign(session, b"halo", at=at)
    late = service.sign(session, b"halo", at=at + 3 * HOUR)
    since = at + HOUR
    service.mark_compromised(
        session, early.kid, since=since, reason="Laptop hilang", at=at + 4 * HOUR, **WHO
    )
    assert verdict(session, early) is Verdict.VALID
    assert verdict(session, late) is Verdict.COMPROMISED
    assert verdict(session, early, at=since) is Verdict.VALID
    assert service.sign(session, b"halo", at=at + 4 * HOUR).kid != early.kid
    with pytest.raises(service.AlreadyCompromised):
        service.mark_compromised(
            session, early.kid, since=at, reason="Lagi", at=at + 5 * HOUR, **WHO
        )


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_key_was_lost_between_its_beginning_and_now(session, agency, at, hours):
    key = service.ensure_key(session, at=at - HOUR)
    with pytest.raises(service.WrongMoment):
        service.mark_compromised(
            session, key.kid, since=at + hours * HOUR, reason="Hilang", at=at, **WHO
        )


def test_no_key_of_that_name_is_not_found(session, agency, at):
    with pytest.raises(NotFound):
        service.rotate(session, "AAAAAAAA", reason="Uji", at=at, **WHO)


def test_a_clock_that_went_back_dates_nothing_before_the_key(session, agency, at):
    service.ensure_key(session, at=at)
    signature = service.sign(session, b"halo", at=at - timedelta(days=2))
    assert verdict(session, signature) is Verdict.VALID


# ------------------------------------------------------------------------------ secrets


def test_a_changed_secret_is_refused_and_a_new_key_helps(session, agency, at, locked_out):
    before = service.sign(session, b"halo", at=at)
    locked_out()
    with pytest.raises(KeyLocked):
        service.sign(session, b"halo", at=at)
    made = service.rotate(session, before.kid, reason="Rahasia hilang", at=at, **WHO)
    assert service.sign(session, b"halo", at=at).kid == made.kid
    assert verdict(session, before) is Verdict.VALID


def test_without_any_secret_there_is_no_key(session, agency, at, locked_out):
    locked_out("")
    with pytest.raises(KeyLocked):
        service.ensure_key(session, at=at)
    assert session.scalar(select(SigningKey)) is None


def test_a_secret_that_moves_takes_the_key_along(session, app, agency, at, locked_out):
    kid = service.ensure_key(session, at=at).kid
    old, new = app.config["SETTINGS"].secret_key, "a-new-secret-that-is-long-enough-0123"
    locked_out(new, fallbacks=(old,))
    assert service.sign(session, b"halo", at=at).kid == kid
    locked_out(new)
    assert service.sign(session, b"halo", at=at).kid == kid, "the fallback is needed no more"


def test_a_passphrase_seals_instead_and_alone_opens():
    private, phrase = Ed25519PrivateKey.generate(), "empat kata yang panjang"
    sealed = Vault("secret", passphrase=phrase).seal("kid", private)
    assert Vault("", passphrase=phrase).private("kid", sealed).sign(b"") == private.sign(b"")
    for other in (Vault("secret"), Vault("secret", passphrase="kata lain yang panjang")):
        with pytest.raises(KeyLocked):
            other.private("kid", sealed)
    by_secret = Vault("secret").seal("kid", private)
    assert Vault("secret", passphrase=phrase).is_stale("kid", by_secret)
    with pytest.raises(KeyLocked):
        Vault("secret").private("another", by_secret)


def test_damaged_bytes_are_locked_not_a_crash(session, agency, at, locked_out, app):
    key = service.ensure_key(session, at=at)
    for sealed in (b"", b"\x07" + key.sealed[1:], key.sealed[:-1], key.sealed[:5]):
        locked_out(app.config["SETTINGS"].secret_key)
        with pytest.raises(KeyLocked):
            vault.current().private(key.kid, sealed)
