"""Acts upon several people at once: choose, say why, read what became of it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from corpu import clock
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.permissions import Permission
from corpu.team import words
from corpu.team.bulk import ACTS, BulkAct, chosen, do_all, read_picks
from corpu.team.forms import ApproveForm, RemindForm
from corpu.team.reminders import NotBelow
from corpu.team.views import bp, plan_month
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer

FORMS = {BulkAct.APPROVE: ApproveForm, BulkAct.REMIND: RemindForm}


@bp.route("/team/act/<act>", methods=["GET", "POST"])
@requires(Permission.SEE_TEAM)
def act_on_many(act: str) -> Any:
    """GET says upon whom, POST does it. The answer to a form sent twice is the same account."""
    if act not in set(BulkAct):
        raise NotFound
    what, me, now = BulkAct(act), the_viewer(), clock.now()
    everybody = request.values.get("line") == "all"
    picks = read_picks(request.values.getlist("pick"))
    if request.method == "GET":
        picks = [pick for pick in picks if pick.group in ACTS[what]]
    back = url_for("team.index", line="all" if everybody else None)
    if not picks:
        flash(words.nothing_chosen(what), "warning")
        return redirect(back, code=303)
    form = FORMS[what]()
    if request.method == "POST" and form.validate_on_submit():
        with unit_of_work(db.session()) as session:
            outcomes = do_all(
                session, me.id, what, picks, form.reason.data, at=now, plan_month=plan_month()
            )
        return render_template(
            "team/acted.html",
            act=what,
            done=[one for one in outcomes if one.refusal is None],
            refused=[
                (one.name or _("Seseorang"), _(one.refusal.message, **one.refusal.params))
                for one in outcomes
                if one.refusal is not None
            ],
            back=back,
            words=words,
        )
    found = chosen(db.session(), me.id, picks, now, plan_month=plan_month())
    if not found:
        raise NotFound
    page = render_template(
        "team/act.html",
        act=what,
        found=found,
        gone=[_(NotBelow.message)] * (len(picks) - len(found)),
        form=form,
        back=back,
        everybody=everybody,
        words=words,
    )
    return page, 422 if request.method == "POST" else 200
