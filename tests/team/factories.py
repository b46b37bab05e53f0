"""What a team has behind it: hours, courses under way, many people at once."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert

from corpu.database import uuid7
from corpu.hours.models import HourEntry
from corpu.learning.models import Completion, Enrolment
from corpu.people.models import Account, Person, Posting, Supervision
from tests.factories import LONG_AGO, make_unit, save

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
REASON = "Memimpin penyusunan standar layanan lintas bidang"


def team_url(person=None, code=None):
    path = "/team"
    if person is not None:
        path += f"/{person if isinstance(person, UUID) else person.id}"
    return path + (f"/competencies/{code}" if code else "")


def complete(session, person, edition, jp, *, day=date(2026, 5, 4), ordinal=1):
    """A completed course as the rooms below leave it, with its hours."""
    at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    enrolment = save(
        session,
        Enrolment(
            person_id=person.id,
            course_id=edition.course_id,
            ordinal=ordinal,
            enrolled_at=at,
            completed_at=at,
        ),
    )
    completion = save(
        session,
        Completion(
            enrolment_id=enrolment.id,
            person_id=person.id,
            course_id=edition.course_id,
            edition_id=edition.id,
            unit_name="Dinas Uji",
            timezone="Asia/Jakarta",
            post_title="Analis Uji",
            jp=Decimal(jp),
            completed_at=at,
        ),
    )
    save(
        session,
        HourEntry(
            person_id=person.id,
            completion_id=completion.id,
            course_id=edition.course_id,
            course_title="Kursus Tercatat",
            year=day.year,
            day=day,
            timezone="Asia/Jakarta",
            jp=Decimal(jp),
            unit_name="Dinas Uji",
            recorded_at=at,
        ),
    )
    return completion


def make_many(session, supervisor, number):
    """Many people of one unit who answer to one supervisor, in four statements."""
    unit = make_unit(session, name="Dinas Besar")
    ids = [uuid7() for _ in range(number)]
    rows = {
        Person: [
            {
                "id": person_id,
                "agency_id": unit.agency_id,
                "nip": f"1985022420{n // 12 % 20:02}{n % 12 + 1:02}1{900 + n % 99:03}",
                "email": f"banyak{n}@example.go.id",
                "title_before": "",
                "name": f"Pegawai {n:03}",
                "title_after": "",
                "created_at": LONG_AGO,
            }
            for n, person_id in enumerate(ids)
        ],
        Account: [{"person_id": person_id} for person_id in ids],
        Posting: [
            {
                "person_id": person_id,
                "unit_id": unit.id,
                "title": "Analis Uji",
                "post_type": "JF_PT",
                "grade": "III/b",
                "started_on": date(2020, 1, 1),
            }
            for person_id in ids
        ],
        Supervision: [
            {
                "person_id": person_id,
                "supervisor_id": supervisor.id,
                "started_on": date(2020, 1, 1),
            }
            for person_id in ids
        ],
    }
    for model, values in rows.items():
        session.execute(insert(model), values)
    session.commit()
    return ids
