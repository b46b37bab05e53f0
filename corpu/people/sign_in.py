"""Use case: signing in, in three steps, so that no transaction is open while a hash is computed.

`open_attempt` counts the attempt as failed before it is known to be one: however many guesses
arrive at once, each meets the count of those before it. Then the password is checked
(`passwords.matches`), and `settle` clears the count of whoever was right.

Somebody who does not exist is treated like somebody who does: same counting, same waiting,
same hash. Otherwise the wait after five failures would tell who has an account.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from corpu.errors import N_, DomainError, NotAllowed, TooMany
from corpu.people.models import Account, Person, UnknownSignIn
from corpu.people.rules import FORGOTTEN_AFTER, counted_failures, wait_left


class WaitFirst(TooMany):
    message = N_("Terlalu banyak percobaan. Coba lagi dalam %(seconds)s detik.")


class Deactivated(NotAllowed):
    """Said only to somebody who knows the password."""

    message = N_("Akun ini dinonaktifkan. Hubungi pengelola kepegawaian di unit Anda.")


class PasswordReplaced(DomainError):
    message = N_("Kata sandi akun ini baru saja diganti. Masuk dengan yang baru.")


@dataclass(frozen=True)
class SignInAttempt:
    """Whose password is to be checked; `person_id` None for nobody."""

    person_id: UUID | None
    password_hash: str | None


def find_account(session: Session, name: tuple[str, str] | None) -> tuple[UUID, str | None] | None:
    """Identifier and password hash for a name from `rules.sign_in_name`, or None."""
    if name is None:
        return None
    column = Person.nip if name[0] == "nip" else Person.email
    row = session.execute(
        select(Account.person_id, Account.password_hash)
        .join(Person, Person.id == Account.person_id)
        .where(column == name[1])
    ).first()
    return (row[0], row[1]) if row else None


def open_attempt(
    session: Session,
    name: tuple[str, str] | None,
    *,
    key: str,
    is_known: Callable[[UUID], bool] = lambda _: False,
    at: datetime,
) -> SignInAttempt:
    """Count an attempt, or refuse it with WaitFirst.

    `key` is a keyed hash of what was typed, under which failures of unknown people are
    counted. `is_known` says whether this browser has signed in to an account before: then it
    never waits, and its failures make nobody else wait.
    """
    found = find_account(session, name)
    if found is not None and is_known(found[0]):
        return SignInAttempt(*found)
    counter = _counter(session, found[0] if found else None, key, at)
    wait = wait_left(counter.failures, counter.failed_at, at=at)
    if wait:
        raise WaitFirst(retry_after=wait, seconds=wait)
    counter.failures = counted_failures(counter.failures, counter.failed_at, at=at) + 1
    counter.failed_at = at
    session.flush()
    return SignInAttempt(*found) if found else SignInAttempt(None, None)


def settle(
    session: Session,
    person_id: UUID,
    *,
    at: datetime,
    checked: str | None = None,
    new_hash: str | None = None,
) -> int:
    """The password was right: clear the failures and answer the epoch to sign in with.

    `checked` is the hash that it was right for: where another password was set meanwhile, the
    old one opens nothing any more. `new_hash` replaces a hash made with outdated costs. Raises
    Deactivated, PasswordReplaced.
    """
    account = session.get(Account, person_id, with_for_update=True, populate_existing=True)
    if account is None or not account.is_active:
        raise Deactivated
    if checked is not None and account.password_hash != checked:
        raise PasswordReplaced
    account.failures, account.failed_at, account.signed_in_at = 0, None, at
    if new_hash is not None:
        account.password_hash = new_hash
    session.flush()
    return account.epoch


def clear_count(session: Session, key: str) -> None:
    """Forget the failures that were counted under a key."""
    session.execute(delete(UnknownSignIn).where(UnknownSignIn.key == key))


def forget_unknown(session: Session, at: datetime) -> None:
    """Throw away the counts of unknown names after a day; a task of the worker's round."""
    session.execute(delete(UnknownSignIn).where(UnknownSignIn.failed_at < at - FORGOTTEN_AFTER))


def _counter(
    session: Session, person_id: UUID | None, key: str, at: datetime
) -> Account | UnknownSignIn:
    if person_id is not None:
        account = session.get(Account, person_id, with_for_update=True, populate_existing=True)
        if account is not None:
            return account
    counter = session.get(UnknownSignIn, key, with_for_update=True, populate_existing=True)
    if counter is not None:
        return counter
    # Somebody may type the same at the same moment; then theirs is the row to count on.
    with suppress(IntegrityError), session.begin_nested():
        session.add(UnknownSignIn(key=key, failures=0, failed_at=at))
    return session.get_one(UnknownSignIn, key, with_for_update=True, populate_existing=True)
