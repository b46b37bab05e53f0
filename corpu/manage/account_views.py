"""One person's account: a one-time link, an end, a return. Each asks on a page of its own."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, render_template
from flask_babel import gettext as _

from corpu.extensions import db
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.forms import ReasonForm
from corpu.manage.links import link_page
from corpu.manage.people_views import here
from corpu.manage.post_views import the_person_shown, to_person
from corpu.manage.queries import open_link
from corpu.manage.scope import OwnAccount, Reach, check_person, check_rank
from corpu.people import service
from corpu.people.models import Account, Person
from corpu.people.persons import NotOneself
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer


def _account_holder(person_id: UUID, reach: Reach, at: datetime) -> Person:
    """The person, whose account the viewer may also change."""
    person = the_person_shown(person_id, reach, at)
    check_rank(db.session(), person_id, reach, at)
    return person


@bp.route("/manage/people/<uuid:person_id>/link", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def make_link(person_id: UUID) -> Any:
    session, now, reach = here()
    person = _account_holder(person_id, reach, now)
    if person_id == the_viewer().id:
        raise OwnAccount
    earlier = open_link(session, person_id, now)
    form = ReasonForm()
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            check_person(session, person_id, reach, now)
            check_rank(session, person_id, reach, now)
            token = service.make_sign_in_link(
                session, person_id, by=the_viewer(), reason=form.reason.data, at=now
            )
        if act.is_done:
            return link_page(person, token, now, is_new=False)
    page = render_template(
        "manage/link_ask.html", form=form, person=person, earlier=earlier, act=act
    )
    return page, act.status


@bp.route("/manage/people/<uuid:person_id>/deactivate", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def deactivate(person_id: UUID) -> Any:
    session, now, reach = here()
    person = _account_holder(person_id, reach, now)
    if person_id == the_viewer().id:
        raise NotOneself
    if not session.get_one(Account, person_id).is_active:
        return _already(person, is_active=False)
    form = ReasonForm()
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            check_person(session, person_id, reach, now)
            check_rank(session, person_id, reach, now)
            service.deactivate(session, person_id, by=the_viewer(), reason=form.reason.data, at=now)
        if act.is_done:
            flash(_("Akun %(name)s dinonaktifkan.", name=person.full_name), "ok")
            return to_person(person_id)
    return render_template("manage/deactivate.html", form=form, person=person, act=act), act.status


@bp.route("/manage/people/<uuid:person_id>/reactivate", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def reactivate(person_id: UUID) -> Any:
    session, now, reach = here()
    person = _account_holder(person_id, reach, now)
    if session.get_one(Account, person_id).is_active:
        return _already(person, is_active=True)
    form = ReasonForm()
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            check_person(session, person_id, reach, now)
            check_rank(session, person_id, reach, now)
            service.reactivate(session, person_id, by=the_viewer(), reason=form.reason.data, at=now)
        if act.is_done:
            flash(_("Akun %(name)s aktif kembali.", name=person.full_name), "ok")
            return to_person(person_id)
    return render_template("manage/reactivate.html", form=form, person=person, act=act), act.status


def _already(person: Person, *, is_active: bool) -> Any:
    """Done before, by a double click or by somebody else: there is nothing left to ask."""
    sentence = (
        _("Akun %(name)s sudah aktif.", name=person.full_name)
        if is_active
        else _("Akun %(name)s sudah nonaktif.", name=person.full_name)
    )
    flash(sentence, "ok")
    return to_person(person.id)
