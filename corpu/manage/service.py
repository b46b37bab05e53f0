"""Acts of this room that no other room has. Every function flushes and none commits."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from corpu import audit, jobs
from corpu.credentials.service import Retried, retry_pending, try_again
from corpu.identity import Viewer
from corpu.people.models import Person, Unit

AGENCY = "agency"  # what an act concerns that no single unit does


def retry_certificates(
    session: Session, tops: Collection[UUID] | None, *, by: Viewer, reason: str, at: datetime
) -> Retried:
    """Try again what waits in the branches below these units (None: everything), one batch for
    each; the rest is the worker's. Written down with what came of it."""
    if tops is None:
        done = [retry_pending(session, at)]
    else:
        done = [retry_pending(session, at, unit_id) for unit_id in sorted(tops)]
    total = Retried(
        issued=sum(one.issued for one in done),
        waiting=sum(one.waiting for one in done),
        more=any(one.more for one in done),
    )
    after: dict[str, object] = {"issued": total.issued, "waiting": total.waiting}
    _record(session, "certificates.retried", after, by=by, reason=reason, at=at)
    return total


def retry_for_person(
    session: Session,
    person_id: UUID,
    completions: Collection[UUID],
    *,
    by: Viewer,
    reason: str,
    at: datetime,
) -> Retried:
    """Try again what these completions of a person still lack. Written down about them."""
    done = try_again(session, completions, at=at)
    person = session.get_one(Person, person_id)
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action="certificates.retried",
        subject=("person", person_id, person.full_name),
        unit_id=next((held.unit_id for held in by.roles if held.unit_id), None),
        after={"issued": done.issued, "waiting": done.waiting},
        reason=reason,
    )
    return done


def retry_failed_jobs(session: Session, *, by: Viewer, at: datetime) -> int:
    """Let everything that the worker had given up start again; answers how many."""
    failed = session.scalars(select(jobs.Job.id).where(jobs.Job.state == "failed")).all()
    session.execute(
        update(jobs.Job)
        .where(jobs.Job.id.in_(failed), jobs.Job.state == "failed")
        .values(state="waiting", attempts=0, run_at=at, lease_until=None)
    )
    if failed:
        _record(session, "jobs.retried", {"jobs": len(failed)}, by=by, at=at)
    return len(failed)


def note_export(
    session: Session, *, by: Viewer, rows: int, filters: dict[str, str], at: datetime
) -> None:
    """Who took a copy of the audit away, and of which part of it."""
    _record(session, "audit.exported", {"rows": rows, **filters}, by=by, at=at)


def note_effect_export(
    session: Session, action: str, *, by: Viewer, rows: int, at: datetime
) -> None:
    """Who took a list of people away whom a draft would concern, and how long it was."""
    _record(session, action, {"rows": rows}, by=by, at=at)


def _record(
    session: Session,
    action: str,
    after: dict[str, object],
    *,
    by: Viewer,
    at: datetime,
    reason: str = "",
) -> None:
    unit_id = next((held.unit_id for held in by.roles if held.unit_id), None)
    name = session.scalar(select(Unit.name).where(Unit.id == unit_id)) if unit_id else None
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action=action,
        subject=("unit", unit_id, name) if name else (AGENCY, AGENCY, by.agency_name),
        unit_id=unit_id,
        after=after,
        reason=reason,
    )
