"""Any changed byte is found: in what was signed, in the signature, in the log."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from corpu.signing.rules import (
    FIRST_PREVIOUS,
    Entry,
    PublicKey,
    Verdict,
    What,
    chained,
    faults,
    fingerprint_of,
    kid_of,
    subject_of,
    verify,
)

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
public = private.public_key().public_bytes_raw()
KEY = PublicKey(kid_of(public), public, "Provinsi Contoh", BEGAN)
DATA = b"CorpU sertifikat 1\n{}"


def judged(key=KEY, data=DATA, value=None, *, kid=KEY.kid, at=BEGAN, keys=None):
    return verify(keys or [key], kid, data, value or private.sign(data), at=at)


@given(st.integers(0, len(DATA) * 8 - 1))
def test_any_changed_bit_of_what_was_signed_is_found(bit):
    changed = bytearray(DATA)
    changed[bit // 8] ^= 1 << bit % 8
    assert judged(data=bytes(changed), value=private.sign(DATA)) is Verdict.WRONG


@given(st.integers(0, 64 * 8 - 1))
def test_any_changed_bit_of_the_signature_is_found(bit):
    changed = bytearray(private.sign(DATA))
    changed[bit // 8] ^= 1 << bit % 8
    assert judged(value=bytes(changed)) is Verdict.WRONG


@given(st.binary(max_size=80))
def test_no_other_bytes_are_a_signature(value):
    assert judged(value=value or b"\0") is Verdict.WRONG


def test_a_key_that_is_not_what_its_name_says_is_unknown():
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    posing = PublicKey(KEY.kid, other.public_key().public_bytes_raw(), "Pemalsu", BEGAN)
    assert judged(keys=[posing], value=other.sign(DATA)) is Verdict.UNKNOWN_KEY
    assert judged(kid="AAAAAAAA") is Verdict.UNKNOWN_KEY
    assert judged(keys=[KEY]) is Verdict.VALID


@pytest.mark.parametrize(
    ("change", "minutes", "verdict"),
    [
        ({}, 0, Verdict.VALID),
        ({}, -5, Verdict.VALID),
        ({}, -6, Verdict.NOT_YET),
        ({"retired_at": BEGAN}, 5, Verdict.VALID),
        ({"retired_at": BEGAN}, 6, Verdict.RETIRED),
        ({"compromised_at": BEGAN}, 0, Verdict.VALID),
        ({"compromised_at": BEGAN}, 1, Verdict.COMPROMISED),
        ({"compromised_at": BEGAN, "retired_at": BEGAN}, 9, Verdict.COMPROMISED),
    ],
)
def test_the_moment_of_signing_counts(change, minutes, verdict):
    key = replace(KEY, **change)
    assert judged(key, at=BEGAN + timedelta(minutes=minutes)) is verdict


def test_a_fingerprint_can_be_read_aloud():
    assert len(fingerprint_of(public).split()) == 16
    assert all(len(four) == 4 for four in fingerprint_of(public).split())


# ------------------------------------------------------------------------------- the log


def chain(length):
    made: list[Entry] = []
    for number in range(1, length + 1):
        made.append(
            chained(
                number,
                made[-1].hash if made else FIRST_PREVIOUS,
                at=BEGAN,
                logged_at=BEGAN + timedelta(seconds=number),
                what=What.ISSUED,
                subject=subject_of(f"kode {number}"),
                content=subject_of(f"isi {number}"),
            )
        )
    return made


LINES = chain(6)
CHANGES = [
    {"at": BEGAN + timedelta(microseconds=1)},
    {"logged_at": BEGAN},
    {"what": What.REVOKED},
    {"subject": subject_of("lain")},
    {"content": subject_of("lain")},
    {"previous": subject_of("lain")},
    {"hash": subject_of("lain")},
    {"position": 9},
]


def test_an_untouched_log_holds():
    assert list(faults(LINES)) == []
    assert list(faults(LINES[3:], position=3, previous=LINES[2].hash)) == []


@given(st.integers(0, 5), st.sampled_from(CHANGES))
def test_whatever_is_changed_in_an_entry_shows(place, change):
    lines = [*LINES]
    lines[place] = replace(lines[place], **change)
    assert next(faults(lines)).position in (lines[place].position, place + 1, place + 2)


@given(st.integers(0, 4), st.sampled_from(CHANGES[:5]))
def test_an_entry_hashed_anew_no_longer_fits_the_next(place, change):
    changed = replace(LINES[place], **change)
    lines = [*LINES]
    lines[place] = replace(changed, hash=changed.own_hash())
    assert [(f.position, f.kind) for f in faults(lines)] == [(place + 2, "link")]


@given(st.permutations(range(6)), st.integers(1, 6))
def test_entries_left_out_or_in_another_order_show(order, length):
    lines = [LINES[place] for place in order[:length]]
    assert (list(faults(lines)) == []) == (lines == LINES[:length])
