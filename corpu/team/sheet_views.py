"""What one talks over: the sheet of one person, and the people behind a cell of the heat map."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for

from corpu import clock
from corpu.competency import queries as competency
from corpu.competency.ways import way_to_close
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.hours.forecast import forecast
from corpu.hours.queries import book_of
from corpu.people.queries import capacities_of, places_over
from corpu.people.rules import printed_nip
from corpu.permissions import Permission
from corpu.plans.queries import plan_of
from corpu.standards.words import competencies
from corpu.team import facts, queries, words
from corpu.team.gaps import gaps_of
from corpu.team.screen import PEOPLE_SHOWN, part_of
from corpu.team.views import bp, note_visit, plan_month
from corpu.web import page_asked, requires, the_viewer


@bp.get("/team/<uuid:person_id>/sheet")
@requires(Permission.SEE_TEAM)
def sheet(person_id: UUID) -> str:
    """One person on paper, to talk over."""
    session, me, now = db.session(), the_viewer(), clock.now()
    places = places_over(session, me.id, person_id, now)
    if not places:
        raise NotFound
    nearest = min(places, key=lambda one: one.depth)
    found = queries.members_of(
        session,
        me.id,
        [nearest],
        now,
        capacities=capacities_of(session, me.id, now),
        plan_month=plan_month(),
    )
    if not found:  # the account is not active: there is nobody to talk to
        raise NotFound
    [member] = found
    book = book_of(session, person_id, member.year)
    profile = competency.profile_of(session, person_id, now)
    plan, way = plan_of(session, person_id, member.year), way_to_close(session, person_id, now)
    page = render_template(
        "team/sheet.html",
        member=member,
        standing=profile.standing,
        nip=printed_nip(profile.standing.nip),
        profile=profile,
        book=book,
        ahead=forecast(book.total, book.sums.waiting, member.day),
        plan=plan,
        way=way,
        rated=facts.latest_ratings(session, person_id),
        questions=words.questions(member, plan, way),
        words=words,
        at=now,
    )
    note_visit(person_id, now)
    return page


@bp.get("/team/gaps")
@requires(Permission.SEE_TEAM)
def gaps() -> str:
    """The rows behind a column or a unit of the heat map."""
    everybody, now = request.args.get("line") == "all", clock.now()
    code, unit = request.args.get("code") or None, _unit(request.args.get("unit"))
    if code is not None and code not in competencies():
        raise NotFound
    team = queries.team_of(db.session(), the_viewer().id, now, everybody=everybody)
    found = gaps_of(team.members, code=code, unit=unit)
    chosen: dict[str, Any] = {
        "line": "all" if everybody else None,
        "code": code,
        "unit": request.args.get("unit"),
    }
    return render_template(
        "team/gaps.html",
        gaps=part_of(found, page_asked(), PEOPLE_SHOWN),
        code=code,
        unit_name=next((gap.member.unit_name for gap in found), "") if unit else "",
        back=url_for("team.index", line=chosen["line"], _anchor="peta"),
        link_to=lambda page: url_for("team.gaps", **chosen, page=page),
        competencies=competencies(),
        words=words,
        at=now,
    )


def _unit(text: str | None) -> UUID | str | None:
    """The unit asked for: None for any, "" for people without one."""
    if not text:
        return text
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
