"""What this room holds about a person, for the file of one's own data."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.catalog.models import Edition
from corpu.credentials import queries
from corpu.credentials.batch_models import BatchItem, CertificateBatch
from corpu.credentials.models import Certificate
from corpu.people.export import register
from corpu.signing.rules import base64url


def certificates_data(session: Session, person_id: UUID) -> dict[str, Any]:
    """Every certificate with all that is printed on it, and what still waits."""
    rows = session.scalars(
        select(Certificate).filter_by(person_id=person_id).order_by(Certificate.issued_at)
    )
    return {
        "issued": [
            {
                "number": row.number,
                "code": row.code,
                "issued_at": row.issued_at,
                "content": row.snapshot,
                "pdf_sha256": row.pdf_sha256,
                "qr_payload": row.qr_payload,
                "signature": base64url(row.signature) if row.signature else None,
                "signed_with": row.kid,
                "signed_at": row.signed_at,
                "revoked_at": row.revoked_at,
                "revocation_reason": row.revocation_reason,
            }
            for row in rows
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
