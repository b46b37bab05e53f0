"""What stands between a person and the certificate of a course: each condition and its state.

Here is what learning itself asks; the room of certificates adds what issuing asks and puts all of
it into words (`credentials.conditions`), and tells this room's pages so (`told_by`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from corpu.catalog.outline import PageInfo
from corpu.learning import rules
from corpu.learning.rules import NO_ATTEMPT, Standing
from corpu.learning.seat import Seat


class State(StrEnum):
    """`done`: fulfilled. `wait`: nobody who learns can hasten it. `miss`: somebody must act."""

    DONE = "done"
    MISSING = "miss"
    WAITING = "wait"


class Need(StrEnum):
    """What is asked, in the order in which it is met."""

    ENROLMENT = "enrolment"
    PAGE = "page"
    QUIZ = "quiz"
    COMPLETION = "completion"
    HOURS = "hours"
    ISSUER = "issuer"
    SIGNATORY = "signatory"
    PLACE = "place"
    NUMBER = "number"
    CONTENT = "content"
    REGISTRATION = "registration"
    KEY = "key"
    BATCH = "batch"
    ISSUED = "issued"
    DOCUMENT = "document"


class Act(StrEnum):
    """Who has to do something now."""

    NOBODY = "nobody"
    LEARNER = "learner"
    TEACHER = "teacher"
    MANAGER = "manager"
    SYSTEM = "system"


@dataclass(frozen=True)
class Condition:
    """One condition. `since` is when it was fulfilled, or began to wait, as far as that is kept.

    `page`, `mark` and `standing` are those of a page or a quiz; `reason` and `detail` say why a
    certificate cannot be issued (`credentials.reasons`).
    """

    need: Need
    state: State
    act: Act = Act.NOBODY
    since: datetime | None = None
    page: PageInfo | None = None
    mark: Decimal | None = None
    standing: Standing = NO_ATTEMPT
    attempts_left: int | None = None
    locked_by: PageInfo | None = None
    is_proven: bool = False  # done because a diagnostic proved it
    reason: str = ""
    detail: str = ""

    @property
    def is_done(self) -> bool:
        return self.state is State.DONE


def of_learning(seat: Seat) -> tuple[Condition, ...]:
    """Enrolment, pages, quizzes, completion. Completion takes the course for finished exactly
    where all but itself are fulfilled (`rules.is_complete`).

    A course that is completed asks nothing more, whatever a later edition would.
    """
    enrolled = Condition(Need.ENROLMENT, State.DONE, since=seat.enrolled_at)
    if seat.completed_at is not None:
        return enrolled, Condition(Need.COMPLETION, State.DONE, since=seat.completed_at)
    if not seat.is_open:
        shut = seat.is_archived and seat.enrolment_id is None
        enrolled = Condition(
            Need.ENROLMENT, State.MISSING, Act.NOBODY if shut else Act.LEARNER, since=seat.left_at
        )
    outline = seat.outline
    asked = [
        _page(seat, page) if page.quiz is None else _quiz(seat, page)
        for page in outline.pages
        if page.id in outline.completion_pages or page.id in outline.completion_marks
    ]
    met = enrolled.is_done and all(one.is_done for one in asked)
    completion = (
        Condition(Need.COMPLETION, State.WAITING, Act.SYSTEM)
        if met
        else Condition(Need.COMPLETION, State.MISSING)
    )
    return enrolled, *asked, completion


def _page(seat: Seat, page: PageInfo) -> Condition:
    is_done = page.id in seat.done
    return Condition(
        Need.PAGE,
        State.DONE if is_done else State.MISSING,
        Act.NOBODY if is_done else Act.LEARNER,
        page=page,
        locked_by=seat.lock(page.id),
        is_proven=is_done and page.id in seat.proven,
    )


def _quiz(seat: Seat, page: PageInfo) -> Condition:
    """A quiz may have to be done, to reach a mark, or both."""
    assert page.quiz is not None
    outline, standing = seat.outline, seat.standing(page.id)
    mark = outline.completion_marks.get(page.id)
    unmet = (page.id in outline.completion_pages and page.id not in seat.done) or (
        mark is not None and bool(rules.unmet_marks({page.id: mark}, seat.standings))
    )
    left = rules.attempts_left(page.quiz, standing)
    if not unmet:
        state, act = State.DONE, Act.NOBODY
    elif standing.awaiting_grade:
        state, act = State.WAITING, Act.TEACHER
    else:
        used_up = left == 0 and not standing.in_progress
        state, act = State.MISSING, Act.TEACHER if used_up else Act.LEARNER
    return Condition(
        Need.QUIZ,
        state,
        act,
        page=page,
        mark=page.quiz.pass_mark if mark is None else mark,
        standing=standing,
        attempts_left=left,
        locked_by=seat.lock(page.id),
        is_proven=not unmet and page.id in seat.proven,
    )


# ---------------------------------------------------------------------------- said on pages


@dataclass(frozen=True)
class Item:
    """A condition, or several alike, in words: what, how it stands, and what to press."""

    state: State
    title: str
    text: str
    url: str = ""
    verb: str = ""


Teller = Callable[[Session, UUID, Seat, datetime], list[Item]]
_tellers: list[Teller] = []


def told_by(teller: Teller) -> None:
    """Say who puts the conditions of a seat into words: a room above this one."""
    _tellers[:] = [teller]


def told(session: Session, person_id: UUID, seat: Seat, at: datetime) -> list[Item]:
    """What is asked of the person on this course and how it stands, for a page of their own."""
    return _tellers[0](session, person_id, seat, at)
