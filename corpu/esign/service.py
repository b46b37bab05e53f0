"""What managers ask for: signing a batch, trying again. All flush and none commits."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from corpu import audit
from corpu.errors import N_, RuleBroken
from corpu.esign.models import SignedDocument, SigningRun, State
from corpu.esign.queries import TO_SIGN, ids
from corpu.esign.rules import CLAIM, LONGEST_PASSPHRASE, nik_digits
from corpu.esign.signers import Secret
from corpu.identity import Viewer
from corpu.people.rules import InvalidInput

MOST_AT_ONCE = 5000  # documents of one batch


class NothingToSign(RuleBroken):
    message = N_(
        "Tidak ada yang perlu ditandatangani: semuanya sudah, sedang dikerjakan, atau gagal."
    )


class PassphraseMissing(InvalidInput):
    field = "passphrase"
    message = N_("Tulis frasa sandinya, paling panjang 200 huruf.")


class BadNik(InvalidInput):
    field = "nik"
    message = N_("Tulis NIK penanda tangan: 16 angka.")


def secret_of(*, nik: str, passphrase: str, needs_nik: bool) -> Secret:
    """What was entered, as far as it can be judged here. Raises BadNik, PassphraseMissing."""
    digits = nik_digits(nik) if needs_nik else ""
    if digits is None:
        raise BadNik
    if not 1 <= len(passphrase) <= LONGEST_PASSPHRASE:
        raise PassphraseMissing
    return Secret(passphrase=passphrase, nik=digits)


def queue(
    session: Session,
    *,
    units: Collection[UUID] | None,
    words: str = "",
    by: Viewer,
    at: datetime,
) -> int:
    """Let what is not signed yet wait for the worker; answers how many are new or due again. A
    second call finds none. Raises NothingToSign."""
    found = ids(session, units=units, states=[State.UNSIGNED], words=words, limit=MOST_AT_ONCE)
    if not found:
        raise NothingToSign
    _insert(session, found, at)
    _record(session, "esign.queued", len(found), by=by, at=at)
    return len(found)


def begin(
    session: Session,
    *,
    units: Collection[UUID] | None,
    words: str = "",
    by: Viewer,
    at: datetime,
    most: int = MOST_AT_ONCE,
) -> tuple[UUID, int]:
    """A batch for a passphrase that somebody has just entered: all that is not signed and that no
    living process is signing, the oldest first and at most so many. Answers its run and how many
    documents it has. Raises NothingToSign."""
    found = ids(session, units=units, states=TO_SIGN, words=words, limit=most)
    if not found:
        raise NothingToSign
    _insert(session, found, at)
    run = SigningRun(started_by=by.id, started_at=at, alive_until=at + CLAIM)
    session.add(run)
    session.flush()
    alive = select(SigningRun.id).where(SigningRun.alive_until > at, SigningRun.id != run.id)
    taken = session.scalars(
        update(SignedDocument)
        .where(
            SignedDocument.certificate_id.in_(found),
            SignedDocument.state == State.WAITING,
            or_(SignedDocument.run_id.is_(None), SignedDocument.run_id.not_in(alive)),
        )
        .values(run_id=run.id, next_try_at=at, attempts=0)
        .returning(SignedDocument.id)
        .execution_options(synchronize_session=False)
    )
    count = len(taken.all())
    if not count:
        raise NothingToSign
    _record(session, "esign.started", count, by=by, at=at)
    return run.id, count


def retry(
    session: Session,
    *,
    units: Collection[UUID] | None,
    only: UUID | None = None,
    by: Viewer,
    at: datetime,
) -> int:
    """Let what failed wait again; answers how many documents."""
    found = ids(session, units=units, states=[State.FAILED], only=only, limit=MOST_AT_ONCE)
    if found:
        session.execute(
            update(SignedDocument)
            .where(SignedDocument.certificate_id.in_(found), SignedDocument.state == State.FAILED)
            .values(state=State.WAITING, run_id=None, attempts=0, next_try_at=at, settled_at=None)
            .execution_options(synchronize_session=False)
        )
        _record(session, "esign.retried", len(found), by=by, at=at)
    session.flush()
    return len(found)


def _insert(session: Session, certificates: list[UUID], at: datetime) -> None:
    """Rows for those that have none; whoever asked at the same moment did the same."""
    is_postgres = session.get_bind().dialect.name == "postgresql"
    insert: Any = postgresql.insert if is_postgres else sqlite.insert
    session.execute(
        insert(SignedDocument).on_conflict_do_nothing(),
        [
            {"certificate_id": one, "state": State.WAITING, "next_try_at": at, "queued_at": at}
            for one in certificates
        ],
    )


def _record(session: Session, action: str, count: int, *, by: Viewer, at: datetime) -> None:
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action=action,
        subject=("esign", "esign", "TTE"),
        unit_id=next((held.unit_id for held in by.roles if held.unit_id), None),
        after={"rows": count},
    )
