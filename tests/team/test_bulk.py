"""Several acts with one reason: what is done, what is refused and why, and nothing twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from sqlalchemy import select

from corpu.audit import AuditEntry
from corpu.extensions import db
from corpu.people.models import Supervision
from corpu.plans.models import PlanTransition
from corpu.team.bulk import Pick, read_picks
from corpu.team.models import Reminder, Subject
from corpu.team.reminders import remind
from corpu.team.rules import Group
from tests.factories import make_person, supervise
from tests.page import Browser, look_again
from tests.plans.factories import YEAR, add_goal, add_item, plan, steps, submit, version
from tests.statements import statements
from tests.team.factories import NOON

WHY = "Sudah dibahas bersama dalam rapat bulanan"


def submitted(session, person):
    add_item(session, person, add_goal(session, person))
    submit(session, person)


def approval(session, person):
    return str(Pick(Group.APPROVAL, person.id, YEAR, version(session, person)))


def test_several_plans_are_approved_at_once_and_each_says_why(browser, session, mira, endang, at):
    siti = make_person(session, name="Siti Aminah", supervisor=endang)
    for person in (mira, siti):
        submitted(session, person)
    page = browser.sign_in(endang).get("/team?kind=approval")
    picks = [box["value"] for box in page.select("input[name=pick]")]
    assert set(picks) == {approval(session, mira), approval(session, siti)}
    page = browser.get("/team/act/approve", query_string={"pick": picks})
    assert page.h1.text == "Setujui 2 rencana?"
    assert "Siti Aminah" in page.text
    page = browser.post("/team/act/approve", {"pick": picks}, status=422)
    assert page.select("[aria-invalid=true]")
    assert len(page.select("input[name=pick]")) == 2, "what was chosen stays"
    for _click in range(2):
        page = browser.post("/team/act/approve", {"pick": picks, "reason": WHY}, status=200)
        assert page.h1.text == "2 rencana disetujui"
        assert "Tidak dilakukan" not in page.text
    for person in (mira, siti):
        assert steps(session, person)[-1] == ("approved", "Endang Sulistyowati")
        assert len(steps(session, person)) == 3
    entries = session.scalars(select(AuditEntry).filter_by(action="plan.approved")).all()
    assert [entry.reason for entry in entries] == [WHY, WHY]


def test_what_cannot_be_done_is_named_with_the_reason_and_stops_nobody_else(
    browser, session, mira, endang, at
):
    siti = make_person(session, name="Siti Aminah", supervisor=endang)
    for person in (mira, siti):
        submitted(session, person)
    seen = [approval(session, mira), approval(session, siti)]
    add_goal(session, mira, by=endang, text="Sebuah tujuan tanpa kegiatan")
    gone = make_person(session, name="Sudah Pindah")
    picks = [*seen, str(Pick(Group.HOURS, siti.id)), str(Pick(Group.APPROVAL, gone.id, YEAR, 1))]
    page = browser.sign_in(endang).get("/team")
    page = browser.post("/team/act/approve", {"pick": picks, "reason": WHY}, status=200)
    assert page.h1.text == "1 rencana disetujui"
    assert "Mira Lestari: Rencana ini sudah berubah" in page.text
    assert "Siti Aminah: Tindakan ini tidak berlaku" in page.text
    assert "Seseorang: Orang ini bukan bawahan Anda" in page.text
    assert "Sudah Pindah" not in page.text
    assert plan(session, mira).state == "submitted"
    assert plan(session, siti).state == "approved"


def test_people_are_reminded_once_a_day_of_each_thing_and_read_it_at_home(
    browser, session, mira, endang, head, at
):
    picks = [str(Pick(Group.PLAN, mira.id)), str(Pick(Group.HOURS, mira.id))]
    browser.sign_in(endang).get("/team/act/remind", query_string={"pick": picks})
    for _click in range(2):
        page = browser.post("/team/act/remind", {"pick": picks, "reason": WHY}, status=200)
        assert page.h1.text == "2 pengingat terkirim"
    assert len(session.scalars(select(Reminder)).all()) == 2
    assert len(session.scalars(select(AuditEntry).filter_by(action="reminder.sent")).all()) == 2
    browser.sign_in(head).get("/team")
    page = browser.post("/team/act/remind", {"pick": picks, "reason": WHY}, status=200)
    assert page.h1.text == "0 pengingat terkirim"
    assert "Hari ini sudah diingatkan oleh Endang Sulistyowati" in page.text
    home = browser.sign_in(mira).get("/")
    assert "Endang Sulistyowati mengingatkan rencana Anda" in home.text
    assert "Endang Sulistyowati mengingatkan jam pelajaran Anda" in home.text
    assert WHY in home.text
    look_again()
    data = browser.client.get("/account/data.json").get_json()
    assert [row["text"] for row in data["reminders"]] == [WHY, WHY]
    tomorrow = NOON + timedelta(days=1)
    remind(session, head.id, mira.id, Subject.PLAN, WHY, at=tomorrow)
    assert len(session.scalars(select(Reminder)).all()) == 3
    assert {row.post_title for row in session.scalars(select(Reminder))} == {"Analis Uji"}


def test_nobody_is_reminded_of_what_no_longer_waits(browser, session, mira, endang, at):
    submitted(session, mira)
    pick = str(Pick(Group.PLAN, mira.id))
    browser.sign_in(endang).get("/team")
    page = browser.post("/team/act/remind", {"pick": pick, "reason": WHY}, status=200)
    assert "Tidak perlu diingatkan lagi" in page.text
    assert not session.scalars(select(Reminder)).all()


def test_a_stranger_among_the_chosen_is_not_to_be_found(browser, session, mira, jonas, endang, at):
    browser.sign_in(endang)
    for person in (jonas, endang):
        pick = str(Pick(Group.HOURS, person.id))
        browser.get("/team/act/remind", query_string={"pick": pick}, status=404)
    browser.get("/team/act/dismiss", status=404)
    supervise(session, make_person(session), jonas)
    browser.sign_in(mira).get("/team/act/remind", status=403)


def test_who_has_left_meanwhile_does_not_take_the_others_along(browser, session, mira, endang, at):
    gone = make_person(session, name="Sudah Pindah")
    picks = [str(Pick(Group.HOURS, person.id)) for person in (mira, gone)]
    browser.sign_in(endang).get("/team")
    page = browser.get("/team/act/remind", query_string={"pick": picks})
    assert page.h1.text == "Ingatkan tentang 1 hal?"
    assert "Seseorang: Orang ini bukan bawahan Anda" in page.text
    assert "Sudah Pindah" not in page.text
    page = browser.post("/team/act/remind", {"pick": picks, "reason": "pendek"}, status=422)
    assert [box["value"] for box in page.select("input[name=pick]")] == picks[:1]


def test_nothing_chosen_leads_back_with_a_word(browser, session, mira, endang, at):
    browser.sign_in(endang)
    for url in ("/team/act/approve?line=all", "/team/act/remind?pick=x&pick=hours:::&pick=a:b:c:d"):
        answer = browser.client.get(url)
        assert answer.status_code == 303
        assert "Pilih dahulu" in browser.get(answer.location).text


def test_ticks_are_read_once_each_and_never_obeyed(mira):
    good = str(Pick(Group.HOURS, mira.id))
    bad = ["", ":::", f"hours:{mira.id}:0", f"nothing:{mira.id.hex}:0:0", f"{good}99999999999"]
    bad += [f"hours:{mira.id.hex}:\N{ARABIC-INDIC DIGIT ONE}:0", f"hours:{mira.id}:0:0", "9" * 9000]
    assert [str(pick) for pick in read_picks([good, *bad, good])] == [good]
    assert not read_picks([f"approval:{mira.id.hex}:2026:1000000000"])
    assert len(read_picks([f"plan:{n:032x}:0:0" for n in range(500)])) == 100


def test_fifty_are_looked_up_in_as_many_statements_as_two(browser, session, mira, endang, at):
    others = [make_person(session, supervisor=endang) for _ in range(12)]
    browser.sign_in(endang)
    sent = []
    for people in ([mira], [mira, *others]):
        picks = [str(Pick(Group.HOURS, person.id)) for person in people]
        session.close()
        with statements() as seen:
            browser.get("/team/act/remind", query_string={"pick": picks})
        sent.append(len(seen))
    assert sent[0] == sent[1] <= 8


def test_two_supervisors_at_once_do_nothing_twice(live_app, at):
    with live_app.app_context():
        session = db.session()
        head = make_person(session, name="Kepala Dinas")
        endang = make_person(session, name="Endang", supervisor=head)
        staff = [make_person(session, name=f"Orang {n}", supervisor=endang) for n in range(3)]
        for person in staff:
            submitted(session, person)
        approvals = [approval(session, person) for person in staff]
        reminders = [str(Pick(Group.HOURS, person.id)) for person in staff]
        windows = [Browser(live_app.test_client()).sign_in(who) for who in (endang, endang, head)]
        db.session.remove()
    tokens = [window.csrf_token() for window in windows]
    start = Barrier(len(windows))

    def act(number):
        client, token = windows[number].client, tokens[number]
        form = {"reason": WHY, "csrf_token": token}
        start.wait(10)
        first = client.post("/team/act/approve", data=form | {"pick": approvals}).status_code
        start.wait(30)
        return first, client.post("/team/act/remind", data=form | {"pick": reminders}).status_code

    with ThreadPoolExecutor(len(windows)) as pool:
        assert list(pool.map(act, range(len(windows)))) == [(200, 200)] * 3
    with live_app.app_context():
        assert db.session.query(Reminder).count() == 3
        done = db.session.scalars(select(PlanTransition.to_state)).all()
        assert sum(state == "approved" for state in done) == 3
        assert db.session.query(Supervision).count() == 4
        db.session.remove()
