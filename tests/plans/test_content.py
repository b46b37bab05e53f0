"""Goals and items: written by hand, drawn from gaps, ticked by courses."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from corpu.catalog.models import EditionCompetency
from corpu.database import uuid7
from corpu.errors import NotFound
from corpu.learning import service as learning
from corpu.learning.models import Completion
from corpu.plans import goals, items, rules, service
from corpu.plans.items import Written
from corpu.plans.models import PlanItem
from corpu.plans.rules import Kind
from corpu.plans.steps import PlanChanged
from tests.assessment.factories import QUIZ, SLUG
from tests.competency.factories import observe
from tests.conftest import NOON
from tests.plans.factories import (
    COACHING,
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
from tests.statements import statements

COURSE = Written(Kind.COURSE, slug=SLUG)


def suggest(session, person, *, year=YEAR):
    added = goals.suggest_from_gaps(
        session, person.id, year, version=version(session, person, year), at=NOON
    )
    session.commit()
    return added


# ------------------------------------------------------------------------------ from gaps


def test_gaps_become_goals_farthest_first_three_at_a_time(session, mira, at):
    observe(session, mira, "KOM", 1, "90")
    assert suggest(session, mira) == 3
    found = plan(session, mira).goals
    assert (found[0].code, found[0].from_level, found[0].source) == ("KOM", 1, "gap")
    assert all(goal.to_level > (goal.from_level or 0) for goal in found)
    suggest(session, mira)
    suggest(session, mira)
    codes = [goal.code for goal in plan(session, mira).goals]
    assert len(codes) == len(set(codes)) == 9
    with pytest.raises(goals.NoGap):
        suggest(session, mira)


def test_a_gap_brings_the_course_that_closes_it(session, mira, course, at):
    """The course of the tests teaches PPB; whatever else lacks comes without a course."""
    session.add(EditionCompetency(edition_id=course.id, competency="PPB", level=1))
    session.commit()
    for _ in range(3):
        suggest(session, mira)
    [goal] = [goal for goal in plan(session, mira).goals if goal.code == "PPB"]
    assert [(item.kind, item.slug, item.jp) for item in goal.items] == [("course", SLUG, 1)]
    assert [item.mix for item in goal.items] == [10]


# ------------------------------------------------------------------------------- by hand


def test_a_goal_is_words_or_a_competency_with_a_level(session, mira, at):
    observe(session, mira, "KOM", 1, "90")
    add_goal(session, mira, text="  Menulis\x00  telaahan ")
    add_goal(session, mira, code="KOM", to_level=3)
    assert [(g.text, g.code, g.from_level, g.to_level) for g in plan(session, mira).goals] == [
        ("Menulis telaahan", None, None, None),
        ("", "KOM", 1, 3),
    ]


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"text": " \u200b "}, goals.GoalNeedsContent),
        ({"text": "x" * 501}, items.TextTooLong),
        ({"text": "kata " * 2_000_000}, items.TextTooLong),
        ({"code": "XYZ", "to_level": 2}, goals.UnknownTarget),
        ({"code": "KOM", "to_level": 6}, goals.UnknownTarget),
        ({"code": "KOM"}, goals.UnknownTarget),
    ],
    ids=["blank", "long", "ten megabytes", "unknown", "too high", "no level"],
)
def test_a_goal_that_says_nothing_is_refused(session, mira, at, values, refusal):
    with pytest.raises(refusal):
        add_goal(session, mira, **values)
    session.rollback()
    assert not plan(session, mira).is_there


def test_a_competency_is_a_goal_once(session, mira, at):
    add_goal(session, mira, code="KOM", to_level=3)
    with pytest.raises(goals.GoalThere):
        add_goal(session, mira, code="KOM", to_level=4)


def test_a_form_sent_twice_writes_once(session, mira, at):
    key = uuid7()
    for _ in range(2):
        goals.add_goal(
            session, mira.id, mira.id, YEAR, key=key, version=0, text="Sekali saja", at=NOON
        )
    [goal] = plan(session, mira).goals
    item, seen = uuid7(), version(session, mira)
    for _ in range(2):
        items.add_item(session, mira.id, YEAR, goal.id, COACHING, key=item, version=seen, at=NOON)
    assert len(plan(session, mira).items) == 1


def test_an_identifier_of_another_persons_is_not_taken(session, mira, jonas, at):
    goal = add_goal(session, jonas)
    with pytest.raises(NotFound):
        add_goal(session, mira, text="Menimpa", key=goal.id)


def test_hours_follow_the_table_and_shares_the_hours(session, mira, at):
    goal = add_goal(session, mira)
    add_item(session, mira, goal, Written(Kind.COACHING, "Bimbingan", quantity=3))
    add_item(session, mira, goal, Written(Kind.SECONDMENT, "Detasering"))
    add_item(session, mira, goal, Written(Kind.PROJECT, "Proyek", hours=Decimal("14")))
    found = plan(session, mira)
    assert [item.jp for item in found.items] == [6, 20, 14]
    assert {item.rule_version for item in found.items} == {"perlan-10-2018.1"}
    assert [(share.mix, share.percent) for share in found.shares] == [
        (10, Decimal("0.0")),
        (20, Decimal("15.0")),
        (70, Decimal("85.0")),
    ]


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        (Written(Kind.COACHING, " "), items.TitleMissing),
        (Written(Kind.COACHING, "x" * 301), items.TextTooLong),
        (Written(Kind.COACHING, "Bimbingan", quantity=0), rules.NotAnAmount),
        (Written(Kind.COACHING, "Bimbingan", quantity=25), rules.TooManyUnits),
        (Written(Kind.PROJECT, "Proyek"), rules.NotHours),
        (Written(Kind.PROJECT, "Proyek", hours=Decimal(-3)), rules.NotHours),
        (Written(Kind.COACHING, "Bimbingan", due_on=date(2027, 1, 1)), items.DueOutside),
        (Written(Kind.COURSE, slug="tidak-ada"), items.CourseMissing),
    ],
    ids=["blank", "long", "none", "many", "no hours", "negative", "outside", "no course"],
)
def test_an_item_that_cannot_be_is_refused(session, mira, at, written, refusal):
    goal = add_goal(session, mira)
    with pytest.raises(refusal):
        add_item(session, mira, goal, written)
    session.rollback()
    assert plan(session, mira).items == []


def test_a_training_longer_than_anything_one_would_write_may_be_planned(session, mira, course, at):
    course.jp = Decimal(905)  # of administrators, as LAN has it
    session.commit()
    add_item(session, mira, add_goal(session, mira), Written(Kind.COURSE, slug=SLUG))
    assert plan(session, mira).jp == 905


def test_what_counts_in_a_year_is_counted_over_all_items(session, mira, at):
    goal = add_goal(session, mira)
    first = add_item(session, mira, goal, Written(Kind.COACHING, "Satu", quantity=20))
    with pytest.raises(rules.TooManyUnits):
        add_item(session, mira, goal, Written(Kind.COACHING, "Dua", quantity=5))
    session.rollback()
    change(session, mira, first, Written(Kind.COACHING, "Satu", quantity=24))
    assert [item.quantity for item in plan(session, mira).items] == [24]


def change(session, person, item, written):
    items.change_item(
        session, person.id, YEAR, item.id, written, version=version(session, person), at=NOON
    )
    session.commit()


def test_an_item_is_changed_and_removed(session, mira, written):
    _goal, item = written
    change(session, mira, item, Written(Kind.READING, "Membaca pedoman", quantity=4))
    [found] = plan(session, mira).items
    assert (found.kind, found.jp, found.mix, found.form_code) == ("reading", 8, 70, "NKL09")
    items.remove_item(session, mira.id, YEAR, item.id, version=version(session, mira), at=NOON)
    assert plan(session, mira).items == []


def test_an_old_page_changes_nothing(session, mira, written):
    _goal, item = written
    for act in (
        lambda: items.change_item(session, mira.id, YEAR, item.id, COACHING, version=1, at=NOON),
        lambda: items.remove_item(session, mira.id, YEAR, item.id, version=1, at=NOON),
        lambda: service.submit(session, mira.id, YEAR, version=1, at=NOON),
    ):
        with pytest.raises(PlanChanged):
            act()


def test_the_items_of_others_are_not_to_be_found(session, mira, jonas, written):
    goal, item = written
    add_goal(session, jonas)
    with pytest.raises(NotFound):
        add_item(session, jonas, goal)
    with pytest.raises(NotFound):
        change(session, jonas, item, COACHING)
    with pytest.raises(NotFound):
        mark(session, jonas, item, "done")


def test_only_a_supervisor_takes_back_what_a_supervisor_asked(session, mira, endang, written):
    asked = add_goal(session, mira, by=endang, text="Memimpin rapat")

    def remove(by, goal):
        goals.remove_goal(
            session, by.id, mira.id, YEAR, goal.id, version=version(session, mira), at=NOON
        )
        session.commit()

    with pytest.raises(goals.SupervisorsGoal):
        remove(mira, asked)
    with pytest.raises(NotFound):
        remove(endang, written[0])
    item = add_item(session, mira, asked)
    with pytest.raises(goals.GoalInUse):
        remove(endang, asked)
    items.remove_item(session, mira.id, YEAR, item.id, version=version(session, mira), at=NOON)
    remove(endang, asked)
    remove(mira, written[0])
    assert plan(session, mira).goals == ()
    assert session.scalar(select(func.count()).select_from(PlanItem)) == 0


def test_a_plan_has_an_end(session, mira, at, monkeypatch):
    monkeypatch.setattr(goals, "MOST_GOALS", 2)
    add_goal(session, mira), add_goal(session, mira)
    with pytest.raises(items.Enough):
        add_goal(session, mira)


# -------------------------------------------------------------------------------- courses


def complete(session, person, at=NOON):
    """Read and pass all that the course of the tests asks for."""
    seat = learning.enrol(session, person.id, SLUG, at=at)
    learning.complete_page(session, person.id, SLUG, "bacaan", at=at)
    if session.scalar(select(Completion.id).filter_by(enrolment_id=seat.id)) is None:
        learning._mark_done(
            session,
            seat.id,
            learning.catalog.current_edition(session, SLUG),
            learning.catalog.current_edition(session, SLUG).by_id[QUIZ],
            at,
        )
        learning.evaluate(session, seat.id, at=at)
    session.commit()


@pytest.fixture
def with_course(session, mira, endang, course, at):
    goal = add_goal(session, mira)
    return goal, add_item(session, mira, goal, COURSE)


def test_the_way_of_a_linked_course_is_the_way_of_its_item(session, mira, endang, with_course):
    submit(session, mira)
    approve(session, endang, mira)
    learning.enrol(session, mira.id, SLUG, at=NOON)
    session.commit()
    assert plan(session, mira).state == "running"
    complete(session, mira, NOON + timedelta(days=1))
    [item] = plan(session, mira).items
    assert (item.begun_at, item.done_at) == (NOON, NOON + timedelta(days=1))
    assert [state for state, _ in steps(session, mira)][-2:] == ["running", "finished"]
    completion = session.scalars(select(PlanItem.completion_id)).one()
    assert completion == session.scalars(select(Completion.id)).one()


def test_a_course_ticks_in_every_state_and_moves_only_an_approved_plan(
    session, mira, endang, with_course
):
    submit(session, mira)
    send_back(session, endang, mira)
    complete(session, mira)
    found = plan(session, mira)
    assert (found.state, found.done) == ("returned", 1)
    submit(session, mira)
    approve(session, endang, mira)
    assert [state for state, _ in steps(session, mira)][-3:] == [
        "approved",
        "running",
        "finished",
    ]


def test_a_tick_that_fails_takes_the_completion_with_it(session, mira, with_course, monkeypatch):
    def broken(*_):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(service, "follow", broken)
    with pytest.raises(RuntimeError):
        complete(session, mira)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Completion)) == 0
    assert plan(session, mira).done == 0


def test_a_completion_of_another_year_ticks_nothing(session, mira, course, at):
    goal = add_goal(session, mira, year=2027)
    add_item(session, mira, goal, COURSE, year=2027)
    complete(session, mira)
    assert plan(session, mira, 2027).done == 0


def test_the_course_of_another_person_ticks_nothing(session, mira, jonas, with_course):
    complete(session, jonas)
    assert plan(session, mira).done == 0


def test_a_course_done_this_year_is_no_plan_and_one_under_way_has_begun(
    session, mira, jonas, course, at
):
    complete(session, mira)
    goal = add_goal(session, mira)
    with pytest.raises(items.CourseDone):
        add_item(session, mira, goal, COURSE)
    learning.enrol(session, jonas.id, SLUG, at=NOON)
    own = add_goal(session, jonas)
    assert add_item(session, jonas, own, COURSE).begun_at == NOON
    with pytest.raises(items.CourseThere):
        add_item(session, jonas, own, COURSE)


def test_what_a_course_says_is_not_ticked_by_hand(session, mira, endang, with_course):
    submit(session, mira)
    approve(session, endang, mira)
    with pytest.raises(service.CourseDecides):
        mark(session, mira, with_course[1], "done")


def test_without_a_plan_starting_a_course_asks_one_statement_more(session, mira, course, at):
    event = service.CourseStarted(uuid7(), mira.id, course.course_id, NOON)
    with statements(session) as sent:
        service.record_start(session, event)
    assert len(sent) == 1


# ------------------------------------------------------------------------------- progress


def test_a_mark_may_be_taken_back_while_the_plan_runs(session, mira, endang, written):
    goal, item = written
    add_item(session, mira, goal)
    submit(session, mira)
    with pytest.raises(rules.NotYetApproved):
        mark(session, mira, item, "begun")
    approve(session, endang, mira)
    for progress in ("done", "begun", "open", "done"):
        mark(session, mira, item, progress)
        assert plan(session, mira).state == "running"
    assert plan(session, mira).done == 1


def test_what_is_done_is_neither_changed_nor_removed(session, mira, endang, submitted):
    goal, item = submitted
    approve(session, endang, mira)
    mark(session, mira, item, "begun")
    send_back(session, endang, mira)
    session.get_one(PlanItem, item.id).done_at = NOON
    session.commit()
    with pytest.raises(items.ItemDone):
        change(session, mira, item, COACHING)
    with pytest.raises(items.ItemDone):
        goals.remove_goal(
            session, mira.id, mira.id, YEAR, goal.id, version=version(session, mira), at=NOON
        )
