"""Reading what is known of single people: courses, ratings, visits."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from corpu.catalog.models import Course, Edition, EditionPage
from corpu.competency.models import EvidenceKind, EvidenceRecord
from corpu.learning.models import Completion, Enrolment, PageCompletion, PageVisit, ProvenPage
from corpu.people.models import ProfileVisit


@dataclass(frozen=True)
class UnderWay:
    """A course that somebody is taking, by pages of its present edition."""

    slug: str
    title: str
    language: str
    jp: Decimal
    enrolled_at: datetime
    done: int
    pages: int


def courses_under_way(session: Session, ids: Collection[UUID]) -> dict[UUID, list[UnderWay]]:
    """The open enrolments of some people, oldest first: one statement. Pages are counted,
    what was answered on them is not read."""
    pages = (
        select(func.count())
        .select_from(EditionPage)
        .where(EditionPage.edition_id == Edition.id, EditionPage.type != "diagnostic")
        .correlate(Edition)
        .scalar_subquery()
    )
    done = (
        select(func.count())
        .select_from(EditionPage)
        .where(
            EditionPage.edition_id == Edition.id,
            or_(
                # Named, as what lies two levels above is not found by itself.
                exists()
                .where(
                    PageCompletion.enrolment_id == Enrolment.id,
                    PageCompletion.page_id == EditionPage.page_id,
                )
                .correlate(Enrolment, EditionPage),
                exists()
                .where(
                    ProvenPage.enrolment_id == Enrolment.id,
                    ProvenPage.page_id == EditionPage.page_id,
                    ProvenPage.is_done,
                )
                .correlate(Enrolment, EditionPage),
            ),
        )
        .correlate(Enrolment, Edition)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Enrolment.person_id,
            Course.slug,
            Edition.title,
            Edition.language,
            Edition.jp,
            Enrolment.enrolled_at,
            done.label("done"),
            pages.label("pages"),
        )
        .select_from(Enrolment)
        .join(Course, Course.id == Enrolment.course_id)
        .join(Edition, and_(Edition.course_id == Course.id, Edition.is_current))
        .where(
            Enrolment.person_id.in_(list(ids)),
            Enrolment.completed_at.is_(None),
            Enrolment.left_at.is_(None),
        )
        .order_by(Enrolment.enrolled_at, Enrolment.id)
    )
    found: dict[UUID, list[UnderWay]] = {}
    for row in rows:
        found.setdefault(row.person_id, []).append(
            UnderWay(
                row.slug, row.title, row.language, row.jp, row.enrolled_at, row.done, row.pages
            )
        )
    return found


def last_learnt(session: Session, ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When some people last read a page; whoever never did is left out. One statement."""
    rows = session.execute(
        select(Enrolment.person_id, func.max(PageVisit.last_at))
        .join(PageVisit, PageVisit.enrolment_id == Enrolment.id)
        .where(Enrolment.person_id.in_(list(ids)))
        .group_by(Enrolment.person_id)
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True)
class Rated:
    """A supervisor's rating that stands."""

    level: int
    at: datetime
    by: str  # as it was signed


def latest_ratings(session: Session, person_id: UUID) -> dict[str, Rated]:
    """The latest rating in each competency, whoever gave it. One statement."""
    rows = session.execute(
        select(
            EvidenceRecord.competency,
            EvidenceRecord.level,
            EvidenceRecord.observed_at,
            EvidenceRecord.label,
        )
        .where(
            EvidenceRecord.person_id == person_id,
            EvidenceRecord.kind == EvidenceKind.SUPERVISOR,
            EvidenceRecord.revoked_at.is_(None),
        )
        .order_by(EvidenceRecord.observed_at, EvidenceRecord.id)
    )
    return {code: Rated(level, at, by) for code, level, at, by in rows}


@dataclass(frozen=True)
class Completed:
    """A course somebody has completed, with the post of that day."""

    title: str
    language: str
    jp: Decimal
    completed_at: datetime
    timezone: str
    post_title: str
    unit_name: str


def completed_by(session: Session, person_id: UUID) -> list[Completed]:
    """Every course the person has completed, latest first. One statement."""
    rows = session.execute(
        select(
            Edition.title,
            Edition.language,
            Completion.jp,
            Completion.completed_at,
            Completion.timezone,
            Completion.post_title,
            Completion.unit_name,
        )
        .join(Edition, Edition.id == Completion.edition_id)
        .where(Completion.person_id == person_id)
        .order_by(Completion.completed_at.desc(), Completion.id)
    )
    return [Completed(**row._mapping) for row in rows]


def has_visited(session: Session, viewer_id: UUID, person_id: UUID, since: datetime) -> bool:
    """Whether a visit to the person's page is noted from that moment on."""
    found = select(ProfileVisit.id).where(
        ProfileVisit.person_id == person_id,
        ProfileVisit.viewer_id == viewer_id,
        ProfileVisit.at >= since,
    )
    return session.scalar(found.limit(1)) is not None
