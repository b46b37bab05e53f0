"""What has happened to a person lately: only what really did, read from its own record."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, case, cast, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import Session

from corpu.assessment.models import Attempt, AttemptState, EssayGrade
from corpu.catalog.models import Course, Edition
from corpu.competency.models import EvidenceKind, EvidenceRecord
from corpu.credentials import expiring
from corpu.credentials.life_models import ExpiryReminder
from corpu.credentials.models import Certificate, PendingCertificate
from corpu.evaluation.models import EvaluationInvitation, EvaluationRound
from corpu.hours.endings import is_ending
from corpu.hours.models import LearningClaim
from corpu.learning.models import Completion
from corpu.people.models import Person, ProfileVisit, Unit
from corpu.people.queries import full_name
from corpu.team.models import Reminder

LATELY = timedelta(days=14)


class Happened(StrEnum):
    GRADED = "graded"  # a person has graded one's answers
    RATED = "rated"  # the supervisor has rated
    REMINDED = "reminded"  # a supervisor reminds of plan or hours
    VISITED = "visited"  # somebody opened one's page
    ASKED = "asked"  # somebody's evaluation waits for one's answer; as long as it may be given
    ENDING = "ending"  # a certificate ends; as long as somebody should hear of it
    EXPIRING = "expiring"  # the reminder of that, 90, 30 or 7 days before
    PENDING = "pending"  # a certificate waits; as long as it does


@dataclass(frozen=True)
class Piece:
    """One thing that happened. What `id`, `title`, `code` and `level` are depends on `kind`:
    attempt, course, page, passed (1) · supervisor, –, competency, level · visitor ·
    completion, course, reason · invitation, course, –, reminders · reminder, –, subject, with its
    text in `detail` · claim, certificate, –, –, with its last day in `detail`; of one of ours the
    certificate, its course, which `slug` names · the same, with the days that were left."""

    kind: Happened
    at: datetime
    id: UUID
    name: str  # of who did it, or of the unit that must act
    title: str
    language: str  # of the title
    slug: str
    code: str
    level: int
    detail: str


def pieces_of(session: Session, person_id: UUID, at: datetime, day: date) -> list[Piece]:
    """What happened within 14 days, which certificates wait and which end, latest first. `day` is
    that of the person. One statement."""
    since = at - LATELY
    parts = (
        _rated(person_id, since, at),
        _graded(person_id, since),
        _visited(person_id, since),
        _reminded(person_id, since),
        _pending(person_id),
        _asked(person_id, at),
        _ending(person_id, day),
        _own_ending(person_id, day),
        _expiring(person_id, since),
    )
    found = [
        Piece(
            kind=Happened(row.kind),
            at=row.at,
            id=row.id,
            name=full_name(row.title_before, row.name, row.title_after),
            title=row.title,
            language=row.language,
            slug=row.slug,
            code=row.code,
            level=row.level,
            detail=row.detail,
        )
        for row in session.execute(union_all(*parts))
    ]
    return sorted(found, key=lambda piece: (piece.at, piece.code), reverse=True)


def _columns(kind: Happened, at: Any, id: Any, **given: Any) -> list[Any]:
    """The same columns for each kind, empty where it says nothing."""
    values: dict[str, Any] = {
        "title_before": literal(""),
        "name": literal(""),
        "title_after": literal(""),
        "title": literal(""),
        "language": literal(""),
        "slug": literal(""),
        "code": literal(""),
        "level": literal(0),
        "detail": literal(""),
    } | given
    return [
        literal(kind.value).label("kind"),
        at.label("at"),
        id.label("id"),
        *(value.label(name) for name, value in values.items()),
    ]


_WHO = {
    "title_before": Person.title_before,
    "name": Person.name,
    "title_after": Person.title_after,
}


def _rated(person_id: UUID, since: datetime, at: datetime) -> Select[Any]:
    return select(
        *_columns(
            Happened.RATED,
            EvidenceRecord.observed_at,
            EvidenceRecord.actor_id,
            code=EvidenceRecord.competency,
            level=EvidenceRecord.level,
            title_before=literal(""),
            name=EvidenceRecord.label,  # who signed, and in whose place
            title_after=literal(""),
        )
    ).where(
        EvidenceRecord.person_id == person_id,
        EvidenceRecord.kind == EvidenceKind.SUPERVISOR,
        EvidenceRecord.revoked_at.is_(None),
        EvidenceRecord.observed_at >= since,
        EvidenceRecord.observed_at <= at,
    )


def _graded(person_id: UUID, since: datetime) -> Select[Any]:
    by_person = (
        select(EssayGrade.id).where(EssayGrade.attempt_id == Attempt.id).correlate(Attempt).exists()
    )
    return (
        select(
            *_columns(
                Happened.GRADED,
                Attempt.graded_at,
                Attempt.id,
                title=Edition.title,
                language=Edition.language,
                slug=Course.slug,
                code=Attempt.page_id,
                level=case((Attempt.passed.is_(True), 1), else_=0),
            )
        )
        .join(Edition, Edition.id == Attempt.edition_id)
        .join(Course, Course.id == Attempt.course_id)
        .where(
            Attempt.person_id == person_id,
            Attempt.state == AttemptState.GRADED,
            Attempt.graded_at >= since,
            by_person,
        )
    )


def _reminded(person_id: UUID, since: datetime) -> Select[Any]:
    return select(
        *_columns(
            Happened.REMINDED,
            Reminder.at,
            Reminder.id,
            name=Reminder.by_name,
            code=type_coerce(Reminder.subject, String),
            detail=Reminder.text,
        )
    ).where(Reminder.person_id == person_id, Reminder.at >= since)


def _visited(person_id: UUID, since: datetime) -> Select[Any]:
    return (
        select(
            *_columns(Happened.VISITED, func.max(ProfileVisit.at), ProfileVisit.viewer_id, **_WHO)
        )
        .join(Person, Person.id == ProfileVisit.viewer_id)
        .where(ProfileVisit.person_id == person_id, ProfileVisit.at >= since)
        .group_by(ProfileVisit.viewer_id, *_WHO.values())
    )


def _pending(person_id: UUID) -> Select[Any]:
    return (
        select(
            *_columns(
                Happened.PENDING,
                PendingCertificate.since,
                PendingCertificate.completion_id,
                name=Unit.name,
                title=Edition.title,
                language=Edition.language,
                code=type_coerce(PendingCertificate.reason, String),
                detail=PendingCertificate.detail,
            )
        )
        .join(Completion, Completion.id == PendingCertificate.completion_id)
        .join(Edition, Edition.id == Completion.edition_id)
        .join(Unit, Unit.id == PendingCertificate.unit_id)
        .where(Completion.person_id == person_id)
    )


def _asked(person_id: UUID, at: datetime) -> Select[Any]:
    return (
        select(
            *_columns(
                Happened.ASKED,
                EvaluationRound.opened_at,
                EvaluationInvitation.id,
                title=Edition.title,
                language=Edition.language,
                level=EvaluationInvitation.reminders,
                **_WHO,
            )
        )
        .join(EvaluationRound, EvaluationRound.id == EvaluationInvitation.round_id)
        .join(Edition, Edition.id == EvaluationRound.edition_id)
        .join(Person, Person.id == EvaluationRound.person_id)
        .where(
            EvaluationInvitation.person_id == person_id,
            EvaluationInvitation.is_answered.is_(False),
            EvaluationInvitation.revoked_at.is_(None),
            EvaluationRound.closes_at > at,
        )
    )


def _ending(person_id: UUID, day: date) -> Select[Any]:
    return select(
        *_columns(
            Happened.ENDING,
            LearningClaim.claimed_at,
            LearningClaim.id,
            title=LearningClaim.title,
            detail=cast(LearningClaim.valid_until, String),
        )
    ).where(LearningClaim.person_id == person_id, is_ending(day))


def _own_ending(person_id: UUID, day: date) -> Select[Any]:
    content = Certificate.snapshot
    return select(
        *_columns(
            Happened.ENDING,
            Certificate.issued_at,
            Certificate.id,
            title=content["course_title"].as_string(),
            slug=content["course_slug"].as_string(),
            detail=cast(Certificate.valid_until, String),
        )
    ).where(Certificate.person_id == person_id, expiring.is_ending(day))


def _expiring(person_id: UUID, since: datetime) -> Select[Any]:
    content = Certificate.snapshot
    return (
        select(
            *_columns(
                Happened.EXPIRING,
                ExpiryReminder.at,
                Certificate.id,
                title=content["course_title"].as_string(),
                slug=content["course_slug"].as_string(),
                level=ExpiryReminder.days,
                detail=cast(Certificate.valid_until, String),
            )
        )
        .join(Certificate, Certificate.id == ExpiryReminder.certificate_id)
        .where(
            Certificate.person_id == person_id,
            Certificate.superseded_at.is_(None),
            Certificate.revoked_at.is_(None),
            ExpiryReminder.at >= since,
        )
    )
