"""Why somebody has no certificate yet: all who wait, one person, and another try with a reason."""

from typing import Any
from uuid import UUID

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from corpu import clock
from corpu.credentials import service as credentials
from corpu.credentials import waiting
from corpu.credentials.condition_views import as_json
from corpu.credentials.condition_words import Reader, items_of
from corpu.credentials.conditions import Prospect, lacking_of
from corpu.extensions import db
from corpu.manage import service, words
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.forms import ReasonForm
from corpu.manage.scope import Reach, reach_of
from corpu.people.models import Person
from corpu.people.queries import is_within
from corpu.people.records import UnknownPerson
from corpu.people.rules import clean_text
from corpu.permissions import Permission, units_in_reach
from corpu.transactions import unit_of_work
from corpu.web import page_asked, requires, the_viewer

PAGE = 25


def _reach() -> Reach:
    return reach_of(db.session(), the_viewer(), Permission.MANAGE_CERTIFICATES)


@bp.route("/manage/certificates/waiting", methods=["GET", "POST"])
@requires(Permission.MANAGE_CERTIFICATES)
def waiting_certificates() -> Any:
    """Everybody whose certificate waits on units in reach, by cause; and another try for all."""
    me, now, form = the_viewer(), clock.now(), ReasonForm()
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            tops = units_in_reach(me, Permission.MANAGE_CERTIFICATES)
            done = service.retry_certificates(
                session, tops, by=me, reason=clean_text(form.reason.data or ""), at=now
            )
        if act.is_done:
            flash(_said(done), "ok" if done.issued else "warn")
            return redirect(url_for(".waiting_certificates"), code=303)
    session, reach = db.session(), _reach()
    asked = clean_text(request.args.get("q", "")[:200])
    counts = waiting.counts(session, asked, reach.units, at=now)
    group = request.args.get("cause", "")
    group = group if group in waiting.GROUPS else ""
    total = counts.get(group, 0) if group else sum(counts.values())
    first = min((page_asked() - 1) * PAGE, max(total - 1, 0) // PAGE * PAGE)
    rows = waiting.lines(session, asked, reach.units, group, at=now, first=first, limit=PAGE)
    kept: dict[str, Any] = {"q": asked or None, "cause": group or None}
    number = first // PAGE + 1
    page = render_template(
        "manage/waiting.html",
        form=form,
        rows=rows,
        items=lambda line: _unmet(line.prospect, reach),
        counts=counts,
        causes=words.CAUSES,
        group=group,
        asked=asked,
        total=total,
        first=first,
        link=lambda cause: url_for(".waiting_certificates", q=asked or None, cause=cause or None),
        previous_url=url_for(".waiting_certificates", **kept, page=number - 1) if first else "",
        next_url=url_for(".waiting_certificates", **kept, page=number + 1)
        if first + len(rows) < total
        else "",
        grading=waiting.GRADING,
    )
    return page, act.status


def _unmet(prospect: Prospect, reach: Reach) -> list[Any]:
    found = items_of(prospect, Reader.MANAGER, reach.units)
    return [item for item in found if item.state != "done"]


@bp.route("/manage/certificates/waiting/<uuid:person_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CERTIFICATES)
def waiting_person(person_id: UUID) -> Any:
    """All that one person's certificates still need; and another try for them."""
    me, now, form = the_viewer(), clock.now(), ReasonForm()
    reach = _reach()
    found = _of_person(person_id, reach)
    completions = {one.case.completion_id for one in found if one.case.completion_id is not None}
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            done = service.retry_for_person(
                session,
                person_id,
                completions,
                by=me,
                reason=clean_text(form.reason.data or ""),
                at=now,
            )
        if act.is_done:
            flash(_said(done), "ok" if done.issued else "warn")
            return redirect(url_for(".waiting_person", person_id=person_id), code=303)
        found = _of_person(person_id, reach)
    page = render_template(
        "manage/waiting_person.html",
        form=form,
        person=db.session().get_one(Person, person_id),
        found=[(one, items_of(one, Reader.MANAGER, reach.units)) for one in found],
        may_try=bool(completions),
        is_here=is_within(db.session(), person_id, reach.units, now),
    )
    return page, act.status


@bp.get("/manage/certificates/waiting/<uuid:person_id>.json")
@requires(Permission.MANAGE_CERTIFICATES)
def waiting_person_json(person_id: UUID) -> Response:
    """The same for machines; see `as_json`."""
    found = _of_person(person_id, _reach())
    return jsonify(
        {
            "as_of": clock.now().isoformat(),
            "courses": [as_json(one, Reader.MANAGER) for one in found],
        }
    )


def _of_person(person_id: UUID, reach: Reach) -> list[Prospect]:
    """What the viewer may see of it: everything of people in reach, of others what waits on
    units in reach. Raises UnknownPerson where that is nothing."""
    session, now = db.session(), clock.now()
    found = lacking_of(session, person_id, at=now, undrawn=True)
    if is_within(session, person_id, reach.units, now):
        return found
    here = [
        one
        for one in found
        if reach.holds(one.case.unit[0]) or reach.holds(one.case.facts.owner_unit_id)
    ]
    if not here:
        raise UnknownPerson
    return here


def _said(done: credentials.Retried) -> str:
    if done.more:
        return _(
            "%(issued)s sertifikat terbit. Sisanya dicoba lagi di latar, sepuluh menit sekali.",
            issued=done.issued,
        )
    if not done.issued:
        return _("Belum ada yang dapat terbit. Bereskan dahulu penyebabnya di bawah.")
    return _(
        "%(issued)s sertifikat terbit, %(waiting)s masih menunggu.",
        issued=done.issued,
        waiting=done.waiting,
    )
