"""What people ask for: queueing, trying again, marking by hand. All flush and none commits."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from corpu import audit
from corpu.credentials.models import Certificate, Issuer
from corpu.database import insert_unless_taken
from corpu.errors import N_, NotFound, RuleBroken
from corpu.events import CertificateRevoked, CertificateSuperseded
from corpu.identity import Viewer
from corpu.people.records import CONSOLE
from corpu.people.rules import InvalidInput, clean_text
from corpu.siasn.models import SiasnRecord, State, Wish
from corpu.siasn.queries import unsent_ids
from corpu.siasn.turns import gate_of

MOST_AT_ONCE = 5000  # certificates queued by one act
LONGEST_REASON = 500


class BeingSent(RuleBroken):
    message = N_(
        "Catatan ini sedang dikirim. Tunggu lima menit, lalu lihat hasilnya sebelum menandai."
    )


class NothingChosen(InvalidInput):
    field = "certificates"
    message = N_("Pilih paling sedikit satu catatan.")


class ReasonMissing(InvalidInput):
    field = "reason"
    message = N_("Tulis dasarnya, paling panjang 500 huruf.")


# ----------------------------------------------------------------------------- what is asked


def queue(
    session: Session,
    *,
    units: Collection[UUID] | None,
    only: Collection[UUID] | None = None,
    by: Viewer | None,
    at: datetime,
) -> int:
    """Let every certificate that was not sent yet wait for its turn: of these issuing units
    (None: of all), the oldest first, at most `MOST_AT_ONCE`; with `only`, just those among them.
    Answers how many; a second call finds none left."""
    rows = [
        _new(certificate_id, at)
        for certificate_id in unsent_ids(session, units=units, only=only, limit=MOST_AT_ONCE)
    ]
    if not rows:
        return 0
    is_postgres = session.get_bind().dialect.name == "postgresql"
    insert: Any = postgresql.insert if is_postgres else sqlite.insert
    new = insert(SiasnRecord).on_conflict_do_nothing().returning(SiasnRecord.id)
    count = len(session.scalars(new, rows).all())
    if count:
        _note(session, "siasn.queued", count, by=by, at=at)
    return count


def retry(
    session: Session,
    *,
    units: Collection[UUID] | None,
    only: Collection[UUID] | None = None,
    by: Viewer | None,
    at: datetime,
) -> int:
    """Try at once what failed or waits for its next try, and open the way where it was closed.
    Answers how many records."""
    gate = gate_of(session)
    if gate is not None:
        gate.stop, gate.stopped_at, gate.not_before = None, None, None
    again = select(SiasnRecord.id).where(
        SiasnRecord.state.in_([State.FAILED, State.WAITING]),
        or_(SiasnRecord.claimed_until.is_(None), SiasnRecord.claimed_until <= at),
        SiasnRecord.certificate_id.in_(_within(units, only)),
    )
    ids = session.scalars(again).all()
    session.execute(
        update(SiasnRecord)
        .where(SiasnRecord.id.in_(again))
        .values(state=State.WAITING, attempts=0, next_try_at=at, settled_at=None)
        .execution_options(synchronize_session=False)
    )
    if ids:
        _note(session, "siasn.retried", len(ids), by=by, at=at)
    session.flush()
    return len(ids)


def withdraw(session: Session, event: CertificateRevoked) -> None:
    """A certificate was revoked: what SIASN has of it, or may have, is to go."""
    _let_go(session, event.certificate_id, event.at)


def replace(session: Session, event: CertificateSuperseded) -> None:
    """A certificate was corrected: where SIASN has the old one, or was to have it, the new one
    takes its place. They differ in their number, so neither hides the other on the way."""
    if _let_go(session, event.certificate_id, event.at):
        insert_unless_taken(session, SiasnRecord, _new(event.by_id, event.at))


def _let_go(session: Session, certificate_id: UUID, at: datetime) -> bool:
    """Answers whether SIASN was ever to have it."""
    record = session.scalar(_locked(certificate_id))
    if record is None:
        return False
    if record.wish is not Wish.DELETE:
        record.wish, record.state, record.attempts = Wish.DELETE, State.WAITING, 0
        record.next_try_at, record.settled_at = at, None
        record.problem, record.detail, record.hand_reason = None, "", None
        session.flush()
    return True


def mark(
    session: Session,
    certificates: Collection[UUID],
    *,
    units: Collection[UUID] | None,
    reason: str,
    by: Viewer,
    at: datetime,
) -> int:
    """Say that people have entered these in SIASN themselves, or have taken them out there where
    the certificate was revoked or superseded. What stands so already is left alone; answers how
    many changed.

    Raises NothingChosen, ReasonMissing, NotFound for one out of reach, BeingSent.
    """
    reason = clean_text(reason)
    if not certificates:
        raise NothingChosen
    if not 3 <= len(reason) <= LONGEST_REASON:
        raise ReasonMissing
    wanted = set(certificates)
    rows = session.execute(
        select(
            Certificate.id,
            Certificate.number,
            or_(Certificate.revoked_at.is_not(None), Certificate.superseded_at.is_not(None)).label(
                "is_gone"
            ),
            Issuer.unit_id,
        )
        .join(Issuer, Issuer.id == Certificate.issuer_id)
        .where(Certificate.id.in_(_within(units, wanted)))
        .order_by(Certificate.id)
    ).all()
    if {row.id for row in rows} != wanted:
        raise NotFound
    changed = 0
    for row in rows:
        if _mark_one(session, row.id, is_gone=row.is_gone, reason=reason, at=at):
            changed += 1
            audit.record(
                session,
                at=at,
                actor_id=by.id,
                actor_name=by.name,
                action="siasn.marked",
                subject=("certificate", row.id, row.number),
                unit_id=row.unit_id,
                after={"siasn": (State.DELETED if row.is_gone else State.SENT).value},
                reason=reason,
            )
    return changed


def _mark_one(
    session: Session, certificate_id: UUID, *, is_gone: bool, reason: str, at: datetime
) -> bool:
    if not is_gone:
        insert_unless_taken(session, SiasnRecord, _new(certificate_id, at))
    record = session.scalar(_locked(certificate_id))
    wanted = State.DELETED if is_gone else State.SENT
    if record is None or record.state is wanted:
        return False
    if record.claimed_until is not None and record.claimed_until > at:
        raise BeingSent
    record.state, record.settled_at, record.hand_reason = wanted, at, reason
    record.problem, record.detail, record.claimed_until = None, "", None
    record.turn += 1
    session.flush()
    return True


def _new(certificate_id: UUID, at: datetime) -> dict[str, Any]:
    """A record that waits to be sent."""
    return {
        "certificate_id": certificate_id,
        "wish": Wish.SAVE,
        "state": State.WAITING,
        "next_try_at": at,
        "queued_at": at,
    }


def _locked(certificate_id: UUID) -> Select[SiasnRecord]:
    return (
        select(SiasnRecord)
        .filter_by(certificate_id=certificate_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


# ------------------------------------------------------------------------------- beneath this


def _within(units: Collection[UUID] | None, only: Iterable[UUID] | None) -> Select[UUID]:
    statement = select(Certificate.id).join(Issuer, Issuer.id == Certificate.issuer_id)
    if units is not None:
        statement = statement.where(Issuer.unit_id.in_(units))
    if only is not None:
        statement = statement.where(Certificate.id.in_(only))
    return statement


def _note(session: Session, action: str, count: int, *, by: Viewer | None, at: datetime) -> None:
    top = next((held.unit_id for held in by.roles if held.unit_id), None) if by else None
    audit.record(
        session,
        at=at,
        actor_id=by.id if by else None,
        actor_name=by.name if by else CONSOLE,
        action=action,
        subject=("siasn", "siasn", "SIASN"),
        unit_id=top,
        after={"rows": count},
    )
