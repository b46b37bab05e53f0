"""Reading for those who teach: their courses, what changed, who stops where, what waits.

A course is somebody's own as it is in `assessment.may_grade`: they stand among the authors of its
present edition, or they are in charge of the unit that owns it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true, union
from sqlalchemy.orm import Session

from corpu.assessment.models import Attempt, AttemptState, EssayGrade, Response
from corpu.assessment.queries import may_grade, question_statistics
from corpu.authoring.rules import (
    Changes,
    QuestionRow,
    Step,
    hardest_first,
    page_changes,
    participant_code,
)
from corpu.catalog import queries as catalog
from corpu.catalog.models import Course, Edition, EditionAuthor
from corpu.catalog.outline import Outline
from corpu.content import DIAGNOSTIC
from corpu.errors import NotFound
from corpu.identity import Viewer
from corpu.learning.models import Completion, Enrolment, PageCompletion, PageVisit
from corpu.people.models import Person
from corpu.people.queries import reach
from corpu.permissions import Permission, can

EDITIONS = 10  # a page of the history
HARDEST = 5  # questions shown before the quizzes


# ---------------------------------------------------------------------------------- courses


@dataclass(frozen=True)
class Taught:
    """A course as its teachers see it in the list."""

    course_id: UUID
    edition_id: UUID
    slug: str
    title: str
    language: str
    number: int
    published_at: datetime
    jp: Decimal
    is_archived: bool
    inside: int  # on the course and not done
    completed: int
    waiting: int  # answers that this viewer may grade


def taught_by(session: Session, viewer: Viewer) -> list[Taught]:
    """All courses of the viewer, those with answers waiting first, then by title. Two
    statements; one more for somebody in charge of a branch of units."""
    rows = session.execute(_courses(session, viewer)).all()
    waiting = _waiting_by_course(session, viewer) if rows else {}
    return sorted(
        (_taught(row, waiting) for row in rows),
        key=lambda course: (course.waiting == 0, course.title.casefold(), course.slug),
    )


def taught_course(session: Session, viewer: Viewer, slug: str) -> Taught:
    """One course of the viewer. Somebody else's, or none: NotFound."""
    row = session.execute(_courses(session, viewer).where(Course.slug == slug)).one_or_none()
    if row is None:
        raise NotFound
    return _taught(row, _waiting_by_course(session, viewer))


def _courses(session: Session, viewer: Viewer) -> Any:
    inside = (
        select(func.count())
        .select_from(Enrolment)
        .where(
            Enrolment.course_id == Course.id,
            Enrolment.completed_at.is_(None),
            Enrolment.left_at.is_(None),
        )
        .scalar_subquery()
    )
    completed = (
        select(func.count())
        .select_from(Completion)
        .where(Completion.course_id == Course.id)
        .scalar_subquery()
    )
    return (
        select(
            Course.id,
            Edition.id.label("edition_id"),
            Course.slug,
            Course.archived_at,
            Edition.title,
            Edition.language,
            Edition.number,
            Edition.published_at,
            Edition.jp,
            inside.label("inside"),
            completed.label("completed"),
        )
        .join(Edition, and_(Edition.course_id == Course.id, Edition.is_current))
        .where(_is_own(session, viewer))
    )


def _is_own(session: Session, viewer: Viewer) -> ColumnElement[bool]:
    """The condition on Course and its present Edition that the course is the viewer's."""
    if not can(viewer, Permission.AUTHOR):
        return false()
    own = exists().where(
        EditionAuthor.edition_id == Edition.id, EditionAuthor.person_id == viewer.id
    )
    units = reach(session, viewer, Permission.AUTHOR)
    if units is None:
        return true()
    return or_(own, Course.owner_unit_id.in_(units)) if units else own


def _waiting_by_course(session: Session, viewer: Viewer) -> dict[UUID, int]:
    rows = session.execute(
        select(Attempt.course_id, func.count())
        .join(Response, Response.attempt_id == Attempt.id)
        .where(_waits(session, viewer))
        .group_by(Attempt.course_id)
    )
    return {row[0]: row[1] for row in rows}


def _taught(row: Any, waiting: Mapping[UUID, int]) -> Taught:
    return Taught(
        course_id=row.id,
        edition_id=row.edition_id,
        slug=row.slug,
        title=row.title,
        language=row.language,
        number=row.number,
        published_at=row.published_at,
        jp=row.jp,
        is_archived=row.archived_at is not None,
        inside=row.inside,
        completed=row.completed,
        waiting=waiting.get(row.id, 0),
    )


# ---------------------------------------------------------------------------------- one course


@dataclass(frozen=True)
class Published:
    """An edition in the history. `changes` is None for the first one."""

    number: int
    published_at: datetime
    by: str  # empty where a command published it
    is_current: bool
    pages: int
    changes: Changes | None


def editions_of(session: Session, course_id: UUID, *, below: int | None = None) -> list[Published]:
    """Up to EDITIONS editions, newest first, with what each changed of the one before it.
    `below` begins under that number. One statement."""
    query = (
        select(
            Edition.number,
            Edition.published_at,
            Edition.is_current,
            Edition.outline,
            Person,
        )
        .outerjoin(Person, Person.id == Edition.published_by)
        .where(Edition.course_id == course_id)
        .order_by(Edition.number.desc())
        .limit(EDITIONS + 1)
    )
    if below is not None:
        query = query.where(Edition.number < below)
    rows = session.execute(query).all()
    return [
        Published(
            number=row.number,
            published_at=row.published_at,
            by=row.Person.full_name if row.Person is not None else "",
            is_current=row.is_current,
            pages=sum(len(module["pages"]) for module in row.outline["modules"]),
            changes=page_changes(rows[place + 1].outline, row.outline)
            if place + 1 < len(rows)
            else None,
        )
        for place, row in enumerate(rows[:EDITIONS])
    ]


def problems_of(session: Session, edition_id: UUID) -> list[dict[str, Any]]:
    """What the check said when the edition was published, as it was kept."""
    return list(session.scalar(select(Edition.problems).where(Edition.id == edition_id)) or ())


def steps_of(session: Session, outline: Outline) -> tuple[int, list[Step]]:
    """How many enrolments the course has had, and how far they came, page by page of the
    present edition. Three statements."""
    here = Enrolment.course_id == outline.course_id
    enrolments = session.scalar(select(func.count()).select_from(Enrolment).where(here)) or 0
    # Whoever tried or completed a page has been there, also where no visit was written.
    reached = union(
        *(
            select(table.page_id, table.enrolment_id)
            .join(Enrolment, Enrolment.id == table.enrolment_id)
            .where(here)
            for table in (PageVisit, PageCompletion, Attempt)
        )
    ).subquery()
    visited = _per_page(
        session, select(reached.c.page_id, func.count()).group_by(reached.c.page_id)
    )
    completed = _per_page(
        session,
        select(PageCompletion.page_id, func.count())
        .join(Enrolment, Enrolment.id == PageCompletion.enrolment_id)
        .where(here)
        .group_by(PageCompletion.page_id),
    )
    return enrolments, [
        Step(
            page_id=page.id,
            title=page.title,
            type=page.type,
            position=page.position,
            visited=visited.get(page.id, 0),
            completed=completed.get(page.id, 0),
        )
        for page in outline.pages
    ]


def _per_page(session: Session, query: Any) -> dict[str, int]:
    return {row[0]: row[1] for row in session.execute(query)}


@dataclass(frozen=True)
class QuizFigures:
    """The questions of one quiz, hardest first; `title` is empty for what is asked no longer."""

    page_id: str
    title: str
    rows: tuple[QuestionRow, ...]

    @property
    def asked(self) -> int:
        """How many attempts were handed in, by the question that was asked most."""
        return max((row.asked for row in self.rows), default=0)


def hardest_of(quizzes: Sequence[QuizFigures]) -> list[tuple[QuizFigures, QuestionRow]]:
    """The questions of the present edition that fared worst, over all quizzes; none where there
    are so few that the quizzes themselves show them at a glance. A diagnostic asks before
    anything is taught: what is hard there is no news."""
    asked = [
        (quiz, row)
        for quiz in quizzes
        if quiz.title and quiz.page_id != DIAGNOSTIC
        for row in quiz.rows
    ]
    if len(asked) <= HARDEST:
        return []
    order = {id(row): place for place, row in enumerate(hardest_first(row for _, row in asked))}
    measured = [pair for pair in asked if pair[1].mean_share is not None]
    return sorted(measured, key=lambda pair: order[id(pair[1])])[:HARDEST]


def quizzes_of(session: Session, outline: Outline) -> list[QuizFigures]:
    """How the questions of a course fared, over the attempts on all of its editions: quiz by
    quiz as the present edition has them, then those it asks no longer."""
    types = {}
    for page in outline.tests:
        quiz = catalog.quiz_of(session, outline.edition_id, page.id)
        for question in quiz["questions"] if quiz else ():
            types[page.id, question["id"]] = str(question["type"])
    by_page: dict[str, list[QuestionRow]] = defaultdict(list)
    for one in question_statistics(session, outline.course_id):
        key = (one.page_id, one.question_id)
        row = QuestionRow(
            title=one.title_text,
            type=types.get(key, ""),
            asked=one.asked,
            answered=one.answered,
            right=one.right,
            graded=one.graded,
            mean_share=one.mean_share,
        )
        by_page[one.page_id if key in types else ""].append(row)
    found = [
        QuizFigures(page.id, page.title, tuple(hardest_first(by_page[page.id])))
        for page in outline.tests
    ]
    if by_page[""]:
        found.append(QuizFigures("", "", tuple(hardest_first(by_page[""]))))
    return found


# ---------------------------------------------------------------------------------- the queue


@dataclass(frozen=True)
class Queued:
    """An answer that waits for a grade. It has a code and no name."""

    attempt_id: UUID
    question_id: str
    code: str
    submitted_at: datetime
    course_slug: str
    course_title: str
    page_title: str
    question_title: str
    language: str
    is_short: bool  # an answer that the machine could not decide


def waiting_for(
    session: Session, viewer: Viewer, *, limit: int = 50, offset: int = 0
) -> list[Queued]:
    """Answers that wait for this person's grade, oldest first, without what they say."""
    query = _queue(session, viewer).limit(limit).offset(offset)
    return [_queued(session, row) for row in session.execute(query)]


def next_waiting(session: Session, viewer: Viewer) -> Queued | None:
    """The oldest answer that waits for this person's grade."""
    return next(iter(waiting_for(session, viewer, limit=1)), None)


def after_this(
    session: Session, viewer: Viewer, attempt_id: UUID, question_id: str
) -> Queued | None:
    """The answer that waits behind this one, for who leaves it for later; at the end of the
    queue none."""
    this = session.execute(
        select(Attempt.submitted_at, Attempt.id).where(Attempt.id == attempt_id)
    ).one()
    later = or_(
        Attempt.submitted_at > this.submitted_at,
        and_(
            Attempt.submitted_at == this.submitted_at,
            or_(
                Attempt.id > attempt_id,
                and_(Attempt.id == attempt_id, Response.question_id > question_id),
            ),
        ),
    )
    row = session.execute(_queue(session, viewer).where(later).limit(1)).one_or_none()
    return _queued(session, row) if row is not None else None


def _waits(session: Session, viewer: Viewer) -> ColumnElement[bool]:
    return and_(
        Attempt.state == AttemptState.AWAITING_GRADE,
        Response.points.is_(None),
        may_grade(session, viewer),
    )


def _queue(session: Session, viewer: Viewer) -> Any:
    return (
        select(
            Attempt.id,
            Attempt.edition_id,
            Attempt.page_id,
            Attempt.submitted_at,
            Response.question_id,
        )
        .join(Response, Response.attempt_id == Attempt.id)
        .where(_waits(session, viewer))
        .order_by(Attempt.submitted_at, Attempt.id, Response.question_id)
    )


def _queued(session: Session, row: Any) -> Queued:
    outline = catalog.outline(session, row.edition_id)
    quiz = catalog.quiz_of(session, row.edition_id, row.page_id) or {"questions": ()}
    question = next(one for one in quiz["questions"] if one["id"] == row.question_id)
    return Queued(
        attempt_id=row.id,
        question_id=row.question_id,
        code=participant_code(row.id),
        submitted_at=row.submitted_at,
        course_slug=outline.slug,
        course_title=outline.title,
        page_title=outline.test(row.page_id).title,
        question_title=question["title_text"],
        language=outline.language,
        is_short=question["type"] != "essay",
    )


# ---------------------------------------------------------------------------------- a grade given


@dataclass(frozen=True)
class Outcome:
    """What followed from a grade for the attempt that it belongs to."""

    score: Decimal | None  # None while other answers of the attempt wait
    passed: bool | None
    pass_mark: Decimal
    still_waiting: int
    grader: str
    completed: bool  # the course was completed in the same act


def outcome_of(session: Session, attempt_id: UUID, grade: EssayGrade) -> Outcome:
    """One statement."""
    waiting = (
        select(func.count())
        .select_from(Response)
        .where(Response.attempt_id == Attempt.id, Response.points.is_(None))
        .scalar_subquery()
    )
    row = session.execute(
        select(
            Attempt.score,
            Attempt.passed,
            Attempt.pass_mark,
            Attempt.graded_at,
            Enrolment.completed_at,
            waiting.label("waiting"),
            Person,
        )
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(Person, Person.id == grade.grader_id)
        .where(Attempt.id == attempt_id)
    ).one()
    return Outcome(
        score=row.score,
        passed=row.passed,
        pass_mark=row.pass_mark,
        still_waiting=row.waiting,
        grader=row.Person.full_name,
        completed=row.completed_at is not None and row.completed_at == row.graded_at,
    )
