"""Claims of learning: what waits for a decision, one of them with its likely double beside it."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from corpu import clock
from corpu.credentials import closing
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.forms import Form
from corpu.hours import check_words, checks, claim_queries, claims
from corpu.hours import words as hour_words
from corpu.hours.claim_queries import ClaimLine
from corpu.hours.claim_views import proof_response
from corpu.hours.models import Decision, State
from corpu.hours.queries import closed_at
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.forms import DecideForm
from corpu.manage.scope import Reach, check_person, reach_of
from corpu.numbers import whole
from corpu.people.models import Person
from corpu.people.records import UnknownPerson
from corpu.permissions import Permission, units_in_reach
from corpu.transactions import unit_of_work
from corpu.web import page_asked, requires, the_viewer

PAGE = 25
SHOWN = (State.CLAIMED, State.VERIFIED, State.REFUSED)
DECISIONS = {one.value: one for one in (Decision.VERIFIED, Decision.REFUSED)}


def _reach() -> Reach:
    return reach_of(db.session(), the_viewer(), Permission.VERIFY_HOURS)


@bp.get("/manage/hours")
@requires(Permission.VERIFY_HOURS)
def hours() -> str:
    session, now, reach = db.session(), clock.now(), _reach()
    asked = request.args.get("state", "")
    state = State(asked) if asked in SHOWN else State.CLAIMED
    number = page_asked()
    first = (number - 1) * PAGE
    counts = claim_queries.queue_counts(session, reach.units, now)
    rows = claim_queries.queue(session, reach.units, state, now, first=first, limit=PAGE)
    return render_template(
        "manage/hours.html",
        rows=rows,
        state=state,
        states=SHOWN,
        counts=counts,
        first=first,
        previous_url=url_for(".hours", state=state.value, page=number - 1) if first else "",
        next_url=url_for(".hours", state=state.value, page=number + 1)
        if first + PAGE < counts[state]
        else "",
        me=the_viewer(),
        hour_words=hour_words,
    )


def _found(claim_id: UUID) -> ClaimLine:
    """The claim, or NotFound also where its person is out of reach."""
    found = claim_queries.claim_of(db.session(), claim_id)
    if found is None:
        raise NotFound
    try:
        check_person(db.session(), found.person_id, _reach(), clock.now())
    except UnknownPerson:
        raise NotFound from None
    return found


@bp.route("/manage/hours/<uuid:claim_id>", methods=["GET", "POST"])
@requires(Permission.VERIFY_HOURS)
def hour_claim(claim_id: UUID) -> Any:
    me, now = the_viewer(), clock.now()
    found = _found(claim_id)
    form = DecideForm()
    act = Act(form)
    if act.is_asked():
        decision = DECISIONS.get(form.decision.data or "")
        if decision is None:
            raise NotFound
        seen = whole(form.seen.data)
        reach = _reach()
        with act, unit_of_work(db.session()) as session:
            check_person(session, found.person_id, reach, now)
            claims.decide(
                session,
                claim_id,
                decision,
                by=me,
                reason=form.reason.data or "",
                seen=-1 if seen is None else seen,
                at=now,
            )
        if act.is_done:
            flash(_said(decision, found), "ok")
            return redirect(url_for(".hours"), code=303)
        found = _found(claim_id)
    session = db.session()
    page = render_template(
        "manage/hour_claim.html",
        line=found,
        closed_at=closed_at(session, found.person_id, found.year),
        person=session.get_one(Person, found.person_id),
        doubles=claim_queries.doubles_of(session, found.person_id, found.learning),
        decisions=claim_queries.decisions_on(session, claim_id),
        found=checks.found_of(session, claim_id),
        check_words=check_words,
        form=form,
        is_own=found.person_id == me.id,
        hour_words=hour_words,
    )
    return page, act.status


def _said(decision: Decision, found: ClaimLine) -> str:
    if decision is Decision.VERIFIED:
        return _("Diverifikasi: %(title)s.", title=found.title)
    return _("Ditolak: %(title)s.", title=found.title)


@bp.get("/manage/hours/years")
@requires(Permission.VERIFY_HOURS)
def hour_years() -> str:
    """Which years are closed, and for how many people in reach."""
    now = clock.now()
    lines = closing.years(db.session(), units_in_reach(the_viewer(), Permission.VERIFY_HOURS), now)
    return render_template("manage/hour_years.html", lines=lines, now=now)


@bp.route("/manage/hours/years/<year>/close", methods=["GET", "POST"])
@requires(Permission.VERIFY_HOURS)
def close_hours(year: str) -> Any:
    me, now = the_viewer(), clock.now()
    tops = units_in_reach(me, Permission.VERIFY_HOURS)
    lines = {str(one.year): one for one in closing.years(db.session(), tops, now)}
    if year not in lines:  # running, long past, or no year at all
        raise NotFound
    line = lines[year]
    form = Form()
    if form.validate_on_submit():
        with unit_of_work(db.session()) as session:
            closing.plan_closing(session, line.year, tops, by=me, at=now)
        flash(_("Buku JP %(year)s sedang ditutup di latar.", year=year), "ok")
        return redirect(url_for(".hour_years"), code=303)
    return render_template("manage/hour_close.html", line=line, form=form)


@bp.get("/manage/hours/<uuid:claim_id>/proof")
@requires(Permission.VERIFY_HOURS)
def hour_proof(claim_id: UUID) -> Response:
    """The file that the person sent."""
    return proof_response(_found(claim_id))
