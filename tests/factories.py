"""Build rows with only the detail a test cares about.

Rows are committed, so that a rollback in the code under test cannot take the test's
own world with it; the session fixture undoes it all afterwards.
"""

from datetime import UTC, date, datetime
from itertools import count

from sqlalchemy import select

from corpu.models import credentials, people
from corpu.permissions import Role

LONG_AGO = datetime(2026, 1, 5, 2, tzinfo=UTC)
number = count(1)


def save(session, *rows):
    session.add_all(rows)
    session.commit()
    return rows[0]


def make_agency(session, **overrides):
    values = {
        "name": "BPSDM Provinsi Uji",
        "short_name": "BPSDM Uji",
        "region_code": "35",
        "timezone": "Asia/Jakarta",
        "created_at": LONG_AGO,
    }
    return save(session, people.Agency(**values | overrides))


def the_agency(session):
    return session.scalar(select(people.Agency)) or make_agency(session)


def make_unit(session, *, name=None, parent=None, timezone="Asia/Jakarta", **overrides):
    n = next(number)
    values = {
        "agency_id": the_agency(session).id,
        "parent_id": parent and parent.id,
        "code": f"U{n}",
        "name": name or f"Dinas Uji {n}",
        "timezone": timezone,
    }
    return save(session, people.Unit(**values | overrides))


def new_nip(n: int) -> str:
    """A NIP of valid form whose serial is above 900, so that it is nobody's."""
    return f"19850223{2006 + n // 98 % 12:04}{n % 12 + 1:02}{n % 2 + 1}{900 + n % 99:03}"


def make_person(
    session,
    *,
    name="Seorang Pegawai",
    unit=None,
    post_type="JF_PT",
    roles=(),
    supervisor=None,
    password_hash=None,
    **overrides,
):
    n = next(number)
    unit = unit or make_unit(session)
    values = {
        "agency_id": unit.agency_id,
        "nip": new_nip(n),
        "email": f"orang{n}@example.go.id",
        "name": name,
        "created_at": LONG_AGO,
    }
    person = save(session, people.Person(**values | overrides))
    save(
        session,
        people.Account(person_id=person.id, password_hash=password_hash),
        people.Posting(
            person_id=person.id,
            unit_id=unit.id,
            title="Analis Uji",
            post_type=post_type,
            grade="III/b",
            started_on=date(2020, 1, 1),
        ),
    )
    for role in roles:
        save(
            session,
            people.RoleAssignment(
                person_id=person.id, role=Role(role), started_on=date(2020, 1, 1)
            ),
        )
    if supervisor is not None:
        supervise(session, supervisor, person)
    return person


def supervise(session, supervisor, person, *, started_on=date(2020, 1, 1), ended_on=None):
    return save(
        session,
        people.Supervision(
            person_id=person.id,
            supervisor_id=supervisor.id,
            started_on=started_on,
            ended_on=ended_on,
        ),
    )


def make_issuer(session, unit, **overrides):
    """The unit's signatory and number template, complete enough to issue."""
    values = {
        "unit_id": unit.id,
        "place": "Surabaya",
        "signatory_name": "Dr. Endang Uji, M.Si.",
        "signatory_nip": "197001011995032901",
        "signatory_post": "Kepala Badan",
        "signatory_rank": "Pembina Utama Muda",
        "number_template": "{klasifikasi}/{seq:5}/{unit}/{bulan_romawi}/{tahun}",
        "classification": "800.2",
        "unit_token": "UJI",
        "changed_at": LONG_AGO,
    }
    return save(session, credentials.Issuer(**values | overrides))
