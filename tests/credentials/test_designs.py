"""What a template may say, and what of it a certificate prints."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu.credentials.design_checks import problems_of
from corpu.credentials.designs import (
    Band,
    Design,
    Language,
    Registration,
    Signer,
    Signing,
    band_of,
    final_score,
    first_design,
    printed,
)
from corpu.credentials.kinds import Kind
from corpu.credentials.snapshot import Snapshot, UnprintableText
from tests.credentials.samples import sample

# As the guides of LAN for Latsar and leadership name them (domain 5.2).
BANDS = tuple(
    Band(Decimal(above), words)
    for above, words in ((90, "Sangat Memuaskan"), (80, "Memuaskan"), (0, "Tidak Memuaskan"))
)
HEAD = Signer("Ir. Jonas Hadi, M.P.", "197203141998031905", "Kepala BPSDM")
scores = st.decimals(0, 100, places=2)


def fields_of(design, kind=Kind.CERTIFICATE, *, allow_unsigned=False):
    return {field for field, _ in problems_of(design, kind, allow_unsigned=allow_unsigned)}


def printed_of(design, **changes):
    facts = {
        "template": "x",
        "version": 1,
        "signatories": design.signatories,
        "score": None,
        "registration": "",
    }
    return printed(design, **facts | changes)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_new_template_of_any_kind_may_be_published_as_it_is(kind):
    for language in Language:
        assert fields_of(replace(first_design(kind), language=language), kind) == set()


@given(score=scores, above=st.lists(scores, unique=True, max_size=6))
def test_a_score_bears_the_highest_band_that_it_exceeds(score, above):
    bands = [Band(one, str(one)) for one in above]
    found = band_of(bands, score)
    reached = [one for one in above if score > one or score == one == 0]
    assert (found.above if found else None) == (max(reached) if reached else None)


@given(scores, scores)
def test_a_better_score_never_bears_a_lower_band(one, other):
    low, high = sorted((one, other))
    assert band_of(BANDS, low).above <= band_of(BANDS, high).above


def test_a_threshold_itself_belongs_to_the_band_below():
    assert band_of(BANDS, Decimal(90)).qualification == "Memuaskan"
    assert band_of(BANDS, Decimal("90.01")).qualification == "Sangat Memuaskan"
    assert band_of(BANDS, Decimal(0)).qualification == "Tidak Memuaskan"
    assert band_of(BANDS, None) is None


@given(st.lists(scores | st.none(), max_size=8))
def test_the_final_score_lies_between_the_best_scores_and_passes_over_what_was_not_taken(several):
    known = [one for one in several if one is not None]
    found = final_score(several)
    assert (found is None) == (not known)
    if known:
        assert min(known) <= found <= max(known)
        assert found == final_score(known)


@given(
    st.builds(
        Design,
        *[st.text(max_size=20)] * 6,
        signing=st.sampled_from(Signing),
        signatories=st.lists(st.builds(Signer, st.text(max_size=9)), max_size=3).map(tuple),
        bands=st.lists(st.builds(Band, scores, st.text(max_size=9)), max_size=3).map(tuple),
        registration=st.sampled_from(Registration),
    )
)
def test_a_design_survives_json(design):
    assert Design.from_dict(design.to_dict()) == design


def test_a_design_of_an_earlier_release_is_read_and_a_foreign_one_is_not():
    plain = first_design(Kind.STTP).to_dict()
    del plain["photo"], plain["bands"]
    assert Design.from_dict(plain) == first_design(Kind.STTP)
    with pytest.raises(ValueError, match="colour"):
        Design.from_dict({**plain, "colour": "red"})


def test_one_to_three_signatories_or_a_reason():
    design = replace(first_design(Kind.CERTIFICATE), signing=Signing.OWN)
    assert fields_of(design) == {"signer_name_1"}
    for many in (1, 2, 3):
        assert fields_of(replace(design, signatories=(HEAD,) * many)) == set()
    assert fields_of(replace(design, signatories=(HEAD,) * 4)) == {"signing"}
    assert fields_of(replace(design, signatories=(HEAD, Signer("", nip="12")))) == {
        "signer_name_2",
        "signer_post_2",
        "signer_nip_2",
    }


def test_without_a_signature_only_where_the_agency_allows_it_and_never_on_an_sttp():
    unsigned = replace(first_design(Kind.CERTIFICATE), signing=Signing.NONE)
    assert fields_of(unsigned) == {"signing"}
    assert fields_of(unsigned, allow_unsigned=True) == set()
    assert fields_of(unsigned, Kind.STTP, allow_unsigned=True) == {"signing"}


def test_words_that_are_missing_too_long_or_without_a_font_are_told_at_their_field():
    design = first_design(Kind.CHARTER)
    assert fields_of(replace(design, title=" ")) == {"title"}
    assert fields_of(replace(design, title_en="", language=Language.BOTH)) == {"title_en"}
    assert fields_of(replace(design, statement="", language=Language.ENGLISH)) == set()
    assert fields_of(replace(design, legal_basis="x" * 601)) == {"legal_basis"}
    assert fields_of(replace(design, opening="Kepada 漢")) == {"opening"}
    # Javanese and Arabic letters are among our fonts.
    assert fields_of(replace(design, opening="ꦱꦸꦫꦧꦪ", statement="سورابايا")) == set()


def test_bands_with_the_same_threshold_or_none_are_refused():
    bands = (Band(Decimal(80), "A"), Band(Decimal(80), ""), Band(Decimal(100), "B"))
    assert fields_of(replace(first_design(Kind.STTP), bands=bands), Kind.STTP) == {
        "band_above_2",
        "band_qualification_2",
        "band_above_3",
    }


def test_a_certificate_copies_what_it_prints():
    design = replace(
        first_design(Kind.STTP),
        signing=Signing.OWN,
        signatories=(HEAD,),
        bands=BANDS,
        registration=Registration.IF_THERE,
    )
    copy = printed_of(design, score=Decimal("80.5"), registration="KRA-1")
    assert (copy.qualification, copy.registration) == ("Memuaskan", "KRA-1")
    never = replace(design, registration=Registration.NEVER)
    assert printed_of(never, registration="KRA-1").registration == ""
    taken = sample(design=copy)
    assert Snapshot.from_dict(taken.to_dict()) == taken
    assert taken.sha256() != sample().sha256()


def test_a_certificate_without_a_template_has_the_fingerprint_that_it_always_had():
    """It is signed: one key more in its content would break every signature of before."""
    assert "design" not in sample().to_dict()
    assert sample().sha256() == "55c5d2fc1b3c6d8c6a20f6a356fa79aad4a154d942e838cd9e36cd85f8cd9dc2"


def test_only_a_document_without_signature_leaves_the_signatory_empty():
    nobody = {"signatory": type(sample().signatory)("", "", "", "")}
    unsigned = printed_of(replace(first_design(Kind.CERTIFICATE), signing=Signing.NONE))
    assert sample(design=unsigned, **nobody).signatory.name == ""
    with pytest.raises(ValueError, match="signatory"):
        sample(**nobody)


def test_letters_without_a_font_in_a_template_are_refused_before_issue():
    copy = printed_of(replace(first_design(Kind.CHARTER), legal_basis="法"))
    with pytest.raises(UnprintableText):
        sample(design=copy)
