"""Demo mode only: whom "enter as …" enters as."""

from datetime import date, datetime
from uuid import UUID

from flask import current_app
from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from corpu.errors import N_
from corpu.installation import Installation, Origin
from corpu.people.models import Account, Person, RoleAssignment, Supervision
from corpu.people.queries import agency_day, in_force
from corpu.permissions import Role

ROLES = (
    (Role.LEARNER.value, N_("Masuk sebagai peserta")),
    (Role.INSTRUCTOR.value, N_("Masuk sebagai pengajar")),
    (Role.SUPERVISOR.value, N_("Masuk sebagai atasan")),
    (Role.MANAGER.value, N_("Masuk sebagai pengelola")),
)


def demo_person(session: Session, role: str, *, at: datetime) -> tuple[UUID, int] | None:
    """Identifier and epoch of the person who plays the role.

    `app.extensions["demo_cast"]` may name one by NIP for a role; otherwise it is the person
    made first who holds the role today, and for the learner who holds none.
    """
    if role not in {word for word, _ in ROLES}:
        return None
    installation = session.get(Installation, 1)
    if installation is not None and installation.origin is not Origin.DEMO:
        return None
    nip = current_app.extensions.get("demo_cast", {}).get(role)
    people = (
        select(Account.person_id, Account.epoch)
        .join(Person, Person.id == Account.person_id)
        .where(Account.is_active)
        .order_by(Account.person_id)
        .limit(1)
    )
    chosen = None
    if nip is not None:
        chosen = session.execute(people.where(Person.nip == nip)).first()
    if chosen is None:
        chosen = session.execute(people.where(_plays(role, agency_day(session, at)))).first()
    return (chosen[0], chosen[1]) if chosen else None


def _plays(role: str, day: date) -> ColumnElement[bool]:
    assigned = exists().where(
        RoleAssignment.person_id == Account.person_id, in_force(RoleAssignment, day)
    )
    supervises = exists().where(
        Supervision.supervisor_id == Account.person_id, in_force(Supervision, day)
    )
    if role == Role.SUPERVISOR.value:
        return supervises
    if role == Role.LEARNER.value:
        return ~assigned & ~supervises
    return exists().where(
        RoleAssignment.person_id == Account.person_id,
        RoleAssignment.role == Role(role),
        in_force(RoleAssignment, day),
    )
