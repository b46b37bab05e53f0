"""The frozen content of a certificate."""

import json
from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu.credentials.snapshot import CompetencyMark, Signatory, Snapshot, UnprintableText
from tests.credentials.samples import sample


def test_it_is_composed_from_the_facts_of_the_day():
    taken = sample()
    assert taken.name == "Dr. Mira Ma’ruf, S.Sos., M.Si."
    assert taken.jp_words == "dua koma lima"
    assert [(row.minutes, str(row.jp)) for row in taken.curriculum] == [
        (45, "0.98"),
        (40, "0.87"),
        (30, "0.65"),
    ]
    assert taken.verify_address == "corpu.contoh.go.id/verify"


@given(
    st.decimals(0, 999, places=2, allow_nan=False),
    st.lists(st.integers(0, 600), min_size=1, max_size=12),
    st.booleans(),
)
def test_it_survives_json_and_keeps_its_fingerprint(jp, minutes, demo):
    taken = sample(jp=jp, modules=[(f"Modul {n}", m) for n, m in enumerate(minutes)], demo=demo)
    again = Snapshot.from_dict(json.loads(json.dumps(taken.to_dict())))
    assert again == taken
    assert again.canonical() == taken.canonical()
    assert again.sha256() == taken.sha256()


def test_any_change_changes_the_fingerprint():
    changes = [{}, {"name": "Jonas"}, {"demo": True}, {"jp": Decimal(3)}, {"number": "1/2026"}]
    assert len({sample(**change).sha256() for change in changes}) == len(changes)


def test_it_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        sample().name = "Jonas"


def test_text_is_brought_to_one_spelling():
    taken = sample(name=" E\u0301lise\u202e \x00 Mira\n", prefix=None, suffix="")
    assert taken.name == "\u00c9lise Mira"


@pytest.mark.parametrize("field", ["number", "name", "issuer", "course_title", "place", "zone"])
def test_a_fact_that_must_be_there_is_missed(field):
    with pytest.raises(ValueError, match=field):
        sample(**{field: " "})


def test_a_signatory_without_name_or_post_is_missed():
    with pytest.raises(ValueError, match=r"signatory\.post"):
        sample(signatory=Signatory("Ir. Jonas Hadi", "", "", ""))
    assert sample(signatory=Signatory("Ir. Jonas Hadi", "", "Kepala Dinas", ""))


def test_letters_that_no_font_has_are_refused_before_anything_is_issued():
    with pytest.raises(UnprintableText) as refused:
        sample(name="Mira 漢字")
    assert refused.value.letters == ["漢", "字"]
    with pytest.raises(UnprintableText):
        sample(modules=[("Modul 😀", 45)])


def test_a_grouped_code_is_not_stored():
    with pytest.raises(ValueError, match="bare"):
        sample(code="CV35-7KQM-2XNE-94TA")


def test_a_snapshot_from_before_competencies_were_taken_reads_and_hashes_as_it_did():
    plain = sample().to_dict()
    assert "competencies" not in plain
    taken = sample(competencies=[CompetencyMark("PPB", "Pelayanan Publik", 2)])
    assert taken.sha256() != sample().sha256()
    assert Snapshot.from_dict(taken.to_dict()) == taken


def test_a_snapshot_with_other_fields_is_not_read():
    plain = sample().to_dict()
    with pytest.raises(ValueError, match="photo"):
        Snapshot.from_dict({**plain, "photo": ""})
    plain.pop("zone")
    with pytest.raises(ValueError, match="zone"):
        Snapshot.from_dict(plain)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://a.id/verify/CV35-7KQM-2XNE-94TA", "a.id/verify"),
        ("https://a.id/verify/CV357KQM2XNE94TA", "a.id/verify"),
        ("http://127.0.0.1:8000/verify?code=CV35-7KQM-2XNE-94TA", "127.0.0.1:8000/verify"),
        ("https://a.id/verify", "a.id/verify"),
    ],
)
def test_the_address_to_type_has_no_scheme_and_no_code(url, address):
    assert sample(verify_url=url).verify_address == address
