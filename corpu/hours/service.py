"""Writing the Buku JP: hours follow from a completed course, in the same transaction."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from corpu.catalog import queries as catalog
from corpu.events import CourseCompleted
from corpu.hours.models import HourEntry
from corpu.learning.models import Completion
from corpu.zones import local_date

TITLE = 300  # characters


def record_completion(session: Session, event: CourseCompleted) -> None:
    """Grant the JP of a completed course, once per person, course and calendar year.

    Day and year are those of the zone of the person's unit on that day, as the completion
    has them. A second completion within the year changes nothing, nor does a repetition of
    the event.
    """
    completion = session.get_one(Completion, event.completion_id)
    day = local_date(completion.completed_at, completion.timezone)
    once = select(HourEntry.id).where(
        HourEntry.person_id == completion.person_id,
        HourEntry.course_id == completion.course_id,
        HourEntry.year == day.year,
    )
    if session.scalar(once) is not None:
        return
    entry = HourEntry(
        person_id=completion.person_id,
        completion_id=completion.id,
        course_id=completion.course_id,
        course_title=catalog.outline(session, completion.edition_id).title[:TITLE],
        year=day.year,
        day=day,
        timezone=completion.timezone,
        jp=completion.jp,
        unit_id=completion.unit_id,
        unit_name=completion.unit_name,
        recorded_at=event.at,
    )
    try:
        with session.begin_nested():
            session.add(entry)
    except IntegrityError:
        # Another completion of the same year was first: its hours stand.
        if session.scalar(once) is None:
            raise
