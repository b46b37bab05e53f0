"""The demo: sixty people, six units, and a year that could have happened."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from corpu import clock
from corpu.assessment.models import Attempt, AttemptState
from corpu.competency.models import EvidenceRecord
from corpu.content import DIAGNOSTIC
from corpu.credentials.batch_models import BatchState, CertificateBatch
from corpu.credentials.batch_queries import counts
from corpu.credentials.life import Standing
from corpu.credentials.life_queries import asked_for
from corpu.credentials.models import Certificate, PendingCertificate
from corpu.credentials.queries import standing_of
from corpu.credentials.reasons import Reason
from corpu.demo import cast, diagnostics, proven, year
from corpu.evaluation.gains import gain_of_course
from corpu.evaluation.models import (
    EvaluationBox,
    EvaluationIndicator,
    EvaluationInvitation,
    SupervisorAnswer,
)
from corpu.evaluation.rules import Part
from corpu.hours import checks
from corpu.hours.models import HourEntry, LearningClaim
from corpu.hours.models import State as ClaimState
from corpu.installation import Installation, Origin
from corpu.ipasn import queries as ipasn
from corpu.ipasn.rules import StepKind
from corpu.learning.models import Completion, CompletionHours
from corpu.learning.seat import seat
from corpu.models import people
from corpu.people.queries import line_of
from corpu.people.rules import parse_nip
from corpu.plans.models import Plan
from corpu.plans.rules import State as PlanState
from tests.browser import world


@pytest.fixture(scope="module")
def demo(database_kind, tmp_path_factory):
    """An application on a copy of the seeded demo, on either database."""
    instance = tmp_path_factory.mktemp("demo")
    return world.app_on(instance, world.copy_to(instance, database_kind)), instance


@pytest.fixture
def session(demo):
    app, _instance = demo
    with world.looking(app) as session:
        yield session


def count(session, model, *conditions):
    return session.scalar(select(func.count()).select_from(model).where(*conditions))


def test_one_province_six_units_sixty_people(session):
    assert count(session, people.Agency) == 1
    assert count(session, people.Unit) == 6
    assert count(session, people.Person) == 60
    assert count(session, people.Posting) == 60
    assert session.get(Installation, 1).origin is Origin.DEMO


def test_every_number_has_a_valid_form_and_is_nobodys(session):
    numbers = session.scalars(select(people.Person.nip)).all()
    assert len(set(numbers)) == 60
    kinds = set()
    for number in numbers:
        kinds.add(parse_nip(number).kind)
        assert 900 <= int(number[15:]) <= 999
    assert len(kinds) == 2, "there are civil servants and contract employees"


def test_supervisors_are_three_levels_deep(session):
    heads = session.scalars(
        select(people.Posting.person_id).where(people.Posting.post_type == "JPT_PRATAMA")
    ).all()
    depths = [depth for head in heads for _person, depth in line_of(session, head, clock.now())]
    assert max(depths) >= 3


def test_each_completion_has_its_hours_and_its_certificate_or_waits_for_its_batch(session):
    completions = count(session, Completion)
    assert completions > 30
    assert count(session, HourEntry) == completions
    waiting = session.scalars(select(PendingCertificate.reason)).all()
    assert set(waiting) == {Reason.BATCH}
    issued = count(session, Certificate, Certificate.superseded_at.is_(None))
    assert issued == completions - len(waiting)
    states = {one.state: one for one in session.scalars(select(CertificateBatch))}
    assert set(states) == {BatchState.DRAFT, BatchState.DONE}
    found = counts(session, [one.id for one in states.values()])
    assert found[states[BatchState.DRAFT].id].keys() >= {"chosen", "learning", "absent", "unknown"}
    assert set(found[states[BatchState.DONE].id]) == {"issued"}


def test_numbers_have_no_gap_and_follow_the_order_of_time(session):
    rows = session.execute(
        select(Certificate.year, Certificate.sequence, Certificate.issued_at).order_by(
            Certificate.year, Certificate.sequence
        )
    ).all()
    for year_ in {row.year for row in rows}:
        of_year = [row for row in rows if row.year == year_]
        assert [row.sequence for row in of_year] == list(range(1, len(of_year) + 1))
        moments = [row.issued_at for row in of_year]
        assert moments == sorted(moments)


def test_certificates_are_there_in_every_standing_but_expired(session):
    day = clock.now().date()
    standings = {standing_of(one, day) for one in session.scalars(select(Certificate))}
    assert standings == set(Standing) - {Standing.EXPIRED}
    waiting, wishes = asked_for(session, None, at=clock.now())
    assert {one.row.asked_by is None for one in waiting} == {True, False}
    assert len(wishes) == 1
    assert count(session, Certificate, Certificate.valid_until.is_not(None)) > 0


def test_the_year_lies_before_the_present_day(session):
    now = clock.now()
    moments = session.scalars(select(Attempt.started_at)).all()
    assert max(moments) < now
    assert min(moments) > now - timedelta(days=400)
    assert max(moments) - min(moments) > timedelta(days=250)


def test_something_waits_for_everyone(session):
    """An essay for the instructor, a rating in the scores, a course that is under way."""
    assert count(session, Attempt, Attempt.state == AttemptState.AWAITING_GRADE) >= 2
    assert count(session, EvidenceRecord, EvidenceRecord.kind == "supervisor") > 50
    learner = world.person(session, cast.LEARNER)
    assert count(session, Completion, Completion.person_id == learner.id) >= 1


def test_other_learning_is_there_in_every_state(session):
    states = set(session.scalars(select(LearningClaim.state).distinct()))
    assert states == set(ClaimState)
    learner = world.person(session, cast.LEARNER)
    mine = session.scalars(select(LearningClaim).filter_by(person_id=learner.id)).all()
    assert {one.state for one in mine} == set(ClaimState)
    assert any(one.state is ClaimState.VERIFIED and one.counted_jp < one.jp for one in mine), (
        "a cap"
    )


def test_a_certificate_of_the_neighbour_is_proven_and_another_is_altered(session):
    claims = session.scalars(select(LearningClaim.id).filter_by(title=proven.TITLE)).all()
    seals = {checks.found_of(session, one).certified.seal for one in claims}
    assert seals == {checks.Seal.PROVEN, checks.Seal.ALTERED}


def test_plans_stand_in_every_state_and_one_waits_for_the_demos_supervisor(session):
    assert set(session.scalars(select(Plan.state))) == set(PlanState)
    supervisor = world.person(session, cast.SUPERVISOR)
    line = [person for person, depth in line_of(session, supervisor.id, clock.now()) if depth == 1]
    states = session.scalars(select(Plan.state).where(Plan.person_id.in_(line))).all()
    assert PlanState.SUBMITTED in states
    assert PlanState.RUNNING in states


def test_evaluation_is_there_with_results_and_with_what_waits(session):
    boxes = session.scalars(select(EvaluationBox)).all()
    assert any(box.part is Part.REACTION and box.shown for box in boxes)
    assert any(box.held for box in boxes)
    answered = set(session.scalars(select(EvaluationInvitation.is_answered)))
    assert answered == {True, False}
    assert session.scalars(select(SupervisorAnswer)).first() is not None
    assert session.scalars(select(EvaluationIndicator)).first() is not None


def test_a_command_leaves_nothing_beside_the_database_file():
    """Whoever copies the file between two commands has all of it."""
    assert [one.name for one in world.folder().glob("corpu.db*")] == ["corpu.db"]


def test_seeding_again_adds_nothing(demo, session):
    app, instance = demo
    url = app.config["SETTINGS"].database_url
    before = [count(session, model) for model in (people.Person, Attempt, Certificate, Completion)]
    session.close()
    said = world.flask(instance, "seed", "demo", url=url)
    assert "Data peragaan sudah ada." in said
    assert cast.PASSWORD in said
    assert before == [
        count(session, model) for model in (people.Person, Attempt, Certificate, Completion)
    ]


def test_every_score_is_what_the_evidence_says(demo):
    app, instance = demo
    url = app.config["SETTINGS"].database_url
    world.flask(instance, "competency", "recompute", "--verify", url=url)


def test_a_real_installation_is_left_alone(live_app):
    run = live_app.test_cli_runner().invoke
    run(
        args=[
            "setup", "--agency", "Pemerintah Uji", "--short-name", "Uji", "--province", "35",
            "--name", "Siti Uji", "--nip", "198502232006041908",
        ]
    )  # fmt: skip
    result = run(args=["seed", "demo"])
    assert result.exit_code != 0
    assert "instalasi sungguhan" in result.output


def test_stories_happen_in_the_order_of_time():
    now, told = clock.now(), []

    def story(name, *hours):
        for hour in hours:
            yield now + timedelta(hours=hour)
            told.append((hour, name))

    year.live([story("a", 1, 4, 9), story("b", 2, 3), story("c")])
    assert [hour for hour, _name in told] == [1, 2, 3, 4, 9]


def test_the_learner_lacks_one_seminar_in_the_index(session):
    learner = world.person(session, cast.LEARNER)
    index = ipasn.index_of(session, learner.id, clock.now())
    assert index.estimate.best_step.kind is StepKind.SEMINAR
    assert index.estimate.best_step.gain == 10
    assert index.latest_official is not None


def test_the_index_is_seen_in_all_its_states(session):
    ids = session.scalars(select(people.Person.id)).all()
    found = [ipasn.index_of(session, person_id, clock.now()) for person_id in ids]
    assert {index.estimate.band for index in found} >= {None, "tinggi", "sedang", "rendah"}
    assert any(index.estimate.sanction for index in found)
    assert {bool(index.official) for index in found} == {True, False}
    for index in found:
        moments = [one.entry.recorded_at for one in index.entries]
        assert max(moments) <= clock.now()


def test_a_diagnostic_proved_parts_for_one_and_nothing_for_another(session):
    proven = world.person(session, ("DPRKPCK", 7))
    nothing = world.person(session, ("BPSDM", 9))
    for person, most in ((proven, 3), (nothing, 0)):
        here = seat(session, person.id, diagnostics.SLUG)
        assert here.standing(DIAGNOSTIC).attempts == 1
        assert len(here.proven_modules) == most
    hours = session.scalars(
        select(CompletionHours)
        .join(Completion, Completion.id == CompletionHours.completion_id)
        .where(Completion.person_id == proven.id)
    ).one()
    assert hours.rule == "without-proven"
    assert 0 < hours.jp_left_out < hours.jp_full == 3
    entry = session.scalars(select(HourEntry).filter_by(person_id=proven.id)).one()
    certificate = session.scalars(select(Certificate).filter_by(person_id=proven.id)).one()
    assert entry.jp == hours.jp_full - hours.jp_left_out
    assert Decimal(certificate.snapshot["jp"]) == entry.jp
    rows = certificate.snapshot["curriculum"]
    assert sum(Decimal(row["jp"]) for row in rows) == entry.jp
    assert [Decimal(row["jp"]) for row in rows][:3] == [0, 0, 0]
    assert rows[0]["title"].endswith("(sudah dikuasai pada uji awal)")


def test_the_course_with_a_diagnostic_has_a_gain_to_show(session):
    found = gain_of_course(session, diagnostics.SLUG)
    assert found is not None
    assert found.people >= 5
    assert found.gain > 0
