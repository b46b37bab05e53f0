"""Answering: the survey of a course, and what one is asked about others, by link or signed in."""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from corpu import clock
from corpu.catalog import queries as catalog
from corpu.errors import N_, NotFound, RuleBroken, TooMany
from corpu.evaluation import (
    forms,
    invitations,
    items,
    queries,
    refusals,
    service,
    surveys,
    words,
)
from corpu.extensions import db
from corpu.people import export as own_data
from corpu.permissions import Permission
from corpu.throttle import Throttle, address_key
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer

bp = Blueprint("evaluation", __name__, template_folder="templates")

own_data.register("evaluation", queries.own_part)


@bp.record_once
def _offer_words(state: Any) -> None:
    """The report is drawn by the rooms above."""
    state.app.jinja_env.globals["evaluation_words"] = words


class TooManyLinks(TooMany):
    message = N_(
        "Terlalu banyak tautan yang tidak dikenal dari jaringan Anda. Tunggu sepuluh menit."
    )


@bp.route("/learn/<slug>/survey", methods=["GET", "POST"])
@requires(Permission.LEARN)
def survey(slug: str) -> Any:
    """The reaction survey. Whoever has answered, or comes too late, is told so."""
    me, now = the_viewer(), clock.now()
    outline = catalog.current_edition(db.session(), slug)
    if outline is None:
        raise NotFound
    back = url_for("learning.course", slug=slug)
    try:
        completion = surveys.survey_for(db.session(), me.id, slug, at=now)
        kind = service.rule_of(db.session(), completion.course_id)[1]
        form = forms.reaction_form(kind)
        if form.validate_on_submit():
            with unit_of_work(db.session()) as session:
                surveys.answer_survey(
                    session,
                    me.id,
                    slug,
                    forms.reaction_answers(form, kind),
                    form.remark.data or "",
                    at=now,
                )
            flash(_("Terima kasih. Jawaban Anda dihitung tanpa nama."), "success")
            return redirect(back, code=303)
    except RuleBroken as refusal:
        flash(_(refusal.message), "warn")
        return redirect(back, code=303)
    page = render_template(
        "evaluation/survey.html",
        form=form,
        outline=outline,
        items=items.reaction_items(kind),
        teacher=items.data()["reaction"]["teacher"],
        words=words,
    )
    return page, 422 if form.errors else 200


@bp.get("/me/evaluations")
@requires(Permission.LEARN)
def asked() -> str:
    """What others ask of me."""
    return render_template(
        "evaluation/asked.html",
        rows=queries.asked_of(db.session(), the_viewer().id, clock.now()),
        words=words,
    )


@bp.route("/me/evaluations/<uuid:invitation_id>", methods=["GET", "POST"])
@requires(Permission.LEARN)
def answer(invitation_id: UUID) -> Any:
    """One of these. Whoever has answered, also by pressing twice, is told so."""
    me, now = the_viewer(), clock.now()
    try:
        return _answer(
            lambda session: invitations.invitation_of(session, me.id, invitation_id, at=now),
            url_for(".asked"),
        )
    except refusals.AlreadyAnswered as refusal:
        flash(_(refusal.message), "warn")
        return redirect(url_for(".asked"), code=303)


@bp.route("/evaluation/<token>", methods=["GET", "POST"])
@requires(Permission.PUBLIC)
def link(token: str) -> Any:
    """The same without an account. Whatever is wrong with a link, the answer is one."""
    try:
        return _answer(
            lambda session: invitations.invitation_of_link(session, token, at=clock.now()), ""
        )
    except refusals.LinkEnded as refusal:
        throttle, key = Throttle(current_app, "evaluation"), address_key(request.remote_addr)
        if throttle.is_blocked(key):
            raise TooManyLinks(retry_after=600) from None
        throttle.hit_failure(key)
        page = render_template("evaluation/link_ended.html", sentence=_(refusal.message))
        return page, refusal.status


def _answer(find: Any, back: str) -> Any:
    found = find(db.session())
    asked = queries.asked_by(db.session(), found.id)
    form = forms.behaviour_form()
    if form.validate_on_submit():
        try:
            with unit_of_work(db.session()) as session:
                invitations.answer_invitation(
                    session,
                    find(session),
                    forms.behaviour_answers(form),
                    form.remark.data or "",
                    at=clock.now(),
                )
        except refusals.NothingAnswered as refusal:
            form.form_errors.append(_(refusal.message))
        else:
            if back:
                flash(_("Terima kasih. Jawaban Anda tersimpan."), "success")
                return redirect(back, code=303)
            return render_template("evaluation/thanks.html")
    page = render_template(
        "evaluation/answer.html",
        form=form,
        asked=asked,
        sections=items.data()["behaviour"]["sections"],
        back=back,
        layout="layout.html" if back else "layout_sign.html",
        words=words,
    )
    return page, 422 if form.errors or form.form_errors else 200
