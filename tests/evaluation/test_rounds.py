"""Asking months later: who is asked, by which links, and what is told of it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from corpu.audit import AuditEntry
from corpu.database import uuid7
from corpu.evaluation import invitations, items, refusals, reports, rounds, service
from corpu.evaluation.models import (
    EvaluationBox,
    EvaluationIndicator,
    EvaluationInvitation,
    EvaluationRound,
    Role,
    SupervisorAnswer,
)
from corpu.jobs import Job
from corpu.learning.models import Completion
from corpu.models import catalog, people
from corpu.people.models import Posting
from corpu.people.queries import viewer_for
from tests.assessment.factories import SLUG
from tests.conftest import NOON
from tests.factories import make_person, save

SCORES = dict.fromkeys(items.behaviour_items(), 80)


@pytest.fixture
def manager(session, agency):
    return make_person(session, roles=("manager",))


def asked(session):
    return session.scalars(select(EvaluationInvitation).order_by(EvaluationInvitation.id)).all()


def open_for(session, complete, person):
    made = rounds.open_round(session, complete(person, days=100), at=NOON)
    session.commit()
    return made


def links(session, manager, round_, at=NOON):
    me = viewer_for(session, manager.id, 0, NOON)
    made = [
        (row.role, token) for row, token in invitations.make_links(session, round_.id, by=me, at=at)
    ]
    session.commit()
    return made


def test_self_supervisor_two_peers_and_two_subordinates_are_asked_once(session, complete, office):
    head, team, below = office
    made = open_for(session, complete, team[0])
    found = [(row.role, row.person_id) for row in asked(session)]
    assert {(Role.SELF, team[0].id), (Role.SUPERVISOR, head.id)} <= set(found)
    peers = {who for role, who in found if role is Role.PEER}
    assert len(peers) == 2
    assert peers <= {person.id for person in team[1:]}
    assert {who for role, who in found if role is Role.SUBORDINATE} == {p.id for p in below}
    completion = session.get(Completion, made.completion_id)
    assert rounds.open_round(session, completion, at=NOON) is None
    assert len(asked(session)) == 6


def test_on_the_day_that_two_change_places_each_is_asked_once(session, complete, agency):
    today = NOON.date()
    other = make_person(session)
    person = make_person(session, supervisor=other)
    before = people.Supervision(
        person_id=other.id,
        supervisor_id=person.id,
        started_on=today - timedelta(days=300),
        ended_on=today,
    )
    save(session, before)
    open_for(session, complete, person)
    found = {row.person_id: row.role for row in asked(session)}
    assert found == {person.id: Role.SELF, other.id: Role.SUPERVISOR}


def test_rounds_open_by_the_rule_when_their_months_are_over(session, complete, course, office):
    _head, team, _below = office
    for person, days in zip(team, (80, 93, 120, 300), strict=True):
        complete(person, days=days)
    assert rounds.open_due(session, at=NOON) == 2  # 80 days: not yet; 300: too long ago
    assert rounds.open_due(session, at=NOON) == 0
    boss = viewer_for(session, make_person(session, roles=("manager",)).id, 0, NOON)
    service.set_rule(session, course, months=2, form="distance", by=boss, at=NOON)
    service.set_rule(session, None, months=6, form="elearning", by=boss, at=NOON)
    assert service.rule_of(session, course.id) == (2, "distance")
    assert rounds.open_due(session, at=NOON) == 1


def test_one_job_a_day_opens_and_reminds(session, complete, office):
    open_for(session, complete, office[1][0])
    for _ in range(2):
        rounds.plan_day(session, NOON)
    assert len(session.scalars(select(Job).filter_by(kind="evaluation.daily")).all()) == 1
    for days, count in ((9, 0), (10, 1), (15, 1), (20, 2), (29, 2)):
        rounds.daily(session, {}, NOON + timedelta(days=days))
        session.expire_all()
        assert {row.reminders for row in asked(session)} == {count}


def test_a_link_is_used_once_and_whatever_is_wrong_is_told_alike(
    browser, session, complete, office, manager, at
):
    made = open_for(session, complete, office[1][0])
    old = links(session, manager, made)
    tokens = dict(links(session, manager, made))
    path = f"/evaluation/{tokens[Role.PEER]}"
    fields = dict.fromkeys(SCORES, "70")
    assert "tanpa nama" in browser.get(path).text
    browser.post(path, {}, status=422)
    browser.post(path, {next(iter(SCORES)): "101"}, status=422)
    browser.get(path)  # reading uses nothing up
    browser.post(path, fields, status=200)
    ended = [path, f"/evaluation/{old[0][1]}", "/evaluation/bukan-tautan"]
    words = {browser.get(one, status=410).select_one("main").text for one in ended}
    assert len(words) == 1
    browser.post(path, fields, status=410)
    assert not session.scalars(select(EvaluationBox.shown)).one()


def test_unknown_links_are_throttled(browser, agency):
    for _ in range(300):
        browser.client.get("/evaluation/salah", headers={"X-Forwarded-For": "x"})
    browser.get("/evaluation/salah", status=429)


def test_expired_and_revoked_links_open_nothing(session, complete, office, manager):
    made = open_for(session, complete, office[1][0])
    tokens = links(session, manager, made)
    late = made.closes_at
    with pytest.raises(refusals.LinkEnded):
        invitations.invitation_of_link(session, tokens[0][1], at=late)
    with pytest.raises(refusals.RoundClosed):
        links(session, manager, made, at=late)
    me = viewer_for(session, manager.id, 0, NOON)
    first = asked(session)[0]
    for _ in range(2):
        invitations.revoke(session, first.id, by=me, at=NOON)
    with pytest.raises(refusals.LinkEnded):
        invitations.invitation_of_link(session, tokens[0][1], at=NOON)


def test_only_the_supervisors_answer_bears_a_name(session, complete, office):
    head, team, _below = office
    open_for(session, complete, team[0])
    for row in asked(session):
        invitations.answer_invitation(session, row, SCORES, "Lebih teliti", at=NOON)
    session.commit()
    kept = session.scalars(select(SupervisorAnswer)).one()
    assert (kept.supervisor_id, kept.scores["applied"]) == (head.id, 80)
    boxes = session.scalars(select(EvaluationBox)).all()
    assert {box.part.value: box.held for box in boxes} == {"self": 1, "peer": 2, "subordinate": 2}


def test_each_side_is_shown_from_five_answers_on(session, course, complete, office):
    _head, team, _below = office
    for person in team[:3]:
        open_for(session, complete, person)
    for row in asked(session):
        invitations.answer_invitation(session, row, SCORES, "", at=NOON)
    session.commit()
    shown = {side.role: side.count for side in reports.report_of(session, course.id).behaviour}
    assert shown == {Role.SELF: 0, Role.SUPERVISOR: 0, Role.PEER: 5, Role.SUBORDINATE: 0}


def test_what_a_few_supervisors_say_of_an_item_is_no_difference_of_two_reports(
    session, course, complete, agency
):
    first, *others = list(SCORES)

    def said(people, scores):
        for _ in range(people):
            boss = make_person(session)
            open_for(session, complete, make_person(session, supervisor=boss))
            row = session.scalars(select(EvaluationInvitation).filter_by(person_id=boss.id)).one()
            invitations.answer_invitation(session, row, scores, "", at=NOON)
        session.commit()
        behaviour = reports.report_of(session, course.id).behaviour
        return next(side for side in behaviour if side.role is Role.SUPERVISOR)

    assert said(5, SCORES).means[first] == 80
    said(4, dict.fromkeys(others, 80))
    side = said(1, SCORES | {first: 20})  # (6 × 70) − (5 × 80) would be what that one said
    assert (side.count, side.means[first], side.means[others[0]]) == (10, 80, 80)


def test_somebody_signed_in_answers_without_a_link_and_not_for_another(
    browser, session, complete, office, jonas, at
):
    head, team, _below = office
    open_for(session, complete, team[0])
    mine = next(row for row in asked(session) if row.role is Role.SUPERVISOR)
    path = f"/me/evaluations/{mine.id}"
    browser.sign_in(jonas).get(path, status=404)
    browser.sign_in(head)
    assert "Evaluasi menunggu jawaban Anda" in browser.get("/").text
    assert team[0].name in browser.get("/me/evaluations").text
    page = browser.post(path, dict.fromkeys(SCORES, "90"))
    assert "Tidak ada yang menunggu" in page.text
    page = browser.post(path, dict.fromkeys(SCORES, "10"))  # a double click
    assert "Jawaban pertama yang dihitung" in page.text
    browser.sign_in(jonas).get(path, status=404)
    assert session.scalars(select(SupervisorAnswer)).one().scores["applied"] == 90


def test_the_office_hands_links_over_and_takes_back(
    browser, session, complete, office, manager, at
):
    made = open_for(session, complete, office[1][0])
    browser.sign_in(manager)
    assert office[1][0].name in browser.get("/manage/evaluations").text
    path = f"/manage/evaluations/{made.id}"
    browser.get(path)
    page = browser.post(f"{path}/links", status=200)
    assert len(page.select(".codebox")) == 6
    assert not browser.get(path).select(".codebox")
    page = browser.post(f"{path}/{asked(session)[5].id}/revoke")
    assert "Ditarik" in page.text
    said = asked(session)[4]
    invitations.answer_invitation(session, said, SCORES, "", at=NOON)
    session.commit()
    page = browser.post(f"{path}/{said.id}/revoke", status=409)
    assert "Orang ini sudah menjawab" in page.text
    browser.get(f"/manage/evaluations/{uuid7()}", status=404)


def test_a_manager_of_another_unit_finds_no_round(browser, session, complete, office, at):
    made = open_for(session, complete, office[1][0])
    assert session.get(EvaluationRound, made.id).unit_id is not None
    elsewhere = make_person(session, roles=("manager",))
    role = session.scalars(select(Posting.unit_id).filter_by(person_id=elsewhere.id)).one()
    assignment = session.scalars(select(people.RoleAssignment).filter_by(person_id=elsewhere.id))
    assignment.one().unit_id = role
    session.commit()
    browser.sign_in(elsewhere)
    browser.get(f"/manage/evaluations/{made.id}", status=404)
    browser.post(f"/manage/evaluations/{made.id}/links", status=404)
    browser.get(f"/manage/courses/{SLUG}/evaluation", status=404)


def test_who_manages_everything_sets_the_rule_of_all_other_courses(
    browser, session, course, manager, office, at
):
    path = "/manage/evaluations"
    browser.sign_in(manager)
    assert browser.get(path).select_one("[name=months]")["value"] == "3"
    for wrong in ({"months": "13", "form": "boarding"}, {"months": "4", "form": "x"}, {}):
        browser.post(path, wrong, status=422)
    for _ in range(2):  # a double click
        page = browser.post(path, {"months": "4", "form": "boarding"})
    assert "Aturan umum evaluasi tersimpan" in page.text
    assert page.select_one("[name=months]")["value"] == "4"
    assert service.rule_of(session, course.id) == (4, "boarding")
    assert len(session.scalars(select(AuditEntry)).all()) == 1
    head, *_ = office
    unit = session.scalars(select(people.Posting.unit_id).filter_by(person_id=head.id)).one()
    granted = people.RoleAssignment(
        person_id=head.id, role="manager", unit_id=unit, started_on=date(2020, 1, 1)
    )
    save(session, granted)
    browser.sign_in(head)
    assert browser.get(path).select_one("[name=months]") is None
    browser.post(path, {"months": "5", "form": "boarding"}, status=403)
    assert service.rule_of(session, course.id) == (4, "boarding")


def test_figures_of_the_organisation_stand_in_the_report_until_withdrawn(
    browser, session, course, manager, at
):
    browser.sign_in(manager)
    base = f"/manage/courses/{SLUG}/evaluation"
    title = session.scalars(select(catalog.Edition.title)).one()
    assert browser.get(base).select_one("h1").text == title
    page = browser.get(f"{base}/indicators/new")
    assert title in page.main.text
    key = page.select_one("[name=key]")["value"]
    fields = {
        "key": key, "name": "Izin tepat waktu", "measure": "persen", "before": "82,5",
        "before_on": "2026-01-31", "after": "90", "after_on": "2026-10-31",
        "source": "Aplikasi perizinan", "reason": "Semua petugas mengikuti kursus",
    }  # fmt: skip
    for wrong in (
        *({"after_on": day} for day in ("2026-01-31", "2027-01-31", "9999-12-31")),
        *({"before": text} for text in ("banyak", "1E+2000000000", "1E-9", "sNaN", "9" * 9000)),
    ):
        browser.post(f"{base}/indicators/new", fields | wrong, status=422)
    for _ in range(2):  # a double click writes once
        browser.post(f"{base}/indicators/new", fields)
    kept = session.scalars(select(EvaluationIndicator)).one()
    assert (kept.before, kept.after_on) == (Decimal("82.5"), date(2026, 10, 31))
    report = f"/author/{SLUG}/evaluation"
    assert "Izin tepat waktu" in browser.get(report).text
    browser.post(f"{base}/indicators/{kept.id}/withdraw")
    assert "Izin tepat waktu" not in browser.get(report).text
    browser.post(base, {"months": "0", "form": "elearning"}, status=422)
    browser.post(base, {"months": "4", "form": "boarding"})
    assert service.rule_of(session, course.id) == (4, "boarding")
