"""What a second person must agree to: asked for, answered, taken back, lapsed. Flushes and never
commits.

Whether an agency wants it is said by issuing unit. The certificate stays as it is meanwhile: an
accusation is no revocation. After fourteen days without an answer nothing has been asked.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from corpu import audit
from corpu.credentials import correcting, revoking
from corpu.credentials.life import (
    CONSENT,
    ActKind,
    Answer,
    Asked,
    answers,
    consent_is_needed,
)
from corpu.credentials.life_models import LONGEST_REASON, Proposal
from corpu.credentials.models import Certificate, Issuer
from corpu.credentials.revoking import OwnCertificate, class_of, locked, reason_of
from corpu.errors import N_, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.people.rules import InvalidInput, clean_text

LAPSE_BATCH = 100


class OtherWaits(RuleBroken):
    message = N_(
        "Untuk sertifikat ini sudah ada permintaan yang menunggu persetujuan. Jawab atau tarik "
        "dahulu yang itu."
    )


class OwnProposal(RuleBroken):
    message = N_("Ini permintaan Anda sendiri. Persetujuannya harus dari pengelola lain.")


class NotYours(RuleBroken):
    message = N_("Hanya yang meminta yang dapat menariknya kembali. Anda dapat menolaknya.")


class Settled(RuleBroken):
    message = N_("Permintaan ini sudah selesai dan tidak dapat dijawab lagi.")


class AnswerMissing(InvalidInput):
    field = "answer"
    message = N_("Tulis alasan penolakan, paling panjang 500 huruf.")


# ---------------------------------------------------------------------------------- asking


def ask_revocation(
    session: Session,
    certificate_id: UUID,
    *,
    by: UUID | None,
    by_name: str,
    reason: str,
    revocation_class: str | None,
    at: datetime,
    units: set[UUID] | None = None,
) -> Proposal | Certificate:
    """Revoke, or ask for the consent of a second person where the issuing unit wants it; answers
    which of the two has happened by what it returns. Asking for the same again is once.

    Raises what `revoking.revoke` does, and OtherWaits.
    """
    certificate, issuer = locked(session, certificate_id, units, by)
    if not consent_is_needed(issuer.needs_consent, issuer.consent_until, at):
        return revoking.revoke(
            session,
            certificate_id,
            by=by,
            by_name=by_name,
            reason=reason,
            revocation_class=revocation_class,
            at=at,
            units=units,
        )
    wanted = {
        "kind": ActKind.REVOKE,
        "revocation_class": class_of(revocation_class),
        "changes": None,
        "reason": reason_of(reason),
    }
    return _propose(session, certificate, issuer, wanted, by=by, by_name=by_name, at=at)


def ask_correction(
    session: Session,
    certificate_id: UUID,
    changes: Mapping[str, Any],
    *,
    by: UUID | None,
    by_name: str,
    reason: str,
    at: datetime,
    units: set[UUID] | None = None,
) -> Proposal | Certificate:
    """Correct, or ask for the consent of a second person; `changes` are those of
    `correcting.changes_of`. Raises what `correcting.correct` does, and OtherWaits."""
    certificate, issuer = locked(session, certificate_id, units, by)
    if not consent_is_needed(issuer.needs_consent, issuer.consent_until, at):
        return correcting.correct(
            session,
            certificate_id,
            changes,
            by=by,
            by_name=by_name,
            reason=reason,
            at=at,
            units=units,
        )
    wanted = {
        "kind": ActKind.CORRECT,
        "revocation_class": None,
        "changes": dict(changes),
        "reason": reason_of(reason),
    }
    return _propose(session, certificate, issuer, wanted, by=by, by_name=by_name, at=at)


def _propose(
    session: Session,
    certificate: Certificate,
    issuer: Issuer,
    wanted: dict[str, Any],
    *,
    by: UUID | None,
    by_name: str,
    at: datetime,
) -> Proposal:
    there = session.scalar(_waiting(certificate.id))
    if there is not None and there.lapses_at <= at:
        _lapse(session, there, at)
        there = None
    if there is not None:
        same = all(getattr(there, name) == value for name, value in wanted.items())
        if same and there.asked_by == by:
            return there
        raise OtherWaits
    made = Proposal(
        certificate_id=certificate.id,
        **wanted,
        asked_at=at,
        asked_by=by,
        asked_by_name=by_name,
        lapses_at=at + CONSENT,
        state=Asked.WAITING,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # another manager was first
        raise OtherWaits from None
    _note(session, made, certificate, issuer, "asked", by=by, by_name=by_name, at=at)
    return made


# -------------------------------------------------------------------------------- answering


def agree(
    session: Session, proposal_id: UUID, *, by: Viewer, at: datetime, units: set[UUID] | None
) -> Certificate:
    """Let it be done, as somebody other than who asked. It is checked anew as of now.

    Raises NotFound, OwnProposal, OwnCertificate, Settled, and what the act itself refuses.
    """
    proposal, certificate, issuer = _asked(session, proposal_id, units)
    _may(proposal, Answer.AGREE, by.id, at)
    if certificate.person_id == by.id:
        raise OwnCertificate
    proposal.state, proposal.answered_at, proposal.answered_by = Asked.AGREED, at, by.id
    session.flush()
    _note(session, proposal, certificate, issuer, "agreed", by=by.id, by_name=by.name, at=at)
    asked_by = (proposal.asked_by, proposal.asked_by_name)
    if proposal.kind is ActKind.REVOKE:
        return revoking.revoke(
            session,
            certificate.id,
            by=by.id,
            by_name=by.name,
            reason=proposal.reason,
            revocation_class=proposal.revocation_class,
            at=at,
            units=units,
            asked_by=asked_by,
        )
    return correcting.correct(
        session,
        certificate.id,
        proposal.changes or {},
        by=by.id,
        by_name=by.name,
        reason=proposal.reason,
        at=at,
        units=units,
        asked_by=asked_by,
    )


def refuse(
    session: Session,
    proposal_id: UUID,
    *,
    answer: str,
    by: Viewer,
    at: datetime,
    units: set[UUID] | None,
) -> Proposal:
    """Say no, and why. Raises NotFound, OwnProposal, OwnCertificate, Settled,
    AnswerMissing."""
    proposal, certificate, issuer = _asked(session, proposal_id, units)
    _may(proposal, Answer.REFUSE, by.id, at)
    if certificate.person_id == by.id:
        raise OwnCertificate
    answer = clean_text(answer)
    if not 3 <= len(answer) <= LONGEST_REASON:
        raise AnswerMissing
    proposal.state, proposal.answered_at, proposal.answered_by = Asked.REFUSED, at, by.id
    proposal.answer = answer
    session.flush()
    _note(
        session,
        proposal,
        certificate,
        issuer,
        "refused",
        by=by.id,
        by_name=by.name,
        at=at,
        reason=answer,
    )
    return proposal


def withdraw(
    session: Session, proposal_id: UUID, *, by: Viewer, at: datetime, units: set[UUID] | None
) -> Proposal:
    """Take back what one has asked for. Raises NotFound, NotYours, Settled."""
    proposal, certificate, issuer = _asked(session, proposal_id, units)
    _may(proposal, Answer.WITHDRAW, by.id, at)
    proposal.state, proposal.answered_at, proposal.answered_by = Asked.WITHDRAWN, at, by.id
    session.flush()
    _note(session, proposal, certificate, issuer, "withdrawn", by=by.id, by_name=by.name, at=at)
    return proposal


def lapse_due(session: Session, at: datetime) -> None:
    """Let go of what nobody has answered in time; a task of each round of the worker."""
    late = session.scalars(
        select(Proposal)
        .where(Proposal.state == Asked.WAITING, Proposal.lapses_at <= at)
        .order_by(Proposal.id)
        .limit(LAPSE_BATCH)
        .with_for_update(skip_locked=True)
    )
    for proposal in late.all():
        _lapse(session, proposal, at)


def _lapse(session: Session, proposal: Proposal, at: datetime) -> None:
    proposal.state, proposal.answered_at = Asked.LAPSED, at
    session.flush()
    certificate = session.get_one(Certificate, proposal.certificate_id)
    issuer = session.get_one(Issuer, certificate.issuer_id)
    _note(session, proposal, certificate, issuer, "lapsed", by=None, by_name="CorpU", at=at)


def _asked(
    session: Session, proposal_id: UUID, units: set[UUID] | None
) -> tuple[Proposal, Certificate, Issuer]:
    """What was asked for, within reach, its row and that of its certificate locked."""
    certificate_id = session.scalar(
        select(Proposal.certificate_id).where(Proposal.id == proposal_id)
    )
    if certificate_id is None:
        raise NotFound
    # The certificate first, like whoever revokes or corrects without asking.
    certificate = session.get_one(
        Certificate, certificate_id, with_for_update=True, populate_existing=True
    )
    issuer = session.get_one(Issuer, certificate.issuer_id)
    if units is not None and issuer.unit_id not in units:
        raise NotFound
    proposal = session.get_one(Proposal, proposal_id, with_for_update=True, populate_existing=True)
    return proposal, certificate, issuer


def _may(proposal: Proposal, answer: Answer, by: UUID, at: datetime) -> None:
    is_asker = proposal.asked_by == by
    if answer in answers(proposal.state, is_asker=is_asker, lapses_at=proposal.lapses_at, at=at):
        return
    if proposal.state is not Asked.WAITING or proposal.lapses_at <= at:
        raise Settled
    raise OwnProposal if is_asker else NotYours


def _waiting(certificate_id: UUID) -> Select[Proposal]:
    return select(Proposal).filter_by(certificate_id=certificate_id, state=Asked.WAITING)


def _note(
    session: Session,
    proposal: Proposal,
    certificate: Certificate,
    issuer: Issuer,
    what: str,
    *,
    by: UUID | None,
    by_name: str,
    at: datetime,
    reason: str = "",
) -> None:
    kind = proposal.kind.value
    said: dict[str, Any] = {"asked_for": kind, "asked_by_name": proposal.asked_by_name}
    if proposal.revocation_class is not None:
        said["revocation_class"] = proposal.revocation_class.value
    if proposal.changes:
        said |= proposal.changes
    audit.record(
        session,
        at=at,
        actor_id=by,
        actor_name=by_name,
        action=f"certificate.consent_{what}",
        subject=("certificate", certificate.id, certificate.number),
        unit_id=issuer.unit_id,
        after=said,
        reason=reason or (proposal.reason if what == "asked" else ""),
    )
