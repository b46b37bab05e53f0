"""Digital credentials: made at the first call, kept, and forgotten with a key that was lost."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, object_session

from corpu import clock
from corpu.credentials import queries
from corpu.credentials.badges.document import Place, document
from corpu.credentials.badges.models import LIST_SIZE, Badge
from corpu.credentials.badges.proofs import as_jwt, whole, with_proof
from corpu.credentials.models import Certificate
from corpu.credentials.snapshot import Snapshot
from corpu.database import insert_unless_taken, writing
from corpu.errors import N_, NotFound, RuleBroken
from corpu.events import KeyCompromised
from corpu.signing.service import Signer, signer
from corpu.transactions import unit_of_work

TRIES = 10  # for a free place; where none of these is free, the next list begins


class NotIntact(RuleBroken):
    message = N_(
        "Catatan sertifikat ini tidak sama dengan sidik saat terbit, jadi kredensial digitalnya "
        "tidak dibuat. Hubungi penerbitnya."
    )


def badge_of(session: Session, certificate_id: UUID, *, at: datetime) -> Badge:
    """The credential of a certificate, made and signed where there is none. Of two who make it
    at once, one does. Raises NotFound, NotIntact, KeyLocked."""
    found = session.get(Badge, certificate_id)
    if found is not None:
        return found
    shown = queries.managed_certificate(session, certificate_id, None)
    if shown is None:
        raise NotFound
    if not shown.is_intact:
        raise NotIntact
    pen = signer(session, at=at)
    number = session.scalar(select(func.max(Badge.status_list))) or 1
    while True:
        for _ in range(TRIES):
            place = Place(number, secrets.randbelow(LIST_SIZE))
            values = _signed(certificate_id, shown.content, place, pen, at)
            made = insert_unless_taken(session, Badge, values)
            # Not by the identity map, which does not know what somebody else has just committed.
            made = made or session.scalar(select(Badge).filter_by(certificate_id=certificate_id))
            if made is not None:
                return made
        number += 1


def _signed(
    certificate_id: UUID, content: Snapshot, place: Place, pen: Signer, at: datetime
) -> dict[str, Any]:
    said = document(content, place)
    # To the second, as the proof writes it, and not before there was the key.
    at = max(at, pen.valid_from).replace(microsecond=0)
    proof: dict[str, Any] = {
        "did": said["issuer"]["id"],
        "kid": pen.kid,
        "sign": pen.private.sign,
        "at": at,
    }
    return {
        "certificate_id": certificate_id,
        "status_list": place.number,
        "status_index": place.index,
        "document": whole(with_proof(said, **proof)),
        "jwt": as_jwt(said, **proof).encode(),
        "kid": pen.kid,
        "made_at": at,
    }


def kept_badge(session: Session, certificate_id: UUID, *, at: datetime) -> Badge:
    """The same outside a unit of work: read, or made in a short one of its own. Raises as
    `badge_of` does."""
    found = session.get(Badge, certificate_id)
    if found is not None:
        return found
    with unit_of_work(session):
        badge_of(session, certificate_id, at=at)
    return session.get_one(Badge, certificate_id)


def credential_bytes(certificate: Certificate) -> bytes:
    """The JSON of a certificate's credential, the same bytes at each call: for the document that
    carries it. Inside a unit of work it is part of it. Raises as `badge_of` does."""
    session = object_session(certificate)
    if session is None:
        raise RuntimeError("the certificate belongs to no session")
    make = badge_of if writing.get() else kept_badge
    return make(session, certificate.id, at=clock.now()).document


def forget_signed_by(session: Session, event: KeyCompromised) -> None:
    """Of a lost key nothing holds by the signature alone, and wallets find it no more: the next
    who asks gets one of the next key."""
    session.execute(delete(Badge).where(Badge.kid == event.kid))
