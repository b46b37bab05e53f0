"""Deciding in a supervisor's place: what it reaches, and that every fact says so."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from sqlalchemy import select, update

from corpu.audit import AuditEntry
from corpu.competency import peers
from corpu.competency import queries as competency
from corpu.competency.asking_models import PeerRequest
from corpu.competency.export import own_part
from corpu.competency.models import EvidenceRecord
from corpu.competency.service import OwnRating, recompute
from corpu.errors import NotFound
from corpu.people import command, queries
from corpu.people.export import own_data
from corpu.people.models import Delegation
from corpu.people.service import deactivate
from corpu.team.queries import waiting_for
from corpu.team.rules import Group
from tests.competency.factories import rate
from tests.factories import make_person, supervise
from tests.page import look_again
from tests.plans.factories import add_goal, add_item, approve, plan, steps, submit
from tests.team.factories import NOON, team_url

LAST = date(2026, 12, 31)
WHY = "Cuti tahunan sampai akhir tahun"


@pytest.fixture
def siti(session, endang):
    """A colleague of Mira under Endang, who stands in for her until the end of the year."""
    siti = make_person(session, name="Siti Aminah", supervisor=endang)
    command.hand_over(
        session,
        endang.id,
        siti.id,
        started_on=NOON.date(),
        ended_on=LAST,
        by=queries.viewer_for(session, endang.id, 0, NOON),
        reason=WHY,
        at=NOON,
    )
    session.commit()
    return siti


def submitted(session, person):
    add_item(session, person, add_goal(session, person))
    submit(session, person)


def test_a_deputy_approves_in_the_name_of_the_supervisor(session, mira, endang, siti):
    submitted(session, mira)
    approve(session, siti, mira)
    signed = "Siti Aminah, atas nama Endang Sulistyowati"
    assert steps(session, mira)[-1] == ("approved", signed)
    entry = session.scalars(select(AuditEntry).filter_by(action="plan.approved")).one()
    assert (entry.actor_id, entry.actor_name) == (siti.id, signed)


def test_a_deputy_decides_neither_on_themselves_nor_beyond_the_line(session, siti, jonas, endang):
    submitted(session, siti)
    with pytest.raises(Exception, match="rencana Anda sendiri"):
        approve(session, siti, siti)
    session.rollback()
    assert plan(session, siti).state == "submitted"
    with pytest.raises(OwnRating):
        rate(session, siti, siti)
    session.rollback()
    with pytest.raises(Exception, match="bukan bawahan"):
        rate(session, siti, jonas)


def test_who_is_relieved_in_the_very_moment_does_not_decide_as_themselves(
    session, mira, endang, siti, monkeypatch
):
    submitted(session, mira)

    def relieved_after(read):
        """Another window ends the delegation once this one has seen it."""

        def reads(*args, **more):
            found = read(*args, **more)
            ended = {"revoked_at": NOON, "revoked_by_id": endang.id}
            session.execute(update(Delegation).values(ended))
            return found

        return reads

    for module, name in (
        ("corpu.competency.service", "places_over"),
        ("corpu.plans.steps", "part_of"),
    ):
        monkeypatch.setattr(
            f"{module}.{name}", relieved_after(getattr(import_module(module), name))
        )
    with pytest.raises(NotFound):
        rate(session, siti, mira)
    session.rollback()
    with pytest.raises(NotFound):
        approve(session, siti, mira)
    session.rollback()
    assert not session.scalars(select(EvidenceRecord)).all()
    assert plan(session, mira).state == "submitted"


def test_a_goal_that_a_deputy_asks_for_says_in_whose_place(browser, session, mira, endang, siti):
    signed = "Siti Aminah, atas nama Endang Sulistyowati"
    add_goal(session, mira, by=siti)
    [goal] = plan(session, mira).goals
    assert (goal.author, steps(session, mira)) == (signed, [("draft", signed)])
    assert own_data(session, mira.id, at=NOON)["plans"][0]["goals"][0]["written_by"] == signed
    siti.name = "Siti Aminah Rahayu"  # what was signed keeps the name of its day
    session.commit()
    assert f"Dari atasan: {signed}" in browser.sign_in(mira).get("/me/plan").text
    assert f"Dari atasan: {signed}" in browser.get("/me/plan/2026/print").text


def test_a_rating_by_a_deputy_is_the_supervisors_and_says_who_gave_it(session, mira, endang, siti):
    rate(session, endang, mira, 2)
    rating = rate(session, siti, mira, 3, reason="Memimpin rapat dengan warga")
    assert (rating.actor_id, rating.on_behalf_of_id) == (siti.id, endang.id)
    assert rating.label == "Siti Aminah, atas nama Endang Sulistyowati"
    [given] = own_part(session, siti.id)["ratings_given"]
    assert given["label"] == rating.label
    account = competency.account_of(session, mira.id, "PPB", NOON)
    assert account.outcome.level == 3
    assert len([one for one in account.counted if one.piece.rater_id == endang.id]) == 1
    # It hangs on the supervisor's relation: the end of the delegation takes nothing from it.
    later = NOON + timedelta(days=300)
    recompute(session, mira.id, ["PPB"], at=later)
    assert competency.account_of(session, mira.id, "PPB", later).outcome.level == 3


def test_with_ones_own_line_one_rates_as_oneself(session, mira, endang, head):
    command.hand_over(
        session,
        endang.id,
        head.id,
        started_on=NOON.date(),
        ended_on=LAST,
        by=queries.viewer_for(session, endang.id, 0, NOON),
        reason=WHY,
        at=NOON,
    )
    session.commit()
    rating = rate(session, head, mira, 4)
    assert rating.on_behalf_of_id is None
    assert session.scalar(select(EvidenceRecord.source)) == f"supervisor:{head.id}"
    submitted(session, mira)
    approve(session, head, mira)
    assert steps(session, mira)[-1][1] == "Kepala Dinas, atas nama Endang Sulistyowati"


def test_what_the_supervisor_rated_says_nothing_of_the_deputys_own_people(
    session, mira, jonas, endang, siti
):
    supervise(session, siti, jonas)
    own = make_person(session, name="Dulu di bawah Endang", supervisor=siti)
    for person in (mira, own):
        rate_before(session, endang, person)
    unrated = {
        member.id: set(want.codes)
        for member, want in waiting_for(session, siti.id, NOON)
        if want.group is Group.RATING
    }
    assert "PPB" in unrated[own.id]
    assert "PPB" not in unrated[mira.id], "rated by whom Siti stands in for"


def rate_before(session, supervisor, person):
    """A rating of a former day, when they answered to this supervisor."""
    session.add(
        EvidenceRecord(
            person_id=person.id,
            competency="PPB",
            kind="supervisor",
            level=3,
            weight=1,
            source=f"supervisor:{supervisor.id}",
            label=supervisor.full_name,
            observed_at=NOON - timedelta(days=9),
            recorded_at=NOON - timedelta(days=9),
            actor_id=supervisor.id,
        )
    )
    session.commit()
    recompute(session, person.id, ["PPB"], at=NOON)


def test_the_screen_of_a_deputy_says_for_whom_and_until_when(
    browser, session, mira, endang, siti, at
):
    submitted(session, mira)
    page = browser.sign_in(siti).get("/team")
    assert "Anda bertindak atas nama Endang Sulistyowati. Sampai 31 Desember 2026." in page.text
    assert "Rencana 2026 menunggu persetujuan Anda" in page.text
    page = browser.get(f"{team_url(mira)}/plan")
    assert "Keputusan Anda tercatat demikian." in page.text
    page = browser.get(team_url(mira))
    assert "Atasan langsung: Endang Sulistyowati" in page.text
    deactivate(session, mira.id, by=None, reason="Pensiun pada akhir bulan ini", at=NOON)
    session.commit()
    page = browser.get(team_url(mira))
    assert "Atasan langsung: Endang Sulistyowati" in page.text
    browser.get(f"{team_url(mira)}/sheet", status=404)


def test_everybody_concerned_reads_of_it_on_their_own_page(
    browser, session, mira, jonas, endang, siti, at
):
    supervise(session, siti, jonas)
    assert "Anda mewakili Endang Sulistyowati" in browser.sign_in(siti).get("/account").text
    assert "Anda serahkan kepada Siti Aminah" in browser.sign_in(endang).get("/account").text
    assert "Diwakili Siti Aminah sampai 31 Desember 2026" in (
        browser.sign_in(mira).get("/account").text
    )
    assert "Siti Aminah mewakili" not in browser.sign_in(jonas).get("/account").text
    look_again()
    data = browser.sign_in(siti).client.get("/account/data.json").get_json()
    [handed] = data["people"]["delegations"]
    assert (handed["from"], handed["ended_on"]) == ("Endang Sulistyowati", "2026-12-31")


def test_a_supervisor_hands_over_and_ends_it_on_two_pages(browser, session, mira, endang, at):
    browser.sign_in(endang).get("/team/delegations")
    page = browser.get("/team/delegations/new")
    offered = [option["value"] for option in page.select("select[name=deputy] option")]
    assert offered == ["", mira.id.hex]
    page = browser.post("/team/delegations/new", status=422, deputy="", reason="pendek")
    assert page.select("[aria-invalid=true]")
    form = {
        "deputy": mira.id.hex,
        "started_on": "2026-11-24",
        "ended_on": "2028-11-24",
        "reason": WHY,
    }
    page = browser.post("/team/delegations/new", form, status=409)
    assert "Paling lama setahun: sampai 23 November 2027" in page.text
    make_person(session, name="Teman Mira", supervisor=endang)
    page = browser.post("/team/delegations/new", form | {"ended_on": "2026-12-31"})
    assert "Anda serahkan kepada Mira Lestari" in page.text
    found = session.scalars(select(Delegation)).one()
    end = f"/account/delegations/{found.id}/end"
    browser.sign_in(make_person(session)).get(end, status=404)
    browser.sign_in(mira).get("/team")
    assert browser.post(end, status=422).select("[aria-invalid=true]")
    page = browser.post(end, reason=WHY)
    assert "Penyerahan kewenangan diakhiri" in page.text
    browser.get("/team", status=403)
    browser.post(end, reason=WHY)
    assert len(session.scalars(select(AuditEntry)).all()) == 2


def test_who_is_rated_reads_in_whose_place(browser, session, mira, endang, siti, at):
    rate(session, siti, mira, 2)
    page = browser.sign_in(mira).get("/")
    assert "Siti Aminah, atas nama Endang Sulistyowati menilai Anda" in page.text


def test_a_deputy_asks_colleagues_in_the_name_of_the_supervisor(session, mira, endang, siti):
    beside = make_person(session, supervisor=endang)
    by = queries.viewer_for(session, siti.id, 0, NOON)
    peers.ask(session, mira.id, [beside.id], ["INT"], by=by, at=NOON)
    session.commit()
    request = session.scalars(select(PeerRequest)).one()
    assert request.asked_by_name == "Siti Aminah, atas nama Endang Sulistyowati"


@pytest.mark.parametrize("day", ["2126-11-24", "9999-12-31", "1001-01-01"])
def test_a_mistyped_century_hands_nothing_over(browser, session, mira, endang, at, day):
    browser.sign_in(endang)
    form = {"deputy": mira.id.hex, "started_on": day, "ended_on": day, "reason": WHY}
    page = browser.post("/team/delegations/new", form, status=422)
    assert "antara tahun 1950 dan 2099" in page.text
    assert not session.scalars(select(Delegation)).all()
