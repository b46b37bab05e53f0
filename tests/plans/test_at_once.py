"""Two windows, two people, the same moment: real transactions on both databases."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

from sqlalchemy import select

from corpu.database import uuid7
from corpu.errors import DomainError
from corpu.extensions import db
from corpu.learning import service as learning
from corpu.people.models import Agency
from corpu.plans import goals, items, queries, service, taking
from corpu.plans.items import Written
from corpu.plans.models import Plan, PlanTransition
from corpu.plans.rules import Kind
from corpu.plans.steps import PlanChanged
from corpu.plans.template_models import PlanTemplate
from corpu.plans.template_rules import Line
from corpu.plans.template_service import Asked, set_templates
from corpu.transactions import held_effects, unit_of_work
from tests.assessment.factories import SLUG, publish_course, storage_in
from tests.conftest import NOON
from tests.factories import make_person
from tests.plans.factories import YEAR, add_goal, add_item, submit


def at_once(app, *acts):
    """Run each act in a transaction of its own, all beginning together; answers what each did:
    `done`, or the name of its refusal."""
    start = Barrier(len(acts))

    def run(act):
        with app.app_context():
            start.wait(10)
            try:
                with unit_of_work(db.session()) as session:
                    act(session)
                return "done"
            except DomainError as refusal:
                return type(refusal).__name__
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def a_world(app, *, submitted=True):
    """Mira's plan under Endang; answers their identifiers and the plan's version."""
    with app.app_context():
        session = db.session()
        endang = make_person(session, name="Endang Sulistyowati")
        mira = make_person(session, name="Mira Lestari", supervisor=endang)
        goal = add_goal(session, mira)
        add_item(session, mira, goal)
        if submitted:
            submit(session, mira)
        found = mira.id, endang.id, goal.id, session.scalars(select(Plan.version)).one()
        db.session.remove()
    return found


def looked_at(app, person_id):
    with app.app_context():
        plan = queries.plan_of(db.session(), person_id, YEAR)
        db.session.remove()
    return plan


def test_of_approval_and_withdrawal_one_comes_first_and_the_other_is_told(live_app):
    mira, endang, _goal, version = a_world(live_app)
    said = at_once(
        live_app,
        lambda s: service.approve(s, endang, mira, YEAR, version=version, at=NOON),
        lambda s: service.withdraw(s, mira, YEAR, version=version, at=NOON),
    )
    plan = looked_at(live_app, mira)
    if plan.state == "approved":
        assert said == ["done", "AlreadyApproved"]
    else:
        assert (plan.state, said) == ("draft", ["NotSubmitted", "done"])


def test_four_clicks_are_one_approval(live_app):
    mira, endang, _goal, version = a_world(live_app)

    def approve(session):
        service.approve(session, endang, mira, YEAR, version=version, at=NOON)

    assert at_once(live_app, *[approve] * 4) == ["done"] * 4
    plan = looked_at(live_app, mira)
    assert [step.after.value for step in plan.steps] == ["approved", "submitted", "draft"]


def test_four_clicks_write_one_goal_and_one_item(live_app):
    mira, _endang, goal, version = a_world(live_app, submitted=False)
    keys = uuid7(), uuid7()

    def write(session):
        words = {"text": "Sekali saja", "at": NOON}
        goals.add_goal(session, mira, mira, YEAR, key=keys[0], version=version, **words)

    def plan_for(session):
        written = Written(Kind.READING, "Pedoman", quantity=2)
        seen = version + 1
        items.add_item(session, mira, YEAR, goal, written, key=keys[1], version=seen, at=NOON)

    for act in (write, plan_for):
        assert at_once(live_app, *[act] * 4) == ["done"] * 4
    plan = looked_at(live_app, mira)
    assert (len(plan.goals), len(plan.items)) == (2, 2)


def test_four_clicks_remove_an_item_and_then_its_goal(live_app):
    mira, _endang, goal, version = a_world(live_app, submitted=False)
    [item] = [one.id for one in looked_at(live_app, mira).items]

    def remove_item(session):
        items.remove_item(session, mira, YEAR, item, version=version, at=NOON)

    def remove_goal(session, by=mira):
        goals.remove_goal(session, by, mira, YEAR, goal, version=version + 1, at=NOON)

    for act in (remove_item, remove_goal):
        assert at_once(live_app, *[act] * 4) == ["done"] * 4
    assert looked_at(live_app, mira).goals == ()
    with live_app.app_context():
        stranger = make_person(db.session()).id
        db.session.remove()
    assert at_once(live_app, lambda s: remove_goal(s, by=stranger)) == ["NotYourPlan"]


def test_of_two_first_words_one_begins_the_plan(live_app):
    with live_app.app_context():
        mira = make_person(db.session(), name="Mira Lestari").id
        db.session.remove()

    def write(session):
        goals.add_goal(
            session, mira, mira, YEAR, key=uuid7(), version=0, text="Kata pertama", at=NOON
        )

    said = at_once(live_app, write, write)
    assert sorted(said) == [PlanChanged.__name__, "done"]
    assert len(looked_at(live_app, mira).goals) == 1
    with live_app.app_context():
        assert db.session.query(PlanTransition).count() == 1
        db.session.remove()


def test_of_the_first_words_sent_four_times_one_begins_the_plan(live_app):
    with live_app.app_context():
        mira, key = make_person(db.session(), name="Mira Lestari").id, uuid7()
        db.session.remove()

    def write(session):
        words = {"text": "Kata pertama", "at": NOON}
        goals.add_goal(session, mira, mira, YEAR, key=key, version=0, **words)

    assert at_once(live_app, *[write] * 4) == ["done"] * 4
    assert len(looked_at(live_app, mira).goals) == 1


def test_a_course_completed_while_it_is_planned_is_never_left_open(live_app, tmp_path):
    """Whichever comes first: the item is ticked, or refused since the course is done."""
    mira, _endang, goal, version = a_world(live_app, submitted=False)
    with live_app.app_context(), held_effects():
        session = db.session()
        publish_course(session, storage_in(tmp_path), completion="")
        seat = learning.enrol(session, mira, SLUG, at=NOON).id
        outline = learning.catalog.current_edition(session, SLUG)
        for page in outline.pages[1:]:
            learning._mark_done(session, seat, outline, page, NOON)
        session.commit()
        db.session.remove()
    last = outline.pages[0].id
    said = at_once(
        live_app,
        lambda s: learning.complete_page(s, mira, SLUG, last, at=NOON + timedelta(hours=1)),
        lambda s: items.add_item(
            s,
            mira,
            YEAR,
            goal,
            Written(Kind.COURSE, slug=SLUG),
            key=uuid7(),
            version=version,
            at=NOON,
        ),
    )
    courses = [item for item in looked_at(live_app, mira).items if item.is_course]
    assert said[0] == "done"
    if said[1] == "CourseDone":
        assert courses == []
    else:
        assert said[1] == "done"
        assert [item.done_at for item in courses] == [NOON + timedelta(hours=1)]


def test_four_clicks_write_one_template_and_take_it_once(live_app):
    mira, *_others = a_world(live_app, submitted=False)
    with live_app.app_context():
        agency = db.session.scalars(select(Agency.id)).one()
        db.session.remove()
    days = {"starts_on": NOON.date(), "ends_on": None}

    def write(session):
        asked = Asked("JF_PT", (Line("KOM", "reading", "Pedoman", amount=Decimal(2)), Line("INT")))
        set_templates(session, agency, [asked], reason="Nota dinas", by=None, at=NOON, **days)

    assert at_once(live_app, *[write] * 4) == ["done"] * 4
    with live_app.app_context():
        template = db.session.scalars(select(PlanTemplate.id)).one()
        db.session.remove()

    def take(session):
        taking.take(session, mira, YEAR + 1, template, [1, 2], version=0, at=NOON)

    assert at_once(live_app, *[take] * 4) == ["done"] * 4
    with live_app.app_context():
        plan = queries.plan_of(db.session(), mira, YEAR + 1)
        db.session.remove()
    assert [(goal.code, len(goal.items)) for goal in plan.goals] == [("KOM", 1), ("INT", 0)]
