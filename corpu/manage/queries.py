"""What the pages of this room read: what waits, the tree of units, grants, the audit."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from corpu.assessment.models import ExtraTime
from corpu.catalog.models import Course, Edition
from corpu.credentials.models import Certificate, Issuer, PendingCertificate
from corpu.jobs import Job
from corpu.people.models import Account, Person, Posting, SignInLink, Unit
from corpu.people.queries import agency_day, full_name, in_force

INDENT = "\u2003"  # an em space, which a select keeps where it would drop ordinary blanks
Units = Collection[UUID] | None  # the units in reach; None for the whole agency

# ------------------------------------------------------------------------------- what waits


@dataclass(frozen=True)
class FailedJobs:
    """Background work of one kind that was given up after all its attempts."""

    kind: str
    count: int
    last_error: str


def failed_jobs(session: Session) -> list[FailedJobs]:
    """What the worker has given up, by kind. One statement."""
    rows = session.execute(
        select(Job.kind, func.count(), func.max(Job.last_error))
        .where(Job.state == "failed")
        .group_by(Job.kind)
        .order_by(Job.kind)
    )
    return [FailedJobs(kind, count, error or "") for kind, count, error in rows]


def pending_count(session: Session, units: Units) -> int:
    """How many certificates wait on these units."""
    statement = select(func.count()).select_from(PendingCertificate)
    if units is not None:
        statement = statement.where(PendingCertificate.unit_id.in_(units))
    return session.scalar(statement) or 0


def issued_since(session: Session, units: Units, since: datetime) -> int:
    """How many certificates these units have issued from a moment on."""
    statement = (
        select(func.count())
        .select_from(Certificate)
        .join(Issuer, Issuer.id == Certificate.issuer_id)
        .where(Certificate.issued_at >= since)
    )
    if units is not None:
        statement = statement.where(Issuer.unit_id.in_(units))
    return session.scalar(statement) or 0


def open_link(session: Session, person_id: UUID, at: datetime) -> datetime | None:
    """Until when a one-time link of the person may still be used, or None."""
    return session.scalar(
        select(func.max(SignInLink.expires_at)).where(
            SignInLink.person_id == person_id,
            SignInLink.used_at.is_(None),
            SignInLink.revoked_at.is_(None),
            SignInLink.expires_at > at,
        )
    )


# ------------------------------------------------------------------------------------ units


@dataclass(frozen=True)
class UnitLine:
    """A unit in its tree; `depth` counts from the top of what is shown."""

    id: UUID
    parent_id: UUID | None
    code: str
    name: str
    timezone: str
    archived_at: datetime | None
    depth: int
    people: int = 0  # active ones whose post is there today
    issues: bool = False

    @property
    def label(self) -> str:
        """How a choice in a list shows the unit and its place."""
        return f"{INDENT * self.depth}{self.name} ({self.code})"


def unit_tree(
    session: Session, units: Units, *, at: datetime | None = None, archived: bool = False
) -> list[UnitLine]:
    """The units in reach, each after the one above it; with `at`, how many people work there
    that day and which issue certificates."""
    statement: Any = select(
        Unit.id, Unit.parent_id, Unit.code, Unit.name, Unit.timezone, Unit.archived_at
    ).order_by(Unit.name, Unit.code)
    if units is not None:
        statement = statement.where(Unit.id.in_(units))
    if not archived:
        statement = statement.where(Unit.archived_at.is_(None))
    if at is not None:
        people = (
            select(func.count())
            .select_from(Posting)
            .join(Account, Account.person_id == Posting.person_id)
            .where(
                Posting.unit_id == Unit.id,
                in_force(Posting, agency_day(session, at)),
                Account.is_active,
            )
            .scalar_subquery()
        )
        issues = select(Issuer.id).where(Issuer.unit_id == Unit.id).exists()
        statement = statement.add_columns(people.label("people"), issues.label("issues"))
    return _in_tree_order([dict(row._mapping) for row in session.execute(statement)])


def _in_tree_order(rows: list[dict[str, Any]]) -> list[UnitLine]:
    known = {row["id"] for row in rows}
    below: dict[UUID | None, list[dict[str, Any]]] = {}
    for row in rows:
        above = row["parent_id"] if row["parent_id"] in known else None
        below.setdefault(above, []).append(row)
    lines: list[UnitLine] = []
    waiting = [(row, 0) for row in reversed(below.get(None, []))]
    while waiting:
        row, depth = waiting.pop()
        lines.append(UnitLine(**row, depth=depth))
        waiting += [(child, depth + 1) for child in reversed(below.get(row["id"], []))]
    return lines


# ------------------------------------------------------------------------------- extra time


@dataclass(frozen=True)
class Grant:
    """More time as it was given."""

    id: UUID
    course_id: UUID
    page_id: str
    slug: str
    course_title: str
    person_id: UUID | None
    person_name: str  # "" for everybody
    minutes: int
    reason: str
    granted_by: str
    granted_at: datetime


def grants(session: Session, units: Units, at: datetime, *, limit: int = 50) -> list[Grant]:
    """More time given to people in reach, or to everybody in courses of these units; latest
    first."""
    receiver, giver = aliased(Person), aliased(Person)
    statement: Any = (
        select(
            ExtraTime,
            Course.slug,
            Edition.title,
            receiver.title_before,
            receiver.name,
            receiver.title_after,
            giver.title_before,
            giver.name,
            giver.title_after,
        )
        .join(Course, Course.id == ExtraTime.course_id)
        .outerjoin(Edition, and_(Edition.course_id == Course.id, Edition.is_current))
        .outerjoin(receiver, receiver.id == ExtraTime.person_id)
        .join(giver, giver.id == ExtraTime.granted_by)
        .order_by(ExtraTime.granted_at.desc(), ExtraTime.id.desc())
        .limit(limit)
    )
    if units is not None:
        here = select(Posting.person_id).where(
            Posting.unit_id.in_(units), in_force(Posting, agency_day(session, at))
        )
        everybody = and_(ExtraTime.person_id.is_(None), Course.owner_unit_id.in_(units))
        statement = statement.where(or_(ExtraTime.person_id.in_(here), everybody))
    return [
        Grant(
            id=row[0].id,
            course_id=row[0].course_id,
            page_id=row[0].page_id,
            slug=row[1],
            course_title=row[2] or row[1],
            person_id=row[0].person_id,
            person_name=full_name(*row[3:6]) if row[0].person_id else "",
            minutes=row[0].minutes,
            reason=row[0].reason,
            granted_by=full_name(*row[6:9]),
            granted_at=row[0].granted_at,
        )
        for row in session.execute(statement)
    ]


def open_courses(session: Session) -> list[tuple[UUID, UUID]]:
    """(edition, owning unit) of every course that is open, by title."""
    rows = session.execute(
        select(Edition.id, Course.owner_unit_id)
        .join(Course, Course.id == Edition.course_id)
        .where(Edition.is_current, Course.archived_at.is_(None))
        .order_by(Edition.title)
    )
    return [(edition_id, unit_id) for edition_id, unit_id in rows]
