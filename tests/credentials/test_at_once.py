"""Many at the same moment, with real transactions on both databases."""

import threading
from contextlib import suppress

import pytest
from sqlalchemy import func, select

from corpu.credentials import correcting, documents, proposals, revoking, service
from corpu.credentials.kinds import Kind
from corpu.credentials.life_models import Proposal
from corpu.credentials.models import Certificate, Issuer, NumberSequence, PendingCertificate
from corpu.credentials.numbers import SequenceMoved, books, void_next
from corpu.events import publish
from corpu.extensions import db
from corpu.hours.models import HourEntry
from corpu.people.queries import viewer_for
from corpu.transactions import held_effects, unit_of_work
from tests.conftest import NOON
from tests.credentials.world import bpsdm, complete, make_course
from tests.factories import make_agency, make_person

MANY = 20


@pytest.fixture
def world(live_app):
    """Twenty completions of one course, whose certificates nobody has asked for yet."""
    with live_app.app_context(), held_effects():
        session = db.session()
        make_agency(session)
        course = make_course(session, live_app, bpsdm(session))
        events = [complete(session, make_person(session), course, NOON) for _ in range(MANY)]
        db.session.remove()
    return live_app, events


def at_once(app, acts):
    """Run each of the acts in a thread of its own, all let go together; what failed."""
    gate = threading.Barrier(len(acts))
    failures = []

    def run(act):
        with app.app_context():
            gate.wait()
            try:
                act(db.session())
            except Exception as error:
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return failures


def in_a_unit(act):
    def run(session):
        with unit_of_work(session):
            act(session)

    return run


def numbers(app):
    with app.app_context():
        return (
            db.session().scalars(select(Certificate.sequence).order_by(Certificate.sequence)).all()
        )


def test_twenty_completions_take_twenty_numbers(world):
    app, events = world
    acts = [in_a_unit(lambda session, e=event: publish(session, e)) for event in events]
    assert at_once(app, acts) == []
    assert numbers(app) == list(range(1, MANY + 1))
    with app.app_context():
        assert db.session().scalar(select(func.count()).select_from(HourEntry)) == MANY


def test_voiding_and_issuing_at_once_leaves_every_number_accounted_for(world):
    app, events = world
    with app.app_context():
        issuer_id = db.session().scalars(select(Issuer.id)).one()
        db.session.remove()

    def void(session):
        with suppress(SequenceMoved), unit_of_work(session):
            void_next(
                session,
                issuer_id,
                Kind.CERTIFICATE,
                NOON.year,
                count=2,
                last_seen=0,
                reason="Buku agenda",
                by=None,
                by_name="Siti",
                at=NOON,
            )

    acts = [in_a_unit(lambda session, e=event: publish(session, e)) for event in events[:4]]
    assert at_once(app, [void, *acts, void]) == []
    with app.app_context():
        (book,) = books(db.session(), None)
        assert (book.issued, book.is_whole) == (4, True)
        assert len(book.voided) in (0, 2), "the second of two finds the sequence moved"


def test_some_that_fail_leave_no_gap(world):
    app, events = world

    def act(event, fails):
        def run(session):
            try:
                with unit_of_work(session):
                    service.issue_for_completion(session, event)
                    if fails:
                        raise ConnectionAbortedError
            except ConnectionAbortedError:
                pass

        return run

    acts = [act(event, n % 3 == 0) for n, event in enumerate(events)]
    assert at_once(app, acts) == []
    assert numbers(app) == list(range(1, 1 + sum(n % 3 != 0 for n in range(MANY))))


def test_one_completion_asked_for_by_five_has_one_certificate(world):
    app, events = world
    ask = in_a_unit(lambda session: service.issue_for_completion(session, events[0]))
    assert at_once(app, [ask] * 5) == []
    assert numbers(app) == [1]
    with app.app_context():
        assert db.session().scalar(select(NumberSequence.last)) == 1


def test_two_who_try_again_at_once_issue_each_once(world):
    app, events = world
    with app.app_context(), held_effects():
        session = db.session()
        for event in events:
            session.add(
                PendingCertificate(
                    completion_id=event.completion_id,
                    unit_id=session.scalars(select(Issuer.unit_id)).one(),
                    reason="no_place",
                    detail="",
                    since=NOON,
                    tried_at=NOON,
                )
            )
        session.commit()
        db.session.remove()
    retry = in_a_unit(lambda session: service.retry_pending(session, NOON))
    assert at_once(app, [retry] * 3) == []
    assert numbers(app) == list(range(1, MANY + 1))
    with app.app_context():
        assert db.session().scalar(select(func.count()).select_from(PendingCertificate)) == 0


def test_two_first_downloads_at_once_get_the_same_document(world):
    app, events = world
    with app.app_context(), unit_of_work(db.session()) as session:
        service.issue_for_completion(session, events[0])
        certificate_id = session.scalars(select(Certificate.id)).one()
    got = []

    def download(session):
        got.append(documents.pdf_of(session, app.extensions["storage"], certificate_id))

    assert at_once(app, [download] * 3) == []
    assert len(got) == 3
    assert len(set(got)) == 1


def test_of_those_who_correct_and_revoke_at_once_one_has_done_it(world):
    app, events = world
    with app.app_context(), unit_of_work(db.session()) as session:
        service.issue_for_completion(session, events[0])
        certificate_id = session.scalars(select(Certificate.id)).one()
    who = {"by": None, "by_name": "konsol", "reason": "uji", "at": NOON}

    def correct(session):
        correcting.correct(session, certificate_id, {"post": "Analis"}, **who)

    def revoke(session):
        revoking.revoke(session, certificate_id, revocation_class="data", **who)

    failures = at_once(app, [in_a_unit(act) for act in (correct, revoke) * 3])
    assert len(failures) == 5
    assert {type(one) for one in failures} <= {
        revoking.AlreadyRevoked,
        revoking.AlreadySuperseded,
    }
    with app.app_context():
        current = select(Certificate).filter_by(superseded_at=None)
        assert db.session().scalars(current).one()
        assert numbers(app) in ([1], [1, 2])


def test_of_those_who_ask_at_once_one_has_asked_and_of_those_who_agree_one_agreed(world):
    app, events = world
    with app.app_context(), held_effects():
        session = db.session()
        service.issue_for_completion(session, events[0])
        session.scalars(select(Issuer)).one().needs_consent = True
        session.commit()
        certificate_id = session.scalars(select(Certificate.id)).one()
        people = [make_person(session, roles=["manager"]).id for _ in range(4)]
        viewers = [viewer_for(session, person, 0, NOON) for person in people]
        db.session.remove()

    def ask(viewer):
        return in_a_unit(
            lambda session: proposals.ask_revocation(
                session,
                certificate_id,
                by=viewer.id,
                by_name=viewer.name,
                reason="uji",
                revocation_class="data",
                at=NOON,
            )
        )

    failures = at_once(app, [ask(viewer) for viewer in viewers])
    assert [type(one) for one in failures] == [proposals.OtherWaits] * 3
    with app.app_context():
        proposal = db.session().scalars(select(Proposal)).one()
        asked, asker = proposal.id, proposal.asked_by
        db.session.remove()
    others = [viewer for viewer in viewers if viewer.id != asker]

    def agree(viewer):
        return in_a_unit(
            lambda session: proposals.agree(session, asked, by=viewer, at=NOON, units=None)
        )

    failures = at_once(app, [agree(viewer) for viewer in others])
    assert [type(one) for one in failures] == [proposals.Settled] * 2
