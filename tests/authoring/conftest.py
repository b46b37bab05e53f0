import pytest

from corpu.learning.service import complete_page
from corpu.models import catalog, people
from tests.assessment import factories as quizzes
from tests.assessment.factories import QUESTIONS, begin, hand_in, right_answers, sheet
from tests.factories import make_issuer, make_person


@pytest.fixture
def agus(session, agency):
    """Agus teaches the course."""
    return make_person(session, name="Agus Pengajar", roles=["instructor"])


@pytest.fixture
def rival(session, agency):
    """Another instructor, whose course it is not."""
    return make_person(session, name="Rina Pengajar", roles=["instructor"])


@pytest.fixture
def boss(session, agency):
    return make_person(session, name="Endang Pengelola", roles=["manager"])


@pytest.fixture
def publish(session, agency, app):
    def make(**rules):
        return quizzes.publish_course(session, app.extensions["storage"], **rules)

    return make


@pytest.fixture
def course(session, publish, agus):
    """Its unit may issue, so that a completion leads to a certificate."""
    edition = publish(questions=tuple(QUESTIONS), authors=[agus.nip])
    make_issuer(session, owner_of(session, edition))
    return edition


@pytest.fixture
def waiting(session, mira, course, at):
    """Everything right and everything read; only the essay waits for a person."""
    return handed_in(session, mira)


def owner_of(session, edition):
    owner = session.get_one(catalog.Course, edition.course_id).owner_unit_id
    return session.get_one(people.Unit, owner)


def handed_in(session, person, *, text="Saya memeriksa sumbernya.", at=quizzes.NOON, wrong=()):
    """A seat, the page read, and the quiz handed in with this essay."""
    quizzes.take_seat(session, person)
    complete_page(session, person.id, quizzes.SLUG, "bacaan", at=at)
    session.commit()
    attempt = begin(session, person, at=at)
    for name, raw in right_answers(sheet(session, attempt, at)).items():
        if name not in wrong:
            quizzes.answer(session, attempt, name, text if name == "uraian" else raw, at=at)
    attempt = hand_in(session, attempt, at=at)
    for entity in list(session):  # still readable when a request has let the session go
        session.refresh(entity)
    return attempt
