"""A person's place on a course, read by one statement."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from corpu.catalog import queries as catalog
from corpu.catalog.models import Course, Edition
from corpu.catalog.outline import ModuleInfo, Outline, PageInfo
from corpu.content import DIAGNOSTIC
from corpu.database import Identifier, rows_as_json
from corpu.learning import rules
from corpu.learning.models import (
    CheckAnswer,
    Enrolment,
    PageCompletion,
    PageVisit,
    ProvenPage,
    QuizStanding,
)
from corpu.learning.rules import NO_ATTEMPT, Standing


@dataclass(frozen=True)
class Visit:
    last_at: datetime
    place: str | None


@dataclass(frozen=True)
class Answered:
    chosen: tuple[int, ...]  # original option numbers
    is_right: bool


@dataclass(frozen=True)
class Proven:
    """What the rule of the course makes of a proven page."""

    is_done: bool
    has_hours: bool


@dataclass(frozen=True)
class Seat:
    """The course as this person has it. `enrolment_id` None: not enrolled."""

    outline: Outline
    is_archived: bool
    enrolment_id: UUID | None = None
    ordinal: int = 0
    enrolled_at: datetime | None = None
    left_at: datetime | None = None
    completed_at: datetime | None = None
    # page id → hash of the body that was completed, or proven where that counts as done
    done: dict[str, str] = field(default_factory=dict)
    # by page id, those that a diagnostic proved and that were not gone through
    proven: dict[str, "Proven"] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    answers: dict[str, Answered] = field(default_factory=dict)  # by check id
    visits: dict[str, Visit] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether acts of learning are taken: enrolled, neither left nor completed."""
        return self.enrolment_id is not None and self.left_at is None and not self.completed_at

    @property
    def may_read(self) -> bool:
        return self.enrolment_id is not None and self.left_at is None

    @property
    def pages_done(self) -> int:
        """Pages of the present edition that are done."""
        return sum(page.id in self.done for page in self.outline.pages)

    @property
    def last_page(self) -> str | None:
        """Where the person was last, among the pages that still exist."""
        known = [page_id for page_id in self.visits if page_id in self.outline.by_id]
        return max(known, key=lambda page_id: self.visits[page_id].last_at, default=None)

    @property
    def resume_page(self) -> PageInfo:
        """Where *Lanjutkan* leads: the page read last if it is unfinished, else the next one."""
        last = self.last_page
        if last is not None and last not in self.done:
            return self.outline.by_id[last]
        following = rules.next_page(self.outline.pages, self.done)
        return self.outline.by_id[following] if following else self.outline.pages[0]

    @property
    def has_begun(self) -> bool:
        """Whether anything of the course is done or tried besides its diagnostic."""
        return any(page_id not in self.proven for page_id in self.done) or any(
            standing.attempts
            for page_id, standing in self.standings.items()
            if page_id != DIAGNOSTIC
        )

    @property
    def may_be_tested(self) -> bool:
        """Whether the diagnostic is still open: offered until the first page is done."""
        return (
            self.is_open
            and self.outline.diagnostic is not None
            and (not self.has_begun or self.standing(DIAGNOSTIC).in_progress)
            and (not self.standing(DIAGNOSTIC).attempts or self.standing(DIAGNOSTIC).in_progress)
        )

    @property
    def proven_modules(self) -> tuple[ModuleInfo, ...]:
        """The modules of which everything but a final test was proven and not gone through."""
        final = self.outline.final_tests
        return tuple(
            module
            for module in self.outline.modules
            if (provable := [page.id for page in module.pages if page.id not in final])
            and any(page_id in self.proven for page_id in provable)
            and all(page_id in self.proven or page_id in self.done for page_id in provable)
        )

    @property
    def without_hours(self) -> tuple[PageInfo, ...]:
        """The pages whose JP the course's rule leaves out."""
        return tuple(
            page
            for page in self.outline.pages
            if (proven := self.proven.get(page.id)) and proven.is_done and not proven.has_hours
        )

    @property
    def jp(self) -> Decimal:
        """What completing the course would grant, as things stand."""
        left_out = sum(page.minutes for page in self.without_hours)
        return rules.granted(self.outline.jp, self.outline.minutes, left_out)

    def standing(self, page_id: str) -> Standing:
        return self.standings.get(page_id, NO_ATTEMPT)

    def lock(self, page_id: str) -> PageInfo | None:
        """The page to complete first, or None where this one is open."""
        first = rules.lock(self.outline.pages, self.outline.order, self.done, page_id)
        return self.outline.by_id[first] if first else None

    def has_changed(self, page: PageInfo) -> bool:
        """Whether the page's text is new since this person completed it."""
        return page.id in self.done and self.done[page.id] != page.body_hash

    def is_new(self, page: PageInfo) -> bool:
        """Whether the page came after this person had completed the course."""
        return self.completed_at is not None and page.id not in self.done


def _progress() -> list[Any]:
    """Everything below an enrolment as JSON columns, so that one statement brings it all."""

    def rows_of(model: Any, *columns: Any) -> Any:
        return (
            select(rows_as_json(*columns))
            .where(model.enrolment_id == Enrolment.id)
            .correlate(Enrolment)
            .scalar_subquery()
        )

    return [
        rows_of(PageCompletion, PageCompletion.page_id, PageCompletion.body_hash).label("done"),
        rows_of(
            ProvenPage,
            ProvenPage.page_id,
            ProvenPage.body_hash,
            ProvenPage.is_done,
            ProvenPage.has_hours,
        ).label("proven"),
        rows_of(
            QuizStanding,
            QuizStanding.page_id,
            QuizStanding.attempts,
            QuizStanding.in_progress,
            QuizStanding.awaiting_grade,
            QuizStanding.best_score,
        ).label("standings"),
        rows_of(CheckAnswer, CheckAnswer.check_id, CheckAnswer.chosen, CheckAnswer.is_right).label(
            "answers"
        ),
        rows_of(PageVisit, PageVisit.page_id, PageVisit.last_at, PageVisit.place).label("visits"),
    ]


# Both statements are built once: a page asks one of them every time.
_COLUMNS = (
    Edition.id.label("edition_id"),
    Course.archived_at,
    Enrolment.id.label("enrolment_id"),
    Enrolment.ordinal,
    Enrolment.enrolled_at,
    Enrolment.left_at,
    Enrolment.completed_at,
    *_progress(),
)
_PERSON = bindparam("person_id", type_=Identifier())
_LATEST = (
    select(func.max(Enrolment.ordinal))
    .where(Enrolment.person_id == _PERSON, Enrolment.course_id == Course.id)
    .correlate(Course)
    .scalar_subquery()
)
_SEAT = (
    select(*_COLUMNS)
    .select_from(Course)
    .join(Edition, and_(Edition.course_id == Course.id, Edition.is_current))
    .outerjoin(
        Enrolment,
        and_(
            Enrolment.person_id == _PERSON,
            Enrolment.course_id == Course.id,
            Enrolment.ordinal == _LATEST,
        ),
    )
    .where(Course.slug == bindparam("slug"))
)
_SEATS = (
    select(*_COLUMNS)
    .select_from(Enrolment)
    .join(Course, Course.id == Enrolment.course_id)
    .join(Edition, and_(Edition.course_id == Course.id, Edition.is_current))
    .where(Enrolment.person_id == _PERSON, Enrolment.ordinal == _LATEST)
    .order_by(Enrolment.enrolled_at)
)


_AT = (
    select(*_COLUMNS)
    .select_from(Enrolment)
    .join(Course, Course.id == Enrolment.course_id)
    .join(Edition, and_(Edition.course_id == Course.id, Edition.is_current))
)
_PROGRESS = _AT.where(Enrolment.id == bindparam("enrolment_id"))


def seat(session: Session, person_id: UUID, slug: str) -> Seat | None:
    """The person's latest enrolment on the course with all progress, or None: no such course."""
    row = session.execute(_SEAT, {"person_id": person_id, "slug": slug}).one_or_none()
    if row is None:
        return None
    return _from_row(catalog.outline(session, row.edition_id), row)


def seats_of(session: Session, person_id: UUID) -> list[Seat]:
    """All courses that the person is or was on, the latest enrolment of each: one statement,
    and the outlines that this process has not seen yet."""
    rows = session.execute(_SEATS, {"person_id": person_id}).all()
    return [_from_row(catalog.outline(session, row.edition_id), row) for row in rows]


def progress_of(session: Session, enrolment_id: UUID) -> Seat | None:
    """What decides whether an enrolment is complete, on the course's current edition; one
    statement. None where the course has none."""
    row = session.execute(_PROGRESS, {"enrolment_id": enrolment_id}).one_or_none()
    return None if row is None else _from_row(catalog.outline(session, row.edition_id), row)


def seats_at(session: Session, enrolments: Any) -> list[Seat]:
    """The seats of these enrolments (identifiers, or a select of them), earlier ones of a course
    taken again too; by the day of enrolment. One statement, and outlines not seen yet."""
    rows = session.execute(_AT.where(Enrolment.id.in_(enrolments)).order_by(Enrolment.enrolled_at))
    return [_from_row(catalog.outline(session, row.edition_id), row) for row in rows.all()]


def _from_row(outline: Outline, row: Any) -> Seat:
    if row.enrolment_id is None:
        return Seat(outline, row.archived_at is not None)
    done = dict(row.done)
    proven = [one for one in row.proven if one[0] not in done]
    return Seat(
        outline=outline,
        is_archived=row.archived_at is not None,
        enrolment_id=row.enrolment_id,
        ordinal=row.ordinal,
        enrolled_at=row.enrolled_at,
        left_at=row.left_at,
        completed_at=row.completed_at,
        done=done | {page_id: body for page_id, body, is_done, _hours in proven if is_done},
        proven={
            page_id: Proven(bool(is_done), bool(hours)) for page_id, _body, is_done, hours in proven
        },
        standings={
            page_id: Standing(attempts, bool(running), bool(waiting), _score(best))
            for page_id, attempts, running, waiting, best in row.standings
        },
        answers={
            check_id: Answered(tuple(_list(chosen)), bool(right))
            for check_id, chosen, right in row.answers
        },
        visits={page_id: Visit(moment_in_json(at), place) for page_id, at, place in row.visits},
    )


def _score(value: Any) -> Decimal | None:
    """Inside JSON a score is what the database keeps: scaled on SQLite, a number elsewhere."""
    if value is None:
        return None
    return Decimal(value).scaleb(-4) if isinstance(value, int) else Decimal(str(value))


def _list(value: Any) -> list[int]:
    """JSON inside JSON comes back as text on SQLite."""
    return list(json.loads(value) if isinstance(value, str) else value)


def moment_in_json(text: str) -> datetime:
    """A moment as a database writes it inside JSON."""
    value = datetime.fromisoformat(text)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value
