"""The supervisor's room: the team, one person, one score, one rating."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from corpu import clock, vocabulary
from corpu.competency import queries as competency
from corpu.competency.service import rate as record_rating
from corpu.competency.ways import way_to_close
from corpu.credentials.queries import held_by
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.forms import day_of
from corpu.hours import words as hour_words
from corpu.hours.queries import book_of
from corpu.people.queries import capacities_of, is_in_line, places_over, standing, supervisor_of
from corpu.people.requirement import history_of, requirement_on
from corpu.people.rules import printed_nip
from corpu.permissions import Permission
from corpu.standards.words import competencies, in_force
from corpu.team import facts, queries, service, words
from corpu.team.bulk import pick_of
from corpu.team.forms import RatingForm
from corpu.team.gaps import by_code, by_unit
from corpu.team.rules import Group
from corpu.team.screen import screen_of
from corpu.transactions import unit_of_work
from corpu.ui import named
from corpu.web import page_asked, requires, the_viewer
from corpu.zones import local_date, local_year

bp = Blueprint("team", __name__, template_folder="templates")


@bp.get("/team")
@requires(Permission.SEE_TEAM)
def index() -> str:
    everybody, now = request.args.get("line") == "all", clock.now()
    team = queries.team_of(
        db.session(), the_viewer().id, now, everybody=everybody, plan_month=plan_month()
    )
    group = {one.value: one for one in Group}.get(request.args.get("kind", ""))
    shown = screen_of(team, group=group, page=page_asked(), people_page=page_asked("people"))
    listed = [one.id for one in shown.people.rows]
    return render_template(
        "team/index.html",
        team=team,
        screen=shown,
        courses=facts.courses_under_way(db.session(), listed),
        learnt_at=facts.last_learnt(db.session(), listed),
        everybody=everybody,
        below=by_code(team.members, team.codes),
        units=by_unit(team.members),
        link_to=lambda **more: _address(everybody, group, **more),
        pick_of=pick_of,
        words=words,
        at=now,
    )


def plan_month() -> int:
    """The month from which on a plan is missed, as the installation has it."""
    return int(current_app.config["SETTINGS"].plan_month)


def _address(everybody: bool, group: Group | None, **more: Any) -> str:
    """This screen with some of its choices changed."""
    chosen = {"line": "all" if everybody else None, "kind": group.value if group else None}
    return url_for(".index", **chosen | more)


@bp.get("/team/<uuid:person_id>")
@requires(Permission.SEE_TEAM)
def person(person_id: UUID) -> str:
    session, me, now = db.session(), the_viewer(), clock.now()
    places = places_over(session, me.id, person_id, now)
    if not places:
        raise NotFound
    nearest = min(places, key=lambda one: one.depth)
    capacities = capacities_of(session, me.id, now)
    found = queries.members_of(
        session, me.id, [nearest], now, capacities=capacities, plan_month=plan_month()
    )
    profile = competency.profile_of(session, person_id, now)
    here = profile.standing
    above = supervisor_of(session, person_id, now)
    page = render_template(
        "team/person.html",
        standing=here,
        nip=printed_nip(here.nip),
        answers_to_viewer=nearest.depth == 1 and nearest.principal_id is None,
        supervisor=above[1] if above else "",
        member=found[0] if found else None,
        profile=profile,
        book=book_of(session, person_id, local_year(now, here.timezone)),
        courses=facts.courses_under_way(session, [person_id]).get(person_id, []),
        completed=facts.completed_by(session, person_id),
        certificates=held_by(session, person_id),
        today=local_date(now, here.timezone),
        hour_words=hour_words,
        link=lambda code: url_for(".account", person_id=person_id, code=code),
        words=words,
    )
    note_visit(person_id, now)
    return page


@bp.get("/team/<uuid:person_id>/close-gap")
@requires(Permission.SEE_TEAM)
def close_gap(person_id: UUID) -> str:
    now = clock.now()
    _depth(person_id, now)
    page = render_template(
        "team/close_gap.html",
        way=way_to_close(db.session(), person_id, now),
        link=lambda code: url_for(".account", person_id=person_id, code=code),
    )
    note_visit(person_id, now)
    return page


@bp.get("/team/<uuid:person_id>/requirement")
@requires(Permission.SEE_TEAM)
def requirement(person_id: UUID) -> str:
    """What the post of somebody requires on a day, what says so, and how it came to be."""
    session, now, text = db.session(), clock.now(), request.args.get("day", "")
    _depth(person_id, now)
    here = standing(session, person_id, now)
    today = local_date(now, here.agency_zone)
    day = day_of(text) or today
    page = render_template(
        "team/requirement.html",
        standing=here,
        found=requirement_on(session, person_id, day),
        steps=history_of(session, person_id, today),
        day=day,
        wrong_day=bool(text) and day_of(text) is None,
    )
    note_visit(person_id, now)
    return page


@bp.get("/team/<uuid:person_id>/competencies/<code>")
@requires(Permission.SEE_TEAM)
def account(person_id: UUID, code: str) -> str:
    now = clock.now()
    _depth(person_id, now)
    return _account_page(person_id, code, now)


@bp.post("/team/<uuid:person_id>/competencies/<code>")
@requires(Permission.RATE)
def rate(person_id: UUID, code: str) -> Any:
    me, now = the_viewer(), clock.now()
    _depth(person_id, now)
    form = _form(code)
    if not form.validate_on_submit():
        return _account_page(person_id, code, now, form), 422
    given = form.level.data
    with unit_of_work(db.session()) as session:
        record_rating(session, me.id, person_id, code, given, form.reason.data, at=now)
        level, _score = competency.scores_of(session, [person_id])[person_id][code]
    flash(
        _(
            "Tersimpan: penilaian Anda untuk %(name)s level %(given)s. Level yang dicapai sekarang "
            "%(level)s.",
            name=named(competencies()[code]),
            given=given,
            level=level,
        ),
        "success",
    )
    # Without an anchor of its own the page would open at the form, below what was saved.
    target = url_for(".account", person_id=person_id, code=code, _anchor="top")
    return redirect(target, code=303)


def _depth(person_id: UUID, at: datetime) -> int:
    """How far below the viewer the person stands today; anybody else is not to be found."""
    depth = is_in_line(db.session(), the_viewer().id, person_id, at)
    if depth is None:
        raise NotFound
    return depth


def _form(code: str) -> RatingForm:
    if code not in competencies():
        raise NotFound
    return RatingForm.of(code)


def _account_page(person_id: UUID, code: str, at: datetime, form: RatingForm | None = None) -> str:
    form = form or _form(code)
    found = competency.account_of(db.session(), person_id, code, at)
    codes = list(dict.fromkeys([*vocabulary.competencies(), *found.standing.required, code]))
    place = codes.index(code)
    page = render_template(
        "team/account.html",
        account=found,
        person_id=person_id,
        form=form,
        may_rate=code in in_force(),
        own=words.own_rating(found, the_viewer().id),
        following=codes[(place + 1) % len(codes)],
        competencies=competencies(),
        words=words,
    )
    note_visit(person_id, at)
    return page


def note_visit(person_id: UUID, at: datetime) -> None:
    """After the page is drawn and before it is shown: who cannot be seen looking, does not."""
    me = the_viewer()
    since = service.day_began(at, me.timezone)
    if facts.has_visited(db.session(), me.id, person_id, since):
        return
    with unit_of_work(db.session()) as session:
        service.note_visit(session, me.id, person_id, at=at, zone=me.timezone)
