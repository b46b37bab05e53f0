"""What one attempt sees: drawn questions, shuffled options, and the way back.

Everything follows from the attempt's seed by SHA-256, so it is the same after a restart and on
every version of Python, and nothing of it needs to be stored.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import count
from typing import Any, TypeVar

T = TypeVar("T")

DRAW, QUESTIONS = "draw", "questions"  # purposes, so that no two choices share their chance
CHOICE_TYPES = ("single", "multiple")
ALWAYS_SHUFFLED = ("order", "match")
PARTS = {  # what an answer points at by its number, for each type that has such parts
    "single": "options",
    "multiple": "options",
    "truefalse": "options",
    "order": "items",
    "match": "choices",
}


def shuffled(seed: int | str, question_id: str, n: int) -> tuple[int, ...]:
    """A permutation of n, where `permutation[shown] == original`.

    Fisher-Yates, every order equally likely. The same for the same seed and question.
    """
    order = list(range(n))
    numbers = _numbers(f"{seed}\x1f{question_id}")
    for last in range(n - 1, 0, -1):
        other = _below(last + 1, numbers)
        order[last], order[other] = order[other], order[last]
    return tuple(order)


def draw(question_ids: Sequence[T], k: int | None, seed: int | str) -> list[T]:
    """k of the questions by chance, in the author's order; all where k is None."""
    if k is None:
        return list(question_ids)
    if not 0 < k <= len(question_ids):
        raise ValueError("cannot draw so many questions")
    return [question_ids[i] for i in sorted(shuffled(seed, f"\x1f{DRAW}", len(question_ids))[:k])]


def shuffled_questions(question_ids: Sequence[T], seed: int | str) -> list[T]:
    """The questions of an attempt in an order of its own."""
    order = shuffled(seed, f"\x1f{QUESTIONS}", len(question_ids))
    return [question_ids[original] for original in order]


def shown_order(
    question: Mapping[str, Any], seed: int | str, *, shuffle_options: bool
) -> tuple[int, ...]:
    """The order in which a question's options, items or choices to match are shown.

    Items to order and choices to match are always shuffled, options where the quiz says so; *Benar*
    and *Salah* keep their places. Empty for a question without such parts.
    """
    kind = question["type"]
    n = len(question[PARTS[kind]]) if kind in PARTS else 0
    if kind in ALWAYS_SHUFFLED or (kind in CHOICE_TYPES and shuffle_options):
        return shuffled(seed, question["id"], n)
    return tuple(range(n))


def to_original(question: Mapping[str, Any], shown: Any, order: Sequence[int]) -> Any:
    """An answer in the numbers that the person saw, in those of the author.

    `ValueError` for numbers that were not shown. Texts pass through.
    """
    return _translate(question["type"], shown, list(order))


def to_shown(question: Mapping[str, Any], original: Any, order: Sequence[int]) -> Any:
    """An answer in the author's numbers, in those that the person saw."""
    back = [0] * len(order)
    for shown, number in enumerate(order):
        back[number] = shown
    return _translate(question["type"], original, back)


def _translate(kind: str, answer: Any, table: list[int]) -> Any:
    def one(number: Any) -> Any:
        whole = isinstance(number, int) and not isinstance(number, bool)
        if not whole or not 0 <= number < len(table):
            raise ValueError("not a number that was shown")
        return table[number]

    if answer is None:
        return None
    if kind in ("single", "truefalse"):
        return one(answer)
    if kind in ("multiple", "order", "match"):
        if not isinstance(answer, (list, tuple)):
            raise ValueError("not a list of numbers")
        found = [None if n is None and kind == "match" else one(n) for n in answer]
        return sorted(found) if kind == "multiple" else found
    return answer


def _numbers(text: str) -> Any:
    """Endless 64-bit numbers from a text."""
    for block in count():
        digest = sha256(f"{text}\x1f{block}".encode()).digest()
        for start in range(0, len(digest), 8):
            yield int.from_bytes(digest[start : start + 8])


def _below(limit: int, numbers: Any) -> int:
    """A number below the limit, each equally likely: what would favour some is thrown away."""
    fair = 2**64 - 2**64 % limit
    return next(number for number in numbers if number < fair) % limit
