"""Use cases: claim learning besides courses, withdraw it, decide about it.

What counts of a person's claims is decided for all of a year together (caps, see `counting`),
so each act takes the person's row first and counts the year anew.
"""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.competency.corrections import withdraw_of_source
from corpu.errors import N_, NotFound, RuleBroken
from corpu.hours import checks
from corpu.hours.certified import source_of
from corpu.hours.claim_queries import doubles_of, learning_of, record_of
from corpu.hours.conversion import Converted
from corpu.hours.counting import count
from corpu.hours.models import ClaimDecision, Decision, LearningClaim, State
from corpu.hours.proposals import BadText, Proof, Proposal, cleaned, convert_on, text_of
from corpu.hours.queries import closed_at
from corpu.hours.tables import form_of
from corpu.identity import Viewer
from corpu.people.models import Person
from corpu.people.queries import standing

MOST_WAITING = 60
INSTANT = timedelta(microseconds=1)
NOON = time(5, tzinfo=UTC)  # midday in Indonesia: one calendar day in all three zones


class TooManyWaiting(RuleBroken):
    message = N_(
        "%(most)s catatan Anda masih menunggu verifikasi. Tunggu keputusannya, atau tarik yang "
        "tidak perlu."
    )


class AlreadySent(RuleBroken):
    message = N_(
        "Formulir ini sudah terkirim dengan isian lain. Kirim sekali lagi bila ini kegiatan yang "
        "lain; untuk membetulkan yang sudah terkirim, tarik dahulu catatan itu."
    )


class OwnClaim(RuleBroken):
    message = N_("Catatan sendiri diputuskan oleh pengelola lain.")


class DecidedMeanwhile(RuleBroken):
    message = N_(
        "Catatan ini sudah berubah sejak Anda membukanya. Lihat keadaannya yang terbaru, lalu "
        "putuskan."
    )


class NotToWithdraw(RuleBroken):
    message = N_("Hanya catatan yang masih menunggu yang dapat ditarik.")


def claim(
    session: Session,
    person_id: UUID,
    proposal: Proposal,
    *,
    at: datetime,
    claim_id: UUID,
    proof: Proof | None = None,
    shown: str = "",
) -> LearningClaim:
    """Write down learning besides courses; it waits until somebody verifies it.

    Unit and zone are those of its last day, the rule that of the table of that day. The same
    `claim_id` twice (a second click) is one claim. The proof, and `shown`, a QR's text or a digital
    credential, are looked at by a job (`checks`). Raises InvalidInput with the field,
    TooManyWaiting, AlreadySent where the identifier is that of a claim which says something else
    or was withdrawn, NotFound where it is another person's.
    """
    _hold(session, person_id)
    before = session.get(LearningClaim, claim_id)
    if before is not None and before.person_id != person_id:
        raise NotFound
    proposal = cleaned(proposal)
    converted = convert_on(session, person_id, proposal, at)
    if before is not None:
        if before.state is State.WITHDRAWN or not _says(before, proposal, converted, proof):
            raise AlreadySent
        return before
    waiting = select(func.count()).where(
        LearningClaim.person_id == person_id, LearningClaim.state == State.CLAIMED
    )
    if (session.scalar(waiting) or 0) >= MOST_WAITING:
        raise TooManyWaiting(most=MOST_WAITING)
    then = standing(session, person_id, datetime.combine(proposal.ended_on, NOON))
    made = LearningClaim(
        id=claim_id,
        person_id=person_id,
        form=converted.form.code,
        rule_version=converted.version,
        title=proposal.title,
        organiser=proposal.organiser,
        note=proposal.note,
        started_on=proposal.started_on,
        ended_on=proposal.ended_on,
        year=converted.year,
        valid_until=proposal.valid_until,
        amount=converted.amount,
        jp=converted.jp,
        counted_jp=Decimal(),
        state=State.CLAIMED,
        proof_sha256=proof and proof.sha256,
        proof_kind=proof and proof.kind,
        proof_name=proof.name if proof else "",
        unit_id=then.unit_id,
        unit_name=then.unit_name,
        timezone=then.timezone,
        claimed_at=at,
    )
    session.add(made)
    session.flush()
    if proof or shown:
        checks.ask(session, claim_id, shown=shown, at=at)
    return made


def _says(
    claim: LearningClaim, proposal: Proposal, converted: Converted, proof: Proof | None
) -> bool:
    """Whether a claim is what is proposed."""
    same = ("title", "organiser", "note", "started_on", "ended_on", "valid_until")
    return (
        all(getattr(claim, name) == getattr(proposal, name) for name in same)
        and (claim.form, claim.amount) == (converted.form.code, converted.amount)
        and claim.proof_sha256 == (proof.sha256 if proof else None)
    )


def withdraw(session: Session, claim_id: UUID, *, by: Viewer, at: datetime) -> None:
    """Take back a claim of one's own that nobody has decided on; twice is once.

    Raises NotFound for another person's, NotToWithdraw once it is decided.
    """
    _hold(session, by.id)
    found = session.get(LearningClaim, claim_id, populate_existing=True)
    if found is None or found.person_id != by.id:
        raise NotFound
    if found.state is State.WITHDRAWN:
        return
    if found.state is not State.CLAIMED:
        raise NotToWithdraw
    _write(session, found, Decision.WITHDRAWN, by, "", at)


def decide(
    session: Session,
    claim_id: UUID,
    decision: Decision,
    *,
    by: Viewer,
    reason: str,
    seen: int,
    at: datetime,
) -> LearningClaim:
    """Verify or refuse a claim, or correct such a decision by another.

    `seen` is how many decisions there were when the page was drawn. A reason is needed to
    refuse, to correct, and to verify what may be a double of hours that count already. Nobody
    decides on their own. Who may act for whom is the caller's to check. Raises NotFound,
    OwnClaim, DecidedMeanwhile, BadText.
    """
    owner = session.scalar(select(LearningClaim.person_id).where(LearningClaim.id == claim_id))
    if owner is None:
        raise NotFound
    if owner == by.id:
        raise OwnClaim
    _hold(session, owner)
    found = session.get_one(LearningClaim, claim_id, populate_existing=True)
    reason = text_of("reason", reason)
    latest = session.scalar(
        select(ClaimDecision)
        .filter_by(claim_id=claim_id)
        .order_by(ClaimDecision.ordinal.desc())
        .limit(1)
    )
    if latest is not None and (latest.ordinal, latest.by_id, latest.decision, latest.reason) == (
        seen + 1,
        by.id,
        decision,
        reason,
    ):
        return found  # the second of two clicks
    if (latest.ordinal if latest else 0) != seen or found.state is State.WITHDRAWN:
        raise DecidedMeanwhile
    if found.state.value == decision.value:
        raise DecidedMeanwhile
    if not reason:
        _reason_needed(session, found, decision)
    _write(session, found, decision, by, reason, at)
    return found


def _reason_needed(session: Session, claim: LearningClaim, decision: Decision) -> None:
    if decision is Decision.REFUSED:
        raise BadText("reason", N_("Tulis alasannya, supaya orangnya tahu apa yang kurang."))
    if claim.state is not State.CLAIMED:
        raise BadText("reason", N_("Tulis mengapa keputusan sebelumnya dibetulkan."))
    form = form_of(claim.rule_version, claim.form)
    doubles = doubles_of(session, claim.person_id, learning_of(claim, form))
    if any(one.counts_already for one in doubles):
        raise BadText(
            "reason",
            N_("Tulis mengapa ini kegiatan yang berbeda dari yang sudah dihitung."),
        )


def _write(
    session: Session,
    claim: LearningClaim,
    decision: Decision,
    by: Viewer,
    reason: str,
    at: datetime,
) -> None:
    before, closed = claim.state, closed_at(session, claim.person_id, claim.year)
    if closed is not None:  # who waited for the closing, or has a slow clock, decides after it
        at = max(at, closed + INSTANT)
    made = select(func.count()).where(ClaimDecision.claim_id == claim.id)
    session.add(
        ClaimDecision(
            claim_id=claim.id,
            ordinal=(session.scalar(made) or 0) + 1,
            decision=decision,
            by_id=by.id,
            by_name=by.name,
            reason=reason,
            at=at,
        )
    )
    claim.state = State(decision.value)
    if claim.state is not State.VERIFIED:
        claim.counted_jp = Decimal()
    session.flush()
    recount(session, claim.person_id, claim.year)
    if decision is Decision.REFUSED:
        withdraw_of_source(
            session, claim.person_id, source_of(claim.id), by=by, reason=reason, at=at
        )
    if decision is Decision.WITHDRAWN:
        return
    person = session.get_one(Person, claim.person_id)
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action="claim.verified" if decision is Decision.VERIFIED else "claim.refused",
        subject=("claim", claim.id, f"{person.full_name}: {claim.title}"),
        unit_id=claim.unit_id,
        before={"state": before.value},
        after={"state": claim.state.value, "jp": str(claim.jp)},
        reason=reason,
    )


def recount(session: Session, person_id: UUID, year: int) -> None:
    """Write how many JP of each verified claim of a year count beside the others."""
    verified = session.scalars(
        select(LearningClaim).where(
            LearningClaim.person_id == person_id,
            LearningClaim.year == year,
            LearningClaim.state == State.VERIFIED,
        )
    ).all()
    counted = count(record_of(one, form_of(one.rule_version, one.form)) for one in verified)
    for one in verified:
        one.counted_jp = counted[one.id].jp
    session.flush()


def _hold(session: Session, person_id: UUID) -> None:
    """One act after the other on the claims of a person. Raises NotFound."""
    held = select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    if session.scalar(held) is None:
        raise NotFound
