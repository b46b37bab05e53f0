"""The exported ledger, recomputed by a script that shares no code with the product."""

import csv
import io
import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from operator import itemgetter
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpu import clock, jobs
from corpu.competency.agency_rule import adopt_rule
from corpu.competency.history import RuleVersion
from corpu.competency.ledger import Ledger, Piece, RuleInForce
from corpu.competency.ledger_file import HEADING, csv_rows, file_of
from corpu.competency.relations import Lines, Relation, bond
from corpu.competency.rules import Kind, Rule, rating_valid_until
from corpu.spreadsheets import as_csv
from tests.competency import outsider
from tests.competency.factories import NOON, graded, observe, piece, rate, record

SCRIPT = Path(outsider.__file__)
AT = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
MIRA, BOSS, ABOVE = (UUID(int=number) for number in (1, 2, 3))
BANDS = [{"min": 0, "label": "KMS"}, {"min": 75, "label": "MMS"}, {"min": 90, "label": "MS"}]

days = st.integers(-1200, 200).map(lambda n: AT.date() + timedelta(days=n))
moments = st.integers(-30_000, 1_000).map(lambda hours: AT + timedelta(hours=hours))
rules = st.builds(
    Rule,
    mastery=st.decimals(1, 100, places=2, allow_nan=False),
    retake=st.sampled_from(["best", "latest"]),
    cumulative=st.sampled_from(["implied", "stepwise"]),
    caps=st.fixed_dictionaries({"assessment": st.integers(1, 5), "external": st.integers(1, 5)}),
    rating_months=st.integers(1, 48),
)


@st.composite
def relations(draw):
    person, supervisor = draw(st.sampled_from([(MIRA, BOSS), (MIRA, ABOVE), (BOSS, ABOVE)]))
    start = draw(days)
    length = draw(st.none() | st.integers(0, 900))
    end = None if length is None else start + timedelta(days=length)
    return Relation(person, supervisor, start, draw(st.just(end) | st.just(date(9999, 12, 31))))


@st.composite
def histories(draw):
    """Versions of the rule, one after the other, some of them still to come."""
    begun = sorted(draw(st.lists(moments, max_size=3, unique=True)))
    return [
        RuleVersion(number, start, start, "SK", draw(rules))
        for number, start in enumerate(begun, 1)
    ]


def in_force(history):
    """The version in force now, or the defaults."""
    begun = [one for one in history if one.valid_from <= AT]
    if not begun:
        return RuleInForce()
    return RuleInForce(begun[-1].rule, begun[-1].version, begun[-1].valid_from)


@st.composite
def books(draw, history=()):
    here = in_force(history)
    rule, zone = here.rule, draw(st.sampled_from(["Asia/Jakarta", "Asia/Jayapura"]))
    lines = Lines(draw(st.lists(relations(), max_size=4)))
    pieces = {}
    for number in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(list(Kind)))
        code = draw(st.sampled_from(["INT", "PPB"]))
        observed_at = draw(moments)
        rater = draw(st.sampled_from([BOSS, ABOVE])) if kind is Kind.SUPERVISOR else None
        until, tie = draw(st.none() | moments), None
        if rater:
            tie = bond(lines.spans(MIRA, rater), rated_at=observed_at, at=AT, zone=zone)
            until = rating_valid_until(observed_at, rule, tie.ended_at)
        measured = kind in (Kind.ASSESSMENT, Kind.EXTERNAL)
        pieces.setdefault(code, []).append(
            Piece(
                id=f"b{number}",
                competency=code,
                kind=kind,
                level=draw(st.integers(1, 5)),
                score=draw(st.decimals(0, 100, places=4, allow_nan=False)) if measured else None,
                weight=draw(st.decimals("0.01", 40, places=2, allow_nan=False)),
                source=f"supervisor:{rater}" if rater else draw(st.sampled_from(["a", "b"])),
                label=draw(st.sampled_from(["Ujian, akhir", '=HYPERLINK("x")', "dua\nbaris"])),
                is_thin=measured and draw(st.integers(0, 4)) == 0,
                observed_at=observed_at,
                valid_until=until,
                revoked_at=draw(st.none() | st.none() | moments),
                attempt_id=None,
                actor_id=rater,
                reason="",
                post_title="Analis",
                bond=tie,
                recorded_at=draw(moments),
            )
        )
    return Ledger(
        person_id=MIRA,
        at=AT,
        zone=zone,
        in_force=here,
        pieces={code: tuple(held) for code, held in pieces.items()},
        lines=lines,
    )


stories = histories().flatmap(lambda history: st.tuples(st.just(history), books(history)))
required_levels = st.dictionaries(st.sampled_from(["INT", "PPB"]), st.integers(1, 5))


@given(stories, required_levels)
def test_an_outsider_finds_every_number_again(story, required):
    history, book = story
    file = file_of(book, required, BANDS, versions=history)
    assert list(outsider.differences(json.loads(json.dumps(file)))) == []


@given(stories, required_levels)
def test_the_table_gives_the_outsider_the_same(story, required):
    history, book = story
    file = file_of(book, required, BANDS, versions=history)
    text = as_csv(HEADING, csv_rows(file)).decode("utf-8-sig")
    read = outsider.from_rows(list(csv.DictReader(io.StringIO(text, newline=""))))
    assert read["result"] == file["result"]
    assert outsider.recompute(read) == file["result"]
    assert read["changes"] == outsider.changes(read) == file["changes"]


@pytest.fixture
def recorded(session, mira, endang, attempt, at):
    """A bit of everything, through the product's own acts."""
    record(session, graded(attempt, piece(level=2, score="61.3333"), at=NOON - timedelta(hours=2)))
    record(session, graded(attempt, piece(level=2, score="83.3333", weight="3")))
    observe(session, mira, "INT", 1, "74.9999", weight="3.5")
    observe(session, mira, "INT", 2, "100", weight="2", is_thin=True)
    rate(session, endang, mira, 3, code="KOM", reason="=rapi")


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("form", ["json", "csv"])
def test_the_script_alone_recomputes_a_downloaded_ledger(browser, mira, tmp_path, form):
    browser.sign_in(mira)
    answer = browser.client.get(f"/me/competencies/ledger.{form}")
    assert answer.status_code == 200
    assert f"buku-bukti.{form}" in answer.headers["Content-Disposition"]
    path = tmp_path / f"buku.{form}"
    path.write_bytes(answer.data)
    done = alone(path, tmp_path)
    assert (done.returncode, done.stdout) == (0, "every number found again\n")
    file = outsider.load(str(path))
    assert len(file["evidence"]) == 5
    assert file["result"]["competencies"]["PPB"]["score"] == "2.00"
    assert file["result"]["competencies"]["INT"]["mastery"]["1"] == "74.99"


@pytest.mark.usefixtures("recorded")
def test_a_number_that_was_changed_is_named(browser, mira, tmp_path):
    browser.sign_in(mira)
    file = browser.client.get("/me/competencies/ledger.json").get_json()
    for row in file["evidence"]:
        if row["competency"] == "INT":
            row["score"] = "75"
    path = tmp_path / "buku.json"
    path.write_text(json.dumps(file))
    done = alone(path, tmp_path)
    assert done.returncode == 1
    assert "INT level: 0 != 1" in done.stdout


@pytest.mark.usefixtures("recorded")
def test_the_ledger_of_another_is_not_to_be_had(browser, mira, jonas):
    browser.sign_in(jonas)
    file = browser.client.get(f"/me/competencies/ledger.json?person={mira.id}").get_json()
    assert file["person"] == str(jonas.id)
    assert file["evidence"] == []


@pytest.mark.usefixtures("recorded")
@pytest.mark.parametrize("form", ["json", "csv"])
def test_across_changes_of_the_rule_every_number_is_found_again(
    browser, session, mira, tmp_path, monkeypatch, form
):
    now = NOON
    for rule, days in (({"mastery": 60}, 1), ({"mastery": "80.5", "caps": {"external": 5}}, 2)):
        now = NOON + timedelta(days=days)
        adopt_rule(session, rule, valid_from=now, reason=f"SK {days}", by=None, at=NOON)
        session.commit()
        jobs.run_until_idle(session, lambda now=now: now)
    adopt_rule(
        session, {"mastery": 1}, valid_from=now + timedelta(days=9), reason="=1", by=None, at=now
    )
    session.commit()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=1))
    browser.sign_in(mira)
    path = tmp_path / f"buku.{form}"
    path.write_bytes(browser.client.get(f"/me/competencies/ledger.{form}").data)
    done = alone(path, tmp_path)
    assert (done.returncode, done.stdout) == (0, "every number found again\n")
    file = outsider.load(str(path))
    assert [one["version"] for one in file["rules"]] == [0, 1, 2, 3]
    assert {one["version"] for one in file["changes"]} == {1, 2}
    of_int = [one for one in file["changes"] if one["competency"] == "INT"]
    assert [(one["before"]["level"], one["after"]["level"]) for one in of_int] == [(0, 1), (1, 0)]
    # What was recorded when the rule changed says the same as computing it again.
    by = itemgetter("version", "competency")
    assert sorted(file["recorded_changes"], key=by) == sorted(file["changes"], key=by)
    file["rules"][1]["rule"]["mastery"] = 90
    path = tmp_path / "lain.json"
    path.write_text(json.dumps(file))
    assert "changes:" in alone(path, tmp_path).stdout


def alone(path, folder):
    """Run the script where the product cannot be imported."""
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), str(path)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_script_knows_nothing_of_the_product():
    imported = [
        line for line in SCRIPT.read_text().splitlines() if line.startswith(("import", "from"))
    ]
    assert imported
    assert not any("corpu" in line or "tests" in line for line in imported)
