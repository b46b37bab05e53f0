"""Two windows at the same moment: real transactions on both databases."""

from datetime import timedelta
from threading import Event
from time import monotonic

from sqlalchemy import func, select, text

from corpu.audit import AuditEntry
from corpu.database import uuid7
from corpu.evaluation import invitations, items, rounds, service, surveys
from corpu.evaluation.models import (
    EvaluationBox,
    EvaluationInvitation,
    EvaluationRound,
    EvaluationRule,
    SurveySeat,
)
from corpu.extensions import db
from corpu.models import catalog, learning
from corpu.people.queries import viewer_for
from corpu.transactions import held_effects, unit_of_work
from tests.assessment.factories import SLUG, publish_course, storage_in
from tests.conftest import NOON
from tests.factories import make_agency, make_person, save
from tests.plans.test_at_once import at_once

ANSWER = dict.fromkeys(items.reaction_items("elearning"), (5, 4))
SCORES = dict.fromkeys(items.behaviour_items(), 80)


def a_world(app, folder):
    """Two people under one head have completed the course; their identifiers, the head's, and
    those of the completions."""
    with app.app_context(), held_effects():
        session = db.session()
        make_agency(session)
        publish_course(session, storage_in(folder), completion="")
        edition = session.scalars(select(catalog.Edition)).one()
        head, completions = make_person(session), []
        people = [make_person(session, supervisor=head).id for _ in range(2)]
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
        head_id = head.id
        db.session.remove()
    return people, head_id, completions


def test_one_person_counts_once_two_people_twice_and_a_round_opens_once(live_app, tmp_path):
    people, _head, completions = a_world(live_app, tmp_path)

    def answers(person_id):
        return lambda session: surveys.answer_survey(session, person_id, SLUG, ANSWER, "", at=NOON)

    def opens(session):
        rounds.open_round(session, session.get(learning.Completion, completions[0]), at=NOON)

    told = at_once(live_app, answers(people[0]), answers(people[0]), answers(people[1]))
    assert sorted(told) == ["AlreadyAnswered", "done", "done"]
    assert at_once(live_app, opens, opens) == ["done", "done"]
    with live_app.app_context():
        box = db.session().scalars(select(EvaluationBox)).one()
        assert (box.shown, box.held) == (0, 2)
        for model, count in ((SurveySeat, 2), (EvaluationRound, 1)):
            assert db.session().scalar(select(func.count()).select_from(model)) == count
        db.session.remove()


def test_links_can_be_made_while_the_supervisor_answers(live_app, tmp_path):
    people, head, completions = a_world(live_app, tmp_path)
    has_found = Event()
    with live_app.app_context(), unit_of_work(db.session()) as session:
        made = rounds.open_round(session, session.get(learning.Completion, completions[0]), at=NOON)
        round_id = made.id
        asked = session.scalars(select(EvaluationInvitation).filter_by(person_id=head)).one().id

    def answers(session):
        mine = invitations.invitation_of(session, head, asked, at=NOON)
        has_found.set()
        if session.get_bind().dialect.name == "postgresql":
            until_somebody_waits(session)
        invitations.answer_invitation(session, mine, SCORES, "", at=NOON)

    def makes_links(session):
        me = viewer_for(session, people[1], 0, NOON)
        session.rollback()  # nothing is held yet
        assert has_found.wait(10)
        invitations.make_links(session, round_id, by=me, at=NOON)

    assert at_once(live_app, answers, makes_links) == ["done", "done"]


def test_of_two_first_rules_the_second_knows_what_it_replaces(live_app, tmp_path):
    people, _head, _completions = a_world(live_app, tmp_path)
    with live_app.app_context():
        me = viewer_for(db.session(), people[0], 0, NOON)
        db.session.remove()

    def sets(months):
        return lambda session: service.set_rule(
            session, None, months=months, form="elearning", by=me, at=NOON
        )

    assert at_once(live_app, sets(2), sets(6)) == ["done", "done"]
    with live_app.app_context():
        first, last = db.session().scalars(select(AuditEntry).order_by(AuditEntry.id))
        assert (first.before, last.before) == (None, first.after)
        kept = db.session().scalars(select(EvaluationRule)).one()
        assert last.after["months"] == kept.months
        db.session.remove()


def until_somebody_waits(session):
    """Until another transaction wants a row that this one holds."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    begun = monotonic()
    while not session.scalar(waiting):
        assert monotonic() < begun + 10
        session.execute(text("SELECT pg_stat_clear_snapshot()"))
