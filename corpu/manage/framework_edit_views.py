"""A draft of a dictionary: one competency at a time, or all of it from a table."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from corpu.extensions import db
from corpu.manage.blueprint import bp
from corpu.manage.competency_views import seen_of
from corpu.manage.standard_forms import (
    DraftForm,
    EntryForm,
    FieldAct,
    ImportForm,
    entry_data,
    field_words,
)
from corpu.manage.standard_scope import desk
from corpu.manage.table_files import packed, sent_table, unpacked
from corpu.permissions import Permission
from corpu.standards import listing, service
from corpu.standards.checks import Problem
from corpu.standards.refusals import NoDraft
from corpu.standards.rules import Change, Entry, differences
from corpu.standards.sheets import DICTIONARY, MOST_PROBLEMS, column_name, read_dictionary
from corpu.transactions import unit_of_work
from corpu.vocabulary import competencies
from corpu.web import requires, takes_files, the_viewer
from corpu.workbooks import LARGEST, BadTable


@bp.route("/manage/competencies/<uuid:framework_id>/draft/competency", methods=["GET", "POST"])
@requires(Permission.MANAGE_STANDARDS)
def edit_competency(framework_id: UUID) -> Any:
    """The competency that `code` names, or a new one."""
    here = desk()
    here.check()
    view = listing.framework_view(here.session, here.agency_id, framework_id)
    if view.draft is None:
        raise NoDraft
    code = request.args.get("code", "")
    entry = listing.entry_in(here.session, view.draft.id, code)[0] if code else Entry("", "")
    form = EntryForm(data=entry_data(entry) | {"seen": view.draft.edits})
    act = FieldAct(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            service.put_entry(
                session,
                here.agency_id,
                framework_id,
                form.entry,
                replacing=code or None,
                seen=seen_of(form),
            )
        if act.is_done:
            flash(_("Tersimpan di draf: %(name)s.", name=form.entry.name_id), "ok")
            return to_draft(framework_id, view.draft.number)
    page = render_template(
        "manage/framework_edit.html",
        view=view,
        version=view.draft,
        entry=entry,
        form=form,
        action=url_for(".edit_competency", framework_id=framework_id, code=code or None),
    )
    return page, act.status


@bp.route("/manage/competencies/<uuid:framework_id>/draft/remove", methods=["GET", "POST"])
@requires(Permission.MANAGE_STANDARDS)
def remove_competency(framework_id: UUID) -> Any:
    here = desk()
    here.check()
    view = listing.framework_view(here.session, here.agency_id, framework_id)
    if view.draft is None:
        raise NoDraft
    code = request.args.get("code", "")
    form = DraftForm(data={"seen": view.draft.edits})
    act = FieldAct(form)
    if act.is_asked():
        name = listing.name_in(here.session, view.draft.id, code)
        with act, unit_of_work(db.session()) as session:
            service.drop_entry(session, here.agency_id, framework_id, code, seen=seen_of(form))
        if act.is_done:
            flash(_("%(name)s dikeluarkan dari draf.", name=name), "ok")
            return to_draft(framework_id, view.draft.number)
    entry = listing.entry_in(db.session(), view.draft.id, code)[0]
    page = render_template(
        "manage/framework_remove.html",
        view=view,
        version=view.draft,
        entry=entry,
        form=form,
        action=url_for(".remove_competency", framework_id=framework_id, code=code),
    )
    return page, act.status


@bp.route("/manage/competencies/<uuid:framework_id>/import", methods=["GET", "POST"])
@takes_files(LARGEST)
@requires(Permission.MANAGE_STANDARDS)
def import_framework(framework_id: UUID) -> Any:
    """A table is looked at first, with all that is wrong or would change; then confirmed."""
    here = desk()
    here.check()
    view = listing.framework_view(here.session, here.agency_id, framework_id)
    form = ImportForm(data={"seen": view.draft.edits if view.draft else ""})
    act = FieldAct(form)
    problems: list[Problem] = []
    entries: list[Entry] = []
    changes: list[Change] | None = None
    if act.is_asked():
        try:
            confirmed = bool(form.payload.data)
            table = unpacked(form.payload.data or "") if confirmed else sent_table()
            entries, problems = read_dictionary(
                table, competencies(), service.codes_elsewhere(here.session, framework_id)
            )
        except BadTable as error:
            act.refuse(error)
        else:
            if problems:
                act.status = 422
            elif confirmed:
                with act, unit_of_work(db.session()) as session:
                    number = service.replace_entries(
                        session,
                        here.agency_id,
                        framework_id,
                        entries,
                        seen=None if form.seen.data == "" else seen_of(form),
                        by=the_viewer(),
                        at=here.now,
                    ).number
                if act.is_done:
                    flash(
                        ngettext(
                            "%(num)s kompetensi tersimpan di draf.",
                            "%(num)s kompetensi tersimpan di draf.",
                            len(entries),
                        ),
                        "ok",
                    )
                    return to_draft(framework_id, number)
            else:
                base = view.draft or (view.versions[0] if view.versions else None)
                old = service.entries_of(here.session, base.id) if base else []
                changes = differences(old, entries)
                form.payload.data = packed(table)
    if changes is None:
        form.payload.data = ""
    page = render_template(
        "manage/framework_import.html",
        view=view,
        form=form,
        act=act,
        problems=problems[:MOST_PROBLEMS],
        more=max(0, len(problems) - MOST_PROBLEMS),
        changes=changes,
        entries=entries,
        columns=DICTIONARY,
        column_name=column_name,
        field_words=field_words,
    )
    return page, act.status


def to_draft(framework_id: UUID, number: int) -> Any:
    """Back to what the draft says."""
    return redirect(
        url_for("manage.framework_version", framework_id=framework_id, number=number), code=303
    )
