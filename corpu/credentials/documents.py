"""The PDF of a certificate: drawn once from its snapshot, and for ever those bytes.

Drawing takes tens of milliseconds and a process of its own, so it never happens inside a
transaction: on SQLite nobody else could write meanwhile.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, select, update
from sqlalchemy.orm import Session

from corpu import clock
from corpu.credentials.badges.models import Badge
from corpu.credentials.badges.service import NotIntact, kept_badge
from corpu.credentials.models import Certificate
from corpu.credentials.pdf import PdfRefused, PdfUnavailable, is_archival, render_pdf
from corpu.database import writing
from corpu.errors import N_, DomainError, NotFound
from corpu.signing.service import KeyLocked
from corpu.storage import Missing
from corpu.transactions import unit_of_work

log = logging.getLogger(__name__)


class Storage(Protocol):
    """Where bytes lie by their SHA-256."""

    def put(self, data: bytes) -> str: ...
    def get(self, sha256: str) -> bytes: ...


class DrawnLater(DomainError):
    status = 503
    message = N_(
        "PDF belum dapat dibuat. Sertifikatnya tetap terbit; coba lagi beberapa saat lagi."
    )


class BytesLost(DomainError):
    status = 503
    message = N_(
        "Berkas PDF ini tidak terbaca dari penyimpanan kami dan harus dipulihkan dari cadangan. "
        "Sertifikatnya tetap sah dan dapat diperiksa dengan kodenya."
    )


def pdf_of(session: Session, storage: Storage, certificate_id: UUID) -> bytes:
    """The document's bytes: those with an electronic signature where there is one, else drawn and
    kept at the first call, the kept ones ever after.

    Opens short units of its own, so it must not be called inside one. Whoever keeps bytes
    first has made the document; those of a slower one are let go.
    Raises NotFound, DrawnLater, BytesLost.
    """
    if writing.get():
        raise RuntimeError("a document is never drawn inside a unit of work")
    row = session.execute(_facts(certificate_id)).one_or_none()
    session.close()
    if row is None:
        raise NotFound
    if row.signed_pdf_sha256 is not None:
        return _signed(storage, row.signed_pdf_sha256)
    return _unsigned(session, storage, certificate_id, row)


def to_sign(session: Session, storage: Storage, certificate_id: UUID) -> bytes:
    """The bytes that an electronic signature is put on: the kept ones, unless they are of the
    first form, whose page says that it is not signed; such a document is drawn anew from its
    snapshot. Raises as `pdf_of` does."""
    row = session.execute(_facts(certificate_id)).one()
    session.close()
    data = _unsigned(session, storage, certificate_id, row)
    if is_archival(data):
        return data
    return _draw(storage, row, certificate_id, _credential(session, certificate_id))


def keep_signed(session: Session, certificate_id: UUID, sha256: str) -> bool:
    """Name the signed bytes of a document; False where it has some already, which stay."""
    first = session.scalars(
        update(Certificate)
        .where(Certificate.id == certificate_id, Certificate.signed_pdf_sha256.is_(None))
        .values(signed_pdf_sha256=sha256)
        .returning(Certificate.id)
        .execution_options(synchronize_session=False)
    )
    return first.one_or_none() is not None


def _facts(certificate_id: UUID) -> Select[Any]:
    return (
        select(
            Certificate.pdf_sha256,
            Certificate.signed_pdf_sha256,
            Certificate.snapshot,
            Certificate.qr_payload,
            Badge.document.label("credential"),
        )
        .outerjoin(Badge, Badge.certificate_id == Certificate.id)
        .where(Certificate.id == certificate_id)
    )


def _signed(storage: Storage, sha256: str) -> bytes:
    try:
        return storage.get(sha256)
    except Missing as missing:
        # A signature is never made twice, and the unsigned bytes are another document.
        log.error("the signed bytes %s are missing", sha256)
        raise BytesLost from missing


def _unsigned(session: Session, storage: Storage, certificate_id: UUID, row: Row[Any]) -> bytes:
    if row.pdf_sha256 is not None:
        return _kept(storage, row.pdf_sha256, row, certificate_id)
    data = _draw(storage, row, certificate_id, _credential(session, certificate_id))
    try:
        sha256 = storage.put(data)
    except OSError as error:  # a full disk: nothing is lost, and it is drawn again later
        log.error("the document of %s could not be kept: %s", certificate_id, error)
        raise DrawnLater from error
    with unit_of_work(session):
        first = keep(session, certificate_id, sha256)
    return data if first == sha256 else _kept(storage, first, row, certificate_id)


def keep(session: Session, certificate_id: UUID, sha256: str) -> str:
    """Name the bytes of a document unless it has some; answers those that stand."""
    session.execute(
        update(Certificate)
        .where(Certificate.id == certificate_id, Certificate.pdf_sha256.is_(None))
        .values(pdf_sha256=sha256)
    )
    return session.scalars(
        select(Certificate.pdf_sha256).where(Certificate.id == certificate_id)
    ).one()  # type: ignore[return-value]  # just set, or set before


def fingerprint(data: bytes) -> str:
    """SHA-256 in hex: the name of kept bytes, by which a file shown later is recognised."""
    return hashlib.sha256(data).hexdigest()


def draw_ahead(
    session: Session, storage: Storage, payload: dict[str, Any], _at: datetime
) -> dict[str, Any]:
    """What the render job does before its transaction: the bytes, stored and named by hash."""
    certificate_id = UUID(payload["certificate_id"])
    row = session.execute(_facts(certificate_id)).one()
    session.close()
    if row.pdf_sha256 is not None:  # somebody was quick to download
        return {"pdf_sha256": row.pdf_sha256}
    credential = _credential(session, certificate_id)
    return {"pdf_sha256": storage.put(_drawn(storage, row, credential))}


def keep_drawn(session: Session, payload: dict[str, Any], _at: datetime) -> None:
    """The render job's transaction: the certificate learns the hash of what was drawn."""
    keep(session, UUID(payload["certificate_id"]), payload["pdf_sha256"])


def pictures_in(storage: Storage, pictures: Iterable[str]) -> dict[str, bytes]:
    """Pictures of a template from the store; those that are lost are left out, and the drawing
    says so."""
    found = {}
    for sha256 in pictures:
        with suppress(Missing):
            found[sha256] = storage.get(sha256)
    return found


def _credential(session: Session, certificate_id: UUID) -> bytes | None:
    """The digital credential that a document carries, made now where there is none. None where it
    cannot be made: the document does not wait for it."""
    try:
        return kept_badge(session, certificate_id, at=clock.now()).document
    except (KeyLocked, NotIntact) as error:
        log.warning("certificate %s is drawn without its credential: %s", certificate_id, error)
        return None
    finally:
        session.close()


def _drawn(
    storage: Storage, row: Row[Any], credential: bytes | None = None, *, archival: bool = True
) -> bytes:
    design = row.snapshot.get("design") or {}
    names = [design[place] for place in ("logo", "background") if design.get(place)]
    return render_pdf(
        row.snapshot,
        qr_payload=row.qr_payload,
        pictures=pictures_in(storage, names),
        credential=credential.decode() if credential else "",
        archival=archival,
    )


def draw_all_ahead(
    session: Session, storage: Storage, payload: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """The same for the certificates of a batch. What cannot be drawn is left to a job of its
    own, which tells why."""
    drawn: dict[str, str] = {}
    for one in payload["certificate_ids"]:
        try:
            alone = draw_ahead(session, storage, {"certificate_id": one}, at)
        except (PdfRefused, PdfUnavailable):
            log.exception("certificate %s is not drawn", one)
        else:
            drawn[one] = alone["pdf_sha256"]
    return {"drawn": drawn}


def keep_all_drawn(session: Session, payload: dict[str, Any], _at: datetime) -> list[UUID]:
    """The transaction behind it; answers those that could not be drawn."""
    drawn = payload["drawn"]
    if drawn:
        session.connection().execute(
            update(Certificate)
            .where(Certificate.id == bindparam("of"), Certificate.pdf_sha256.is_(None))
            .values(pdf_sha256=bindparam("bytes")),
            [{"of": UUID(one), "bytes": sha256} for one, sha256 in drawn.items()],
        )
    return [UUID(one) for one in payload["certificate_ids"] if one not in drawn]


def _draw(
    storage: Storage,
    row: Row[Any],
    certificate_id: UUID,
    credential: bytes | None = None,
    *,
    archival: bool = True,
) -> bytes:
    try:
        return _drawn(storage, row, credential, archival=archival)
    except (PdfRefused, PdfUnavailable) as error:
        log.exception("certificate %s is not drawn", certificate_id)
        raise DrawnLater from error


def _kept(storage: Storage, sha256: str, row: Row[Any], certificate_id: UUID) -> bytes:
    data = kept(
        storage,
        sha256,
        lambda: _draw(storage, row, certificate_id, row.credential),
        lambda: _draw(storage, row, certificate_id),
        lambda: _draw(storage, row, certificate_id, archival=False),
    )
    if data is None:
        raise BytesLost
    return data


def kept(storage: Storage, sha256: str, *draws: Callable[[], bytes]) -> bytes | None:
    """The kept bytes; where they are lost the same drawn again, in one of the forms that there
    were, and nothing but the same: None where they came out otherwise."""
    try:
        return storage.get(sha256)
    except Missing:
        log.error("the bytes %s are missing", sha256)
    for draw in draws:
        if fingerprint(data := draw()) == sha256:
            storage.put(data)
            return data
    return None
