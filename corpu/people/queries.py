"""Reading people: who looks, where somebody stands, who answers to whom.

A relation, role or post is "in force at a moment" by the day it then is in the zone of
the agency. Each function is one statement; the hot ones keep theirs built.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Date,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from corpu import vocabulary
from corpu.database import Identifier
from corpu.errors import NotFound
from corpu.identity import Viewer
from corpu.people.models import (
    Account,
    ActingPost,
    Agency,
    Basis,
    Delegation,
    Person,
    Posting,
    RoleAssignment,
    Supervision,
    Unit,
)
from corpu.permissions import Held, Permission, Role, units_in_reach
from corpu.standards.queries import STAMP, book_of, note_stamp
from corpu.standards.rules import Book
from corpu.zones import ZONE_LABELS

DEEPEST = 40  # a guard for recursion only: no line of supervisors is as long
ZONES = tuple(ZONE_LABELS)


@dataclass(frozen=True)
class Standing:
    """Where a person stands on a day: what facts of that day copy from it."""

    person_id: UUID
    full_name: str
    nip: str | None
    agency_id: UUID
    agency_name: str
    timezone: str
    unit_id: UUID | None = None
    unit_name: str = ""
    post_title: str = ""
    post_type: str = ""
    grade: str = ""
    required: dict[str, int] = field(default_factory=dict)
    post_since: date | None = None
    own_levels: dict[str, int] = field(default_factory=dict)  # that the posting itself asks
    agency_zone: str = ""


def today_in(zone: ColumnElement[str] | Any) -> ColumnElement[date]:
    """The day that it is in a zone that only the row knows; see `days_of` for the values."""
    days = {name: bindparam(f"day_{n}", type_=Date) for n, name in enumerate(ZONES)}
    return case(days, value=zone, else_=bindparam("day_0", type_=Date))


def days_of(at: datetime) -> dict[str, date]:
    """The values that `today_in` compares with, at this moment."""
    return {f"day_{n}": at.astimezone(ZoneInfo(name)).date() for n, name in enumerate(ZONES)}


def in_force(model: Any, day: Any) -> ColumnElement[bool]:
    """The condition that a dated row holds on a day, both ends included."""
    return and_(model.started_on <= day, or_(model.ended_on.is_(None), model.ended_on >= day))


def standing_in(day: Any) -> ColumnElement[bool]:
    """The condition that a delegation holds on a day. What was ended early stays ended, also
    where a clock was set back."""
    return and_(in_force(Delegation, day), Delegation.revoked_at.is_(None))


def agency_day(session: Session, at: datetime) -> date:
    """The day that it is where the agency is; the day of Jakarta before there is an agency."""
    zone = session.scalar(select(Agency.timezone).limit(1))
    return at.astimezone(ZoneInfo(zone or ZONES[0])).date()


# ------------------------------------------------------------------------- one person

_VIEWER = (
    select(
        Person.title_before,
        Person.name,
        Person.title_after,
        Account.epoch,
        Account.locale,
        Agency.name.label("agency_name"),
        Agency.short_name.label("agency_short"),
        Agency.timezone.label("agency_zone"),
        Unit.id.label("unit_id"),
        Unit.name.label("unit_name"),
        Unit.timezone.label("unit_zone"),
        RoleAssignment.role,
        RoleAssignment.unit_id.label("role_unit_id"),
        exists()
        .where(
            Supervision.supervisor_id == Person.id,
            in_force(Supervision, today_in(Agency.timezone)),
        )
        .correlate(Person, Agency)
        .label("supervises"),
        STAMP.label("standards"),
        exists()
        .where(Delegation.deputy_id == Person.id, standing_in(today_in(Agency.timezone)))
        .correlate(Person, Agency)
        .label("stands_in"),
    )
    .select_from(Person)
    .join(Account, Account.person_id == Person.id)
    .join(Agency, Agency.id == Person.agency_id)
    .outerjoin(
        Posting,
        and_(Posting.person_id == Person.id, in_force(Posting, today_in(Agency.timezone))),
    )
    .outerjoin(Unit, Unit.id == Posting.unit_id)
    .outerjoin(
        RoleAssignment,
        and_(
            RoleAssignment.person_id == Person.id,
            in_force(RoleAssignment, today_in(Agency.timezone)),
        ),
    )
    .where(Person.id == bindparam("person_id"), Account.is_active)
    .order_by(Posting.started_on.desc(), RoleAssignment.started_on, RoleAssignment.id)
)


def viewer_for(session: Session, person_id: UUID, epoch: int, at: datetime) -> Viewer | None:
    """Who this is, for a session begun in this epoch; None once the epoch has risen or the
    account was deactivated. One statement."""
    rows = session.execute(_VIEWER, {"person_id": person_id, **days_of(at)}).all()
    if not rows or rows[0].epoch != epoch:
        return None
    first = rows[0]
    note_stamp(session, first.standards)
    held = [Held(Role.LEARNER)]
    if first.supervises or first.stands_in:
        held.append(Held(Role.SUPERVISOR))
    assigned = [Held(row.role, row.role_unit_id) for row in rows if row.role is not None]
    return Viewer(
        id=person_id,
        name=full_name(first.title_before, first.name, first.title_after),
        epoch=first.epoch,
        locale=first.locale,
        unit_id=first.unit_id,
        unit_name=first.unit_name or "",
        agency_name=first.agency_name,
        agency_short=first.agency_short,
        timezone=first.unit_zone or first.agency_zone,
        roles=tuple(dict.fromkeys(held + assigned)),
    )


_STANDING = (
    select(
        Person.id,
        Person.nip,
        Person.title_before,
        Person.name,
        Person.title_after,
        Agency.id.label("agency_id"),
        Agency.name.label("agency_name"),
        Agency.timezone.label("agency_zone"),
        Unit.id.label("unit_id"),
        Unit.name.label("unit_name"),
        Unit.timezone.label("unit_zone"),
        Posting.title.label("post_title"),
        Posting.post_type,
        Posting.grade,
        Posting.required_levels,
        Posting.started_on,
        STAMP.label("standards"),
    )
    .select_from(Person)
    .join(Agency, Agency.id == Person.agency_id)
    .outerjoin(
        Posting,
        and_(Posting.person_id == Person.id, in_force(Posting, today_in(Agency.timezone))),
    )
    .outerjoin(Unit, Unit.id == Posting.unit_id)
    .where(Person.id == bindparam("person_id"))
    .order_by(Posting.started_on.desc())
    .limit(1)
)


def standing(session: Session, person_id: UUID, at: datetime) -> Standing:
    """Name, unit, post and what the post requires, on the day of `at`. One statement.

    Without a posting on that day the unit is None and the zone is that of the agency.
    Raises LookupError for an unknown person, which is a mistake of the caller.
    """
    row = session.execute(_STANDING, {"person_id": person_id, **days_of(at)}).first()
    if row is None:
        raise LookupError(person_id)
    note_stamp(session, row.standards)
    return Standing(
        person_id=row.id,
        full_name=full_name(row.title_before, row.name, row.title_after),
        nip=row.nip,
        agency_id=row.agency_id,
        agency_name=row.agency_name,
        timezone=row.unit_zone or row.agency_zone,
        unit_id=row.unit_id,
        unit_name=row.unit_name or "",
        post_title=row.post_title or "",
        post_type=row.post_type or "",
        grade=row.grade or "",
        required=required_levels(session, row, at),
        post_since=row.started_on,
        own_levels=dict(row.required_levels or {}),
        agency_zone=row.agency_zone,
    )


def required_levels(session: Session, row: Any, at: datetime) -> dict[str, int]:
    """Level per competency that a post asks on the day of `at`: what the posting itself says,
    over the standard in force for the post and its type, over the shipped level of the type
    (PermenPANRB 38/2017); empty where nothing is known.

    `row` names `agency_id`, `agency_zone`, `unit_id`, `post_title`, `post_type` and
    `required_levels`. No statement where the stamp was noted; see `standards.queries`.
    """
    if not row.post_type and not row.required_levels:
        return {}
    day = at.astimezone(ZoneInfo(row.agency_zone)).date()
    return levels_by(book_of(session), row, day)


def levels_by(book: Book, row: Any, day: date) -> dict[str, int]:
    """The same by any book, for a day: also by one that is only thought of."""
    asked = book.required(
        row.agency_id,
        row.post_type or "",
        row.post_title or "",
        row.unit_id,
        day,
        vocabulary.required_level(row.post_type) if row.post_type else 0,
    )
    own = {code: int(level) for code, level in (row.required_levels or {}).items()}
    return asked | {code: level for code, level in own.items() if code in book.rows(day)}


def full_name(title_before: str, name: str, title_after: str) -> str:
    """The name with its titles, from columns; the same as `Person.full_name`."""
    front = f"{title_before} {name}".strip()
    return f"{front}, {title_after}" if title_after else front


# ------------------------------------------------------------------------- supervision


class Place(NamedTuple):
    """Where somebody stands below a viewer: how deep, and in whose place the viewer then acts
    (None: in their own)."""

    person_id: UUID
    depth: int  # 1: answers directly
    principal_id: UUID | None = None


def _tops(viewer_id: Any, day: Any) -> Any:
    """The principals in whose place this person may decide on that day."""
    return select(Delegation.principal_id).where(
        Delegation.deputy_id == viewer_id, standing_in(day)
    )


def _below() -> Any:
    """The statement of `places_below`, for the values `viewer` and `day`."""
    viewer, day = bindparam("viewer", type_=Identifier), bindparam("day", type_=Date)
    top = Supervision.supervisor_id.label("top")
    line = (
        select(Supervision.person_id, literal(1).label("depth"), top)
        .where(
            or_(
                Supervision.supervisor_id == viewer,
                Supervision.supervisor_id.in_(_tops(viewer, day)),
            ),
            in_force(Supervision, day),
        )
        .cte("line", recursive=True)
    )
    below = aliased(Supervision)
    line = line.union(
        select(below.person_id, line.c.depth + 1, line.c.top).where(
            below.supervisor_id == line.c.person_id, in_force(below, day), line.c.depth < DEEPEST
        )
    )
    principal = case((line.c.top != viewer, line.c.top))  # NULL: one's own line
    depth = func.min(line.c.depth)
    return (
        select(line.c.person_id, depth, principal)
        .group_by(line.c.person_id, line.c.top)
        .order_by(depth, line.c.top != viewer, line.c.top, line.c.person_id)
    )


_BELOW = _below()


def places_below(session: Session, viewer_id: UUID, at: datetime) -> list[Place]:
    """Everybody whom this person may act upon on the day of `at`, nearest first, each once: by
    their own line, or that of whoever they stand in for. One statement besides the day."""
    rows = session.execute(_BELOW, {"viewer": viewer_id, "day": agency_day(session, at)})
    found: dict[UUID, Place] = {}
    for person_id, levels, principal_id in rows:  # the nearest, at the same depth one's own
        if person_id != viewer_id and person_id not in found:
            found[person_id] = Place(person_id, levels, principal_id)
    return list(found.values())


def line_of(session: Session, supervisor_id: UUID, at: datetime) -> list[tuple[UUID, int]]:
    """Everybody who answers to this person on the day of `at`, also through those they stand in
    for: direct ones with depth 1, those below with theirs. One statement besides the day."""
    return [(one.person_id, one.depth) for one in places_below(session, supervisor_id, at)]


def places_over(session: Session, viewer_id: UUID, person_id: UUID, at: datetime) -> list[Place]:
    """Every way in which the viewer stands above one person on that day, own ones first, then
    the nearest. Looks upwards: a person has one supervisor, a supervisor has many people."""
    if viewer_id == person_id:
        return []
    day = agency_day(session, at)
    up = (
        select(Supervision.supervisor_id, literal(1).label("depth"))
        .where(Supervision.person_id == person_id, in_force(Supervision, day))
        .cte("up", recursive=True)
    )
    above = aliased(Supervision)
    up = up.union(
        select(above.supervisor_id, up.c.depth + 1).where(
            above.person_id == up.c.supervisor_id, in_force(above, day), up.c.depth < DEEPEST
        )
    )
    rows = session.execute(
        select(up.c.supervisor_id, func.min(up.c.depth))
        .where(
            or_(
                up.c.supervisor_id == viewer_id,
                up.c.supervisor_id.in_(_tops(viewer_id, day)),
            )
        )
        .group_by(up.c.supervisor_id)
    )
    found = [Place(person_id, depth, None if top == viewer_id else top) for top, depth in rows]
    return sorted(found, key=lambda one: (one.principal_id is not None, one.depth))


def is_in_line(session: Session, supervisor_id: UUID, person_id: UUID, at: datetime) -> int | None:
    """How far above the person the supervisor stands on that day (1: direct), also in somebody's
    place, or None."""
    places = places_over(session, supervisor_id, person_id, at)
    return min((one.depth for one in places), default=None)


@dataclass(frozen=True)
class Capacity:
    """In whose place somebody acts, why, and until when."""

    delegation_id: UUID
    principal_id: UUID
    principal: str  # full name
    basis: Basis
    started_on: date
    ended_on: date
    acting: str = ""  # `Plt. Kepala Bidang Air`

    def signed(self, name: str) -> str:
        """The name as a fact keeps it: facts keep the words of their day, in Indonesian."""
        return f"{name}, {self.acting or BEHALF + self.principal}"


BEHALF = "atas nama "  # as it stands before a signature, whatever the reader's language


def capacities_of(session: Session, viewer_id: UUID, at: datetime) -> dict[UUID, Capacity]:
    """Those in whose place this person may decide on the day of `at`, by the principal. Where
    they both act in a post and were handed it over, the acting one speaks. One statement
    besides the day."""
    day = agency_day(session, at)
    rows = session.execute(
        select(
            Delegation,
            ActingPost,
            Person.title_before,
            Person.name,
            Person.title_after,
        )
        .join(Person, Person.id == Delegation.principal_id)
        .outerjoin(ActingPost, ActingPost.id == Delegation.acting_post_id)
        .where(Delegation.deputy_id == viewer_id, standing_in(day))
        .order_by(Delegation.acting_post_id.is_not(None), Delegation.started_on)
    )
    return {
        one.principal_id: Capacity(
            one.id,
            one.principal_id,
            full_name(*names),
            one.basis,
            one.started_on,
            one.ended_on,
            post.printed if post else "",
        )
        for one, post, *names in rows
    }


def capacity_at(session: Session, viewer_id: UUID, place: Place, at: datetime) -> Capacity | None:
    """In whose place the viewer acts where they stand above somebody; None where in their own.

    Raises NotFound where that has ended since the place was read: nobody decides as themselves
    upon people of somebody else.
    """
    if place.principal_id is None:
        return None
    held = capacities_of(session, viewer_id, at)
    if place.principal_id not in held:
        raise NotFound
    return held[place.principal_id]


def capacity_over(
    session: Session, viewer_id: UUID, person_id: UUID, at: datetime
) -> Capacity | None:
    """In whose place the viewer acts as the direct supervisor of a person, see `capacity_at`.
    Raises NotFound also where they do not. At most two statements besides the days."""
    places = [one for one in places_over(session, viewer_id, person_id, at) if one.depth == 1]
    if not places:
        raise NotFound
    return capacity_at(session, viewer_id, places[0], at)


def supervisor_of(session: Session, person_id: UUID, at: datetime) -> tuple[UUID, str] | None:
    """Identifier and name of the direct supervisor on the day of `at`."""
    row = session.execute(
        select(Person.id, Person.title_before, Person.name, Person.title_after)
        .join(Supervision, Supervision.supervisor_id == Person.id)
        .where(
            Supervision.person_id == person_id,
            in_force(Supervision, agency_day(session, at)),
        )
        .order_by(Supervision.started_on.desc())
        .limit(1)
    ).first()
    return (row.id, full_name(row.title_before, row.name, row.title_after)) if row else None


# ------------------------------------------------------------------------------ units


def branch(session: Session, unit_ids: Collection[UUID]) -> set[UUID]:
    """These units and every unit below them."""
    if not unit_ids:
        return set()
    tree = select(Unit.id).where(Unit.id.in_(unit_ids)).cte("tree", recursive=True)
    below = aliased(Unit)
    tree = tree.union(select(below.id).where(below.parent_id == tree.c.id))
    return set(session.scalars(select(tree.c.id)))


def reach(session: Session, viewer: Viewer, permission: Permission) -> set[UUID] | None:
    """The units in which the viewer holds the permission; None for the whole agency."""
    tops = units_in_reach(viewer, permission)
    return None if tops is None else branch(session, tops)


def is_within(
    session: Session, person_id: UUID, units: Collection[UUID] | None, at: datetime
) -> bool:
    """Whether the person exists and, today, belongs to one of the units (None: any or none)."""
    statement = select(Person.id).where(Person.id == person_id)
    if units is not None:
        day = agency_day(session, at)
        statement = statement.join(Posting, Posting.person_id == Person.id).where(
            in_force(Posting, day), Posting.unit_id.in_(units)
        )
    return session.scalar(statement.limit(1)) is not None
