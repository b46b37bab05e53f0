"""One's own development plan: read, written, submitted, its progress noted."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from corpu import clock
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.people import export as own_data
from corpu.permissions import Permission
from corpu.plans import export, goals, items, queries, service, template_words, words
from corpu.plans.forms import GoalForm, ItemForm, Versioned
from corpu.plans.offers import offers_for
from corpu.plans.pages import at_once, plan_page, with_form
from corpu.plans.queries import PlanView
from corpu.plans.rules import Act, Part, missing, next_state
from corpu.web import requires, the_viewer
from corpu.zones import local_date

bp = Blueprint("plans", __name__, template_folder="templates")

own_data.register("plans", export.own_part)


@bp.record_once
def _offer_words(state: Any) -> None:
    """The macros are drawn by the supervisor's room too."""
    state.app.jinja_env.globals["plan_words"] = words


# ------------------------------------------------------------------------------- reading


@bp.get("/me/plan")
@requires(Permission.LEARN)
def mine() -> str:
    asked = request.args.get("year", "").strip()
    shown = _shown(asked)
    plan = shown["plan"]
    writes = plan.may(Part.OWNER, Act.EDIT) and plan.year >= shown["this_year"]
    offers = []
    if writes and not plan.goals:  # who has begun asks for them
        offers = offers_for(db.session(), shown["standing"], clock.now())
    return render_template(
        "plans/mine.html",
        **shown,
        part=Part.OWNER,
        writes=writes,
        offers=offers,
        template_words=template_words,
        lacks=_lacks(plan, shown["this_year"], has_supervisor=bool(shown["supervisor"])),
    )


@bp.get("/me/plan/<int(fixed_digits=4):year>/print")
@requires(Permission.LEARN)
def printed(year: int) -> str:
    shown = _shown(str(year))
    if not shown["plan"].is_there:
        raise NotFound
    return render_template("plans/print.html", **shown, back=url_for(".mine", year=year))


def _shown(asked: str) -> dict[str, Any]:
    me, now, session = the_viewer(), clock.now(), db.session()
    return plan_page(session, me.id, asked, now)


def _lacks(plan: PlanView, this_year: int, *, has_supervisor: bool) -> list[Any]:
    return list(
        missing(
            {goal.id: len(goal.items) for goal in plan.goals},
            has_supervisor=has_supervisor,
            year=plan.year,
            this_year=this_year,
        )
    )


# ------------------------------------------------------------------------------- writing


@bp.post("/me/plan/<int(fixed_digits=4):year>/gaps")
@requires(Permission.LEARN)
def gaps(year: int) -> Any:
    def act(session: Any, form: Versioned) -> str:
        added = goals.suggest_from_gaps(
            session, the_viewer().id, year, version=form.seen, at=clock.now()
        )
        return ngettext(
            "%(num)s tujuan ditulis dari kesenjangan.",
            "%(num)s tujuan ditulis dari kesenjangan.",
            added,
        )

    return at_once(act, url_for(".mine", year=year))


@bp.route("/me/plan/<int(fixed_digits=4):year>/goals/new", methods=["GET", "POST"])
@requires(Permission.LEARN)
def new_goal(year: int) -> Any:
    me, plan = the_viewer(), _to_write(year)
    form = GoalForm.of(plan.version, plan.goals)

    def act(session: Any) -> None:
        save_goal(session, form, me.id, me.id, year)

    return with_form(
        form,
        act,
        lambda: render_template(
            "plans/goal.html", form=form, plan=plan, back=url_for(".mine", year=year)
        ),
        url_for(".mine", year=year),
        _("Tujuan ditulis. Tambahkan kegiatan untuknya."),
        lambda: _own(year).version,
    )


def save_goal(session: Any, form: GoalForm, by: UUID, person_id: UUID, year: int) -> None:
    goals.add_goal(
        session,
        by,
        person_id,
        year,
        key=form.id,
        version=form.seen,
        text=form.text.data or "",
        code=form.competency.data or "",
        to_level=form.level,
        at=clock.now(),
    )


@bp.get("/me/plan/<int(fixed_digits=4):year>/goals/<uuid:goal_id>/remove")
@requires(Permission.LEARN)
def ask_remove_goal(year: int, goal_id: UUID) -> str:
    plan = _to_write(year)
    goal = plan.goal(goal_id)
    if goal is None:
        raise NotFound
    return render_template("plans/goal_remove.html", plan=plan, goal=goal)


@bp.post("/me/plan/<int(fixed_digits=4):year>/goals/<uuid:goal_id>/remove")
@requires(Permission.LEARN)
def remove_goal(year: int, goal_id: UUID) -> Any:
    def act(session: Any, form: Versioned) -> str:
        me = the_viewer().id
        goals.remove_goal(session, me, me, year, goal_id, version=form.seen, at=clock.now())
        return _("Tujuan dan kegiatannya dihapus.")

    return at_once(act, url_for(".mine", year=year))


@bp.route(
    "/me/plan/<int(fixed_digits=4):year>/goals/<uuid:goal_id>/items/new", methods=["GET", "POST"]
)
@requires(Permission.LEARN)
def new_item(year: int, goal_id: UUID) -> Any:
    me, plan = the_viewer(), _to_write(year)
    goal = plan.goal(goal_id)
    if goal is None:
        raise NotFound
    sent = next((one for one in plan.items if str(one.id) == request.form.get("key")), None)
    besides = (sent.slug if sent else None) or ""  # what the first of two clicks has taken
    choices = queries.courses_to_choose(db.session(), plan, besides=besides)
    form = ItemForm.of(plan.version, choices, _today())

    def act(session: Any) -> None:
        items.add_item(
            session,
            me.id,
            year,
            goal_id,
            form.written(),
            key=form.id,
            version=form.seen,
            at=clock.now(),
        )

    return _item_page(form, act, plan, goal, _("Kegiatan ditulis."))


@bp.route("/me/plan/<int(fixed_digits=4):year>/items/<uuid:item_id>", methods=["GET", "POST"])
@requires(Permission.LEARN)
def item(year: int, item_id: UUID) -> Any:
    me, plan = the_viewer(), _to_write(year)
    found = plan.item(item_id)
    if found is None:
        raise NotFound
    goal = next(goal for goal in plan.goals if found in goal.items)
    choices = queries.courses_to_choose(db.session(), plan, besides=found.slug or "")
    form = ItemForm.of(plan.version, choices, _today(), found)

    def act(session: Any) -> None:
        items.change_item(
            session,
            me.id,
            year,
            item_id,
            form.written(),
            version=form.seen,
            at=clock.now(),
        )

    return _item_page(form, act, plan, goal, _("Kegiatan diubah."), found)


def _item_page(
    form: ItemForm,
    act: Callable[[Any], None],
    plan: PlanView,
    goal: queries.Goal,
    said: str,
    found: queries.Item | None = None,
) -> Any:
    back = url_for(".mine", year=plan.year, _anchor=f"tujuan-{goal.id}")
    return with_form(
        form,
        act,
        lambda: render_template(
            "plans/item.html", form=form, plan=plan, goal=goal, item=found, back=back
        ),
        back,
        said,
        lambda: _own(plan.year).version,
    )


@bp.post("/me/plan/<int(fixed_digits=4):year>/items/<uuid:item_id>/remove")
@requires(Permission.LEARN)
def remove_item(year: int, item_id: UUID) -> Any:
    def act(session: Any, form: Versioned) -> str:
        items.remove_item(
            session, the_viewer().id, year, item_id, version=form.seen, at=clock.now()
        )
        return _("Kegiatan dihapus.")

    return at_once(act, url_for(".mine", year=year))


def _today() -> date:
    return local_date(clock.now(), the_viewer().timezone)


def _own(year: int) -> PlanView:
    return queries.plan_of(db.session(), the_viewer().id, year)


def _to_write(year: int) -> PlanView:
    """One's plan, where it may be written: whoever opens a form is told before they fill it in.
    A form that is sent is refused by the act itself, with its words kept."""
    plan = _own(year)
    if request.method == "GET":
        next_state(plan.state, Part.OWNER, Act.EDIT)
    return plan


# ------------------------------------------------------------------------------- moving


@bp.post("/me/plan/<int(fixed_digits=4):year>/submit")
@requires(Permission.LEARN)
def submit(year: int) -> Any:
    def act(session: Any, form: Versioned) -> str:
        service.submit(session, the_viewer().id, year, version=form.seen, at=clock.now())
        return _("Rencana diajukan kepada atasan langsung.")

    return at_once(act, url_for(".mine", year=year))


@bp.post("/me/plan/<int(fixed_digits=4):year>/withdraw")
@requires(Permission.LEARN)
def withdraw(year: int) -> Any:
    def act(session: Any, form: Versioned) -> str:
        service.withdraw(session, the_viewer().id, year, version=form.seen, at=clock.now())
        return _("Rencana ditarik kembali dan dapat diubah lagi.")

    return at_once(act, url_for(".mine", year=year))


@bp.post("/me/plan/<int(fixed_digits=4):year>/items/<uuid:item_id>/progress")
@requires(Permission.LEARN)
def progress(year: int, item_id: UUID) -> Any:
    try:
        mark = service.Progress(request.form.get("progress", ""))
    except ValueError:
        raise NotFound from None

    def act(session: Any, form: Versioned) -> str:
        service.mark_item(
            session, the_viewer().id, year, item_id, mark, version=form.seen, at=clock.now()
        )
        return _("Kemajuan dicatat.")

    return at_once(act, url_for(".mine", year=year))
