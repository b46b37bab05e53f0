"""What is still missing for the certificate: each condition, its state, and who must act."""

from dataclasses import dataclass
from decimal import Decimal

from corpu.catalog.outline import PageInfo
from corpu.learning import rules
from corpu.learning.seat import Seat


@dataclass(frozen=True)
class PagesRequired:
    """So many pages have to be done; `left` are those that are not, in order."""

    total: int
    left: tuple[PageInfo, ...]
    proven: int = 0  # so many are done because a diagnostic proved them

    @property
    def state(self) -> str:
        return "miss" if self.left else "done"


@dataclass(frozen=True)
class QuizRequired:
    """A quiz has to reach its mark."""

    page: PageInfo
    mark: Decimal
    state: str  # done, miss, or wait: an essay waits for its grade
    best_score: Decimal | None
    attempts_left: int | None
    in_progress: bool
    locked_by: PageInfo | None
    is_proven: bool = False  # done because a diagnostic proved its module


def requirements(seat: Seat) -> tuple[PagesRequired, tuple[QuizRequired, ...]]:
    """The conditions of the edition's `completion`, in the order of the course."""
    outline = seat.outline
    wanted = [outline.by_id[page_id] for page_id in outline.completion_pages]
    texts = [page for page in wanted if page.quiz is None]
    pages = PagesRequired(
        total=len(texts),
        left=tuple(page for page in texts if page.id not in seat.done),
        proven=sum(page.id in seat.done and page.id in seat.proven for page in texts),
    )
    quizzes = [
        page
        for page in outline.pages
        if page.quiz is not None and (page in wanted or page.id in outline.completion_marks)
    ]
    return pages, tuple(_quiz(seat, page) for page in quizzes)


def _quiz(seat: Seat, page: PageInfo) -> QuizRequired:
    assert page.quiz is not None
    standing = seat.standing(page.id)
    mark = seat.outline.completion_marks.get(page.id, page.quiz.pass_mark)
    reached = standing.best_score is not None and standing.best_score >= mark
    if page.id not in seat.outline.completion_marks:
        reached = page.id in seat.done
    state = "done" if reached else "wait" if standing.awaiting_grade else "miss"
    return QuizRequired(
        page=page,
        mark=mark,
        state=state,
        best_score=standing.best_score,
        attempts_left=rules.attempts_left(page.quiz, standing),
        in_progress=standing.in_progress,
        locked_by=seat.lock(page.id),
        is_proven=reached and page.id in seat.proven,
    )
