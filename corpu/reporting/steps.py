"""What to do next: one step, the most useful one. Decides on what was read before."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from corpu.catalog.outline import Outline, PageInfo
from corpu.competency.queries import Step as GapStep
from corpu.learning import rules
from corpu.learning.seat import Seat


class Kind(StrEnum):
    """In the order of precedence."""

    RUNNING = "running"  # an attempt is in progress
    CONTINUE = "continue"  # a course is under way
    GAP = "gap"  # a course closes the largest gap
    FIRST = "first"  # such a course asks for another one first
    DUTY = "duty"  # others wait, or a certificate ends
    SUGGESTED = "suggested"  # a course nobody has to take, but may
    CATALOGUE = "catalogue"  # nothing in particular


@dataclass(frozen=True)
class NextStep:
    """The step, with the course it lies in. `seat` and `page` where one goes on there."""

    kind: Kind
    outline: Outline | None = None
    seat: Seat | None = None
    page: PageInfo | None = None
    gap: GapStep | None = None

    @property
    def is_under_way(self) -> bool:
        """It is in the middle of something: nothing comes before that."""
        return self.kind in (Kind.RUNNING, Kind.CONTINUE)

    @property
    def is_free(self) -> bool:
        """Nobody asks for it; whoever has others waiting does that first."""
        return self.kind in (Kind.SUGGESTED, Kind.CATALOGUE)

    @property
    def place(self) -> str | None:
        """The heading last in view on the page."""
        if self.seat is None or self.page is None or self.page.id not in self.seat.visits:
            return None
        return self.seat.visits[self.page.id].place or None

    @property
    def minutes_to_quiz(self) -> int | None:
        """Reading left before the quiz of this module; None where no quiz follows."""
        if self.seat is None or self.page is None or self.page.quiz is not None:
            return None
        pages = self.seat.outline.modules[self.page.module].pages
        minutes = 0
        for page in pages[pages.index(self.page) :]:
            if page.quiz is not None:
                return minutes
            if page.id not in self.seat.done:
                minutes += page.minutes
        return None


def next_step(
    seats: Collection[Seat],
    gap: GapStep | None,
    courses: Mapping[str, Outline],
    post_type: str,
) -> NextStep:
    """The one step: an attempt in progress, a course under way, the course that closes the
    largest gap, one that suits the post, or the catalogue. `courses` are the open ones."""
    going_on = continued(seats)
    if going_on is not None:
        return going_on
    taken = {seat.outline.slug for seat in seats if seat.is_open or seat.completed_at}
    # A course is taken anew only once it was completed, so a second place says as much.
    completed = {seat.outline.slug for seat in seats if seat.completed_at or seat.ordinal > 1}
    known = {seat.outline.slug for seat in seats}
    if gap is not None and gap.offer is not None and gap.offer.slug not in taken:
        target = courses.get(gap.offer.slug)
        before = target and required_first(target, completed, courses)
        if before is not None and before.slug not in taken:
            kind = Kind.GAP if before is target else Kind.FIRST
            return NextStep(kind, before, gap=gap)
    open_now = (
        course
        for course in courses.values()
        if course.slug not in known and required_first(course, completed, courses) is course
    )
    suggested = suggestion(open_now, post_type)
    return NextStep(Kind.SUGGESTED, suggested) if suggested else NextStep(Kind.CATALOGUE)


def continued(seats: Iterable[Seat]) -> NextStep | None:
    """Where to go on: an attempt in progress before everything, then the course read last."""
    running = [seat for seat in seats if seat.is_open]
    running.sort(key=_last_there, reverse=True)
    for seat in running:
        for page in seat.outline.tests:
            if seat.standing(page.id).in_progress:
                return NextStep(Kind.RUNNING, seat.outline, seat, page)
    for seat in running:
        open_page = _open_page(seat)
        if open_page is not None:
            return NextStep(Kind.CONTINUE, seat.outline, seat, open_page)
    return None


def _last_there(seat: Seat) -> datetime:
    moments = [visit.last_at for visit in seat.visits.values()]
    assert seat.enrolled_at is not None
    return max([seat.enrolled_at, *moments])


def _open_page(seat: Seat) -> PageInfo | None:
    """The page to resume, or the first one on which there is something to do; None where
    all that is left waits for a grade or has no attempt left."""
    for page in (seat.resume_page, *seat.outline.pages):
        if page.id in seat.done or seat.lock(page.id) is not None:
            continue
        standing = seat.standing(page.id)
        if page.quiz is None or (
            not standing.awaiting_grade and rules.attempts_left(page.quiz, standing) != 0
        ):
            return page
    return None


def required_first(
    course: Outline, completed: Collection[str], courses: Mapping[str, Outline]
) -> Outline | None:
    """The course itself where it may be begun, else the first one to complete before it; None
    where that one is not open."""
    seen: set[str] = set()
    while True:
        seen.add(course.slug)
        missing = [slug for slug in course.prerequisites if slug not in completed]
        if not missing:
            return course
        if missing[0] in seen or missing[0] not in courses:
            return None
        course = courses[missing[0]]


def suggestion(courses: Iterable[Outline], post_type: str) -> Outline | None:
    """One written for this type of post, else one for everybody; the shortest, by title."""
    fitting = [c for c in courses if not c.audience or post_type in c.audience]
    return min(fitting, key=lambda c: (post_type not in c.audience, c.jp, c.title), default=None)
