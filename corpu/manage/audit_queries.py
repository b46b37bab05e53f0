"""Reading the audit, as far as somebody may."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from corpu.audit import AuditEntry
from corpu.competency.peers import RATED_BY_PEER
from corpu.people.models import Person, Unit
from corpu.people.queries import full_name


@dataclass(frozen=True)
class AuditFilter:
    """Which entries: all that is given must hold."""

    who: str = ""
    action: str = ""
    subject: str = ""
    since: datetime | None = None
    until: datetime | None = None  # not included


def audit_entries(
    session: Session,
    units: Collection[UUID] | None,
    viewer_id: UUID,
    wanted: AuditFilter,
    *,
    before: int | None = None,
    limit: int = 50,
) -> list[AuditEntry]:
    """Entries latest first, those older than `before`. Who reaches some units only sees what
    concerns them, and what they did themselves. Which colleagues have rated the viewer is kept
    from the viewer here too."""
    in_confidence = (AuditEntry.subject_type == RATED_BY_PEER) & (
        AuditEntry.subject_id == str(viewer_id)
    )
    statement = select(AuditEntry).where(*_audit_conditions(wanted), ~in_confidence)
    if units is not None:
        statement = statement.where(
            or_(AuditEntry.unit_id.in_(units), AuditEntry.actor_id == viewer_id)
        )
    if before is not None:
        statement = statement.where(AuditEntry.id < before)
    return list(session.scalars(statement.order_by(AuditEntry.id.desc()).limit(limit)))


def _audit_conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for column, text in (
        (AuditEntry.actor_name, wanted.who),
        (AuditEntry.subject_name, wanted.subject),
    ):
        conditions += [
            func.lower(column).contains(word.lower(), autoescape=True) for word in text.split()[:8]
        ]
    if wanted.action:
        conditions.append(AuditEntry.action == wanted.action)
    if wanted.since is not None:
        conditions.append(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(AuditEntry.at < wanted.until)
    return conditions


def entries_about(session: Session, person_id: UUID, *, limit: int) -> list[AuditEntry]:
    """What was done to a person, latest first."""
    return list(
        session.scalars(
            select(AuditEntry)
            .where(AuditEntry.subject_type == "person", AuditEntry.subject_id == str(person_id))
            .order_by(AuditEntry.id.desc())
            .limit(limit)
        )
    )


def names_in(session: Session, entries: Iterable[AuditEntry]) -> dict[str, str]:
    """The names of the units and people whose identifiers the entries hold. At most two
    statements."""
    units, people = set(), set()
    for entry in entries:
        for values in (entry.before, entry.after):
            units |= _identifiers(values, "unit_id", "parent_id")
            people |= _identifiers(values, "supervisor_id")
    names: dict[str, str] = {}
    if units:
        rows = session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(units)))
        names |= {str(unit_id): name for unit_id, name in rows}
    if people:
        found = session.execute(
            select(Person.id, Person.title_before, Person.name, Person.title_after).where(
                Person.id.in_(people)
            )
        )
        names |= {str(row[0]): full_name(*row[1:]) for row in found}
    return names


def _identifiers(values: Mapping[str, Any] | None, *keys: str) -> set[UUID]:
    found = set()
    for key in keys:
        text = (values or {}).get(key)
        if isinstance(text, str):
            try:
                found.add(UUID(text))
            except ValueError:
                continue
    return found
