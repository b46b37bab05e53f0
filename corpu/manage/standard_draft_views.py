"""Drafts of post standards: one that is written, or a whole table of them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from corpu.codes import same
from corpu.database import uuid7
from corpu.errors import N_, NotFound, RuleBroken
from corpu.extensions import db
from corpu.manage import words
from corpu.manage.blueprint import bp
from corpu.manage.forms import choices
from corpu.manage.standard_forms import (
    FieldAct,
    StandardImportForm,
    chosen_levels,
    standard_form,
)
from corpu.manage.standard_scope import Desk, desk
from corpu.manage.standard_views import units_to_choose
from corpu.manage.table_files import sent_table
from corpu.numbers import whole
from corpu.people.records import UnknownUnit
from corpu.permissions import Permission
from corpu.standards import listing
from corpu.standards.checks import Problem
from corpu.standards.drafts import asked_of, draft_of, save_draft
from corpu.standards.models import DraftState, StandardDraft
from corpu.standards.posts import Asked, usable
from corpu.standards.queries import rows_on
from corpu.standards.refusals import StandardDraftClosed
from corpu.standards.rules import title_key
from corpu.standards.sheets import MOST_PROBLEMS, STANDARDS, column_name, read_standards
from corpu.transactions import unit_of_work
from corpu.web import requires, takes_files, the_viewer
from corpu.workbooks import LARGEST, BadTable


class ManyPosts(RuleBroken):
    message = N_("Draf ini berasal dari tabel. Ganti dengan tabel yang sudah dibetulkan.")


# -------------------------------------------------------------------------- one standard


@bp.route("/manage/standards/set", methods=["GET", "POST"])
@requires(Permission.MANAGE_STANDARDS)
def set_standard() -> Any:
    """For the posts that the address names, or any. What already holds is filled in."""
    here = desk()
    here.check()
    wanted = request.args.get("unit", "")
    units = units_to_choose(here.session, here.agency_id)
    unit = next((one for one in units if str(one.id) == wanted), None)
    if wanted and unit is None:
        raise UnknownUnit
    kind, title = request.args.get("post_type", ""), request.args.get("title", "")[:200]
    found = listing.in_force(here.session, here.agency_id, here.today)
    now = listing.levels_on(found, (kind, title_key(title), unit.id if unit else None))
    asked = Asked(kind, now, title, unit.id if unit else None)
    return _form_page(here, asked, None, has_own=bool(now))


@bp.route("/manage/standards/drafts/<uuid:draft_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_STANDARDS)
def edit_standard_draft(draft_id: UUID) -> Any:
    here = desk()
    here.check()
    draft = draft_of(here.session, here.agency_id, draft_id)
    if draft.state is not DraftState.OPEN:
        raise StandardDraftClosed
    if len(draft.asked) > 1:
        raise ManyPosts
    (asked,) = asked_of(draft)
    found = listing.in_force(here.session, here.agency_id, draft.starts_on)
    return _form_page(here, asked, draft, has_own=asked.key in found)


def _form_page(here: Desk, asked: Asked, draft: StandardDraft | None, *, has_own: bool) -> Any:
    starts_on = draft.starts_on if draft else here.today
    known = {**rows_on(here.session, here.today), **rows_on(here.session, starts_on)}
    rows = usable(known, here.agency_id)
    form = standard_form(rows)(
        data={f"level_{code}": str(level) for code, level in (asked.levels or {}).items()}
        | {
            "form_id": (draft.id if draft else uuid7()).hex,
            "seen": draft.edits if draft else "",
            "post_type": asked.post_type,
            "title": asked.title,
            "unit": str(asked.unit_id) if asked.unit_id else "",
            "starts_on": starts_on,
        }
    )
    units = units_to_choose(here.session, here.agency_id)
    form.post_type.choices = choices([("", _("Pilih jenis")), *words.post_types().items()])
    form.unit.choices = choices(
        [("", _("Semua unit")), *((str(one.id), one.name) for one in units)]
    )
    draft_id = draft.id if draft else None
    act = FieldAct(form)
    if act.is_asked():
        wanted = Asked(
            form.post_type.data,
            None if request.form.get("act") == "end" else chosen_levels(form, rows),
            form.title.data or "",
            UUID(form.unit.data) if form.unit.data else None,
        )
        with act:
            kept = _save(here, form, draft_id, [wanted])
        if act.is_done:
            return redirect(url_for(".standard_draft", draft_id=kept), code=303)
    page = render_template(
        "manage/standard_set.html",
        form=form,
        rows=rows,
        has_own=has_own,
        draft_id=draft_id,
        words=words,
    )
    return page, act.status


def _save(here: Desk, form: Any, draft_id: UUID | None, asked: Sequence[Asked]) -> UUID:
    with unit_of_work(db.session()) as session:
        return save_draft(
            session,
            here.agency_id,
            draft_id or _number_of(form),
            asked,
            starts_on=form.starts_on.data,
            seen=whole(form.seen.data),
            by=the_viewer(),
            at=here.now,
        ).id


def _number_of(form: Any) -> UUID:
    try:
        return UUID(hex=form.form_id.data or "")
    except ValueError:
        return uuid7()


# ------------------------------------------------------------------------------- a table


@bp.route("/manage/standards/import", methods=["GET", "POST"])
@takes_files(LARGEST)
@requires(Permission.MANAGE_STANDARDS)
def import_standards() -> Any:
    """A table becomes a draft, or what the draft that the address names says from now on."""
    here = desk()
    here.check()
    draft = _draft_asked(here)
    form = StandardImportForm(
        data={
            "form_id": (draft.id if draft else uuid7()).hex,
            "seen": draft.edits if draft else "",
            "starts_on": draft.starts_on if draft else here.today,
        }
    )
    draft_id = draft.id if draft else None
    act = FieldAct(form)
    problems: list[Problem] = []
    is_same = False
    if act.is_asked():
        try:
            table = sent_table()
        except BadTable as error:
            act.refuse(error)
        else:
            day = form.starts_on.data
            lines, problems = read_standards(
                table,
                usable(rows_on(here.session, day), here.agency_id),
                list(words.post_types()),
                {same(one.code): one.id for one in units_to_choose(here.session, here.agency_id)},
            )
            plans = listing.planned(
                here.session, here.agency_id, [line.asked for line in lines], day
            )
            different = [one.asked for one in plans if one.is_new or one.changed]
            is_same = not problems and not different
            if problems:
                act.status = 422
            elif different:
                with act:
                    kept = _save(here, form, draft_id, different)
                if act.is_done:
                    _tell_skipped(len(plans) - len(different))
                    return redirect(url_for(".standard_draft", draft_id=kept), code=303)
    page = render_template(
        "manage/standard_import.html",
        form=form,
        draft_id=draft_id,
        problems=problems[:MOST_PROBLEMS],
        more=max(0, len(problems) - MOST_PROBLEMS),
        is_same=is_same,
        columns=STANDARDS,
        column_name=column_name,
    )
    return page, act.status


def _draft_asked(here: Desk) -> StandardDraft | None:
    text = request.args.get("draft", "")
    if not text:
        return None
    try:
        draft = draft_of(here.session, here.agency_id, UUID(text))
    except ValueError:
        raise NotFound from None
    if draft.state is not DraftState.OPEN:
        raise StandardDraftClosed
    return draft


def _tell_skipped(count: int) -> None:
    if count:
        flash(
            ngettext(
                "%(num)s baris tidak mengubah apa pun dan dilewati.",
                "%(num)s baris tidak mengubah apa pun dan dilewati.",
                count,
            )
        )
