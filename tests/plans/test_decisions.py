"""Submitting and deciding: who may, in which state, and what is left behind."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from corpu.audit import AuditEntry
from corpu.people.models import Posting, Supervision
from corpu.plans import rules, service
from corpu.plans.models import Plan, PlanTransition
from corpu.plans.parts import part_of
from corpu.plans.rules import Part
from corpu.plans.steps import NoSuchPlan, PlanChanged, YearClosed
from tests.conftest import NOON
from tests.factories import make_person, make_unit, supervise
from tests.plans.factories import (
    REASON,
    YEAR,
    add_goal,
    add_item,
    approve,
    mark,
    plan,
    send_back,
    steps,
    submit,
    version,
)

YESTERDAY = date(2026, 11, 23)


def test_a_plan_goes_from_draft_over_a_revision_to_its_end(session, mira, endang, written):
    _goal, item = written
    submit(session, mira)
    send_back(session, endang, mira)
    assert plan(session, mira).returned_because.reason == REASON
    submit(session, mira)
    approve(session, endang, mira)
    mark(session, mira, item, "begun")
    mark(session, mira, item, "done")
    assert steps(session, mira) == [
        ("draft", "Mira Lestari"),
        ("submitted", "Mira Lestari"),
        ("returned", "Endang Sulistyowati"),
        ("submitted", "Mira Lestari"),
        ("approved", "Endang Sulistyowati"),
        ("running", "Mira Lestari"),
        ("finished", ""),
    ]


def test_decisions_stand_in_the_audit(session, mira, endang, submitted):
    send_back(session, endang, mira)
    entry = session.scalars(select(AuditEntry).filter_by(action="plan.sent_back")).one()
    assert (entry.actor_name, entry.subject_name) == ("Endang Sulistyowati", "Mira Lestari")
    assert (entry.before, entry.after["plan_state"], entry.reason) == (
        {"plan_state": "submitted"},
        "returned",
        REASON,
    )


@pytest.fixture
def others(session, mira, endang, head):
    """Everybody who is not the direct supervisor, with what each is told."""
    former, delegate = make_person(session), make_person(session)
    supervise(session, former, mira, started_on=date(2019, 1, 1), ended_on=date(2019, 12, 31))
    return {
        "owner": (mira, rules.OwnPlan),
        "above": (head, rules.OnlyDirectSupervisor),
        "former": (former, rules.NoLongerSupervisor),
        "delegate": (delegate, rules.NotYourPlan),
    }


@pytest.mark.parametrize("who", ["owner", "above", "former", "delegate"])
def test_nobody_else_decides(session, mira, submitted, others, who):
    person, refusal = others[who]
    seen = version(session, mira)
    acts = [
        lambda: service.approve(session, person.id, mira.id, YEAR, version=seen, at=NOON),
        lambda: service.send_back(session, person.id, mira.id, YEAR, REASON, version=seen, at=NOON),
        lambda: service.finish(session, person.id, mira.id, YEAR, REASON, version=seen, at=NOON),
    ]
    for act in acts:
        with pytest.raises(refusal):
            act()
    assert plan(session, mira).state == "submitted"


def test_in_a_circle_nobody_decides(session, mira, endang, submitted):
    supervise(session, mira, endang)
    assert part_of(session, endang.id, mira.id, NOON) is Part.CIRCULAR
    with pytest.raises(rules.CircularLine):
        approve(session, endang, mira)


def test_a_circle_over_three_people_is_seen_too(session, mira, endang, head, submitted):
    supervise(session, mira, head)
    with pytest.raises(rules.CircularLine):
        approve(session, endang, mira)


def test_a_supervisor_until_yesterday_decides_nothing_and_the_new_one_everything(
    session, mira, endang, submitted
):
    relation = session.scalars(select(Supervision)).one()
    relation.ended_on = YESTERDAY
    session.commit()
    successor = make_person(session)
    supervise(session, successor, mira, started_on=date(2026, 11, 24))
    with pytest.raises(rules.NoLongerSupervisor):
        approve(session, endang, mira)
    approve(session, successor, mira)
    assert plan(session, mira).state == "approved"


def test_what_is_missing_is_said_one_after_the_other(session, mira, jonas, endang, at):
    goal = add_goal(session, mira)
    with pytest.raises(service.GoalWithoutItem):
        submit(session, mira)
    add_item(session, mira, goal)
    submit(session, mira)
    own = add_goal(session, jonas)
    add_item(session, jonas, own)
    with pytest.raises(service.NoSupervisor):
        submit(session, jonas)


def test_a_goal_that_the_supervisor_adds_needs_an_item_before_approval(
    session, mira, endang, submitted
):
    add_goal(session, mira, by=endang, text="Memimpin rapat lintas bidang")
    with pytest.raises(service.GoalsNeedItems):
        approve(session, endang, mira)
    send_back(session, endang, mira)
    [_own, asked] = plan(session, mira).goals
    assert (asked.source, asked.author) == ("supervisor", "Endang Sulistyowati")
    add_item(session, mira, asked)
    submit(session, mira)
    approve(session, endang, mira)


@pytest.mark.parametrize("reason", ["", "   ", "pendek", "x" * 1001])
def test_a_revision_has_its_reason(session, mira, endang, submitted, reason):
    with pytest.raises(service.ReasonNeeded):
        send_back(session, endang, mira, reason=reason)
    session.rollback()
    assert plan(session, mira).state == "submitted"


def test_what_was_read_is_what_is_approved(session, mira, endang, submitted):
    """The owner takes the plan back, changes it and submits it again meanwhile."""
    seen = version(session, mira)
    service.withdraw(session, mira.id, YEAR, version=seen, at=NOON)
    session.commit()
    add_item(session, mira, submitted[0])
    submit(session, mira)
    with pytest.raises(PlanChanged):
        service.approve(session, endang.id, mira.id, YEAR, version=seen, at=NOON)
    assert plan(session, mira).state == "submitted"


def test_a_double_click_is_one_step(session, mira, endang, written):
    for act in (
        lambda seen: service.submit(session, mira.id, YEAR, version=seen, at=NOON),
        lambda seen: service.approve(session, endang.id, mira.id, YEAR, version=seen, at=NOON),
        lambda seen: service.send_back(
            session, endang.id, mira.id, YEAR, REASON, version=seen, at=NOON
        ),
    ):
        seen, before = version(session, mira), len(steps(session, mira))
        act(seen)
        act(seen)
        session.commit()
        assert len(steps(session, mira)) == before + 1


def test_a_second_click_on_an_approval_that_lets_the_plan_run_changes_nothing(
    session, mira, endang, submitted
):
    approve(session, endang, mira)
    mark(session, mira, submitted[1], "begun")
    send_back(session, endang, mira)
    submit(session, mira)
    seen = version(session, mira)
    for _click in range(2):
        service.approve(session, endang.id, mira.id, YEAR, version=seen, at=NOON)
    session.commit()
    assert [state for state, _ in steps(session, mira)][-2:] == ["approved", "running"]


def test_a_running_plan_may_be_sent_back_and_goes_on_once_approved_again(
    session, mira, endang, submitted
):
    goal, item = submitted
    approve(session, endang, mira)
    with pytest.raises(rules.AlreadyApproved):
        add_goal(session, mira)
    session.rollback()
    mark(session, mira, item, "begun")
    send_back(session, endang, mira)
    add_item(session, mira, goal)
    submit(session, mira)
    approve(session, endang, mira)
    assert [state for state, _ in steps(session, mira)][-2:] == ["approved", "running"]


def test_the_supervisor_closes_what_did_not_come_to_its_end(session, mira, endang, submitted):
    approve(session, endang, mira)
    service.finish(
        session,
        endang.id,
        mira.id,
        YEAR,
        "Mira pindah tugas ke unit lain",
        version=version(session, mira),
        at=NOON,
    )
    session.commit()
    assert plan(session, mira).state == "finished"
    with pytest.raises(rules.AlreadyFinished):
        mark(session, mira, submitted[1], "done")


def test_a_plan_is_written_for_this_year_and_the_next_by_the_zone_of_the_unit(session, endang, at):
    there = make_unit(session, timezone="Asia/Jayapura")
    early = make_person(session, unit=there, supervisor=endang)
    new_year = NOON.replace(month=12, day=31, hour=15, minute=30)  # 2027 in WIT, 2026 in WIB
    for year in (2027, 2028):
        add_goal(session, early, year=year, at=new_year)
    for year in (2026, 2029):
        with pytest.raises(YearClosed):
            add_goal(session, early, year=year, at=new_year)
        session.rollback()


def test_a_plan_of_a_year_that_is_over_is_closed_and_not_sent_back(
    session, mira, endang, submitted
):
    approve(session, endang, mira)
    new_year = NOON + timedelta(days=60)
    with pytest.raises(YearClosed):
        send_back(session, endang, mira, at=new_year)
    session.rollback()
    seen = version(session, mira)
    service.finish(session, endang.id, mira.id, YEAR, REASON, version=seen, at=new_year)


def test_the_plan_and_each_step_keep_unit_and_post_of_their_day(session, mira, endang, written):
    submit(session, mira)
    old = session.scalars(select(Posting).filter_by(person_id=mira.id)).one()
    old.ended_on = date(2026, 11, 25)
    session.commit()
    session.add(
        Posting(
            person_id=mira.id,
            unit_id=make_unit(session, name="Dinas Baru").id,
            title="Analis Baru",
            post_type="JF_PT",
            started_on=date(2026, 11, 26),
        )
    )
    session.commit()
    approve(session, endang, mira, at=NOON + timedelta(days=3))
    rows = session.execute(
        select(PlanTransition.to_state, PlanTransition.post_title).order_by(PlanTransition.number)
    ).all()
    assert [row.post_title for row in rows] == ["Analis Uji", "Analis Uji", "Analis Baru"]
    assert session.scalars(select(Plan.post_title)).one() == "Analis Uji", "as it was submitted"


def test_without_a_plan_there_is_nothing_to_decide(session, mira, endang, at):
    with pytest.raises(NoSuchPlan):
        service.submit(session, mira.id, YEAR, version=0, at=NOON)
    with pytest.raises(rules.NotSubmitted):
        approve(session, endang, mira)
