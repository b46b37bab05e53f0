import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from corpu import jobs
from corpu.audit import AuditEntry
from corpu.competency import service
from corpu.competency.agency_rule import (
    LaterRuleExists,
    NoAgency,
    RuleReasonMissing,
    adopt_rule,
    rule_at,
)
from corpu.competency.facts import Refused
from corpu.competency.models import CompetencyRule
from tests.competency.factories import NOON, kept, observe, shown

DAY = timedelta(days=1)


def adopt(session, rule, *, valid_from=NOON, reason="Keputusan Kepala BPSDM", at=NOON):
    adopted = adopt_rule(session, rule, valid_from=valid_from, reason=reason, by=None, at=at)
    session.commit()
    return adopted


def test_a_new_rule_holds_from_its_moment_and_every_score_follows(session, mira):
    observe(session, mira, "PPB", 2, "70", at=NOON - DAY)
    assert kept(session, mira) == (0, Decimal("0.00"))
    adopt(session, {"mastery": "65.5"}, valid_from=NOON + DAY)
    assert shown(session, mira, at=NOON)[0] == 0
    assert shown(session, mira, at=NOON + DAY)[0] == 2
    assert service.refresh_due(session, NOON) == 0
    jobs.run_until_idle(session, lambda: NOON)
    assert kept(session, mira) == (0, Decimal("0.00"))
    assert service.refresh_due(session, NOON + DAY) == 0, "its application does it"
    jobs.run_until_idle(session, lambda: NOON + DAY)
    assert kept(session, mira) == (2, Decimal("2.00"))
    observe(session, mira, "PPB", 2, "10", at=NOON + DAY)
    assert service.refresh_due(session, NOON + 2 * DAY) == 0


def test_a_change_of_the_rule_is_a_recorded_fact(session, agency):
    adopt(session, {"mastery": 70})
    adopt(session, {"mastery": 80}, valid_from=NOON + DAY, reason="Evaluasi 2026")
    versions = session.scalars(
        select(CompetencyRule.version).order_by(CompetencyRule.version)
    ).all()
    assert versions == [1, 2]
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.reason) == ("competency.rule_adopted", "Evaluasi 2026")
    assert (entry.before["mastery"], entry.after["mastery"]) == (70, 80)
    assert rule_at(session, NOON).version == 1
    assert rule_at(session, NOON - DAY) is None


def test_the_same_rule_again_is_the_one_there_is(session, agency):
    first = adopt(session, {"mastery": 70})
    assert adopt(session, {"mastery": 70}, valid_from=NOON + DAY).id == first.id


@pytest.mark.parametrize(
    ("rule", "options", "refusal"),
    [
        ({"masteri": 70}, {}, Refused),
        ({"mastery": 0}, {}, Refused),
        ({"caps": {"supervisor": 3}}, {}, Refused),
        ([], {}, Refused),
        ({"mastery": 80}, {"reason": " "}, RuleReasonMissing),
        ({"mastery": 80}, {"reason": "a" * 501}, RuleReasonMissing),
        ({"mastery": 80}, {"valid_from": NOON - DAY}, LaterRuleExists),
    ],
)
def test_a_wrong_rule_is_refused_and_leaves_nothing(session, agency, rule, options, refusal):
    adopt(session, {"mastery": 70})
    with pytest.raises(refusal):
        adopt(session, rule, **options)
    assert session.scalar(select(func.count()).select_from(CompetencyRule)) == 1


def test_without_an_agency_there_is_no_rule(session):
    with pytest.raises(NoAgency):
        adopt(session, {})


def test_the_command_shows_and_adopts_the_rule(app, session, agency, at, tmp_path):
    run = app.test_cli_runner().invoke
    assert json.loads(run(args=["competency", "rule"]).output)["mastery"] == 75
    file = tmp_path / "aturan.json"
    file.write_text('{"mastery": 72.5, "rating_months": 12}')
    wanted = ["competency", "rule", str(file)]
    assert run(args=wanted).exit_code == 2
    assert run(args=[*wanted, "--from", "2026-11-01"]).exit_code == 1, "a reason is missing"
    result = run(args=[*wanted, "--from", "2026-11-01", "--reason", "SK 12/2026"])
    assert result.output.strip() == "Aturan versi 1 berlaku sejak 01-11-2026."
    adopted = rule_at(session, at)
    assert adopted.valid_from == datetime(2026, 10, 31, 17, tzinfo=UTC)
    assert json.loads(run(args=["competency", "rule"]).output)["mastery"] == "72.5"
    file.write_text("{")
    assert run(args=[*wanted, "--from", "2026-11-02", "--reason", "x"]).exit_code == 1
