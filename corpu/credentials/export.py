"""What this room holds about a person, for the file of one's own data."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.credentials import queries
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
                "signed_pdf_sha256": row.signed_pdf_sha256,
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
    }


register("certificates", certificates_data)
