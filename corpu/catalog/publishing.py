"""What surrounds publication: the vocabulary in force, problems as lines, HTML made again."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import clock
from corpu.catalog import service
from corpu.catalog.models import Course, Edition, EditionPage
from corpu.catalog.outline import outline_to_json
from corpu.catalog.queries import forget_renderings
from corpu.codes import Codes
from corpu.content import (
    RENDERER_VERSION,
    CourseSource,
    Problem,
    Vocabulary,
    checks_to_dict,
    compile_course,
    quiz_to_dict,
    segments_to_list,
)
from corpu.standards.queries import book_of
from corpu.storage import FolderStorage
from corpu.vocabulary import vocabulary


def vocabulary_with(session: Session) -> Vocabulary:
    """The codes of the field, those of the agencies' dictionaries in force or yet to come, and
    the courses published here already."""
    known = vocabulary()
    codes = Codes.of([*known.competencies, *agency_codes(session)])
    return replace(known, competencies=codes).with_courses(
        session.scalars(select(Course.slug)).all()
    )


def agency_codes(session: Session) -> set[str]:
    """The competencies of the agencies' dictionaries, in force or yet to come."""
    return book_of(session).to_come(clock.now().date())


def problems_as_lines(
    problems: Iterable[Problem], folder: Path, gettext: Callable[[str], str]
) -> Iterator[str]:
    """`content/courses/x/01-y/02-z.md:17: error quiz-without-key: …`, one problem a line."""
    for problem in problems:
        yield (
            f"{folder / problem.path}:{problem.line}: {problem.severity} {problem.code}: "
            f"{problem.text(gettext)}"
        )


def rerender(session: Session, storage: FolderStorage, edition_id: UUID) -> str:
    """Make the HTML of an edition again from its source; answers a line about it."""
    edition = session.get_one(Edition, edition_id)
    slug = session.get_one(Course, edition.course_id).slug
    if edition.renderer_version == RENDERER_VERSION:
        return f"{slug} {edition.number}: sudah terbaru."
    source = CourseSource(slug, service.export(session, storage, edition_id))
    course = compile_course(source, vocabulary_with(session)).course
    if course is None:
        return f"{slug} {edition.number}: tetap seperti semula, sumbernya tak lagi lolos periksa."
    for page in course.everything:
        row = session.get_one(EditionPage, (edition_id, page.id))
        row.segments = segments_to_list(page.segments)
        row.checks = checks_to_dict(page)
        row.quiz = quiz_to_dict(page.quiz) if page.quiz else None
    for file in course.media.values():
        storage.put(file.data)
    edition.outline = outline_to_json(course)
    edition.renderer_version = RENDERER_VERSION
    session.flush()
    forget_renderings()
    return f"{slug} {edition.number}: dibuat ulang."
