"""The PDF of a statement: drawn once for each state of the closed book, and kept.

As with certificates (`documents`), drawing happens outside any transaction, whoever keeps bytes
first has made the file, and a newer typesetter changes none that is kept.
"""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.credentials.documents import Storage, kept
from corpu.credentials.models import StatementDocument
from corpu.credentials.pdf import PdfRefused, PdfUnavailable, render_statement
from corpu.credentials.statements import Stated, statement_of, written
from corpu.database import insert_unless_taken, uuid7, writing
from corpu.errors import N_, DomainError, NotFound
from corpu.installation import Installation, Origin
from corpu.transactions import unit_of_work

log = logging.getLogger(__name__)


class NotDrawn(DomainError):
    status = 503
    message = N_("PDF belum dapat dibuat. Bukunya tetap tertutup; coba lagi beberapa saat lagi.")


class StatementLost(DomainError):
    status = 503
    message = N_(
        "Berkas PDF ini tidak terbaca dari penyimpanan kami dan harus dipulihkan dari cadangan. "
        "Bukunya tetap tertutup dan angkanya tetap terbaca di sini."
    )


def pdf_of(
    session: Session, storage: Storage, person_id: UUID, year: int, *, at: datetime
) -> tuple[Stated, bytes]:
    """The statement of a closed year, with what came later as such: drawn and kept at the first
    call for a state of the book, the kept bytes ever after.

    Opens a short unit of its own, so it must not be called inside one. Raises NotFound while
    the year is open, NotDrawn, StatementLost.
    """
    if writing.get():
        raise RuntimeError("a document is never drawn inside a unit of work")
    stated, sha256, is_demo = _found(session, person_id, year)

    def draw() -> bytes:
        try:
            return _draw(stated, is_demo)
        except (PdfRefused, PdfUnavailable) as error:
            log.exception("the statement of %s for %s is not drawn", person_id, year)
            raise NotDrawn from error

    if sha256 is None:
        data = draw()
        try:
            mine = storage.put(data)
        except OSError as error:  # a full disk: nothing is lost, and it is drawn again later
            log.error("the statement of %s for %s is not kept: %s", person_id, year, error)
            raise NotDrawn from error
        with unit_of_work(session):
            sha256 = keep(session, stated.id, stated.state, mine, at=at)
        if sha256 == mine:
            return stated, data
    found = kept(storage, sha256, draw)
    if found is None:
        raise StatementLost
    return stated, found


def keep(session: Session, statement_id: UUID, state: str, sha256: str, *, at: datetime) -> str:
    """Name the bytes for a state of the book unless it has some; answers those that stand."""
    row = {
        "id": uuid7(),
        "statement_id": statement_id,
        "state": state,
        "pdf_sha256": sha256,
        "drawn_at": at,
    }
    if insert_unless_taken(session, StatementDocument, row) is not None:
        return sha256
    return session.scalars(_named(statement_id, state)).one()


def draw_ahead(
    session: Session, storage: Storage, payload: dict[str, Any], _at: datetime
) -> dict[str, Any]:
    """What the job does before its transaction: the bytes, stored and named by hash."""
    stated, sha256, is_demo = _found(session, UUID(payload["person_id"]), payload["year"])
    return {
        "statement_id": str(stated.id),
        "state": stated.state,
        # Somebody may have been quick to download.
        "pdf_sha256": sha256 or storage.put(_draw(stated, is_demo)),
    }


def keep_drawn(session: Session, payload: dict[str, Any], at: datetime) -> None:
    """The job's transaction: the statement learns the hash of what was drawn."""
    statement_id = UUID(payload["statement_id"])
    keep(session, statement_id, payload["state"], payload["pdf_sha256"], at=at)


def _found(session: Session, person_id: UUID, year: int) -> tuple[Stated, str | None, bool]:
    """The closed book as it stands, the bytes kept for that, and whether all here is a demo;
    lets the session go."""
    stated = statement_of(session, person_id, year)
    if stated is None:
        raise NotFound
    sha256 = session.scalar(_named(stated.id, stated.state))
    is_demo = session.scalar(select(Installation.origin)) is Origin.DEMO
    session.close()
    return stated, sha256, is_demo


def _named(statement_id: UUID, state: str) -> Any:
    return select(StatementDocument.pdf_sha256).filter_by(statement_id=statement_id, state=state)


def _draw(stated: Stated, is_demo: bool) -> bytes:
    return render_statement(written(stated, is_demo=is_demo))
