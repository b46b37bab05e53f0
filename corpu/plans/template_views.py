"""Taking from a template: it lies before the person, who chooses what of it their plan gets."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from corpu import clock
from corpu.extensions import db
from corpu.people.queries import standing
from corpu.permissions import Permission
from corpu.plans import queries, template_words
from corpu.plans.forms import TakeForm
from corpu.plans.offers import offered, offers_for
from corpu.plans.pages import with_form
from corpu.plans.rules import Act, Part, next_state
from corpu.plans.taking import take
from corpu.plans.views import bp
from corpu.web import requires, the_viewer


@bp.get("/me/plan/<int(fixed_digits=4):year>/templates")
@requires(Permission.LEARN)
def templates(year: int) -> Any:
    """On to what is offered today, that for the main post first."""
    me, now, session = the_viewer(), clock.now(), db.session()
    offers = offers_for(session, standing(session, me.id, now), now)
    if not offers:
        flash(_("Belum ada templat untuk jabatan Anda hari ini."), "warning")
        return redirect(url_for(".mine", year=year))
    first = offers[0].template.id
    return redirect(url_for(".take_template", year=year, template_id=first))


@bp.route(
    "/me/plan/<int(fixed_digits=4):year>/templates/<uuid:template_id>", methods=["GET", "POST"]
)
@requires(Permission.LEARN)
def take_template(year: int, template_id: UUID) -> Any:
    me, now = the_viewer(), clock.now()
    plan = queries.plan_of(db.session(), me.id, year)
    if request.method == "GET":
        next_state(plan.state, Part.OWNER, Act.TAKE)
    found = offered(db.session(), me.id, year, template_id, now)
    form = TakeForm.of(plan.version, found)

    def act(session: Any) -> str:
        lines = form.lines.data or []
        done = take(session, me.id, year, template_id, lines, version=form.seen, at=now)
        return template_words.taken(done)

    def page() -> str:
        return render_template(
            "plans/take.html",
            form=form,
            plan=plan,
            found=found,
            boxes={box.data: box for box in form.lines},
            words=template_words,
            back=url_for(".mine", year=year),
        )

    return with_form(
        form,
        act,
        page,
        url_for(".mine", year=year),
        "",
        lambda: queries.plan_of(db.session(), me.id, year).version,
    )
