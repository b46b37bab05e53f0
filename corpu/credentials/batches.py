"""Certificates issued together: looked at as a draft, then by the worker, some at a time.

A batch remembers for each of those chosen what became of them, in the transaction that issued:
killed at any moment, a part is done wholly or not at all, and begins again. What is refused is
written down beside the name and stops nobody else.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from corpu import audit
from corpu.catalog.models import Edition
from corpu.credentials import service
from corpu.credentials.batch_choice import Choice, Chosen
from corpu.credentials.batch_models import (
    BatchCourse,
    BatchItem,
    BatchState,
    CertificateBatch,
    ItemState,
)
from corpu.credentials.facts import Issuing
from corpu.credentials.reasons import Reason, Refused
from corpu.credentials.service import plan_retry_below
from corpu.database import insert_unless_taken
from corpu.errors import N_, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.jobs import enqueue

ISSUE = "credentials.issue_batch"
KEPT = timedelta(days=30)
AT_ONCE = 50  # certificates in one transaction: who hands in meanwhile waits no longer


class NotADraft(RuleBroken):
    message = N_("Angkatan ini sudah mulai diterbitkan.")


class NothingToIssue(RuleBroken):
    message = N_("Tidak ada yang dapat diterbitkan dalam pilihan ini.")


class NothingToStop(RuleBroken):
    message = N_("Penerbitan ini sudah selesai atau sudah berhenti.")


class NothingToGoOn(RuleBroken):
    message = N_("Penerbitan ini tidak sedang berhenti.")


# --------------------------------------------------------------------------- how a course issues


def set_batched(
    session: Session,
    course_id: UUID,
    issuing: Issuing,
    *,
    batched: bool,
    by: Viewer,
    reason: str,
    at: datetime,
) -> bool:
    """Let certificates of a course wait for a batch from now on, or come at once again: what
    waited for nothing else is then issued by the worker. Answers whether that changed anything.

    `issuing` is the unit that issues them, which the caller has checked to be in reach.
    """
    row = session.get(BatchCourse, course_id, with_for_update=True, populate_existing=True)
    was = row is not None and row.unit_id == issuing.unit_id
    if was == batched:
        return False
    if not batched:
        session.delete(row)
    elif row is not None:  # what a unit chose that issues no longer
        row.unit_id, row.since = issuing.unit_id, at
    else:
        values = {"course_id": course_id, "unit_id": issuing.unit_id, "since": at}
        if insert_unless_taken(session, BatchCourse, values) is None:
            return False
    session.flush()
    title = session.scalar(select(Edition.title).filter_by(course_id=course_id, is_current=True))
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action="course.batched" if batched else "course.unbatched",
        subject=("course", course_id, title or ""),
        unit_id=issuing.unit_id,
        reason=reason,
    )
    if not batched:
        plan_retry_below(session, issuing.unit_id, at=at)
    return True


# ----------------------------------------------------------------------------- the life of a batch


def draft(
    session: Session,
    course_id: UUID,
    issuing: Issuing,
    choice: Choice,
    chosen: Sequence[Chosen],
    *,
    by: Viewer,
    at: datetime,
) -> CertificateBatch:
    """Keep who was chosen, to be looked at. Issues nothing. Two statements."""
    batch = CertificateBatch(
        unit_id=issuing.unit_id,
        course_id=course_id,
        chosen=choice.to_dict(),
        state=BatchState.DRAFT,
        run=0,
        total=len(chosen),
        created_by=by.id,
        created_by_name=by.name,
        created_at=at,
    )
    session.add(batch)
    session.flush()
    session.execute(
        insert(BatchItem),
        [
            {
                "batch_id": batch.id,
                "position": position,
                "person_id": one.person_id,
                "enrolment_id": one.enrolment_id,
                "completion_id": one.completion_id,
                "state": one.state,
                "reason": one.reason,
                "detail": one.detail,
            }
            for position, one in enumerate(chosen, start=1)
        ],
    )
    return batch


def discard(session: Session, batch_id: UUID) -> None:
    """Forget a draft and who was chosen for it. Raises NotFound, NotADraft."""
    batch = held(session, batch_id)
    if batch.state is not BatchState.DRAFT:
        raise NotADraft
    session.execute(delete(BatchItem).where(BatchItem.batch_id == batch_id))
    session.delete(batch)
    session.flush()


def begin(
    session: Session, batch_id: UUID, *, by: Viewer, reason: str, at: datetime
) -> CertificateBatch:
    """Let the worker issue a draft. Raises NotFound, NotADraft, NothingToIssue."""
    batch = held(session, batch_id)
    if batch.state is not BatchState.DRAFT:
        raise NotADraft
    if not left(session, batch_id):
        raise NothingToIssue
    batch.state, batch.begun_at = BatchState.WAITING, at
    _ask(session, batch, at)
    _log(session, batch, "batch.begun", by, at, reason)
    return batch


def stop(session: Session, batch_id: UUID, *, by: Viewer, at: datetime) -> None:
    """Let no further part begin; the one under way ends. Raises NotFound, NothingToStop."""
    batch = held(session, batch_id)
    if batch.state not in (BatchState.WAITING, BatchState.RUNNING):
        raise NothingToStop
    batch.state = BatchState.STOPPED
    _log(session, batch, "batch.stopped", by, at)


def go_on(session: Session, batch_id: UUID, *, by: Viewer, at: datetime) -> None:
    """Go on with those not tried yet. Raises NotFound, NothingToGoOn."""
    batch = held(session, batch_id)
    if batch.state is not BatchState.STOPPED:
        raise NothingToGoOn
    batch.state = BatchState.WAITING
    _ask(session, batch, at)
    _log(session, batch, "batch.gone_on", by, at)


def try_refused_again(session: Session, batch_id: UUID, *, by: Viewer, at: datetime) -> int:
    """Let the worker try again those who were refused; answers how many. Raises NotFound,
    NothingToGoOn while the batch is not done, or where nobody was refused."""
    batch = held(session, batch_id)
    if batch.state is not BatchState.DONE:
        raise NothingToGoOn
    refused = session.scalars(
        update(BatchItem)
        .where(BatchItem.batch_id == batch_id, BatchItem.state == ItemState.REFUSED)
        .values(state=ItemState.CHOSEN)
        .returning(BatchItem.position)
    ).all()
    if not refused:
        raise NothingToIssue
    batch.state, batch.finished_at = BatchState.WAITING, None
    _ask(session, batch, at)
    _log(session, batch, "batch.gone_on", by, at)
    return len(refused)


def _ask(session: Session, batch: CertificateBatch, at: datetime) -> None:
    batch.run += 1
    session.flush()
    enqueue(session, ISSUE, {"batch": batch.id.hex, "run": batch.run}, at=at)


def issue_job(session: Session, payload: dict[str, Any], at: datetime) -> None:
    """Issue for the next of those chosen, and ask for the rest. Six statements and a few for each
    hundred: facts, certificates there, numbers, rows, work that follows, what became of each."""
    batch = held(session, UUID(hex=payload["batch"]))
    is_over = batch.state not in (BatchState.WAITING, BatchState.RUNNING)
    if is_over or payload["run"] != batch.run:
        return
    items = session.execute(
        select(BatchItem.position, BatchItem.completion_id)
        .where(BatchItem.batch_id == batch.id, BatchItem.state == ItemState.CHOSEN)
        .order_by(BatchItem.position)
        .limit(AT_ONCE)
    ).all()
    done = service.issue_in_batch(session, [one.completion_id for one in items], at=at)
    changes = [_became(batch.id, one.position, one.completion_id, done) for one in items]
    if changes:
        session.connection().execute(
            update(BatchItem)
            .where(
                BatchItem.batch_id == bindparam("of_batch"),
                BatchItem.position == bindparam("at_position"),
            )
            .values(state=bindparam("became"), reason=bindparam("why"), detail=bindparam("of_why")),
            changes,
        )
    if len(items) < AT_ONCE:
        batch.state, batch.finished_at = BatchState.DONE, at
    else:
        batch.state = BatchState.RUNNING
        enqueue(session, ISSUE, payload, at=at)
    session.flush()


def _became(
    batch_id: UUID, position: int, completion_id: UUID, done: service.Tried
) -> dict[str, Any]:
    refusal = done.refused.get(completion_id)
    state = ItemState.REFUSED
    if completion_id in done.new:
        state = ItemState.ISSUED
    elif completion_id in done.present:
        state = ItemState.PRESENT
    elif refusal is None:  # the course has come to end without a document meanwhile
        refusal = Refused(Reason.FAILED)
    return {
        "of_batch": batch_id,
        "at_position": position,
        "became": state,
        "why": refusal.reason if refusal else None,
        "of_why": refusal.detail if refusal else "",
    }


def forget(session: Session, at: datetime) -> None:
    """Let go of what nobody needs any more: drafts after thirty days, and after as long the
    numbers on a list that are nobody's here. One statement while there is nothing to do."""
    before = at - KEPT
    old = (
        select(CertificateBatch.id)
        .where(CertificateBatch.created_at < before, CertificateBatch.state == BatchState.DRAFT)
        .union(
            select(BatchItem.batch_id)
            .join(CertificateBatch, CertificateBatch.id == BatchItem.batch_id)
            .where(
                CertificateBatch.created_at < before,
                BatchItem.state == ItemState.UNKNOWN,
                BatchItem.detail != "",
            )
        )
        .limit(20)
    )
    for batch_id in session.scalars(old).all():
        if held(session, batch_id).state is BatchState.DRAFT:
            discard(session, batch_id)
        else:
            session.execute(
                update(BatchItem)
                .where(BatchItem.batch_id == batch_id, BatchItem.state == ItemState.UNKNOWN)
                .values(detail="")
            )


def left(session: Session, batch_id: UUID) -> int:
    """How many are chosen and not tried yet."""
    return (
        session.scalar(
            select(func.count()).where(
                BatchItem.batch_id == batch_id, BatchItem.state == ItemState.CHOSEN
            )
        )
        or 0
    )


def held(session: Session, batch_id: UUID) -> CertificateBatch:
    """The batch, one act after the other. Raises NotFound."""
    found = session.get(CertificateBatch, batch_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def _log(
    session: Session,
    batch: CertificateBatch,
    action: str,
    by: Viewer,
    at: datetime,
    reason: str = "",
) -> None:
    title = session.scalar(
        select(Edition.title).filter_by(course_id=batch.course_id, is_current=True)
    )
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action=action,
        subject=("batch", batch.id, title or ""),
        unit_id=batch.unit_id,
        after={"to_issue": left(session, batch.id)},
        reason=reason,
    )
