"""Standards of posts: what is required today, a new one from a day on, the history, files."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import vocabulary
from corpu.competency.required_effects import effect_of_withdrawal
from corpu.extensions import db
from corpu.manage import need_words, words
from corpu.manage.blueprint import bp
from corpu.manage.standard_forms import FieldAct, WithdrawForm
from corpu.manage.standard_scope import desk
from corpu.manage.table_files import table_file
from corpu.people.models import Unit
from corpu.permissions import Permission
from corpu.standards import listing
from corpu.standards.drafts import asked_of, open_drafts
from corpu.standards.posts import Asked, usable, withdraw_standard
from corpu.standards.queries import rows_on
from corpu.standards.refusals import UnknownStandard
from corpu.standards.sheets import STANDARDS, standard_rows
from corpu.transactions import unit_of_work
from corpu.web import page_asked, requires, the_viewer

PAGE = 25


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
        drafts=[(one, asked_of(one)) for one in open_drafts(here.session, here.agency_id)]
        if here.may_change
        else [],
        units={one.id: one.name for one in units_to_choose(here.session, here.agency_id)},
        rows=rows,
        here=here,
        words=words,
        need_words=need_words,
    )


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
        assert line is not None  # entries are never removed
    page = render_template(
        "manage/standard_withdraw.html",
        line=line,
        form=form,
        back=back,
        effect=effect_of_withdrawal(db.session(), line.entry, today=here.today),
        words=words,
        need_words=need_words,
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


def units_to_choose(session: Session, agency_id: UUID) -> list[Any]:
    """The units of the agency that may be chosen, by name."""
    return list(
        session.execute(
            select(Unit.id, Unit.code, Unit.name)
            .where(Unit.agency_id == agency_id, Unit.archived_at.is_(None))
            .order_by(Unit.name, Unit.code)
        )
    )
