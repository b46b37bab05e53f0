"""The same rows as they are sent, as a table to enter by hand and as JSON to look at."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from corpu import audit
from corpu.identity import Viewer
from corpu.people.records import CONSOLE
from corpu.siasn.queries import Line
from corpu.siasn.rules import body_of, day_as_sent
from corpu.siasn.tables import name_of

# As SIASN calls its fields; a table for SIASN is read in Indonesian by everybody.
HEADING = (
    "nip",
    "nama",
    "riwayat",
    "jenis",
    "kode_jenis",
    "nama_kursus",
    "nomor_sertipikat",
    "institusi_penyelenggara",
    "tahun",
    "tanggal_mulai",
    "tanggal_selesai",
    "jumlah_jam",
    "keadaan",
    "id_siasn",
)


def table_rows(lines: Iterable[Line], ending: str) -> list[list[object]]:
    """The certificates as rows below `HEADING`. In a CSV the apostrophe keeps a NIP text, which a
    spreadsheet would round as a number; a cell of an XLSX is text by itself."""
    return [_row(line, "'" if ending == "csv" else "") for line in lines]


def _row(line: Line, mark: str) -> list[object]:
    training = line.training
    return [
        f"{mark}{training.nip}" if training.nip else "",
        line.name,
        training.place.form.value,
        name_of(line.kind),
        training.place.code,
        training.title,
        training.number,
        training.organiser,
        training.started_on.year,
        day_as_sent(training.started_on),
        day_as_sent(training.completed_on),
        training.hours,
        line.state.value,
        line.record.remote_id if line.record is not None else None,
    ]


def requests_of(lines: Iterable[Line], agency: str) -> list[dict[str, Any]]:
    """What would be sent, for each certificate. `pnsOrangId` is looked up while sending."""
    return [
        {
            "nip": line.training.nip,
            "path": f"{line.training.place.form.value}/save",
            "body": body_of(
                line.training,
                pns_id=line.record.pns_id if line.record is not None else None,
                agency=agency or None,
            ),
            "document": {"path": "upload-dok-rw", "code": line.training.place.form.document},
        }
        for line in lines
    ]


def note_export(session: Session, *, by: Viewer | None, rows: int, at: datetime) -> None:
    """Who took a copy away, and of how many."""
    top = next((held.unit_id for held in by.roles if held.unit_id), None) if by else None
    audit.record(
        session,
        at=at,
        actor_id=by.id if by else None,
        actor_name=by.name if by else CONSOLE,
        action="siasn.exported",
        subject=("siasn", "siasn", "SIASN"),
        unit_id=top,
        after={"rows": rows},
    )
