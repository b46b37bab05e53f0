"""The key of a record, its days and hours, and when to ask again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import BadSetting, Settings
from corpu import vocabulary
from corpu.siasn import rules
from corpu.siasn.rules import body_of, day_as_sent, key_of, matching, pause_after, wait_asked
from corpu.siasn.tables import name_of, place_of
from corpu.zones import ZONE_LABELS, local_date
from tests.siasn.test_way import MIRA, row

numbers = st.text("089./-AbÉ ｶ①ßI", min_size=1, max_size=12)
days = st.dates(date(1950, 1, 1), date(2099, 12, 31))


@given(numbers, days, st.randoms())
def test_the_same_number_and_day_are_found_whatever_blanks_were_kept(number, day, random):
    training = replace(MIRA, number=number, started_on=day)
    kept = "".join(random.choice((" ", "")) + letter for letter in number)
    found = matching(training, [row(kept, day_as_sent(day))])
    assert [one.id for one in found] == ["LAMA"]


@given(numbers, days, numbers, days)
def test_two_keys_are_one_only_for_one_number_and_one_day(number, day, other, another):
    first = key_of(MIRA.nip, number, day_as_sent(day))
    second = key_of(MIRA.nip, other, day_as_sent(another))
    assert (first == second) == (first[1] == second[1] and day == another)
    assert first != key_of("199001012024211001", number, day_as_sent(day))


def test_digits_are_not_guessed_at():
    assert matching(MIRA, [row(MIRA.number.replace("00001", "0001"))]) == []
    assert matching(MIRA, [row(None), row(number=MIRA.number, id=None), {}]) == []


@given(days)
def test_a_day_is_written_as_siasn_reads_it(day):
    assert len(day_as_sent(day)) == 10
    assert datetime.strptime(day_as_sent(day), "%d-%m-%Y").replace(tzinfo=UTC).date() == day


@given(
    st.floats(0, 4e9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from(sorted(ZONE_LABELS)),
)
def test_the_year_is_that_of_the_first_day_where_the_person_lives(moment, zone):
    training = replace(MIRA, started_on=local_date(moment, zone))
    for place in (rules.Course("3", "T"), rules.Leadership("2")):
        body = body_of(replace(training, place=place), pns_id="x", agency="y")
        year = body.get("tahunKursus", body.get("tahun"))
        assert year == moment.astimezone(ZoneInfo(zone)).year
        assert (body.get("tanggalKursus") or body["tanggal"]).endswith(f"-{year:04}")


@given(st.decimals(Decimal("0.01"), Decimal("9999"), places=2))
def test_hours_are_whole_and_never_none(jp):
    hours = replace(MIRA, jp=jp).hours
    assert hours >= 1
    assert abs(hours - jp) <= Decimal("0.5") or hours == 1


def test_every_kind_of_the_catalogue_has_its_place():
    for code in vocabulary.kinds():
        assert name_of(code)
    assert place_of("PKA") == rules.Leadership("3")
    assert place_of("WEBINAR") == rules.Course("9", "P")
    assert place_of("A kind of tomorrow") == rules.Course("13", "T")


def test_pauses_grow_and_end():
    pauses = [pause_after(n) for n in range(1, rules.MOST_ATTEMPTS)]
    assert pauses == sorted(pauses)
    assert timedelta(0) < pauses[0] <= pauses[-1] <= timedelta(hours=12)
    assert pause_after(rules.MOST_ATTEMPTS) is None


@given(st.one_of(st.none(), st.text(), st.integers().map(str)))
def test_nobody_waits_for_ever_or_not_at_all(said):
    assert 1 <= wait_asked(said) <= rules.LONGEST_WAIT


# --------------------------------------------------------------------------- the settings


def settings(tmp_path, **env):
    return Settings.from_environment(
        {"CORPU_MODE": "test", "CORPU_INSTANCE": str(tmp_path)}
        | {f"CORPU_SIASN_{name}": value for name, value in env.items()}
    ).siasn


def test_missing_keys_are_named_and_stop_nothing(tmp_path):
    assert settings(tmp_path).missing == [
        "CORPU_SIASN_KEY",
        "CORPU_SIASN_SECRET",
        "CORPU_SIASN_SSO_TOKEN",
        "CORPU_SIASN_AGENCY",
    ]
    assert settings(tmp_path, KEY="k", SECRET="s", SSO_TOKEN="t", AGENCY="a").missing == []


@pytest.mark.parametrize(
    "url", ["http://siasn.example.go.id", "siasn", "https://", "https://a:b@c", "https://a b"]
)
def test_secrets_go_to_no_address_that_is_not_encrypted(tmp_path, url):
    with pytest.raises(BadSetting, match="CORPU_SIASN_URL"):
        settings(tmp_path, URL=url)


def test_a_broken_secret_is_not_repeated(tmp_path):
    with pytest.raises(BadSetting) as refusal:
        settings(tmp_path, SSO_TOKEN="rahasia\nsekali")
    assert "rahasia" not in str(refusal.value)
