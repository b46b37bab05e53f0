"""One person's roles: given for a branch of units or everything, and ended."""

from typing import Any
from uuid import UUID

from flask import flash, render_template
from flask_babel import gettext as _
from wtforms import SelectChoice

from corpu.extensions import db
from corpu.manage import words
from corpu.manage.acts import Act, must_write
from corpu.manage.blueprint import bp
from corpu.manage.fields import scope_choices, unit_of
from corpu.manage.forms import EndForm, RoleForm
from corpu.manage.people_views import here
from corpu.manage.post_views import the_person_shown, to_person, unit_name
from corpu.manage.rules import version_of
from corpu.manage.scope import check_person
from corpu.people import service
from corpu.people.models import RoleAssignment
from corpu.people.queries import agency_day
from corpu.people.records import lock_agency
from corpu.people.roles import UnknownRole
from corpu.permissions import Permission, Role
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer


@bp.route("/manage/people/<uuid:person_id>/roles", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def assign_role(person_id: UUID) -> Any:
    session, now, reach = here()
    person = the_person_shown(person_id, reach, now)
    form = RoleForm(data={"started_on": agency_day(session, now)})
    form.unit.choices = [SelectChoice("", _("Pilih jangkauan")), *scope_choices(session, reach)]
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            check_person(session, person_id, reach, now)
            service.assign_role(
                session,
                person_id,
                Role(form.role.data),
                unit_id=unit_of(form.unit, reach),
                started_on=form.started_on.data,
                by=the_viewer(),
                reason=form.reason.data,
                at=now,
            )
        if act.is_done:
            flash(
                _(
                    "Peran %(role)s diberikan kepada %(name)s.",
                    role=words.ROLES[Role(form.role.data)],
                    name=person.full_name,
                ),
                "ok",
            )
            return to_person(person_id)
    page = render_template("manage/role.html", form=form, person=person, act=act, words=words)
    return page, act.status


@bp.route("/manage/people/<uuid:person_id>/roles/<uuid:role_id>/end", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def end_role(person_id: UUID, role_id: UUID) -> Any:
    session, now, reach = here()
    person = the_person_shown(person_id, reach, now)
    held = session.get(RoleAssignment, role_id)
    if held is None or held.person_id != person_id or not reach.holds(held.unit_id):
        raise UnknownRole
    unit = unit_name(session, held.unit_id) if held.unit_id else _("Seluruh instansi")
    shown = {"ended_on": held.ended_on}
    form = EndForm(
        data={"ended_on": held.ended_on or agency_day(session, now), "version": version_of(shown)}
    )
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            check_person(session, person_id, reach, now)
            lock_agency(session)
            fresh = session.get_one(RoleAssignment, role_id, populate_existing=True)
            if must_write(form, {"ended_on": fresh.ended_on}, {"ended_on": form.ended_on.data}):
                service.end_role(
                    session,
                    role_id,
                    ended_on=form.ended_on.data,
                    by=the_viewer(),
                    reason=form.reason.data,
                    at=now,
                )
        if act.is_done:
            flash(_("Peran %(role)s diakhiri.", role=words.ROLES[held.role]), "ok")
            return to_person(person_id)
    page = render_template(
        "manage/role_end.html", form=form, person=person, held=held, unit=unit, act=act, words=words
    )
    return page, act.status
