"""What a person may see of an answer afterwards. Pure.

Points and state always; the own essay with its grade too. The key, feedback and explanation,
and beside them the own answer, only where `reveal` says that they are due. What a grader's choice
means is due too while the quiz is not passed, for it says what to do better; but never while
another attempt runs (`explain`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from corpu.assessment.credit import rubric_of
from corpu.assessment.intake import is_complete
from corpu.assessment.sheets import TYPE_WORDS
from corpu.errors import N_

STATE_WORDS = {
    "right": N_("Benar"),
    "partly": N_("Sebagian"),
    "wrong": N_("Belum tepat"),
    "unanswered": N_("Tidak dijawab"),
    "ungraded": N_("Menunggu penilaian"),
}


@dataclass(frozen=True)
class Line:
    """An option, or an own part beside the right one (HTML)."""

    html: str
    is_chosen: bool = False
    is_right: bool = False
    right_html: str = ""
    feedback_html: str = ""


@dataclass(frozen=True)
class Criterion:
    """A line of the rubric as a person graded it; `meaning_html` of the choice, once it is due."""

    title_html: str
    chosen: Decimal
    most: Decimal
    meaning_html: str = ""


@dataclass(frozen=True)
class Reviewed:
    place: int
    type: str
    title_html: str
    title_text: str
    points: Decimal | None
    max_points: Decimal
    state: str
    text: str = ""  # an own essay, always; another own text once it is due
    comment: str = ""
    criteria: tuple[Criterion, ...] = ()
    is_revealed: bool = False
    body_html: str = ""
    lines: tuple[Line, ...] = ()
    right_texts: tuple[str, ...] = field(default=())
    explanation_html: str = ""

    @property
    def words(self) -> str:
        return TYPE_WORDS[self.type]

    @property
    def state_words(self) -> str:
        return STATE_WORDS[self.state]

    @property
    def has_more(self) -> bool:
        """Whether there is anything to unfold."""
        return bool(self.is_revealed or self.text or self.comment or self.criteria)


def review(
    question: Mapping[str, Any],
    place: int,
    order: Sequence[int],
    response: Any | None,
    grade: Any | None,
    *,
    reveal: bool,
    explain: bool,
) -> Reviewed:
    """`response` and `grade` are rows, or None where there is none."""
    kept = response.answer if response is not None else None
    value = (kept or {}).get("value")
    points = response.points if response is not None else None
    most = Decimal(question["points"])
    essay = question["type"] == "essay"
    texts = question["type"] in ("essay", "short", "number")
    return Reviewed(
        place=place,
        type=question["type"],
        title_html=question["title_html"],
        title_text=question["title_text"],
        points=points,
        max_points=most,
        state=_state(question, kept, points, most),
        text=value if texts and value and (reveal or essay) else "",
        comment=grade.comment if grade is not None else "",
        criteria=graded_criteria(question, grade, explain=explain),
        is_revealed=reveal,
        body_html=question["body_html"] if reveal else "",
        lines=_lines(question, order, value) if reveal else (),
        right_texts=_right_texts(question) if reveal else (),
        explanation_html=question["explanation_html"] if reveal else "",
    )


def _state(question: Mapping[str, Any], kept: Any, points: Decimal | None, most: Decimal) -> str:
    if points is None:
        return "ungraded"
    if points == most:
        return "right"
    if points > 0:
        return "partly"
    answered = question["type"] == "match" and (kept or {}).get("value")
    return "wrong" if answered or is_complete(question, kept) else "unanswered"


def graded_criteria(
    question: Mapping[str, Any], grade: Any | None, *, explain: bool
) -> tuple[Criterion, ...]:
    """The rubric as it was filled in; nothing where there is no grade."""
    if grade is None:
        return ()
    criteria = []
    for row, number in zip(rubric_of(question), grade.chosen, strict=True):
        chosen = Decimal(number)
        meanings = {Decimal(points): html for points, html in row["columns"]}
        criteria.append(
            Criterion(
                title_html=row["title_html"],
                chosen=chosen,
                most=max(meanings),
                meaning_html=meanings[chosen] if explain else "",
            )
        )
    return tuple(criteria)


def _lines(question: Mapping[str, Any], order: Sequence[int], value: Any) -> tuple[Line, ...]:
    kind = question["type"]
    if kind in ("single", "truefalse", "multiple"):
        chosen = set(value or ()) if kind == "multiple" else {value}
        return tuple(
            Line(
                html=question["options"][original]["html"],
                is_chosen=original in chosen,
                is_right=bool(question["options"][original]["correct"]),
                feedback_html=question["options"][original]["feedback_html"],
            )
            for original in order
        )
    if kind == "order":
        items = question["items"]
        own = [items[original] for original in value] if value else [""] * len(items)
        return tuple(
            Line(html=mine, is_right=mine == right, right_html=right)
            for mine, right in zip(own, items, strict=True)
        )
    if kind == "match":
        choices = question["choices"]
        given = value or [None] * len(question["pairs"])
        return tuple(
            Line(
                html=left,
                is_chosen=number is not None,
                is_right=number is not None and choices[number] == choices[key],
                right_html=choices[key],
                feedback_html="" if number is None else choices[number],
            )
            for (left, key), number in zip(question["pairs"], given, strict=True)
        )
    return ()


def _right_texts(question: Mapping[str, Any]) -> tuple[str, ...]:
    """Accepted answers as a person would write them; a pattern is none."""
    if question["type"] == "short":
        return tuple(key["text"] for key in question["keys"] if "text" in key)
    if question["type"] != "number":
        return ()
    return tuple(
        _comma(key["low"])
        if key["low"] == key["high"]
        else f"{_comma(key['low'])} – {_comma(key['high'])}"
        for key in question["keys"]
    )


def _comma(number: str) -> str:
    return number.replace(".", ",")
