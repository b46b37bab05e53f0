"""Reading the catalogue: editions, their outlines and pages. All immutable parts are cached."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from threading import Lock
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.catalog.models import (
    Course,
    Edition,
    EditionAuthor,
    EditionCompetency,
    EditionGoal,
    EditionPage,
)
from corpu.catalog.outline import Outline, outline_from_row
from corpu.people.models import Person

_outlines: dict[UUID, Outline] = {}
_pages: dict[tuple[UUID, str], "PageContent"] = {}
_quizzes: dict[tuple[UUID, str], dict[str, Any]] = {}
_lock = Lock()
CACHED_PAGES = 2000
CACHED_QUIZZES = 200


@dataclass(frozen=True)
class PageContent:
    """A page's segments, and the keys of its checks (server side only)."""

    segments: list[dict[str, Any]]
    checks: dict[str, Any]


def forget_renderings() -> None:
    """After `content rerender`: the sources stand, their HTML is new."""
    with _lock:
        _pages.clear()
        _quizzes.clear()
        _outlines.clear()


def outline(session: Session, edition_id: UUID) -> Outline:
    """One statement the first time in this process, none afterwards."""
    known = _outlines.get(edition_id)
    if known is None:
        row = session.execute(
            select(*Edition.__table__.c, Course.slug)
            .join(Course, Course.id == Edition.course_id)
            .where(Edition.id == edition_id)
        ).one()
        known = outline_from_row(row)
        with _lock:
            _outlines[edition_id] = known
    return known


def page(session: Session, edition_id: UUID, page_id: str) -> PageContent | None:
    key = (edition_id, page_id)
    known = _pages.get(key)
    if known is None:
        row = session.execute(
            select(EditionPage.segments, EditionPage.checks).where(
                EditionPage.edition_id == edition_id, EditionPage.page_id == page_id
            )
        ).one_or_none()
        if row is None:
            return None
        known = PageContent(row.segments, row.checks)
        with _lock:
            if len(_pages) >= CACHED_PAGES:
                _pages.clear()
            _pages[key] = known
    return known


def quiz_of(session: Session, edition_id: UUID, page_id: str) -> dict[str, Any] | None:
    """The questions of a quiz with their keys, never to be changed and never for a page."""
    key = (edition_id, page_id)
    known = _quizzes.get(key)
    if known is None:
        known = session.scalar(
            select(EditionPage.quiz).where(
                EditionPage.edition_id == edition_id, EditionPage.page_id == page_id
            )
        )
        if known is not None:
            with _lock:
                if len(_quizzes) >= CACHED_QUIZZES:
                    _quizzes.clear()
                _quizzes[key] = known
    return known


def current_edition(session: Session, slug: str) -> Outline | None:
    edition_id = session.scalar(
        select(Edition.id)
        .join(Course, Course.id == Edition.course_id)
        .where(Course.slug == slug, Edition.is_current)
    )
    return outline(session, edition_id) if edition_id else None


@dataclass(frozen=True)
class Author:
    """Shown by name; the number never leaves (content format, `authors`)."""

    person_id: UUID | None
    name: str


def authors_of(session: Session, edition_id: UUID) -> list[Author]:
    rows = session.execute(
        select(EditionAuthor.person_id, Person)
        .outerjoin(Person, Person.id == EditionAuthor.person_id)
        .where(EditionAuthor.edition_id == edition_id)
        .order_by(EditionAuthor.position)
    )
    return [Author(person_id, person.full_name) for person_id, person in rows if person]


@dataclass(frozen=True)
class Listed:
    """A course as the catalogue shows it."""

    course_id: UUID
    slug: str
    title: str
    language: str
    summary: str
    kind: str
    jp: Decimal
    minutes: int
    published_at: datetime
    goals: tuple[int, ...]
    competencies: tuple[tuple[str, int], ...]
    search_stems: str


def listed(session: Session) -> list[Listed]:
    """Every course that is open, by title: three statements."""
    rows = session.execute(
        select(
            Edition.id,
            Edition.course_id,
            Course.slug,
            Edition.title,
            Edition.language,
            Edition.summary,
            Edition.kind,
            Edition.jp,
            Edition.minutes,
            Edition.published_at,
            Edition.search_stems,
        )
        .join(Course, Course.id == Edition.course_id)
        .where(Edition.is_current, Course.archived_at.is_(None))
        .order_by(Edition.title)
    ).all()
    current = select(Edition.id).where(Edition.is_current)
    goals: dict[UUID, list[int]] = {}
    for edition_id, goal in session.execute(
        select(EditionGoal.edition_id, EditionGoal.goal)
        .where(EditionGoal.edition_id.in_(current))
        .order_by(EditionGoal.goal)
    ):
        goals.setdefault(edition_id, []).append(goal)
    taught: dict[UUID, list[tuple[str, int]]] = {}
    for edition_id, code, level in session.execute(
        select(
            EditionCompetency.edition_id, EditionCompetency.competency, EditionCompetency.level
        ).where(EditionCompetency.edition_id.in_(current))
    ):
        taught.setdefault(edition_id, []).append((code, level))
    return [
        Listed(
            course_id=row.course_id,
            slug=row.slug,
            title=row.title,
            language=row.language,
            summary=row.summary,
            kind=row.kind,
            jp=row.jp,
            minutes=row.minutes,
            published_at=row.published_at,
            goals=tuple(goals.get(row.id, ())),
            competencies=tuple(taught.get(row.id, ())),
            search_stems=row.search_stems,
        )
        for row in rows
    ]
