"""A new person: recorded with post, supervisor and role, and given a one-time link."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms.validators import Optional

from corpu.database import uuid7
from corpu.errors import N_, RuleBroken
from corpu.extensions import db
from corpu.manage import picking, words
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.fields import scope_choices, the_unit_of, unit_choices, unit_of
from corpu.manage.forms import NewPersonForm, choices
from corpu.manage.links import link_page
from corpu.manage.people_views import NAME_FIELDS, here, warnings_of
from corpu.manage.scope import Reach, check_person
from corpu.people import service
from corpu.people.models import Person
from corpu.people.queries import agency_day
from corpu.people.records import lock_agency
from corpu.permissions import Permission, Role
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer


class StartsLater(RuleBroken):
    """Before their first day somebody belongs to no unit, and so to no manager of one."""

    field = "started_on"
    message = N_(
        "Pegawai baru dicatat sejak hari pertama jabatannya. Pilih hari ini atau sebelumnya."
    )


@bp.route("/manage/people/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def new_person() -> Any:
    session, now, reach = here()
    form = NewPersonForm(form_id=uuid7().hex, started_on=agency_day(session, now))
    form.unit.choices = unit_choices(session, reach, empty=_("Pilih unit"))
    form.post_type.choices = choices([("", _("Pilih jenis")), *words.post_types().items()])
    form.role_unit.choices = scope_choices(session, reach)
    if reach.is_all:
        _let_go_without_post(form)
    act = Act(form)
    if act.is_asked():
        supervisor_id = picking.pick(session, form, reach, now) if form.person.data else None
        if form.person.errors or form.chosen.errors:
            act.status = 422
        else:
            person_id = _form_id(form)
            with act, unit_of_work(db.session()) as session:
                token = _create(session, form, person_id, supervisor_id, reach, now)
            if act.is_done:
                return _created(person_id, token, now)
    page = render_template(
        "manage/person_new.html", form=form, notes=picking.notes(form), reach=reach
    )
    return page, act.status


def _let_go_without_post(form: NewPersonForm) -> None:
    """Who manages the whole agency may record somebody whose post comes later."""
    if form.unit.data or form.title.data or form.post_type.data:
        return
    for field in (form.unit, form.title, form.post_type, form.started_on):
        field.validators = [Optional()]


def _form_id(form: NewPersonForm) -> UUID:
    try:
        return UUID(hex=form.form_id.data or "")
    except ValueError:
        return uuid7()


def _create(
    session: Session,
    form: NewPersonForm,
    person_id: UUID,
    supervisor_id: UUID | None,
    reach: Reach,
    at: datetime,
) -> str | None:
    """The token of the link; None where this very form has been sent before."""
    lock_agency(session)
    if session.get(Person, person_id) is not None:
        check_person(session, person_id, reach, at)
        return None
    me, reason = the_viewer(), form.reason.data or ""
    if reach.units is not None and form.started_on.data > agency_day(session, at):
        raise StartsLater
    dated: dict[str, Any] = {"by": me, "reason": reason, "at": at}
    names: dict[str, Any] = {name: getattr(form, name).data or "" for name in NAME_FIELDS}
    service.create_person(session, person_id=person_id, **names, **dated)
    day = form.started_on.data or agency_day(session, at)
    if form.unit.data:
        service.set_posting(
            session,
            person_id,
            unit_id=the_unit_of(form.unit, reach),
            title=form.title.data,
            post_type=form.post_type.data,
            grade=form.grade.data or "",
            started_on=day,
            **dated,
        )
    if supervisor_id is not None:
        service.set_supervisor(session, person_id, supervisor_id, started_on=day, **dated)
    if form.role.data:
        service.assign_role(
            session,
            person_id,
            Role(form.role.data),
            unit_id=unit_of(form.role_unit, reach),
            started_on=agency_day(session, at),
            **dated,
        )
    return service.make_sign_in_link(session, person_id, **dated)


def _created(person_id: UUID, token: str | None, at: datetime) -> Any:
    found = db.session().get_one(Person, person_id)
    if token is None:
        flash(_("%(name)s sudah tersimpan sebelumnya.", name=found.full_name), "ok")
        return redirect(url_for(".person", person_id=person_id), code=303)
    for sentence in warnings_of(found.nip, at):
        flash(sentence, "warn")
    return link_page(found, token, at, is_new=True)
