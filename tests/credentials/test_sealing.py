"""A certificate's QR is signed when it is issued, with the agency's key."""

import io
from dataclasses import replace

import pikepdf
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from corpu.credentials import documents, payload
from corpu.credentials.snapshot import Snapshot
from corpu.signing.queries import published_keys
from tests.credentials import qr
from tests.credentials.world import bpsdm, issue, make_course


def test_what_is_issued_carries_a_payload_that_our_published_key_signed(
    app, session, agency, mira, at
):
    certificate = issue(session, mira, make_course(session, app, bpsdm(session)), at)
    content = Snapshot.from_dict(certificate.snapshot)
    text = f"{content.verify_url}#{certificate.qr_payload}"
    found = payload.read(text)
    (key,) = published_keys(session)
    assert found.kid == key.kid
    Ed25519PublicKey.from_public_bytes(key.public).verify(found.signature, found.message)
    assert found.content == payload.content_of(content)
    data = documents.pdf_of(session, app.extensions["storage"], certificate.id)
    with pikepdf.open(io.BytesIO(data)) as document:
        assert qr.texts_of(document.pages[0]) == [text]


def test_an_address_too_long_for_a_payload_stops_no_certificate(
    app, session, agency, mira, at, monkeypatch
):
    long = replace(app.config["SETTINGS"], public_url=f"https://{'panjang.' * 20}id")
    monkeypatch.setitem(app.config, "SETTINGS", long)
    certificate = issue(session, mira, make_course(session, app, bpsdm(session)), at)
    assert certificate.qr_payload is None
