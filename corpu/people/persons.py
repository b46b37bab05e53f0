"""Use cases: a person comes, is corrected, goes, comes back."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from corpu.database import uuid7
from corpu.errors import N_, RuleBroken
from corpu.identity import Viewer
from corpu.people.models import Account, Agency, NipHistory, Person, SignInLink
from corpu.people.records import UnknownPerson, lock_agency, log, the_account, the_person
from corpu.people.roles import refuse_to_lose_the_last_manager
from corpu.people.rules import InvalidInput, clean_email, clean_name, clean_text, parse_nip

FIELDS = ("nip", "email", "title_before", "name", "title_after")


class NipTaken(InvalidInput):
    status = 409
    field = "nip"
    message = N_("NIP ini sudah dipakai pegawai lain. Cari dahulu orangnya di daftar.")


class EmailTaken(InvalidInput):
    status = 409
    field = "email"
    message = N_("Surel ini sudah dipakai pegawai lain. Pakai surel yang lain.")


class NothingToSignInWith(InvalidInput):
    field = "nip"
    message = N_("Isi NIP atau surel; salah satunya dipakai untuk masuk.")


class TitleTooLong(InvalidInput):
    message = N_("Gelar terlalu panjang: di depan paling panjang 60 huruf, di belakang 120.")


class NotOneself(RuleBroken):
    message = N_("Akun sendiri tidak dapat dinonaktifkan. Minta pengelola lain melakukannya.")


def create_person(
    session: Session,
    *,
    name: str,
    nip: str | None = None,
    email: str | None = None,
    title_before: str = "",
    title_after: str = "",
    agency_id: UUID | None = None,
    person_id: UUID | None = None,
    by: Viewer | None,
    reason: str = "",
    at: datetime,
) -> Person:
    """A new person with an account that has no password yet.

    `person_id` may be chosen by who calls, so that the same form sent twice is known again.

    Refuses with NipTaken, EmailTaken, InvalidNip, InvalidEmail, InvalidName,
    TitleTooLong or NothingToSignInWith; each names its form field.
    """
    values = _clean(
        {
            "name": name,
            "nip": nip,
            "email": email,
            "title_before": title_before,
            "title_after": title_after,
        }
    )
    if not values["nip"] and not values["email"]:
        raise NothingToSignInWith
    _refuse_taken(session, values)
    agency_id = agency_id or session.scalars(select(Agency.id).order_by(Agency.id)).first()
    if agency_id is None:
        raise LookupError("there is no agency yet")
    person = Person(id=person_id or uuid7(), agency_id=agency_id, created_at=at, **values)
    with _unique(session, values):
        session.add(person)
        session.flush()
    session.add(Account(person_id=person.id))
    session.flush()
    log(session, person, "person.created", by=by, at=at, after=values, reason=reason)
    return person


def correct_person(
    session: Session,
    person_id: UUID,
    changes: Mapping[str, str | None],
    *,
    by: Viewer | None,
    reason: str,
    at: datetime,
) -> Person:
    """Change some of nip, email, title_before, name, title_after. Only what differs is
    written and logged; an earlier NIP stays in the history. Facts keep what they copied."""
    person = the_person(session, person_id)
    session.refresh(person, with_for_update=True)
    wanted = _clean(changes)
    after = {key: value for key, value in wanted.items() if value != getattr(person, key)}
    if not after:
        return person
    if not after.get("nip", person.nip) and not after.get("email", person.email):
        raise NothingToSignInWith
    _refuse_taken(session, after, person.id)
    before = {key: getattr(person, key) for key in after}
    if before.get("nip"):
        session.add(
            NipHistory(person_id=person.id, nip=before["nip"], replaced_at=at, reason=reason)
        )
    with _unique(session, after, person.id):
        for key, value in after.items():
            setattr(person, key, value)
        session.flush()
    log(
        session,
        person,
        "person.corrected",
        by=by,
        at=at,
        before=before,
        after=after,
        reason=reason,
    )
    return person


def deactivate(
    session: Session, person_id: UUID, *, by: Viewer | None, reason: str, at: datetime
) -> None:
    """End sign-in, open sessions and open links; every fact stays. Twice changes nothing."""
    lock_agency(session)
    account = the_account(session, person_id)
    if not account.is_active:
        return
    if by is not None and by.id == person_id:
        raise NotOneself
    refuse_to_lose_the_last_manager(session, person_id, at=at)
    account.is_active = False
    account.epoch += 1
    session.execute(
        update(SignInLink)
        .where(
            SignInLink.person_id == person_id,
            SignInLink.used_at.is_(None),
            SignInLink.revoked_at.is_(None),
        )
        .values(revoked_at=at)
    )
    session.flush()
    log(
        session,
        the_person(session, person_id),
        "person.deactivated",
        by=by,
        at=at,
        before={"is_active": True},
        after={"is_active": False},
        reason=reason,
    )


def reactivate(
    session: Session, person_id: UUID, *, by: Viewer | None, reason: str, at: datetime
) -> None:
    """Let the person sign in again with the password they had. Twice changes nothing."""
    account = the_account(session, person_id)
    if account.is_active:
        return
    account.is_active = True
    session.flush()
    log(
        session,
        the_person(session, person_id),
        "person.reactivated",
        by=by,
        at=at,
        before={"is_active": False},
        after={"is_active": True},
        reason=reason,
    )


def person_by_nip(session: Session, nip: str) -> Person:
    """The person who has this number now. Raises InvalidNip or UnknownPerson."""
    person = session.scalar(select(Person).filter_by(nip=parse_nip(nip).digits))
    if person is None:
        raise UnknownPerson
    return person


def _clean(values: Mapping[str, str | None]) -> dict[str, Any]:
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"a person has no {sorted(unknown)}")
    cleaned: dict[str, Any] = {}
    for key, value in values.items():
        text = value or ""
        if key == "nip":
            cleaned[key] = parse_nip(text).digits if text.strip() else None
        elif key == "email":
            cleaned[key] = clean_email(text) if text.strip() else None
        elif key == "name":
            cleaned[key] = clean_name(text)
        else:
            cleaned[key] = clean_text(text)
            if len(cleaned[key]) > (60 if key == "title_before" else 120):
                raise TitleTooLong
    return cleaned


def _refuse_taken(session: Session, values: dict[str, Any], person_id: UUID | None = None) -> None:
    for column, refusal in ((Person.nip, NipTaken), (Person.email, EmailTaken)):
        value = values.get(column.key)
        if not value:
            continue
        others: ColumnElement[bool] = column == value
        if person_id is not None:
            others = others & (Person.id != person_id)
        if session.scalar(select(Person.id).where(others)) is not None:
            raise refusal


@contextmanager
def _unique(
    session: Session, values: dict[str, Any], person_id: UUID | None = None
) -> Iterator[None]:
    """Write in a savepoint; when somebody else was first, look again and say with what."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError:
        _refuse_taken(session, values, person_id)
        raise
