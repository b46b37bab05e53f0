"""Templates of development plans as tables: taken away, and sent to be looked at and kept."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import ngettext

from corpu.codes import same
from corpu.extensions import db
from corpu.manage import words
from corpu.manage.blueprint import bp
from corpu.manage.standard_forms import FieldAct
from corpu.manage.standard_scope import Desk, desk
from corpu.manage.standard_views import units_to_choose
from corpu.manage.table_files import packed, sent_table, table_file, unpacked
from corpu.manage.template_forms import TemplateImportForm
from corpu.permissions import Permission
from corpu.plans.template_models import PlanTemplate
from corpu.plans.template_queries import (
    State,
    Template,
    placed,
    read_templates,
    valued,
)
from corpu.plans.template_rules import Aim, read_lines
from corpu.plans.template_service import Asked, grounds_on, set_templates
from corpu.plans.template_sheets import (
    COLUMNS,
    column_name,
    read_template_table,
    template_rows,
)
from corpu.standards.checks import Problem
from corpu.standards.sheets import MOST_PROBLEMS
from corpu.transactions import unit_of_work
from corpu.web import requires, takes_files, the_viewer
from corpu.workbooks import LARGEST, BadTable


@dataclass(frozen=True)
class Planned:
    """A template of a table, and what is offered to these posts now."""

    asked: Asked
    aims: tuple[Aim, ...]
    now: Template | None

    @property
    def items(self) -> int:
        return sum(len(aim.items) for aim in self.aims)

    def is_same(self, ends_on: date | None) -> bool:
        """Whether nothing would change."""
        return self.now is not None and (self.now.aims, self.now.ends_on) == (self.aims, ends_on)


@bp.get("/manage/plans/templates/export.<ending>")
@requires(Permission.MANAGE_STANDARDS)
def export_plan_templates(ending: str) -> Response:
    """What is offered today, in the layout in which it comes in."""
    here = desk()
    units = {one.id: one.code for one in units_to_choose(here.session, here.agency_id)}
    found = [
        one
        for one in _in_force(here).values()
        if one.unit_id is None or one.unit_id in units  # of an archived one no post is left
    ]
    values = valued(here.session, [aim for one in found for aim in one.aims], here.today)
    rows: list[Any] = []
    for one in found:
        mine, values = values[: len(one.aims)], values[len(one.aims) :]
        rows += template_rows(one, mine, units[one.unit_id] if one.unit_id else "")
    return table_file(ending, "templat-rencana", COLUMNS, rows)


@bp.route("/manage/plans/templates/import", methods=["GET", "POST"])
@takes_files(LARGEST)
@requires(Permission.MANAGE_STANDARDS)
def import_plan_templates() -> Any:
    here = desk()
    here.check()
    form = TemplateImportForm(data={"starts_on": here.today})
    act = FieldAct(form)
    problems: list[Problem] = []
    planned: list[Planned] | None = None
    same_posts = 0
    if act.is_asked():
        try:
            confirmed = bool(form.payload.data)
            table = unpacked(form.payload.data or "") if confirmed else sent_table()
        except BadTable as error:
            act.refuse(error)
        else:
            read, problems = _read(here, table, form.starts_on.data)
            different = [one for one in read if not one.is_same(form.ends_on.data)]
            if problems:
                act.status = 422
            elif confirmed and different:
                with act, unit_of_work(db.session()) as session:
                    set_templates(
                        session,
                        here.agency_id,
                        [one.asked for one in different],
                        starts_on=form.starts_on.data,
                        ends_on=form.ends_on.data,
                        reason=form.reason.data or "",
                        by=the_viewer(),
                        at=here.now,
                    )
                if act.is_done:
                    flash(
                        ngettext(
                            "%(num)s templat tersimpan.",
                            "%(num)s templat tersimpan.",
                            len(different),
                        ),
                        "ok",
                    )
                    return redirect(url_for(".plan_templates"), code=303)
            else:
                planned, same_posts = different, len(read) - len(different)
                form.payload.data = packed(table)
    if not planned:
        form.payload.data = ""
    page = render_template(
        "manage/plan_template_import.html",
        form=form,
        problems=problems[:MOST_PROBLEMS],
        more=max(0, len(problems) - MOST_PROBLEMS),
        planned=planned,
        same_posts=same_posts,
        columns=COLUMNS,
        column_name=column_name,
        units={one.id: one.name for one in units_to_choose(db.session(), here.agency_id)},
        words=words,
    )
    return page, act.status


def _read(here: Desk, table: Any, day: date) -> tuple[list[Planned], list[Problem]]:
    units = {same(one.code): one.id for one in units_to_choose(here.session, here.agency_id)}
    measure = grounds_on(here.session, here.agency_id, day)
    asked, problems = read_template_table(table, list(words.post_types()), units, measure)
    if problems:
        return [], problems
    now = _in_force(here)
    return [
        Planned(
            one,
            read_lines(one.lines, measure(one.post_type, one.title, one.unit_id))[0],
            now.get(one.key),
        )
        for one in asked
    ], []


def _in_force(here: Desk) -> dict[tuple[str, str, UUID | None], Template]:
    found = read_templates(here.session, PlanTemplate.agency_id == here.agency_id)
    return {
        one.template.scope: one.template
        for one in reversed(placed(found, here.today))
        if one.state is State.IN_FORCE
    }
