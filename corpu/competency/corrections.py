"""Evidence put right: what was wrong is withdrawn with a reason, what is right is a new entry."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.competency import service
from corpu.competency.asking_models import EvidenceCorrection
from corpu.competency.models import EvidenceKind, EvidenceRecord
from corpu.competency.rules import HIGHEST, LOWEST
from corpu.errors import N_, DomainError, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.people.models import Person
from corpu.people.queries import agency_day, standing
from corpu.people.records import log
from corpu.people.rules import clean_text
from corpu.standards.queries import rows_on

REASON = 500  # characters
CORRECTED = (EvidenceKind.ASSESSOR, EvidenceKind.EXTERNAL)


class OwnEvidence(RuleBroken):
    message = N_("Bukti tentang diri sendiri dicatat dan dibetulkan oleh pengelola lain.")


class NotToCorrect(RuleBroken):
    message = N_(
        "Yang dibetulkan di sini hasil uji kompetensi dan sertifikat luar. Penilaian dibetulkan "
        "penilainya dengan menilai lagi; nilai kuis dengan menilai ulang percobaannya."
    )


class AlreadyWithdrawn(RuleBroken):
    message = N_("Bukti ini sudah dicabut.")


class NothingChanged(RuleBroken):
    field = "level"
    message = N_("Levelnya sama dengan yang tercatat.")


class CorrectionReason(DomainError):
    field = "reason"
    message = N_("Tulis alasannya, paling banyak %(most)s huruf.")


class WrongScore(DomainError):
    field = "score"
    message = N_("Tulis nilai antara 0 dan 100, paling banyak empat angka di belakang koma.")


class WrongEnd(DomainError):
    field = "valid_until"
    message = N_("Sertifikat berlaku sampai sesudah hari diperolehnya.")


class AlreadyEvidence(RuleBroken):
    field = "competency"
    message = N_("Sertifikat ini sudah menjadi bukti kompetensi itu.")


def correct(
    session: Session,
    evidence_id: UUID,
    level: int | None,
    *,
    by: Viewer,
    reason: str,
    at: datetime,
) -> EvidenceRecord | None:
    """Withdraw a piece, and record its right level beside it; with `level` None only withdraw.

    Who may act for whom is the caller's to check. Raises NotFound, OwnEvidence, NotToCorrect,
    AlreadyWithdrawn, NothingChanged, CorrectionReason, WrongLevel.
    """
    person_id = session.scalar(
        select(EvidenceRecord.person_id).where(EvidenceRecord.id == evidence_id)
    )
    if person_id is None:
        raise NotFound
    if person_id == by.id:
        raise OwnEvidence
    service.hold(session, [person_id])
    piece = session.get_one(EvidenceRecord, evidence_id, populate_existing=True)
    if piece.kind not in CORRECTED:
        raise NotToCorrect
    if piece.revoked_at is not None:
        raise AlreadyWithdrawn
    if level is not None and not LOWEST <= level <= HIGHEST:
        raise service.WrongLevel
    if level == piece.level:
        raise NothingChanged
    right = None
    if level is not None:
        right = EvidenceRecord(
            person_id=person_id,
            competency=piece.competency,
            kind=piece.kind,
            level=level,
            score=piece.score,
            weight=piece.weight,
            source=piece.source,
            label=piece.label,
            observed_at=piece.observed_at,
            valid_until=piece.valid_until,
            reason=piece.reason,
            unit_id=piece.unit_id,
            post_title=piece.post_title,
            recorded_at=at,
        )
        session.add(right)
        session.flush()
    withdraw(session, piece, right, by=by, reason=reason, at=at)
    return right


def withdraw(
    session: Session,
    piece: EvidenceRecord,
    right: EvidenceRecord | None,
    *,
    by: Viewer,
    reason: str,
    at: datetime,
) -> None:
    """End a piece that is held, with the reason, and compute the score without it."""
    reason = clean_text(reason)
    if not 1 <= len(reason) <= REASON:
        raise CorrectionReason(most=REASON)
    piece.revoked_at = at
    session.add(
        EvidenceCorrection(
            evidence_id=piece.id,
            replaced_by=right.id if right else None,
            by_id=by.id,
            by_name=by.name,
            reason=reason,
            at=at,
        )
    )
    session.flush()
    log(
        session,
        session.get_one(Person, piece.person_id),
        "competency.evidence_corrected",
        by=by,
        at=at,
        before={"competency": piece.competency, "level": piece.level},
        after={"competency": piece.competency, "level": right.level if right else None},
        reason=reason,
    )
    service.recompute(session, piece.person_id, [piece.competency], at=at)


def record_certificate(
    session: Session,
    person_id: UUID,
    *,
    source: str,
    label: str,
    competency: str,
    level: int,
    score: Decimal,
    observed_at: datetime,
    by: Viewer,
    reason: str,
    at: datetime,
    valid_until: datetime | None = None,
) -> EvidenceRecord:
    """Record what a verified certificate from elsewhere shows; once for each competency.

    `score` 0 to 100 as the certificate says it. Raises OwnEvidence, UnknownCompetency,
    WrongLevel, WrongScore, WrongEnd, AlreadyEvidence.
    """
    if person_id == by.id:
        raise OwnEvidence
    if competency not in rows_on(session, agency_day(session, at)):
        raise service.UnknownCompetency
    if not LOWEST <= level <= HIGHEST:
        raise service.WrongLevel
    if not 0 <= score <= 100 or score != round(score, 4):
        raise WrongScore
    if valid_until is not None and valid_until <= observed_at:
        raise WrongEnd
    service.hold(session, [person_id])
    standing_already = session.scalar(
        select(EvidenceRecord).where(
            EvidenceRecord.person_id == person_id,
            EvidenceRecord.source == source,
            EvidenceRecord.competency == competency,
            EvidenceRecord.revoked_at.is_(None),
        )
    )
    if standing_already is not None:
        if (standing_already.level, standing_already.score) == (level, score):
            return standing_already  # the second of two clicks
        raise AlreadyEvidence
    here = standing(session, person_id, observed_at)
    piece = EvidenceRecord(
        person_id=person_id,
        competency=competency,
        kind=EvidenceKind.EXTERNAL,
        level=level,
        score=score,
        weight=1,
        source=source,
        label=label[: service.LABEL],
        observed_at=observed_at,
        valid_until=valid_until,
        reason=clean_text(reason)[:REASON],
        unit_id=here.unit_id,
        post_title=here.post_title,
        recorded_at=at,
    )
    session.add(piece)
    session.flush()
    log(
        session,
        session.get_one(Person, person_id),
        "competency.certificate_counted",
        by=by,
        at=at,
        after={"competency": competency, "level": level, "score": str(score)},
        reason=piece.reason,
    )
    service.recompute(session, person_id, [competency], at=at)
    return piece


def withdraw_of_source(
    session: Session, person_id: UUID, source: str, *, by: Viewer, reason: str, at: datetime
) -> None:
    """Withdraw what a source had shown, because the source no longer stands."""
    service.hold(session, [person_id])
    for piece in session.scalars(
        select(EvidenceRecord).where(
            EvidenceRecord.person_id == person_id,
            EvidenceRecord.source == source,
            EvidenceRecord.revoked_at.is_(None),
        )
    ).all():
        withdraw(session, piece, None, by=by, reason=reason, at=at)
