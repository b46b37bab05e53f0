"""The demo's year as a place to walk through in either language."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from corpu import clock
from corpu.assessment import service as assessment
from corpu.assessment.models import Attempt, AttemptState, EssayGrade, Response
from corpu.audit import AuditEntry
from corpu.catalog.models import Course, Edition, EditionPage
from corpu.catalog.queries import current_edition
from corpu.competency.asking_models import AssessmentImport, EvidenceCorrection
from corpu.competency.models import CompetencyRule, EvidenceKind, EvidenceRecord
from corpu.credentials.life_models import CorrectionWish, Proposal
from corpu.credentials.models import Certificate, Issuer
from corpu.credentials.template_models import (
    CertificateTemplate,
    CourseRegistration,
    VoidedNumber,
)
from corpu.demo import cast
from corpu.esign.models import SignedDocument
from corpu.evaluation import invitations
from corpu.evaluation.models import (
    EvaluationIndicator,
    EvaluationInvitation,
    EvaluationRemark,
    EvaluationRound,
)
from corpu.hours.models import ClaimDecision, LearningClaim
from corpu.hours.tables import forms_on
from corpu.ipasn.models import IpasnEntry
from corpu.learning import service as learning
from corpu.learning.models import Completion
from corpu.people import service as people
from corpu.people.models import ActingPost, Agency, Delegation, Person, Posting, Supervision, Unit
from corpu.people.queries import viewer_for
from corpu.plans.models import Plan, PlanGoal, PlanItem, PlanTransition
from corpu.plans.rules import State
from corpu.plans.template_models import PlanTemplate
from corpu.siasn.models import SiasnRecord
from corpu.signing.models import TrustedKey
from corpu.standards.models import (
    Framework,
    FrameworkCompetency,
    FrameworkVersion,
    PostStandard,
)
from corpu.team.models import Reminder
from corpu.transactions import held_effects
from tests import factories
from tests.browser import places, world

NEWCOMER = "Rini Hartati"
QUIZ_COURSE = world.SHORT


@dataclass(frozen=True, eq=False)
class Walk:
    """The application on a world of its own, who is in it, and addresses no page leads to."""

    app: Any
    people: dict[str, Any]
    addresses: dict[str, list[str]]
    data: re.Pattern[str]  # what people are called and have written
    titles: re.Pattern[str]  # what courses are called


@pytest.fixture(scope="session")
def walk(tmp_path_factory):
    instance = tmp_path_factory.mktemp("languages")
    app = world.app_on(instance, world.copy_to(instance, "sqlite"))
    with world.looking(app) as session:
        actors = {
            role: session.scalars(select(Person).filter_by(nip=nip)).one()
            for role, nip in cast.who_plays().items()
        }
        actors["newcomer"] = factories.make_person(
            session, name=NEWCOMER, unit=session.scalars(select(Unit)).first()
        )
        actors["colleague"] = session.get(Person, places.asked_of(app)[0])
        for role, found in (("asked", places.asked), ("surveyed", places.surveyed)):
            actors[role] = session.get(Person, found(app).who)
        addresses = add_what_the_year_lacks(app, session, actors)
        made = Walk(app, actors, addresses, pattern(data_of(session)), pattern(titles_of(session)))
        session.expunge_all()
    return made


def add_what_the_year_lacks(app, session, actors):
    """An attempt in progress, an account that is closed, a link that is open."""
    at = clock.now()
    learner, here = actors["learner"], session.scalars(select(Unit)).first()
    idle = factories.make_person(session, name="Jonas Tahitu", unit=here)
    new = factories.make_person(session, name="Mira Lestari", unit=here)
    with held_effects():
        course = current_edition(session, QUIZ_COURSE)
        learning.enrol(session, learner.id, course.slug, at=at)
        quiz = course.pages[-1]
        for page in course.pages[:-1]:
            for check in page.checks:
                learning.answer_check(session, learner.id, course.slug, page.id, check, [0], at=at)
            learning.complete_page(session, learner.id, course.slug, page.id, at=at)
        attempt = assessment.start(session, learner.id, course.slug, quiz.id, at=at)
        token = people.make_sign_in_link(session, new.id, by=None, at=at)
        by = viewer_for(session, actors["manager"].id, 0, at)
        waiting = (
            select(EvaluationRound.id)
            .join(EvaluationInvitation, EvaluationInvitation.round_id == EvaluationRound.id)
            .where(EvaluationRound.closes_at > at, EvaluationInvitation.is_answered.is_(False))
        )
        links = invitations.make_links(session, session.scalars(waiting).first(), by=by, at=at)
        people.deactivate(session, idle.id, by=None, reason="Uji", at=at)
        session.commit()
    grade = session.scalars(select(EssayGrade)).first()
    running = f"/learn/{course.slug}/{quiz.id}/attempts/{attempt.id}"
    return {
        "learner": [
            running,
            f"{running}/submit",
            f"/learn/{course.slug}/certificate.json",
            *finished_by(session, learner),
            f"/me/hours/statement?year={at.year - 1}",
            proof_of(session, learner),
        ],
        "nobody": [f"/login/link/{token}", f"/evaluation/{links[0][1]}"],
        "supervisor": [
            f"/team/act/remind?pick=hours:{learner.id.hex}:0:0",
            f"/team/{learner.id}/plan",  # one that runs
            f"/team/{plan_before(session, actors['supervisor'])}/plan/{at.year}/goals/new",
        ],
        "instructor": [f"/author/grading/{grade.attempt_id}/{grade.question_id}/correct"],
        "colleague": [f"/me/peer-ratings/{places.asked_of(app)[1]}"],
        "asked": [visit.path for visit in places.asked(app).visits],
        "surveyed": [visit.path for visit in places.surveyed(app).visits],
        "manager": [
            f"/manage/hours/{claim_behind(session)}/evidence",
            "/manage/certificates/waiting",
            f"{places.document(app)}/withdraw",
            "/verify/bulk",
            *(f"/manage/people/{actors[who].id}" for who in ("learner", "instructor")),
            "/manage/people/{}/acting/{}/end".format(*acting_in(session)),
            f"/manage/people/{learner.id}/link",
            f"/manage/people/{learner.id}/deactivate",
            f"/manage/people/{idle.id}/reactivate",
        ],
    }


def acting_in(session):
    """Who stands in for a while, and where."""
    return session.execute(select(ActingPost.person_id, ActingPost.id)).first()


def claim_behind(session):
    """The record of other learning that a piece of evidence from elsewhere rests on."""
    pieces = select(EvidenceRecord.source).filter_by(kind=EvidenceKind.EXTERNAL, revoked_at=None)
    return session.scalars(pieces).first().partition(":")[2]


def plan_before(session, supervisor):
    """Whose plan waits for that supervisor."""
    waiting = select(Plan.person_id).join(Supervision, Supervision.person_id == Plan.person_id)
    here = waiting.where(Plan.state == State.SUBMITTED, Supervision.supervisor_id == supervisor.id)
    return session.scalars(here).first()


def proof_of(session, person):
    """The file beside a record of other learning."""
    claim = select(LearningClaim.id).where(
        LearningClaim.person_id == person.id, LearningClaim.proof_sha256.is_not(None)
    )
    return f"/me/hours/claims/{session.scalars(claim).first()}/proof"


def finished_by(session, person):
    """A quiz with its mark, and a course that is done."""
    attempt, slug = session.execute(
        select(Attempt, Course.slug)
        .join(Course, Course.id == Attempt.course_id)
        .join(Completion, Completion.enrolment_id == Attempt.enrolment_id)
        .where(Attempt.person_id == person.id, Attempt.state == AttemptState.GRADED)
        .limit(1)
    ).one()
    return [
        f"/learn/{slug}/{attempt.page_id}/attempts/{attempt.id}/result",
        f"/learn/{slug}/finished",
    ]


def data_of(session):
    """What people, posts and units are called, and what people have written."""
    for column in (
        Agency.name,
        Agency.short_name,
        Unit.name,
        Person.name,
        Posting.title,
        Issuer.signatory_post,
        Issuer.signatory_rank,
        EvidenceRecord.reason,
        EvidenceCorrection.reason,
        Delegation.reason,
        Reminder.text,
        ActingPost.title,
        AssessmentImport.name,
        Course.slug,
        CompetencyRule.reason,
        EvaluationIndicator.name,
        EvaluationIndicator.measure,
        EvaluationIndicator.source,
        EvaluationIndicator.reason,
        EvaluationRemark.text,
        IpasnEntry.reason,
        IpasnEntry.title,
        EssayGrade.comment,
        PlanGoal.text,
        PlanItem.title,
        SignedDocument.detail,
        SiasnRecord.hand_reason,
        PlanTransition.reason,
        AuditEntry.reason,
        Certificate.revocation_reason,
        CorrectionWish.text,
        Proposal.reason,
        PlanTemplate.reason,
        LearningClaim.title,
        LearningClaim.organiser,
        LearningClaim.note,
        TrustedKey.agency,
        TrustedKey.compromised_why,
        LearningClaim.proof_name,
        ClaimDecision.reason,
        Framework.name,
        FrameworkVersion.legal_basis,
        FrameworkVersion.reason,
        FrameworkCompetency.name_id,
        PostStandard.legal_basis,
        PostStandard.reason,
        CertificateTemplate.name,
        VoidedNumber.reason,
        CourseRegistration.source,
    ):
        yield from session.scalars(select(column).distinct())
    for goals in session.scalars(select(PlanTemplate.goals)):
        yield from (one["title"] for goal in goals for one in goal["items"])
    for form in forms_on(clock.now().date()):  # as the regulation names them
        yield from form.names.values()
    for answer in session.scalars(select(Response.answer)):
        written = (answer or {}).get("value")
        if isinstance(written, str) and len(written) > 60:  # an essay
            yield written


def titles_of(session):
    yield from session.scalars(select(Edition.title).distinct())
    yield from session.scalars(select(EditionPage.title).distinct())


def pattern(texts):
    known = sorted({text for text in texts if text}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, known)))
