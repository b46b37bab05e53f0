from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select

from corpu.database import uuid7
from corpu.models import catalog, learning
from tests.assessment.factories import SLUG, publish_course, storage_in
from tests.conftest import NOON
from tests.factories import make_person, make_unit, save


@pytest.fixture
def course(session, agency, tmp_path):
    publish_course(session, storage_in(tmp_path), completion="")
    return session.scalars(select(catalog.Course).filter_by(slug=SLUG)).one()


@pytest.fixture
def complete(session, course):
    """Somebody completes the course some days ago, in the unit where they stand."""
    edition = session.scalars(select(catalog.Edition).filter_by(course_id=course.id)).one()
    ordinal = count(1)

    def make(person, *, days=1):
        when = NOON - timedelta(days=days)
        enrolment = save(
            session,
            learning.Enrolment(
                person_id=person.id,
                course_id=course.id,
                ordinal=next(ordinal),
                enrolled_at=when,
                completed_at=when,
            ),
        )
        return save(
            session,
            learning.Completion(
                id=uuid7(),
                enrolment_id=enrolment.id,
                person_id=person.id,
                course_id=course.id,
                edition_id=edition.id,
                unit_name="Dinas Uji",
                timezone="Asia/Jakarta",
                post_title="Analis",
                jp=1,
                completed_at=when,
            ),
        )

    return make


@pytest.fixture
def office(session, agency):
    """A unit with a head, four under them, and two under the first of these."""
    unit = make_unit(session)
    head = make_person(session, name="Kepala Bidang", unit=unit)
    team = [make_person(session, name=f"Rekan {n}", unit=unit, supervisor=head) for n in range(4)]
    below = [
        make_person(session, name=f"Bawahan {n}", unit=unit, supervisor=team[0]) for n in range(2)
    ]
    return head, team, below
