"""Quizzes as pages: the quiz itself, the running attempt, handing in, the result.

Everything works by forms alone; autosave.js sends single answers to `save_answer` besides.
"""

from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from corpu import clock
from corpu.assessment import queries, service
from corpu.assessment.export import attempts_of
from corpu.assessment.queries import AttemptView
from corpu.assessment.service import FormOutcome
from corpu.catalog import queries as catalog
from corpu.catalog.outline import PageInfo
from corpu.errors import DomainError, NotFound
from corpu.extensions import db
from corpu.i18n import local, number
from corpu.learning.conditions import told
from corpu.learning.outline_view import outline_rows
from corpu.learning.seat import Seat, seat
from corpu.learning.views import PAGE_VIEWS, with_addresses
from corpu.people.export import register
from corpu.permissions import Permission
from corpu.standards.words import competencies
from corpu.transactions import unit_of_work
from corpu.ui import named, said
from corpu.web import requires, the_viewer
from corpu.zones import zone_label

bp = Blueprint("assessment", __name__, template_folder="templates")
register("assessment", attempts_of)

ATTEMPTS = "/learn/<slug>/<page_id>/attempts"
ATTEMPT = f"{ATTEMPTS}/<uuid:attempt_id>"
# The form that the timer sends at zero may arrive a moment before the server's own zero.
AT_ZERO = timedelta(seconds=2)


def quiz_page(here: Seat, page: PageInfo) -> str:
    """The quiz's own page (`learning.views` shows it): rules, attempts so far, begin or go on."""
    assert page.quiz is not None
    assert here.enrolment_id is not None
    quiz = catalog.quiz_of(db.session(), here.outline.edition_id, page.id)
    return render_template(
        "assessment/quiz.html",
        seat=here,
        outline=here.outline,
        page=page,
        rows=outline_rows(here, page.id),
        body=[_html(part["html"], here.outline.slug) for part in quiz["intro"]] if quiz else [],
        intro=queries.intro_of(
            db.session(),
            here.enrolment_id,
            the_viewer().id,
            here.outline.course_id,
            page.id,
            page.quiz,
        ),
        previous=here.outline.before(page.id),
        following=here.outline.after(page.id),
        score=score_words,
    )


PAGE_VIEWS["quiz"] = quiz_page


def diagnostic_page(here: Seat, page: PageInfo) -> Any:
    """The diagnostic before it is begun, or while it runs; afterwards its result."""
    assert page.quiz is not None
    assert here.enrolment_id is not None
    intro = queries.intro_of(
        db.session(),
        here.enrolment_id,
        the_viewer().id,
        here.outline.course_id,
        page.id,
        page.quiz,
    )
    if intro.attempts and intro.running is None:
        taken = intro.attempts[-1]
        return redirect(_to("assessment.result", here.outline.slug, page.id, taken.id), code=303)
    quiz = catalog.quiz_of(db.session(), here.outline.edition_id, page.id)
    return render_template(
        "assessment/diagnostic.html",
        seat=here,
        outline=here.outline,
        page=page,
        body=[_html(part["html"], here.outline.slug) for part in quiz["intro"]] if quiz else [],
        intro=intro,
    )


PAGE_VIEWS["diagnostic"] = diagnostic_page


@bp.post(ATTEMPTS)
@requires(Permission.LEARN)
def start(slug: str, page_id: str):
    with unit_of_work(db.session()) as session:
        attempt = service.start(session, the_viewer().id, slug, page_id, at=clock.now())
        attempt_id = attempt.id
    return redirect(_to(".attempt", slug, page_id, attempt_id), code=303)


@bp.get(ATTEMPT)
@requires(Permission.LEARN)
def attempt(slug: str, page_id: str, attempt_id: UUID):
    view = _running(slug, page_id, attempt_id)
    return _draw(view) if view else redirect(_to(".result", slug, page_id, attempt_id), code=303)


@bp.post(ATTEMPT)
@requires(Permission.LEARN)
def save_all(slug: str, page_id: str, attempt_id: UUID):
    """The whole form: kept, and then on to where its button leads."""
    at = clock.now()
    with unit_of_work(db.session()) as session:
        outcome = _take_form(session, slug, page_id, attempt_id, at)
        time_up = outcome.over or _is_over(outcome.attempt.deadline_at, at)
        if time_up:
            service.submit(session, the_viewer().id, attempt_id, at=at)
    if time_up:
        return _handed_in(slug, page_id, attempt_id, outcome)
    if outcome.problems or outcome.advised:
        return _come_back(slug, page_id, attempt_id, outcome)
    following = request.form.get("next")
    if following == "submit":
        return redirect(_to(".confirm", slug, page_id, attempt_id), code=303)
    if following == "exit":
        flash(_("Jawaban tersimpan. Percobaan ini masih terbuka."), "success")
        return redirect(url_for("learning.page", slug=slug, page_id=page_id), code=303)
    return redirect(_to(".attempt", slug, page_id, attempt_id), code=303)


@bp.post(f"{ATTEMPT}/answers")
@requires(Permission.LEARN)
def save_answer(slug: str, page_id: str, attempt_id: UUID):
    """One answer as JSON: {question, answer, counter, doubt}."""
    sent = request.get_json(silent=True)
    sent = sent if isinstance(sent, dict) else {}
    at = clock.now()
    try:
        with unit_of_work(db.session()) as session:
            saved = service.save_answer(
                session,
                the_viewer().id,
                attempt_id,
                str(sent.get("question", "")),
                sent.get("answer"),
                sent.get("counter", 0),
                in_doubt=sent.get("doubt", False),
                at=at,
            )
    except service.AttemptOver:
        return {"result": _to(".result", slug, page_id, attempt_id)}, 409
    except DomainError as refused:
        if refused.status != 422:
            raise
        return {"message": _(refused.message, **refused.params)}, 422
    kept = {
        "saved": saved.counter,
        "kept": saved.kept,
        "at": saved.at.isoformat(),
        "saved_at": _time(saved.at),
    }
    if saved.advice is not None:
        return kept | {"message": _(saved.advice.message, **saved.advice.params)}, 422
    return kept


@bp.get(f"{ATTEMPT}/submit")
@requires(Permission.LEARN)
def confirm(slug: str, page_id: str, attempt_id: UUID):
    """What is missing, before anything is final."""
    view = _running(slug, page_id, attempt_id)
    if view is None:
        return redirect(_to(".result", slug, page_id, attempt_id), code=303)
    return render_template("assessment/submit.html", view=view, **_frame(view))


@bp.post(f"{ATTEMPT}/submit")
@requires(Permission.LEARN)
def submit(slug: str, page_id: str, attempt_id: UUID):
    """Final, once: a second time leads to the same result. Answers in the form are taken too."""
    at = clock.now()
    with unit_of_work(db.session()) as session:
        outcome = _take_form(session, slug, page_id, attempt_id, at, to_submit=True)
        time_up = outcome.over or _is_over(outcome.attempt.deadline_at, at)
        if time_up or not (outcome.problems or outcome.advised):
            rows = None if outcome.over else outcome.rows
            service.submit_held(session, outcome.attempt, at=at, rows=rows)
    if not time_up and (outcome.problems or outcome.advised):
        return _come_back(slug, page_id, attempt_id, outcome)
    return _handed_in(slug, page_id, attempt_id, outcome)


@bp.get(f"{ATTEMPT}/result")
@requires(Permission.LEARN)
def result(slug: str, page_id: str, attempt_id: UUID):
    view = queries.result_view(db.session(), the_viewer().id, attempt_id)
    _same_place(view, slug, page_id)
    if view.is_running:
        if _running(slug, page_id, attempt_id) is not None:
            return redirect(_to(".attempt", slug, page_id, attempt_id), code=303)
        view = queries.result_view(db.session(), the_viewer().id, attempt_id)
    here = seat(db.session(), the_viewer().id, slug)
    if here is None:
        raise NotFound
    if view.page.type == "diagnostic":
        return render_template(
            "assessment/diagnostic_result.html",
            view=view,
            seat=here,
            modules={module.slug: module for module in view.outline.modules},
            is_newest=view.attempt.enrolment_id == here.enrolment_id,
            competency_names={code: named(row) for code, row in competencies().items()},
            **_frame(view),
        )
    is_newest = view.attempt.enrolment_id == here.enrolment_id
    is_open = is_newest and here.completed_at is None
    return render_template(
        "assessment/result.html",
        view=view,
        seat=here,
        conditions=told(db.session(), the_viewer().id, here, clock.now()) if is_open else [],
        is_newest=is_newest,
        competency_names={code: named(row) for code, row in competencies().items()},
        **_frame(view),
    )


def _running(slug: str, page_id: str, attempt_id: UUID) -> AttemptView | None:
    """The attempt while it runs; one whose time is over is handed in first. Another person's,
    or at another address: NotFound."""
    at = clock.now()
    view = queries.attempt_view(db.session(), the_viewer().id, attempt_id, at=at)
    _same_place(view, slug, page_id)
    if view.is_due:
        with unit_of_work(db.session()) as session:
            service.close_if_due(session, the_viewer().id, attempt_id, at=at)
        return None
    return view if view.is_running else None


def _take_form(
    session: Any, slug: str, page_id: str, attempt_id: UUID, at: Any, *, to_submit: bool = False
) -> FormOutcome:
    outcome = service.save_form(
        session, the_viewer().id, attempt_id, request.form, at=at, to_submit=to_submit
    )
    course = catalog.outline(session, outcome.attempt.edition_id)
    if (course.slug, outcome.attempt.page_id) != (slug, page_id):
        raise NotFound
    return outcome


def _come_back(slug: str, page_id: str, attempt_id: UUID, outcome: FormOutcome) -> Any:
    """To the question that needs a second look, with what was written there."""
    view = _running(slug, page_id, attempt_id)
    if view is None:
        return redirect(_to(".result", slug, page_id, attempt_id), code=303)
    if outcome.problems:
        questions = tuple(
            replace(
                question,
                answer=outcome.given[question.id].raw,
                in_doubt=outcome.given[question.id].in_doubt,
                problem=outcome.problems[question.id],
            )
            if question.id in outcome.problems
            else question
            for question in view.questions
        )
        return _draw(replace(view, questions=questions)), 422
    first = next(question for question in view.questions if question.id in outcome.advised)
    flash(_("Soal %(number)s perlu dilihat sekali lagi.", number=first.place), "warning")
    return redirect(_to(".attempt", slug, page_id, attempt_id, _anchor=first.name), code=303)


def _handed_in(slug: str, page_id: str, attempt_id: UUID, outcome: FormOutcome) -> Any:
    if outcome.problems:
        flash(_("Waktu habis. Jawaban yang terlalu panjang tidak ikut dinilai."), "warning")
    return redirect(_to(".result", slug, page_id, attempt_id), code=303)


def _draw(view: AttemptView) -> str:
    return render_template("assessment/attempt.html", view=view, **_frame(view))


def _frame(view: Any) -> dict[str, Any]:
    """What the pages of an attempt share."""
    slug, page = view.outline.slug, view.page
    course_url = url_for("learning.course", slug=slug)

    def to(endpoint: str, **more: Any) -> str:
        return _to(f".{endpoint}", slug, page.id, view.attempt.id, **more)

    steps = [(said(view.outline.title, view.outline.language), course_url)]
    if page.type != "diagnostic":  # which stands before every module
        module = view.outline.modules[page.module]
        steps.append(
            (said(module.title, view.outline.language), f"{course_url}#modul-{page.module + 1}")
        )
    return {
        "outline": view.outline,
        "page": page,
        "to": to,
        "quiz_url": url_for("learning.page", slug=slug, page_id=page.id),
        "steps": steps,
        "html": lambda text: _html(text, slug),
        "time": _time,
        "points": _points,
        "score": score_words,
    }


def _html(text: str, slug: str) -> str:
    return with_addresses(text, slug)


def _time(moment: Any) -> str:
    """`09.42 WIB`, in the viewer's zone."""
    zone = the_viewer().timezone
    clock_face = "%H.%M" if str(get_locale()) == "id" else "%H:%M"
    return f"{local(moment, zone).strftime(clock_face)} {zone_label(zone)}"


def score_words(score: Decimal) -> str:
    """`74,99`: cut, not rounded, so that nobody reads a mark that was not reached."""
    return number(score.quantize(Decimal("0.01"), ROUND_DOWN), 2)


def _points(points: Decimal) -> str:
    """`0,67`, or `2` where nothing follows the comma."""
    return number(points.quantize(Decimal("0.01"), ROUND_HALF_UP))


def _is_over(deadline: Any, at: Any) -> bool:
    return deadline is not None and at >= deadline - AT_ZERO


def _same_place(view: Any, slug: str, page_id: str) -> None:
    if view.outline.slug != slug or view.page.id != page_id:
        raise NotFound


def _to(endpoint: str, slug: str, page_id: str, attempt_id: UUID, **more: Any) -> str:
    return url_for(endpoint, slug=slug, page_id=page_id, attempt_id=attempt_id, **more)
