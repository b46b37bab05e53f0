"""Turns of the workers: a record is taken, carried out elsewhere, and settled. Every function
flushes and none commits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.credentials.models import Certificate, Issuer
from corpu.database import upsert
from corpu.jobs import Job, enqueue
from corpu.siasn.models import Problem, SiasnExchange, SiasnGate, SiasnRecord, State, Wish
from corpu.siasn.queries import facts_of
from corpu.siasn.rules import pause_after
from corpu.siasn.sending import Outcome, Task

SEND = "siasn.send"
CLAIM = timedelta(minutes=5)  # longer than one record can take with every answer late
SILENCE = timedelta(minutes=1)  # nobody else is tried while the service does not answer


@dataclass(frozen=True)
class Claimed:
    """A record that is this worker's for five minutes."""

    record_id: UUID
    certificate_id: UUID
    turn: int
    task: Task


def claim(session: Session, *, at: datetime) -> Claimed | None:
    """Take the next record that is due, if any may be sent at present."""
    gate = gate_of(session)
    if gate is not None and (gate.stop or (gate.not_before and gate.not_before > at)):
        return None
    record = session.scalar(
        select(SiasnRecord)
        .where(*_due(at))
        .order_by(SiasnRecord.next_try_at, SiasnRecord.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if record is None:
        return None
    record.claimed_until = at + CLAIM
    record.turn += 1
    session.flush()
    training, is_example = facts_of(session, record.certificate_id)
    return Claimed(
        record.id,
        record.certificate_id,
        record.turn,
        Task(record.wish, training, _known_person(session, record), is_example),
    )


def _due(at: datetime) -> list[ColumnElement[bool]]:
    return [
        SiasnRecord.state == State.WAITING,
        SiasnRecord.next_try_at <= at,
        or_(SiasnRecord.claimed_until.is_(None), SiasnRecord.claimed_until <= at),
    ]


def _known_person(session: Session, record: SiasnRecord) -> str | None:
    """SIASN's identifier of the person, where another record of theirs has learnt it."""
    if record.pns_id:
        return record.pns_id
    mine = select(Certificate.person_id).where(Certificate.id == record.certificate_id)
    return session.scalar(
        select(SiasnRecord.pns_id)
        .join(Certificate, Certificate.id == SiasnRecord.certificate_id)
        .where(Certificate.person_id == mine.scalar_subquery(), SiasnRecord.pns_id.is_not(None))
        .limit(1)
    )


def settle(session: Session, claimed: Claimed, outcome: Outcome, *, at: datetime) -> None:
    """Keep what came of it. A worker whose turn is over changes nothing but the log of what was
    said; where the wish has changed meanwhile, the record waits for the new one."""
    record = session.get(
        SiasnRecord, claimed.record_id, with_for_update=True, populate_existing=True
    )
    if record is None:
        return
    for line in outcome.lines:
        session.add(
            SiasnExchange(
                record_id=record.id,
                at=at,
                method=line.method,
                path=line.path[:200],
                sent=line.sent,
                status=line.status,
                answered=line.answered,
            )
        )
    if outcome.stop is not None:
        _close(session, {"stop": outcome.stop, "stopped_at": at})
    if outcome.busy_for is not None:
        _close(session, {"not_before": at + timedelta(seconds=outcome.busy_for)})
    if outcome.problem is Problem.NO_ANSWER:
        _close(session, {"not_before": at + SILENCE})
    if record.turn == claimed.turn:
        _settle(session, record, outcome, at)
    session.flush()


def _settle(session: Session, record: SiasnRecord, outcome: Outcome, at: datetime) -> None:
    record.claimed_until = None
    record.pns_id = outcome.pns_id or record.pns_id
    record.remote_id = outcome.remote_id or record.remote_id
    if record.wish is not outcome.wish:
        return
    if outcome.stop is not None or outcome.busy_for is not None:
        return
    record.copies = outcome.copies
    record.problem, record.detail = outcome.problem, outcome.detail
    if outcome.is_done:
        record.state = State.SENT if record.wish is Wish.SAVE else State.DELETED
        record.attempts, record.settled_at = 0, at
        _note_done(session, record, at)
        return
    record.attempts += 1
    pause = None if outcome.is_final else pause_after(record.attempts)
    if pause is None:
        record.state, record.settled_at = State.FAILED, at
    else:
        record.next_try_at = at + pause


def _close(session: Session, values: dict[str, object]) -> None:
    upsert(session, SiasnGate, {"id": 1}, values)


def gate_of(session: Session) -> SiasnGate | None:
    """Whether the way is open; None: nothing was ever in it."""
    return session.get(SiasnGate, 1, populate_existing=True)


def has_due(session: Session, at: datetime) -> bool:
    """Whether a worker would find something to send now."""
    gate = gate_of(session)
    if gate is not None and (gate.stop or (gate.not_before and gate.not_before > at)):
        return False
    return bool(session.scalar(select(exists().where(*_due(at)))))


def plan(session: Session, at: datetime) -> None:
    """Ask for a worker where something is due and none is asked for yet."""
    asked = exists().where(Job.kind == SEND, Job.state == "waiting")
    if has_due(session, at) and not session.scalar(select(asked)):
        enqueue(session, SEND, {}, at=at)


def _note_done(session: Session, record: SiasnRecord, at: datetime) -> None:
    row = session.execute(
        select(Certificate.number, Issuer.unit_id)
        .join(Issuer, Issuer.id == Certificate.issuer_id)
        .where(Certificate.id == record.certificate_id)
    ).one()
    audit.record(
        session,
        at=at,
        actor_id=None,
        actor_name="SIASN",
        action="siasn.settled",
        subject=("certificate", record.certificate_id, row.number),
        unit_id=row.unit_id,
        after={"siasn": record.state.value},
    )
