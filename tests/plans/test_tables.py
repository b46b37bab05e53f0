"""What the database itself promises of a plan, on both databases."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from corpu.plans.models import Plan, PlanGoal, PlanItem, PlanTransition, Source
from corpu.plans.rules import Kind, State
from tests.conftest import NOON
from tests.factories import save


def a_plan(session, person, year=2026):
    return save(
        session,
        Plan(
            person_id=person.id,
            year=year,
            state=State.DRAFT,
            version=1,
            unit_name="Dinas Uji",
            post_title="Analis Uji",
            created_at=NOON,
            changed_at=NOON,
        ),
    )


def a_goal(session, plan, **values):
    values = {"text": "Menulis telaahan", "source": Source.OWN, "position": 1} | values
    return save(
        session, PlanGoal(plan_id=plan.id, author_id=plan.person_id, created_at=NOON, **values)
    )


def an_item(session, goal, **values):
    values = {
        "position": 1,
        "kind": Kind.COACHING,
        "title": "Bimbingan",
        "form_code": "NKL01",
        "mix": 20,
        "quantity": 2,
        "jp": 4,
        "rule_version": "perlan-10-2018.1",
        "created_at": NOON,
    } | values
    return save(session, PlanItem(plan_id=goal.plan_id, goal_id=goal.id, **values))


def refused(session, what):
    with pytest.raises(DatabaseError):
        what()
    session.rollback()


@pytest.fixture
def plan(session, mira):
    with session.begin_nested():
        return a_plan(session, mira)


def test_a_person_has_one_plan_a_year(session, mira, plan):
    a_plan(session, mira, 2027)
    refused(session, lambda: a_plan(session, mira))


@pytest.mark.parametrize(
    "values",
    [
        {"text": ""},
        {"competency": "KOM", "to_level": None},
        {"competency": "KOM", "to_level": 6},
        {"competency": "KOM", "to_level": 2, "from_level": -1},
        {"to_level": 3},
    ],
    ids=str,
)
def test_a_goal_says_what_is_to_be_reached(session, plan, values):
    refused(session, lambda: a_goal(session, plan, **values))


@pytest.mark.parametrize(
    "values",
    [
        {"kind": Kind.COURSE},
        {"mix": 30},
        {"quantity": 0},
        {"jp": 0},
        {"jp": -2},
        {"done_at": NOON},
    ],
    ids=str,
)
def test_an_item_has_hours_a_share_and_an_order_of_days(session, plan, values):
    goal = a_goal(session, plan)
    refused(session, lambda: an_item(session, goal, **values))


def test_a_step_can_be_neither_changed_nor_deleted(session, mira, plan):
    save(
        session,
        PlanTransition(
            plan_id=plan.id,
            number=1,
            version=0,
            to_state=State.DRAFT,
            by_id=mira.id,
            by_name="Mira Lestari",
            reason="",
            unit_name="",
            post_title="",
            at=NOON,
        ),
    )
    wholesale = (
        "REPLACE INTO plan_transitions SELECT * FROM plan_transitions"
        if session.get_bind().dialect.name == "sqlite"
        else "TRUNCATE plan_transitions"
    )
    for statement in (
        "UPDATE plan_transitions SET reason = 'x'",
        "DELETE FROM plan_transitions",
        wholesale,
    ):
        with pytest.raises(DatabaseError, match="append-only"):
            session.execute(text(statement))
        session.rollback()
