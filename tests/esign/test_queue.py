"""Who takes a document, what becomes of it, and that it is signed once."""

import os
import signal
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from corpu import jobs
from corpu.audit import AuditEntry
from corpu.credentials import documents
from corpu.credentials.models import Certificate
from corpu.errors import DomainError
from corpu.esign import service, turns, work
from corpu.esign.models import Problem, SignedDocument, SigningRun, State
from corpu.esign.rules import CLAIM, MOST_ATTEMPTS, nik_digits, pause_after
from corpu.esign.service import BadNik, NothingToSign, PassphraseMissing, secret_of
from corpu.esign.signers import Secret
from corpu.extensions import db
from corpu.people.queries import viewer_for
from corpu.signing import pdf_reader
from corpu.transactions import held_effects, unit_of_work
from tests.credentials.world import bpsdm, issue, make_course, revoked
from tests.esign import pki
from tests.esign.conftest import use
from tests.esign.server import NIK
from tests.factories import make_agency, make_person

GOOD = Secret(pki.PHRASE, NIK)


@pytest.fixture
def me(session, mira, moment):
    return viewer_for(session, mira.id, 0, moment.now)


@pytest.fixture
def begin(session, me, moment):
    def begin():
        with unit_of_work(session):
            return service.begin(session, units=None, by=me, at=moment.now)[0]

    return begin


@pytest.fixture
def run(app, begin, moment):
    """A whole batch, with time that passes in the pauses."""

    def run(secret=GOOD):
        work.carry_out_run(
            app, begin(), secret, nap=lambda _seconds: moment.forward(timedelta(minutes=30))
        )

    return run


def row(session):
    fresh = select(SignedDocument).execution_options(populate_existing=True)
    return session.scalars(fresh).one()


def last_run(session):
    newest = select(SigningRun).order_by(SigningRun.started_at.desc())
    return session.scalars(newest.execution_options(populate_existing=True)).first()


def kept(session, app, certificate):
    """The unsigned bytes and the signed ones."""
    one = session.get_one(Certificate, certificate.id, populate_existing=True)
    storage = app.extensions["storage"]
    return storage.get(one.pdf_sha256), one.signed_pdf_sha256 and storage.get(one.signed_pdf_sha256)


def download(session, app, certificate):
    return documents.pdf_of(session, app.extensions["storage"], certificate.id)


# ------------------------------------------------------------------------ with a key of its own


def test_the_worker_signs_and_the_download_is_the_signed_one(
    session, app, me, with_key, certificate, moment
):
    before = download(session, app, certificate)
    with unit_of_work(session):
        assert service.queue(session, units=None, by=me, at=moment.now) == 1
    with unit_of_work(session), pytest.raises(NothingToSign):
        service.queue(session, units=None, by=me, at=moment.now)
    jobs.run_until_idle(session, moment)
    assert (row(session).state, row(session).signer) == (State.SIGNED, pki.OFFICIAL)
    unsigned, signed = kept(session, app, certificate)
    assert unsigned == before
    assert signed.startswith(before)
    assert download(session, app, certificate) == signed
    (one,) = pdf_reader.read(signed, with_key)["signatures"]
    assert one["trusted"]


def test_without_configuration_nothing_is_tried(session, app, me, certificate, moment):
    with unit_of_work(session):
        service.queue(session, units=None, by=me, at=moment.now)
    jobs.run_until_idle(session, moment)
    assert (row(session).state, row(session).turn) == (State.WAITING, 0)


def test_a_document_that_says_unsigned_is_drawn_anew_for_the_signature(
    session, app, me, with_key, certificate, moment, monkeypatch, document
):
    storage = app.extensions["storage"]
    older = storage.put(b"%PDF-1.7 belum TTE")
    with unit_of_work(session):
        documents.keep(session, certificate.id, older)
        service.queue(session, units=None, by=me, at=moment.now)
    jobs.run_until_idle(session, moment)
    unsigned, signed = kept(session, app, certificate)
    assert unsigned == b"%PDF-1.7 belum TTE"
    assert signed.startswith(document)


def test_a_full_disk_leaves_it_waiting(
    session, app, me, with_key, certificate, moment, monkeypatch
):
    download(session, app, certificate)
    with unit_of_work(session):
        service.queue(session, units=None, by=me, at=moment.now)

    def full(_data):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(app.extensions["storage"], "put", full)
        jobs.run_until_idle(session, moment)
    assert (row(session).state, row(session).problem) == (State.WAITING, Problem.NO_SPACE)
    moment.forward(timedelta(minutes=2))
    jobs.run_until_idle(session, moment)
    assert row(session).state is State.SIGNED


# --------------------------------------------------------------------------- with a passphrase


def test_a_batch_is_signed_by_the_passphrase_of_one_who_knows_it(
    session, app, with_bsre, bsre, certificate, run
):
    run()
    assert (row(session).state, row(session).remote_id) == (State.SIGNED, "dok-1")
    assert download(session, app, certificate) == bsre.kept["dok-1"]
    assert last_run(session).ended_at is not None
    assert last_run(session).problem is None
    signed = select(func.count()).select_from(AuditEntry).filter_by(action="esign.signed")
    assert session.scalar(signed) == 1


def test_a_wrong_passphrase_ends_the_batch_at_once_and_locks_no_account(
    session, app, with_bsre, bsre, certificate, course, jonas, run, moment
):
    issue(session, jonas, course, moment.now)
    run(Secret("salah", NIK))
    assert len(bsre.calls) == 1
    states = set(session.scalars(select(SignedDocument.state)))
    assert states == {State.WAITING}
    assert last_run(session).problem is Problem.WRONG_PASSPHRASE
    run()
    session.expire_all()
    assert set(session.scalars(select(SignedDocument.state))) == {State.SIGNED}


def test_a_service_that_fails_is_asked_again_later(session, with_bsre, bsre, certificate, run):
    bsre.mood(500, "torn", "html")
    run()
    assert (row(session).state, len(bsre.calls)) == (State.SIGNED, 4)


def test_a_passphrase_is_forgotten_and_after_enough_tries_it_has_failed(
    session, with_bsre, bsre, certificate, run, moment
):
    bsre.mood(*[500] * MOST_ATTEMPTS)
    run()  # four hours of pauses
    assert (row(session).state, row(session).run_id) == (State.WAITING, None)
    assert len(bsre.calls) == MOST_ATTEMPTS - 1
    assert last_run(session).ended_at is not None


def test_what_is_refused_for_good_fails_with_the_words_of_the_service(
    session, with_bsre, bsre, certificate, run, me, moment
):
    bsre.mood((400, {"message": "Format file salah"}))
    run()
    assert (row(session).state, row(session).detail) == (State.FAILED, "Format file salah")
    with unit_of_work(session):
        assert service.retry(session, units=None, by=me, at=moment.now) == 1
    run()
    assert row(session).state is State.SIGNED


def test_a_revoked_certificate_is_not_signed(
    session, with_bsre, bsre, certificate, begin, app, moment
):
    run_id = begin()
    with unit_of_work(session):
        revoked(session, certificate.id, moment.now)
    work.carry_out_run(app, run_id, GOOD)
    assert (row(session).problem, bsre.calls) == (Problem.REVOKED, [])


# --------------------------------------------------------------------- two at once, killed, late


def test_two_at_once_sign_each_document_once(live_app, service_process, bsre, drawn, moment):
    use(live_app, service_process[1])
    with live_app.app_context(), held_effects():
        session = db.session()
        make_agency(session)
        course = make_course(session, live_app, bpsdm(session))
        people = [make_person(session) for _ in range(3)]
        for person in people:
            issue(session, person, course, moment.now)
        me = viewer_for(session, people[0].id, 0, moment.now)
        with unit_of_work(session):
            run_id, count = service.begin(session, units=None, by=me, at=moment.now)
        with unit_of_work(session), pytest.raises(NothingToSign):
            service.begin(session, units=None, by=me, at=moment.now)
        db.session.remove()
    threads = [work.start_run(live_app, run_id, GOOD) for _ in range(2)]
    for thread in threads:
        thread.join(30)
    assert count == len(bsre.calls) == 3
    with live_app.app_context():
        states = db.session().scalars(select(SignedDocument.state)).all()
    assert states == [State.SIGNED] * 3


def test_a_killed_process_leaves_it_waiting_for_the_passphrase(
    session, app, with_bsre, bsre, certificate, begin, run, moment
):
    """A process of its own is killed while the service signs, as kill -9 does to a server."""
    download(session, app, certificate)
    run_id = begin()
    with unit_of_work(session):
        claimed = turns.claim(session, run_id=run_id, at=moment.now)
    bsre.mood("slow")
    session.close()
    killed = os.fork()
    if killed == 0:
        try:
            work.signer_of(app.config["SETTINGS"].esign, GOOD).sign(b"%PDF-1.7", claimed.note)
        finally:
            os._exit(1)
    assert bsre.reached.wait(20)
    os.kill(killed, signal.SIGKILL)
    os.waitpid(killed, 0)
    bsre.hold.set()
    assert row(session).state is State.WAITING
    with pytest.raises(NothingToSign):  # as long as nobody knows that it was killed
        begin()
    moment.forward(CLAIM + timedelta(seconds=1))
    run()
    assert row(session).state is State.SIGNED
    late = turns.Outcome("0" * 64, "Terlambat")
    with unit_of_work(session):
        assert not turns.settle(session, claimed, late, at=moment.now)
    assert row(session).signer == pki.OFFICIAL


def test_a_signature_is_never_replaced(session, app, certificate):
    with unit_of_work(session):
        assert documents.keep_signed(session, certificate.id, "a" * 64)
        assert not documents.keep_signed(session, certificate.id, "b" * 64)
    with pytest.raises(DomainError):  # and bytes that are lost are not made up
        download(session, app, certificate)


# ----------------------------------------------------------------------------------- plain rules


def test_pauses_grow_until_it_is_enough():
    pauses = [pause_after(tries) for tries in range(1, MOST_ATTEMPTS)]
    assert pauses == sorted(pauses)
    assert pause_after(MOST_ATTEMPTS) is None


def test_what_is_entered_is_judged_before_anything_is_queued():
    assert nik_digits(" 3578-0101 0170.0001") == "3578010101700001"
    for wrong in ("", "357801010170000", "35780101017000011", "３５７８０１０１０１７００００１"):
        with pytest.raises(BadNik):
            secret_of(nik=wrong, passphrase="x", needs_nik=True)
    for wrong in ("", "x" * 201):
        with pytest.raises(PassphraseMissing):
            secret_of(nik="", passphrase=wrong, needs_nik=False)
    assert secret_of(nik="", passphrase=" x ", needs_nik=False).passphrase == " x "


def test_nothing_of_a_passphrase_reaches_database_or_log(
    session, with_bsre, bsre, certificate, run, caplog
):
    run(Secret("sandi-yang-dicari", NIK))
    tables = db.metadata.sorted_tables
    for table in tables:
        for line in session.execute(select(table)):
            assert "sandi-yang-dicari" not in repr(tuple(line))
            assert NIK not in repr(tuple(line))
    assert "sandi-yang-dicari" not in caplog.text
