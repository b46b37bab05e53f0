"""A rule applied to everybody: in batches, stopped and gone on with, killed and begun again."""

import io
import os
import signal
import subprocess
import sys
from collections import namedtuple
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from corpu import jobs
from corpu.audit import AuditEntry
from corpu.competency import applying
from corpu.competency.agency_rule import adopt_rule
from corpu.competency.change_models import ApplicationState, RuleApplication, RuleChange
from corpu.extensions import db
from corpu.jobs import Job
from corpu.people.export import own_data
from corpu.people.queries import viewer_for
from corpu.transactions import unit_of_work
from tests.competency.factories import NOON, kept, observe, rate
from tests.conftest import SECRET
from tests.factories import make_agency, make_person, make_unit, supervise

DAY = timedelta(days=1)
Somebody = namedtuple("Somebody", "id")  # a person who outlives every session
ROOT = Path(__file__).parents[2]


@pytest.fixture
def five(session, agency, monkeypatch):
    """Five people with two scores each; a batch is of two."""
    monkeypatch.setattr(applying, "PEOPLE", 2)
    unit = make_unit(session, name="Dinas Uji")
    return make_five(session, unit)


def make_five(session, unit):
    people = sorted(Somebody(make_person(session, unit=unit).id) for _ in range(5))
    for person in people:
        observe(session, person, "PPB", 2, "70", at=NOON - DAY)
        observe(session, person, "INT", 1, "90", at=NOON - DAY)
    return people


@pytest.fixture
def chief(session, agency):
    person = make_person(session, name="Siti Maesaroh", roles=["manager"])
    return viewer_for(session, person.id, 0, NOON)


def adopt(session, rule, *, valid_from=NOON):
    adopted = adopt_rule(session, rule, valid_from=valid_from, reason="SK 1", by=None, at=NOON)
    session.commit()
    return adopted


def application(session):
    session.expire_all()
    return session.scalars(select(RuleApplication)).one()


def facts(session):
    session.expire_all()
    rows = session.scalars(select(RuleChange).order_by(RuleChange.person_id, RuleChange.competency))
    return [
        (one.competency, one.before_level, one.before_score, one.after_level, one.after_score)
        for one in rows
    ]


EACH = [
    ("INT", 1, Decimal("1.00"), 1, Decimal("1.00")),
    ("PPB", 0, Decimal("0.00"), 2, Decimal("2.00")),
]


def test_the_change_is_a_fact_in_everybodys_history(session, five):
    adopt(session, {"mastery": 65})
    assert (application(session).state, application(session).total) == (ApplicationState.WAITING, 5)
    assert jobs.run_one(session, lambda: NOON)
    assert (application(session).state, application(session).done) == (ApplicationState.RUNNING, 2)
    assert [kept(session, one)[0] for one in five] == [2, 2, 0, 0, 0]
    while jobs.run_one(session, lambda: NOON):
        pass
    assert (application(session).state, application(session).done) == (ApplicationState.DONE, 5)
    assert facts(session) == EACH * 5
    assert [kept(session, one) for one in five] == [(2, Decimal("2.00"))] * 5


def test_it_stops_and_goes_on_without_doing_anything_twice(session, five, chief):
    rule = adopt(session, {"mastery": 65})
    jobs.run_one(session, lambda: NOON)
    applying.stop(session, rule.id, by=chief, at=NOON)
    session.commit()
    while jobs.run_one(session, lambda: NOON):
        pass
    assert application(session).done == 2
    with pytest.raises(applying.NothingToStop):
        applying.stop(session, rule.id, by=chief, at=NOON)
    applying.go_on(session, rule.id, by=chief, at=NOON)
    with pytest.raises(applying.NothingToGoOn):
        applying.go_on(session, rule.id, by=chief, at=NOON)
    session.commit()
    # The job of before the stop, should it still be there, does nothing.
    applying.apply_job(session, {"rule": rule.id.hex, "run": 1}, NOON)
    assert application(session).done == 2
    while jobs.run_one(session, lambda: NOON):
        pass
    assert facts(session) == EACH * 5
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == [
        "competency.rule_adopted",
        "competency.rule_stopped",
        "competency.rule_gone_on",
    ]
    with pytest.raises(applying.NothingToStop):
        applying.stop(session, rule.id, by=chief, at=NOON)


def test_what_was_recorded_afterwards_is_no_part_of_the_change(session, five):
    adopt(session, {"mastery": 65}, valid_from=NOON + DAY)
    late = observe(session, five[0], "PPB", 2, "100", at=NOON + 2 * DAY)
    late.observed_at = NOON - DAY  # observed before, graded after
    session.commit()
    while jobs.run_one(session, lambda: NOON + 3 * DAY):
        pass
    assert facts(session)[:2] == EACH
    assert kept(session, five[0]) == (2, Decimal("2.00"))


def test_a_shorter_life_of_ratings_ends_them_and_says_so(session, five, endang_rates):
    endang_rates(five[0], level=4, at=NOON - timedelta(days=200))
    adopt(session, {"rating_months": 6})
    while jobs.run_one(session, lambda: NOON):
        pass
    changed = session.scalars(select(RuleChange).filter_by(person_id=five[0].id)).all()
    (found,) = [one for one in changed if one.competency == "PPB"]
    assert (found.before_level, found.after_level) == (4, 0)
    assert kept(session, five[0])[0] == 0


@pytest.fixture
def endang_rates(session):
    def act(person, *, level, at):
        endang = make_person(session, name="Endang Sulistyowati")
        supervise(session, endang, person)
        return rate(session, endang, person, level, at=at)

    return act


def test_history_can_be_neither_changed_nor_deleted(session, five):
    adopt(session, {"mastery": 65})
    jobs.run_one(session, lambda: NOON)
    for statement in ("UPDATE rule_changes SET after_level = 5", "DELETE FROM rule_changes"):
        with pytest.raises(DatabaseError, match="append-only"), session.begin_nested():
            session.execute(text(statement))


KILLED = """
import os, signal, sys
from pathlib import Path
from config import Settings
from corpu import clock, create_app, jobs
from corpu.competency import applying, service
from corpu.extensions import db
from tests.competency.factories import NOON

url, folder, secret = sys.argv[1:]
app = create_app(Settings(mode="test", database_url=url, secret_key=secret,
    instance=Path(folder), public_url="", worker="none"))
applying.PEOPLE = 2
whole = service.recompute_all
calls = []
def cut_off(session, pairs, *, at):
    calls.append(1)
    whole(session, pairs, at=at)
    if len(calls) == 2:  # the second batch is written, and not yet committed
        os.kill(os.getpid(), signal.SIGKILL)
service.recompute_all = cut_off
with app.app_context():
    while jobs.run_one(db.session(), lambda: NOON):
        pass
"""


def test_a_worker_killed_in_the_middle_leaves_what_another_goes_on_with(live_app, tmp_path):
    settings = live_app.config["SETTINGS"]
    with live_app.app_context():
        make_agency(db.session())
        people = make_five(db.session(), make_unit(db.session()))
        with unit_of_work(db.session()) as session:
            adopt_rule(session, {"mastery": 65}, valid_from=NOON, reason="SK", by=None, at=NOON)
        db.session.remove()
        db.engine.dispose()
    done = subprocess.run(
        [sys.executable, "-c", KILLED, settings.database_url, str(tmp_path), SECRET],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    with live_app.app_context():
        session = db.session()
        assert application(session).done == 2, "the batch that was cut off left nothing"
        assert len(facts(session)) == 4
        # While the lease of the dead lasts nobody takes its job; then somebody does.
        assert not jobs.run_one(session, lambda: NOON + timedelta(seconds=1))
        later = NOON + jobs.LEASE
        while jobs.run_one(session, lambda: later):
            pass
        assert application(session).state is ApplicationState.DONE
        assert application(session).done == 5
        assert facts(session) == EACH * 5
        assert session.scalars(select(Job.state).distinct()).all() == ["done"]
        assert [kept(session, one)[0] for one in people] == [2] * 5
        db.session.remove()


@pytest.mark.usefixtures("at")
def test_the_account_tells_of_the_change_on_the_page_and_in_ones_own_data(session, browser, five):
    adopt(session, {"mastery": 65})
    while jobs.run_one(session, lambda: NOON):
        pass
    browser.sign_in(five[0])
    text = " ".join(browser.get("/me/competencies/PPB").get_text(" ").split())
    assert "Aturan berubah pada 24 November 2026 versi 1" in text
    assert "Dari level 0, skor 0,00 menjadi level 2, skor 2,00, dengan bukti yang sama." in text
    assert "Dasar: SK 1" in text
    assert "versi 1, berlaku sejak 24 November 2026" in text
    same = " ".join(browser.get("/me/competencies/INT").get_text(" ").split())
    assert "Skor ini tidak berubah karenanya." in same
    changes = own_data(session, five[0].id, at=NOON)["competency"]["rule_changes"]
    assert [(one["competency"], one["after_score"]) for one in changes] == [
        ("INT", "1.00"),
        ("PPB", "2.00"),
    ]
    pdf = browser.client.get("/me/competencies/PPB/account.pdf").data
    assert "Aturan berubah pada" in " ".join(
        " ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages
    )
