"""Search finds words however they are inflected, and never breaks on what is typed."""

from hypothesis import given, settings
from hypothesis import strategies as st

from corpu.catalog.search import matches, stems_of

STEMS = stems_of(["<p>Pelayanan air minum yang berkeadilan</p>", "Kepegawaian"])


def test_an_inflected_word_finds_its_stem():
    for query in ("layanan", "melayani", "adil", "pegawai", "AIR", "minum air"):
        assert matches(query, STEMS), query


def test_a_word_that_is_not_there_finds_nothing():
    assert not matches("sampah", STEMS)
    assert not matches("air sampah", STEMS)


def test_markup_is_no_word():
    assert " p " not in STEMS


@settings(max_examples=50)
@given(st.text(max_size=300))
def test_no_query_breaks_the_search(query):
    assert matches(query, STEMS) in (True, False)
