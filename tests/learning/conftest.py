import pytest

from corpu.learning import service
from tests.courses import course_source, publish


@pytest.fixture
def course(session, app, agency):
    return publish(session, app, course_source())


@pytest.fixture
def enrolled(session, mira, course, at):
    enrolment = service.enrol(session, mira.id, "kursus-uji", at=at)
    session.commit()
    return enrolment
