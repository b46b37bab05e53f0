"""Things that have happened, and the list of who wants to know."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class EvidencePiece:
    """What one graded attempt shows of one competency at one level."""

    competency: str
    level: int
    score: Decimal  # 0 to 100, four decimals
    weight: Decimal  # points
    thin: bool  # too few points to be handed to the score


@dataclass(frozen=True)
class AttemptGraded:
    """An attempt is graded in full: by the machine, or by the last essay's grade."""

    attempt_id: UUID
    enrolment_id: UUID
    person_id: UUID
    course_id: UUID
    course_slug: str
    page_id: str
    score: Decimal
    passed: bool
    again: bool  # graded before: there may be evidence of it
    answered: bool  # False for an attempt without any answer
    evidence: tuple[EvidencePiece, ...]
    observed_at: datetime  # when the answers were given
    at: datetime


@dataclass(frozen=True)
class CourseStarted:
    """Somebody took a place on a course, for the first time or again."""

    enrolment_id: UUID
    person_id: UUID
    course_id: UUID
    at: datetime


@dataclass(frozen=True)
class CourseCompleted:
    completion_id: UUID
    enrolment_id: UUID
    person_id: UUID
    course_id: UUID
    at: datetime


@dataclass(frozen=True)
class CertificateRevoked:
    """A certificate no longer holds; whoever was told of it is to be told so."""

    certificate_id: UUID
    at: datetime


@dataclass(frozen=True)
class CertificateSuperseded:
    """A corrected version has taken the place of a certificate."""

    certificate_id: UUID
    by_id: UUID  # the new certificate
    at: datetime


@dataclass(frozen=True)
class EditionPublished:
    course_id: UUID
    edition_id: UUID
    number: int
    at: datetime


@dataclass(frozen=True)
class SupervisionChanged:
    """A supervisor's line over a person began, ended or was corrected."""

    person_id: UUID
    supervisor_id: UUID
    ended_on: date | None
    at: datetime


@dataclass(frozen=True)
class IssuerChanged:
    """An issuing unit became able to issue, or changed its signatory or template."""

    unit_id: UUID
    at: datetime


@dataclass(frozen=True)
class InstallationSetUp:
    """The agency and its first manager are there."""

    at: datetime


@dataclass(frozen=True)
class KeyCreated:
    """There is another signing key."""

    kid: str
    at: datetime


@dataclass(frozen=True)
class KeyCompromised:
    """A signing key of ours may have been in other hands since a moment."""

    kid: str
    since: datetime
    at: datetime


_reactions: dict[type, list[Callable[[Session, Any], None]]] = defaultdict(list)


def react_to(event_type: type, *reactions: Callable[[Session, Any], None]) -> None:
    """Say what follows from an event; a later call for the same event replaces the earlier."""
    _reactions[event_type] = list(reactions)


def publish(session: Session, event: object) -> None:
    """Run every reaction now, in the caller's transaction."""
    for reaction in _reactions[type(event)]:
        reaction(session, event)
