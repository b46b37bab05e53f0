"""A file with results of a formal assessment: every problem of every row is said.

Reading writes nothing: see `assessments`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.competency.models import EvidenceKind, EvidenceRecord
from corpu.competency.relations import midnight
from corpu.competency.rules import HIGHEST, LOWEST
from corpu.errors import N_, DomainError
from corpu.identity import Viewer
from corpu.people.models import Agency, Person, Posting
from corpu.people.queries import agency_day, full_name, in_force
from corpu.people.rules import clean_text, nip_digits
from corpu.standards.queries import rows_on

COLUMNS = {
    "nip": ("nip",),
    "competency": ("kompetensi", "kode", "competency"),
    "level": ("level", "tingkat"),
    "day": ("tanggal", "tanggal uji", "date"),
    "assessor": ("asesor", "penilai", "assessor"),
}


EARLIEST = date(2000, 1, 1)


LONGEST_ASSESSOR = 300


class WrongColumns(DomainError):
    field = "file"
    message = N_("Baris pertama wajib memuat kolom nip, kompetensi, level, tanggal dan asesor.")


class NoRows(DomainError):
    field = "file"
    message = N_("Berkas ini tidak memuat satu hasil pun.")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row: a sentence to be translated, with its values."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Row:
    """One result as it stands in the file, and what is known of it."""

    number: int  # of the row, as a spreadsheet counts
    cells: dict[str, str]
    person_id: UUID | None = None
    name: str = ""
    competency: str = ""
    level: int = 0
    day: date | None = None
    assessor: str = ""
    problems: list[Problem] = field(default_factory=list)
    is_known: bool = False  # recorded already

    def wrong(self, text: str, **values: Any) -> None:
        self.problems.append(Problem(text, values))

    @property
    def key(self) -> tuple[UUID | None, str, date | None, str]:
        """Who was assessed in what, when, by whom: one result for each."""
        return self.person_id, self.competency, self.day, self.assessor.casefold()


@dataclass(frozen=True)
class Checked:
    """The rows of a file, each with what is wrong with it."""

    rows: tuple[Row, ...]

    @property
    def bad(self) -> list[Row]:
        return [row for row in self.rows if row.problems]

    @property
    def new(self) -> list[Row]:
        return [row for row in self.rows if not row.problems and not row.is_known]

    @property
    def known(self) -> list[Row]:
        return [row for row in self.rows if row.is_known]


def check(
    session: Session,
    rows: Sequence[Sequence[str]],
    *,
    by: Viewer,
    units: Collection[UUID] | None,
    at: datetime,
) -> Checked:
    """Look at every row, heading first. `units`: those in which `by` may act, None for all.

    Four statements, however many rows. Raises WrongColumns, NoRows.
    """
    if not rows:
        raise NoRows
    places = _places(rows[0])
    found = [
        Row(
            number,
            {name: cells[at] if at < len(cells) else "" for name, at in places.items()},
        )
        for number, cells in enumerate(rows[1:], start=2)
        if any(cells)
    ]
    if not found:
        raise NoRows
    today = agency_day(session, at)
    people, known = _people(session, found, units, today), rows_on(session, today)
    for row in found:
        _check_person(row, people, by)
        _check_values(row, today, known)
    _check_doubles(found)
    _check_recorded(session, found)
    return Checked(tuple(found))


def _places(heading: Sequence[str]) -> dict[str, int]:
    said = [clean_text(cell).casefold() for cell in heading]
    places = {
        name: next((said.index(word) for word in words if word in said), -1)
        for name, words in COLUMNS.items()
    }
    if -1 in places.values():
        raise WrongColumns
    return places


def _people(
    session: Session, rows: list[Row], units: Collection[UUID] | None, today: date
) -> dict[str, tuple[UUID, str]]:
    """Identifier and name by number, of those within reach."""
    numbers = {nip_digits(row.cells["nip"]) for row in rows} - {None}
    statement = select(
        Person.nip, Person.id, Person.title_before, Person.name, Person.title_after
    ).where(Person.nip.in_(numbers))
    if units is not None:
        statement = statement.join(Posting, Posting.person_id == Person.id).where(
            in_force(Posting, today), Posting.unit_id.in_(units)
        )
    return {
        nip: (person_id, full_name(before, name, after))
        for nip, person_id, before, name, after in session.execute(statement)
        if nip is not None
    }


def _check_person(row: Row, people: Mapping[str, tuple[UUID, str]], by: Viewer) -> None:
    text = row.cells["nip"]
    digits = nip_digits(text)
    if not text:
        row.wrong(N_("NIP kosong."))
    elif "e+" in text.lower():
        row.wrong(N_("NIP tersimpan sebagai angka dan digitnya hilang; jadikan teks dahulu."))
    elif digits is None:
        row.wrong(N_("NIP wajib 18 digit: %(found)s."), found=text[:40])
    elif digits not in people:
        row.wrong(N_("Tidak ada pegawai dengan NIP ini di jangkauan Anda."))
    else:
        row.person_id, row.name = people[digits]
        if row.person_id == by.id:
            row.wrong(N_("Hasil uji Anda sendiri dicatat oleh pengelola lain."))


def _check_values(row: Row, today: date, known: Collection[str]) -> None:
    code = row.cells["competency"].upper()
    if code in known:
        row.competency = code
    else:
        row.wrong(
            N_("Kode kompetensi tidak dikenal: %(found)s."), found=row.cells["competency"][:40]
        )
    level = row.cells["level"]
    if level.isascii() and level.isdigit() and len(level) == 1 and LOWEST <= int(level) <= HIGHEST:
        row.level = int(level)
    else:
        row.wrong(N_("Level wajib 1 sampai 5: %(found)s."), found=row.cells["level"][:40])
    row.day = _day(row.cells["day"])
    if row.day is None:
        row.wrong(N_("Tanggal wajib seperti 2026-11-24 atau 24-11-2026."))
    elif row.day > today:
        row.wrong(N_("Tanggal ini belum tiba."))
    elif row.day < EARLIEST:
        row.wrong(N_("Tanggal ini sebelum tahun 2000."))
    row.assessor = clean_text(row.cells["assessor"])
    if not row.assessor:
        row.wrong(N_("Asesor kosong."))
    elif len(row.assessor) > LONGEST_ASSESSOR:
        row.wrong(N_("Nama asesor paling banyak %(most)s huruf."), most=LONGEST_ASSESSOR)


def _day(text: str) -> date | None:
    """`2026-11-24`, `24-11-2026` or `24/11/2026`."""
    found = re.fullmatch(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})", text)
    try:
        if found:
            return date(*(int(part) for part in reversed(found.groups())))
        return date.fromisoformat(text)
    except ValueError:
        return None


def _check_doubles(rows: list[Row]) -> None:
    seen: dict[Any, Row] = {}
    counts = Counter(row.key for row in rows if not row.problems)
    for row in rows:
        if row.problems or counts[row.key] < 2:
            continue
        first = seen.setdefault(row.key, row)
        if first is not row:
            row.wrong(N_("Sama dengan baris %(number)s."), number=first.number)


def _check_recorded(session: Session, rows: list[Row]) -> None:
    zone = zone_of(session)
    people = {row.person_id for row in rows if row.person_id}
    recorded = {
        (one.person_id, one.competency, one.observed_at, one.source): one.level
        for one in session.execute(
            select(
                EvidenceRecord.person_id,
                EvidenceRecord.competency,
                EvidenceRecord.observed_at,
                EvidenceRecord.source,
                EvidenceRecord.level,
            ).where(
                EvidenceRecord.person_id.in_(people),
                EvidenceRecord.kind == EvidenceKind.ASSESSOR,
                EvidenceRecord.revoked_at.is_(None),
            )
        )
    }
    for row in rows:
        if row.problems or row.day is None:
            continue
        level = recorded.get(
            (row.person_id, row.competency, midnight(row.day, zone), source_of(row.assessor))
        )
        if level == row.level:
            row.is_known = True
        elif level is not None:
            row.wrong(
                N_(
                    "Sudah tercatat level %(level)s. Betulkan di halaman bukti pegawai itu, dengan "
                    "alasan."
                ),
                level=level,
            )


def source_of(assessor: str) -> str:
    """Ratings by one assessor share a source: the latest stands."""
    return f"assessor:{assessor.casefold()}"


def zone_of(session: Session) -> str:
    """The zone in which days of a file are meant: that of the agency."""
    return session.scalar(select(Agency.timezone).limit(1)) or "Asia/Jakarta"
