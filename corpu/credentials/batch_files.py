"""The documents of a batch as files to hand on: ZIPs, and one PDF after the other for the printer.

Each part is a job of its own, written to the store while it is made; its row names it once it is
whole. Killed in between, the part is made again, from the same documents to the same bytes.
"""

import logging
import os
import re
import tempfile
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import pikepdf
from flask_babel import gettext
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from corpu import audit
from corpu.credentials import batches, documents
from corpu.credentials.batch_models import (
    BatchFile,
    BatchItem,
    BatchState,
    FileKind,
    ItemState,
)
from corpu.credentials.bundle import Wanted, zipped
from corpu.credentials.models import Certificate
from corpu.errors import N_, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.jobs import enqueue

log = logging.getLogger(__name__)

MAKE = "credentials.make_batch_file"
DOCUMENTS = 500  # in a file: some 35 MB, and to join them takes some 100 MB of memory
WITH_CERTIFICATE = (ItemState.ISSUED, ItemState.PRESENT)
PIECE = 1024 * 1024


class Store(documents.Storage, Protocol):
    """A storage that takes bytes as they come."""

    def put_stream(self, pieces: Iterator[bytes]) -> tuple[str, int]: ...


class NotIssuedYet(RuleBroken):
    message = N_("Tunggu sampai penerbitannya selesai atau dihentikan.")


class NoDocuments(RuleBroken):
    message = N_("Belum ada sertifikat yang terbit dalam angkatan ini.")


def ask(session: Session, batch_id: UUID, kind: FileKind, *, by: Viewer, at: datetime) -> int:
    """Have files of a kind made from all certificates of a batch, in place of earlier ones;
    answers how many. Raises NotFound, NotIssuedYet, NoDocuments."""
    batch = batches.held(session, batch_id)
    if batch.state not in (BatchState.DONE, BatchState.STOPPED):
        raise NotIssuedYet
    places = session.scalars(
        select(BatchItem.position)
        .where(BatchItem.batch_id == batch_id, BatchItem.state.in_(WITH_CERTIFICATE))
        .order_by(BatchItem.position)
    ).all()
    if not places:
        raise NoDocuments
    session.execute(delete(BatchFile).where(BatchFile.batch_id == batch_id, BatchFile.kind == kind))
    parts = [places[start : start + DOCUMENTS] for start in range(0, len(places), DOCUMENTS)]
    for number, part in enumerate(parts, start=1):
        row = BatchFile(
            batch_id=batch_id,
            kind=kind,
            part=number,
            first=part[0],
            last=part[-1],
            documents=len(part),
            missing=0,
            size=0,
            asked_at=at,
        )
        session.add(row)
        session.flush()
        enqueue(session, MAKE, {"file": row.id.hex}, at=at)
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action=f"batch.{kind.value}_asked",
        subject=("batch", batch_id, ""),
        unit_id=batch.unit_id,
        after={"documents": len(places)},
    )
    return len(parts)


def make(
    session: Session, storage: Store, payload: dict[str, Any], _at: datetime
) -> dict[str, Any]:
    """What the job does before its transaction: the whole part, in the store. Nothing where
    the file was asked for anew meanwhile."""
    row = session.get(BatchFile, UUID(hex=payload["file"]))
    if row is None or row.sha256 is not None:
        return {"sha256": None}
    kind, wanted = row.kind, _wanted(session, row)
    session.close()
    if kind is FileKind.ZIP:
        missing: list[str] = []
        pieces = zipped(session, storage, wanted, left_out=_left_out(), missing=missing)
        sha256, size = storage.put_stream(pieces)
    else:
        with tempfile.TemporaryDirectory(prefix="corpu-print-") as folder:
            path = Path(folder) / "cetak.pdf"
            missing = _join(session, storage, wanted, path)
            sha256, size = storage.put_stream(_read(path))
    return {"sha256": sha256, "size": size, "missing": len(missing)}


def keep(session: Session, payload: dict[str, Any], at: datetime) -> None:
    """The job's transaction: the row names what was made."""
    if payload["sha256"] is None:
        return
    session.execute(
        update(BatchFile)
        .where(BatchFile.id == UUID(hex=payload["file"]))
        .values(
            sha256=payload["sha256"],
            size=payload["size"],
            missing=payload["missing"],
            made_at=at,
        )
    )


def _left_out() -> tuple[str, str]:
    """The file in a ZIP that names what is not in it, and its first sentence."""
    name = gettext("BELUM ADA")
    return (
        f"{name}.txt",
        gettext(
            "PDF sertifikat berikut belum dapat dibuat saat berkas ini disusun. Susun sekali lagi "
            "nanti."
        ),
    )


def _wanted(session: Session, row: BatchFile) -> list[Wanted]:
    rows = session.execute(
        select(
            BatchItem.position,
            Certificate.id,
            Certificate.number,
            Certificate.issued_at,
            Certificate.snapshot["name"].as_string().label("name"),
        )
        .join(
            Certificate,
            (Certificate.completion_id == BatchItem.completion_id)
            & Certificate.superseded_at.is_(None),
        )
        .where(
            BatchItem.batch_id == row.batch_id,
            BatchItem.state.in_(WITH_CERTIFICATE),
            BatchItem.position.between(row.first, row.last),
        )
        .order_by(BatchItem.position)
    )
    return [
        Wanted(entry_name(one.position, one.name, one.number), one.id, one.issued_at)
        for one in rows
    ]


def entry_name(position: int, name: str, number: str) -> str:
    """What a document is called in a ZIP: unlike any other by its place, and a name that every
    system takes: no path, no reserved letter, not too long."""
    plain = (
        " ".join(re.sub(r'[\\/:*?"<>|\x00-\x1f\x7f.]+', " ", part).split())
        for part in (name, number)
    )
    shown = " - ".join(part[:60].strip() for part in plain if part)
    return f"{position:05} - {shown}".rstrip(" -") + ".pdf"


def _join(session: Session, storage: Store, wanted: list[Wanted], path: Path) -> list[str]:
    """All documents one after the other; answers those that are not there."""
    missing = []
    with pikepdf.new() as joined:
        for one in wanted:
            try:
                data = documents.pdf_of(session, storage, one.certificate_id)
            except (documents.DrawnLater, documents.BytesLost, NotFound):
                missing.append(one.name)
                continue
            with pikepdf.open(BytesIO(data)) as document:
                joined.pages.extend(document.pages)
        joined.save(path, deterministic_id=True)
    return missing


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
    os.unlink(path)


def file_of(session: Session, batch_id: UUID, file_id: UUID) -> BatchFile | None:
    """A file of this very batch that is whole; None for any other."""
    return session.scalar(
        select(BatchFile).where(
            BatchFile.id == file_id,
            BatchFile.batch_id == batch_id,
            BatchFile.sha256.is_not(None),
        )
    )
