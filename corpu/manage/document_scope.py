"""Templates of documents belong to the whole agency: all managers read them, its own change
them. Numbers and codes of LAN follow the units within reach."""

from sqlalchemy import select

from corpu import clock
from corpu.errors import N_, NotAllowed
from corpu.extensions import db
from corpu.manage.standard_scope import Desk
from corpu.people.models import Agency, Person
from corpu.permissions import Permission, units_in_reach
from corpu.web import the_viewer
from corpu.zones import local_date


class AgencyOnly(NotAllowed):
    message = N_("Templat sertifikat diubah oleh pengelola seluruh instansi.")


class DocumentDesk(Desk):
    """What every page about templates of documents begins with."""

    def check(self) -> None:
        """Raises AgencyOnly for the manager of a unit."""
        if not self.may_change:
            raise AgencyOnly


def document_desk() -> DocumentDesk:
    """The desk of the viewer. One statement."""
    session, me, now = db.session(), the_viewer(), clock.now()
    agency_id, zone = session.execute(
        select(Agency.id, Agency.timezone)
        .join(Person, Person.agency_id == Agency.id)
        .where(Person.id == me.id)
    ).one()
    return DocumentDesk(
        session,
        now,
        agency_id,
        local_date(now, zone),
        units_in_reach(me, Permission.MANAGE_ISSUERS) is None,
    )
