"""The instructor's room: own courses, how they fare, and the queue of answers to grade."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from corpu import clock
from corpu.assessment.gain import LEAST_PEOPLE
from corpu.assessment.marking import Waiting
from corpu.assessment.queries import essay_for, queue_length
from corpu.assessment.review import graded_criteria
from corpu.authoring import queries, service, words
from corpu.authoring.forms import RubricForm, rubric_form
from corpu.authoring.rules import participant_code, steepest
from corpu.catalog import queries as catalog
from corpu.catalog.findings import problem_text
from corpu.errors import NotFound
from corpu.evaluation.gains import gain_of_course
from corpu.extensions import db
from corpu.learning.views import with_addresses
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer

bp = Blueprint("authoring", __name__, template_folder="templates")

SHOWN = 25  # rows of a list on one page
ANSWER = "/author/grading/<uuid:attempt_id>/<question_id>"


@bp.get("/author")
@requires(Permission.AUTHOR)
def index() -> str:
    session, me = db.session(), the_viewer()
    courses = queries.taught_by(session, me)
    first = _offset(len(courses))
    return render_template(
        "authoring/index.html",
        courses=courses[first : first + SHOWN],
        total=len(courses),
        first=first,
        shown=SHOWN,
        waiting=sum(course.waiting for course in courses),
        oldest=queries.next_waiting(session, me) if courses else None,
        words=words,
    )


@bp.get("/author/<slug>")
@requires(Permission.AUTHOR)
def course(slug: str) -> str:
    session, me = db.session(), the_viewer()
    taught = queries.taught_course(session, me, slug)
    below = request.args.get("below", taught.number + 1, type=int)
    if not 2 <= below <= taught.number + 1:
        raise NotFound
    outline = catalog.outline(session, taught.edition_id)
    quizzes = queries.quizzes_of(session, outline)
    enrolments, steps = queries.steps_of(session, outline)
    return render_template(
        "authoring/course.html",
        course=taught,
        outline=outline,
        editions=queries.editions_of(session, taught.course_id, below=below),
        newer=min(below + queries.EDITIONS, taught.number + 1),
        problems=[
            (problem, problem_text(problem, _))
            for problem in queries.problems_of(session, taught.edition_id)
        ],
        quizzes=quizzes,
        hardest=queries.hardest_of(quizzes),
        enrolments=enrolments,
        steps=steps,
        steepest=steepest(steps),
        gain=gain_of_course(session, slug) if outline.diagnostic else None,
        least_people=LEAST_PEOPLE,
        words=words,
    )


@bp.get("/author/grading")
@requires(Permission.GRADE)
def queue() -> str:
    session, me = db.session(), the_viewer()
    total = queue_length(session, me)
    first = _offset(total)
    return render_template(
        "authoring/queue.html",
        answers=queries.waiting_for(session, me, limit=SHOWN, offset=first),
        total=total,
        first=first,
        shown=SHOWN,
        words=words,
    )


@bp.get(ANSWER)
@requires(Permission.GRADE)
def answer(attempt_id: UUID, question_id: str) -> str:
    """The answer with its rubric; once it is graded, what was given and what followed."""
    waiting = essay_for(db.session(), the_viewer(), attempt_id, question_id)
    if waiting.grade is not None:
        return _graded_page(waiting)
    return _answer_page(waiting, _form(waiting))


@bp.post(ANSWER)
@requires(Permission.GRADE)
def grade(attempt_id: UUID, question_id: str) -> Any:
    me, at = the_viewer(), clock.now()
    waiting = essay_for(db.session(), me, attempt_id, question_id)
    form = _form(waiting)
    if not form.validate_on_submit():
        return _answer_page(waiting, form), 422
    try:
        with unit_of_work(db.session()) as session:
            service.grade(
                session, me, attempt_id, question_id, form.chosen, form.comment.data, at=at
            )
    except service.GradedAlready:
        return _overtaken(attempt_id, question_id), 409
    flash(_("Nilai tersimpan."), "success")
    return redirect(url_for(".answer", attempt_id=attempt_id, question_id=question_id), code=303)


@bp.get(f"{ANSWER}/correct")
@requires(Permission.GRADE)
def correction(attempt_id: UUID, question_id: str) -> Any:
    waiting = essay_for(db.session(), the_viewer(), attempt_id, question_id)
    if waiting.grade is None:
        return redirect(
            url_for(".answer", attempt_id=attempt_id, question_id=question_id), code=303
        )
    return _correction_page(waiting, _form(waiting, correcting=True))


@bp.post(f"{ANSWER}/correct")
@requires(Permission.GRADE)
def correct(attempt_id: UUID, question_id: str) -> Any:
    me, at = the_viewer(), clock.now()
    waiting = essay_for(db.session(), me, attempt_id, question_id)
    if waiting.grade is None:
        raise service.NotGradedYet
    form = _form(waiting, correcting=True)
    if not form.validate_on_submit():
        return _correction_page(waiting, form), 422
    try:
        with unit_of_work(db.session()) as session:
            service.correct(
                session,
                me,
                attempt_id,
                question_id,
                form.chosen,
                form.comment.data,
                of=form.of.data,
                reason=form.reason.data,
                at=at,
            )
    except service.NothingChanged as refused:
        form.form_errors.append(_(refused.message))
        return _correction_page(waiting, form), 422
    except service.GradedAlready:
        return _overtaken(attempt_id, question_id), 409
    flash(_("Koreksi tersimpan."), "success")
    return redirect(url_for(".answer", attempt_id=attempt_id, question_id=question_id), code=303)


def _overtaken(attempt_id: UUID, question_id: str) -> str:
    """Somebody was first: what they gave, and the refused input kept in the form that corrects."""
    waiting = essay_for(db.session(), the_viewer(), attempt_id, question_id)
    form = _form(waiting, correcting=True)
    form.of.data = str(waiting.grade.id) if waiting.grade else ""
    return _correction_page(waiting, form, overtaken=True)


def _form(waiting: Waiting, *, correcting: bool = False) -> RubricForm:
    return rubric_form(
        waiting.rubric,
        lambda text: with_addresses(text, waiting.course_slug),
        grade=waiting.grade,
        correcting=correcting,
    )


def _answer_page(waiting: Waiting, form: RubricForm) -> str:
    me = the_viewer()
    following = queries.after_this(db.session(), me, waiting.attempt_id, waiting.question_id)
    return render_template(
        "authoring/answer.html", form=form, following=following, **_frame(waiting)
    )


def _graded_page(waiting: Waiting) -> str:
    assert waiting.grade is not None
    session, me = db.session(), the_viewer()
    return render_template(
        "authoring/graded.html",
        outcome=queries.outcome_of(session, waiting.attempt_id, waiting.grade),
        left=queue_length(session, me),
        following=queries.next_waiting(session, me),
        **_frame(waiting),
    )


def _correction_page(waiting: Waiting, form: RubricForm, *, overtaken: bool = False) -> str:
    assert waiting.grade is not None
    outcome = queries.outcome_of(db.session(), waiting.attempt_id, waiting.grade)
    return render_template(
        "authoring/correct.html",
        form=form,
        outcome=outcome,
        overtaken=overtaken,
        **_frame(waiting),
    )


def _frame(waiting: Waiting) -> dict[str, Any]:
    """What the pages about one answer share."""
    outline = catalog.outline(db.session(), waiting.edition_id)
    return {
        "waiting": waiting,
        "who": words.participant(participant_code(waiting.attempt_id)),
        "language": outline.language,
        "given": graded_criteria(waiting.question, waiting.grade, explain=True),
        "most": Decimal(waiting.question["points"]),
        "html": lambda text: with_addresses(text, waiting.course_slug),
        "words": words,
    }


def _offset(total: int) -> int:
    """Where the list begins, from `?page=`; a page beyond the end is none."""
    page = request.args.get("page", 1, type=int)
    if page < 1 or (page > 1 and (page - 1) * SHOWN >= total):
        raise NotFound
    return (page - 1) * SHOWN
