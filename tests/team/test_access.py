"""Who may see whom: the dated relation decides, on every address of the room."""

from datetime import date
from uuid import uuid4

import pytest

from corpu.competency.models import EvidenceRecord
from corpu.people.models import Account, ProfileVisit
from tests.factories import make_person, supervise
from tests.team.factories import REASON, team_url

YESTERDAY, TODAY = date(2026, 11, 23), date(2026, 11, 24)


def refused(browser, person):
    browser.get(team_url(person), status=404)
    browser.get(team_url(person, "PPB"), status=404)
    browser.post(team_url(person, "PPB"), level="3", reason=REASON, status=404)


def nothing_left(session):
    session.expire_all()
    return not session.query(ProfileVisit).count() and not session.query(EvidenceRecord).count()


def test_a_supervisor_opens_the_page_of_who_answers_to_them(browser, mira, endang, at):
    page = browser.sign_in(endang).get(team_url(mira))
    assert page.h1.text == "Mira Lestari"
    assert "Atasan langsung: Anda" in page.text


def test_who_stands_further_up_opens_it_too(browser, mira, head, at):
    page = browser.sign_in(head).get(team_url(mira))
    assert "Atasan langsung: Endang Sulistyowati" in page.text


@pytest.mark.parametrize("whom", ["sideways", "upwards", "oneself", "unknown"])
def test_anybody_else_is_not_to_be_found(browser, session, mira, jonas, endang, head, at, whom):
    other = {"sideways": jonas, "upwards": head, "oneself": endang, "unknown": uuid4()}[whom]
    refused(browser.sign_in(endang), other)
    assert nothing_left(session)


def test_the_team_of_a_colleague_is_not_to_be_found(browser, session, mira, endang, at):
    colleague = make_person(session)
    supervise(session, colleague, make_person(session))
    refused(browser.sign_in(colleague), mira)


def test_a_relation_that_ended_yesterday_shows_nothing_any_more(browser, session, endang, at):
    former = make_person(session, name="Bekas Bawahan")
    supervise(session, endang, former, ended_on=YESTERDAY)
    refused(browser.sign_in(endang), former)
    assert "Bekas Bawahan" not in browser.get("/team").text
    assert nothing_left(session)


def test_a_relation_holds_through_its_last_day_and_not_before_its_first(
    browser, session, endang, at
):
    leaving, coming = make_person(session), make_person(session)
    supervise(session, endang, leaving, ended_on=TODAY)
    supervise(session, endang, coming, started_on=date(2026, 11, 25))
    browser.sign_in(endang).get(team_url(leaving))
    refused(browser, coming)


def test_a_break_further_up_hides_everybody_below(browser, session, mira, endang, at):
    boss = make_person(session)
    supervise(session, boss, endang, ended_on=YESTERDAY)
    supervise(session, boss, make_person(session))
    refused(browser.sign_in(boss), mira)


def test_who_supervises_nobody_gets_the_page_of_the_forbidden(browser, session, mira, endang, at):
    browser.sign_in(mira)
    for url in (team_url(), team_url(endang), team_url(endang, "PPB")):
        assert "tidak berwenang" in browser.get(url, status=403).text
    browser.post(team_url(endang, "PPB"), level="3", reason=REASON, status=403)
    assert nothing_left(session)


def test_a_visitor_signs_in_first(browser, mira, endang):
    browser.get("/team", status=303)


def test_an_unknown_competency_is_not_to_be_found(browser, mira, endang, at):
    browser.sign_in(endang).get(team_url(mira, "XYZ"), status=404)
    browser.post(team_url(mira, "XYZ"), level="3", reason=REASON, status=404)


def test_a_deactivated_person_leaves_the_list_and_may_leave_it_empty(
    browser, session, mira, endang, at
):
    session.get_one(Account, mira.id).is_active = False
    session.commit()
    page = browser.sign_in(endang).get("/team")
    assert page.h1.text == "Belum ada pegawai di tim Anda"
    assert "Mira Lestari" not in page.text
