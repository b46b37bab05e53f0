"""The board of the seventeen goals, and the Beranda that other rooms' facts are drawn on."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import pgettext

from corpu import clock
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.i18n import local
from corpu.permissions import Permission
from corpu.reporting import home, queries
from corpu.reporting.queries import Figures, Scope, UnitChoice
from corpu.spreadsheets import as_csv
from corpu.ui import goal_title
from corpu.vocabulary import goals
from corpu.web import requires, the_viewer
from corpu.zones import local_year, zone_label

bp = Blueprint("reporting", __name__, template_folder="templates")

EVERY_YEAR = "all"


@bp.record_once
def _offer_beranda(state: Any) -> None:
    """The people room has the address `/`, this one knows what stands there."""
    state.app.extensions["home"] = home.page


@dataclass(frozen=True)
class Choice:
    """What the address asks for: a year (None: all), a unit with all below it (None: all)."""

    at: datetime
    year: int | None
    years: list[int]
    unit: UnitChoice | None
    tree: list[UnitChoice]

    @property
    def scope(self) -> Scope:
        units = None if self.unit is None else queries.branch_of(self.tree, self.unit.id)
        return Scope(self.year, units)

    @property
    def arguments(self) -> dict[str, Any]:
        """The same choice in the address of another page."""
        asked = {"year": EVERY_YEAR if self.year is None else str(self.year)}
        return asked if self.unit is None else asked | {"unit": str(self.unit.id)}

    @property
    def period(self) -> str:
        return _("semua tahun") if self.year is None else str(self.year)

    @property
    def place(self) -> str:
        return _("Semua unit") if self.unit is None else self.unit.name


@bp.get("/goals")
@requires(Permission.SEE_GOALS)
def board() -> str:
    choice = _choice()
    found = queries.board(db.session(), choice.scope, choice.tree)
    most = max((row.figures.completions for row in found.goals if row.figures), default=0)
    return render_template(
        "reporting/board.html",
        board=found,
        choice=choice,
        most=most,
        segments=[
            {
                "number": row.number,
                "title": goal_title(row.number),
                "value": row.figures.completions if row.figures else None,
                "text": _("%(count)s kelulusan", count=row.figures.completions)
                if row.figures
                else "",
                "href": url_for(".goal", number=row.number, **choice.arguments),
            }
            for row in found.goals
        ],
    )


@bp.get("/goals/<int:number>")
@requires(Permission.SEE_GOALS)
def goal(number: int) -> str:
    if number not in goals():
        raise NotFound
    choice = _choice()
    return render_template(
        "reporting/goal.html",
        goal=queries.goal_detail(db.session(), number, choice.scope, choice.tree),
        choice=choice,
        following=number % len(goals()) + 1,
    )


@bp.get("/goals.csv")
@requires(Permission.SEE_GOALS)
def board_csv() -> Response:
    """The table of the board as a file; an empty cell is one that is not measured."""
    choice = _choice()
    found = queries.board(db.session(), choice.scope, choice.tree)
    zone = the_viewer().timezone
    as_of = f"{local(choice.at, zone):%Y-%m-%d %H:%M} {zone_label(zone)}"
    heading = [
        _("Tujuan"),
        _("Nama tujuan"),
        _("Unit"),
        pgettext("banyak", "Kursus"),
        pgettext("banyak", "Peserta"),
        _("Kelulusan"),
        _("JP"),
        _("Tahun"),
        _("Keadaan"),
    ]
    rows = [
        [
            row.number,
            goal_title(row.number),
            choice.place,
            row.courses,
            *_cells(row.figures),
            choice.period,
            as_of,
        ]
        for row in found.goals
    ]
    response = Response(as_csv(heading, rows), mimetype="text/csv")
    name = "-".join(filter(None, ["papan-tujuan", str(choice.year or "")]))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _cells(figures: Figures | None) -> list[int | Decimal | None]:
    if figures is None:
        return [None, None, None]
    return [figures.learners, figures.completions, figures.jp]


def _choice() -> Choice:
    """Read the address. A year or unit that does not exist is no page: other figures than
    those asked for would be taken for them."""
    session, now = db.session(), clock.now()
    years = queries.years(session, now)
    tree = queries.unit_tree(session)
    return Choice(
        at=now,
        year=_asked_year(years, local_year(now, the_viewer().timezone)),
        years=years,
        unit=_asked_unit(tree),
        tree=tree,
    )


def _asked_year(years: list[int], this_year: int) -> int | None:
    asked = request.args.get("year", "").strip()
    if not asked:
        return this_year
    if asked == EVERY_YEAR:
        return None
    found = {str(year): year for year in years}.get(asked)
    if found is None:
        raise NotFound
    return found


def _asked_unit(tree: list[UnitChoice]) -> UnitChoice | None:
    asked = request.args.get("unit", "").strip()
    if not asked:
        return None
    try:
        wanted = UUID(asked)
    except ValueError:
        raise NotFound from None
    for unit in tree:
        if unit.id == wanted:
            return unit
    raise NotFound
