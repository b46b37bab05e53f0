"""Dictionaries of competencies: those there are, their versions, what differs, files."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from corpu.errors import NotFound
from corpu.extensions import db
from corpu.manage import standard_links as links
from corpu.manage.blueprint import bp
from corpu.manage.standard_forms import (
    DraftForm,
    FieldAct,
    FrameworkForm,
    PublishForm,
    field_words,
)
from corpu.manage.standard_scope import desk
from corpu.manage.table_files import table_file
from corpu.manage.words import FRAMEWORK_KINDS as KINDS
from corpu.numbers import whole
from corpu.permissions import Permission
from corpu.standards import listing, service
from corpu.standards.refusals import NoDraft
from corpu.standards.rules import Kind, differences
from corpu.standards.sheets import DICTIONARY, dictionary_rows
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer

VERSIONS = "/manage/competencies/<uuid:framework_id>/versions/<int(max=99999):number>"


@bp.get("/manage/competencies")
@requires(Permission.MANAGE_STANDARDS)
def competencies() -> str:
    here = desk()
    return render_template(
        "manage/competencies.html",
        frameworks=listing.frameworks(here.session, here.agency_id),
        shipped=listing.shipped_entries(),
        here=here,
        kinds=KINDS,
    )


@bp.route("/manage/competencies/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_STANDARDS)
def new_framework() -> Any:
    here = desk()
    here.check()
    form = FrameworkForm()
    act = FieldAct(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            made = service.create_framework(
                session,
                here.agency_id,
                code=form.code.data or "",
                name=form.name.data or "",
                kind=Kind(form.kind.data),
                by=the_viewer(),
                at=here.now,
            ).id
        if act.is_done:
            flash(_("Kamus dibuat. Isi drafnya, lalu terbitkan."), "ok")
            return redirect(url_for(".framework_version", framework_id=made, number=1), code=303)
    return render_template("manage/framework_new.html", form=form), act.status


@bp.get("/manage/competencies/shipped")
@requires(Permission.MANAGE_STANDARDS)
def shipped_framework() -> str:
    return render_template(
        "manage/framework_shipped.html",
        entries=listing.shipped_entries(),
        shipped_href=links.shipped_href,
        shipped_export=links.shipped_export,
    )


@bp.get("/manage/competencies/shipped/<code>")
@requires(Permission.MANAGE_STANDARDS)
def shipped_competency(code: str) -> str:
    entries = listing.shipped_entries()
    place = next((n for n, one in enumerate(entries) if one.code == code), None)
    if place is None:
        raise NotFound
    return render_template(
        "manage/framework_competency.html",
        entry=entries[place],
        view=None,
        version=None,
        following=entries[(place + 1) % len(entries)],
    )


@bp.get("/manage/competencies/shipped.<ending>")
@requires(Permission.MANAGE_STANDARDS)
def export_shipped(ending: str) -> Response:
    rows = dictionary_rows(listing.shipped_entries())
    return table_file(ending, "kamus-bawaan", DICTIONARY, rows)


@bp.get("/manage/competencies/<uuid:framework_id>")
@requires(Permission.MANAGE_STANDARDS)
def framework(framework_id: UUID) -> str:
    here = desk()
    view = listing.framework_view(here.session, here.agency_id, framework_id)
    current = view.in_force(here.today)
    return render_template(
        "manage/framework.html",
        view=view,
        current=current,
        entries=service.entries_of(here.session, current.id) if current else [],
        here=here,
        kinds=KINDS,
        competency_href=links.competency_href,
    )


@bp.get(VERSIONS)
@requires(Permission.MANAGE_STANDARDS)
def framework_version(framework_id: UUID, number: int) -> str:
    here = desk()
    view = listing.framework_view(here.session, here.agency_id, framework_id)
    version = view.numbered(number)
    return render_template(
        "manage/framework_version.html",
        view=view,
        version=version,
        entries=service.entries_of(here.session, version.id),
        here=here,
        current=view.in_force(here.today),
        competency_href=links.competency_href,
        export_href=links.export_href,
        edit_href=links.edit_href,
        remove_href=links.remove_href,
    )


@bp.get(f"{VERSIONS}/competencies/<code>")
@requires(Permission.MANAGE_STANDARDS)
def framework_competency(framework_id: UUID, number: int, code: str) -> str:
    here = desk()
    view = listing.framework_view(here.session, here.agency_id, framework_id)
    version = view.numbered(number)
    entry, after = listing.entry_in(here.session, version.id, code)
    return render_template(
        "manage/framework_competency.html",
        view=view,
        version=version,
        entry=entry,
        following=after,
        here=here,
    )


@bp.get(f"{VERSIONS}/changes")
@requires(Permission.MANAGE_STANDARDS)
def framework_changes(framework_id: UUID, number: int) -> str:
    """What differs from another version; from the one before it where none is named."""
    here = desk()
    view = listing.framework_view(here.session, here.agency_id, framework_id)
    version = view.numbered(number)
    asked = request.args.get("from", "")
    if asked and whole(asked) is None:
        raise NotFound
    before = view.numbered(whole(asked) or 0) if asked else view.before(version)
    old = service.entries_of(here.session, before.id) if before else []
    return render_template(
        "manage/framework_changes.html",
        view=view,
        version=version,
        before=before,
        changes=differences(old, service.entries_of(here.session, version.id)),
        field_words=field_words,
    )


@bp.get(f"{VERSIONS}/export.<ending>")
@requires(Permission.MANAGE_STANDARDS)
def export_framework(framework_id: UUID, number: int, ending: str) -> Response:
    here = desk()
    view = listing.framework_view(here.session, here.agency_id, framework_id)
    version = view.numbered(number)
    rows = dictionary_rows(service.entries_of(here.session, version.id))
    name = f"kamus-{view.framework.code}-v{version.number}"
    return table_file(ending, name, DICTIONARY, rows)


@bp.post("/manage/competencies/<uuid:framework_id>/draft")
@requires(Permission.MANAGE_STANDARDS)
def start_draft(framework_id: UUID) -> Any:
    here = desk()
    here.check()
    with unit_of_work(db.session()) as session:
        number = service.start_draft(
            session, here.agency_id, framework_id, by=the_viewer(), at=here.now
        ).number
    return redirect(
        url_for(".framework_version", framework_id=framework_id, number=number), code=303
    )


@bp.route("/manage/competencies/<uuid:framework_id>/discard", methods=["GET", "POST"])
@requires(Permission.MANAGE_STANDARDS)
def discard_draft(framework_id: UUID) -> Any:
    here = desk()
    here.check()
    view = listing.framework_view(here.session, here.agency_id, framework_id)
    back = url_for(".framework", framework_id=framework_id)
    if view.draft is None:
        flash(_("Draf ini sudah tidak ada."), "warn")
        return redirect(back, code=303)
    form = DraftForm(data={"seen": view.draft.edits})
    act = FieldAct(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            service.discard_draft(
                session,
                here.agency_id,
                framework_id,
                seen=seen_of(form),
                by=the_viewer(),
                at=here.now,
            )
        if act.is_done:
            flash(_("Draf dibuang."), "ok")
            return redirect(back, code=303)
    page = render_template("manage/framework_discard.html", view=view, form=form, back=back)
    return page, act.status


@bp.route("/manage/competencies/<uuid:framework_id>/publish", methods=["GET", "POST"])
@requires(Permission.MANAGE_STANDARDS)
def publish_framework(framework_id: UUID) -> Any:
    here = desk()
    here.check()
    view = listing.framework_view(here.session, here.agency_id, framework_id)
    draft = view.draft
    form = PublishForm(data={"seen": draft.edits if draft else "", "starts_on": here.today})
    act = FieldAct(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            service.publish(
                session,
                here.agency_id,
                framework_id,
                starts_on=form.starts_on.data,
                legal_basis=form.legal_basis.data or "",
                reason=form.reason.data or "",
                seen=seen_of(form),
                today=here.today,
                by=the_viewer(),
                at=here.now,
            )
        if act.is_done:
            flash(_("Versi %(number)s diterbitkan.", number=draft.number if draft else ""), "ok")
            return redirect(url_for(".framework", framework_id=framework_id), code=303)
    if draft is None and request.method == "GET":
        raise NoDraft
    before = view.before(draft) if draft else None
    old = service.entries_of(db.session(), before.id) if before else []
    new = service.entries_of(db.session(), draft.id) if draft else []
    page = render_template(
        "manage/framework_publish.html",
        view=view,
        draft=draft,
        before=before,
        changes=differences(old, new),
        form=form,
        act=act,
    )
    return page, act.status


def seen_of(form: Any) -> int:
    """The edits of the draft that the form showed; -1 for what no form shows."""
    found = whole(form.seen.data)
    return -1 if found is None else found
