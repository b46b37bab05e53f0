"""What the index needs about one person: written down with a reason, taken back with one."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from corpu.database import uuid7
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.ipasn import queries, service
from corpu.ipasn import words as ipasn_words
from corpu.ipasn.models import EntryKind, IpasnEntry
from corpu.ipasn.service import PARTS, Fact
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.forms import ReasonForm, choices
from corpu.manage.ipasn_forms import FORMS, FactForm
from corpu.manage.people_views import here
from corpu.manage.post_views import the_person_shown
from corpu.manage.scope import check_person
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer


def to_index(person_id: UUID) -> Any:
    """Back to what is known for the index."""
    return redirect(url_for("manage.ipasn", person_id=person_id), code=303)


@bp.get("/manage/people/<uuid:person_id>/ipasn")
@requires(Permission.MANAGE_PEOPLE)
def ipasn(person_id: UUID) -> str:
    session, now, reach = here()
    person = the_person_shown(person_id, reach, now)
    return render_template(
        "manage/ipasn.html",
        person=person,
        index=queries.index_of(session, person_id, now),
        kinds=list(FORMS),
        is_own=person_id == the_viewer().id,
        withdraw=lambda entry_id: url_for(
            ".withdraw_ipasn", person_id=person_id, entry_id=entry_id
        ),
    )


@bp.route("/manage/people/<uuid:person_id>/ipasn/<kind>", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def record_ipasn(person_id: UUID, kind: str) -> Any:
    _session, now, reach = here()
    person = the_person_shown(person_id, reach, now)
    try:
        what = EntryKind(kind)
        form = FORMS[what](form_id=uuid7().hex)
    except (ValueError, KeyError):
        raise NotFound from None
    if "code" in form:
        form["code"].choices = choices([("", _("Pilih")), *_codes(what)])
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            check_person(session, person_id, reach, now)
            service.record(
                session,
                person_id,
                _fact_of(what, form),
                entry_id=_number_of(form),
                by=the_viewer(),
                reason=form.reason.data or "",
                at=now,
            )
        if act.is_done:
            flash(
                _("Tersimpan: %(what)s untuk %(name)s.", what=_named(what), name=person.full_name),
                "ok",
            )
            return to_index(person_id)
        form.form_id.data = uuid7().hex  # nothing was written: sent again, it is a new entry
    page = render_template(
        "manage/ipasn_form.html", form=form, person=person, kind=what, act=act, title=_named(what)
    )
    return page, act.status


@bp.route("/manage/people/<uuid:person_id>/ipasn/<uuid:entry_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def withdraw_ipasn(person_id: UUID, entry_id: UUID) -> Any:
    session, now, reach = here()
    person = the_person_shown(person_id, reach, now)
    entry = session.get(IpasnEntry, entry_id)
    if entry is None or entry.person_id != person_id or entry.kind is EntryKind.WITHDRAWAL:
        raise service.UnknownEntry
    said = ipasn_words.entry_text(entry)
    if service.is_withdrawn(session, entry_id):
        flash(_("Catatan ini sudah ditarik: %(what)s.", what=said), "warn")
        return to_index(person_id)
    form = ReasonForm()
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            check_person(session, person_id, reach, now)
            service.withdraw(
                session,
                person_id,
                entry_id,
                by=the_viewer(),
                reason=form.reason.data or "",
                at=now,
            )
        if act.is_done:
            flash(_("Ditarik: %(what)s.", what=said), "ok")
            return to_index(person_id)
    page = render_template(
        "manage/ipasn_withdraw.html", form=form, person=person, said=said, act=act
    )
    return page, act.status


def _named(kind: EntryKind) -> str:
    return str(ipasn_words.KINDS[kind])


def _codes(kind: EntryKind) -> list[tuple[str, str]]:
    return [(code, ipasn_words.code(code)) for code in service.codes_of(kind)]


def _fact_of(kind: EntryKind, form: FactForm) -> Fact:
    """What the form says; a field that its kind has not says nothing."""

    def said(name: str) -> Any:
        return form[name].data if name in form else None

    return Fact(
        kind,
        code=said("code") or "",
        year=said("year"),
        day=said("day"),
        jp=said("jp"),
        title=said("title") or "",
        total=said("total"),
        parts=tuple(said(part) for part in PARTS),
        source=said("source") or "",
    )


def _number_of(form: FactForm) -> UUID:
    try:
        return UUID(hex=form.form_id.data or "")
    except ValueError:
        return uuid7()
