"""Rating oneself, and answering what a supervisor asks about a colleague."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from corpu import clock
from corpu.competency import peers
from corpu.competency.blueprint import bp
from corpu.competency.forms import PeerForm, SelfForm
from corpu.competency.peers import Asked, NothingRated
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.permissions import Permission
from corpu.standards.words import competencies, in_force
from corpu.transactions import unit_of_work
from corpu.ui import named
from corpu.web import requires, the_viewer


@bp.route("/me/competencies/<code>/self", methods=["GET", "POST"])
@requires(Permission.LEARN)
def rate_oneself(code: str) -> Any:
    if code not in in_force():
        raise NotFound
    form = SelfForm.of(code)
    if form.validate_on_submit():
        with unit_of_work(db.session()) as session:
            peers.rate_oneself(
                session,
                the_viewer().id,
                code,
                form.level.data,
                form.reason.data or "",
                at=clock.now(),
            )
        flash(_("Penilaian diri tersimpan. Skor Anda tidak berubah karenanya."), "success")
        return redirect(url_for(".account", code=code), code=303)
    page = render_template(
        "competency/rate_oneself.html", form=form, code=code, names=in_force()[code]
    )
    return page, 422 if form.errors else 200


@bp.get("/me/peer-ratings")
@requires(Permission.LEARN)
def peer_ratings() -> str:
    """What was asked of me."""
    return render_template(
        "competency/peer_ratings.html",
        asked=peers.requests_of(db.session(), peer_id=the_viewer().id),
        names=competencies(),
    )


def _asked(request_id: UUID) -> Asked:
    """What was asked of me; of somebody else it is not to be found."""
    mine = peers.requests_of(db.session(), peer_id=the_viewer().id)
    found = next((one for one in mine if one.request.id == request_id), None)
    if found is None:
        raise NotFound
    return found


@bp.route("/me/peer-ratings/<uuid:request_id>", methods=["GET", "POST"])
@requires(Permission.LEARN)
def peer_rating(request_id: UUID) -> Any:
    asked = _asked(request_id)
    form = PeerForm.of(list(asked.request.competencies))
    if asked.is_open and form.validate_on_submit():
        if form.levels():
            with unit_of_work(db.session()) as session:
                peers.answer(
                    session,
                    request_id,
                    form.levels(),
                    form.reason.data or "",
                    peer_id=the_viewer().id,
                    at=clock.now(),
                )
            flash(_("Terkirim. Terima kasih atas penilaian Anda."), "success")
            return redirect(url_for(".peer_ratings"), code=303)
        form.form_errors.append(_(NothingRated.message))
    page = render_template(
        "competency/peer_rating.html",
        asked=asked,
        form=form,
        named=named,
        names=competencies(),
    )
    return page, 422 if form.errors else 200


@bp.post("/me/peer-ratings/<uuid:request_id>/decline")
@requires(Permission.LEARN)
def decline_peer_rating(request_id: UUID) -> Any:
    with unit_of_work(db.session()) as session:
        peers.close(session, request_id, by_id=the_viewer().id, at=clock.now())
    flash(_("Permintaan ditutup. Tidak ada penilaian yang dikirim."), "success")
    return redirect(url_for(".peer_ratings"), code=303)
