"""The answer sheet: a question as it is put to a person. Pure.

It goes out without its key, feedback and explanation, its parts in the order of the attempt's own
shuffle, with what the person has answered so far.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from corpu.assessment.grading import shown_order, to_shown
from corpu.assessment.intake import Advice, Kept, Question, advice_on, is_complete, mark_of
from corpu.errors import N_, DomainError

TYPE_WORDS = {
    "single": N_("Satu jawaban"),
    "multiple": N_("Beberapa jawaban"),
    "truefalse": N_("Benar atau salah"),
    "short": N_("Isian pendek"),
    "number": N_("Angka"),
    "order": N_("Urutkan"),
    "match": N_("Jodohkan"),
    "essay": N_("Uraian, dinilai pengajar"),
}


@dataclass(frozen=True)
class Asked:
    """A question as it is put to a person: nothing here may not be seen.

    `parts` are options, items to order or choices to match in shown order (HTML); `rows` the
    left sides of pairs. `answer` is in shown terms: a number or text as a string, a list of
    numbers for several ticks, one string per part (order: its rank) or row (match).
    """

    place: int
    id: str
    type: str
    title_html: str
    title_text: str
    body_html: str
    points: Decimal
    parts: tuple[str, ...]
    rows: tuple[str, ...]
    rubric: tuple[tuple[str, Decimal, Decimal], ...]
    answer: Any
    in_doubt: bool
    counter: int
    mark: str  # of the answer kept; see mark_of
    is_complete: bool
    advice: Advice | None = None
    problem: DomainError | None = None

    @property
    def name(self) -> str:
        """The name of its fields and the target of links to it."""
        return f"soal-{self.place}"

    @property
    def words(self) -> str:
        return TYPE_WORDS[self.type]


def order_of(question: Question, seed: int, shuffle_options: bool) -> tuple[int, ...]:
    return shown_order(question, seed, shuffle_options=shuffle_options)


def ask(
    question: Question,
    place: int,
    order: Sequence[int],
    kept: Kept,
    *,
    in_doubt: bool = False,
    counter: int = 0,
) -> Asked:
    """Put a question to the person whose answer so far is `kept`."""
    answer = shown(question, order, kept)
    return Asked(
        place=place,
        id=question["id"],
        type=question["type"],
        title_html=question["title_html"],
        title_text=question["title_text"],
        body_html=question["body_html"],
        points=Decimal(question["points"]),
        parts=tuple(_parts(question)[original] for original in order),
        rows=tuple(left for left, _ in question["pairs"]),
        rubric=tuple(
            (
                row["title_html"],
                min(Decimal(points) for points, _ in row["columns"]),
                max(Decimal(points) for points, _ in row["columns"]),
            )
            for row in question["rubric"]
        ),
        answer=answer,
        in_doubt=in_doubt,
        counter=counter,
        mark=mark_of(answer, in_doubt),
        is_complete=is_complete(question, kept),
        advice=advice_on(question, kept),
    )


def _parts(question: Question) -> Sequence[str]:
    kind = question["type"]
    if kind in ("single", "multiple", "truefalse"):
        return [option["html"] for option in question["options"]]
    return {"order": question["items"], "match": question["choices"]}.get(kind, ())


def shown(question: Question, order: Sequence[int], kept: Kept) -> Any:
    """A kept answer in shown terms; the blank of its type where there is none."""
    kind, value = question["type"], (kept or {}).get("value")
    if kind == "order":
        ranks = (kept or {}).get("ranks") or _ranks(value, len(order))
        return [str(ranks[original] or "") for original in order]
    if kind == "match":
        chosen = to_shown(question, value or [None] * len(question["pairs"]), order)
        return ["" if number is None else str(number) for number in chosen]
    if kind == "multiple":
        return [str(number) for number in sorted(to_shown(question, value or [], order))]
    return "" if value is None else str(to_shown(question, value, order))


def _ranks(value: Sequence[int] | None, n: int) -> list[int | None]:
    ranks: list[int | None] = [None] * n
    for rank, original in enumerate(value or (), start=1):
        ranks[original] = rank
    return ranks
