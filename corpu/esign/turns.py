"""Turns of the workers: a document is taken, signed elsewhere, and settled. Every function
flushes and none commits."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from corpu import audit
from corpu.credentials import documents
from corpu.credentials.models import Certificate, Issuer
from corpu.credentials.snapshot import Snapshot
from corpu.esign.models import Problem, SignedDocument, SigningRun, State
from corpu.esign.rules import CLAIM, pause_after
from corpu.esign.signers import ENDING, FINAL, Note
from corpu.jobs import Job, enqueue

SIGN = "esign.sign"


@dataclass(frozen=True)
class Claimed:
    """A document that is this worker's for three minutes."""

    document_id: UUID
    certificate_id: UUID
    turn: int
    note: Note
    is_example: bool
    is_revoked: bool


@dataclass(frozen=True)
class Outcome:
    """What came of it: `sha256` of the signed bytes that lie in the store, or a problem."""

    sha256: str | None = None
    signer: str = ""
    remote_id: str | None = None
    problem: Problem | None = None
    detail: str = field(default="")


def claim(session: Session, *, run_id: UUID | None, at: datetime) -> Claimed | None:
    """Take the next document that is due, of this run or, without one, of all that wait. A run
    that takes one is alive for as long as that may last."""
    document = session.scalar(
        select(SignedDocument)
        .where(*_due(run_id, at))
        .order_by(SignedDocument.next_try_at, SignedDocument.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if document is None:
        return None
    document.claimed_until = at + CLAIM
    document.turn += 1
    if run_id is not None:
        beat(session, run_id, at)
    session.flush()
    row = session.execute(
        select(Certificate.snapshot, Certificate.revoked_at, Certificate.superseded_at).where(
            Certificate.id == document.certificate_id
        )
    ).one()
    content = Snapshot.from_dict(row.snapshot)
    return Claimed(
        document.id,
        document.certificate_id,
        document.turn,
        Note(content.place, content.verify_url),
        content.demo,
        row.revoked_at is not None or row.superseded_at is not None,
    )


def _due(run_id: UUID | None, at: datetime) -> list[ColumnElement[bool]]:
    due = [
        SignedDocument.state == State.WAITING,
        SignedDocument.next_try_at <= at,
        or_(SignedDocument.claimed_until.is_(None), SignedDocument.claimed_until <= at),
    ]
    return due if run_id is None else [*due, SignedDocument.run_id == run_id]


def settle(session: Session, claimed: Claimed, outcome: Outcome, *, at: datetime) -> bool:
    """Keep what came of it; answers whether it counts. A worker whose turn is over changes
    nothing: another has taken the document since, and it is signed once."""
    document = session.get(
        SignedDocument, claimed.document_id, with_for_update=True, populate_existing=True
    )
    if document is None or document.turn != claimed.turn or document.state is not State.WAITING:
        return False
    document.claimed_until = None
    document.problem, document.detail = outcome.problem, outcome.detail[:300]
    if outcome.sha256 is not None:
        documents.keep_signed(session, claimed.certificate_id, outcome.sha256)
        document.state, document.settled_at, document.attempts = State.SIGNED, at, 0
        document.signer, document.remote_id = outcome.signer, outcome.remote_id
        _note(session, claimed.certificate_id, outcome.signer, at)
    elif outcome.problem not in ENDING or document.run_id is None:
        document.attempts += 1
        pause = None if outcome.problem in FINAL else pause_after(document.attempts)
        if pause is None:
            document.state, document.settled_at = State.FAILED, at
        else:
            document.next_try_at = at + pause
    session.flush()
    return True


def _note(session: Session, certificate_id: UUID, signer: str, at: datetime) -> None:
    row = session.execute(
        select(Certificate.number, Issuer.unit_id)
        .join(Issuer, Issuer.id == Certificate.issuer_id)
        .where(Certificate.id == certificate_id)
    ).one()
    audit.record(
        session,
        at=at,
        actor_id=None,
        actor_name=signer or "TTE",
        action="esign.signed",
        subject=("certificate", certificate_id, row.number),
        unit_id=row.unit_id,
        after={"esign": State.SIGNED.value},
    )


# ------------------------------------------------------------------------------------- runs


def beat(session: Session, run_id: UUID, at: datetime) -> None:
    """This run's process is at work."""
    session.execute(
        update(SigningRun).where(SigningRun.id == run_id).values(alive_until=at + CLAIM)
    )


def end(session: Session, run_id: UUID, problem: Problem | None, *, at: datetime) -> None:
    """This run signs nothing more; what it left waits for the next passphrase."""
    session.execute(
        update(SigningRun)
        .where(SigningRun.id == run_id, SigningRun.ended_at.is_(None))
        .values(ended_at=at, problem=problem, alive_until=at)
    )
    session.execute(
        update(SignedDocument)
        .where(SignedDocument.run_id == run_id, SignedDocument.state == State.WAITING)
        .values(run_id=None)
        .execution_options(synchronize_session=False)
    )


def next_due(session: Session, run_id: UUID) -> datetime | None:
    """When a run has something to do again; None where nothing of it is left."""
    return session.scalar(
        select(SignedDocument.next_try_at)
        .where(SignedDocument.run_id == run_id, SignedDocument.state == State.WAITING)
        .order_by(SignedDocument.next_try_at)
        .limit(1)
    )


def has_due(session: Session, at: datetime) -> bool:
    """Whether a worker with a key of its own would find something to sign now."""
    return bool(session.scalar(select(exists().where(*_due(None, at)))))


def plan(session: Session, at: datetime) -> None:
    """Ask for a worker where something is due and none is asked for yet."""
    asked = exists().where(Job.kind == SIGN, Job.state == "waiting")
    if has_due(session, at) and not session.scalar(select(asked)):
        enqueue(session, SIGN, {}, at=at)
