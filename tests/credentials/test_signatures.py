"""Certificates are signed as they are issued; whoever changes one is found out."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from corpu.credentials import queries, revoking
from corpu.credentials.models import Certificate
from corpu.credentials.reasons import Reason
from corpu.credentials.signatures import signed_bytes
from corpu.credentials.snapshot import Snapshot
from corpu.events import publish
from corpu.jobs import run_until_idle
from corpu.signing import service as signing
from corpu.signing.models import LogEntry, SigningKey
from corpu.signing.queries import published_keys
from corpu.signing.rules import Verdict, What, subject_of, verify
from corpu.signing.vault import Vault
from tests.credentials.world import (
    bpsdm,
    certificate_of,
    complete,
    issue,
    make_course,
    waiting_of,
)
from tests.factories import make_person


def text_of(page):
    return " ".join(page.get_text(" ").split())


UNSIGNED = {"signature": None, "kid": None, "signed_at": None}
WHO = {"by": None, "by_name": "konsol"}


@pytest.fixture
def unit(session, agency):
    return bpsdm(session)


@pytest.fixture
def course(session, app, unit):
    return make_course(session, app, unit)


@pytest.fixture
def certificate(session, mira, course, at):
    return issue(session, mira, course, at)


@pytest.fixture
def run(app, session, at):
    """`flask log …`: how it ended and what it printed."""

    def run(*arguments):
        done = app.test_cli_runner().invoke(args=["log", *map(str, arguments)])
        return done.exit_code, done.output

    return run


def work(session, at):
    run_until_idle(session, lambda: at)


def change(session, **values):
    session.execute(update(Certificate).values(**values))
    session.commit()


def shown(session, certificate):
    return queries.by_code(session, certificate.code)


def revoke(session, certificate, at):
    revoking.revoke(
        session,
        certificate.id,
        reason="nama yang keliru",
        at=at,
        **WHO,
        revocation_class="identity",
    )
    session.commit()


# ------------------------------------------------------------------------------- issuing


def test_whoever_has_the_public_key_can_check_the_snapshot(session, certificate):
    data = signed_bytes(Snapshot.from_dict(json.loads(json.dumps(certificate.snapshot))))
    keys = published_keys(session)
    found = (certificate.kid, data, certificate.signature)
    assert verify(keys, *found, at=certificate.signed_at) is Verdict.VALID
    forged = data.replace(b"Mira", b"Mara")
    assert verify(
        keys, certificate.kid, forged, certificate.signature, at=certificate.signed_at
    ) is (Verdict.WRONG)


def test_issue_and_revocation_come_into_the_log_without_a_name(session, certificate, at):
    revoke(session, certificate, at)
    work(session, at)
    found = {entry.what: entry for entry in session.scalars(select(LogEntry))}
    assert set(found) == {What.KEY_CREATED, What.ISSUED, What.REVOKED}
    assert found[What.ISSUED].content == certificate.snapshot_sha256
    assert found[What.ISSUED].subject == found[What.REVOKED].subject
    assert found[What.ISSUED].subject == subject_of(certificate.code)
    assert shown(session, certificate).signed.position == found[What.ISSUED].position


def test_under_another_secret_certificates_wait_and_come_with_the_next_key(
    session, app, course, mira, certificate, at, monkeypatch
):
    monkeypatch.setitem(app.extensions, "vault", Vault("another-secret-0123456789-0123456789"))
    event = complete(session, make_person(session), course, at)
    publish(session, event)
    session.commit()
    waits = waiting_of(session, event)
    assert waits.reason is Reason.KEY_LOCKED
    assert certificate_of(session, event) is None
    told = queries.waiting(session)[0]
    assert "Kunci penanda tangan" in told.why
    assert "rahasia yang lama" in told.who_acts
    assert shown(session, certificate).signed.verdict is Verdict.VALID
    signing.rotate(session, certificate.kid, reason="Rahasia hilang", at=at, **WHO)
    session.commit()
    work(session, at)
    issued = certificate_of(session, event)
    assert issued.kid != certificate.kid
    assert issued.sequence == 2, "no number was lost"


# ------------------------------------------------------------------------------ changing


def test_a_record_changed_with_its_fingerprint_is_found_by_the_signature(session, certificate):
    forged = certificate.snapshot | {"name": "Orang Lain"}
    change(session, snapshot=forged, snapshot_sha256=Snapshot.from_dict(forged).sha256())
    found = shown(session, certificate)
    assert found.signed.verdict is Verdict.WRONG
    assert not found.is_intact


def test_one_whose_signature_was_taken_off_as_well_is_found_by_the_log(session, certificate, at):
    work(session, at)
    forged = certificate.snapshot | {"name": "Orang Lain"}
    sha256 = Snapshot.from_dict(forged).sha256()
    change(session, snapshot=forged, snapshot_sha256=sha256, **UNSIGNED)
    assert not shown(session, certificate).is_intact


def test_another_public_key_under_the_same_name_vouches_for_nothing(session, certificate):
    session.execute(update(SigningKey).values(public=bytes(32)))
    session.commit()
    assert not shown(session, certificate).is_intact


# --------------------------------------------------------------------------------- later


def test_certificates_from_before_there_were_keys_are_signed_by_the_worker(
    session, app, certificate, at, mira, unit
):
    older = issue(session, mira, make_course(session, app, unit), at)
    spoilt = issue(session, mira, make_course(session, app, unit), at)
    change(session, **UNSIGNED)
    session.execute(
        update(Certificate).where(Certificate.id == spoilt.id).values(snapshot_sha256="0" * 64)
    )
    revoke(session, older, at)
    assert shown(session, older).signed is None
    later = at + timedelta(days=1)
    work(session, later)
    for one in (certificate, older):
        signed = shown(session, one).signed
        assert (signed.verdict, signed.at) == (Verdict.VALID, later)
        assert signed.position
    assert shown(session, spoilt).signed is None, "no forgery is signed"


def test_what_a_lost_key_signed_is_signed_anew(session, app, unit, mira, certificate, at):
    later = at + timedelta(hours=2)
    newer = issue(session, mira, make_course(session, app, unit), later)
    signing.mark_compromised(
        session,
        newer.kid,
        since=at + timedelta(hours=1),
        reason="Laptop hilang",
        at=later,
        **WHO,
    )
    session.commit()
    work(session, later)
    assert shown(session, certificate).signed.kid == certificate.kid, "signed before"
    again = shown(session, newer)
    assert again.signed.verdict is Verdict.VALID
    assert again.signed.kid != certificate.kid


# -------------------------------------------------------------------- the page of a check


def test_the_page_names_the_key_and_the_place_in_the_log(session, browser, certificate, at):
    before = text_of(browser.get(f"/verify/{certificate.code}"))
    issuer = certificate.snapshot["issuer"]
    assert f"Berlaku Dengan kunci {certificate.kid} milik {issuer}" in before
    assert "menunggu ditulis" in before
    work(session, at)
    page = browser.get(f"/verify/{certificate.code}")
    assert "bernomor 2 dalam catatan" in text_of(page)
    assert page.select_one("a[href='/.well-known/corpu-log/2']")
    change(session, **UNSIGNED)
    assert "sebelum kami memakai tanda tangan" in text_of(
        browser.get(f"/verify/{certificate.code}")
    )


def test_the_page_says_when_the_signature_does_not_hold(session, browser, certificate, at):
    early = at - timedelta(days=1)
    lost = {"compromised_at": early, "compromised_why": "Hilang"}
    for values, words in (
        (lost, "sudah bocor ketika dipakai"),
        (dict.fromkeys(lost) | {"retired_at": early}, "di luar masa pakai"),
    ):
        session.execute(update(SigningKey).values(sealed=None, **values))
        session.commit()
        page = text_of(browser.get(f"/verify/{certificate.code}"))
        assert words in page
        assert "Sertifikat ini sah" in page, "our own record still is"


# -------------------------------------------------------------------------- the whole log


def test_a_sound_log_is_said_to_be_sound(session, run, certificate, at, tmp_path):
    code, printed = run("verify")
    assert code == 0
    assert "2 kejadian menunggu dicatat" in printed
    work(session, at)
    code, head = run("head")
    assert code == 0
    saved = tmp_path / "head.json"
    saved.write_text(head)
    revoke(session, certificate, at)
    work(session, at)
    code, printed = run("verify", "--from", saved)
    assert (code, printed.splitlines()) == (
        0,
        ["3 catatan utuh, 1 sertifikat cocok.", "Masih menyambung pada kepala nomor 2."],
    )
    saved.write_text(head.replace('"position": 2', '"position": 9'))
    code, printed = run("verify", "--from", saved)
    assert code == 1
    assert "ujung catatan dihapus" in printed
    assert "bukan dari sini" in printed
    saved.write_text("[]")
    assert "bukan kepala catatan" in run("verify", "--from", saved)[1]


def test_what_was_changed_beside_the_log_is_named(session, run, certificate, at):
    revoke(session, certificate, at)
    work(session, at)
    as_it_is = session.execute(select(Certificate.__table__)).one()._asdict()
    for values, words in (
        ({"snapshot": {}}, "isinya tidak sama"),
        (
            {"revoked_at": None, "revocation_reason": None, "revocation_class": None},
            "sudah dihapus",
        ),
        ({"revocation_reason": "lain"}, "isinya tidak sama"),
        ({"revocation_class": "fraud"}, "isinya tidak sama"),
        ({"code": "0011AAAABBBBCCCC"}, "tidak ada catatannya"),
    ):
        change(session, **values)
        code, printed = run("verify")
        assert code == 1
        assert words in printed
        change(session, **{name: as_it_is[name] for name in values})
    assert run("verify")[0] == 0


def test_a_log_written_anew_does_not_join_the_head_kept_elsewhere(
    session, run, certificate, at, tmp_path
):
    work(session, at)
    saved = tmp_path / "head.json"
    saved.write_text(json.dumps(json.loads(run("head")[1]) | {"hash": "f" * 64}))
    code, printed = run("verify", "--from", saved)
    assert code == 1
    assert "ditulis ulang" in printed


def test_a_key_that_came_in_by_hand_is_named(session, run, certificate, at):
    work(session, at)
    session.execute(update(SigningKey).values(valid_from=at - timedelta(days=900)))
    session.commit()
    assert "tidak sama dengan yang tercatat" in run("verify")[1]
