"""People: the directory, one person, a new one, a correction."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from corpu import clock
from corpu.extensions import db
from corpu.manage import audit_queries, queries, words
from corpu.manage.acts import Act, must_write
from corpu.manage.blueprint import bp
from corpu.manage.forms import CorrectForm
from corpu.manage.rules import version_of
from corpu.manage.scope import Reach, check_person, check_rank, outranks, reach_of
from corpu.people import command_queries, directory, service
from corpu.people.models import Account, Person
from corpu.people.queries import agency_day, branch, standing, supervisor_of
from corpu.people.rules import (
    InvalidNip,
    clean_email,
    clean_text,
    nip_digits,
    nip_warnings,
    parse_nip,
    printed_nip,
)
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer

PAGE = 25
ACTS_SHOWN = 15
NAME_FIELDS = ("title_before", "name", "title_after", "nip", "email")


def my_reach() -> Reach:
    """How far the viewer manages people."""
    return reach_of(db.session(), the_viewer(), Permission.MANAGE_PEOPLE)


def here() -> tuple[Session, datetime, Reach]:
    """What every page about people begins with."""
    return db.session(), clock.now(), my_reach()


# ---------------------------------------------------------------------------- the directory


@bp.get("/manage/people")
@requires(Permission.MANAGE_PEOPLE)
def people() -> str:
    session, now, reach = here()
    asked = clean_text(request.args.get("q", "")[:200])
    tree = queries.unit_tree(session, reach.units)
    unit = _unit_asked(tree)
    state = _state_asked()
    units = reach.units if unit is None else reach.narrowed(branch(session, [unit.id]))
    page = directory.directory_page(
        session,
        at=now,
        units=units,
        words=asked,
        state=state,
        after=request.args.get("after"),
        limit=PAGE,
    )
    kept: dict[str, Any] = {"q": asked or None, "unit": unit and unit.id, "state": state.value}
    return render_template(
        "manage/people.html",
        page=page,
        asked=asked,
        tree=tree,
        unit=unit,
        state=state,
        states=_states(reach),
        is_filtered=bool(asked or unit or state is not directory.State.ACTIVE),
        is_later=bool(request.args.get("after")),
        first_url=url_for(".people", **kept),
        next_url=url_for(".people", **kept, after=page.after) if page.after else "",
        printed_nip=printed_nip,
    )


def _unit_asked(tree: list[queries.UnitLine]) -> queries.UnitLine | None:
    asked = request.args.get("unit", "")
    return next((line for line in tree if str(line.id) == asked), None)


def _state_asked() -> directory.State:
    try:
        return directory.State(request.args.get("state", ""))
    except ValueError:
        return directory.State.ACTIVE


def _states(reach: Reach) -> list[tuple[str, Any]]:
    """Somebody without a post belongs to no unit, so only the whole agency sees them."""
    return [
        (state.value, text)
        for state, text in words.STATES.items()
        if reach.is_all or state is not directory.State.NO_POST
    ]


# -------------------------------------------------------------------------------- one person


@bp.get("/manage/people/<uuid:person_id>")
@requires(Permission.MANAGE_PEOPLE)
def person(person_id: UUID) -> str:
    session, now, reach = here()
    check_person(session, person_id, reach, now)
    found = session.get_one(Person, person_id)
    above = supervisor_of(session, person_id, now)
    acts = audit_queries.entries_about(session, person_id, limit=ACTS_SHOWN)
    today = agency_day(session, now)
    return render_template(
        "manage/person.html",
        person=found,
        account=session.get_one(Account, person_id),
        nip=printed_nip(found.nip),
        earlier=directory.earlier_numbers(session, person_id),
        warnings=warnings_of(found.nip, now),
        standing=standing(session, person_id, now),
        supervisor=above,
        supervisor_here=above is not None and (reach.is_all or _is_here(session, above[0], reach)),
        postings=directory.postings_of(session, person_id),
        acting_posts=command_queries.acting_posts_of(session, person_id),
        handed=command_queries.delegations_of(session, person_id),
        supervisions=directory.supervisions_of(session, person_id),
        roles=directory.roles_of(session, person_id),
        acts=acts,
        acts_shown=ACTS_SHOWN,
        names=audit_queries.names_in(session, acts),
        link_until=queries.open_link(session, person_id, now),
        outranks=outranks(session, person_id, reach, now),
        is_self=person_id == the_viewer().id,
        reach=reach,
        today=today,
        words=words,
        printed_nip=printed_nip,
    )


def _is_here(session: Session, person_id: UUID, reach: Reach) -> bool:
    return reach.holds(standing(session, person_id, clock.now()).unit_id)


def warnings_of(nip: str | None, at: datetime) -> list[str]:
    """What looks odd about a number, in the reader's language; nothing of it blocks."""
    try:
        known = parse_nip(nip or "")
    except InvalidNip:
        return []
    return [_(sentence) for sentence in nip_warnings(known, today=at.date())]


# ------------------------------------------------------------------------------ a correction


@bp.route("/manage/people/<uuid:person_id>/correct", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def correct_person(person_id: UUID) -> Any:
    session, now, reach = here()
    check_person(session, person_id, reach, now)
    check_rank(session, person_id, reach, now)
    found = session.get_one(Person, person_id)
    shown = {name: getattr(found, name) for name in NAME_FIELDS}
    form = CorrectForm(data=shown | {"version": version_of(shown)})
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            check_person(session, person_id, reach, now)
            locked = session.get_one(Person, person_id, with_for_update=True)
            if must_write(
                form, {name: getattr(locked, name) for name in NAME_FIELDS}, _as_kept(form)
            ):
                service.correct_person(
                    session,
                    person_id,
                    {name: getattr(form, name).data or "" for name in NAME_FIELDS},
                    by=the_viewer(),
                    reason=form.reason.data,
                    at=now,
                )
        if act.is_done:
            saved = db.session().get_one(Person, person_id)
            flash(_("Data %(name)s tersimpan.", name=saved.full_name), "ok")
            for sentence in warnings_of(saved.nip, now):
                flash(sentence, "warn")
            return redirect(url_for(".person", person_id=person_id), code=303)
        found = db.session().get_one(Person, person_id)
    page = render_template(
        "manage/person_correct.html", form=form, person=found, act=act, words=words
    )
    return page, act.status


def _as_kept(form: CorrectForm) -> dict[str, str]:
    """What was typed, as it will be kept if it can be."""
    wanted = {name: str(getattr(form, name).data or "") for name in NAME_FIELDS}
    wanted["nip"] = nip_digits(wanted["nip"]) or wanted["nip"]
    if wanted["email"]:
        wanted["email"] = clean_email(wanted["email"])
    return wanted
