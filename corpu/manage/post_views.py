"""One person's post, supervisor and roles, each from a day to a day."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.errors import N_, RuleBroken
from corpu.extensions import db
from corpu.manage import picking, words
from corpu.manage.acts import Act, must_write
from corpu.manage.blueprint import bp
from corpu.manage.fields import the_unit_of, unit_choices
from corpu.manage.forms import EndForm, PostForm, SupervisorForm, choices
from corpu.manage.people_views import here
from corpu.manage.rules import version_of
from corpu.manage.scope import Reach, check_person
from corpu.people import service
from corpu.people.models import Person, Posting, Supervision, Unit
from corpu.people.posts import UnknownSupervision
from corpu.people.queries import agency_day, full_name
from corpu.people.records import lock_agency
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer


class EndedBefore(RuleBroken):
    """A longer relation would have to be looked at for circles, as a new one is."""

    field = "ended_on"
    message = N_(
        "Hubungan ini sudah berakhir %(day)s. Untuk masa sesudahnya, tetapkan atasan yang baru."
    )


def to_person(person_id: UUID) -> Any:
    """Back to the person's page, where what was saved stands."""
    return redirect(url_for("manage.person", person_id=person_id), code=303)


def the_person_shown(person_id: UUID, reach: Reach, at: datetime) -> Person:
    """The person in reach, or a page that says there is none."""
    check_person(db.session(), person_id, reach, at)
    return db.session().get_one(Person, person_id)


# ------------------------------------------------------------------------------------- post


@bp.route("/manage/people/<uuid:person_id>/post", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def set_post(person_id: UUID) -> Any:
    session, now, reach = here()
    person = the_person_shown(person_id, reach, now)
    shown = _post_now(session, person_id)
    current = _open_posting(session, person_id)
    form = PostForm(
        data={
            "unit": str(current.unit_id) if current else "",
            "title": current.title if current else "",
            "post_type": current.post_type if current else "",
            "grade": current.grade if current else "",
            "started_on": agency_day(session, now),
            "version": version_of(shown),
        }
    )
    form.unit.choices = unit_choices(session, reach, empty=_("Pilih unit"))
    form.post_type.choices = choices([("", _("Pilih jenis")), *words.post_types().items()])
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            check_person(session, person_id, reach, now)
            lock_agency(session)
            unit_id = the_unit_of(form.unit, reach)
            wanted = {
                "unit": unit_name(session, unit_id),
                "title": form.title.data,
                "post_type": form.post_type.data,
                "grade": form.grade.data,
                "started_on": form.started_on.data,
            }
            if must_write(form, _post_now(session, person_id), wanted):
                service.set_posting(
                    session,
                    person_id,
                    unit_id=unit_id,
                    title=form.title.data,
                    post_type=form.post_type.data,
                    grade=form.grade.data or "",
                    required_levels=_levels_kept(session, person_id, form),
                    started_on=form.started_on.data,
                    by=the_viewer(),
                    reason=form.reason.data,
                    at=now,
                )
        if act.is_done:
            flash(_("Jabatan %(name)s tersimpan.", name=person.full_name), "ok")
            return to_person(person_id)
    page = render_template(
        "manage/post.html", form=form, person=person, current=shown, act=act, words=words
    )
    return page, act.status


def _open_posting(session: Session, person_id: UUID) -> Posting | None:
    return session.scalar(
        select(Posting).where(Posting.person_id == person_id, Posting.ended_on.is_(None))
    )


def _post_now(session: Session, person_id: UUID) -> dict[str, Any]:
    """The post that holds, or begins later, as managers compare it; empty where there is none."""
    row = session.execute(
        select(Posting, Unit.name)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Posting.person_id == person_id, Posting.ended_on.is_(None))
    ).first()
    posting, unit = row if row else (None, "")
    return {
        "unit": unit,
        "title": posting.title if posting else "",
        "post_type": posting.post_type if posting else "",
        "grade": posting.grade if posting else "",
        "started_on": posting.started_on if posting else "",
    }


def _levels_kept(session: Session, person_id: UUID, form: PostForm) -> dict[str, int] | None:
    """What a post itself asks stays with it while only its grade or unit changes."""
    current = _open_posting(session, person_id)
    is_same = current is not None and (current.title, current.post_type) == (
        form.title.data,
        form.post_type.data,
    )
    return current.required_levels if current is not None and is_same else None


def unit_name(session: Session, unit_id: UUID | None) -> str:
    """The name of a unit; empty where there is none."""
    return session.scalar(select(Unit.name).where(Unit.id == unit_id)) or ""


# ------------------------------------------------------------------------------- supervisor


@bp.route("/manage/people/<uuid:person_id>/supervisor", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def set_supervisor(person_id: UUID) -> Any:
    session, now, reach = here()
    person = the_person_shown(person_id, reach, now)
    shown = _supervisor_now(session, person_id)
    form = SupervisorForm(
        data={"started_on": agency_day(session, now), "version": version_of(shown)}
    )
    act = Act(form)
    if act.is_asked():
        supervisor_id = picking.pick(session, form, reach, now)
        if supervisor_id is None:
            act.status = 422
        else:
            with act, unit_of_work(db.session()) as session:
                check_person(session, person_id, reach, now)
                lock_agency(session)
                wanted = {
                    "supervisor": session.get_one(Person, supervisor_id).full_name,
                    "started_on": form.started_on.data,
                }
                if must_write(form, _supervisor_now(session, person_id), wanted):
                    service.set_supervisor(
                        session,
                        person_id,
                        supervisor_id,
                        started_on=form.started_on.data,
                        by=the_viewer(),
                        reason=form.reason.data,
                        at=now,
                    )
        if act.is_done:
            flash(
                _(
                    "Tersimpan: atasan %(name)s adalah %(supervisor)s sejak %(day)s.",
                    name=person.full_name,
                    supervisor=wanted["supervisor"],
                    day=words.day(form.started_on.data),
                ),
                "ok",
            )
            return to_person(person_id)
    page = render_template(
        "manage/supervisor.html",
        form=form,
        person=person,
        current=shown,
        notes=picking.notes(form),
        act=act,
        reach=reach,
        words=words,
    )
    return page, act.status


def _supervisor_now(session: Session, person_id: UUID) -> dict[str, Any]:
    """The relation that is open, as managers compare it."""
    row = session.execute(
        select(Supervision.started_on, Person.title_before, Person.name, Person.title_after)
        .join(Person, Person.id == Supervision.supervisor_id)
        .where(Supervision.person_id == person_id, Supervision.ended_on.is_(None))
    ).first()
    if row is None:
        return {"supervisor": "", "started_on": ""}
    return {"supervisor": full_name(*row[1:]), "started_on": row.started_on}


@bp.route(
    "/manage/people/<uuid:person_id>/supervisor/<uuid:supervision_id>/end",
    methods=["GET", "POST"],
)
@requires(Permission.MANAGE_PEOPLE)
def end_supervision(person_id: UUID, supervision_id: UUID) -> Any:
    session, now, reach = here()
    person = the_person_shown(person_id, reach, now)
    relation = session.get(Supervision, supervision_id)
    if relation is None or relation.person_id != person_id:
        raise UnknownSupervision
    supervisor = session.get_one(Person, relation.supervisor_id).full_name
    shown = {"ended_on": relation.ended_on}
    form = EndForm(
        data={
            "ended_on": relation.ended_on or agency_day(session, now),
            "version": version_of(shown),
        }
    )
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            check_person(session, person_id, reach, now)
            lock_agency(session)
            fresh = session.get_one(Supervision, supervision_id, populate_existing=True)
            if fresh.ended_on is not None and form.ended_on.data > fresh.ended_on:
                raise EndedBefore(day=fresh.ended_on)
            if must_write(form, {"ended_on": fresh.ended_on}, {"ended_on": form.ended_on.data}):
                service.end_supervision(
                    session,
                    supervision_id,
                    ended_on=form.ended_on.data,
                    by=the_viewer(),
                    reason=form.reason.data,
                    at=now,
                )
        if act.is_done:
            flash(_("Hubungan dengan %(name)s diakhiri.", name=supervisor), "ok")
            return to_person(person_id)
    page = render_template(
        "manage/supervisor_end.html",
        form=form,
        person=person,
        supervisor=supervisor,
        relation=relation,
        act=act,
        words=words,
    )
    return page, act.status
