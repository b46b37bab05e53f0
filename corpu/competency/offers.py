"""The courses that would raise a level, and what the person has done of them already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from corpu.catalog.models import Course, Edition, EditionCompetency
from corpu.competency.rules import Cumulative, Kind, NextLevel, Rule
from corpu.learning.models import Enrolment


@dataclass(frozen=True)
class Offer:
    """A course that gives evidence, and what the person has done of it already."""

    competency: str
    levels: tuple[int, ...]  # those that help, lowest first
    slug: str
    title: str
    language: str
    jp: Decimal
    minutes: int
    is_running: bool
    completed_at: datetime | None

    @property
    def is_done(self) -> bool:
        """Completed, and not being taken again."""
        return self.completed_at is not None and not self.is_running


def levels_that_help(needs: Mapping[str, NextLevel | None], rule: Rule) -> set[tuple[str, int]]:
    """The (code, level) at which a course's evidence would raise the level achieved.

    A higher level carries the wanted one where the rule lets it; none does where only a
    rating can.
    """
    most = rule.caps[Kind.ASSESSMENT]
    wanted: set[tuple[str, int]] = set()
    for code, need in needs.items():
        if need is None or Kind.ASSESSMENT not in need.kinds:
            continue
        highest = most if rule.cumulative is Cumulative.IMPLIED else need.level
        wanted |= {(code, level) for level in range(need.level, highest + 1)}
    return wanted


def offers(session: Session, person_id: UUID, wanted: Iterable[tuple[str, int]]) -> list[Offer]:
    """The open courses that give evidence there, with what the person has done of them: what
    is not completed first, shortest first. One statement, none where nothing is wanted."""
    pairs = sorted(wanted)
    if not pairs:
        return []
    mine = and_(Enrolment.course_id == Course.id, Enrolment.person_id == person_id)
    running = (
        select(Enrolment.id)
        .where(mine, Enrolment.completed_at.is_(None), Enrolment.left_at.is_(None))
        .correlate(Course)
        .exists()
    )
    completed = (
        select(func.max(Enrolment.completed_at)).where(mine).correlate(Course).scalar_subquery()
    )
    rows = session.execute(
        select(
            EditionCompetency.competency,
            EditionCompetency.level,
            Course.slug,
            Edition.title,
            Edition.language,
            Edition.jp,
            Edition.minutes,
            running.label("is_running"),
            completed.label("completed_at"),
        )
        .join(Edition, Edition.id == EditionCompetency.edition_id)
        .join(Course, Course.id == Edition.course_id)
        .where(
            Edition.is_current,
            Course.archived_at.is_(None),
            or_(
                *(
                    and_(EditionCompetency.competency == code, EditionCompetency.level == level)
                    for code, level in pairs
                )
            ),
        )
    ).all()
    levels: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        levels.setdefault((row.competency, row.slug), []).append(row.level)
    first = {(row.competency, row.slug): row for row in rows}
    found = [
        Offer(
            competency=row.competency,
            levels=tuple(sorted(levels[key])),
            slug=row.slug,
            title=row.title,
            language=row.language,
            jp=row.jp,
            minutes=row.minutes,
            is_running=bool(row.is_running),
            completed_at=row.completed_at,
        )
        for key, row in first.items()
    ]
    return sorted(found, key=lambda o: (o.is_done, o.jp, o.minutes, o.title))
