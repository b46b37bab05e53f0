"""After how many months, and by which form, a course is evaluated. Flushes, never commits."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.catalog.models import Course
from corpu.database import insert_unless_taken, uuid7
from corpu.evaluation.items import data
from corpu.evaluation.models import (
    EvaluationRule,
)
from corpu.evaluation.refusals import AnswerOutOfScale
from corpu.identity import Viewer


def rule_of(session: Session, course_id: UUID | None) -> tuple[int, str]:
    """(months, form): of the course, else of the installation, else of the data file; without
    a course, what holds for every course that has no rule of its own."""
    rows = session.execute(
        select(EvaluationRule.months, EvaluationRule.form)
        .where(or_(EvaluationRule.course_id == course_id, EvaluationRule.is_default))
        .order_by(EvaluationRule.is_default)
    ).first()
    if rows is None:
        return data()["behaviour"]["months"], data()["reaction"]["default_form"]
    return rows.months, rows.form


def set_rule(
    session: Session,
    course: Course | None,
    *,
    months: int,
    form: str,
    by: Viewer,
    at: datetime,
) -> None:
    """How a course is evaluated from now on; None for every course without a rule of its own.
    Answers that are in keep the form they were given on."""
    if not 1 <= months <= 12 or form not in data()["reaction"]["forms"]:
        raise AnswerOutOfScale
    scope = EvaluationRule.course_id == course.id if course else EvaluationRule.is_default
    before = None
    values = {
        "id": uuid7(),
        "course_id": course.id if course else None,
        "is_default": course is None,
        "months": months,
        "form": form,
        "changed_at": at,
    }
    after = {"months": months, "evaluation_form": form}
    if insert_unless_taken(session, EvaluationRule, values) is None:
        row = session.scalars(
            select(EvaluationRule)
            .where(scope)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one()
        before = {"months": row.months, "evaluation_form": row.form}
        if before == after:
            return
        row.months, row.form, row.changed_at = months, form, at
        session.flush()
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action="evaluation.rule_set",
        subject=("course", course.slug if course else "*", course.slug if course else "*"),
        unit_id=course.owner_unit_id if course else None,
        before=before,
        after=after,
    )
