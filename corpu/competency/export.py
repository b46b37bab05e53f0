"""Evidence as a file: to compute a score again elsewhere, and as a part of one's own data."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import clock
from corpu.competency import ledger
from corpu.competency.asking_models import AssessmentImport
from corpu.competency.change_models import RuleDraft
from corpu.competency.history import facts_of
from corpu.competency.ledger import Piece
from corpu.competency.models import CompetencyScore, EvidenceRecord
from corpu.competency.peers import Asked, requests_of
from corpu.competency.queries import Account


def case_of(account: Account) -> dict[str, Any]:
    """The evidence of one score and its result, in the shape that `check-vectors` reads.

    Holds what the score was handed, so pieces recorded as thin are left out; numbers are text,
    so that no reader rounds them.
    """
    handed = [
        recorded.piece
        for recorded in account.counted + account.ignored
        if not recorded.piece.is_thin
    ]
    outcome = account.outcome
    return {
        "name": f"{account.code} {account.at.isoformat()}",
        "at": account.at.isoformat(),
        "rule": account.in_force.rule.to_dict(),
        "evidence": [_handed(piece, account.at) for piece in sorted(handed, key=lambda p: p.id)],
        "expect": {
            "level": outcome.level,
            "score": None if outcome.score is None else str(outcome.score),
            "capped": outcome.capped,
            "counted": sorted(outcome.counted),
            "ignored": sorted(list(pair) for pair in outcome.ignored),
        },
    }


def _handed(piece: Piece, at: datetime) -> dict[str, Any]:
    return {
        "id": piece.id,
        "kind": piece.kind.value,
        "level": piece.level,
        "source": piece.source,
        "observed_at": piece.observed_at.isoformat(),
        "score": None if piece.score is None else str(piece.score),
        "weight": str(piece.weight),
        "valid_until": piece.valid_until and piece.valid_until.isoformat(),
        "revoked": piece.revoked_at is not None and piece.revoked_at <= at,
    }


def _request(asked: Asked) -> dict[str, Any]:
    request = asked.request
    return {
        "asked_by": request.asked_by_name,
        "competencies": request.competencies,
        "asked_at": request.asked_at,
        "answered_at": request.answered_at,
        "closed_at": request.closed_at,
    }


def own_part(session: Session, person_id: UUID) -> dict[str, Any]:
    """Every piece of evidence about a person and the kept scores, for the person's own file."""
    book = ledger.read(session, [person_id], clock.now())[person_id]
    return {
        "rule": book.in_force.rule.to_dict(),
        "evidence": [
            {
                "id": piece.id,
                "competency": piece.competency,
                "kind": piece.kind,
                "level": piece.level,
                "score": piece.score,
                "weight": piece.weight,
                "source": piece.source,
                "label": piece.label,
                "thin": piece.is_thin,
                "observed_at": piece.observed_at,
                "valid_until": piece.valid_until,
                "revoked_at": piece.revoked_at,
                "reason": piece.reason,
                "post": piece.post_title,
                "correction": piece.correction,
            }
            for code in sorted(book.pieces)
            for piece in book.pieces[code]
        ],
        "ratings_given": [
            {
                "kind": row.kind,
                "competency": row.competency,
                "level": row.level,
                "reason": row.reason,
                "label": row.label,  # with in whose place
                "at": row.observed_at,
            }
            for row in session.scalars(
                select(EvidenceRecord)
                .where(EvidenceRecord.actor_id == person_id, EvidenceRecord.person_id != person_id)
                .order_by(EvidenceRecord.observed_at)
            )
        ],
        # What a manager has sent or drafted, without the people whom it concerns.
        "assessment_imports": [
            {"name": one.name, "sent_at": one.sent_at, "recorded_at": one.recorded_at}
            for one in session.scalars(select(AssessmentImport).filter_by(sent_by=person_id))
        ],
        "rule_drafts": [
            {"rule": one.rule, "state": one.state, "created_at": one.created_at}
            for one in session.scalars(select(RuleDraft).filter_by(created_by=person_id))
        ],
        "peer_requests": {
            # Who was asked about the person stays with whoever asked.
            "about_me": [_request(one) for one in requests_of(session, person_id=person_id)],
            "of_me": [_request(one) for one in requests_of(session, peer_id=person_id)],
            "by_me": [_request(one) for one in requests_of(session, asked_by=person_id)],
        },
        "rule_changes": [
            {
                "competency": fact.competency,
                "version": fact.version,
                "at": fact.moment,
                "reason": fact.reason,
                "before_level": fact.before_level,
                "before_score": fact.before_score,
                "after_level": fact.after_level,
                "after_score": fact.after_score,
            }
            for fact in facts_of(session, person_id, book.at)
        ],
        "scores": [
            {
                "competency": row.competency,
                "level": row.level,
                "score": row.score,
                "capped": row.is_capped,
                "computed_at": row.computed_at,
            }
            for row in session.scalars(
                select(CompetencyScore)
                .filter_by(person_id=person_id)
                .order_by(CompetencyScore.competency)
            )
        ],
    }
