"""Use cases: acting in a post beside one's own, and deciding in a supervisor's place.

Both end on a day that is said at the beginning and can be ended earlier, at once. Neither may
close a circle: on no day may somebody stand above themselves, at any depth, be it by their own
relations or in somebody's place.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.errors import N_, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.people.command_queries import closes_circle, direct_of
from corpu.people.models import Account, ActingKind, ActingPost, Basis, Delegation, Person, Unit
from corpu.people.queries import agency_day
from corpu.people.records import EndsBeforeStart, UnknownUnit, lock_agency, log, plain, the_person
from corpu.people.rules import InvalidInput, StandIn, clean_text, longest_end, through


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
    direct = direct_of(session, principal.id, started_on, ended_on)
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
