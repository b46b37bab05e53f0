"""The worker is killed at random moments while it issues batches: nobody is left out, nobody has
two, and numbers have no gap.

One process has the application in memory and forks a worker for each kill, so that a kill costs
what the work costs.
"""

import os
import random
import signal
import threading
import time
from datetime import timedelta

from sqlalchemy import func, select

from corpu import clock, create_app, jobs
from corpu.credentials import batch_choice, batches, service
from corpu.credentials.batch_choice import By, Choice
from corpu.credentials.batch_models import BatchItem, BatchState, CertificateBatch, ItemState
from corpu.credentials.models import Certificate, NumberSequence, PendingCertificate
from corpu.extensions import db
from corpu.people.queries import viewer_for
from corpu.signing import log
from corpu.signing import queries as signing
from corpu.signing.rules import faults
from corpu.transactions import held_effects, unit_of_work
from tests.credentials.world import bpsdm, complete, make_course
from tests.factories import make_agency, make_person
from tests.serving import NEST

KILLS = 14  # per database
PEOPLE = 6  # in a batch
LEASE = timedelta(minutes=3)  # longer than a dead worker's job is kept from others


def breed(settings, orders) -> None:
    """Fork a worker for each order, a number of leases by which its clock is ahead; tell its
    number, and when it has ended."""
    app = create_app(settings)
    batches.AT_ONCE = 2
    service.DRAW_AFTER = timedelta(days=1)  # drawing is another test's
    while (ahead := orders.recv()) is not None:
        pid = os.fork()
        if pid == 0:
            with app.app_context():
                jobs.run_until_idle(db.session(), lambda: clock.now() + ahead * LEASE)
            os._exit(0)
        orders.send(pid)
        orders.send(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def test_a_batch_that_is_killed_at_any_moment_issues_each_once(live_app):
    moments = random.Random(20261125)
    with live_app.app_context(), held_effects():
        prepare(db.session(), live_app)
        db.session.remove()
        db.engine.dispose()
    ours, theirs = NEST.Pipe()
    nest = NEST.Process(target=breed, args=(live_app.config["SETTINGS"], theirs))
    nest.start()
    killed = 0
    try:
        began = time.monotonic()
        begin_next(live_app)
        assert work(ours, 0) == 0
        lasts = time.monotonic() - began
        for kill in range(1, KILLS + 1):
            begin_next(live_app)
            killed += work(ours, kill, moments.uniform(0, lasts)) == -signal.SIGKILL
        assert work(ours, KILLS + 1) == 0, "the last one is left in peace"
    finally:
        ours.send(None)
        nest.join(10)
    assert killed > KILLS / 3, "the kills came too late to find anybody at work"
    with live_app.app_context():
        check(db.session())


def work(orders, ahead: int, lives: float | None = None) -> int:
    """Let a worker work, for so many seconds at most; answers how it ended."""
    orders.send(ahead)
    pid = orders.recv()
    timer = threading.Timer(lives, os.kill, (pid, signal.SIGKILL)) if lives is not None else None
    if timer is not None:
        timer.start()
    ended = orders.recv()
    if timer is not None:
        timer.cancel()
        timer.join()
    return ended


def prepare(session, app) -> None:
    """A draft for each kill and one more, each over people of its own."""
    make_agency(session)
    unit = bpsdm(session)
    course = make_course(session, app, unit)
    manager = make_person(session, unit=unit, roles=["manager"])
    now = clock.now()
    by = viewer_for(session, manager.id, 0, now)
    (found,) = batch_choice.courses(session, None)
    batches.set_batched(
        session, course.course_id, found.issuing, batched=True, by=by, reason="Uji", at=now
    )
    learners = [make_person(session, unit=unit) for _ in range(PEOPLE)]
    for ordinal in range(1, KILLS + 2):
        for learner in learners:
            event = complete(session, learner, course, now, ordinal=ordinal)
            service.issue_for_completion(session, event)
        day = now.date() - timedelta(days=1)
        choice = Choice(By.DATES, first=day)
        chosen = batch_choice.chosen(session, course.course_id, choice)[-PEOPLE * 2 :]
        batches.draft(session, course.course_id, found.issuing, choice, chosen, by=by, at=now)
    session.commit()


def begin_next(app) -> None:
    with app.app_context(), unit_of_work(db.session()) as session:
        batch = session.scalars(
            select(CertificateBatch)
            .filter_by(state=BatchState.DRAFT)
            .order_by(CertificateBatch.id)
            .limit(1)
        ).one()
        by = viewer_for(session, batch.created_by, 0, clock.now())
        batches.begin(session, batch.id, by=by, reason="Uji", at=clock.now())


def check(session) -> None:
    people = (1 + KILLS) * PEOPLE
    assert set(session.scalars(select(CertificateBatch.state))) == {BatchState.DONE}
    numbers = sorted(session.scalars(select(Certificate.sequence)))
    assert numbers == list(range(1, people + 1)), "numbers without a gap, none twice"
    assert session.scalar(select(NumberSequence.last)) == people
    assert session.scalar(select(func.count()).select_from(PendingCertificate)) == 0
    states = session.execute(
        select(BatchItem.completion_id, BatchItem.state).order_by(BatchItem.state)
    ).all()
    assert {state for _completion, state in states} <= {ItemState.ISSUED, ItemState.PRESENT}
    issued = [one for one, state in states if state is ItemState.ISSUED]
    assert sorted(issued) == sorted(session.scalars(select(Certificate.completion_id)))
    with unit_of_work(session):
        log.append_job(session, {}, clock.now())
    entries = signing.entries(session, 1, limit=1000)
    assert list(faults(entries)) == []
    assert len(entries) == people + 1, "each issue once, and the key"
