"""The worker as a process of its own, and the queue as people look at it."""

import signal
from collections.abc import Iterator
from datetime import datetime

from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from corpu.jobs import Job
from corpu.transactions import unit_of_work
from corpu.worker import start_thread, stop_thread

PATIENCE = 18.0  # seconds for the job under way; systemd and its like allow 20


class NotToRetry(Exception):
    """Why this job is not started again."""


def work_until_told(app: Flask) -> bool:
    """Work in a thread until SIGTERM or SIGINT; answers whether the last job was finished.

    A handler that only notes the signal cannot meet a lock that its own thread holds.
    """
    asked: list[int] = []
    former = {
        number: signal.signal(number, lambda received, _frame: asked.append(received))
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        start_thread(app)
        thread, _stopping = app.extensions["worker"]
        while not asked and thread.is_alive():
            thread.join(0.5)
        return bool(asked) and stop_thread(app, within=PATIENCE)
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def lines(session: Session, *, state: str | None, limit: int) -> Iterator[str]:
    """One line per job: number, state, kind, attempts, when it is due or was done, last error."""
    jobs = select(Job).order_by(Job.id.desc()).limit(limit)
    if state:
        jobs = jobs.where(Job.state == state)
    for job in session.scalars(jobs):
        moment = job.done_at or job.run_at
        error = f"  {job.last_error.splitlines()[0][:100]}" if job.last_error else ""
        yield (
            f"{job.id:>8}  {job.state:<8} {job.kind:<32} ×{job.attempts}  "
            f"{moment:%Y-%m-%d %H:%M:%S}Z{error}"
        )


def retry(session: Session, job_id: int, *, at: datetime) -> None:
    """Make a job due now, with all its attempts before it. Raises NotToRetry."""
    with unit_of_work(session):
        state = session.scalar(select(Job.state).where(Job.id == job_id).with_for_update())
        if state is None:
            raise NotToRetry(f"Tidak ada pekerjaan {job_id}.")
        if state == "done":
            raise NotToRetry(f"Pekerjaan {job_id} sudah selesai.")
        if session.scalar(select(Job.id).where(Job.id == job_id, Job.lease_until > at)):
            raise NotToRetry(f"Pekerjaan {job_id} sedang dikerjakan.")
        session.execute(
            update(Job)
            .where(Job.id == job_id)
            .values(state="waiting", attempts=0, run_at=at, lease_until=None)
        )
