"""What happened is written down once, in one chain, after its transaction; and stays."""

import threading
from contextlib import suppress

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from corpu.extensions import db
from corpu.jobs import Job, run_one, run_until_idle
from corpu.signing import log, queries
from corpu.signing.models import LogEntry
from corpu.signing.rules import What, faults, subject_of
from corpu.transactions import unit_of_work
from tests.conftest import NOON


def ask(session, *names, what=What.ISSUED):
    for name in names:
        log.ask(session, what, subject=subject_of(name), content=subject_of(name), at=NOON)


def asked(session, *names, **options):
    ask(session, *names, **options)
    session.commit()


def written(session, at):
    """What the worker has written down when nothing is left to do."""
    run_until_idle(session, lambda: at)
    return lines(session)


def lines(session):
    return queries.entries(session, 1, limit=500)


def test_acts_are_chained_in_the_order_they_were_asked_for(session, at):
    asked(session, "a", "b", "c")
    asked(session, "a", what=What.REVOKED)
    assert lines(session) == [], "not before the worker comes"
    assert run_one(session, lambda: at), "one job writes all"
    found = lines(session)
    assert [(one.position, one.what) for one in found] == [
        (1, What.ISSUED),
        (2, What.ISSUED),
        (3, What.ISSUED),
        (4, What.REVOKED),
    ]
    assert list(faults(found)) == []
    assert found[3].subject == found[0].subject == subject_of("a")
    assert queries.position_of(session, subject_of("b"), What.ISSUED) == (2, at)
    asked(session, "d")
    assert list(faults(written(session, at))) == []
    assert queries.head(session).position == 5


def test_the_same_act_stands_there_once(session, at):
    asked(session, "a", "a", "b")
    written(session, at)
    asked(session, "a", "c")
    assert [one.subject for one in written(session, at)] == [subject_of(name) for name in "abc"]


def test_what_was_rolled_back_never_comes_in(session, at):
    with suppress(ConnectionAbortedError), unit_of_work(session):
        ask(session, "a")
        raise ConnectionAbortedError
    with unit_of_work(session):
        ask(session, "b")
    assert [one.subject for one in written(session, at)] == [subject_of("b")]


class Killed(BaseException):
    """Nothing that the worker could catch and write down."""


def test_one_that_dies_on_the_way_leaves_all_or_nothing(session, at, monkeypatch):
    """tests/crash does it with a signal; here it is always the same line."""
    asked(session, "a", "b", "c")
    chained, calls = log.chained, []

    def dying(*args, **kwargs):
        calls.append(args)
        if len(calls) == 3:
            raise Killed
        return chained(*args, **kwargs)

    monkeypatch.setattr(log, "chained", dying)
    with pytest.raises(Killed):
        run_one(session, lambda: at)
    assert lines(session) == []
    # The first job's lease still runs; the next of the kind takes it along.
    assert run_one(session, lambda: at)
    assert [one.subject for one in lines(session)] == [subject_of(name) for name in "abc"]
    assert list(faults(lines(session))) == []
    assert session.scalar(select(func.count()).where(Job.state == "waiting")) == 0


def test_workers_at_once_write_one_chain_and_none_is_refused(live_app, caplog):
    with live_app.app_context(), unit_of_work(db.session()) as session:
        ask(session, *map(str, range(10)))
    gate, failures = threading.Barrier(3), []

    def work(number):
        with live_app.app_context():
            session = db.session()
            try:
                for turn in range(3):
                    with unit_of_work(session):
                        ask(session, f"{number}/{turn}")
                    gate.wait()
                    run_one(session, lambda: NOON)
                run_until_idle(session, lambda: NOON)
            except Exception as error:
                failures.append(error)
                gate.abort()
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert "failed at attempt" not in caplog.text
    with live_app.app_context():
        found = lines(db.session())
        assert len(found) == 10 + 3 * 3
        assert len({one.subject for one in found}) == len(found)
        assert list(faults(found)) == []


def test_an_entry_can_be_neither_changed_nor_deleted(session, at):
    asked(session, "a")
    written(session, at)
    wholesale = (
        "REPLACE INTO log_entries SELECT * FROM log_entries"
        if session.get_bind().dialect.name == "sqlite"
        else "TRUNCATE log_entries"
    )
    for statement in (
        "UPDATE log_entries SET content = subject",
        "DELETE FROM log_entries",
        wholesale,
    ):
        with pytest.raises(DatabaseError, match="append-only"), session.begin_nested():
            session.execute(text(statement))
    assert session.scalar(select(func.count()).select_from(LogEntry)) == 1


def test_a_clock_that_goes_back_breaks_no_chain(session, at):
    asked(session, "a")
    written(session, at)
    asked(session, "b")
    earlier = at.replace(year=at.year - 1)
    with unit_of_work(session):
        log.append_job(session, {}, earlier)
    found = lines(session)
    assert found[1].logged_at == earlier, "the log says what the clock said"
    assert list(faults(found)) == []
