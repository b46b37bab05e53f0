"""What follows from what. Read this file to learn how the rooms meet."""

from corpu.assessment import service as assessment
from corpu.competency import applying, whatif
from corpu.competency import service as competency
from corpu.credentials import service as credentials
from corpu.credentials import signatures
from corpu.credentials import work as credentials_work
from corpu.credentials.badges import service as badges
from corpu.esign import work as esign_work
from corpu.evaluation import rounds
from corpu.events import (
    AttemptGraded,
    CertificateRevoked,
    CertificateSuperseded,
    CourseCompleted,
    CourseStarted,
    EditionPublished,
    InstallationSetUp,
    IssuerChanged,
    KeyCompromised,
    KeyCreated,
    SupervisionChanged,
    react_to,
)
from corpu.hours import service as hours
from corpu.jobs import every_tick, handles
from corpu.learning import service as learning
from corpu.plans import service as plans
from corpu.siasn import service as siasn
from corpu.siasn import work as siasn_work
from corpu.signing import log
from corpu.signing import service as signing


def wire() -> None:
    react_to(AttemptGraded, competency.record_attempt, learning.record_attempt)
    react_to(CourseStarted, plans.record_start)
    react_to(
        CourseCompleted,
        hours.record_completion,
        credentials.issue_for_completion,
        plans.record_completion,
    )
    react_to(CertificateRevoked, siasn.withdraw)
    react_to(CertificateSuperseded, siasn.replace)
    react_to(EditionPublished, learning.plan_evaluation)
    react_to(IssuerChanged, credentials.plan_retry)
    react_to(InstallationSetUp, signing.first_key)
    react_to(KeyCreated, credentials.plan_after_key)
    react_to(KeyCompromised, signatures.sign_again, badges.forget_signed_by)
    react_to(SupervisionChanged, competency.relation_changed)
    handles("learning.evaluate_course", learning.evaluate_course)
    handles(applying.APPLY, applying.apply_job)
    handles(whatif.PREVIEW, whatif.preview_job)
    handles(log.APPEND, log.append_job)
    handles("evaluation.daily", rounds.daily)
    every_tick(assessment.close_due)
    every_tick(rounds.plan_day)
    every_tick(competency.refresh_due)
    credentials_work.wire()
    siasn_work.wire()
    esign_work.wire()
