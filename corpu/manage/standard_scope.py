"""Dictionaries, standards and templates belong to the whole agency: all managers read them, its
own change them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import clock
from corpu.errors import N_, NotAllowed
from corpu.extensions import db
from corpu.people.models import Agency, Person
from corpu.permissions import Permission, units_in_reach
from corpu.web import the_viewer
from corpu.zones import local_date


class AgencyOnly(NotAllowed):
    message = N_(
        "Kamus kompetensi, standar jabatan, dan templat rencana diubah oleh pengelola seluruh "
        "instansi."
    )


@dataclass(frozen=True)
class Desk:
    """What every page about dictionaries and standards begins with."""

    session: Session
    now: datetime
    agency_id: UUID
    today: date  # where the agency is
    may_change: bool

    def check(self) -> None:
        """Raises AgencyOnly for the manager of a unit."""
        if not self.may_change:
            raise AgencyOnly


def desk() -> Desk:
    """The desk of the viewer. One statement."""
    session, me, now = db.session(), the_viewer(), clock.now()
    agency_id, zone = session.execute(
        select(Agency.id, Agency.timezone)
        .join(Person, Person.agency_id == Agency.id)
        .where(Person.id == me.id)
    ).one()
    return Desk(
        session,
        now,
        agency_id,
        local_date(now, zone),
        units_in_reach(me, Permission.MANAGE_STANDARDS) is None,
    )
