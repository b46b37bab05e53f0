"""What SIASN is told of a certificate, what it already knows, and when to ask again.

The shapes follow what is publicly known of BKN's web service (docs/siasn.md): fields are spelt
as there, days are dd-mm-yyyy, hours are whole.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

MOST_ATTEMPTS = 9  # the last pause ends about a day and a half after the first attempt
PAUSES = (1, 5, 15, 60, 180, 360, 720, 720)  # minutes after the 1st, 2nd, … attempt in vain
LONGEST_WAIT = 3600  # seconds that a busy service may make us wait at once
USUAL_WAIT = 60


class Form(StrEnum):
    """Which of its lists SIASN keeps a training in."""

    COURSE = "kursus"
    LEADERSHIP = "diklat"  # structural leadership training

    @property
    def document(self) -> str:
        """`id_ref_dokumen` of its certificate."""
        return "874" if self is Form.LEADERSHIP else "881"


@dataclass(frozen=True)
class Course:
    """A place among the courses: `jenisDiklatId`, `jenisKursusSertipikat` (T, F or P)."""

    code: str
    letter: str

    form = Form.COURSE


@dataclass(frozen=True)
class Leadership:
    """A place among the leadership trainings: `latihanStrukturalId`."""

    code: str

    form = Form.LEADERSHIP


@dataclass(frozen=True)
class Training:
    """What a certificate says, as far as SIASN takes it. Days are those of the person's zone."""

    nip: str  # 18 digits, of NIP or NI PPPK; empty where the person has none
    number: str
    title: str
    organiser: str
    started_on: date
    completed_on: date
    jp: Decimal
    place: Course | Leadership

    @property
    def hours(self) -> int:
        """`jumlahJam`: SIASN takes whole hours, and no training has none."""
        return max(1, int(self.jp.quantize(Decimal(1), ROUND_HALF_UP)))

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it one and the same record: NIP, number, first day."""
        return key_of(self.nip, self.number, day_as_sent(self.started_on))


def key_of(nip: str, number: str, day: str) -> tuple[str, str, str]:
    """The key of a record, the same however capitals, blanks and width of letters were kept on
    its way. Anything else that differs makes another record: numbers are not guessed at."""
    plain = unicodedata.normalize("NFKC", number)
    return re.sub(r"\D", "", nip), "".join(plain.split()).casefold(), day.strip()


def day_as_sent(day: date) -> str:
    """`05-01-2026`; the year always with four digits."""
    return f"{day.day:02}-{day.month:02}-{day.year:04}"


def body_of(training: Training, *, pns_id: str | None, agency: str | None) -> dict[str, Any]:
    """The record for `kursus/save` or `diklat/save`. `id` is null: what SIASN has already is
    never written over, since somebody else may have completed it there. The year is that of
    the first day, so of the person's own calendar."""
    place = training.place
    if isinstance(place, Leadership):
        return {
            "id": None,
            "bobot": None,
            "institusiPenyelenggara": training.organiser,
            "jenisKompetensi": "",
            "jumlahJam": training.hours,
            "latihanStrukturalId": place.code,
            "nomor": training.number,
            "pnsOrangId": pns_id,
            "tahun": training.started_on.year,
            "tanggal": day_as_sent(training.started_on),
            "tanggalSelesai": day_as_sent(training.completed_on),
        }
    return {
        "id": None,
        "instansiId": agency,
        "institusiPenyelenggara": training.organiser,
        "jenisDiklatId": place.code,
        "jenisKursus": "",
        "jenisKursusSertipikat": place.letter,
        "jumlahJam": training.hours,
        "lokasiId": "",
        "namaKursus": training.title,
        "nomorSertipikat": training.number,
        "pnsOrangId": pns_id,
        "tahunKursus": training.started_on.year,
        "tanggalKursus": day_as_sent(training.started_on),
        "tanggalSelesaiKursus": day_as_sent(training.completed_on),
    }


@dataclass(frozen=True)
class Kept:
    """A record that SIASN holds."""

    id: str
    has_document: bool


def matching(training: Training, rows: Iterable[Mapping[str, Any]]) -> list[Kept]:
    """Those of SIASN's rows that are this training; the one with the document first, so that a
    double is completed nowhere else. Answers spell some names differently from requests."""
    leadership = training.place.form is Form.LEADERSHIP
    names = ("nomor", "tanggal") if leadership else ("noSertipikat", "tanggalKursus")
    found = []
    for row in rows:
        number, day = (str(row.get(name) or "") for name in names)
        if row.get("id") and key_of(training.nip, number, day) == training.key:
            found.append(Kept(str(row["id"]), _has(row.get("path"), training.place.form.document)))
    return sorted(found, key=lambda kept: not kept.has_document)


def _has(path: Any, document: str) -> bool:
    """Whether `path` names this document: a list of documents, or one by its code."""
    if isinstance(path, dict):
        path = [value | {"dok_id": key} for key, value in path.items() if isinstance(value, dict)]
    return isinstance(path, list) and any(
        isinstance(one, dict) and str(one.get("dok_id")) == document and bool(one.get("dok_uri"))
        for one in path
    )


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts in vain; None when it is enough."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return timedelta(minutes=PAUSES[max(1, attempts) - 1])


def wait_asked(text: str | None) -> int:
    """Seconds to wait as `Retry-After` says, within reason. A day given instead of seconds
    counts as nothing said."""
    digits = (text or "").strip()
    if not (digits.isascii() and digits.isdigit()):
        return USUAL_WAIT
    return max(1, min(LONGEST_WAIT, int(digits[:6])))
