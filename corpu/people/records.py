"""What the use cases of this room share: fetching a person, and writing down who did what."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.errors import N_, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.people.models import Account, Agency, Person
from corpu.people.queries import standing

CONSOLE = "konsol"  # the actor of commands and of the first set-up


class UnknownPerson(NotFound):
    message = N_("Orang ini tidak ada di sini.")


class UnknownUnit(NotFound):
    message = N_("Unit ini tidak ada di sini.")


class EndsBeforeStart(RuleBroken):
    field = "ended_on"
    message = N_("Hari terakhir tidak boleh sebelum hari pertama.")


class LaterEntryExists(RuleBroken):
    field = "started_on"
    message = N_("Sudah ada catatan yang mulai %(day)s. Pilih tanggal mulai sesudahnya.")


def the_person(session: Session, person_id: UUID) -> Person:
    """The person, or UnknownPerson."""
    person = session.get(Person, person_id)
    if person is None:
        raise UnknownPerson
    return person


def the_account(session: Session, person_id: UUID) -> Account:
    """The account with its row locked until the transaction ends, or UnknownPerson."""
    account = session.get(Account, person_id, with_for_update=True, populate_existing=True)
    if account is None:
        raise UnknownPerson
    return account


def lock_agency(session: Session) -> None:
    """Let changes that must be seen together (who supervises whom, who is the last manager)
    come one after the other. SQLite's writing transactions do so by themselves."""
    session.execute(select(Agency.id).order_by(Agency.id).limit(1).with_for_update())


def log(
    session: Session,
    person: Person,
    action: str,
    *,
    by: Viewer | Person | None,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write an audit entry about a person, under the unit they belong to that day.

    `by` is who did it: the one signed in, a person acting before signing in, or None for
    the console.
    """
    name = by.full_name if isinstance(by, Person) else by.name if by else CONSOLE
    audit.record(
        session,
        at=at,
        actor_id=by.id if by else None,
        actor_name=name,
        action=action,
        subject=("person", person.id, person.full_name),
        unit_id=standing(session, person.id, at).unit_id,
        before=before,
        after=after,
        reason=reason,
    )


def plain(values: dict[str, Any]) -> dict[str, Any]:
    """Values as JSON knows them, for an audit entry."""
    return {
        key: value.isoformat()
        if isinstance(value, date | datetime)
        else str(value)
        if isinstance(value, UUID)
        else value
        for key, value in values.items()
    }
