"""Use cases: acting in a post beside one's own, and deciding in a supervisor's place.

Both end on a day that is said at the beginning and can be ended earlier, at once. Neither may
close a circle: on no day may somebody stand above themselves, at any depth, be it by their own
relations or in somebody's place.
"""

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from corpu.errors import N_, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.people.models import (
    Account,
    ActingKind,
    ActingPost,
    Basis,
    Delegation,
    Person,
    Supervision,
    Unit,
)
from corpu.people.queries import agency_day, full_name, in_force
from corpu.people.records import (
    EndsBeforeStart,
    UnknownUnit,
    lock_agency,
    log,
    plain,
    the_person,
)
from corpu.people.rules import (
    Edge,
    InvalidInput,
    StandIn,
    clean_text,
    has_loop,
    longest_end,
    through,
)


class OwnDeputy(RuleBroken):
    field = "deputy"
    message = N_("Pilih orang lain: kewenangan tidak diserahkan kepada diri sendiri.")


class DeputyInactive(RuleBroken):
    field = "deputy"
    message = N_("Akun %(name)s nonaktif, jadi tidak dapat bertindak.")


class TooLong(RuleBroken):
    field = "ended_on"
    message = N_("Paling lama setahun: sampai %(last)s.")


class BeginsInThePast(RuleBroken):
    field = "started_on"
    message = N_("Penyerahan mulai paling awal hari ini.")


class EndedAlready(RuleBroken):
    field = "ended_on"
    message = N_("Hari terakhirnya sudah lewat.")


class NothingToHandOver(RuleBroken):
    message = N_(
        "Pada masa itu tidak ada pegawai yang tercatat sebagai bawahan langsung %(name)s. "
        "Kewenangan yang diterima dari orang lain tidak dapat diserahkan lagi."
    )


class HandedOverAlready(RuleBroken):
    field = "started_on"
    message = N_(
        "Pada masa itu kewenangan sudah diserahkan kepada %(name)s. Akhiri dahulu penyerahan itu."
    )


class CommandLoop(RuleBroken):
    field = "deputy"
    message = N_(
        "Dengan ini %(deputy)s akan memutuskan tentang orang yang berada di atasnya, langsung "
        "atau tidak langsung. Pilih orang lain."
    )


class NoSuchDelegation(NotFound):
    message = N_("Penyerahan ini tidak ada di sini.")


class NoSuchActingPost(NotFound):
    message = N_("Penugasan ini tidak ada di sini.")


class BadActingPost(InvalidInput):
    field = "title"
    message = N_("Tulis nama jabatan, paling panjang 200 huruf.")


# ------------------------------------------------------------------------------ handing over


def hand_over(
    session: Session,
    principal_id: UUID,
    deputy_id: UUID,
    *,
    started_on: date,
    ended_on: date,
    by: Viewer,
    reason: str,
    at: datetime,
) -> Delegation:
    """Let a deputy approve plans and rate in the principal's place, both days included.

    The same again is the first one. Raises OwnDeputy, DeputyInactive, BeginsInThePast, TooLong,
    EndsBeforeStart, NothingToHandOver, HandedOverAlready, CommandLoop.
    """
    lock_agency(session)
    if principal_id == deputy_id:
        raise OwnDeputy
    principal, deputy = the_person(session, principal_id), the_person(session, deputy_id)
    _check_active(session, deputy)
    _check_days(started_on, ended_on)
    if started_on < agency_day(session, at):
        raise BeginsInThePast
    shared = session.scalars(
        select(Delegation)
        .where(
            Delegation.principal_id == principal_id,
            Delegation.basis == Basis.DEPUTY,
            Delegation.revoked_at.is_(None),
            Delegation.started_on <= ended_on,
            Delegation.ended_on >= started_on,
        )
        .order_by(Delegation.started_on)
        .execution_options(populate_existing=True)
    ).first()
    if shared is not None:
        known = (shared.deputy_id, shared.started_on, shared.ended_on)
        if known == (deputy_id, started_on, ended_on):
            return shared
        raise HandedOverAlready(name=the_person(session, shared.deputy_id).full_name)
    return _stand_in(
        session,
        principal,
        deputy,
        basis=Basis.DEPUTY,
        started_on=started_on,
        ended_on=ended_on,
        by=by,
        reason=reason,
        at=at,
    )


def take_back(
    session: Session, delegation_id: UUID, *, by: Viewer, reason: str = "", at: datetime
) -> Delegation:
    """End a delegation at once, by whoever handed it over or received it. What was decided
    stands. Anybody else, and an acting one, which ends with its post: NoSuchDelegation."""
    lock_agency(session)
    found = session.get(Delegation, delegation_id, populate_existing=True)
    if (
        found is None
        or found.basis is not Basis.DEPUTY
        or by.id not in (found.principal_id, found.deputy_id)
    ):
        raise NoSuchDelegation
    _revoke(session, found, by=by, reason=reason, at=at)
    return found


def _stand_in(
    session: Session,
    principal: Person,
    deputy: Person,
    *,
    basis: Basis,
    started_on: date,
    ended_on: date,
    by: Viewer,
    reason: str,
    at: datetime,
    acting_post_id: UUID | None = None,
) -> Delegation:
    direct = _direct_of(session, principal.id, started_on, ended_on)
    if not direct and basis is Basis.DEPUTY:
        raise NothingToHandOver(name=principal.full_name)
    wanted = StandIn(principal.id, deputy.id, started_on, ended_on)
    if closes_circle(session, through(direct, [wanted])):
        raise CommandLoop(deputy=deputy.full_name)
    found = Delegation(
        principal_id=principal.id,
        deputy_id=deputy.id,
        basis=basis,
        acting_post_id=acting_post_id,
        started_on=started_on,
        ended_on=ended_on,
        reason=clean_text(reason)[:1000],
        created_by_id=by.id,
        created_at=at,
    )
    session.add(found)
    session.flush()
    log(
        session,
        deputy,
        "delegation.begun",
        by=by,
        at=at,
        after=plain({"principal": principal.full_name, **_days(found)}),
        reason=reason,
    )
    return found


def _revoke(session: Session, found: Delegation, *, by: Viewer, reason: str, at: datetime) -> None:
    if found.revoked_at is not None or found.ended_on < agency_day(session, at):
        return
    found.revoked_at, found.revoked_by_id = at, by.id
    session.flush()
    principal = the_person(session, found.principal_id)
    log(
        session,
        the_person(session, found.deputy_id),
        "delegation.ended",
        by=by,
        at=at,
        before=plain({"principal": principal.full_name, **_days(found)}),
        after={"principal": principal.full_name, "revoked_at": at.isoformat()},
        reason=reason,
    )


def _days(found: Delegation | ActingPost) -> dict[str, date]:
    return {"started_on": found.started_on, "ended_on": found.ended_on}


def _check_active(session: Session, person: Person) -> None:
    account = session.get(Account, person.id)
    if account is None or not account.is_active:
        raise DeputyInactive(name=person.full_name)


def _check_days(started_on: date, ended_on: date) -> None:
    if ended_on < started_on:
        raise EndsBeforeStart
    if ended_on > (last := longest_end(started_on)):
        raise TooLong(last=last)


# ------------------------------------------------------------------------------ acting posts


def set_acting_post(
    session: Session,
    person_id: UUID,
    *,
    unit_id: UUID,
    kind: ActingKind,
    title: str,
    started_on: date,
    ended_on: date,
    line_of: UUID | None = None,
    by: Viewer,
    reason: str = "",
    at: datetime,
) -> ActingPost:
    """A post held as Plt, Plh or Pj beside one's own, from a day to a day, at most a year.

    `line_of` names the supervisor whose people answer to this person too while it lasts; their
    approvals and ratings are then made in that post. The same again is the first one.
    """
    lock_agency(session)
    person = the_person(session, person_id)
    unit = session.get(Unit, unit_id)
    if unit is None or unit.archived_at is not None:
        raise UnknownUnit
    title = clean_text(title)
    if not 1 <= len(title) <= 200:
        raise BadActingPost
    _check_days(started_on, ended_on)
    if ended_on < agency_day(session, at):
        raise EndedAlready
    if line_of == person_id:
        raise OwnDeputy
    values = {
        "unit_id": unit_id,
        "kind": kind,
        "title": title,
        "line_of_id": line_of,
        "started_on": started_on,
        "ended_on": ended_on,
    }
    same = session.scalars(
        select(ActingPost).filter_by(person_id=person_id, revoked_at=None, **values)
    ).first()
    if same is not None:
        return same
    post = ActingPost(person_id=person_id, created_at=at, **values)
    session.add(post)
    session.flush()
    leads = None
    if line_of is not None:
        _check_active(session, person)
        leads = the_person(session, line_of)
        _stand_in(
            session,
            leads,
            person,
            basis=Basis.ACTING,
            acting_post_id=post.id,
            started_on=started_on,
            ended_on=ended_on,
            by=by,
            reason=reason,
            at=at,
        )
    log(
        session,
        person,
        "acting.set",
        by=by,
        at=at,
        after=plain(
            {
                "title": post.printed,
                "unit": unit.name,
                "principal": leads.full_name if leads else "",
                **_days(post),
            }
        ),
        reason=reason,
    )
    return post


def end_acting_post(
    session: Session, acting_post_id: UUID, *, by: Viewer, reason: str = "", at: datetime
) -> ActingPost:
    """End an acting post at once, and with it the line that came with it."""
    lock_agency(session)
    post = session.get(ActingPost, acting_post_id, populate_existing=True)
    if post is None:
        raise NoSuchActingPost
    if post.revoked_at is not None or post.ended_on < agency_day(session, at):
        return post
    post.revoked_at = at
    session.flush()
    log(
        session,
        the_person(session, post.person_id),
        "acting.ended",
        by=by,
        at=at,
        before=plain({"title": post.printed, **_days(post)}),
        after={"title": post.printed, "revoked_at": at.isoformat()},
        reason=reason,
    )
    led = session.scalars(select(Delegation).filter_by(acting_post_id=post.id)).first()
    if led is not None:
        _revoke(session, led, by=by, reason=reason, at=at)
    return post


# ----------------------------------------------------------------------------------- circles


def closes_circle(session: Session, wanted: Collection[Edge]) -> bool:
    """Whether these relations, added to all there are, would let somebody stand above
    themselves on some day. Only what lies above the new supervisors can close a circle."""
    if not wanted:
        return False
    begins = min(edge.started_on for edge in wanted)
    above = edges_above(session, {edge.supervisor for edge in wanted}, begins)
    met = {edge.supervisor for edge in above} | {edge.person for edge in above}
    return has_loop([*above, *(edge for edge in wanted if edge.person in met)])


def edges_above(session: Session, people: Iterable[Hashable], from_day: date) -> list[Edge]:
    """Every relation upwards from some people that holds on some day from `from_day` on, those
    in somebody's place included. Two statements for each step up."""
    found: list[Edge] = []
    seen: set[Hashable] = set()
    here = set(people)
    while here:
        seen |= here
        own = _relations(session, Supervision.person_id.in_(here), from_day)
        steps = own + through(own, _stand_ins(session, {e.supervisor for e in own}, from_day))
        found += steps
        here = {edge.supervisor for edge in steps} - seen
    return found


def stand_ins_of(session: Session, principal_id: UUID, from_day: date) -> list[StandIn]:
    """Who stands in for this person on some day from `from_day` on."""
    return _stand_ins(session, {principal_id}, from_day)


def _direct_of(
    session: Session, principal_id: UUID, started_on: date, ended_on: date
) -> list[Edge]:
    edges = _relations(session, Supervision.supervisor_id == principal_id, started_on)
    return [edge for edge in edges if edge.started_on <= ended_on]


def _relations(session: Session, which: ColumnElement[bool], from_day: date) -> list[Edge]:
    rows = session.execute(
        select(
            Supervision.person_id,
            Supervision.supervisor_id,
            Supervision.started_on,
            Supervision.ended_on,
        ).where(which, or_(Supervision.ended_on.is_(None), Supervision.ended_on >= from_day))
    )
    return [Edge(*row) for row in rows]


def _stand_ins(session: Session, principals: Collection[Hashable], from_day: date) -> list[StandIn]:
    if not principals:
        return []
    rows = session.execute(
        select(
            Delegation.principal_id,
            Delegation.deputy_id,
            Delegation.started_on,
            Delegation.ended_on,
        ).where(
            Delegation.principal_id.in_(principals),
            Delegation.revoked_at.is_(None),
            Delegation.ended_on >= from_day,
        )
    )
    return [StandIn(*row) for row in rows]


# ----------------------------------------------------------------------------------- reading


@dataclass(frozen=True)
class Handed:
    """A delegation as the people concerned see it."""

    id: UUID
    basis: Basis
    principal_id: UUID
    principal: str
    deputy_id: UUID
    deputy: str
    acting: str  # `Plt. Kepala Bidang Air`, "" where it was handed over
    started_on: date
    ended_on: date
    reason: str
    revoked_at: datetime | None

    def is_open(self, day: date) -> bool:
        """Whether it holds on this day or begins later."""
        return self.revoked_at is None and self.ended_on >= day

    def holds_on(self, day: date) -> bool:
        return self.revoked_at is None and self.started_on <= day <= self.ended_on


def delegations_of(session: Session, *people: UUID) -> list[Handed]:
    """What these people handed over or were handed, of any time, latest first. One statement."""
    principal, deputy = aliased(Person), aliased(Person)
    rows = session.execute(
        select(Delegation, principal, deputy, ActingPost)
        .join(principal, principal.id == Delegation.principal_id)
        .join(deputy, deputy.id == Delegation.deputy_id)
        .outerjoin(ActingPost, ActingPost.id == Delegation.acting_post_id)
        .where(or_(Delegation.principal_id.in_(people), Delegation.deputy_id.in_(people)))
        .order_by(Delegation.started_on.desc(), Delegation.id.desc())
    )
    return [
        Handed(
            id=one.id,
            basis=one.basis,
            principal_id=one.principal_id,
            principal=full_name(above.title_before, above.name, above.title_after),
            deputy_id=one.deputy_id,
            deputy=full_name(below.title_before, below.name, below.title_after),
            acting=post.printed if post else "",
            started_on=one.started_on,
            ended_on=one.ended_on,
            reason=one.reason,
            revoked_at=one.revoked_at,
        )
        for one, above, below, post in rows
    ]


def acting_posts_of(session: Session, person_id: UUID) -> list[tuple[ActingPost, str, str]]:
    """Every acting post with the names of its unit and of whose line it leads, latest first."""
    leads = aliased(Person)
    rows = session.execute(
        select(ActingPost, Unit.name, leads)
        .join(Unit, Unit.id == ActingPost.unit_id)
        .outerjoin(leads, leads.id == ActingPost.line_of_id)
        .where(ActingPost.person_id == person_id)
        .order_by(ActingPost.started_on.desc(), ActingPost.id.desc())
    )
    return [(post, unit, who.full_name if who else "") for post, unit, who in rows]


def candidates(session: Session, principal_id: UUID, at: datetime) -> list[tuple[UUID, str]]:
    """Who may be chosen as a deputy: the direct people, those beside and the one above, with
    active accounts, by name. One statement besides the day."""
    day = agency_day(session, at)
    own, near = aliased(Supervision), aliased(Supervision)
    above = select(own.supervisor_id).where(own.person_id == principal_id, in_force(own, day))
    beside = select(near.person_id).where(
        or_(near.supervisor_id == principal_id, near.supervisor_id.in_(above)),
        in_force(near, day),
    )
    rows = session.execute(
        select(Person.id, Person.title_before, Person.name, Person.title_after)
        .join(Account, Account.person_id == Person.id)
        .where(
            or_(Person.id.in_(above), Person.id.in_(beside)),
            Person.id != principal_id,
            Account.is_active,
        )
        .order_by(Person.name, Person.id)
    )
    return [(row.id, full_name(row.title_before, row.name, row.title_after)) for row in rows]
