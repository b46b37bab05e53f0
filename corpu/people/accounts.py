"""Use cases: passwords, one-time links, open sessions, and who opened whose page."""

import hashlib
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from corpu.errors import N_, DomainError, RuleBroken
from corpu.identity import Viewer
from corpu.people.models import Account, Person, ProfileVisit, SignInLink
from corpu.people.records import log, the_account, the_person
from corpu.people.rules import InvalidInput, password_problem

LINK_LASTS = timedelta(hours=24)
VISIT_COUNTS_AGAIN = timedelta(hours=1)
LOCALES = ("id", "en")


class LinkNotValid(DomainError):
    """Unknown, used, replaced or too old: one sentence for all, as all are mended alike."""

    status = 410
    message = N_(
        "Tautan ini sudah dipakai, sudah diganti, atau lewat 24 jam. "
        "Minta tautan baru kepada pengelola Anda."
    )


class AccountInactive(RuleBroken):
    message = N_("Akun ini tidak aktif. Aktifkan dahulu, baru buat tautan masuk.")


class InvalidPassword(InvalidInput):
    field = "password"


def make_sign_in_link(
    session: Session, person_id: UUID, *, by: Viewer | None, reason: str = "", at: datetime
) -> str:
    """The token of a new link, for 24 hours and one use; earlier links end. Only the hash
    of the token is kept, so this is the one time that anybody sees it."""
    account = the_account(session, person_id)
    if not account.is_active:
        raise AccountInactive
    _revoke_links(session, person_id, at)
    token = secrets.token_urlsafe(32)
    session.add(
        SignInLink(
            person_id=person_id,
            token_hash=_token_hash(token),
            created_by=by.id if by else None,
            created_at=at,
            expires_at=at + LINK_LASTS,
        )
    )
    session.flush()
    log(
        session,
        the_person(session, person_id),
        "account.link_made",
        by=by,
        at=at,
        after={"expires_at": (at + LINK_LASTS).isoformat()},
        reason=reason,
    )
    return token


def person_of_link(session: Session, token: str, *, at: datetime) -> Person:
    """Whom a link would sign in, without using it: mail scanners open links too.
    Raises LinkNotValid."""
    person = session.scalar(
        select(Person)
        .join(SignInLink, SignInLink.person_id == Person.id)
        .join(Account, Account.person_id == Person.id)
        .where(SignInLink.token_hash == _token_hash(token), *_still_good(at), Account.is_active)
    )
    if person is None:
        raise LinkNotValid
    return person


def use_sign_in_link(
    session: Session, token: str, *, password_hash: str, at: datetime
) -> tuple[UUID, int]:
    """Use up the link and set the password. Answers the person and the epoch to sign in
    with. Of two at once, one gets LinkNotValid."""
    person = person_of_link(session, token, at=at)
    account = the_account(session, person.id)
    used = session.execute(
        update(SignInLink)
        .where(SignInLink.token_hash == _token_hash(token), *_still_good(at))
        .values(used_at=at)
    )
    if used.rowcount != 1 or not account.is_active:  # type: ignore[attr-defined]
        raise LinkNotValid
    _put_password(account, password_hash)
    account.signed_in_at = at
    session.flush()
    log(session, person, "account.link_used", by=person, at=at)
    return person.id, account.epoch


def check_new_password(person: Person, password: str) -> None:
    """Raise InvalidPassword with the sentence that says what to write instead."""
    problem = password_problem(password, nip=person.nip, name=person.name, email=person.email)
    if problem:
        raise InvalidPassword(problem)


def set_password(
    session: Session, person_id: UUID, *, password_hash: str, by: Viewer | None, at: datetime
) -> int:
    """Replace the password, end every open session and link; answers the new epoch."""
    account = the_account(session, person_id)
    _put_password(account, password_hash)
    _revoke_links(session, person_id, at)
    session.flush()
    log(session, the_person(session, person_id), "account.password_changed", by=by, at=at)
    return account.epoch


def sign_out_everywhere(
    session: Session, person_id: UUID, *, by: Viewer | None, at: datetime
) -> None:
    """End every open session of the person."""
    the_account(session, person_id).epoch += 1
    session.flush()
    log(session, the_person(session, person_id), "account.signed_out_everywhere", by=by, at=at)


def set_locale(session: Session, person_id: UUID, locale: str) -> None:
    """Remember the language of a person's pages."""
    if locale not in LOCALES:
        raise InvalidInput(N_("Pilih Bahasa Indonesia atau English."))
    the_account(session, person_id).locale = locale
    session.flush()


def record_profile_visit(
    session: Session, person_id: UUID, viewer_id: UUID, *, at: datetime
) -> None:
    """Note that somebody opened the person's page, so that the person can see it. One's own
    visit is none, and within an hour the same viewer is noted once."""
    if person_id == viewer_id:
        return
    recent = session.scalar(
        select(ProfileVisit.id)
        .where(
            ProfileVisit.person_id == person_id,
            ProfileVisit.viewer_id == viewer_id,
            ProfileVisit.at > at - VISIT_COUNTS_AGAIN,
            ProfileVisit.at <= at,
        )
        .limit(1)
    )
    if recent is None:
        session.add(ProfileVisit(person_id=person_id, viewer_id=viewer_id, at=at))
        session.flush()


def _put_password(account: Account, password_hash: str) -> None:
    account.password_hash = password_hash
    account.epoch += 1
    account.failures, account.failed_at = 0, None


def _revoke_links(session: Session, person_id: UUID, at: datetime) -> None:
    session.execute(
        update(SignInLink)
        .where(SignInLink.person_id == person_id, *_still_good(at))
        .values(revoked_at=at)
    )


def _still_good(at: datetime) -> tuple:
    return (
        SignInLink.used_at.is_(None),
        SignInLink.revoked_at.is_(None),
        SignInLink.expires_at > at,
    )


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
