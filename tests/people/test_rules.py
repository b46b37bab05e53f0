from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu.people import rules
from corpu.people.rules import Edge, InvalidEmail, InvalidName, InvalidNip, NipKind, Sex

DAYS = st.dates(date(1950, 1, 1), date(2008, 12, 31))
LOWER = "abcdefghijklmnopqrstuvwxyz"


@st.composite
def nips(draw):
    born = draw(DAYS)
    year = born.year + draw(st.integers(16, 40))
    if draw(st.booleans()):
        middle = f"{year:04}{draw(st.integers(1, 12)):02}"
    else:
        middle = f"{max(year, 2019):04}2{draw(st.integers(1, 9))}"
    sex, serial = draw(st.sampled_from("12")), draw(st.integers(1, 999))
    return f"{born:%Y%m%d}{middle}{sex}{serial:03}"


def test_a_nip_says_what_its_digits_say():
    nip = rules.parse_nip("19850223 200604 1 008")
    assert nip.kind is NipKind.PNS
    assert nip.born_on == date(1985, 2, 23)
    assert nip.appointed_on == date(2006, 4, 1)
    assert nip.sex is Sex.MALE
    assert nip.serial == 8
    assert nip.printed == "19850223 200604 1 008"


def test_a_ni_pppk_says_what_its_digits_say():
    nip = rules.parse_nip("200012312024211001")
    assert nip.kind is NipKind.PPPK
    assert (nip.born_on, nip.appointed_year, nip.appointed_on) == (date(2000, 12, 31), 2024, None)
    assert (nip.contracts, nip.sex, nip.serial) == (1, Sex.MALE, 1)


@given(nips(), st.lists(st.tuples(st.integers(0, 17), st.sampled_from(" .-\u00a0")), max_size=6))
def test_a_number_is_read_however_it_is_spaced(digits, blanks):
    text = digits
    for place, blank in sorted(blanks, reverse=True):
        text = text[:place] + blank + text[place:]
    assert rules.parse_nip(text).digits == digits
    assert rules.parse_nip(f"NIP. {text}").digits == digits
    assert rules.sign_in_name(f"  {text} ") == ("nip", digits)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "18 angka"),
        ("1985022320060410", "18 angka"),
        ("1985022320060410081", "18 angka"),
        ("19850223200604100x", "18 angka"),
        ("198502302006041008", "tanggal lahir"),
        ("198502232006131008", "ke-13"),
        ("198502232006001008", "ke-13"),
        ("198502232024201008", "ke-13"),
        ("198502232018211008", "2019"),
        ("198502231984041008", "sesudah tahun lahir"),
        ("198502232006043008", "jenis kelamin"),
        ("198502232006041000", "nomor urut"),
    ],
)
def test_a_wrong_number_is_refused_with_what_is_wrong(text, what):
    with pytest.raises(InvalidNip, match=what):
        rules.parse_nip(text)


def test_an_odd_age_or_another_birth_date_only_warns():
    today = date(2026, 11, 24)
    assert rules.nip_warnings(rules.parse_nip("198502232006041008"), today=today) == []
    young = rules.parse_nip("199502232006041008")
    assert len(rules.nip_warnings(young, today=today)) == 1
    far = rules.parse_nip("200502232030041008")
    assert "masa depan" in rules.nip_warnings(far, today=today)[0]
    mine = rules.parse_nip("198502232006041008")
    said = rules.nip_warnings(mine, today=today, born_on=date(1985, 2, 24), sex=Sex.FEMALE)
    assert len(said) == 2


def test_age_counts_full_years():
    assert rules.age_on(date(2000, 2, 29), date(2021, 2, 28)) == 20
    assert rules.age_on(date(2000, 2, 29), date(2021, 3, 1)) == 21
    assert rules.age_on(date(2000, 5, 1), date(2020, 5, 1)) == 20


def test_names_come_in_as_one_line_of_nfc():
    assert rules.clean_name("  Nur\u00a0 Jamila\u0301 \u200b") == "Nur Jamil\u00e1"
    assert rules.clean_name("Suharto") == "Suharto"
    assert rules.clean_name("Ma’ruf") == "Ma’ruf"
    for empty in ("", "  ", "123", "-", "x" * 161):
        with pytest.raises(InvalidName):
            rules.clean_name(empty)


@given(st.text(max_size=200))
def test_cleaning_a_name_twice_is_cleaning_it_once(text):
    try:
        name = rules.clean_name(text)
    except InvalidName:
        return
    assert rules.clean_name(name) == name


def test_an_address_is_kept_in_lower_case():
    assert rules.clean_email(" Mira.L@BPSDM.go.id ") == "mira.l@bpsdm.go.id"
    assert rules.clean_email("mira\0@\u200bbpsdm.go.id\x7f") == "mira@bpsdm.go.id"
    assert rules.clean_email("re\u0301ni@bpsdm.go.id") == "r\u00e9ni@bpsdm.go.id"
    for bad in ("", "mira", "mira@", "@go.id", "mira@go", "mi ra@go.id", "a@b@c.id", "a@b..id"):
        with pytest.raises(InvalidEmail):
            rules.clean_email(bad)


def test_anything_else_names_nobody():
    assert rules.sign_in_name("mira") is None
    assert rules.sign_in_name("Mira@Go.ID") == ("email", "mira@go.id")


def test_a_password_needs_ten_characters_and_must_not_be_oneself():
    me = {"nip": "198502232006041008", "name": "Mira Lestari", "email": "mira.lestari@go.id"}
    assert rules.password_problem("123456789", **me)
    assert rules.password_problem("aaaaaaaaaa", **me) is None
    assert rules.password_problem("dua ekor kucing", **me) is None
    for own in (
        "198502232006041008",
        "19850223 200604 1 008",
        "mira lestari",
        "MiraLestari",
        "mira.lestari@go.id",
        "mira-lestari",
        "          ",
    ):
        assert "NIP, nama" in rules.password_problem(own, **me)
    assert rules.password_problem("x" * 1001, **me)


def test_after_five_failures_the_wait_doubles_up_to_a_minute():
    assert [rules.backoff(n) for n in range(13)] == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]


@given(st.integers(0, 10_000))
def test_more_failures_never_wait_less(failures):
    assert 0 <= rules.backoff(failures) <= rules.backoff(failures + 1) <= 60


@given(st.integers(0, 100), st.floats(0, 90_000))
def test_a_wait_runs_down_and_is_over_after_its_seconds(failures, passed):
    failed_at = datetime(2026, 11, 24, tzinfo=UTC)
    left = rules.wait_left(failures, failed_at, at=failed_at + timedelta(seconds=passed))
    if passed >= rules.backoff(failures):
        assert left == 0
    else:
        assert rules.backoff(failures) - passed <= left <= rules.backoff(failures)
        assert left >= 1


def test_nobody_waits_for_a_clock_that_was_set_back():
    then = datetime(2026, 11, 24, tzinfo=UTC)
    assert rules.wait_left(9, then, at=then - timedelta(hours=1)) == 0
    # Of two at once, the one that began a moment earlier waits like the other.
    assert rules.wait_left(9, then, at=then - timedelta(seconds=1)) == rules.backoff(9)


def test_failures_of_yesterday_are_forgotten():
    then = datetime(2026, 11, 23, tzinfo=UTC)
    assert rules.counted_failures(9, then, at=then + timedelta(hours=23)) == 9
    assert rules.counted_failures(9, then, at=then + timedelta(hours=24)) == 0
    assert rules.counted_failures(9, None, at=then) == 0


# ------------------------------------------------------------------------ supervision

START = date(2026, 1, 1)


@st.composite
def edges(draw):
    found = []
    for _ in range(draw(st.integers(0, 12))):
        person, supervisor = draw(st.sampled_from("abcdef")), draw(st.sampled_from("abcdef"))
        first = draw(st.integers(0, 20))
        last = draw(st.none() | st.integers(first, 25))
        found.append(
            Edge(
                person,
                supervisor,
                START + timedelta(days=first),
                None if last is None else START + timedelta(days=last),
            )
        )
    return found


def somebody_is_above_themself_on(day, known):
    """The same by brute force: walk up from everybody."""
    above = {}
    for edge in known:
        if edge.holds_on(day):
            above.setdefault(edge.person, set()).add(edge.supervisor)
    for person in above:
        seen, frontier = set(), set(above[person])
        while frontier:
            seen |= frontier
            frontier = {up for one in frontier for up in above.get(one, ())} - seen
        if person in seen:
            return True
    return False


@given(edges())
def test_a_loop_is_found_exactly_when_somebody_is_above_themself_on_some_day(known):
    days = [START + timedelta(days=n) for n in range(30)]
    expected = any(somebody_is_above_themself_on(day, known) for day in days)
    assert rules.has_loop(known) is expected


@given(st.integers(1, 60))
def test_a_loop_is_found_at_any_depth(depth):
    line = [Edge(n, n + 1, START) for n in range(depth)]
    assert not rules.has_loop(line)
    assert rules.has_loop([*line, Edge(depth, 0, START)])


def test_relations_that_share_no_day_make_no_loop():
    earlier = Edge("a", "b", START, START + timedelta(days=9))
    assert not rules.has_loop([earlier, Edge("b", "a", START + timedelta(days=10))])
    assert rules.has_loop([earlier, Edge("b", "a", START + timedelta(days=9))])
