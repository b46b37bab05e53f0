"""The Buku JP of the person who looks."""

from dataclasses import dataclass
from decimal import Decimal

from flask import render_template, request
from sqlalchemy.orm import Session

from corpu import clock
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.hours import claim_views, queries, words
from corpu.hours.blueprint import bp
from corpu.hours.checks import own_checks
from corpu.hours.claim_queries import own_claims
from corpu.hours.forecast import forecast
from corpu.identity import Viewer
from corpu.learning.seat import Seat, seats_of
from corpu.learning.words import left_out_words
from corpu.people import export as own_data
from corpu.permissions import Permission
from corpu.web import requires, the_viewer
from corpu.zones import local_date, local_year, zone_label

__all__ = ["bp", "claim_views"]

own_data.register("hours", queries.own_part)
own_data.register("hour_claims", own_claims)
own_data.register("hour_claim_checks", own_checks)


@bp.get("/me/hours")
@requires(Permission.LEARN)
def book():
    session, person, now = db.session(), the_viewer(), clock.now()
    this_year = local_year(now, person.timezone)
    closed = queries.years_of(session, person.id)
    # On the last evening of a year the hours of a unit further east are already next year's.
    years = sorted({this_year, *closed}, reverse=True)
    year = _asked_year(years, this_year)
    mine = queries.book_of(session, person.id, year)
    is_running = year == this_year
    sums = mine.sums
    ahead = forecast(mine.total, sums.waiting, local_date(now, person.timezone))
    return render_template(
        "hours/book.html",
        book=mine,
        sums=sums,
        caps=words.cut_off(mine.claims),
        forecast=words.forecast_words(ahead, sums.waiting, year) if is_running else "",
        closed_at=closed.get(year),
        words=words,
        left_out_words=left_out_words,
        years=years,
        is_running=is_running,
        quickest=_quickest(session, person, mine.remaining) if is_running else None,
        now=now,
        zone_label=zone_label,
    )


def _asked_year(years: list[int], this_year: int) -> int:
    """The year in the address; one without any hours is no page."""
    asked = request.args.get("year", "").strip()
    if not asked:
        return this_year
    found = {str(year): year for year in years}.get(asked)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class Quickest:
    """The running course that closes most of the duty with what is left to do of it."""

    seat: Seat
    pages_left: int
    jp: Decimal


def _quickest(session: Session, person: Viewer, missing: Decimal) -> Quickest | None:
    """Among the courses under way the one that closes the gap, with the fewest pages left;
    where none does, the one with the most JP."""
    running = [
        Quickest(seat, len(seat.outline.pages) - seat.pages_done, seat.jp)
        for seat in (seats_of(session, person.id) if missing else [])
        if seat.is_open and not seat.is_archived
    ]
    return min(
        running,
        key=lambda one: (one.jp < missing, one.pages_left if one.jp >= missing else -one.jp),
        default=None,
    )
