"""The plan of somebody in one's line: read by everybody above, decided by the direct one."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask_babel import gettext as _

from corpu import clock
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.people.models import Person
from corpu.people.queries import capacity_over
from corpu.permissions import Permission
from corpu.plans import goals, queries, service
from corpu.plans.forms import GoalForm, ReasonForm, Versioned
from corpu.plans.pages import at_once, plan_page, with_form
from corpu.plans.parts import part_of
from corpu.plans.rules import Act, Part, State, next_state
from corpu.plans.views import save_goal
from corpu.team import peer_views, words
from corpu.team.views import bp, note_visit
from corpu.web import requires, the_viewer

__all__ = ["bp", "peer_views"]


@bp.get("/team/<uuid:person_id>/plan")
@requires(Permission.SEE_TEAM)
def plan(person_id: UUID) -> str:
    part = _part(person_id)
    asked = request.args.get("year", "").strip()
    now = clock.now()
    capacity = None
    if part is Part.DIRECT:  # who stands further up decides nothing
        capacity = capacity_over(db.session(), the_viewer().id, person_id, now)
    page = render_template(
        "team/plan.html",
        **plan_page(db.session(), person_id, asked, now),
        part=part,
        capacity=capacity,
        words=words,
    )
    note_visit(person_id, now)
    return page


@bp.get("/team/<uuid:person_id>/plan/<int(fixed_digits=4):year>/print")
@requires(Permission.SEE_TEAM)
def plan_printed(person_id: UUID, year: int) -> str:
    _part(person_id)
    now = clock.now()
    shown = plan_page(db.session(), person_id, str(year), now)
    if not shown["plan"].is_there:
        raise NotFound
    page = render_template("plans/print.html", **shown, back=_back(person_id, year))
    note_visit(person_id, now)
    return page


@bp.post("/team/<uuid:person_id>/plan/<int(fixed_digits=4):year>/approve")
@requires(Permission.SEE_TEAM)
def approve_plan(person_id: UUID, year: int) -> Any:
    def act(session: Any, form: Versioned) -> str:
        service.approve(
            session, the_viewer().id, person_id, year, version=form.seen, at=clock.now()
        )
        return _("Rencana disetujui.")

    return at_once(act, _back(person_id, year))


@bp.route(
    "/team/<uuid:person_id>/plan/<int(fixed_digits=4):year>/send-back", methods=["GET", "POST"]
)
@requires(Permission.SEE_TEAM)
def send_plan_back(person_id: UUID, year: int) -> Any:
    return _decided(person_id, year, Act.SEND_BACK, service.send_back, _("Rencana dikembalikan."))


@bp.route("/team/<uuid:person_id>/plan/<int(fixed_digits=4):year>/finish", methods=["GET", "POST"])
@requires(Permission.SEE_TEAM)
def finish_plan(person_id: UUID, year: int) -> Any:
    return _decided(person_id, year, Act.FINISH, service.finish, _("Rencana ditutup."))


def _decided(person_id: UUID, year: int, act: Act, decide: Any, said: str) -> Any:
    """A decision with a reason, on a page of its own; who may not is told before they write."""
    part = _part(person_id)
    shown = plan_page(db.session(), person_id, str(year), clock.now())
    if request.method == "GET" or part is not Part.DIRECT:
        next_state(shown["plan"].state, part, act)
    form = ReasonForm(data={"version": shown["plan"].version})

    def do(session: Any) -> None:
        decide(
            session,
            the_viewer().id,
            person_id,
            year,
            form.reason.data,
            version=form.seen,
            at=clock.now(),
        )

    return with_form(
        form,
        do,
        lambda: render_template(
            "team/plan_decision.html", **shown, form=form, act=act, back=_back(person_id, year)
        ),
        _back(person_id, year),
        said,
        lambda: queries.plan_of(db.session(), person_id, year).version,
    )


@bp.route(
    "/team/<uuid:person_id>/plan/<int(fixed_digits=4):year>/goals/new", methods=["GET", "POST"]
)
@requires(Permission.SEE_TEAM)
def new_plan_goal(person_id: UUID, year: int) -> Any:
    part = _part(person_id)
    found = queries.plan_of(db.session(), person_id, year)
    if request.method == "GET" or part is not Part.DIRECT:
        next_state(found.state, part, Act.ADD_GOAL)
    form = GoalForm.of(found.version, found.goals)
    back = _back(person_id, year)
    return with_form(
        form,
        lambda session: save_goal(session, form, the_viewer().id, person_id, year),
        lambda: render_template("plans/goal.html", form=form, plan=found, back=back),
        back,
        _("Tujuan ditambahkan ke rencana."),
        lambda: queries.plan_of(db.session(), person_id, year).version,
    )


@bp.post("/team/<uuid:person_id>/plan/<int(fixed_digits=4):year>/goals/<uuid:goal_id>/remove")
@requires(Permission.SEE_TEAM)
def remove_plan_goal(person_id: UUID, year: int, goal_id: UUID) -> Any:
    def act(session: Any, form: Versioned) -> str:
        goals.remove_goal(
            session,
            the_viewer().id,
            person_id,
            year,
            goal_id,
            version=form.seen,
            at=clock.now(),
        )
        return _("Tujuan dihapus dari rencana.")

    return at_once(act, _back(person_id, year))


def _part(person_id: UUID) -> Part:
    """How the viewer stands to the person; whoever may not even read is told why. One's own
    plan is under /me."""
    session = db.session()
    if person_id == the_viewer().id or session.get(Person, person_id) is None:
        raise NotFound
    part = part_of(session, the_viewer().id, person_id, clock.now())
    next_state(State.DRAFT, part, Act.READ)
    return part


def _back(person_id: UUID, year: int) -> str:
    return url_for("team.plan", person_id=person_id, year=year)
