"""Learning counted by goal, by course and by unit: the only place these figures come from.

Each fact is counted once, where and when it happened: a learner in the year and unit of the
enrolment, a completion and its hours in the year and unit of the completion. Moving somebody
later moves no figure. A course belongs to the goals that its present edition names, and
counts in full for each of them; so sums over goals mean nothing, and totals are counted apart.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    distinct,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from corpu.catalog.models import Course, Edition, EditionGoal
from corpu.database import JP
from corpu.hours.models import HourEntry
from corpu.learning.models import Completion, Enrolment
from corpu.people.models import Agency, Unit
from corpu.vocabulary import goals
from corpu.zones import ZONE_LABELS, local_year


@dataclass(frozen=True)
class Scope:
    """What is counted: one calendar year, in some units. None: every year, every unit."""

    year: int | None = None
    units: frozenset[UUID] | None = None


@dataclass(frozen=True)
class Figures:
    """Distinct people enrolled, courses completed, hours granted (JP)."""

    learners: int = 0
    completions: int = 0
    jp: Decimal = Decimal()

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.learners + other.learners,
            self.completions + other.completions,
            self.jp + other.jp,
        )


@dataclass(frozen=True)
class CourseRow:
    """A course that was offered in the year, or of which something is counted."""

    course_id: UUID
    slug: str
    title: str
    language: str
    jp: Decimal
    goals: tuple[int, ...]
    is_open: bool
    figures: Figures


@dataclass(frozen=True)
class GoalRow:
    """One goal. `figures` None: no course, so nothing could be measured, which is not zero."""

    number: int
    courses: int
    figures: Figures | None


@dataclass(frozen=True)
class UnitRow:
    """What is counted of one unit itself, without the units below. `unit_id` None: people
    who belonged to no unit that day."""

    unit_id: UUID | None
    name: str
    depth: int
    figures: Figures


@dataclass(frozen=True)
class UnitChoice:
    """A unit in the order of the tree, `depth` steps below the top."""

    id: UUID
    name: str
    depth: int
    is_archived: bool


@dataclass(frozen=True)
class Board:
    """The seventeen goals; `total` counts every course of any goal once."""

    goals: tuple[GoalRow, ...]
    courses: int
    without_goal: int  # courses that name no goal and are counted nowhere here
    total: Figures | None
    units: tuple[UnitRow, ...]

    @property
    def measured(self) -> int:
        return sum(row.figures is not None for row in self.goals)


@dataclass(frozen=True)
class GoalDetail:
    """The rows behind one goal's figures."""

    number: int
    courses: tuple[CourseRow, ...]
    total: Figures | None
    units: tuple[UnitRow, ...]


def board(session: Session, scope: Scope, tree: Collection[UnitChoice]) -> Board:
    """The figures of all goals. Five statements; `tree` is that of `unit_tree`."""
    everything = _courses(session, scope, _figures(session, scope, _by_course))
    courses = [row for row in everything if row.goals]
    by_goal = _figures(session, scope, _by_goal)
    rows = []
    for number in goals():
        count = sum(number in row.goals for row in courses)
        rows.append(
            GoalRow(number, count, by_goal.get(number, Figures()) if count else None),
        )
    return Board(
        goals=tuple(rows),
        courses=len(courses),
        without_goal=len(everything) - len(courses),
        total=_figures(session, scope, _together).get(0, Figures()) if courses else None,
        units=_unit_rows(session, scope, tree) if courses else (),
    )


def goal_detail(
    session: Session, number: int, scope: Scope, tree: Collection[UnitChoice]
) -> GoalDetail:
    """One goal with its courses and units. Four statements. KeyError for a number that is
    no goal."""
    goals()[number]
    by_course = _figures(session, scope, _by_course, goal=number)
    courses = tuple(row for row in _courses(session, scope, by_course) if number in row.goals)
    if not courses:
        return GoalDetail(number, (), None, ())
    return GoalDetail(
        number=number,
        courses=courses,
        total=_figures(session, scope, _together, goal=number).get(0, Figures()),
        units=_unit_rows(session, scope, tree, goal=number),
    )


def unit_tree(session: Session) -> list[UnitChoice]:
    """All units, each below the one above it, by name. One statement."""
    below: dict[UUID | None, list[Any]] = {}
    for row in session.execute(
        select(Unit.id, Unit.parent_id, Unit.name, Unit.archived_at).order_by(Unit.name, Unit.id)
    ):
        below.setdefault(row.parent_id, []).append(row)
    found: list[UnitChoice] = []
    waiting = [(row, 0) for row in reversed(below.get(None, []))]
    while waiting:
        row, depth = waiting.pop()
        found.append(UnitChoice(row.id, row.name, depth, row.archived_at is not None))
        waiting += [(child, depth + 1) for child in reversed(below.get(row.id, []))]
    return found


def branch_of(tree: Iterable[UnitChoice], unit_id: UUID) -> frozenset[UUID]:
    """A unit and every unit below it; empty where the tree has no such unit."""
    found: set[UUID] = set()
    top: int | None = None
    for unit in tree:
        if top is None:
            if unit.id == unit_id:
                top = unit.depth
                found.add(unit.id)
        elif unit.depth > top:
            found.add(unit.id)
        else:
            break
    return frozenset(found)


def years(session: Session, at: datetime) -> list[int]:
    """The years in which anything can have been counted, latest first. One statement.

    Everything begins with an enrolment. On New Year's Eve the unit furthest east is ahead.
    """
    first = session.scalar(select(func.min(Enrolment.enrolled_at)))
    latest = max(local_year(at, zone) for zone in ZONE_LABELS)
    earliest = min(local_year(at, zone) for zone in ZONE_LABELS)
    if first is not None:
        earliest = min(earliest, *(local_year(first, zone) for zone in ZONE_LABELS))
    return list(range(latest, earliest - 1, -1))


# ------------------------------------------------------------------------------- courses


def _courses(session: Session, scope: Scope, figures: dict[UUID, Figures]) -> tuple[CourseRow, ...]:
    """The courses that the scope's year could know, by title. One statement."""
    found: dict[UUID, Any] = {}
    named: dict[UUID, list[int]] = {}
    for row in session.execute(
        select(
            Course.id,
            Course.slug,
            Course.created_at,
            Course.archived_at,
            Unit.timezone,
            Edition.title,
            Edition.language,
            Edition.jp,
            EditionGoal.goal,
        )
        .join(Edition, and_(Edition.course_id == Course.id, Edition.is_current))
        .join(Unit, Unit.id == Course.owner_unit_id)
        .outerjoin(EditionGoal, EditionGoal.edition_id == Edition.id)
        .order_by(Edition.title, Course.slug, EditionGoal.goal)
    ):
        found[row.id] = row
        if row.goal is not None:
            named.setdefault(row.id, []).append(row.goal)
    return tuple(
        CourseRow(
            course_id=row.id,
            slug=row.slug,
            title=row.title,
            language=row.language,
            jp=row.jp,
            goals=tuple(named.get(row.id, ())),
            is_open=row.archived_at is None,
            figures=figures.get(row.id, Figures()),
        )
        for row in found.values()
        if row.id in figures or _was_offered(row, scope.year)
    )


def _was_offered(row: Any, year: int | None) -> bool:
    """Whether people could enrol at some time of the year, by the calendar of the owner."""
    if year is None:
        return True
    began = local_year(row.created_at, row.timezone)
    ended = None if row.archived_at is None else local_year(row.archived_at, row.timezone)
    return began <= year and (ended is None or ended >= year)


# --------------------------------------------------------------------------------- units


def _unit_rows(
    session: Session, scope: Scope, tree: Collection[UnitChoice], *, goal: int | None = None
) -> tuple[UnitRow, ...]:
    """Each unit in the order of the tree; one that no longer exists only where it counts."""
    figures = _figures(session, scope, _by_unit, goal=goal)
    rows = [
        UnitRow(unit.id, unit.name, unit.depth, figures.get(unit.id, Figures()))
        for unit in tree
        if unit.id in figures
        or (not unit.is_archived and (scope.units is None or unit.id in scope.units))
    ]
    if None in figures:
        rows.append(UnitRow(None, "", 0, figures[None]))
    return tuple(rows)


# ------------------------------------------------------------------------------- counting

Key = Callable[[Any], ColumnElement[Any]]


def _by_course(fact: Any) -> ColumnElement[Any]:
    return fact.course_id


def _by_unit(fact: Any) -> ColumnElement[Any]:
    return fact.unit_id


def _by_goal(_fact: Any) -> ColumnElement[Any]:
    return EditionGoal.goal  # type: ignore[return-value]


def _together(_fact: Any) -> ColumnElement[Any]:
    return literal(0)


def _figures(
    session: Session, scope: Scope, key: Key, *, goal: int | None = None
) -> dict[Any, Figures]:
    """The figures by what `key` names; only keys of which something is counted. One statement.

    `goal` keeps to its courses; by goal, a fact counts for each goal of its course.
    """
    none, no_hours = literal(0), literal(Decimal(0), JP)
    enrolled = _facts(
        Enrolment, key, goal, scope, func.count(distinct(Enrolment.person_id)), none, no_hours
    ).outerjoin(Unit, Unit.id == Enrolment.unit_id)
    completed = _facts(Completion, key, goal, scope, none, func.count(), no_hours)
    granted = _facts(HourEntry, key, goal, scope, none, none, func.sum(HourEntry.jp))
    if scope.year is not None:
        agency = select(Agency.timezone).limit(1).scalar_subquery()
        zone = func.coalesce(Unit.timezone, agency)
        enrolled = enrolled.where(_in_year(Enrolment.enrolled_at, zone, scope.year))
        completed = completed.where(
            _in_year(Completion.completed_at, Completion.timezone, scope.year)
        )
        granted = granted.where(HourEntry.year == scope.year)
    found: dict[Any, Figures] = {}
    for row in session.execute(union_all(enrolled, completed, granted)):
        more = Figures(row.learners, row.completions, row.jp or Decimal())
        found[row.key] = found.get(row.key, Figures()) + more
    return found


def _facts(
    fact: Any, key: Key, goal: int | None, scope: Scope, learners: Any, completions: Any, jp: Any
) -> Select[Any]:
    named = key(fact)
    statement = select(
        named.label("key"),
        learners.label("learners"),
        completions.label("completions"),
        jp.label("jp"),
    ).select_from(fact)
    of_course = and_(Edition.course_id == fact.course_id, Edition.is_current)
    if key is _by_goal:
        statement = statement.join(Edition, of_course).join(
            EditionGoal, EditionGoal.edition_id == Edition.id
        )
    elif goal is not None or key is not _by_course:
        # Courses without a goal are counted by course alone, to say how many there are.
        names_it = (
            select(EditionGoal.goal)
            .join(Edition, Edition.id == EditionGoal.edition_id)
            .where(of_course)
            .correlate(fact)
        )
        if goal is not None:
            names_it = names_it.where(EditionGoal.goal == goal)
        statement = statement.where(names_it.exists())
    if scope.units is not None:
        statement = statement.where(fact.unit_id.in_(scope.units))
    return statement if key is _together else statement.group_by(named)


def _in_year(moment: Any, zone: Any, year: int) -> ColumnElement[bool]:
    """Whether a moment lies in the year as people in the row's own zone lived it."""
    by_bounds: dict[tuple[datetime, datetime], list[str]] = {}
    for name in ZONE_LABELS:
        began, ends = (
            datetime(which, 1, 1, tzinfo=ZoneInfo(name)).astimezone(UTC)
            for which in (year, year + 1)
        )
        by_bounds.setdefault((began, ends), []).append(name)
    return or_(
        *(
            and_(zone.in_(names), moment >= began, moment < ends)
            for (began, ends), names in by_bounds.items()
        )
    )
