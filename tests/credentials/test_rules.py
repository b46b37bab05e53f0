"""How numbers, codes, names and hours are written."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corpu.credentials import rules

TEMPLATE = "{klasifikasi}/{seq:5}/{unit}/{bulan_romawi}/{tahun}"
FACTS = {
    "seq": 12,
    "klasifikasi": "800.2",
    "unit": "BPSDM",
    "program": "TEKNIS",
    "angkatan": "XXIV",
    "month": 3,
    "year": 2026,
}


def problems(template: str) -> str:
    return " ".join(str(problem) for problem in rules.check_template(template))


# --- number template -------------------------------------------------------------------------


def test_a_number_is_written_from_its_template():
    assert rules.render_number(TEMPLATE, **FACTS) == "800.2/00012/BPSDM/III/2026"
    every = "{seq}-{klasifikasi}-{unit}-{program}-{angkatan}-{bulan_romawi}-{tahun}"
    assert rules.render_number(every, **FACTS) == "12-800.2-BPSDM-TEKNIS-XXIV-III-2026"


def test_a_sequence_wider_than_its_width_is_written_in_full():
    assert rules.render_number("{seq:2}/{tahun}", **FACTS | {"seq": 12345}) == "12345/2026"


@pytest.mark.parametrize(
    ("template", "word"),
    [
        ("", "Tulis pola"),
        ("   ", "Tulis pola"),
        ("{tahun}", "{seq}"),
        ("{seq}/BPSDM", "{tahun}"),
        ("{seq}/{seq:3}/{tahun}", "sekali"),
        ("{seq}/{nama}/{tahun}", "{nama}"),
        ("{seq:0}/{tahun}", "{seq:0}"),
        ("{seq:12}/{tahun}", "{seq:12}"),
        ("{SEQ}/{tahun}", "{SEQ}"),
        ("{}/{seq}/{tahun}", "{}"),
        ("{seq}/{tahun", "berpasangan"),
        ("seq}/{seq}/{tahun}", "berpasangan"),
        ("{angkatan}{seq}/{tahun}", "Pisahkan"),
        ("{seq}{unit}/{tahun}", "Pisahkan"),
        ("{seq:4}1/{tahun}", "Pisahkan"),
        ("{seq}\n/{tahun}", "baris baru"),
        ("{seq}/{tahun}" + "x" * 80, "80"),
        ("{seq}" * 3_000_000, "80"),
    ],
)
def test_a_broken_template_is_told_what_is_wrong(template, word):
    assert word in problems(template)
    with pytest.raises(rules.NumberTemplateError):
        rules.render_number(template, **FACTS)


def test_a_good_template_has_no_problems():
    assert rules.check_template(TEMPLATE) == []


def test_a_token_without_a_value_is_refused_by_name():
    with pytest.raises(rules.NumberTemplateError, match="angkatan"):
        rules.render_number("{seq}/{angkatan}/{tahun}", **FACTS | {"angkatan": " "})
    assert rules.render_number(TEMPLATE, **FACTS | {"angkatan": ""})


@pytest.mark.parametrize("broken", [{"seq": 0}, {"seq": -1}, {"year": 26}, {"year": 20260}])
def test_a_sequence_below_one_or_a_year_of_other_than_four_digits_is_an_error(broken):
    with pytest.raises(ValueError, match=r"begins at 1|four digits"):
        rules.render_number("{seq}/{tahun}", **FACTS | broken)


words = st.text("ABCXYZ0123456789", min_size=1, max_size=4)
facts = st.fixed_dictionaries(
    {
        "seq": st.integers(1, 120),
        "klasifikasi": words,
        "unit": st.just("BPSDM"),
        "program": words,
        "angkatan": words,
        "month": st.integers(1, 12),
        "year": st.integers(2026, 2028),
    }
)
templates = st.permutations(
    ["{klasifikasi}", "{unit}", "{program}", "{angkatan}", "{bulan_romawi}", "{tahun}"]
).flatmap(
    lambda tokens: st.builds(
        lambda at, seq: "/".join([*tokens[:at], seq, *tokens[at:]]),
        st.integers(0, len(tokens)),
        st.sampled_from(["{seq}", "{seq:3}"]),
    )
)


@given(templates, facts, facts)
def test_two_numbers_of_one_template_differ_when_sequence_or_year_do(template, one, other):
    assume((one["seq"], one["year"]) != (other["seq"], other["year"]))
    assert rules.check_template(template) == []
    assert rules.render_number(template, **one) != rules.render_number(template, **other)


@given(st.text(max_size=100))
def test_any_text_is_either_a_template_or_has_problems(template):
    if rules.check_template(template):
        with pytest.raises(rules.NumberTemplateError):
            rules.render_number(template, **FACTS)
    else:
        assert "2026" in rules.render_number(template, **FACTS)


# --- verification code -----------------------------------------------------------------------


def test_a_code_is_eighty_bits_in_sixteen_letters():
    assert rules.new_code(lambda size: b"\0" * size) == "0" * 16
    assert rules.new_code(lambda size: b"\xff" * size) == "Z" * 16
    assert rules.new_code(lambda size: bytes(range(size))) == "000G40R40M30E209"
    assert len({rules.new_code() for _ in range(1000)}) == 1000


@given(st.binary(min_size=10, max_size=10))
def test_a_code_holds_every_bit_drawn(drawn):
    code = rules.new_code(lambda _: drawn)
    value = 0
    for letter in code:
        value = value * 32 + rules.CROCKFORD.index(letter)
    assert value.to_bytes(10, "big") == drawn


@given(
    st.binary(min_size=10, max_size=10),
    st.lists(st.sampled_from(["", " ", "-", "–", "\t", "\u00a0"]), min_size=17, max_size=17),
    st.booleans(),
    st.data(),
)
def test_a_code_is_read_however_it_is_typed(drawn, between, lower, data):
    code = rules.new_code(lambda _: drawn)
    typed = "".join(
        gap + data.draw(st.sampled_from({"0": "0Oo", "1": "1IiLl"}.get(letter, letter)))
        for gap, letter in zip(between, code, strict=False)
    )
    assert rules.normalise_code((typed.lower() if lower else typed) + between[-1]) == code
    assert rules.normalise_code(rules.format_code(code)) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CV35-7KQM-2XNE-94T",
        "CV35-7KQM-2XNE-94TAA",
        "CV35-7KQM-2XNE-94TU",  # Crockford has no U
        "CV35-7KQM-2XNE-94T!",
        "CV35_7KQM_2XNE_94TA",
        "８００２８００２８００２８００２",
        "ßßßßßßßß",
        "ıııııııııııııııı",
        "\0" * 16,
        "0" * 10_000_000,
    ],
)
def test_anything_else_is_not_a_code(text):
    assert rules.normalise_code(text) is None


def test_codes_are_grouped_by_four():
    assert rules.format_code("CV357KQM2XNE94TA") == "CV35-7KQM-2XNE-94TA"


# --- NIP, names, dates -----------------------------------------------------------------------


def test_a_nip_is_grouped_as_printed_and_masked_to_its_serial():
    assert rules.format_nip("198502232006041008") == "19850223 200604 1 008"
    assert rules.mask_nip("198502232006041008") == "•••••••• •••••• • 008"
    assert rules.mask_nip("200012312024211001") == "•••••••• •••••• • 001"


@given(st.text(max_size=30) | st.text("0123456789", min_size=18, max_size=18))
def test_a_mask_never_shows_birth_date_or_sex(nip):
    shown = rules.mask_nip(nip).replace("•", "").replace(" ", "")
    assert shown in ("", nip[15:])
    assert len(shown) <= 3


@pytest.mark.parametrize("nip", ["", "130123456", "19850223200604100x", "１" * 18])
def test_a_number_of_another_shape_is_hidden_wholly(nip):
    assert set(rules.mask_nip(nip)) <= {"•"}
    assert rules.format_nip(nip) == nip


@pytest.mark.parametrize(
    ("prefix", "name", "suffix", "written"),
    [
        ("Dr.", "Budi Santoso", "S.Sos., M.Si.", "Dr. Budi Santoso, S.Sos., M.Si."),
        (None, "Sukarno", None, "Sukarno"),
        ("", " Siti  Nur’aini ", " ", "Siti Nur’aini"),
        (None, "Mira", ", S.E.", "Mira, S.E."),
        ("Prof. Dr.", "Mira", "", "Prof. Dr. Mira"),
    ],
)
def test_titles_stand_around_the_name(prefix, name, suffix, written):
    assert rules.full_name(prefix, name, suffix) == written


def test_dates_are_written_in_indonesian():
    assert rules.date_id(date(2026, 12, 31)) == "31 Desember 2026"
    assert rules.date_id(date(2026, 5, 1)) == "1 Mei 2026"


# --- JP --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("jp", "figures", "words"),
    [
        ("0", "0", "nol"),
        ("1", "1", "satu"),
        ("2.5", "2,5", "dua koma lima"),
        ("2.50", "2,5", "dua koma lima"),
        ("0.05", "0,05", "nol koma nol lima"),
        ("10", "10", "sepuluh"),
        ("11", "11", "sebelas"),
        ("12.25", "12,25", "dua belas koma dua lima"),
        ("19", "19", "sembilan belas"),
        ("20", "20", "dua puluh"),
        ("2E+1", "20", "dua puluh"),
        ("21", "21", "dua puluh satu"),
        ("100", "100", "seratus"),
        ("101", "101", "seratus satu"),
        ("111", "111", "seratus sebelas"),
        ("200", "200", "dua ratus"),
        ("999.75", "999,75", "sembilan ratus sembilan puluh sembilan koma tujuh lima"),
    ],
)
def test_jp_are_written_in_figures_and_words(jp, figures, words):
    assert rules.format_jp(Decimal(jp)) == figures
    assert rules.jp_words(Decimal(jp)) == words


def test_every_whole_number_has_words_of_its_own():
    assert len({rules.jp_words(Decimal(jp)) for jp in range(1000)}) == 1000


@pytest.mark.parametrize("jp", ["-1", "1000", "NaN", "Infinity"])
def test_jp_out_of_range_have_no_words(jp):
    with pytest.raises(ValueError, match="0 to 999"):
        rules.jp_words(Decimal(jp))


courses_jp = st.decimals(0, 999, places=2, allow_nan=False)
minutes = st.lists(st.integers(0, 10_000), min_size=1, max_size=40)


@given(courses_jp, minutes)
def test_shares_of_jp_add_up_exactly_and_follow_the_minutes(jp, minutes):
    shares = rules.share_jp(jp, minutes)
    assert sum(shares) == jp
    assert all(share >= 0 and share == round(share, 2) for share in shares)
    total = sum(minutes)
    for share, minute in zip(shares, minutes, strict=True):
        exact = jp * minute / total if total else jp / len(minutes)
        assert abs(share - exact) < Decimal("0.01")


@given(courses_jp, minutes)
def test_more_minutes_never_have_less_jp(jp, minutes):
    rows = sorted(zip(minutes, rules.share_jp(jp, minutes), strict=True), key=lambda row: row[0])
    assert all(less[1] <= more[1] for less, more in pairwise(rows) if less[0] < more[0])


def test_modules_without_minutes_share_alike_and_the_earlier_takes_the_rest():
    assert rules.share_jp(Decimal(1), [0, 0, 0]) == [
        Decimal("0.34"),
        Decimal("0.33"),
        Decimal("0.33"),
    ]


@pytest.mark.parametrize(
    ("jp", "minutes"), [("2.505", [1]), ("-1", [1]), ("1", [-1, 2]), ("1", [])]
)
def test_what_cannot_be_shared_is_an_error(jp, minutes):
    with pytest.raises(ValueError, match=r"JP|minutes"):
        rules.share_jp(Decimal(jp), minutes)
