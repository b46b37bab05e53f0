"""Posts in which somebody acts beside their own: Plt, Plh, Pj, from a day to a day."""

from typing import Any
from uuid import UUID

from flask import flash, render_template
from flask_babel import gettext as _

from corpu.extensions import db
from corpu.manage import picking, words
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.fields import the_unit_of, unit_choices
from corpu.manage.forms import ActingForm, ReasonForm, choices
from corpu.manage.people_views import here
from corpu.manage.post_views import the_person_shown, to_person
from corpu.manage.scope import check_person
from corpu.people import service
from corpu.people.command import NoSuchActingPost
from corpu.people.models import ActingKind, ActingPost
from corpu.people.queries import agency_day, standing
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer


@bp.route("/manage/people/<uuid:person_id>/acting", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def set_acting_post(person_id: UUID) -> Any:
    session, now, reach = here()
    person = the_person_shown(person_id, reach, now)
    unit_id = standing(session, person_id, now).unit_id
    form = ActingForm(
        data={"unit": str(unit_id) if unit_id else "", "started_on": agency_day(session, now)}
    )
    form.unit.choices = unit_choices(session, reach, empty=_("Pilih unit"))
    form.kind.choices = choices(words.ACTING_KINDS.items())
    act = Act(form)
    if act.is_asked():
        leads = picking.pick(session, form, reach, now) if form.person.data else None
        if form.person.data and leads is None:
            act.status = 422
        else:
            with act, unit_of_work(db.session()) as session:
                check_person(session, person_id, reach, now)
                service.set_acting_post(
                    session,
                    person_id,
                    unit_id=the_unit_of(form.unit, reach),
                    kind=ActingKind(form.kind.data),
                    title=form.title.data,
                    started_on=form.started_on.data,
                    ended_on=form.ended_on.data,
                    line_of=leads,
                    by=the_viewer(),
                    reason=form.reason.data,
                    at=now,
                )
        if act.is_done:
            flash(_("Jabatan sementara %(name)s tersimpan.", name=person.full_name), "ok")
            return to_person(person_id)
    page = render_template(
        "manage/acting.html", form=form, person=person, notes=picking.notes(form), act=act
    )
    return page, act.status


@bp.route(
    "/manage/people/<uuid:person_id>/acting/<uuid:acting_post_id>/end", methods=["GET", "POST"]
)
@requires(Permission.MANAGE_PEOPLE)
def end_acting_post(person_id: UUID, acting_post_id: UUID) -> Any:
    session, now, reach = here()
    person = the_person_shown(person_id, reach, now)
    post = session.get(ActingPost, acting_post_id)
    if post is None or post.person_id != person_id:
        raise NoSuchActingPost
    printed = post.printed
    form = ReasonForm()
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            check_person(session, person_id, reach, now)
            service.end_acting_post(
                session, acting_post_id, by=the_viewer(), reason=form.reason.data, at=now
            )
        if act.is_done:
            flash(_("%(post)s diakhiri.", post=printed), "ok")
            return to_person(person_id)
    page = render_template(
        "manage/acting_end.html", form=form, person=person, printed=printed, act=act
    )
    return page, act.status
