"""Asking colleagues what they see in somebody of one's line."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from corpu import clock
from corpu.competency import peers
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.people.queries import is_in_line, standing
from corpu.permissions import Permission
from corpu.standards.words import competencies
from corpu.team.forms import AskForm
from corpu.team.views import bp, note_visit
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer


@bp.route("/team/<uuid:person_id>/peers", methods=["GET", "POST"])
@requires(Permission.RATE)
def ask_peers(person_id: UUID) -> Any:
    me, now = the_viewer(), clock.now()
    if is_in_line(db.session(), me.id, person_id, now) is None:
        raise NotFound
    form = AskForm()
    form.offer(
        peers.candidates(
            db.session(),
            person_id,
            me.id,
            now,
            words=form.words.data or "",
            chosen=form.people(),
        )
    )
    is_search = request.form.get("step") == "search"
    if not is_search and form.validate_on_submit():
        with unit_of_work(db.session()) as session:
            count = peers.ask(
                session, person_id, form.people(), form.competencies.data or [], by=me, at=now
            )
        flash(
            ngettext("%(num)s rekan diminta menilai.", "%(num)s rekan diminta menilai.", count)
            if count
            else _("Rekan itu sudah diminta dan belum menjawab."),
            "success",
        )
        return redirect(url_for(".ask_peers", person_id=person_id), code=303)
    page = render_template(
        "team/peers.html",
        standing=standing(db.session(), person_id, now),
        form=form,
        asked=peers.requests_of(db.session(), person_id=person_id),
        names=competencies(),
        me=me,
    )
    note_visit(person_id, now)
    return page, 422 if form.errors else 200


@bp.post("/team/<uuid:person_id>/peers/<uuid:request_id>/close")
@requires(Permission.RATE)
def close_peer_request(person_id: UUID, request_id: UUID) -> Any:
    me = the_viewer()
    about = peers.requests_of(db.session(), person_id=person_id)
    if request_id not in {one.request.id for one in about}:
        raise NotFound
    with unit_of_work(db.session()) as session:
        peers.close(session, request_id, by_id=me.id, at=clock.now())
    flash(_("Permintaan ditarik."), "success")
    return redirect(url_for(".ask_peers", person_id=person_id), code=303)
