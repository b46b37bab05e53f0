"""What a person hands in: read in the numbers shown, kept in the author's. Pure.

Kept is ``{"value": …}`` in the shape that grading reads; an unfinished order also keeps its
``"ranks"``, so that a reload shows what was chosen so far.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from corpu.assessment.grading import (
    Ambiguous,
    AnswerRefused,
    check_answer,
    is_answered,
    parse_number,
    to_original,
)
from corpu.errors import N_, DomainError

Question = Mapping[str, Any]
Kept = dict[str, Any] | None

ESSAY_LENGTH = 20_000
SHORT_LENGTH = 1_000
NUMBER_LENGTH = 60
LENGTHS = {"essay": ESSAY_LENGTH, "short": SHORT_LENGTH, "number": NUMBER_LENGTH}


class AnswerTooLong(DomainError):
    """More than the question takes. What was saved before stands."""

    message = N_("Jawaban paling panjang %(most)s karakter, ini %(length)s. Pendekkan dahulu.")


@dataclass(frozen=True)
class Advice:
    """A sentence about an answer that was kept all the same; `params` fill its %(name)s."""

    message: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class Given:
    """What a form or a script sent for one question, in the numbers shown."""

    raw: Any
    in_doubt: bool


def keep(question: Question, order: Sequence[int], raw: Any) -> Kept:
    """What to keep of an answer in shown terms; None where nothing was answered.

    Raises AnswerTooLong, and AnswerRefused for what no form of ours can send.
    """
    kind = question["type"]
    if kind in LENGTHS:
        value: Any = clean_text(raw) if raw is not None else ""
        if len(value) > LENGTHS[kind]:
            raise AnswerTooLong(most=_thousands(LENGTHS[kind]), length=_thousands(len(value)))
    elif kind in ("single", "truefalse"):
        value = _number(raw)
    elif kind == "multiple":
        value = [_number(part) for part in _list(raw) if part not in ("", None)]
    else:
        size = len(order) if kind == "order" else len(question["pairs"])
        cells = [_number(cell) for cell in _cells(raw, size)]
        if kind == "order":
            return _keep_order(question, order, cells)
        value = cells
    try:
        value = to_original(question, value, order)
    except ValueError as error:
        raise AnswerRefused from error
    check_answer(question, value)
    return {"value": value} if is_answered(question, value) else None


def _keep_order(question: Question, order: Sequence[int], ranks: list[int | None]) -> Kept:
    """`ranks` by shown item, from 1. Complete and without ties they are an answer."""
    if any(rank is not None and not 1 <= rank <= len(order) for rank in ranks):
        raise AnswerRefused
    if not any(ranks):
        return None
    by_original: list[int | None] = [None] * len(order)
    for item, rank in zip(order, ranks, strict=True):
        by_original[item] = rank
    given = [rank for rank in by_original if rank is not None]
    if len(given) == len(set(given)) == len(order):
        value = sorted(range(len(order)), key=lambda original: by_original[original] or 0)
        check_answer(question, value)
        return {"value": value}
    return {"value": None, "ranks": by_original}


def _number(raw: Any) -> int | None:
    if raw is None or raw == "":
        return None
    if isinstance(raw, str) and re.fullmatch(r"[0-9]{1,4}", raw):
        return int(raw)
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    raise AnswerRefused


def _list(raw: Any) -> list[Any]:
    if raw is None:
        return []
    if not isinstance(raw, list) or len(raw) > 1000:
        raise AnswerRefused
    return raw


def _cells(raw: Any, size: int) -> list[Any]:
    """One value per row, from a list or from an object of fields `…-0`, `…-1`, …"""
    if isinstance(raw, Mapping):
        cells: list[Any] = [None] * size
        for name, value in raw.items():
            found = re.fullmatch(r".*-([0-9]{1,4})", name)
            if found is None or int(found[1]) >= size:
                raise AnswerRefused
            cells[int(found[1])] = value
        return cells
    if isinstance(raw, (str, int)) and size == 1:
        return [raw]
    cells = _list(raw)
    if len(cells) not in (0, size):
        raise AnswerRefused
    return cells or [None] * size


def clean_text(raw: Any) -> str:
    """A text as both databases can keep it, the same from a form and from a script."""
    if not isinstance(raw, str):
        raise AnswerRefused
    text = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    text = text.encode("utf-8", "ignore").decode()
    return unicodedata.normalize("NFC", text)


def is_complete(question: Question, kept: Kept) -> bool:
    """Whether nothing of the question is left open."""
    value = (kept or {}).get("value")
    if question["type"] == "match":
        return value is not None and None not in value
    return is_answered(question, value)


def advice_on(question: Question, kept: Kept) -> Advice | None:
    """What the person should know of how their answer will be read."""
    if kept is None:
        return None
    if question["type"] == "order" and kept.get("value") is None:
        ranks = [rank for rank in kept["ranks"] if rank is not None]
        if len(set(ranks)) < len(ranks):
            return Advice(N_("Pakai setiap angka satu kali."), {})
        return None
    if question["type"] != "number":
        return None
    number = parse_number(kept["value"])
    if isinstance(number, Ambiguous):
        return Advice(
            N_(
                "Tulis %(thousands)s atau %(fraction)s, supaya jelas. "
                "Bila dibiarkan, dibaca %(fraction)s."
            ),
            {
                "thousands": format(number.thousands, "f"),
                "fraction": format(number.fraction.normalize(), "f").replace(".", ","),
            },
        )
    if number is None:
        return Advice(N_("Tulis angkanya saja, misalnya 62,5."), {})
    return None


def mark_of(answer: Any, in_doubt: bool) -> str:
    """Tells a form that was filled in from one that merely came back as it was drawn."""
    return sha256(json.dumps([answer, in_doubt]).encode()).hexdigest()[:12]


def raw_from_form(question: Question, place: int, form: Any) -> Given | None:
    """What a posted form holds for a question; None where it says nothing about it.

    A form carries the mark of the answer it was drawn with: a question that still has that
    answer was not touched here, and a newer answer of another tab must stand.
    """
    name, kind = f"soal-{place}", question["type"]
    drawn = form.get(f"semula-{place}")
    in_doubt = form.get(f"ragu-{place}") is not None
    raw: Any
    if kind == "multiple":
        raw = sorted(form.getlist(name), key=lambda number: (len(number), number))
        present = bool(raw)
    elif kind in ("order", "match"):
        size = len(question["items"] if kind == "order" else question["pairs"])
        raw = [form.get(f"{name}-{row}", "") for row in range(size)]
        present = any(f"{name}-{row}" in form for row in range(size))
    else:
        raw = form.get(name, "")
        present = name in form
    if drawn is None and not present:
        return None
    plain = clean_text(raw) if isinstance(raw, str) else raw
    return None if drawn == mark_of(plain, in_doubt) else Given(raw, in_doubt)


def _thousands(number: int) -> str:
    return f"{number:,}".replace(",", ".")
