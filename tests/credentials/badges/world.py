"""Credentials to test with, signed by a key of the tests."""

from datetime import UTC, datetime, timedelta

from corpu.credentials.badges.document import Place, document
from corpu.credentials.badges.proofs import as_jwt, whole, with_proof
from corpu.credentials.snapshot import CompetencyMark
from corpu.signing.rules import PublicKey, kid_of
from tests.credentials.samples import KEY, PUBLIC, sample

SIGNED = datetime(2026, 12, 12, 3, tzinfo=UTC)
PUBLIC_SERVICE = CompetencyMark("PPB", "Pelayanan Publik", 2)
OURS = PublicKey(kid_of(PUBLIC), PUBLIC, "BPSDM Provinsi Contoh", SIGNED - timedelta(days=1))


def unsigned(**changes):
    return document(sample(**{"competencies": [PUBLIC_SERVICE], **changes}), Place(1, 77))


def signing(said, *, key=KEY, at=SIGNED):
    kid = kid_of(key.public_key().public_bytes_raw())
    return {"did": said["issuer"]["id"], "kid": kid, "sign": key.sign, "at": at}


def as_json(said, **options):
    return whole(with_proof(said, **signing(said, **options))).decode()


def token(said, **options):
    return as_jwt(said, **signing(said, **options))
