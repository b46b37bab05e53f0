"""Beranda: one next step, how one stands this year, what one follows, what has happened."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import clock
from corpu.catalog import queries as catalog
from corpu.catalog.models import Course, Edition
from corpu.catalog.outline import Outline
from corpu.competency import queries as competency
from corpu.competency.words import step_text
from corpu.credentials.queries import Held, held_by
from corpu.extensions import db
from corpu.hours.queries import totals_of
from corpu.hours.rules import TARGET_JP, remaining
from corpu.identity import Viewer
from corpu.learning.seat import Seat, seats_of
from corpu.reporting import news, steps, words
from corpu.reporting.duties import duties_of
from corpu.reporting.news import Happened, Piece
from corpu.team import words as team_words
from corpu.team.members import Member
from corpu.team.rules import Want
from corpu.team.views import plan_month
from corpu.zones import local_date, local_year

MOST_COURSES = 5  # the rest is one link away
MOST_NEWS = 6
MOST_TEAM = 3


def page(viewer: Viewer) -> str:
    """Draw Beranda. At most ten statements for a learner, who looks included."""
    session, now = db.session(), clock.now()
    year = local_year(now, viewer.timezone)
    seats = seats_of(session, viewer.id)
    running = [seat for seat in seats if seat.is_open]
    profile = competency.profile_of(session, viewer.id, now)
    step = steps.continued(seats)
    if step is None:
        gap = competency.next_step(session, profile)
        step = steps.next_step(seats, gap, open_courses(session), profile.standing.post_type)
    jp = totals_of(session, [viewer.id], year)[viewer.id]
    held = held_by(session, viewer.id)
    today = local_date(now, viewer.timezone)
    pieces = news.pieces_of(session, viewer.id, now, today)
    duties = duties_of(session, viewer, now, plan_month=plan_month())
    near, later = words.ending_items(pieces, today)
    team, waiting = list(duties.team), [*near, *words.duty_items(duties), *later]
    lead = None
    if not step.is_under_way and near:
        lead = waiting.pop(0)
    elif step.is_free:
        lead = _take_first(team, waiting)
    if lead is not None:
        step = steps.NextStep(steps.Kind.DUTY)
    return render_template(
        "reporting/home.html",
        step=step,
        step_text=step_text(step.gap) if step.gap else "",
        step_url=lead.url if lead else step_url(step),
        lead=lead,
        running=running[:MOST_COURSES],
        more_courses=max(0, len(running) - MOST_COURSES),
        has_learnt=bool(seats),
        year=year,
        jp=jp,
        target=TARGET_JP,
        missing=remaining(jp),
        profile=profile,
        certificates=_Certificates.of(held, pieces, running),
        news=words.news_items(held, pieces, running, now, viewer.timezone)[:MOST_NEWS],
        team=team[:MOST_TEAM],
        more_team=max(0, len(team) - MOST_TEAM),
        duties=waiting,
        words=team_words,
        now=now,
    )


def _take_first(team: list[tuple[Member, Want]], waiting: list[words.Duty]) -> words.Duty | None:
    """Take out what others wait for most: somebody's certificate, then one's people."""
    for place, duty in enumerate(waiting):
        if duty.url:
            return waiting.pop(place)
    return words.first_of_team(*team.pop(0)) if team else None


def open_courses(session: Session) -> dict[str, Outline]:
    """Every open course by its slug, by title. One statement, and the outlines that this
    process has not seen yet."""
    ids = session.scalars(
        select(Edition.id)
        .join(Course, Course.id == Edition.course_id)
        .where(Edition.is_current, Course.archived_at.is_(None))
        .order_by(Edition.title)
    )
    outlines = [catalog.outline(session, edition_id) for edition_id in ids.all()]
    return {outline.slug: outline for outline in outlines}


def step_url(step: steps.NextStep) -> str:
    """The exact place where the step is taken."""
    if step.outline is None:
        return url_for("catalog.index")
    if step.page is None:
        return url_for("catalog.course", slug=step.outline.slug)
    return url_for(
        "learning.page", slug=step.outline.slug, page_id=step.page.id, _anchor=step.place
    )


# -------------------------------------------------------------------------- certificates


@dataclass(frozen=True)
class _Certificates:
    issued: int  # in force
    latest: Held | None
    pending: int  # completed, but not issued yet
    awaiting_grade: int  # courses in which an answer waits for a grade

    @classmethod
    def of(
        cls, held: list[Held], pieces: Iterable[Piece], running: Iterable[Seat]
    ) -> "_Certificates":
        valid = [one for one in held if one.revoked_at is None and one.superseded_at is None]
        return cls(
            issued=len(valid),
            latest=valid[0] if valid else None,
            pending=sum(piece.kind is Happened.PENDING for piece in pieces),
            awaiting_grade=sum(bool(words.awaiting(seat)) for seat in running),
        )
