"""A key file comes from outside: it is read to the last letter, or refused with a sentence."""

import json
from datetime import UTC, datetime

import pytest

from corpu.signing.queries import as_jwk
from corpu.signing.rules import PublicKey, kid_of
from corpu.signing.trust import LARGEST, BadKeyFile, read_key_file

PUBLIC = bytes(range(32))
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def others(**changes):
    said = as_jwk(PublicKey(kid_of(PUBLIC), PUBLIC, "", BEGAN)) | changes
    return {
        "format": "corpu-keys/1",
        "issuer": "https://corpu.lain.go.id",
        "agency": {"name": "Provinsi Lain", "short_name": "Lain"},
        "keys": [said],
    }


def test_a_published_file_is_read():
    file = read_key_file(json.dumps(others()).encode())
    assert (file.agency, file.address) == ("Provinsi Lain", "https://corpu.lain.go.id")
    assert file.keys == (PublicKey(kid_of(PUBLIC), PUBLIC, "Provinsi Lain", BEGAN),)


WRONG = [
    b"",
    b"\xff\xfe",
    b"[]",
    b"[" * 50_000,
    b"null",
    b'{"format": "corpu-keys/1"}',
    {"format": "corpu-keys/9"},
    {"issuer": "javascript:alert(1)"},
    {"issuer": None},
    {"agency": {"name": ""}},
    {"agency": {"name": "x" * 300}},
    {"keys": []},
]
WRONG_KEYS = [
    {"kid": "AAAAAAAA"},
    {"x": "AAAA"},
    {"x": "*" * 43},
    {"crv": "X25519"},
    {"valid_from": "kemarin"},
    {"valid_from": "2026-01-01T00:00:00"},
    {"valid_from": None},
]


@pytest.mark.parametrize(
    "wrong",
    [
        *WRONG,
        *(others(**change) for change in WRONG_KEYS),
        {"keys": others()["keys"] * 2},
        {"padding": "x" * LARGEST},
    ],
    ids=lambda wrong: str(wrong)[:30],
)
def test_anything_else_is_refused(wrong):
    data = wrong if isinstance(wrong, bytes) else json.dumps(others() | wrong).encode()
    with pytest.raises(BadKeyFile) as refusal:
        read_key_file(data)
    assert refusal.value.message
