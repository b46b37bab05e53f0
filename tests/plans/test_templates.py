"""Templates written, offered and taken, on both databases."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from corpu.audit import AuditEntry
from corpu.catalog.models import Course
from corpu.people import service as people
from corpu.people.export import own_data
from corpu.people.models import ActingKind, ActingPost
from corpu.people.queries import standing
from corpu.plans import rules, taking
from corpu.plans.models import PlanItem
from corpu.plans.offers import NotOffered, offered, offers_for
from corpu.plans.steps import PlanChanged, YearClosed
from corpu.plans.template_models import PlanTemplate
from corpu.plans.template_queries import State, placed, read_templates
from corpu.plans.template_rules import LeftOut, Line, Why
from corpu.plans.template_service import (
    EndsBeforeStart,
    StartsInThePast,
    TitleMissing,
    UnknownTemplate,
    withdraw_template,
)
from corpu.standards.refusals import ReasonMissing, UnknownPostType, Wrong
from tests.assessment.factories import SLUG
from tests.competency.factories import observe
from tests.conftest import NOON
from tests.factories import make_person, save
from tests.plans.factories import YEAR, add_goal, add_item, plan, submit, version
from tests.plans.template_factories import (
    BARE,
    COACHING,
    LINES,
    MENTORING,
    TODAY,
    WHY,
    take,
    write,
)
from tests.plans.test_tables import refused
from tests.statements import statements

TOMORROW = TODAY + timedelta(days=1)


def offers(session, person, at=NOON):
    return offers_for(session, standing(session, person.id, at), at)


def offered_ids(session, person, at=NOON):
    return [one.template.id for one in offers(session, person, at)]


def states(session):
    return [one.state for one in placed(read_templates(session), TODAY)]


# -------------------------------------------------------------------------------- writing


def test_a_template_is_written_once_and_noted_in_the_audit(session, agency, at):
    first = write(session, agency)
    assert write(session, agency) is None, "a form sent twice"
    entry = session.scalars(select(AuditEntry).filter_by(action="plan_template.set")).one()
    assert (entry.subject_id, entry.reason) == (str(first.id), WHY)
    assert entry.after["items"] == 3
    second = write(session, agency, COACHING)
    assert second.id != first.id
    assert states(session) == [State.IN_FORCE, State.OVER]


@pytest.mark.parametrize(
    ("lines", "values", "refusal"),
    [
        (LINES, {"post_type": "JF_XX"}, UnknownPostType),
        (LINES, {"starts_on": TODAY - timedelta(days=1)}, StartsInThePast),
        (LINES, {"starts_on": TOMORROW, "ends_on": TODAY}, EndsBeforeStart),
        ((Line("XYZ"),), {}, Wrong),
        ((Line("KOM", "project", "Naskah", amount=Decimal(-4)),), {}, Wrong),
        ((Line("KOM", "course", "", "tidak-ada"),), {}, Wrong),
    ],
    ids=str,
)
def test_what_no_template_may_say_is_refused(session, agency, at, lines, values, refusal):
    with pytest.raises(refusal):
        write(session, agency, *lines, **values)
    assert read_templates(session) == []


def test_a_template_of_one_unit_is_for_one_title_there(session, agency, mira, at):
    here = standing(session, mira.id, at)
    with pytest.raises(TitleMissing):
        write(session, agency, unit=type("Unit", (), {"id": here.unit_id}))


def test_a_withdrawn_template_gives_way_to_the_one_before(session, agency, mira, at):
    first, second = write(session, agency), write(session, agency, COACHING)
    assert offered_ids(session, mira) == [second.id]
    for _click in range(2):
        withdraw_template(session, agency.id, second.id, reason=WHY, by=None, at=at)
    with pytest.raises(ReasonMissing):
        withdraw_template(session, agency.id, first.id, reason=" ", by=None, at=at)
    with pytest.raises(UnknownTemplate):
        withdraw_template(session, mira.id, first.id, reason=WHY, by=None, at=at)
    assert states(session) == [State.WITHDRAWN, State.IN_FORCE]
    assert offered_ids(session, mira) == [first.id]
    acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert acts.count("plan_template.withdrawn") == 1


# ------------------------------------------------------------------------------- offering


def test_a_person_is_offered_what_holds_for_their_post_today(session, agency, mira, at):
    here = standing(session, mira.id, at)
    unit = type("Unit", (), {"id": here.unit_id})
    write(session, agency, post_type="PENGAWAS")
    of_type = write(session, agency)
    later = write(session, agency, BARE, title=here.post_title, unit=unit, starts_on=TOMORROW)
    assert offered_ids(session, mira) == [of_type.id]
    assert offered_ids(session, mira, at + timedelta(days=1)) == [later.id]


def acting(session, person, unit_id, title="Kepala Seksi Air"):
    return save(
        session,
        ActingPost(
            person_id=person.id,
            unit_id=unit_id,
            kind=ActingKind.PLT,
            title=title,
            started_on=TODAY,
            ended_on=TODAY + timedelta(days=30),
            created_at=NOON,
        ),
    )


def test_an_acting_post_brings_a_second_offer_with_its_own_levels(session, agency, mira, at):
    main = write(session, agency)
    here = standing(session, mira.id, at)
    acting(session, mira, here.unit_id)
    assert offered_ids(session, mira) == [main.id], "nobody has said of what type the post is"
    second = write(session, agency, COACHING, post_type="ADMINISTRATOR", title="Kepala Seksi Air")
    assert [(one.template.id, one.printed, one.is_acting) for one in offers(session, mira)] == [
        (main.id, "Analis Uji", False),
        (second.id, "Plt. Kepala Seksi Air", True),
    ]
    observe(session, mira, "KOM", 2, "90")
    levels = [
        offered(session, mira.id, YEAR, one.id, at).goals[0].required for one in (main, second)
    ]
    assert levels == [here.required["KOM"], 3]


def test_the_type_of_an_acting_post_is_that_of_its_holders(session, agency, mira, at):
    here = standing(session, mira.id, at)
    holder = make_person(session, post_type="PENGAWAS")
    unit_id = standing(session, holder.id, at).unit_id
    post = acting(session, mira, unit_id, "Analis Uji")
    template = write(session, agency, COACHING, post_type="PENGAWAS")
    assert here.post_type != "PENGAWAS"
    assert offered_ids(session, mira) == [template.id]
    post.revoked_at = NOON
    assert offered_ids(session, mira) == [], "what was ended early is no post"


# --------------------------------------------------------------------------------- taking


def test_a_template_is_taken_whole_and_every_row_notes_where_it_comes_from(
    session, agency, mira, at
):
    template = write(session, agency)
    assert take(session, mira, template) == taking.Taken(3, 3)
    found = plan(session, mira)
    assert [(goal.code, goal.source, len(goal.items)) for goal in found.goals] == [
        ("KOM", "gap", 2),
        ("INT", "gap", 1),
        ("KSM", "gap", 0),
    ]
    assert {str(item.jp) for item in found.items} == {"4.00", "12.50", "2.00"}
    assert all(one.origin.starts_on == TODAY for one in [*found.goals, *found.items])
    assert found.goals[0].to_level == standing(session, mira.id, at).required["KOM"]


def test_a_gap_that_is_closed_is_left_out_but_may_be_chosen(session, agency, mira, at):
    need = standing(session, mira.id, at).required["KOM"]
    for level in range(1, need + 1):
        observe(session, mira, "KOM", level, "95")
    template = write(session, agency)
    found = offered(session, mira.id, YEAR, template.id, at)
    assert found.goals[0].left_out is LeftOut.NO_GAP
    assert found.chosen == [3, 4]
    take(session, mira, template, 1)
    [goal] = plan(session, mira).goals
    assert (goal.source, goal.from_level, goal.to_level) == ("own", need, need)


def test_one_item_is_taken_and_later_another_for_the_same_goal(session, agency, mira, at):
    template = write(session, agency)
    own = add_goal(session, mira, code="KOM", to_level=3)
    assert take(session, mira, template, 1) == taking.Taken(0, 1)
    why = [one.why_not for one in offered(session, mira.id, YEAR, template.id, at).goals[0].items]
    assert why == [Why.TAKEN, None]
    take(session, mira, template, 2)
    [goal] = plan(session, mira).goals
    assert (goal.id, goal.origin, len(goal.items)) == (own.id, None, 2)
    with pytest.raises(taking.NoLongerThere):
        take(session, mira, template, 1)


def test_courses_that_cannot_be_planned_are_said_to_be_so(session, agency, mira, course, at):
    template = write(session, agency, Line("KOM", "course", "", SLUG), COACHING)
    take(session, mira, template, 1)
    [item] = plan(session, mira).items
    assert (item.slug, item.title) == (SLUG, "Air Uji")
    other = write(session, agency, Line("KOM", "course", "", SLUG), MENTORING)

    def why():
        return offered(session, mira.id, YEAR, other.id, at).goals[0].items[0].why_not

    assert why() is Why.COURSE_THERE
    session.get_one(Course, course.course_id).archived_at = NOON
    session.commit()
    assert why() is Why.COURSE_GONE
    take(session, mira, other)
    assert [item.title for item in plan(session, mira).items] == ["Air Uji", MENTORING.title]


def test_neither_a_new_template_nor_its_end_changes_a_plan(session, agency, mira, at):
    take(session, mira, write(session, agency))
    before = plan(session, mira)
    newer = write(session, agency, COACHING)
    withdraw_template(session, agency.id, newer.id, reason=WHY, by=None, at=at)
    session.commit()
    assert plan(session, mira) == before


def test_the_second_of_two_clicks_writes_nothing_more(session, agency, mira, at):
    template = write(session, agency)
    take(session, mira, template, 1, 4, seen=0)
    assert take(session, mira, template, 1, 4, seen=0) == taking.Taken(0, 0)
    with pytest.raises(PlanChanged):
        take(session, mira, template, 1, 2, seen=0)
    assert len(plan(session, mira).items) == 1


def test_all_of_what_was_chosen_or_none_of_it(session, agency, mira, at):
    goal = add_goal(session, mira)
    add_item(session, mira, goal, taking.Written(rules.Kind.COACHING, "Lain", quantity=23))
    before, seen = plan(session, mira), version(session, mira)
    template = write(session, agency, MENTORING, COACHING)
    with pytest.raises(rules.TooManyUnits):
        take(session, mira, template, 1, 2)
    session.rollback()
    assert (plan(session, mira), version(session, mira)) == (before, seen)
    with pytest.raises(taking.NothingChosen):
        taking.take(session, mira.id, YEAR, template.id, [], version=seen, at=at)


def test_nothing_is_taken_into_a_plan_that_waits_or_of_another_year(
    session, agency, mira, endang, at
):
    template = write(session, agency)
    add_item(session, mira, add_goal(session, mira))
    submit(session, mira)
    with pytest.raises(rules.AwaitingDecision):
        take(session, mira, template, 1)
    with pytest.raises(YearClosed):
        take(session, mira, template, 1, year=YEAR + 2)


def test_what_is_not_offered_is_not_to_be_found(session, agency, mira, at):
    others = write(session, agency, post_type="PENGAWAS")
    old = write(session, agency, ends_on=TODAY)
    with pytest.raises(NotOffered):
        offered(session, mira.id, YEAR, others.id, at)
    with pytest.raises(NotOffered):
        take(session, mira, old, 1, at=at + timedelta(days=1))
    session.rollback()
    assert not plan(session, mira).is_there


def test_what_the_post_no_longer_requires_cannot_be_taken(session, agency, mira, at):
    template = write(session, agency, COACHING, MENTORING)
    here = standing(session, mira.id, at)
    people.set_posting(
        session,
        mira.id,
        unit_id=here.unit_id,
        title=here.post_title,
        post_type=here.post_type,
        required_levels={"KOM": 0},
        started_on=TODAY,
        by=None,
        at=at,
    )
    session.commit()
    goal = offered(session, mira.id, YEAR, template.id, at).goals[0]
    assert (goal.left_out, goal.items[0].why_not) == (LeftOut.NOT_REQUIRED, Why.NOT_REQUIRED)
    with pytest.raises(taking.NoLongerThere):
        take(session, mira, template, 1, 2)


def test_the_database_keeps_days_in_order_and_lines_once(session, agency, mira, at):
    template = write(session, agency)
    take(session, mira, template, 1)
    item = session.scalars(select(PlanItem)).one()

    def twice():
        save(
            session,
            PlanItem(
                **{
                    name: getattr(item, name)
                    for name in PlanItem.__mapper__.column_attrs.keys()  # noqa: SIM118 - no mapping
                    if name not in ("id", "position")
                },
                position=2,
            ),
        )

    refused(session, twice)

    def backwards():
        row = session.scalars(select(PlanTemplate)).one()
        row.ends_on = date(2020, 1, 1)
        session.flush()

    refused(session, backwards)


# ---------------------------------------------------------------------------------- pages


def boxes(page):
    """What can be chosen: the value of each box and whether it is chosen."""
    return {int(box["value"]): box.has_attr("checked") for box in page.select("[name=lines]")}


def sent_by(page):
    return {box["name"]: box["value"] for box in page.select("main form [type=hidden]")}


def test_who_begins_a_plan_is_offered_the_template_and_chooses(browser, session, agency, mira, at):
    for level in (1, 2):
        observe(session, mira, "KOM", level, "95")
    template = write(session, agency)
    path = f"/me/plan/{YEAR}/templates/{template.id}"
    page = browser.sign_in(mira).get("/me/plan")
    assert page.select_one(f"main a.button:not(.quiet)[href='{path}']")
    page = browser.get(path)
    assert boxes(page) == {1: False, 2: False, 3: True, 4: True}
    assert "kesenjangan ini tidak ada pada Anda" in page.text
    sent = sent_by(page)
    page = browser.post(path, sent, status=422)
    assert "Pilih paling sedikit satu" in page.text
    page = browser.post(path, sent | {"lines": ["3", "4"]})
    assert "Diambil dari templat: 2 tujuan dan 1 kegiatan." in page.text
    assert page.text.count("Dari templat Jabatan fungsional, Ahli Pertama") == 2  # goals
    assert page.select_one("main tbody th, main tbody td").text.endswith("1 sesi. Dari templat")
    page = browser.post(path, sent | {"lines": ["3", "4"]})  # the second of two clicks
    assert "Semuanya sudah ada dalam rencana." in page.text
    page = browser.post(path, sent | {"lines": ["1"]}, status=409)
    assert "Rencana ini sudah berubah" in page.text
    assert boxes(page) == {1: True, 2: False}, "what was chosen is kept"
    browser.post(path, sent_by(page) | {"lines": ["1"]})
    assert len(plan(session, mira).items) == 2


def test_who_has_begun_asks_for_templates_and_finds_the_one_for_the_acting_post_beside(
    browser, session, agency, mira, at
):
    add_goal(session, mira)
    page = browser.sign_in(mira).get("/me/plan")
    [link] = page.select(f"main a[href='/me/plan/{YEAR}/templates']")
    assert browser.get(link["href"], status=302)
    assert "Belum ada templat untuk jabatan Anda hari ini." in browser.get("/me/plan").text
    main = write(session, agency)
    second = write(session, agency, COACHING, post_type="ADMINISTRATOR", title="Kepala Seksi Air")
    acting(session, mira, standing(session, mira.id, at).unit_id)
    session.commit()
    page = browser.get(link["href"], status=302)
    page = browser.get(f"/me/plan/{YEAR}/templates/{main.id}")
    [other] = page.select(f"main a[href='/me/plan/{YEAR}/templates/{second.id}']")
    assert other.text == "Templat untuk Plt. Kepala Seksi Air"
    assert "jalankan sementara" in browser.get(other["href"]).text


def test_lines_that_are_none_are_refused(browser, session, agency, mira, jonas, at):
    template = write(session, agency)
    path = f"/me/plan/{YEAR}/templates/{template.id}"
    sent = sent_by(browser.sign_in(mira).get(path))
    browser.post(path, sent | {"lines": ["99"]}, status=409)
    browser.post(path, sent | {"lines": ["-1", "dua", "9" * 5000]}, status=422)
    browser.get(f"/me/plan/{YEAR}/templates/{mira.id}", status=404)
    browser.post(f"/me/plan/2031/templates/{template.id}", sent | {"lines": ["1"]}, status=409)
    assert not plan(session, mira).is_there


def test_ones_own_file_says_where_goals_and_items_come_from(session, agency, mira, at):
    take(session, mira, write(session, agency), 1)
    [goal] = own_data(session, mira.id, at=NOON)["plans"][0]["goals"]
    assert goal["template"] == goal["items"][0]["template"]
    assert goal["template"]["valid_from"] == TODAY.isoformat()


def test_the_pages_need_few_statements(browser, session, agency, mira, at):
    template = write(session, agency)
    browser.sign_in(mira)
    with statements() as mine:
        browser.get("/me/plan")
    with statements() as taking_page:
        browser.get(f"/me/plan/{YEAR}/templates/{template.id}")
    assert (len(mine), len(taking_page)) <= (8, 14), (mine, taking_page)
