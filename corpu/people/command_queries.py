"""Reading who acts for whom and in which acting posts, and who would stand above whom."""

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from corpu.people.models import Account, ActingPost, Basis, Delegation, Person, Supervision, Unit
from corpu.people.queries import agency_day, full_name, in_force
from corpu.people.rules import Edge, StandIn, has_loop, through


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


def direct_of(session: Session, principal_id: UUID, started_on: date, ended_on: date) -> list[Edge]:
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
