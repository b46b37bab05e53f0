"""What the owner's and the supervisor's pages of a plan share: what they show, how they act."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from corpu.errors import DomainError, NotAllowed, NotFound, RuleBroken
from corpu.extensions import db
from corpu.people.queries import standing, supervisor_of
from corpu.people.rules import printed_nip
from corpu.plans import queries
from corpu.plans.forms import Versioned
from corpu.plans.steps import AHEAD, PlanChanged
from corpu.transactions import unit_of_work
from corpu.zones import local_date


def plan_page(session: Session, person_id: UUID, asked: str, now: datetime) -> dict[str, Any]:
    """What every page of a plan shows: the plan of the year asked for, the years there are.
    A year without a plan, other than this and the next, is no page."""
    here = standing(session, person_id, now)
    today = local_date(now, here.timezone)
    written = queries.years_of(session, person_id)
    years = sorted({today.year + ahead for ahead in range(AHEAD + 1)} | set(written), reverse=True)
    year = {str(one): one for one in years}.get(asked or str(today.year))
    if year is None:
        raise NotFound
    above = supervisor_of(session, person_id, now)
    return {
        "plan": queries.plan_of(session, person_id, year),
        "years": years,
        "this_year": today.year,
        "today": today,
        "standing": here,
        "nip": printed_nip(here.nip),
        "supervisor": above[1] if above else "",
    }


def at_once(act: Callable[[Any, Versioned], str], back: str) -> Any:
    """An act of one button. What a rule refuses is said above the plan as it is now: nothing
    was typed that could be lost."""
    form = Versioned()
    try:
        with unit_of_work(db.session()) as session:
            said = act(session, form)
    except RuleBroken as refusal:
        flash(_(refusal.message, **refusal.params), "error")
    else:
        flash(said, "success")
    return redirect(back, code=303)


def with_form(
    form: Versioned,
    act: Callable[[Any], str | None],
    page: Callable[[], str],
    back: str,
    said: str,
    version: Callable[[], int],
) -> Any:
    """An act of a form: done and back to the plan, or the form again with what is wrong. Who saw
    an older plan is shown the present one's version with what they wrote, to look
    and repeat. The act may answer what was done in better words than `said`."""
    if request.method == "GET":
        return page()
    if not form.validate_on_submit():
        return page(), 422
    try:
        with unit_of_work(db.session()) as session:
            said = act(session) or said
    except (NotFound, NotAllowed):
        raise
    except DomainError as refusal:
        form.form_errors.append(_(refusal.message, **refusal.params))
        if isinstance(refusal, PlanChanged):
            form.look_again(version())
        return page(), refusal.status
    flash(said, "success")
    return redirect(back, code=303)
