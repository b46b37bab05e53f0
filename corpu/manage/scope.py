"""How far a manager reaches: the whole agency, or the branches below some units.

What lies outside does not exist for them: every page and every act begins here.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from corpu.errors import N_, RuleBroken
from corpu.identity import Viewer
from corpu.people.models import RoleAssignment, Unit
from corpu.people.queries import agency_day, is_within
from corpu.people.queries import reach as units_of
from corpu.people.records import UnknownPerson, UnknownUnit
from corpu.permissions import Permission, Role


class Outranked(RuleBroken):
    message = N_(
        "Orang ini juga mengelola unit di luar jangkauan Anda, maka akun dan datanya hanya dapat "
        "diubah oleh pengelola seluruh instansi."
    )


class OwnAccount(RuleBroken):
    message = N_("Untuk akun sendiri, ganti kata sandi di halaman Akun saya.")


@dataclass(frozen=True)
class Reach:
    """The units in which a manager may act; None for all, also for people without a unit."""

    viewer: Viewer
    units: frozenset[UUID] | None

    @property
    def is_all(self) -> bool:
        return self.units is None

    def holds(self, unit_id: UUID | None) -> bool:
        """Whether a unit lies within; nothing but the whole agency holds "no unit"."""
        return self.units is None or unit_id in self.units

    def narrowed(self, units: set[UUID]) -> frozenset[UUID]:
        """Those of some units that lie within."""
        return frozenset(units) if self.units is None else self.units & units


def reach_of(session: Session, viewer: Viewer, permission: Permission) -> Reach:
    """How far this permission of the viewer goes. At most one statement."""
    units = units_of(session, viewer, permission)
    return Reach(viewer, None if units is None else frozenset(units))


def check_person(session: Session, person_id: UUID, reach: Reach, at: datetime) -> None:
    """Raise UnknownPerson unless the person is, today, within reach."""
    if not is_within(session, person_id, reach.units, at):
        raise UnknownPerson


def unit_within(session: Session, unit_id: UUID, reach: Reach) -> Unit:
    """The unit, or UnknownUnit also where it lies outside."""
    unit = session.get(Unit, unit_id) if reach.holds(unit_id) else None
    if unit is None:
        raise UnknownUnit
    return unit


def outranks(session: Session, person_id: UUID, reach: Reach, at: datetime) -> bool:
    """Whether the person manages, now or soon, units that the viewer does not reach.

    Whoever may set the password of such an account could become its holder.
    """
    if reach.units is None:
        return False
    return (
        session.scalar(
            select(RoleAssignment.id)
            .where(
                RoleAssignment.person_id == person_id,
                RoleAssignment.role == Role.MANAGER,
                or_(
                    RoleAssignment.ended_on.is_(None),
                    RoleAssignment.ended_on >= agency_day(session, at),
                ),
                or_(
                    RoleAssignment.unit_id.is_(None),
                    RoleAssignment.unit_id.not_in(reach.units),
                ),
            )
            .limit(1)
        )
        is not None
    )


def check_rank(session: Session, person_id: UUID, reach: Reach, at: datetime) -> None:
    """Raise Outranked where the account is not the viewer's to change."""
    if outranks(session, person_id, reach, at):
        raise Outranked
