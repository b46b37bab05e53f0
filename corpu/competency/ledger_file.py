"""A person's ledger as a file from which an outsider recomputes every number.

It holds what was recorded, the rule with its version, the days on which each rater stood above
the person, what the post requires, the moment, and the results to compare with. Nothing that
follows from the rule is put among the evidence: until when a supervisor's rating speaks stands
among the results. Numbers are text, so that no reader rounds them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from corpu.competency.ledger import Ledger, Piece
from corpu.competency.queries import ledger_of, requirement
from corpu.competency.rules import HIGHEST, LOWEST, Kind, gap, jpm
from corpu.vocabulary import competencies, load

FORMAT = "corpu-ledger-1"
EVIDENCE = (
    "id",
    "competency",
    "kind",
    "level",
    "score",
    "weight",
    "source",
    "label",
    "thin",
    "observed_at",
    "valid_until",
    "revoked_at",
    "rated_by",
    "reason",
    "post",
)
HEADING = ("record", "name", "value", "started_on", "ended_on", *EVIDENCE)


def ledger_file(session: Session, person_id: UUID, at: datetime) -> dict[str, Any]:
    """The ledger of a person at a moment, ready for JSON. Two statements, three where a
    supervisor has rated. Raises NotFound for an unknown person."""
    here, book = ledger_of(session, person_id, at)
    bands = load("competencies")["job_person_match"]["bands_filling"]
    return {"name": here.full_name} | file_of(book, requirement(here), bands)


def file_of(
    book: Ledger, required: Mapping[str, int], bands: list[Mapping[str, Any]]
) -> dict[str, Any]:
    """The file from the evidence as it is read at a moment; `bands` as the match knows them."""
    pieces = [piece for code in sorted(book.pieces) for piece in book.pieces[code]]
    in_force = book.in_force
    return {
        "format": FORMAT,
        "person": str(book.person_id),
        "moment": book.at.isoformat(),
        "zone": book.zone,
        "rule_version": in_force.version,
        "rule_valid_from": _iso(in_force.valid_from),
        "rule": in_force.rule.to_dict(),
        "required": dict(required),
        "bands": [{"min": str(band["min"]), "label": band["label"]} for band in bands],
        "relations": list(_relations(book, pieces)),
        "evidence": [_recorded(piece) for piece in pieces],
        "result": _result(book, required, bands),
    }


def csv_rows(file: Mapping[str, Any]) -> Iterator[list[Any]]:
    """The same file as rows under `HEADING`: the first cell says what a row is."""
    for name in ("format", "name", "person", "moment", "zone", "rule_version", "rule_valid_from"):
        yield _row(record="file", name=name, value=file.get(name))
    for name, value in _flat(file["rule"]):
        yield _row(record="rule", name=name, value=value)
    for code, level in file["required"].items():
        yield _row(record="required", competency=code, level=level)
    for band in file["bands"]:
        yield _row(record="band", name=band["label"], value=band["min"])
    for relation in file["relations"]:
        yield _row(record="relation", **relation)
    for piece in file["evidence"]:
        yield _row(record="evidence", **piece | {"thin": str(piece["thin"]).lower()})
    for code, result in file["result"]["competencies"].items():
        for name, value in _flat(result):
            yield _row(record="result", competency=code, name=name, value=value)
    for name, value in _flat(file["result"]["jpm"] or {}):
        yield _row(record="jpm", name=name, value=value)


def _row(**cells: Any) -> list[Any]:
    return [cells.get(name) for name in HEADING]


def _flat(values: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Names with dots for what lies within; lists as one cell, parted by blanks."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, bool):
            yield f"{before}{name}", str(value).lower()
        elif isinstance(value, list):
            yield f"{before}{name}", " ".join(value)
        else:
            yield f"{before}{name}", value


def _relations(book: Ledger, pieces: list[Piece]) -> Iterator[dict[str, Any]]:
    """The days on which each rater stood above the person, directly or through others."""
    raters = {p.rater_id for p in pieces if p.kind is Kind.SUPERVISOR and p.rater_id is not None}
    for rater in sorted(raters):
        for start, end in book.lines.spans(book.person_id, rater):
            yield {"rated_by": str(rater), "started_on": _iso(start), "ended_on": _iso(end)}


def _recorded(piece: Piece) -> dict[str, Any]:
    follows = piece.kind is Kind.SUPERVISOR and piece.actor_id is not None
    return {
        "id": piece.id,
        "competency": piece.competency,
        "kind": piece.kind.value,
        "level": piece.level,
        "score": _text(piece.score),
        "weight": _text(piece.weight),
        "source": piece.source,
        "label": piece.label,
        "thin": piece.is_thin,
        "observed_at": _iso(piece.observed_at),
        "valid_until": None if follows else _iso(piece.valid_until),
        "revoked_at": _iso(piece.revoked_at),
        "rated_by": None if piece.rater_id is None else str(piece.rater_id),
        "reason": piece.reason,
        "post": piece.post_title,
    }


def _result(
    book: Ledger, required: Mapping[str, int], bands: list[Mapping[str, Any]]
) -> dict[str, Any]:
    outcomes = {code: book.outcome(code) for code in competencies()}
    match = jpm({code: outcome.level for code, outcome in outcomes.items()}, required, bands)
    return {
        "competencies": {
            code: {
                "level": outcome.level,
                "score": _text(outcome.score),
                "capped": outcome.capped,
                "gap": gap(required[code], outcome.level) if code in required else None,
                "mastery": {
                    str(level): _text(outcome.mastery[level])
                    for level in range(LOWEST, HIGHEST + 1)
                },
                "counted": sorted(outcome.counted),
                "ignored": dict(sorted(outcome.ignored)),
                "speaks_until": {
                    piece.id: _iso(piece.valid_until)
                    for piece in sorted(book.of(code), key=lambda piece: piece.id)
                    if piece.bond is not None
                },
            }
            for code, outcome in outcomes.items()
        },
        "jpm": match
        and {
            "achieved": match.achieved,
            "required": match.required,
            "observed": match.observed,
            "of": match.of,
            "percent": _text(match.percent),
            "band": match.band,
        },
    }


def _iso(moment: date | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"
