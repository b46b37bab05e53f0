"""Every kept score against its ledger: a broken row is found, named and repaired."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from corpu.audit import AuditEntry
from corpu.competency import cli
from corpu.competency.models import CompetencyScore
from tests.competency.factories import NOON, kept, observe
from tests.statements import statements

pytestmark = pytest.mark.usefixtures("at")
VERIFY = ["competency", "recompute", "--verify"]


@pytest.fixture
def run(app):
    return lambda *more: app.test_cli_runner().invoke(args=[*VERIFY, *more])


@pytest.fixture
def broken(session, mira, jonas):
    """Mira's level was changed behind the ledger's back, Jonas's score is gone."""
    observe(session, mira, "PPB", 2, "90")
    observe(session, mira, "INT", 1, "30")
    observe(session, jonas, "PPB", 2, "90")
    row = session.get(CompetencyScore, (mira.id, "PPB"))
    row.level, row.score = 5, Decimal("5.00")
    session.delete(session.get(CompetencyScore, (jonas.id, "PPB")))
    session.commit()


@pytest.mark.usefixtures("broken")
def test_a_repair_says_what_stood_there_and_leaves_nothing_to_repair(session, mira, jonas, run):
    result = run("--apply")
    assert result.exit_code == 0
    assert f"{mira.id} PPB: level 5, skor 5.00, seharusnya level 2, skor 2.00" in result.output
    assert f"{jonas.id} PPB: tidak tersimpan, seharusnya level 2, skor 2.00" in result.output
    assert "2 dari 3 skor berbeda dari buktinya dan diperbaiki." in result.output
    assert kept(session, mira) == kept(session, jonas) == (2, Decimal("2.00"))
    entries = session.scalars(
        select(AuditEntry).filter_by(action="competency.score_repaired").order_by(AuditEntry.id)
    ).all()
    assert {(one.subject_id, one.actor_name) for one in entries} == {
        (str(mira.id), "konsol"),
        (str(jonas.id), "konsol"),
    }
    (of_mira,) = [one for one in entries if one.subject_id == str(mira.id)]
    assert (of_mira.before["level"], of_mira.before["score"]) == (5, "5.00")
    assert (of_mira.after["level"], of_mira.after["score"]) == (2, "2.00")
    result = run()
    assert (result.exit_code, result.output.strip()) == (0, "3 skor, semuanya sama.")
    run("--apply")
    assert len(session.scalars(select(AuditEntry.id)).all()) == len(entries)


@pytest.mark.usefixtures("broken")
def test_without_apply_nothing_is_written(session, mira, run):
    result = run()
    assert result.exit_code == 1
    assert "2 dari 3 skor berbeda" in result.output
    assert kept(session, mira) == (5, Decimal("5.00"))
    assert session.scalars(select(AuditEntry.id)).all() == []


def test_a_score_that_is_due_is_told_apart_from_a_wrong_one(session, mira, run):
    observe(session, mira, "PPB", 2, "90", valid_until=NOON - timedelta(days=1))
    row = session.get(CompetencyScore, (mira.id, "PPB"))
    row.level, row.score, row.due_at = 2, Decimal("2.00"), NOON - timedelta(days=1)
    session.commit()
    result = run()
    assert (result.exit_code, result.output.strip()) == (
        0,
        "1 skor, semuanya sama. 1 skor menunggu giliran dihitung.",
    )


def test_only_some_people_are_looked_at_at_a_time(session, mira, jonas, run, monkeypatch):
    monkeypatch.setattr(cli, "PEOPLE", 1)
    for person in (mira, jonas):
        observe(session, person, "PPB", 2, "90")
    with statements() as seen:
        assert run().output.strip() == "2 skor, semuanya sama."
    # Two people and the end: which people, their pairs, their ledgers, their kept scores.
    assert len(seen) == 2 * 4 + 1 + 1


def test_apply_alone_is_not_understood(app):
    result = app.test_cli_runner().invoke(args=["competency", "recompute", "--apply"])
    assert result.exit_code == 2
