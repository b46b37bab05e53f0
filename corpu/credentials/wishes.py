"""A holder asks for a correction of a certificate of theirs. Flushes and never commits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from corpu import audit
from corpu.credentials.life import Wished
from corpu.credentials.life_models import LONGEST_REASON, CorrectionWish
from corpu.credentials.models import Certificate, Issuer
from corpu.credentials.proposals import AnswerMissing
from corpu.credentials.revoking import AlreadyRevoked, AlreadySuperseded
from corpu.errors import N_, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.people.rules import InvalidInput, clean_text


class TextMissing(InvalidInput):
    field = "text"
    message = N_("Tulis apa yang keliru dan apa yang benar, 10 sampai 500 huruf.")


class AlreadyAsked(RuleBroken):
    message = N_(
        "Permintaan Anda yang sebelumnya masih menunggu. Tarik dahulu bila ingin mengubah."
    )


class NoLongerWaits(RuleBroken):
    message = N_("Permintaan ini sudah dijawab.")


def ask(
    session: Session, person_id: UUID, certificate_id: UUID, text: str, *, at: datetime
) -> CorrectionWish:
    """Say that something on one's own certificate is wrong. The same twice is once.

    Raises NotFound also for another's, AlreadyRevoked, AlreadySuperseded, TextMissing,
    AlreadyAsked.
    """
    certificate = session.get(
        Certificate, certificate_id, with_for_update=True, populate_existing=True
    )
    if certificate is None or certificate.person_id != person_id:
        raise NotFound
    if certificate.revoked_at is not None:
        raise AlreadyRevoked
    if certificate.superseded_at is not None:
        raise AlreadySuperseded
    text = clean_text(text)
    if not 10 <= len(text) <= LONGEST_REASON:
        raise TextMissing
    there = waiting_of(session, certificate_id)
    if there is not None:
        if there.text == text:
            return there
        raise AlreadyAsked
    made = CorrectionWish(
        certificate_id=certificate_id, text=text, asked_at=at, state=Wished.WAITING
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:
        raise AlreadyAsked from None
    return made


def withdraw(session: Session, person_id: UUID, certificate_id: UUID, *, at: datetime) -> None:
    """Take one's wish back; where none waits, nothing happens. Raises NotFound."""
    certificate = session.get(Certificate, certificate_id, with_for_update=True)
    if certificate is None or certificate.person_id != person_id:
        raise NotFound
    wish = waiting_of(session, certificate_id)
    if wish is not None:
        wish.state, wish.answered_at, wish.answered_by = Wished.WITHDRAWN, at, person_id
        session.flush()


def refuse(
    session: Session,
    wish_id: UUID,
    *,
    answer: str,
    by: Viewer,
    at: datetime,
    units: set[UUID] | None,
) -> CorrectionWish:
    """Answer no, with the reason that the holder reads. Raises NotFound, NoLongerWaits,
    AnswerMissing."""
    wish = session.get(CorrectionWish, wish_id, with_for_update=True, populate_existing=True)
    if wish is None:
        raise NotFound
    certificate = session.get_one(Certificate, wish.certificate_id)
    unit_id = session.scalars(
        select(Issuer.unit_id).where(Issuer.id == certificate.issuer_id)
    ).one()
    if units is not None and unit_id not in units:
        raise NotFound
    answer = clean_text(answer)
    if wish.state is Wished.REFUSED and (wish.answered_by, wish.answer) == (by.id, answer):
        return wish  # the second of two clicks
    if wish.state is not Wished.WAITING:
        raise NoLongerWaits
    if not 3 <= len(answer) <= LONGEST_REASON:
        raise AnswerMissing
    wish.state, wish.answered_at, wish.answered_by = Wished.REFUSED, at, by.id
    wish.answer = answer
    session.flush()
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action="certificate.wish_refused",
        subject=("certificate", certificate.id, certificate.number),
        unit_id=unit_id,
        reason=answer,
    )
    return wish


def waiting_of(session: Session, certificate_id: UUID) -> CorrectionWish | None:
    """The wish about a certificate that has no answer yet."""
    return session.scalar(
        select(CorrectionWish).filter_by(certificate_id=certificate_id, state=Wished.WAITING)
    )


def latest_of(session: Session, certificate_id: UUID) -> CorrectionWish | None:
    """The last wish about a certificate, whatever became of it."""
    return session.scalar(
        select(CorrectionWish)
        .filter_by(certificate_id=certificate_id)
        .order_by(CorrectionWish.asked_at.desc(), CorrectionWish.id.desc())
        .limit(1)
    )
