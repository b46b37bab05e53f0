"""Certificates of the neighbour that two people of the demonstration have claimed: one proven by
its key, one in which somebody has changed a letter."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from corpu.credentials import outside
from corpu.credentials.payload import Content, seal
from corpu.database import uuid7
from corpu.demo import cast, keys
from corpu.hours import checks, claims
from corpu.hours.proposals import Proposal
from corpu.people.models import Person
from corpu.storage import FolderStorage
from corpu.zones import local_date

TITLE, PROVEN, ALTERED = "Pengelolaan Air Tanah", ("DPRKPCK", 7), ("DPRKPCK", 8)


def claim(
    session: Session,
    storage: FolderStorage,
    persons: dict[tuple[str, int], UUID],
    as_of: datetime,
) -> None:
    """Both claims, looked at as the worker does."""
    for number, who in enumerate((PROVEN, ALTERED), start=1):
        person = session.get_one(Person, persons[who])
        shown = _shown(person.full_name, number, as_of)
        if who == ALTERED:
            shown = shown.replace("/verify/", "/verifi/")
        day = local_date(as_of, cast.ZONE)
        made = claims.claim(
            session,
            person.id,
            Proposal(
                "NKL03",
                TITLE,
                day - timedelta(days=24),
                day - timedelta(days=20),
                Decimal(6),
                organiser="BPSDM Provinsi Contoh Selatan",
            ),
            at=as_of - timedelta(days=number),
            claim_id=uuid7(),
            shown=shown,
        )
        found, _file = outside.found_in(session, storage, made.id, at=as_of)
        checks.keep(session, made.id, checks.to_json(found), at=as_of)


def _shown(name: str, number: int, as_of: datetime) -> str:
    day, private = local_date(as_of, cast.ZONE), keys.neighbours_private(2)
    content = Content(
        title="Sertifikat",
        number=f"800/{number:05}/BPSDM-CS/{day.year}",
        name=name,
        serial="",
        course_title=TITLE,
        jp=Decimal(6),
        started_on=day - timedelta(days=24),
        completed_on=day - timedelta(days=20),
        issued_on=day - timedelta(days=19),
        issuer="BPSDM Provinsi Contoh Selatan",
        edition=1,
    )
    address = f"{keys.ADDRESS}/verify/CONT-0HSE-LATA-N00{number}"
    return seal(address, content, keys.neighbours(2, as_of).kid, private.sign)
