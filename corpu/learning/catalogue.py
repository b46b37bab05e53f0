"""The catalogue as a person sees it: what there is, what is theirs, and how to join."""

from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from corpu import clock
from corpu.catalog import queries as catalog
from corpu.catalog.search import matches
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.learning import service
from corpu.learning.conditions import told
from corpu.learning.seat import Seat, seat, seats_of
from corpu.permissions import Permission
from corpu.standards.words import competencies
from corpu.transactions import unit_of_work
from corpu.vocabulary import goals, kinds
from corpu.web import requires, the_viewer

bp = Blueprint("catalog", __name__, template_folder="templates")

# Ranges of JP in the filter: code → (from, to), both included.
HOURS = {
    "1-2": (Decimal(0), Decimal(2)),
    "3-4": (Decimal("2.01"), Decimal(4)),
    "5-": (Decimal("4.01"), Decimal(9999)),
}


@dataclass(frozen=True)
class Filters:
    query: str
    goals: frozenset[int]
    competencies: frozenset[str]
    kinds: frozenset[str]
    hours: frozenset[str]

    @classmethod
    def from_request(cls) -> "Filters":
        """Unknown values are dropped: a filter never becomes an error."""
        picked = request.args.getlist
        return cls(
            query=request.args.get("q", "").strip()[:200],
            goals=frozenset(n for n in picked("goal", type=int) if n in goals()),
            competencies=frozenset(c for c in picked("competency") if c in competencies()),
            kinds=frozenset(k.upper() for k in picked("kind") if k.upper() in kinds()),
            hours=frozenset(h for h in picked("jp") if h in HOURS),
        )

    def admit(self, course: catalog.Listed, leaving_out: str = "") -> bool:
        """Within one filter any of its values, between filters all; one may be left out,
        to count what its values would give."""
        return (
            (not self.query or matches(self.query, course.search_stems))
            and (leaving_out == "goal" or not self.goals or bool(self.goals & set(course.goals)))
            and (
                leaving_out == "competency"
                or not self.competencies
                or any(code in self.competencies for code, _level in course.competencies)
            )
            and (leaving_out == "kind" or not self.kinds or course.kind in self.kinds)
            and (
                leaving_out == "jp"
                or not self.hours
                or any(HOURS[h][0] <= course.jp <= HOURS[h][1] for h in self.hours)
            )
        )

    @property
    def any(self) -> bool:
        return bool(self.query or self.goals or self.competencies or self.kinds or self.hours)


@bp.get("/courses")
@requires(Permission.LEARN)
def index():
    session = db.session()
    filters = Filters.from_request()
    everything = catalog.listed(session)
    found = [course for course in everything if filters.admit(course)]
    mine = {s.outline.slug: s for s in seats_of(session, the_viewer().id)}
    counts = {
        "goal": {
            n: sum(filters.admit(c, "goal") and n in c.goals for c in everything) for n in goals()
        },
        "competency": {
            code: sum(
                filters.admit(c, "competency") and code in dict(c.competencies) for c in everything
            )
            for code in competencies()
        },
        "kind": {
            kind: sum(filters.admit(c, "kind") and c.kind == kind for c in everything)
            for kind in kinds()
        },
        "jp": {
            code: sum(filters.admit(c, "jp") and low <= c.jp <= high for c in everything)
            for code, (low, high) in HOURS.items()
        },
    }
    return render_template(
        "catalog/index.html",
        filters=filters,
        found=found,
        total=len(everything),
        mine=mine,
        counts=counts,
        competencies=competencies(),
        kinds=kinds(),
    )


@bp.get("/courses/<slug>")
@requires(Permission.LEARN)
def course(slug: str):
    session = db.session()
    here = _seat(slug)
    return render_template(
        "catalog/course.html",
        seat=here,
        outline=here.outline,
        authors=catalog.authors_of(session, here.outline.edition_id),
        missing=service.missing_prerequisites(session, the_viewer().id, here.outline.prerequisites),
        conditions=told(session, the_viewer().id, here, clock.now()),
        competencies=competencies(),
        kinds=kinds(),
    )


@bp.post("/courses/<slug>/enrol")
@requires(Permission.LEARN)
def enrol(slug: str):
    with unit_of_work(db.session()) as session:
        service.enrol(session, the_viewer().id, slug, at=clock.now())
        here = seat(session, the_viewer().id, slug)
    assert here is not None
    # Whoever begins is asked first whether they want to show what they know; a link leads on.
    first = here.outline.diagnostic.page if here.outline.diagnostic else None
    onward = first if first is not None and here.may_be_tested else here.resume_page
    return redirect(url_for("learning.page", slug=slug, page_id=onward.id), code=303)


@bp.get("/courses/<slug>/leave")
@requires(Permission.LEARN)
def confirm_leaving(slug: str):
    here = _seat(slug)
    if not here.is_open:
        return redirect(url_for(".course", slug=slug), code=303)
    return render_template("catalog/leave.html", seat=here, outline=here.outline)


@bp.post("/courses/<slug>/leave")
@requires(Permission.LEARN)
def leave(slug: str):
    with unit_of_work(db.session()) as session:
        service.leave(session, the_viewer().id, slug, at=clock.now())
    flash(_("Anda keluar dari kursus ini. Kemajuan Anda tetap tersimpan."), "success")
    return redirect(url_for(".course", slug=slug), code=303)


def _seat(slug: str) -> Seat:
    here = seat(db.session(), the_viewer().id, slug)
    if here is None:
        raise NotFound
    return here
