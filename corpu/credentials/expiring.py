"""Certificates of ours that end: who is told so, and when. Flushes and never commits."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, cast, null, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from corpu.credentials.life import reminder_due
from corpu.credentials.life_models import ExpiryReminder
from corpu.credentials.models import Certificate
from corpu.database import Identifier, insert_unless_taken, rows_as_json
from corpu.hours.endings import by_person, ending_claims
from corpu.hours.validity import PAST, SOON, Ending
from corpu.jobs import Job, enqueue
from corpu.people.queries import agency_day

DAILY = "credentials.remind"
BATCH = 500  # certificates looked at in one transaction


def is_ending(day: date) -> ColumnElement[bool]:
    """The condition that a certificate of ours is in force, has an end that one speaks of on a
    day, and was not renewed: by a later one of the same course that ends later or never."""
    newer = aliased(Certificate)
    renewed = (
        select(newer.id)
        .where(
            newer.person_id == Certificate.person_id,
            newer.course_id == Certificate.course_id,
            newer.id != Certificate.id,
            newer.superseded_at.is_(None),
            newer.revoked_at.is_(None),
            newer.issued_at >= Certificate.issued_at,
            or_(newer.valid_until.is_(None), newer.valid_until > Certificate.valid_until),
        )
        .correlate(Certificate)
        .exists()
    )
    return and_(
        Certificate.superseded_at.is_(None),
        Certificate.revoked_at.is_(None),
        Certificate.valid_until.between(day - PAST, day + SOON),
        ~renewed,
    )


def endings_of(
    session: Session, person_ids: Collection[UUID], day: date
) -> dict[UUID, tuple[Ending, ...]]:
    """The certificates that end, ours and those from elsewhere, by person, the earliest end first.
    One statement."""
    content = Certificate.snapshot
    ours = select(
        Certificate.person_id,
        cast(null(), Identifier()),
        content["course_title"].as_string(),
        content["issuer"].as_string(),
        Certificate.valid_until,
    ).where(Certificate.person_id.in_(list(person_ids)), is_ending(day))
    return by_person(session.execute(union_all(ending_claims(person_ids, day), ours)))


def plan_day(session: Session, at: datetime) -> None:
    """At most one job a day looks who is to be reminded; a task of each round."""
    key = f"{DAILY}:{agency_day(session, at).isoformat()}"
    if session.scalar(select(Job.id).where(Job.dedup == key)) is None:
        enqueue(session, DAILY, {"after": None}, at=at, dedup=key)


def remind_job(session: Session, payload: dict[str, Any], at: datetime) -> None:
    """Remind the holders of what ends in 90, 30 or 7 days: once each, however often it runs. It is
    shown to them on Beranda and with the certificate. The next batch is a job of its own."""
    day, after = agency_day(session, at), payload.get("after")
    sent = (
        select(rows_as_json(ExpiryReminder.days))
        .where(ExpiryReminder.certificate_id == Certificate.id)
        .correlate(Certificate)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Certificate.id, Certificate.valid_until, sent.label("sent"))
        .where(
            is_ending(day),
            Certificate.valid_until >= day,
            *([Certificate.id > UUID(after)] if after else []),
        )
        .order_by(Certificate.id)
        .limit(BATCH)
    ).all()
    for row in rows:
        assert row.valid_until is not None
        due = reminder_due(row.valid_until, day, [days for (days,) in row.sent or ()])
        if due is not None:
            insert_unless_taken(
                session, ExpiryReminder, {"certificate_id": row.id, "days": due, "at": at}
            )
    if len(rows) == BATCH:
        enqueue(session, DAILY, {"after": str(rows[-1].id)}, at=at)


def reminders_of(session: Session, certificate_id: UUID) -> list[ExpiryReminder]:
    """When the holder was reminded, the first first."""
    return list(
        session.scalars(
            select(ExpiryReminder)
            .filter_by(certificate_id=certificate_id)
            .order_by(ExpiryReminder.days.desc())
        )
    )
