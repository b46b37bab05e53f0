"""Work that follows a commit: an outbox row, carried out once its transaction stands.

A row is claimed by a lease, so a killed worker's job is taken up again when the lease
runs out; handlers are therefore repeatable. See docs/decisions/ for why this is a table.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text, insert, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from corpu.database import Base, insert_unless_taken
from corpu.transactions import after_commit, unit_of_work

log = logging.getLogger(__name__)
Handler = Callable[[Session, dict[str, Any], datetime], None]
Preparation = Callable[[Session, dict[str, Any], datetime], dict[str, Any]]

LEASE = timedelta(minutes=2)
MAX_ATTEMPTS = 12


class Job(Base):
    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'done', 'failed')", name="state"),
        Index("ix_jobs_due", "state", "run_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]]
    dedup: Mapped[str | None] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


_handlers: dict[str, tuple[Handler, Preparation | None]] = {}
_ticks: list[Callable[[Session, datetime], object]] = []
wake = threading.Event()  # set after a commit that left work, so that nobody waits for a poll


def handles(kind: str, handler: Handler, *, prepare: Preparation | None = None) -> None:
    """Say which function carries out a kind of job: `(session, payload, at)`, repeatable.

    It runs inside one transaction, which on SQLite lets nobody else write. What takes its
    time goes into `prepare`: called before, outside any transaction, with the same
    arguments; what it answers is added to the payload that the handler gets.
    """
    _handlers[kind] = handler, prepare


def every_tick(task: Callable[[Session, datetime], object]) -> None:
    """A short, repeatable task that the worker does at each round (about every 15 seconds)."""
    if task not in _ticks:
        _ticks.append(task)


def enqueue(
    session: Session,
    kind: str,
    payload: dict[str, Any],
    *,
    at: datetime,
    dedup: str | None = None,
    run_at: datetime | None = None,
    is_first: bool = False,
) -> None:
    """Ask for work in the caller's transaction. With `dedup`, a second request is the first;
    one that was carried out already waits again. `is_first` says that nobody can have asked
    before, which spares the look."""
    if dedup is not None and not is_first:
        job = session.scalar(select(Job).filter_by(dedup=dedup))
        if job is not None:
            job.state, job.payload, job.attempts = "waiting", payload, 0
            job.run_at, job.lease_until, job.done_at = run_at or at, None, None
            session.flush()
            after_commit(wake.set)
            return
    values = {
        "kind": kind,
        "payload": payload,
        "dedup": dedup,
        "run_at": run_at or at,
        "created_at": at,
    }
    if dedup is None or is_first:
        session.add(Job(**values))
        session.flush()
    else:
        insert_unless_taken(session, Job, values)  # whoever asked at the same moment did
    after_commit(wake.set)


def enqueue_all(
    session: Session, kind: str, payloads: Sequence[dict[str, Any]], *, at: datetime
) -> None:
    """Ask for many pieces of work of a kind, in their order. One statement."""
    if payloads:
        rows = [{"kind": kind, "payload": one, "run_at": at, "created_at": at} for one in payloads]
        session.execute(insert(Job), rows)
        after_commit(wake.set)


def claim(session: Session, *, at: datetime) -> Job | None:
    """Take the next due job for two minutes."""
    due = (
        select(Job)
        .where(
            Job.state == "waiting",
            Job.run_at <= at,
            or_(Job.lease_until.is_(None), Job.lease_until <= at),
        )
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    job = session.scalar(due)
    if job is not None:
        job.lease_until = at + LEASE
        job.attempts += 1
        session.flush()
    return job


def run_one(session: Session, now: Callable[[], datetime]) -> bool:
    """Carry out one due job; answers whether there was one."""
    with unit_of_work(session):
        job = claim(session, at=now())
        if job is None:
            return False
        number, kind, payload, attempts = job.id, job.kind, job.payload, job.attempts
        if attempts > MAX_ATTEMPTS:
            # Each time the process ended before it could say why: it must not go on for ever.
            job.state, job.lease_until = "failed", None
            job.last_error = job.last_error or "The worker ended each time while doing this."
            return True
    try:
        handler, prepare = _handlers[kind]
        if prepare is not None:
            payload = payload | prepare(session, payload, now())
        with unit_of_work(session):
            handler(session, payload, now())
            session.execute(
                update(Job)
                .where(Job.id == number)
                .values(state="done", done_at=now(), lease_until=None, last_error=None)
            )
    except Exception as error:
        log.exception("job %s (%s) failed at attempt %s", number, kind, attempts)
        wait = timedelta(seconds=min(3600, 2**attempts * 5))
        with unit_of_work(session):
            session.execute(
                update(Job)
                .where(Job.id == number)
                .values(
                    state="failed" if attempts >= MAX_ATTEMPTS else "waiting",
                    run_at=now() + wait,
                    lease_until=None,
                    last_error=f"{type(error).__name__}: {error}"[:2000],
                )
            )
    return True


def run_ticks(session: Session, now: Callable[[], datetime]) -> None:
    for task in _ticks:
        try:
            with unit_of_work(session):
                task(session, now())
        except Exception:
            log.exception("%r failed", task)


def run_until_idle(session: Session, now: Callable[[], datetime]) -> int:
    """Ticks, then every due job; answers how many jobs were carried out."""
    run_ticks(session, now)
    count = 0
    while run_one(session, now):
        count += 1
    return count
