"""What of a digital credential is signed, and that no change of it goes unseen."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from corpu.credentials.badges import proofs
from corpu.credentials.badges.checking import Finding, check
from corpu.credentials.badges.linked import BADGES, CREDENTIALS, NotReadable, statements
from tests.credentials.badges.world import OURS, SIGNED, as_json, token, unsigned
from tests.credentials.samples import goal

VECTOR = Path(__file__).with_name("statements.nq")  # by PyLD 3.3.0 from `unsigned()`
TEXTS = {"json": as_json(unsigned()), "jwt": token(unsigned())}


def finding(text, keys=(OURS,), at=SIGNED):
    return check(text, keys, at=at).finding


@pytest.mark.parametrize("form", TEXTS)
def test_what_was_signed_reads_as_it_was_written(form):
    checked = check(TEXTS[form], [OURS], at=SIGNED)
    assert checked.finding is Finding.HOLDS
    claims = checked.claims
    assert (claims.number, str(claims.jp)) == ("800.2/00012/BPSDM/XII/2026", "2.5")
    assert (claims.code, claims.goals) == ("CV35-7KQM-2XNE-94TA", (6, 17))
    assert claims.names("Dr. Mira Ma’ruf, S.Sos., M.Si.")
    assert not claims.names("Mira Ma’ruf")


@pytest.mark.parametrize("form", TEXTS)
@given(data=some.data())
def test_any_changed_character_is_detected(form, data):
    text = TEXTS[form]
    place = data.draw(some.integers(0, len(text) - 1))
    letter = data.draw(some.sampled_from("0123456789AZaz-_.:#/ ,\"'{}[]\\é") | some.characters())
    changed = text[:place] + letter + text[place + 1 :]
    assume(changed.strip() != text)
    assert finding(changed) is not Finding.HOLDS


@given(data=some.data())
def test_any_value_put_in_changed_or_left_out_is_detected(data):
    said = json.loads(TEXTS["json"])
    spots = [
        said,
        said["credentialSubject"],
        said["credentialSubject"]["achievement"],
        said["credentialStatus"],
        said["issuer"],
        said["proof"],
    ]
    spot = data.draw(some.sampled_from(spots))
    name = data.draw(some.sampled_from([*spot, "validUntil", "note", "@id", "description"]))
    value = data.draw(some.none() | some.text(max_size=8) | some.integers() | some.booleans())
    before = spot.get(name)
    assume(before != value)
    if value is None:
        del spot[name]
    else:
        spot[name] = value
    assert finding(json.dumps(said)) is not Finding.HOLDS


def test_the_statements_are_those_of_a_json_ld_processor():
    assert "".join(statements(unsigned())) == VECTOR.read_text("utf-8")


@pytest.mark.parametrize(
    "changes",
    [
        {"@context": [CREDENTIALS, "https://example.org/other"]},
        {"@context": [CREDENTIALS, BADGES, {"name": "https://example.org/name"}]},
        {"unknown": "x"},
        {"https://schema.org/name": "x"},
        {"issuer": "_:b0"},
        {"issuer": "name:x"},
        {"name": ["a", ["b"]]},
        {"name": "a\nb"},
        {"name": "\ud800"},
        {"credentialStatus": [{"type": "JsonSchema"}, {"type": "JsonSchema"}]},
        {"credentialSubject": [{"id": f"urn:x:{n}"} for n in range(400)]},
        {"relatedResource": 10**16},
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(changes):
    with pytest.raises(NotReadable):
        statements(unsigned() | changes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "{" * 5000,
        "eyJ.e30.AA",
        "eyJhbGciOiJub25lIn0.e30.",
        "null",
        TEXTS["json"][:-1],
        TEXTS["json"].replace('"licenseNumber"', '"licenseNumber":"x","licenseNumber"'),
        TEXTS["json"].replace(proofs.SUITE, "eddsa-jcs-2022"),
        TEXTS["jwt"] + "=",
        " " * 70_000,
    ],
)
def test_what_is_no_credential_is_said_to_be_none(text):
    assert finding(text) is Finding.NOT_ONE


@pytest.mark.parametrize("form", TEXTS)
def test_the_life_of_the_key_decides(form):
    text, day = TEXTS[form], timedelta(days=1)
    assert finding(text, []) is Finding.UNKNOWN_KEY
    assert finding(text, [replace(OURS, retired_at=SIGNED + day)]) is Finding.HOLDS
    assert finding(text, [replace(OURS, retired_at=SIGNED - day)]) is Finding.RETIRED
    assert finding(text, [replace(OURS, valid_from=SIGNED + day)]) is Finding.NOT_YET
    assert finding(text, [replace(OURS, compromised_at=SIGNED + day)]) is Finding.COMPROMISED
    assert finding(text, at=SIGNED - day) is Finding.NOT_YET


def test_what_ended_is_expired_and_not_false():
    text = as_json(unsigned() | {"validUntil": "2027-01-01T00:00:00Z"})
    assert finding(text) is Finding.HOLDS
    assert finding(text, at=SIGNED + timedelta(days=40)) is Finding.EXPIRED


def test_no_nip_and_no_name_stands_in_it():
    text = TEXTS["json"]
    for secret in ("198502232006042908", "19850223", "Mira", "197203141998031905"):
        assert secret not in text


@given(some.binary(max_size=70))
def test_base58_gives_back_what_it_was_given(data):
    assert proofs.unbase58(proofs.base58(data)) == data


@given(
    some.text(some.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=40),
    some.integers(1, 99_999),
    some.lists(some.integers(1, 17), unique=True, max_size=17),
)
def test_whatever_a_certificate_says_is_signed_and_read(title, hundredths, goals):
    said = unsigned(goals=map(goal, goals))
    said["credentialSubject"]["achievement"]["name"] = title
    said["credentialSubject"]["creditsEarned"] = hundredths / 100
    for text in (as_json(said), token(said)):
        claims = check(text, [OURS], at=SIGNED).claims
        assert (claims.course_title, claims.goals) == (title, tuple(goals))
        assert claims.jp * 100 == hundredths
