"""How much of a question an answer earns, type by type. Exact fractions, no rounding."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import pairwise
from typing import Any

from corpu.assessment.answers import TooSlow, matches_text
from corpu.errors import N_, DomainError
from corpu.numbers import Ambiguous, parse_number

RIGHT_OR_WRONG = ({"title_html": "", "columns": (("0", ""), ("1", ""))},)


class RubricRefused(DomainError):
    """The choices do not fit the rubric."""

    message = N_("Pilih satu angka untuk setiap kriteria rubrik.")


def credit_for(
    question: Mapping[str, Any], answer: Any, chosen: Sequence[Any] | None
) -> Fraction | None:
    """The share of a question that an answer of the right shape earns, 0 to 1.

    None where a person has to decide: an essay, or a pattern that could not be decided in time.
    """
    kind = question["type"]
    if kind in ("single", "truefalse"):
        return Fraction(bool(question["options"][answer]["correct"]))
    if kind == "multiple":
        return _multiple_credit(question["options"], answer)
    if kind == "short":
        try:
            return Fraction(matches_text(answer, question["keys"]))
        except TooSlow:
            return None if chosen is None else rubric_credit(rubric_of(question), chosen)
    if kind == "number":
        return Fraction(_number_fits(question["keys"], answer))
    if kind == "order":
        return _order_credit(question["items"], answer)
    if kind == "match":
        return _match_credit(question, answer)
    if kind == "essay":
        return None if chosen is None else rubric_credit(rubric_of(question), chosen)
    raise ValueError(f"unknown type of question: {kind}")


def _multiple_credit(options: Sequence[Mapping[str, Any]], ticked: Sequence[int]) -> Fraction:
    """Each right tick +1, each wrong one −1, of the number of right ones, never below 0."""
    right = sum(bool(option["correct"]) for option in options)
    hits = sum(bool(options[index]["correct"]) for index in ticked)
    return Fraction(max(0, 2 * hits - len(ticked)), right)


def _number_fits(keys: Sequence[Mapping[str, str]], answer: str) -> bool:
    number = parse_number(answer)
    if isinstance(number, Ambiguous):
        number = number.fraction
    if number is None:
        return False
    return any(Decimal(key["low"]) <= number <= Decimal(key["high"]) for key in keys)


def _order_credit(items: Sequence[str], answer: Sequence[int]) -> Fraction:
    """The share of neighbours, as the person put them, of which the earlier comes first.

    Items of the same text cannot be told apart, so they are taken as lying in their right order.
    """
    if len(items) < 2:
        return Fraction(1)
    places: dict[str, list[int]] = {}
    for index, text in enumerate(items):
        places.setdefault(text, []).append(index)
    order = [places[items[index]].pop(0) for index in answer]
    right = sum(first < second for first, second in pairwise(order))
    return Fraction(right, len(order) - 1)


def _match_credit(question: Mapping[str, Any], answer: Sequence[int | None]) -> Fraction:
    """The share of right rows; choices of the same text are equally right."""
    choices, pairs = question["choices"], question["pairs"]
    right = sum(
        given is not None and choices[given] == choices[key]
        for (_, key), given in zip(pairs, answer, strict=True)
    )
    return Fraction(right, len(pairs))


def rubric_of(question: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """What a person grades by: the question's rubric, or wrong (0) and right (1) without one."""
    return question["rubric"] or RIGHT_OR_WRONG


def rubric_credit(rubric: Sequence[Mapping[str, Any]], chosen: Sequence[Any]) -> Fraction:
    """Σ chosen ÷ maximum, one number of each criterion's columns. Raises `RubricRefused`."""
    if not isinstance(chosen, (list, tuple)) or len(chosen) != len(rubric) or not rubric:
        raise RubricRefused
    total = most = Fraction()
    for criterion, choice in zip(rubric, chosen, strict=True):
        offered = [Fraction(Decimal(points)) for points, _ in criterion["columns"]]
        value = _exact(choice)
        if value not in offered:
            raise RubricRefused
        total += value
        most += max(offered)
    return total / most


def _exact(choice: Any) -> Fraction | None:
    if isinstance(choice, (bool, float)) or not isinstance(choice, (int, str, Decimal)):
        return None
    try:
        number = Decimal(choice)
    except InvalidOperation:
        return None
    return Fraction(number) if number.is_finite() and abs(number.adjusted()) < 30 else None
