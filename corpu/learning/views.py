"""The learner's room: the outline of a course, its pages, and what is done on them."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError

from corpu import clock
from corpu.catalog import queries as catalog
from corpu.catalog.outline import PageInfo
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.learning import diagnostics, rules, service
from corpu.learning.conditions import told
from corpu.learning.outline_view import outline_rows
from corpu.learning.seat import Seat, seat, seats_of
from corpu.learning.words import left_out_words
from corpu.people import export as own_data
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer

bp = Blueprint("learning", __name__, template_folder="templates")

# How a page of each further type is shown; rooms above register theirs.
PAGE_VIEWS: dict[str, Callable[[Seat, PageInfo], Any]] = {}

own_data.register("diagnostics", diagnostics.proven_of)

VISIT_WAIT = 0.25  # seconds: the page comes even where the visit cannot be written


@bp.get("/me")
@requires(Permission.LEARN)
def mine():
    seats = seats_of(db.session(), the_viewer().id)
    return render_template(
        "learning/mine.html",
        running=[s for s in seats if s.is_open],
        finished=[s for s in seats if s.completed_at],
        left=[s for s in seats if s.left_at and not s.completed_at],
    )


@bp.get("/learn/<slug>")
@requires(Permission.LEARN)
def course(slug: str):
    here = _seat(slug)
    if not here.may_read:
        return redirect(url_for("catalog.course", slug=slug), code=303)
    return render_template(
        "learning/course.html",
        seat=here,
        outline=here.outline,
        rows=outline_rows(here),
        conditions=told(db.session(), the_viewer().id, here, clock.now()),
    )


@bp.get("/learn/<slug>/<page_id>")
@requires(Permission.LEARN)
def page(slug: str, page_id: str):
    here = _seat(slug)
    info = here.outline.find(page_id)
    if info is None:
        raise NotFound
    if not here.may_read:
        return redirect(url_for("catalog.course", slug=slug), code=303)
    first = here.lock(page_id)
    if first is not None:
        return render_template(
            "learning/locked.html",
            seat=here,
            outline=here.outline,
            page=info,
            first=first,
            rows=outline_rows(here, page_id),
        ), 409
    if info.type in PAGE_VIEWS:
        body = PAGE_VIEWS[info.type](here, info)
        _record_visit(here, info)
        return body
    content = catalog.page(db.session(), here.outline.edition_id, page_id)
    if content is None:
        raise NotFound
    body = render_template(
        "learning/page.html",
        seat=here,
        outline=here.outline,
        page=info,
        rows=outline_rows(here, page_id),
        parts=_parts(here, info, content),
        left=[check for check in info.checks if check not in here.answers],
        previous=here.outline.before(page_id),
        following=here.outline.after(page_id),
        place=here.visits[page_id].place if page_id in here.visits else None,
    )
    _record_visit(here, info)
    return body


@bp.post("/learn/<slug>/<page_id>/complete")
@requires(Permission.LEARN)
def complete(slug: str, page_id: str):
    with unit_of_work(db.session()) as session:
        before = seat(session, the_viewer().id, slug)
        after = service.complete_page(session, the_viewer().id, slug, page_id, at=clock.now())
    if after.completed_at and before is not None and before.completed_at is None:
        return redirect(url_for(".finished", slug=slug), code=303)
    following = after.outline.after(page_id)
    if following is None or after.lock(following.id):
        unfinished = rules.next_page(after.outline.pages, after.done)
        if unfinished is None:
            return redirect(url_for(".course", slug=slug), code=303)
        following = after.outline.by_id[unfinished]
    return redirect(url_for(".page", slug=slug, page_id=following.id), code=303)


@bp.get("/learn/<slug>/finished")
@requires(Permission.LEARN)
def finished(slug: str):
    """The course is complete: what it brought, and where its certificate is."""
    here = _seat(slug)
    if here.completed_at is None or here.enrolment_id is None:
        return redirect(url_for(".course", slug=slug), code=303)
    completion, hours = diagnostics.hours_of(db.session(), here.enrolment_id)
    return render_template(
        "learning/finished.html",
        seat=here,
        outline=here.outline,
        jp=completion.jp,
        left_out=left_out_words(hours) if hours is not None else "",
    )


@bp.post("/learn/<slug>/<page_id>/checks/<check_id>")
@requires(Permission.LEARN)
def answer_check(slug: str, page_id: str, check_id: str):
    chosen = request.form.getlist("choice", type=int)
    try:
        with unit_of_work(db.session()) as session:
            service.answer_check(
                session, the_viewer().id, slug, page_id, check_id, chosen, at=clock.now()
            )
    except service.NothingChosen as refusal:
        flash(_(refusal.message), "error")
    target = url_for(".page", slug=slug, page_id=page_id, _anchor=f"cek-{check_id}")
    return redirect(target, code=303)


@bp.post("/learn/<slug>/<page_id>/place")
@requires(Permission.LEARN)
def remember_place(slug: str, page_id: str):
    """The heading last in view, sent as the person leaves the page."""
    here = _seat(slug)
    place = request.form.get("place", "")
    if here.may_read and here.enrolment_id and page_id in here.outline.by_id:
        with unit_of_work(db.session(), wait=VISIT_WAIT) as session:
            service.record_visit(session, here.enrolment_id, page_id, place=place, at=clock.now())
    return "", 204


def _seat(slug: str) -> Seat:
    here = seat(db.session(), the_viewer().id, slug)
    if here is None:
        raise NotFound
    return here


def _record_visit(here: Seat, page: PageInfo) -> None:
    """At most once a minute, and given up rather than waited for."""
    at = clock.now()
    last = here.visits.get(page.id)
    if last is not None and timedelta() <= at - last.last_at < service.VISIT_EVERY:
        return
    assert here.enrolment_id is not None
    with suppress(OperationalError), unit_of_work(db.session(), wait=VISIT_WAIT) as session:
        service.record_visit(session, here.enrolment_id, page.id, at=at)


def _parts(here: Seat, page: PageInfo, content: catalog.PageContent) -> list[dict[str, Any]]:
    """The page's segments: text with real addresses, checks with what may be known of them."""
    parts: list[dict[str, Any]] = []
    for segment in content.segments:
        if "html" in segment:
            parts.append({"html": with_addresses(segment["html"], here.outline.slug)})
        else:
            parts.append(_check(here, content.checks[segment["check"]]))
    return parts


def _check(here: Seat, check: dict[str, Any]) -> dict[str, Any]:
    """Keys and feedback leave the server only once the check has been answered."""
    slug = here.outline.slug
    answered = here.answers.get(check["id"])
    chosen = answered.chosen if answered else ()
    shown = {
        "check": check["id"],
        "question": with_addresses(check["question_html"], slug),
        "multiple": check["multiple"],
        "options": [
            {"html": with_addresses(option["html"], slug), "chosen": number in chosen}
            for number, option in enumerate(check["options"])
        ],
        "answered": answered is not None,
    }
    if answered is not None:
        shown["is_right"] = answered.is_right
        shown["feedback"] = [
            with_addresses(check["options"][number]["feedback_html"], slug)
            for number in chosen
            if number < len(check["options"]) and check["options"][number]["feedback_html"]
        ]
        shown["explanation"] = with_addresses(check.get("explanation_html", ""), slug)
    return shown


def with_addresses(html: str, slug: str) -> str:
    """Put this installation's addresses where the compiler left placeholders."""
    root = request.script_root
    return html.replace('"media:', f'"{root}/media/').replace('"page:', f'"{root}/learn/{slug}/')
