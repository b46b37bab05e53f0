"""For those who teach: answers that wait for a grade, and how questions fare."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, false, func, or_, select, true
from sqlalchemy.orm import Session

from corpu.assessment.credit import rubric_of
from corpu.assessment.models import Attempt, AttemptState, EssayGrade, Response
from corpu.assessment.papers import paper_of
from corpu.catalog import queries as catalog
from corpu.catalog.models import Course, Edition, EditionAuthor
from corpu.errors import NotFound
from corpu.identity import Viewer
from corpu.people.models import Person
from corpu.people.queries import branch
from corpu.permissions import Permission, can, units_in_reach


@dataclass(frozen=True)
class Waiting:
    """An answer with all that its grader needs."""

    attempt_id: UUID
    question_id: str
    enrolment_id: UUID
    edition_id: UUID  # that the attempt began with
    person_name: str
    course_slug: str
    course_title: str
    page_title: str
    submitted_at: datetime
    question: dict[str, Any]  # title_html, body_html, points, explanation_html (model answer)
    rubric: tuple[Any, ...]  # {"title_html", "columns": [(points, meaning in HTML), …]}
    text: str
    points: Decimal | None  # None while it waits
    grade: EssayGrade | None = None  # the one that stands, when it is corrected


def may_grade(session: Session, viewer: Viewer) -> ColumnElement[bool]:
    """The condition on Attempt that the viewer may grade it: author of the course's present
    edition, or in charge of the unit that owns it; never one's own."""
    if not can(viewer, Permission.GRADE):
        return false()
    own = exists().where(
        Edition.course_id == Attempt.course_id,
        Edition.is_current,
        EditionAuthor.edition_id == Edition.id,
        EditionAuthor.person_id == viewer.id,
    )
    tops = units_in_reach(viewer, Permission.GRADE)
    if tops is None:
        in_charge: ColumnElement[bool] = true()
    elif not tops:
        in_charge = false()
    else:
        in_charge = exists().where(
            Course.id == Attempt.course_id, Course.owner_unit_id.in_(branch(session, tops))
        )
    return or_(own, in_charge) & (Attempt.person_id != viewer.id)


def queue_for(
    session: Session, viewer: Viewer, *, limit: int = 50, offset: int = 0
) -> list[Waiting]:
    """Answers that wait for this person's grade, oldest first."""
    rows = session.execute(
        _answers()
        .where(
            Attempt.state == AttemptState.AWAITING_GRADE,
            Response.points.is_(None),
            may_grade(session, viewer),
        )
        .order_by(Attempt.submitted_at, Attempt.id, Response.question_id)
        .limit(limit)
        .offset(offset)
    ).all()
    return [_waiting(session, row) for row in rows]


def queue_length(session: Session, viewer: Viewer) -> int:
    """How many answers wait for this person's grade."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Response)
            .join(Attempt, Attempt.id == Response.attempt_id)
            .where(
                Attempt.state == AttemptState.AWAITING_GRADE,
                Response.points.is_(None),
                may_grade(session, viewer),
            )
        )
        or 0
    )


def essay_for(session: Session, viewer: Viewer, attempt_id: UUID, question_id: str) -> Waiting:
    """One handed-in answer that a person grades, waiting or graded already.

    The way to it for a page: NotFound where the viewer may not grade it.
    """
    row = session.execute(
        _answers().where(
            Attempt.id == attempt_id,
            Response.question_id == question_id,
            Attempt.state != AttemptState.IN_PROGRESS,
            may_grade(session, viewer),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    grade = session.scalar(
        select(EssayGrade)
        .filter_by(attempt_id=attempt_id, question_id=question_id)
        .order_by(EssayGrade.graded_at.desc(), EssayGrade.id.desc())
        .limit(1)
    )
    if row.Response.points is not None and grade is None:
        raise NotFound
    return _waiting(session, row, grade)


def _answers() -> Any:
    return (
        select(Response, Attempt, Person)
        .join(Attempt, Attempt.id == Response.attempt_id)
        .join(Person, Person.id == Attempt.person_id)
    )


def _waiting(session: Session, row: Any, grade: EssayGrade | None = None) -> Waiting:
    response: Response = row.Response
    attempt: Attempt = row.Attempt
    question = paper_of(session, attempt).question(response.question_id)
    outline = catalog.outline(session, attempt.edition_id)
    assert attempt.submitted_at is not None
    return Waiting(
        attempt_id=attempt.id,
        question_id=response.question_id,
        enrolment_id=attempt.enrolment_id,
        edition_id=attempt.edition_id,
        person_name=row.Person.full_name,
        course_slug=outline.slug,
        course_title=outline.title,
        page_title=outline.test(attempt.page_id).title,
        submitted_at=attempt.submitted_at,
        question=dict(question),
        rubric=tuple(rubric_of(question)),
        text=str((response.answer or {}).get("value") or ""),
        points=response.points,
        grade=grade,
    )


@dataclass(frozen=True)
class QuestionFigures:
    """How one question fared: people asked, answered, right; the mean share of its points
    (0 to 1) over those that have a grade."""

    page_id: str
    question_id: str
    title_text: str
    asked: int
    answered: int
    right: int
    graded: int
    mean_share: Decimal | None


def question_statistics(
    session: Session, course_id: UUID, *, edition_id: UUID | None = None
) -> list[QuestionFigures]:
    """Over all handed-in attempts of a course, or of one of its editions. In the order of the
    present (or given) edition, then what it no longer asks."""
    answered = case((Response.answer.is_not(None), 1), else_=0)
    right = case((Response.points == Response.max_points, 1), else_=0)
    graded = case((Response.points.is_not(None), 1), else_=0)
    most = case((Response.points.is_not(None), Response.max_points))
    query = (
        select(
            Attempt.page_id,
            Response.question_id,
            func.count().label("asked"),
            func.sum(answered).label("answered"),
            func.sum(right).label("right"),
            func.sum(graded).label("graded"),
            func.sum(Response.points).label("points"),
            func.sum(most).label("most"),
        )
        .join(Attempt, Attempt.id == Response.attempt_id)
        .where(Attempt.course_id == course_id, Attempt.state != AttemptState.IN_PROGRESS)
        .group_by(Attempt.page_id, Response.question_id)
    )
    if edition_id is not None:
        query = query.where(Attempt.edition_id == edition_id)
    rows = {(row.page_id, row.question_id): row for row in session.execute(query)}
    titles = _titles(session, course_id, edition_id)
    keys = [key for key in titles if key in rows] + sorted(key for key in rows if key not in titles)
    return [_figures(key, titles.get(key, key[1]), rows[key]) for key in keys]


def _titles(
    session: Session, course_id: UUID, edition_id: UUID | None
) -> dict[tuple[str, str], str]:
    if edition_id is None:
        edition_id = session.scalar(
            select(Edition.id).where(Edition.course_id == course_id, Edition.is_current)
        )
    if edition_id is None:
        return {}
    outline = catalog.outline(session, edition_id)
    return {
        (page.id, question["id"]): question["title_text"]
        for page in outline.tests
        for question in (catalog.quiz_of(session, edition_id, page.id) or {}).get("questions", ())
    }


def _figures(key: tuple[str, str], title: str, row: Any) -> QuestionFigures:
    share = row.points / row.most if row.points is not None and row.most else None
    return QuestionFigures(
        page_id=key[0],
        question_id=key[1],
        title_text=title,
        asked=row.asked,
        answered=row.answered,
        right=row.right,
        graded=row.graded,
        mean_share=None if share is None else share.quantize(Decimal("0.0001")),
    )
