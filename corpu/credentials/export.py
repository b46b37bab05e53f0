"""What this room holds about a person, for the file of one's own data."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.catalog.models import Edition
from corpu.credentials import queries
from corpu.credentials.badges.models import Badge
from corpu.credentials.batch_models import BatchItem, CertificateBatch
from corpu.credentials.expiring import reminders_of
from corpu.credentials.life_models import CorrectionWish
from corpu.credentials.life_queries import history_of
from corpu.credentials.models import Certificate
from corpu.people.export import register
from corpu.signing.rules import base64url


def certificates_data(session: Session, person_id: UUID) -> dict[str, Any]:
    """Every certificate with all that is printed on it, and what still waits."""
    rows = session.execute(
        select(Certificate, Badge.document)
        .outerjoin(Badge, Badge.certificate_id == Certificate.id)
        .filter(Certificate.person_id == person_id)
        .order_by(Certificate.issued_at)
    )
    return {
        "issued": [
            {
                "number": row.number,
                "code": row.code,
                "issued_at": row.issued_at,
                "content": row.snapshot,
                "pdf_sha256": row.pdf_sha256,
                "signed_pdf_sha256": row.signed_pdf_sha256,
                "qr_payload": row.qr_payload,
                "signature": base64url(row.signature) if row.signature else None,
                "signed_with": row.kid,
                "signed_at": row.signed_at,
                "revoked_at": row.revoked_at,
                "revocation_class": row.revocation_class,
                "revocation_reason": row.revocation_reason,
                "valid_until": row.valid_until,
                "superseded_at": row.superseded_at,
                "requests": _requests(session, row.id),
                "reminded": [one.at for one in reminders_of(session, row.id)],
                "digital_credential": json.loads(credential) if credential else None,
            }
            for row, credential in rows
        ],
        "waiting": [
            {
                "course": row.course_title,
                "since": row.since,
                "reason": row.reason,
                "detail": row.detail,
                "unit": row.unit_name,
            }
            for row in queries.waiting(session, person_id=person_id)
        ],
        "batches": [
            {
                "course": row.title,
                "chosen_at": row.created_at,
                "became": row.state,
                "reason": row.reason,
                "told": row.mail,
                "told_at": row.mailed_at,
            }
            for row in _batches(session, person_id)
        ],
    }


def _requests(session: Session, certificate_id: UUID) -> dict[str, Any]:
    """What was asked about a certificate, by its holder and by managers."""
    wishes = session.scalars(
        select(CorrectionWish)
        .filter_by(certificate_id=certificate_id)
        .order_by(CorrectionWish.asked_at)
    )
    return {
        "of_holder": [
            {
                "text": one.text,
                "asked_at": one.asked_at,
                "state": one.state,
                "answered_at": one.answered_at,
                "answer": one.answer,
            }
            for one in wishes
        ],
        "of_managers": [
            {
                "kind": one.kind,
                "revocation_class": one.revocation_class,
                "changes": one.changes,
                "reason": one.reason,
                "asked_at": one.asked_at,
                "state": one.state,
                "answered_at": one.answered_at,
                "answer": one.answer,
            }
            for one in history_of(session, certificate_id)
        ],
    }


def _batches(session: Session, person_id: UUID) -> Any:
    return session.execute(
        select(
            Edition.title,
            CertificateBatch.created_at,
            BatchItem.state,
            BatchItem.reason,
            BatchItem.mail,
            BatchItem.mailed_at,
        )
        .join(CertificateBatch, CertificateBatch.id == BatchItem.batch_id)
        .join(Edition, (Edition.course_id == CertificateBatch.course_id) & Edition.is_current)
        .where(BatchItem.person_id == person_id)
        .order_by(CertificateBatch.created_at)
    )


register("certificates", certificates_data)
