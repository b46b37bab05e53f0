"""What full marks in the quizzes of the open courses would show, as publication has kept it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from threading import Lock
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from corpu.catalog.models import Course, Edition, EditionPage
from corpu.competency.forecast import CourseOption, Shows
from corpu.competency.rules import THIN_POINTS
from corpu.content.certain import certain_points
from corpu.content.serial import quiz_from_dict
from corpu.learning.models import Completion, Enrolment

_taught: dict[UUID, _Taught] = {}
_lock = Lock()
MOST_KEPT = 2000


@dataclass(frozen=True)
class _Taught:
    prerequisites: tuple[str, ...]
    shows: tuple[Shows, ...]


@dataclass(frozen=True)
class OpenCourse:
    """A course that the person may still complete, with what it would show."""

    slug: str
    title: str
    language: str
    jp: Decimal
    is_running: bool
    option: CourseOption


def open_courses(session: Session, person_id: UUID) -> dict[str, OpenCourse]:
    """The open courses that the person has not completed in any edition, by slug.

    The quizzes that count are those that completion asks for; where a quiz draws its questions,
    only the points that every draw gives. Two statements, and two more for editions that this
    process has not read yet.
    """
    completed = set(
        session.scalars(
            select(Course.slug)
            .join(Completion, Completion.course_id == Course.id)
            .where(Completion.person_id == person_id)
        )
    )
    running = (
        select(Enrolment.id)
        .where(
            and_(Enrolment.course_id == Course.id, Enrolment.person_id == person_id),
            Enrolment.completed_at.is_(None),
            Enrolment.left_at.is_(None),
        )
        .correlate(Course)
        .exists()
    )
    rows = [
        row
        for row in session.execute(
            select(
                Course.slug,
                Edition.id,
                Edition.title,
                Edition.language,
                Edition.jp,
                running.label("is_running"),
            )
            .join(Edition, Edition.course_id == Course.id)
            .where(Edition.is_current, Course.archived_at.is_(None))
            .order_by(Course.slug)
        )
        if row.slug not in completed
    ]
    taught = _read(session, {row.id: row.slug for row in rows})
    return {
        row.slug: OpenCourse(
            slug=row.slug,
            title=row.title,
            language=row.language,
            jp=row.jp,
            is_running=bool(row.is_running),
            option=CourseOption(
                slug=row.slug,
                jp=row.jp,
                shows=taught[row.id].shows,
                prerequisites=tuple(
                    slug for slug in taught[row.id].prerequisites if slug not in completed
                ),
            ),
        )
        for row in rows
    }


def _read(session: Session, slugs: dict[UUID, str]) -> dict[UUID, _Taught]:
    """What editions teach. An edition never changes, so each is read once by a process."""
    known = {edition_id: _taught[edition_id] for edition_id in slugs if edition_id in _taught}
    new = [edition_id for edition_id in slugs if edition_id not in known]
    if new:
        found = _from_pages(session, new, slugs)
        with _lock:
            if len(_taught) + len(found) > MOST_KEPT:
                _taught.clear()
            _taught.update(found)
        known |= found
    return known


def _from_pages(
    session: Session, edition_ids: Collection[UUID], slugs: dict[UUID, str]
) -> dict[UUID, _Taught]:
    outlines = {
        row.id: row
        for row in session.execute(
            select(
                Edition.id,
                Edition.outline["prerequisites"].label("prerequisites"),
                Edition.outline["completion_pages"].label("pages"),
                Edition.outline["completion_marks"].label("marks"),
            ).where(Edition.id.in_(edition_ids))
        )
    }
    shows: dict[UUID, list[Shows]] = {edition_id: [] for edition_id in outlines}
    for row in session.execute(
        select(EditionPage.edition_id, EditionPage.page_id, EditionPage.quiz)
        .where(EditionPage.edition_id.in_(edition_ids), EditionPage.type == "quiz")
        .order_by(EditionPage.edition_id, EditionPage.position)
    ):
        outline = outlines[row.edition_id]
        if row.page_id not in outline.pages and row.page_id not in outline.marks:
            continue
        source = f"quiz:{slugs[row.edition_id]}/{row.page_id}"
        for (code, level), points in sorted(certain_points(quiz_from_dict(row.quiz)).items()):
            if points >= THIN_POINTS:
                shows[row.edition_id].append(Shows(code, level, points, source))
    return {
        edition_id: _Taught(tuple(outlines[edition_id].prerequisites), tuple(found))
        for edition_id, found in shows.items()
    }
