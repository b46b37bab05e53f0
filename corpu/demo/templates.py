"""Templates of development plans in the demo: two in force, one of them in its second version, one
to come; and next year's plan of a colleague begun from one."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.demo import cast
from corpu.demo.standards import title_in
from corpu.demo.year import Story
from corpu.people.models import Agency, Unit
from corpu.people.queries import viewer_for
from corpu.plans.offers import offered
from corpu.plans.taking import take
from corpu.plans.template_rules import Line
from corpu.plans.template_service import Asked, set_templates
from corpu.zones import local_date

ASSOCIATE = (
    Line("INT", "course", "", "pelayanan-tanpa-korupsi"),
    Line("INT", "reading", "Membaca kode etik dan putusan dewan etik", amount=Decimal(2)),
    Line("KOM", "coaching", "Coaching menulis telaahan bersama atasan", amount=Decimal(4)),
    Line("KOM", "project", "Menyusun telaahan staf yang diputuskan pimpinan", amount=Decimal(12)),
    Line("MPR", "project", "Memperbaiki satu standar pelayanan", amount=Decimal(16)),
    Line("PRB"),
)
WATER = (
    Line("PMA", "mentoring", "Mentoring pengambilan contoh air", amount=Decimal(3)),
    Line("PMA", "project", "Memantau mutu air satu sistem selama triwulan", amount=Decimal(20)),
    Line("RPA", "course", "", "air-bersih-untuk-semua"),
    Line("RPA", "project", "Menyusun rencana pengamanan satu sistem", amount=Decimal(24)),
)
LEADING = (
    Line("PKP", "coaching", "Coaching memimpin percakapan kinerja", amount=Decimal(4)),
    Line("OPH", "project", "Memimpin satu perbaikan proses kerja", amount=Decimal(20)),
)
BEGINS = ("DPRKPCK", 8)  # whose plan of next year is begun from the template
WHY = "Saran BPSDM untuk penyusunan rencana pengembangan, nota dinas 800.2/118/2026"


def story(session: Session, persons: Mapping[tuple[str, int], UUID], as_of: datetime) -> Story:
    """Written by the manager of the agency within the last months, taken from last week."""
    agency = session.scalars(select(Agency)).one()
    water = session.scalars(select(Unit.id).where(Unit.code == "DPRKPCK")).one()
    by = viewer_for(session, persons[cast.MANAGER], 0, as_of)

    def write(asked: Asked, at: datetime, starts_on: date | None = None) -> Any:
        return set_templates(
            session,
            agency.id,
            [asked],
            starts_on=starts_on or local_date(at, agency.timezone),
            ends_on=None,
            reason=WHY,
            by=by,
            at=at,
        )[0]

    yield (at := as_of - timedelta(days=75))
    write(Asked("JF_PT", ASSOCIATE[:4]), at)
    write(Asked("JF_MU", WATER, title_in("DPRKPCK", 5), water), at)
    yield (at := as_of - timedelta(days=30))
    associate = write(Asked("JF_PT", ASSOCIATE), at)
    yield (at := as_of - timedelta(days=12))
    next_year = local_date(as_of, agency.timezone).year + 1
    write(Asked("PENGAWAS", LEADING), at, date(next_year, 1, 1))
    yield (at := as_of - timedelta(days=6))
    lines = offered(session, persons[BEGINS], next_year, associate.id, at).chosen
    take(session, persons[BEGINS], next_year, associate.id, lines, version=0, at=at)
