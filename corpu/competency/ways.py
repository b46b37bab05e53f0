"""What closes a person's gap: the courses with the fewest JP, and what none of them closes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from graphlib import TopologicalSorter
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from corpu.competency.closing import Closing, closing
from corpu.competency.ledger import RuleInForce
from corpu.competency.phrases import called
from corpu.competency.queries import ledger_of, requirement, shown_rows
from corpu.competency.rules import Kind
from corpu.competency.taught import OpenCourse, open_courses
from corpu.people.queries import Standing


@dataclass(frozen=True)
class Stretch:
    """A required competency and how far the courses lead: from `before` to `after`."""

    code: str
    names: Mapping[str, Any]
    required: int
    before: int | None  # None: not yet observed
    after: int | None

    @property
    def name(self) -> str:
        """In the reader's language."""
        return called(self.names)

    @property
    def remaining(self) -> int:
        """Levels that no course closes."""
        return max(0, self.required - (self.after or 0))


@dataclass(frozen=True)
class Stage:
    """A course of the set, what it is there for, and what presupposes it.

    `closes` holds the competencies with the level that they stay at without the course.
    """

    course: OpenCourse
    closes: tuple[tuple[Stretch, int], ...]
    opens: tuple[OpenCourse, ...]


@dataclass(frozen=True)
class Way:
    """The answer for one person. `stretches` are the competencies below the requirement,
    `considered` the open courses that show something of them."""

    person_id: UUID
    at: datetime
    standing: Standing
    in_force: RuleInForce
    has_requirement: bool
    jp: Decimal
    stages: tuple[Stage, ...]  # in an order in which they can be taken
    stretches: tuple[Stretch, ...]
    considered: int
    is_proven: bool

    @property
    def closed(self) -> list[Stretch]:
        """Below the requirement now, and no longer after the courses."""
        return [stretch for stretch in self.stretches if not stretch.remaining]

    @property
    def left(self) -> list[Stretch]:
        """What no course closes, or not wholly."""
        return [stretch for stretch in self.stretches if stretch.remaining]

    def only_rated(self, stretch: Stretch) -> bool:
        """Whether courses may not show the required level at all under the rule."""
        return self.in_force.rule.caps[Kind.ASSESSMENT] < stretch.required


def way_to_close(session: Session, person_id: UUID, at: datetime) -> Way:
    """The set of open courses that closes the person's gap with the fewest JP.

    Four statements, two more for editions new to this process, one where a supervisor has
    rated. Raises NotFound for an unknown person.
    """
    here, book = ledger_of(session, person_id, at)
    asked = requirement(here)
    before = {code: book.outcome(code).level for code in asked}
    below = [code for code, level in asked.items() if (before[code] or 0) < level]
    courses = open_courses(session, person_id) if below else {}
    found = closing(
        asked,
        {code: book.handed(code) for code in asked},
        [course.option for course in courses.values()],
        book.in_force.rule,
        at,
    )
    stretches = {
        code: Stretch(code, names, asked[code], found.before[code], found.after[code])
        for code, names in shown_rows(session, here, book, asked).items()
        if code in asked
    }
    return Way(
        person_id=person_id,
        at=at,
        standing=here,
        in_force=book.in_force,
        has_requirement=bool(asked),
        jp=found.jp,
        stages=_stages(found, courses, stretches),
        stretches=tuple(stretches[code] for code in stretches if code in below),
        considered=sum(
            any(shown.competency in below for shown in course.option.shows)
            for course in courses.values()
        ),
        is_proven=found.is_proven,
    )


def _stages(
    found: Closing, courses: Mapping[str, OpenCourse], stretches: Mapping[str, Stretch]
) -> tuple[Stage, ...]:
    chosen = {slug: courses[slug] for slug in found.courses}
    order = TopologicalSorter(
        {slug: course.option.prerequisites for slug, course in chosen.items()}
    ).static_order()
    return tuple(
        Stage(
            course=chosen[slug],
            closes=tuple(
                (stretches[code], level) for code, level in sorted(found.closes[slug].items())
            ),
            opens=tuple(other for other in chosen.values() if slug in other.option.prerequisites),
        )
        for slug in order
    )
