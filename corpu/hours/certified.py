"""A verified claim of other learning as evidence: the verifier names competency and level."""

from datetime import date, timedelta
from datetime import datetime as moment
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.competency.corrections import record_certificate
from corpu.competency.models import EvidenceRecord
from corpu.competency.relations import midnight
from corpu.competency.service import hold
from corpu.errors import N_, NotFound, RuleBroken
from corpu.hours.models import LearningClaim, State
from corpu.identity import Viewer


class NotVerified(RuleBroken):
    message = N_("Verifikasi dahulu catatannya; barulah sertifikatnya dapat menjadi bukti.")


class WithoutProof(RuleBroken):
    message = N_("Tanpa berkas sertifikat, catatan ini tidak dapat menjadi bukti kompetensi.")


def source_of(claim_id: UUID) -> str:
    """How evidence names the claim that it comes from."""
    return f"certificate:{claim_id}"


def give_evidence(
    session: Session,
    claim_id: UUID,
    competency: str,
    level: int,
    score: Decimal,
    *,
    by: Viewer,
    reason: str,
    at: moment,
    valid_until: date | None = None,
) -> EvidenceRecord:
    """Count the certificate of a verified claim, from the day on which it was earned.

    A claim may show several competencies, each once. `valid_until` is the last day of a
    certificate that ends. Who may act for whom is the caller's to check. Raises NotFound,
    NotVerified, WithoutProof, and what `record_certificate` raises.
    """
    owner = session.scalar(select(LearningClaim.person_id).where(LearningClaim.id == claim_id))
    if owner is None:
        raise NotFound
    hold(session, [owner])  # as every decision on the claim does, before anything else
    claim = session.get_one(LearningClaim, claim_id, populate_existing=True)
    if claim.state is not State.VERIFIED:
        raise NotVerified
    if claim.proof_kind is None:
        raise WithoutProof
    end = None if valid_until is None else midnight(valid_until + timedelta(days=1), claim.timezone)
    return record_certificate(
        session,
        claim.person_id,
        source=source_of(claim_id),
        label=" · ".join(part for part in (claim.title, claim.organiser) if part),
        competency=competency,
        level=level,
        score=score,
        observed_at=midnight(claim.ended_on, claim.timezone),
        valid_until=end,
        by=by,
        reason=reason,
        at=at,
    )
