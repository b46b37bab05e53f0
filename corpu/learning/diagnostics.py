"""What a diagnostic leaves behind: pages that were proven, and the hours that follow."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from corpu.catalog import queries as catalog
from corpu.catalog.models import Course
from corpu.catalog.outline import Outline
from corpu.learning.models import Completion, CompletionHours, Enrolment, ProvenPage
from corpu.learning.seat import Seat

FULL, WITHOUT_PROVEN = "full", "without-proven"


def record_proven(
    session: Session,
    enrolment_id: UUID,
    edition_id: UUID,
    modules: Collection[str],
    *,
    at: datetime,
) -> None:
    """Keep which pages the diagnostic of an enrolment proved: those of `modules` (slugs) in the
    edition that it was taken on, but never a final test. A corrected grade replaces them. The
    caller holds the enrolment's row, and evaluates it afterwards."""
    outline = catalog.outline(session, edition_id)
    diagnostic = outline.diagnostic
    assert diagnostic is not None
    session.execute(delete(ProvenPage).where(ProvenPage.enrolment_id == enrolment_id))
    session.add_all(
        ProvenPage(
            enrolment_id=enrolment_id,
            page_id=page.id,
            edition_id=edition_id,
            body_hash=page.body_hash,
            is_done=diagnostic.proven == "done",
            has_hours=diagnostic.hours == FULL,
            proven_at=at,
        )
        for module in outline.modules
        if module.slug in modules
        for page in module.pages
        if page.id not in outline.final_tests
    )
    session.flush()


def record_hours(session: Session, completion: Completion, seat: Seat) -> None:
    """Keep beside a completion by which rule its JP are what they are; nothing where the present
    edition has no page any more that the rule speaks of."""
    has_rule = any(one.is_done and not one.has_hours for one in seat.proven.values())
    modules = _left_out(seat) if has_rule else _proven(seat.outline, seat.proven)
    if not modules:
        return
    session.add(
        CompletionHours(
            completion_id=completion.id,
            rule=WITHOUT_PROVEN if has_rule else FULL,
            jp_full=seat.outline.jp,
            jp_left_out=seat.outline.jp - completion.jp,
            modules=modules,
        )
    )
    session.flush()


def _left_out(seat: Seat) -> list[dict[str, Any]]:
    return _proven(seat.outline, [page.id for page in seat.without_hours])


def _proven(outline: Outline, pages: Collection[str]) -> list[dict[str, Any]]:
    rows = (
        (index, module.title, sum(page.minutes for page in module.pages if page.id in pages))
        for index, module in enumerate(outline.modules)
    )
    return [
        {"module": index, "title": title, "minutes": minutes}
        for index, title, minutes in rows
        if minutes
    ]


def hours_of(session: Session, enrolment_id: UUID) -> tuple[Completion, CompletionHours | None]:
    """The completion of an enrolment and the reason for its JP. One statement."""
    row = session.execute(
        select(Completion, CompletionHours)
        .outerjoin(CompletionHours, CompletionHours.completion_id == Completion.id)
        .where(Completion.enrolment_id == enrolment_id)
    ).one()
    return row[0], row[1]


def proven_of(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """What diagnostics proved, for the person's own file."""
    rows = session.execute(
        select(
            Course.slug,
            ProvenPage.page_id,
            ProvenPage.is_done,
            ProvenPage.has_hours,
            ProvenPage.proven_at,
        )
        .join(Enrolment, Enrolment.id == ProvenPage.enrolment_id)
        .join(Course, Course.id == Enrolment.course_id)
        .where(Enrolment.person_id == person_id)
        .order_by(ProvenPage.proven_at, ProvenPage.page_id)
    )
    return [
        {
            "course": row.slug,
            "page": row.page_id,
            "counts_as_done": row.is_done,
            "hours_count": row.has_hours,
            "at": row.proven_at,
        }
        for row in rows
    ]
