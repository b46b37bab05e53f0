"""People at a keyboard see the queue, start a job again, and run a worker that ends when told."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from corpu.extensions import db
from corpu.jobs import MAX_ATTEMPTS, Job, run_one
from tests.conftest import NOON, drop_database, new_database

ROOT = Path(__file__).parents[2]


def make_job(session, **overrides):
    values = {"kind": "test.kind", "payload": {}, "run_at": NOON, "created_at": NOON}
    job = Job(**values | overrides)
    session.add(job)
    session.commit()
    return job.id


@pytest.fixture
def run(live_app, at):
    """Call a command; what it prints, and how it ended."""

    def run(*arguments):
        done = live_app.test_cli_runner().invoke(args=["jobs", *map(str, arguments)])
        return done.exit_code, done.output

    return run


@pytest.fixture
def jobs(live_app):
    with live_app.app_context():
        yield db.session()


def test_the_list_shows_the_newest_first_and_why_it_failed(run, jobs):
    make_job(jobs, state="done", done_at=NOON, attempts=1)
    failed = make_job(jobs, state="failed", attempts=12, last_error="ValueError: no\nmore")
    code, printed = run("list")
    assert code == 0
    first, second = printed.splitlines()
    assert str(failed) in first
    assert "ValueError: no" in first
    assert "more" not in first
    assert "done" in second
    _, printed = run("list", "--state", "done")
    assert "failed" not in printed


def test_a_failed_job_starts_again_with_all_its_attempts(run, jobs):
    job_id = make_job(jobs, state="failed", attempts=12, run_at=NOON + timedelta(days=1))
    assert run("retry", job_id)[0] == 0
    jobs.expire_all()
    job = jobs.get(Job, job_id)
    assert (job.state, job.attempts, job.run_at) == ("waiting", 0, NOON)
    assert run("retry", job_id)[0] == 0, "asked twice, it simply waits"


@pytest.mark.parametrize(
    ("overrides", "word"),
    [
        ({"state": "done", "done_at": NOON}, "sudah selesai"),
        ({"attempts": 1, "lease_until": NOON + timedelta(minutes=1)}, "sedang dikerjakan"),
    ],
)
def test_what_is_done_or_under_way_is_left_alone(run, jobs, overrides, word):
    code, printed = run("retry", make_job(jobs, **overrides))
    assert code == 1
    assert word in printed


def test_a_job_that_ends_its_worker_each_time_is_given_up(jobs):
    """Killed for its memory or by a fault in a library, a worker writes down nothing."""
    number = make_job(jobs, kind="no.matter", attempts=MAX_ATTEMPTS)
    assert run_one(jobs, lambda: NOON)
    jobs.expire_all()
    job = jobs.get_one(Job, number)
    assert (job.state, job.lease_until) == ("failed", None)
    assert "ended" in job.last_error
    assert not run_one(jobs, lambda: NOON)


def test_an_unknown_job_is_said_to_be_unknown(run, live_app):
    code, printed = run("retry", 12345)
    assert code == 1
    assert "Tidak ada" in printed


def test_the_worker_does_what_waits_and_ends_when_told(tmp_path):
    url = new_database("sqlite")
    engine = create_engine(url, poolclass=NullPool)
    with Session(engine) as session:
        # Nobody knows this kind: the attempt is counted and put off, which shows it was taken.
        job_id = make_job(session, kind="test.unknown")
    environment = os.environ | {
        "CORPU_MODE": "demo",
        "CORPU_INSTANCE": str(tmp_path),
        "DATABASE_URL": url,
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "work"]
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        limit = time.monotonic() + 60
        while not attempts_of(engine, job_id):
            assert process.poll() is None
            assert time.monotonic() < limit, "the worker took no job"
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert process.wait(timeout=25) == 0
        assert time.monotonic() - began < 20
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()
        drop_database(url)


def attempts_of(engine, job_id):
    with Session(engine) as session:
        return session.scalar(
            select(Job.attempts).where(Job.id == job_id, Job.lease_until.is_(None))
        )
