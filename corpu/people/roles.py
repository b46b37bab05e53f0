"""Use cases: who may do what, from a day to a day."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.errors import N_, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.people.models import Account, RoleAssignment, Unit
from corpu.people.queries import agency_day, in_force
from corpu.people.records import (
    EndsBeforeStart,
    UnknownUnit,
    lock_agency,
    log,
    plain,
    the_person,
)
from corpu.permissions import Role

GIVEN = (Role.INSTRUCTOR, Role.MANAGER)  # the other two follow from facts


class RoleNotGiven(RuleBroken):
    message = N_("Peserta dan atasan bukan peran yang diberikan: keduanya mengikuti data pegawai.")


class UnknownRole(NotFound):
    message = N_("Peran ini tidak ada di sini.")


class LastManager(RuleBroken):
    message = N_("Ini pengelola terakhir untuk seluruh instansi. Beri peran itu kepada orang lain.")


def assign_role(
    session: Session,
    person_id: UUID,
    role: Role,
    *,
    unit_id: UUID | None = None,
    started_on: date,
    by: Viewer | None,
    reason: str = "",
    at: datetime,
) -> RoleAssignment:
    """Give a role for a unit and everything below it, or for the whole agency (None).
    A person who has it already from that day or earlier simply keeps it."""
    if role not in GIVEN:
        raise RoleNotGiven
    lock_agency(session)
    person = the_person(session, person_id)
    if unit_id is not None and session.get(Unit, unit_id) is None:
        raise UnknownUnit
    held = session.scalar(
        select(RoleAssignment).where(
            RoleAssignment.person_id == person_id,
            RoleAssignment.role == role,
            RoleAssignment.unit_id == unit_id
            if unit_id is not None
            else RoleAssignment.unit_id.is_(None),
            in_force(RoleAssignment, started_on),
            RoleAssignment.ended_on.is_(None),
        )
    )
    if held is not None:
        return held
    assignment = RoleAssignment(
        person_id=person_id, role=role, unit_id=unit_id, started_on=started_on
    )
    session.add(assignment)
    session.flush()
    log(
        session,
        person,
        "role.assigned",
        by=by,
        at=at,
        after=plain({"role": role.value, "unit_id": unit_id, "started_on": started_on}),
        reason=reason,
    )
    return assignment


def end_role(
    session: Session,
    assignment_id: UUID,
    *,
    ended_on: date,
    by: Viewer | None,
    reason: str = "",
    at: datetime,
) -> RoleAssignment:
    """Say the last day of a role. The last manager of the whole agency keeps it."""
    lock_agency(session)
    assignment = session.get(RoleAssignment, assignment_id, populate_existing=True)
    if assignment is None:
        raise UnknownRole
    if assignment.ended_on == ended_on:
        return assignment
    if ended_on < assignment.started_on:
        raise EndsBeforeStart
    before = assignment.ended_on
    assignment.ended_on = ended_on
    session.flush()
    if assignment.role is Role.MANAGER and assignment.unit_id is None:
        refuse_to_lose_the_last_manager(session, None, at=at)
    log(
        session,
        the_person(session, assignment.person_id),
        "role.ended",
        by=by,
        at=at,
        before=plain({"role": assignment.role.value, "ended_on": before}),
        after=plain({"role": assignment.role.value, "ended_on": ended_on}),
        reason=reason,
    )
    return assignment


def refuse_to_lose_the_last_manager(
    session: Session, without: UUID | None, *, at: datetime
) -> None:
    """Raise LastManager where nobody who can sign in would manage the whole agency for good.

    `without` leaves one person out, who is about to go; if they are no such manager,
    nothing is refused.
    """
    day = agency_day(session, at)
    managers = set(
        session.scalars(
            select(RoleAssignment.person_id)
            .join(Account, Account.person_id == RoleAssignment.person_id)
            .where(
                RoleAssignment.role == Role.MANAGER,
                RoleAssignment.unit_id.is_(None),
                RoleAssignment.started_on <= day,
                RoleAssignment.ended_on.is_(None),
                Account.is_active,
            )
        )
    )
    if without is None:
        if not managers:
            raise LastManager
    elif managers == {without}:
        raise LastManager
