"""Level 1: the survey at the end of a course. Flushes, never commits."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.catalog.models import Course
from corpu.database import insert_unless_taken
from corpu.errors import NotFound
from corpu.evaluation import rules
from corpu.evaluation.boxes import drop
from corpu.evaluation.items import data, reaction_items
from corpu.evaluation.models import (
    SurveySeat,
)
from corpu.evaluation.refusals import (
    AlreadyAnswered,
    AnswerOutOfScale,
    NothingAnswered,
    SurveyClosed,
)
from corpu.evaluation.rules import Part
from corpu.evaluation.service import rule_of
from corpu.learning.models import Completion
from corpu.zones import local_date

SURVEY_DAYS = 90  # after the completion; what is remembered later is not the reaction


def survey_for(session: Session, person_id: UUID, slug: str, *, at: datetime) -> Completion:
    """The person's latest completion of the course, where its survey may be answered. Raises
    NotFound, SurveyClosed, AlreadyAnswered."""
    completion = session.scalar(
        select(Completion)
        .join(Course, Course.id == Completion.course_id)
        .where(Course.slug == slug, Completion.person_id == person_id)
        .order_by(Completion.completed_at.desc())
        .limit(1)
    )
    if completion is None:
        raise NotFound
    if session.get(SurveySeat, completion.enrolment_id) is not None:
        raise AlreadyAnswered
    if at > completion.completed_at + timedelta(days=SURVEY_DAYS):
        raise SurveyClosed
    return completion


def answer_survey(
    session: Session,
    person_id: UUID,
    slug: str,
    answers: Mapping[str, tuple[int, int]],
    remark: str,
    *,
    at: datetime,
) -> None:
    """Count an answer of (importance, reality) for each item. Who has answered is kept apart,
    without a time. Raises what `survey_for` does, and AnswerOutOfScale, NothingAnswered."""
    completion = survey_for(session, person_id, slug, at=at)
    form = rule_of(session, completion.course_id)[1]
    scale = data()["reaction"]["scale"]
    asked = set(reaction_items(form))
    for item, pair in answers.items():
        if item not in asked or any(one not in scale for one in pair):
            raise AnswerOutOfScale
    if not answers:
        raise NothingAnswered
    seat = insert_unless_taken(session, SurveySeat, {"enrolment_id": completion.enrolment_id})
    if seat is None:
        raise AlreadyAnswered
    drop(
        session,
        completion.course_id,
        completion.edition_id,
        rules.half_year(local_date(completion.completed_at, completion.timezone)),
        Part.REACTION,
        form,
        {item: f"{importance}/{reality}" for item, (importance, reality) in answers.items()},
        remark,
    )
