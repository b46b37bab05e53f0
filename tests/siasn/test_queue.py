"""What waits, who takes it, and what becomes of it."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from corpu import jobs
from corpu.credentials import correcting, revoking
from corpu.extensions import db
from corpu.people.export import own_data
from corpu.siasn import sending, service, turns, work
from corpu.siasn.client import Client, Tokens
from corpu.siasn.models import Problem, SiasnGate, SiasnRecord, State, Stop
from corpu.transactions import held_effects, unit_of_work
from tests.credentials.world import bpsdm, issue, make_course
from tests.factories import make_agency, make_person
from tests.siasn.conftest import PDF, configure, drawn_from, keys
from tests.siasn.server import SSO

pytestmark = pytest.mark.usefixtures("drawn")


def ask(session, moment, **more):
    with unit_of_work(session):
        return service.queue(session, units=None, by=None, at=moment.now, **more)


def work_off(session, moment):
    """What the worker does until nothing is due."""
    with unit_of_work(session):
        work.plan(session, moment.now)
    while jobs.run_one(session, moment):
        pass


def send(session, moment):
    ask(session, moment)
    work_off(session, moment)
    return record(session)


def record(session):
    fresh = select(SiasnRecord).execution_options(populate_existing=True)
    return session.scalars(fresh).one_or_none()


def states(session):
    return set(session.scalars(select(SiasnRecord.state)))


def revoke(session, certificate, moment):
    with unit_of_work(session):
        revoking.revoke(
            session,
            certificate.id,
            by=None,
            by_name="konsol",
            reason="Keliru",
            revocation_class="data",
            at=moment.now,
        )


def test_a_certificate_that_was_issued_becomes_a_record(
    session, moment, configured, siasn, certificate, mira
):
    sent = send(session, moment)
    assert (sent.state, sent.remote_id, sent.pns_id) == (State.SENT, "RW-1", siasn.people[mira.nip])
    assert siasn.documents == {("RW-1", "881"): drawn_from(certificate.number)}
    assert siasn.bodies[0]["tanggalKursus"] == "21-11-2026"
    assert ask(session, moment) == 0
    own = own_data(session, mira.id, at=moment.now)["siasn"]
    assert [one["asked"] for one in own[0]["said"]][-1] == "POST token"


def test_a_worker_killed_after_saving_doubles_nothing(
    session, moment, configured, siasn, certificate, mira
):
    ask(session, moment)
    with unit_of_work(session):
        claimed = turns.claim(session, at=moment.now)
    sending.carry_out(Client(configured, Tokens()), claimed.task, lambda: PDF)  # and it is dead
    work_off(session, moment)
    assert record(session).state is State.WAITING  # still that worker's
    moment.forward(turns.CLAIM)
    work_off(session, moment)
    assert record(session).state is State.SENT
    assert len(siasn.kept(mira.nip)) == 1
    late = sending.Outcome(claimed.task.wish, problem=Problem.REFUSED, is_final=True)
    with unit_of_work(session):
        turns.settle(session, claimed, late, at=moment.now)
    assert record(session).state is State.SENT


def test_an_expired_token_stops_everything_until_a_person_says_so(
    session, moment, configured, siasn, certificate, jonas, course
):
    siasn.knows(jonas)
    issue(session, jonas, course, moment.now)
    siasn.sso = "token yang lain"
    send_all = ask(session, moment)
    work_off(session, moment)
    assert session.get(SiasnGate, 1).stop is Stop.TOKEN
    assert (send_all, states(session)) == (2, {State.WAITING})
    asked = len(siasn.calls)
    siasn.sso = SSO
    moment.forward(timedelta(days=1))
    work_off(session, moment)
    assert len(siasn.calls) == asked
    with unit_of_work(session):
        service.retry(session, units=None, by=None, at=moment.now)
    work_off(session, moment)
    assert states(session) == {State.SENT}


def test_a_busy_service_is_left_alone_as_long_as_it_asks(
    session, moment, configured, siasn, certificate
):
    siasn.mood("kursus/save", (429, "120"))
    waiting = send(session, moment)
    assert (waiting.state, waiting.attempts) == (State.WAITING, 0)
    asked = len(siasn.calls)
    moment.forward(timedelta(seconds=119))
    work_off(session, moment)
    assert len(siasn.calls) == asked
    moment.forward(timedelta(seconds=1))
    work_off(session, moment)
    assert record(session).state is State.SENT


def test_a_service_that_never_answers_is_given_up_in_the_end(
    session, moment, configured, siasn, certificate
):
    siasn.mood("pns/data-utama/{nip}", *[500] * 20)
    pauses, waiting = [], send(session, moment)
    while waiting.state is State.WAITING:
        pauses.append(waiting.next_try_at - moment.now)
        moment.now = waiting.next_try_at
        work_off(session, moment)
        waiting = record(session)
    assert pauses == sorted(pauses)
    assert len(pauses) == 8
    assert (waiting.state, waiting.problem) == (State.FAILED, Problem.NO_ANSWER)
    asked = len(siasn.calls)
    work_off(session, moment)
    assert len(siasn.calls) == asked


def test_a_full_disk_lets_the_document_come_later(
    session, moment, app, configured, siasn, certificate, mira, monkeypatch
):
    def full(_data):
        raise OSError("No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(app.extensions["storage"], "put", full, raising=False)
        waiting = send(session, moment)
    assert (waiting.state, waiting.problem) == (State.WAITING, Problem.NO_DOCUMENT)
    moment.forward(timedelta(minutes=2))
    work_off(session, moment)
    assert record(session).state is State.SENT
    assert len(siasn.kept(mira.nip)) == 1


def test_a_revoked_certificate_is_taken_out_again(
    session, moment, configured, siasn, certificate, mira
):
    send(session, moment)
    revoke(session, certificate, moment)
    assert record(session).state is State.WAITING
    work_off(session, moment)
    assert record(session).state is State.DELETED
    assert siasn.kept(mira.nip) == []


def test_a_corrected_certificate_takes_the_place_of_its_record(
    session, moment, configured, siasn, certificate, mira
):
    send(session, moment)
    with unit_of_work(session):
        new = correcting.correct(
            session,
            certificate.id,
            {"course_title": "Air Bersih untuk Semua"},
            by=None,
            by_name="konsol",
            reason="Keliru",
            at=moment.now,
        )
        number = new.number
    work_off(session, moment)
    (kept,) = siasn.kept(mira.nip)
    assert (kept["noSertipikat"], siasn.bodies[-1]["namaKursus"]) == (
        number,
        "Air Bersih untuk Semua",
    )
    assert states(session) == {State.DELETED, State.SENT}
    assert ask(session, moment) == 0, "the old one is never asked for again"


def test_one_revoked_while_it_is_being_sent_is_taken_out_afterwards(
    session, moment, configured, siasn, certificate, mira
):
    ask(session, moment)
    with unit_of_work(session):
        claimed = turns.claim(session, at=moment.now)
    outcome = sending.carry_out(Client(configured, Tokens()), claimed.task, lambda: PDF)
    revoke(session, certificate, moment)
    with unit_of_work(session):
        turns.settle(session, claimed, outcome, at=moment.now)
    work_off(session, moment)
    assert record(session).state is State.DELETED
    assert siasn.kept(mira.nip) == []


def test_without_keys_nothing_is_sent_and_nothing_breaks(
    session, moment, siasn, certificate, jonas, course
):
    revoke(session, issue(session, jonas, course, moment.now), moment)  # concerns nobody here
    waiting = send(session, moment)
    assert waiting.state is State.WAITING
    revoke(session, certificate, moment)
    work_off(session, moment)
    assert session.scalars(select(jobs.Job).filter_by(kind=turns.SEND)).all() == []
    assert siasn.calls == []


def test_two_workers_at_once_send_each_record_once(live_app, service_process, siasn, moment):
    configure(live_app, keys(service_process[1]))
    with live_app.app_context(), held_effects():
        session = db.session()
        make_agency(session)
        course = make_course(session, live_app, bpsdm(session))
        people = [make_person(session) for _ in range(4)]
        for person in people:
            siasn.knows(person)
            issue(session, person, course, moment.now)
        ask(session, moment)
        nips = [person.nip for person in people]
        db.session.remove()
    both, failures = threading.Barrier(2), []

    def run():
        with live_app.app_context():
            both.wait()
            try:
                work.send(db.session(), {}, moment.now)
            except Exception as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert [len(siasn.kept(nip)) for nip in nips] == [1] * 4
    assert siasn.asked("kursus/save") == 4
    with live_app.app_context():
        done = select(func.count()).select_from(SiasnRecord).where(SiasnRecord.state == State.SENT)
        assert db.session().scalar(done) == 4
