"""People who began with the diagnostic: with modules proven, with none, and in the middle."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy.orm import Session

from corpu.assessment import service as assessment
from corpu.assessment.papers import paper_of
from corpu.assessment.sheets import shown
from corpu.catalog import queries as catalog
from corpu.content import DIAGNOSTIC
from corpu.demo import year
from corpu.learning import service as learning
from corpu.learning.seat import seat

SLUG = "dasar-sdgs"
FIRST, SECOND, THIRD, FOURTH = (
    "mengenal-sdgs",
    "sdgs-di-indonesia",
    "membaca-indikator",
    "kerja-unit-anda",
)


@dataclass(frozen=True)
class Beginner:
    """Which modules somebody knows already, and when they began: days before the present.

    Some try the final test next, as the order of the course allows, and read what they miss later:
    so many that, wherever the half-year ends among them, five of one batch have a gain to show.
    """

    knows: tuple[str, ...]
    days: int
    rests_after: int = 1000
    goes_for_the_end: bool = False


AGAIN = (38, 26, 13)  # days before the present; the instructor grades twice a week

BEGINNERS = {
    ("DPRKPCK", 7): Beginner((FIRST, SECOND, THIRD), 60),
    ("BPSDM", 9): Beginner((), 4, rests_after=3),
    ("BAPPEDA", 8): Beginner((FIRST, SECOND, THIRD, FOURTH), 3, rests_after=4),
    ("BAPPEDA", 1): Beginner((FIRST, SECOND), 58, goes_for_the_end=True),
    ("DINKES", 6): Beginner((), 57, goes_for_the_end=True),
    ("BPSDM", 2): Beginner((THIRD,), 56, goes_for_the_end=True),
    ("UPT-AM", 4): Beginner((FIRST,), 54, goes_for_the_end=True),
    ("BAPPEDA", 7): Beginner((FIRST, THIRD), 53, goes_for_the_end=True),
    ("DINKES", 5): Beginner((SECOND,), 52, goes_for_the_end=True),
    ("DPMPTSP", 4): Beginner((), 51, goes_for_the_end=True),
    ("UPT-AM", 3): Beginner((FOURTH,), 50, goes_for_the_end=True),
    ("BPSDM", 8): Beginner((FIRST,), 49, goes_for_the_end=True),
}


def stories(
    session: Session, persons: Mapping[tuple[str, int], UUID], as_of: datetime
) -> list[year.Story]:
    """The way of each through the course, the diagnostic first."""
    return [
        _story(session, persons[who], beginner, as_of, Random(f"{who[0]}/{who[1]}"))
        for who, beginner in BEGINNERS.items()
    ]


def _story(
    session: Session, person_id: UUID, beginner: Beginner, as_of: datetime, random: Random
) -> year.Story:
    at = as_of - timedelta(days=beginner.days, minutes=random.randint(60, 300))
    yield at
    learning.enrol(session, person_id, SLUG, at=at)
    at += timedelta(minutes=3)
    seed = random.randrange(assessment.SEEDS)
    attempt = assessment.start(session, person_id, SLUG, DIAGNOSTIC, at=at, seed=seed)
    paper = paper_of(session, attempt)
    for question in paper.questions:
        knows = question["module"] in beginner.knows
        if not knows and random.random() < 0.3:
            continue  # who does not know leaves some of it open
        kept = {"value": year.answer_to(question, knows, random)}
        answer = shown(question, paper.order(question), kept)
        assessment.save_answer(
            session, person_id, attempt.id, question["id"], answer, 1, in_doubt=False, at=at
        )
    at += timedelta(minutes=9)
    yield at
    assessment.submit(session, person_id, attempt.id, at=at)
    learner = year.Learner(person_id, 0.93, 1.0, rests_after=beginner.rests_after)
    if beginner.goes_for_the_end:
        outline = catalog.current_edition(session, SLUG)
        assert outline is not None
        last = outline.pages[-1]
        at += timedelta(days=random.randint(1, 6))
        yield at
        passed = yield from year.take_quiz(session, learner, outline, last, at, as_of, random)
        if passed is None:
            return
        at, learner = passed, replace(learner, rests_after=len(outline.pages) - 1)
    yield from year.take_course(session, learner, SLUG, at + timedelta(minutes=4), as_of, random)
    if beginner.days > AGAIN[0]:
        yield from _again(session, learner, as_of, random)


def _again(session: Session, learner: year.Learner, as_of: datetime, random: Random) -> year.Story:
    """Whether an essay is drawn, and found good enough, is chance: who fell short tries again."""
    outline = catalog.current_edition(session, SLUG)
    assert outline is not None
    for days in AGAIN:
        at = as_of - timedelta(days=days)
        yield at
        here = seat(session, learner.person_id, SLUG)
        assert here is not None
        for page in outline.pages:
            if page.quiz is None or page.id in {*here.done, *here.proven}:
                continue
            if here.standing(page.id).attempts < (page.quiz.attempts or 3):
                yield from year.take_quiz(session, learner, outline, page, at, as_of, random)
