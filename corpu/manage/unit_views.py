"""Units: the tree, one unit, and how it issues certificates."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import SelectChoice
from wtforms.validators import DataRequired

from corpu.credentials.issuers import issuer_of
from corpu.extensions import db
from corpu.manage import queries, words
from corpu.manage.acts import Act, must_write
from corpu.manage.blueprint import bp
from corpu.manage.fields import unit_choices
from corpu.manage.forms import ReasonForm, UnitForm
from corpu.manage.people_views import here
from corpu.manage.rules import version_of
from corpu.manage.scope import Reach, unit_within
from corpu.people import service
from corpu.people.models import Agency, Unit
from corpu.people.queries import branch
from corpu.people.records import UnknownUnit, lock_agency
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer

TOP = "top"  # no unit above, as the value of a choice


@bp.get("/manage/units")
@requires(Permission.MANAGE_PEOPLE)
def units() -> str:
    session, now, reach = here()
    lines = queries.unit_tree(session, reach.units, at=now, archived=True)
    return render_template(
        "manage/units.html",
        lines=[line for line in lines if line.archived_at is None],
        archived=[line for line in lines if line.archived_at is not None],
        words=words,
    )


# ----------------------------------------------------------------------------- one unit


@bp.route("/manage/units/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def new_unit() -> Any:
    session, now, reach = here()
    zone = session.scalar(select(Agency.timezone).limit(1)) or "Asia/Jakarta"
    form = UnitForm(data={"timezone": zone, "parent": request.args.get("parent", "")})
    form.parent.choices = _parent_choices(session, reach)
    if not reach.is_all:
        form.parent.validators = [DataRequired(_("Pilih unit di atasnya."))]
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            lock_agency(session)
            made = _made_before(session, form, reach)
            if made is None:
                made = service.create_unit(
                    session,
                    code=form.code.data,
                    name=form.name.data,
                    timezone=form.timezone.data,
                    parent_id=_parent_of(form, reach),
                    by=the_viewer(),
                    reason=form.reason.data,
                    at=now,
                ).id
        if act.is_done:
            flash(_("Unit %(name)s tersimpan.", name=form.name.data), "ok")
            return redirect(url_for(".unit", unit_id=made), code=303)
    page = render_template("manage/unit_form.html", form=form, unit=None, act=act, words=words)
    return page, act.status


def _made_before(session: Session, form: UnitForm, reach: Reach) -> UUID | None:
    """The same unit, made by the first of two clicks."""
    found = session.scalar(
        select(Unit.id).where(
            Unit.code == form.code.data,
            Unit.name == form.name.data,
            Unit.timezone == form.timezone.data,
            Unit.parent_id == _parent_of(form, reach),
            Unit.archived_at.is_(None),
        )
    )
    return found if reach.holds(found) else None


@bp.route("/manage/units/<uuid:unit_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def unit(unit_id: UUID) -> Any:
    session, now, reach = here()
    found = unit_within(session, unit_id, reach)
    shown = _unit_now(session, found)
    form = UnitForm(
        data={
            "code": found.code,
            "name": found.name,
            "timezone": found.timezone,
            "parent": str(found.parent_id or TOP),
            "version": version_of(shown),
        }
    )
    below = branch(session, [unit_id])
    form.parent.choices = _parent_choices(session, reach, found, without=below)
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            lock_agency(session)
            fresh = session.get_one(Unit, unit_id, populate_existing=True)
            parent_id = _parent_of(form, reach, fresh)
            wanted = {
                "code": form.code.data,
                "name": form.name.data,
                "timezone": form.timezone.data,
                "parent": _label(session, parent_id),
            }
            if must_write(form, _unit_now(session, fresh), wanted):
                service.correct_unit(
                    session,
                    unit_id,
                    {
                        "code": form.code.data,
                        "name": form.name.data,
                        "timezone": form.timezone.data,
                        "parent_id": parent_id,
                    },
                    by=the_viewer(),
                    reason=form.reason.data,
                    at=now,
                )
        if act.is_done:
            flash(_("Unit %(name)s tersimpan.", name=form.name.data), "ok")
            return redirect(url_for(".unit", unit_id=unit_id), code=303)
    session = db.session()
    issuer = issuer_of(session, unit_id)
    page = render_template(
        "manage/unit_form.html",
        form=form,
        unit=session.get_one(Unit, unit_id),
        issuer=issuer,
        act=act,
        words=words,
    )
    return page, act.status


def _unit_now(session: Session, found: Unit) -> dict[str, Any]:
    return {
        "code": found.code,
        "name": found.name,
        "timezone": found.timezone,
        "parent": _label(session, found.parent_id),
    }


def _label(session: Session, unit_id: UUID | None) -> str:
    if unit_id is None:
        return ""
    return session.scalar(select(Unit.name).where(Unit.id == unit_id)) or ""


def _parent_choices(
    session: Session, reach: Reach, found: Unit | None = None, *, without: set[UUID] | None = None
) -> list[SelectChoice]:
    """Where a unit may hang: within reach, or where it hangs already."""
    listed = unit_choices(session, reach, without=without)
    if reach.is_all:
        return [SelectChoice(TOP, _("Tidak ada: langsung di bawah instansi")), *listed]
    if found is not None and not reach.holds(found.parent_id):
        label = _label(session, found.parent_id) or _("Tidak ada: langsung di bawah instansi")
        return [SelectChoice(str(found.parent_id or TOP), label)]
    return listed


def _parent_of(form: UnitForm, reach: Reach, found: Unit | None = None) -> UUID | None:
    """The unit chosen; one outside the reach only where the unit hangs there already."""
    parent_id = None if form.parent.data in (TOP, "", None) else UUID(form.parent.data)
    if found is not None and parent_id == found.parent_id:
        return parent_id
    if not reach.holds(parent_id):
        raise UnknownUnit
    return parent_id


@bp.route("/manage/units/<uuid:unit_id>/archive", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def archive_unit(unit_id: UUID) -> Any:
    """Out of the choices, or back among them."""
    _session, now, reach = here()
    found = unit_within(db.session(), unit_id, reach)
    is_archived = found.archived_at is not None
    form = ReasonForm(data={"version": "archived" if is_archived else "open"})
    act = Act(form)
    if act.is_asked():
        # What the form asked, not what is so by now: the second of two clicks does not undo.
        change = service.restore_unit if form.version.data == "archived" else service.archive_unit
        with act, unit_of_work(db.session()) as session:
            change(session, unit_id, by=the_viewer(), reason=form.reason.data, at=now)
        if act.is_done:
            said = (
                _("Unit %(name)s aktif kembali.", name=found.name)
                if form.version.data == "archived"
                else _("Unit %(name)s diarsipkan.", name=found.name)
            )
            flash(said, "ok")
            return redirect(url_for(".units"), code=303)
    page = render_template(
        "manage/unit_archive.html", form=form, unit=found, is_archived=is_archived, act=act
    )
    return page, act.status
