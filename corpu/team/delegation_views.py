"""Handing approvals and ratings over to a deputy, and ending it."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from corpu import clock
from corpu.errors import DomainError, NotAllowed, NotFound
from corpu.extensions import db
from corpu.forms import refuse
from corpu.people import command, command_queries
from corpu.people.models import Basis
from corpu.people.queries import agency_day
from corpu.permissions import Permission
from corpu.team.forms import DelegationForm, EndDelegationForm
from corpu.team.views import bp
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer


@bp.get("/team/delegations")
@requires(Permission.SEE_TEAM)
def delegations() -> str:
    session, me = db.session(), the_viewer()
    return render_template(
        "team/delegations.html",
        handed=command_queries.delegations_of(session, me.id),
        today=agency_day(session, clock.now()),
    )


@bp.route("/team/delegations/new", methods=["GET", "POST"])
@requires(Permission.SEE_TEAM)
def new_delegation() -> Any:
    session, me, now = db.session(), the_viewer(), clock.now()
    offered = command_queries.candidates(session, me.id, now)
    form = DelegationForm(data={"started_on": agency_day(session, now)})
    form.deputy.choices = [
        SelectChoice("", _("Pilih orang")),
        *(SelectChoice(person_id.hex, name) for person_id, name in offered),
    ]
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            deputy_id = UUID(hex=form.deputy.data)
            try:
                with unit_of_work(db.session()) as unit:
                    command.hand_over(
                        unit,
                        me.id,
                        deputy_id,
                        started_on=form.started_on.data,
                        ended_on=form.ended_on.data,
                        by=me,
                        reason=form.reason.data,
                        at=now,
                    )
            except (NotFound, NotAllowed):
                raise
            except DomainError as refusal:
                status = refusal.status
                refuse(form, refusal)
            else:
                name = dict(offered)[deputy_id]
                flash(_("Kewenangan diserahkan kepada %(name)s.", name=name), "success")
                return redirect(url_for("team.delegations"), code=303)
    return render_template("team/delegation.html", form=form, offered=offered), status


@bp.route("/account/delegations/<uuid:delegation_id>/end", methods=["GET", "POST"])
@requires(Permission.LEARN)
def end_delegation(delegation_id: UUID) -> Any:
    """Also for the deputy, who may give back what they were handed."""
    session, me, now = db.session(), the_viewer(), clock.now()
    back = redirect(url_for("people.account", _anchor="kewenangan"), code=303)
    handed = {one.id: one for one in command_queries.delegations_of(session, me.id)}.get(
        delegation_id
    )
    if handed is None or handed.basis is not Basis.DEPUTY:
        raise command.NoSuchDelegation
    if not handed.is_open(agency_day(session, now)):
        flash(_("Penyerahan ini sudah berakhir."), "warning")
        return back
    form = EndDelegationForm()
    if request.method == "POST" and form.validate_on_submit():
        with unit_of_work(db.session()) as unit:
            command.take_back(unit, delegation_id, by=me, reason=form.reason.data, at=now)
        flash(_("Penyerahan kewenangan diakhiri."), "success")
        return back
    page = render_template("team/delegation_end.html", handed=handed, form=form)
    return page, 422 if request.method == "POST" else 200
