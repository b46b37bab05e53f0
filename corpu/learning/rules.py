"""What is locked and why, what completes a course, what comes next. Plain values only."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Protocol

from corpu.zones import local_year


class Quiz(Protocol):
    @property
    def attempts(self) -> int | None: ...


class Page(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def type(self) -> str: ...


@dataclass(frozen=True)
class Standing:
    """How a quiz stands within one enrolment."""

    attempts: int = 0
    in_progress: bool = False
    awaiting_grade: bool = False
    best_score: Decimal | None = None


NO_ATTEMPT = Standing()


def lock(pages: Collection[Page], order: str, done: Collection[str], page_id: str) -> str | None:
    """The id of the page that has to be completed first, or None where the page is open.

    Only `order: sequence` locks: then a page waits for the one before it. A page that
    is done stays open.
    """
    if order != "sequence" or page_id in done:
        return None
    before: str | None = None
    for page in pages:
        if page.id == page_id:
            return before if before is not None and before not in done else None
        before = page.id
    return None


def next_page(pages: Collection[Page], done: Collection[str]) -> str | None:
    """The first page that is not done yet."""
    return next((page.id for page in pages if page.id not in done), None)


def unmet_pages(wanted: Collection[str], done: Collection[str]) -> list[str]:
    return [page_id for page_id in wanted if page_id not in done]


def unmet_marks(
    marks: Mapping[str, Decimal], standings: Mapping[str, Standing]
) -> dict[str, Decimal]:
    """The quizzes whose pass mark the best attempt has not reached, with that mark."""
    unmet = {}
    for page_id, mark in marks.items():
        best = standings.get(page_id, NO_ATTEMPT).best_score
        if best is None or best < mark:
            unmet[page_id] = mark
    return unmet


def is_complete(
    wanted: Collection[str],
    marks: Mapping[str, Decimal],
    done: Collection[str],
    standings: Mapping[str, Standing],
) -> bool:
    """A course is complete when its `completion` holds (content format, "Complete")."""
    return not unmet_pages(wanted, done) and not unmet_marks(marks, standings)


CENT = Decimal("0.01")


def granted(jp: Decimal, minutes: int, left_out: int) -> Decimal:
    """The JP of a course without the pages that take `left_out` of its `minutes`.

    What is left out is rounded down to hundredths, so that nobody loses by rounding; without
    anything left out the course's JP stand as they are.
    """
    if not 0 <= left_out <= minutes:
        raise ValueError("a course is left out by its own minutes at most")
    if not left_out:
        return jp
    return jp - (jp * left_out / minutes).quantize(CENT, ROUND_DOWN)


def attempts_left(quiz: Quiz, standing: Standing) -> int | None:
    """How many more attempts may be started; None for as many as one likes."""
    if quiz.attempts is None:
        return None
    return max(0, quiz.attempts - standing.attempts)


def first_year_again(completed_at: datetime, zone: str) -> int:
    """The calendar year from which on a completed course may be taken again.

    Hours count once per course and year, so an earlier repetition could not grant any.
    """
    return local_year(completed_at, zone) + 1
