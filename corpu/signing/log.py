"""The append-only log: asked for with the act itself, chained after it by one job.

Asking is a job row in the act's own transaction, so what was rolled back never comes into the
log. The first such job that a worker takes up writes all that wait, in the order they were asked
for, and marks them done in the same transaction: killed at any moment, all of it or none of it
has happened. Two workers write one after the other.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text, tuple_, update
from sqlalchemy.orm import Session

from corpu.jobs import Job, enqueue_all
from corpu.signing.models import LogEntry
from corpu.signing.rules import FIRST_PREVIOUS, What, chained, moment

APPEND = "signing.append"
MOST = 1000  # entries in one transaction


def ask(session: Session, what: What, *, subject: str, content: str, at: datetime) -> None:
    """Let an act be written down once its transaction stands. `subject` as `rules.subject_of`
    makes it, `content` the SHA-256 of the canonical content. One statement."""
    ask_all(session, what, [(subject, content)], at=at)


def ask_all(
    session: Session, what: What, several: Iterable[tuple[str, str]], *, at: datetime
) -> None:
    """The same for many acts of a kind, (subject, content) each, in their order. One statement."""
    enqueue_all(
        session,
        APPEND,
        [
            {"what": what.value, "subject": subject, "content": content, "at": moment(at)}
            for subject, content in several
        ],
        at=at,
    )


def append_job(session: Session, _payload: dict[str, Any], at: datetime) -> None:
    """The sequencer: write down everything that waits, at most a thousand entries; the rest is
    the work of the jobs that are left."""
    _one_at_a_time(session)
    waiting = session.execute(
        select(Job.id, Job.payload)
        .where(Job.kind == APPEND, Job.state == "waiting")
        .order_by(Job.id)
        .limit(MOST)
    ).all()
    if not waiting:  # another job of this kind has done it
        return
    last = session.execute(
        select(LogEntry.position, LogEntry.hash).order_by(LogEntry.position.desc()).limit(1)
    ).first()
    position, previous = (last.position, last.hash) if last else (0, FIRST_PREVIOUS)
    written = _written(session, [row.payload for row in waiting])
    rows: list[dict[str, Any]] = []
    for row in waiting:
        said = row.payload
        if (said["subject"], said["what"]) in written:
            continue
        written.add((said["subject"], said["what"]))
        entry = chained(
            position + 1,
            previous,
            at=datetime.fromisoformat(said["at"]),
            logged_at=at,
            what=What(said["what"]),
            subject=said["subject"],
            content=said["content"],
        )
        position, previous = entry.position, entry.hash
        rows.append(dict(entry.__dict__))
    if rows:
        session.execute(insert(LogEntry), rows)
    session.execute(
        update(Job)
        .where(Job.id.in_([row.id for row in waiting]))
        .values(state="done", done_at=at, lease_until=None, last_error=None)
        .execution_options(synchronize_session=False)
    )


def _one_at_a_time(session: Session) -> None:
    """Readers go on; on SQLite the unit of work is alone already."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE log_entries IN SHARE ROW EXCLUSIVE MODE"))


def _written(session: Session, payloads: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """What of this stands in the log already: a certificate is issued once."""
    asked = [(said["subject"], What(said["what"])) for said in payloads]
    found = session.execute(
        select(LogEntry.subject, LogEntry.what).where(
            tuple_(LogEntry.subject, LogEntry.what).in_(asked)
        )
    )
    return {(subject, what.value) for subject, what in found}
