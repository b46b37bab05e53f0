"""Standards of posts: what is required today, a new one from a day on, the history, files."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import vocabulary
from corpu.codes import same
from corpu.extensions import db
from corpu.manage import words
from corpu.manage.blueprint import bp
from corpu.manage.forms import choices
from corpu.manage.standard_forms import (
    FieldAct,
    StandardImportForm,
    WithdrawForm,
    chosen_levels,
    standard_form,
)
from corpu.manage.standard_scope import Desk, desk
from corpu.manage.table_files import packed, sent_table, table_file, unpacked
from corpu.people.models import Unit
from corpu.people.records import UnknownUnit
from corpu.permissions import Permission
from corpu.standards import listing
from corpu.standards.checks import Problem
from corpu.standards.posts import Asked, set_standards, usable, withdraw_standard
from corpu.standards.queries import rows_on
from corpu.standards.refusals import UnknownStandard
from corpu.standards.rules import title_key
from corpu.standards.sheets import (
    MOST_PROBLEMS,
    STANDARDS,
    column_name,
    read_standards,
    standard_rows,
)
from corpu.transactions import unit_of_work
from corpu.web import page_asked, requires, takes_files, the_viewer
from corpu.workbooks import LARGEST, BadTable

PAGE = 25


@dataclass(frozen=True)
class Planned:
    """A row of a table and what stands for these posts now."""

    asked: Asked
    before: dict[str, int]
    is_new: bool

    @property
    def changed(self) -> list[tuple[str, int | None, int | None]]:
        """(code, level now, level then) of what differs."""
        after = self.asked.levels or {}
        return [
            (code, self.before.get(code), after.get(code))
            for code in dict.fromkeys([*after, *self.before])
            if self.before.get(code) != after.get(code)
        ]


@bp.get("/manage/standards")
@requires(Permission.MANAGE_STANDARDS)
def standards() -> str:
    here = desk()
    found = listing.in_force(here.session, here.agency_id, here.today)
    rows = usable(rows_on(here.session, here.today), here.agency_id)
    types = []
    for code, name in words.post_types().items():
        default = vocabulary.required_level(code)
        own = listing.levels_on(found, (code, "", None))
        types.append((code, name, default, {c: level for c, level in own.items() if c in rows}))
    return render_template(
        "manage/standards.html",
        types=types,
        posts=[row for key, row in found.items() if key[1]],
        units={one.id: one.name for one in units_to_choose(here.session, here.agency_id)},
        rows=rows,
        here=here,
        words=words,
    )


@bp.route("/manage/standards/set", methods=["GET", "POST"])
@requires(Permission.MANAGE_STANDARDS)
def set_standard() -> Any:
    """For the posts that the address names, or any. What already holds is filled in."""
    here = desk()
    here.check()
    rows = usable(rows_on(here.session, here.today), here.agency_id)
    units = units_to_choose(here.session, here.agency_id)
    wanted = request.args.get("unit", "")
    unit = next((one for one in units if str(one.id) == wanted), None)
    if wanted and unit is None:
        raise UnknownUnit
    kind, title = request.args.get("post_type", ""), request.args.get("title", "")[:200]
    found = listing.in_force(here.session, here.agency_id, here.today)
    now = listing.levels_on(found, (kind, title_key(title), unit.id if unit else None))
    form = standard_form(rows)(
        data={f"level_{code}": str(level) for code, level in now.items()}
        | {
            "post_type": kind,
            "title": title,
            "unit": str(unit.id) if unit else "",
            "starts_on": here.today,
        }
    )
    form.post_type.choices = choices([("", _("Pilih jenis")), *words.post_types().items()])
    form.unit.choices = choices(
        [("", _("Semua unit")), *((str(one.id), one.name) for one in units)]
    )
    act = FieldAct(form)
    if act.is_asked():
        is_end = request.form.get("act") == "end"
        asked = Asked(
            form.post_type.data,
            None if is_end else chosen_levels(form, rows),
            form.title.data or "",
            UUID(form.unit.data) if form.unit.data else None,
        )
        with act, unit_of_work(db.session()) as session:
            set_standards(
                session,
                here.agency_id,
                [asked],
                starts_on=form.starts_on.data,
                legal_basis=form.legal_basis.data or "",
                reason=form.reason.data or "",
                by=the_viewer(),
                at=here.now,
            )
        if act.is_done:
            flash(
                _(
                    "Tersimpan: standar %(post)s sejak %(day)s.",
                    post=asked.title or words.post_type(asked.post_type),
                    day=words.day(form.starts_on.data),
                ),
                "ok",
            )
            return redirect(url_for(".standards"), code=303)
    page = render_template(
        "manage/standard_set.html", form=form, rows=rows, has_own=bool(now), words=words
    )
    return page, act.status


@bp.get("/manage/standards/history")
@requires(Permission.MANAGE_STANDARDS)
def standard_history() -> str:
    here = desk()
    number = page_asked()
    first = (number - 1) * PAGE
    lines = listing.history(here.session, here.agency_id, first=first, limit=PAGE + 1)
    return render_template(
        "manage/standard_history.html",
        lines=lines[:PAGE],
        first_url=url_for(".standard_history"),
        next_url=url_for(".standard_history", page=number + 1) if len(lines) > PAGE else "",
        is_later=first > 0,
        units={one.id: one.name for one in units_to_choose(here.session, here.agency_id)},
        here=here,
        words=words,
    )


@bp.route("/manage/standards/<uuid:standard_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.MANAGE_STANDARDS)
def withdraw_post_standard(standard_id: UUID) -> Any:
    here = desk()
    here.check()
    line = listing.standard_line(here.session, here.agency_id, standard_id)
    if line is None:
        raise UnknownStandard
    back = url_for(".standard_history")
    if line.withdrawn is not None:
        flash(_("Standar ini sudah ditarik."), "warn")
        return redirect(back, code=303)
    form = WithdrawForm()
    act = FieldAct(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            withdraw_standard(
                session,
                here.agency_id,
                standard_id,
                reason=form.reason.data or "",
                by=the_viewer(),
                at=here.now,
            )
        if act.is_done:
            flash(_("Standar ditarik; yang sebelumnya berlaku lagi."), "ok")
            return redirect(back, code=303)
        line = listing.standard_line(db.session(), here.agency_id, standard_id)
    page = render_template(
        "manage/standard_withdraw.html", line=line, form=form, back=back, words=words
    )
    return page, act.status


@bp.get("/manage/standards/export.<ending>")
@requires(Permission.MANAGE_STANDARDS)
def export_standards(ending: str) -> Response:
    """What the agency has set and holds today, in the layout in which it comes in."""
    here = desk()
    codes = list(usable(rows_on(here.session, here.today), here.agency_id))
    found = listing.in_force(here.session, here.agency_id, here.today)
    units = {one.id: one.code for one in units_to_choose(here.session, here.agency_id)}
    asked = [
        Asked(one.post_type, one.levels, one.title, one.unit_id)
        for one in found.values()
        if (one.unit_id is None or one.unit_id in units)  # of an archived one no post is left
        and not one.levels.keys().isdisjoint(codes)  # a row without any level is none
    ]
    rows = standard_rows(asked, codes, units)
    return table_file(ending, "standar-jabatan", [*STANDARDS, *codes], rows)


@bp.route("/manage/standards/import", methods=["GET", "POST"])
@takes_files(LARGEST)
@requires(Permission.MANAGE_STANDARDS)
def import_standards() -> Any:
    here = desk()
    here.check()
    form = StandardImportForm(data={"starts_on": here.today})
    act = FieldAct(form)
    problems: list[Problem] = []
    planned: list[Planned] | None = None
    same_rows = 0
    if act.is_asked():
        try:
            confirmed = bool(form.payload.data)
            table = unpacked(form.payload.data or "") if confirmed else sent_table()
        except BadTable as error:
            act.refuse(error)
        else:
            day = form.starts_on.data
            units = {
                same(one.code): one.id for one in units_to_choose(here.session, here.agency_id)
            }
            lines, problems = read_standards(
                table,
                usable(rows_on(here.session, day), here.agency_id),
                list(words.post_types()),
                units,
            )
            plans = _planned(here, [line.asked for line in lines], day)
            different = [one for one in plans if one.is_new or one.changed]
            if problems:
                act.status = 422
            elif confirmed and different:
                with act, unit_of_work(db.session()) as session:
                    set_standards(
                        session,
                        here.agency_id,
                        [one.asked for one in different],
                        starts_on=day,
                        legal_basis=form.legal_basis.data or "",
                        reason=form.reason.data or "",
                        by=the_viewer(),
                        at=here.now,
                    )
                if act.is_done:
                    flash(
                        ngettext(
                            "%(num)s standar tersimpan.",
                            "%(num)s standar tersimpan.",
                            len(different),
                        ),
                        "ok",
                    )
                    return redirect(url_for(".standards"), code=303)
            else:
                planned, same_rows = different, len(plans) - len(different)
                form.payload.data = packed(table)
    if not planned:
        form.payload.data = ""
    page = render_template(
        "manage/standard_import.html",
        form=form,
        act=act,
        problems=problems[:MOST_PROBLEMS],
        more=max(0, len(problems) - MOST_PROBLEMS),
        planned=planned,
        same_rows=same_rows,
        columns=STANDARDS,
        column_name=column_name,
        units={one.id: one.name for one in units_to_choose(db.session(), here.agency_id)},
        words=words,
    )
    return page, act.status


def _planned(here: Desk, asked: list[Asked], day: Any) -> list[Planned]:
    found = listing.in_force(here.session, here.agency_id, day)
    return [
        Planned(one, dict(listing.levels_on(found, one.key)), one.key not in found) for one in asked
    ]


def units_to_choose(session: Session, agency_id: UUID) -> list[Any]:
    """The units of the agency that may be chosen, by name."""
    return list(
        session.execute(
            select(Unit.id, Unit.code, Unit.name)
            .where(Unit.agency_id == agency_id, Unit.archived_at.is_(None))
            .order_by(Unit.name, Unit.code)
        )
    )
