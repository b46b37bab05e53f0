"""What one kind of post, or the post of one person, requires on a day, and what says so."""

from dataclasses import dataclass
from uuid import UUID

from flask import render_template, request

from corpu.forms import day_of
from corpu.manage import words
from corpu.manage.blueprint import bp
from corpu.manage.scope import check_person, reach_of
from corpu.manage.standard_scope import Desk, desk
from corpu.manage.standard_views import units_to_choose
from corpu.people.models import Person
from corpu.people.records import UnknownPerson, UnknownUnit
from corpu.people.requirement import Requirement, history_of, requirement_of, requirement_on
from corpu.permissions import Permission
from corpu.web import requires, the_viewer


@dataclass(frozen=True)
class AskedPost:
    """Which posts an address means."""

    post_type: str
    title: str = ""
    unit_id: UUID | None = None
    unit_name: str = ""


@bp.get("/manage/standards/post")
@requires(Permission.MANAGE_STANDARDS)
def post_requirement() -> str:
    """By kind, title and unit; or what `person` names, whose posting may ask something itself."""
    here, text = desk(), request.args.get("day", "")
    day = day_of(text) or here.today
    person = _person(here)
    asked = _asked(here)
    found: Requirement | None
    if person is not None:
        found = requirement_on(here.session, person.id, day)
    else:
        unit = (asked.unit_id, asked.unit_name) if asked.unit_id else None
        found = requirement_of(
            here.session, here.agency_id, asked.post_type, asked.title, unit, day
        )
    return render_template(
        "manage/post_requirement.html",
        person=person,
        asked=asked,
        found=found,
        steps=history_of(here.session, person.id, here.today) if person else [],
        day=day,
        wrong_day=bool(text) and day_of(text) is None,
        units=units_to_choose(here.session, here.agency_id),
        may_change=here.may_change,
        words=words,
    )


def _person(here: Desk) -> Person | None:
    """Whose post is meant; somebody out of reach is not to be found."""
    text = request.args.get("person", "")
    if not text:
        return None
    try:
        person_id = UUID(text)
    except ValueError:
        raise UnknownPerson from None
    reach = reach_of(here.session, the_viewer(), Permission.MANAGE_STANDARDS)
    check_person(here.session, person_id, reach, here.now)
    person = here.session.get_one(Person, person_id)
    if person.agency_id != here.agency_id:
        raise UnknownPerson
    return person


def _asked(here: Desk) -> AskedPost:
    kinds = words.post_types()
    kind = request.args.get("post_type", "")
    kind = kind if kind in kinds else next(iter(kinds))
    title, wanted = request.args.get("title", "").strip()[:200], request.args.get("unit", "")
    if not wanted:
        return AskedPost(kind, title)
    units = units_to_choose(here.session, here.agency_id)
    unit = next((one for one in units if str(one.id) == wanted), None)
    if unit is None:
        raise UnknownUnit
    return AskedPost(kind, title, unit.id, unit.name)
