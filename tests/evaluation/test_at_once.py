"""Two windows at the same moment: real transactions on both databases."""

from datetime import timedelta

from sqlalchemy import func, select

from corpu.database import uuid7
from corpu.evaluation import service
from corpu.evaluation.models import EvaluationBox, EvaluationRound, SurveySeat
from corpu.extensions import db
from corpu.models import catalog, learning
from corpu.transactions import held_effects
from tests.assessment.factories import SLUG, publish_course, storage_in
from tests.conftest import NOON
from tests.factories import make_agency, make_person, save
from tests.plans.test_at_once import at_once

ANSWER = dict.fromkeys(service.reaction_items("elearning"), (5, 4))


def test_one_person_counts_once_two_people_twice_and_a_round_opens_once(live_app, tmp_path):
    with live_app.app_context(), held_effects():
        session = db.session()
        make_agency(session)
        publish_course(session, storage_in(tmp_path), completion="")
        edition = session.scalars(select(catalog.Edition)).one()
        people, completions = [make_person(session).id for _ in range(2)], []
        for person_id in people:
            when = NOON - timedelta(days=1)
            enrolment = save(
                session,
                learning.Enrolment(
                    person_id=person_id,
                    course_id=edition.course_id,
                    ordinal=1,
                    enrolled_at=when,
                    completed_at=when,
                ),
            )
            done = learning.Completion(
                id=uuid7(),
                enrolment_id=enrolment.id,
                person_id=person_id,
                course_id=edition.course_id,
                edition_id=edition.id,
                unit_name="",
                timezone="Asia/Jakarta",
                post_title="",
                jp=1,
                completed_at=when,
            )
            completions.append(save(session, done).id)
        db.session.remove()

    def answers(person_id):
        return lambda session: service.answer_survey(session, person_id, SLUG, ANSWER, "", at=NOON)

    def opens(session):
        service.open_round(session, session.get(learning.Completion, completions[0]), at=NOON)

    told = at_once(live_app, answers(people[0]), answers(people[0]), answers(people[1]))
    assert sorted(told) == ["AlreadyAnswered", "done", "done"]
    assert at_once(live_app, opens, opens) == ["done", "done"]
    with live_app.app_context():
        box = db.session().scalars(select(EvaluationBox)).one()
        assert (box.shown, box.held) == (0, 2)
        for model, count in ((SurveySeat, 2), (EvaluationRound, 1)):
            assert db.session().scalar(select(func.count()).select_from(model)) == count
        db.session.remove()
