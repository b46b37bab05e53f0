"""The official statement of a closed Buku JP: what it says, and what came later as such.

Its file is drawn and kept by `statement_documents`.

The duty that it answers: PP 11/2017 jo. PP 17/2020, article 203, at least 20 JP a year. What is
decided after the closing (a claim that still waited, a correction) stands in a part of its own.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.credentials.closing import lines_of
from corpu.credentials.documents import fingerprint
from corpu.credentials.letters import unprintable
from corpu.credentials.models import StatementDocument
from corpu.credentials.rules import date_id, format_jp, format_nip, jp_words
from corpu.hours.later import changes
from corpu.hours.models import HourStatement
from corpu.hours.queries import Book, book_of
from corpu.hours.rules import remaining
from corpu.hours.tables import source_of
from corpu.people.export import register
from corpu.zones import local_date, zone_label

DUTY = "Kewajiban paling sedikit 20 JP setahun (PP 11/2017 jo. PP 17/2020, pasal 203)"


@dataclass(frozen=True)
class LaterLine:
    """A line of the present book that the closed one has otherwise, or not at all."""

    title: str
    then: Decimal
    now: Decimal


@dataclass(frozen=True)
class Stated:
    """A closed book, and what has changed since."""

    id: UUID
    year: int
    jp: Decimal
    frozen_at: datetime
    frozen_by_name: str
    content: dict[str, Any]
    later: tuple[LaterLine, ...]
    as_of: datetime  # when the book last changed: nothing printed depends on when it is drawn

    @property
    def now(self) -> Decimal:
        """The total that counts today."""
        return self.jp + sum((one.now - one.then for one in self.later), Decimal())

    @property
    def state(self) -> str:
        """Which state of the book this is, in 64 hexadecimal digits: the closed book stays, so
        what came later tells them apart. A decision that changes nothing makes no other."""
        later = [[one.title, str(one.then), str(one.now)] for one in self.later]
        return fingerprint(json.dumps(later, ensure_ascii=False).encode())


def statement_of(session: Session, person_id: UUID, year: int) -> Stated | None:
    """The closed book of a person and year beside the present one, or None while it is open.
    Three statements."""
    row = session.scalar(select(HourStatement).filter_by(person_id=person_id, year=year))
    if row is None:
        return None
    book = book_of(session, person_id, year)
    then = {line["key"]: line for line in row.content["lines"]}
    present = {line["key"]: line for line in lines_of(book)}
    found = changes(
        {key: Decimal(line["counted"]) for key, line in then.items()},
        {key: Decimal(line["counted"]) for key, line in present.items()},
    )
    later = tuple(
        LaterLine(str((present.get(one.key) or then[one.key])["title"]), one.then, one.now)
        for one in found
        if isinstance(one.key, str)
    )
    return Stated(
        id=row.id,
        year=row.year,
        jp=row.jp,
        frozen_at=row.frozen_at,
        frozen_by_name=row.frozen_by_name,
        content=row.content,
        later=later,
        as_of=_changed_at(book, row.frozen_at) if later else row.frozen_at,
    )


def _changed_at(book: Book, frozen_at: datetime) -> datetime:
    decided = [one.decided_at for one in book.claims if one.decided_at]
    return max([frozen_at, *decided, *(line.recorded_at for line in book.lines)])


def written(stated: Stated, *, is_demo: bool) -> dict[str, Any]:
    """The words and figures that are printed, in Indonesian."""
    content, zone = stated.content, stated.content["timezone"]
    signs = content["signatory"]
    closed_on = local_date(stated.frozen_at, zone)
    missing = remaining(stated.jp)
    verdict = f"belum terpenuhi: kurang {format_jp(missing)} JP." if missing else "terpenuhi."
    return printed(
        {
            "demo": is_demo,
            "title": f"Pernyataan Jam Pelajaran Tahun {stated.year}",
            "name": content["name"],
            "nip": format_nip(content["nip"]),
            "post": content["post"],
            "unit": content["unit"],
            "agency": content["agency"],
            "issuer": content["issuer"],
            "year": str(stated.year),
            "jp": format_jp(stated.jp),
            "jp_words": jp_words(stated.jp),
            "duty": f"{DUTY} {verdict}",
            "lines": [_written_line(line) for line in content["lines"]],
            "closed_on": date_id(closed_on),
            "closed_by": stated.frozen_by_name,
            "zone": zone_label(zone),
            "place_and_day": ", ".join(filter(None, [content["place"], date_id(closed_on)])),
            "signatory": signs
            and {
                "name": signs["name"],
                "post": signs["post"],
                "lines": [
                    line
                    for line in (signs["rank"], signs["nip"] and f"NIP {format_nip(signs['nip'])}")
                    if line
                ],
            },
            "later": [
                {"title": one.title, "then": format_jp(one.then), "now": format_jp(one.now)}
                for one in stated.later
            ],
            "now": format_jp(stated.now),
            "as_of": date_id(local_date(stated.as_of, zone)),
            "fingerprint": fingerprint(
                json.dumps(content, sort_keys=True, ensure_ascii=False).encode()
            )[:16],
            "issued_on": local_date(stated.as_of, zone).isoformat(),
        }
    )


def _written_line(line: Mapping[str, Any]) -> dict[str, str]:
    first, last = date.fromisoformat(line["started_on"]), date.fromisoformat(line["ended_on"])
    how = f"{line['form']}; {source_of(line['rule'])}" if line["form"] else "Kursus CorpU"
    if not line["form"] and line["jp"] != line["counted"]:
        how += "; modul yang sudah dikuasai pada uji awal tidak dihitung (aturan kursus)"
    return {
        "title": line["title"],
        "how": how,
        "days": date_id(last) if first == last else f"{date_id(first)} s.d. {date_id(last)}",
        "jp": format_jp(Decimal(line["jp"])),
        "counted": format_jp(Decimal(line["counted"])),
    }


def printed(value: Any) -> Any:
    """The same with a question mark for each letter that no font of ours has: a title that
    somebody wrote must not keep a person from their statement."""
    if isinstance(value, dict):
        return {key: printed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [printed(item) for item in value]
    if isinstance(value, str):
        return value.translate({ord(letter): "?" for letter in unprintable(value)})
    return value


def own_statements(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """Every closed year with the files drawn of it, for the person's own file."""
    drawn: dict[UUID, list[dict[str, Any]]] = {}
    documents = session.scalars(
        select(StatementDocument)
        .join(HourStatement, HourStatement.id == StatementDocument.statement_id)
        .where(HourStatement.person_id == person_id)
        .order_by(StatementDocument.drawn_at, StatementDocument.id)
    )
    for one in documents:
        file = {"pdf_sha256": one.pdf_sha256, "drawn_at": one.drawn_at}
        drawn.setdefault(one.statement_id, []).append(file)
    rows = session.scalars(
        select(HourStatement).filter_by(person_id=person_id).order_by(HourStatement.year)
    )
    return [
        {
            "year": row.year,
            "jp": row.jp,
            "closed_at": row.frozen_at,
            "closed_by": row.frozen_by_name,
            "content": row.content,
            "documents": drawn.get(row.id, []),
        }
        for row in rows
    ]


register("hour_statements", own_statements)
