"""A course of the demonstration whose certificates are issued in batches: one batch is done, a
second is being looked at, and some wait for it."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.catalog.models import Course
from corpu.credentials import batch_choice, batches
from corpu.credentials.batch_choice import BatchableCourse, By, Choice
from corpu.demo import cast
from corpu.demo.year import Story
from corpu.people.models import Person
from corpu.people.queries import viewer_for

SLUG = "air-bersih-untuk-semua"
WAITS, ISSUES = timedelta(days=70), timedelta(days=20)  # before the present day


def story(session: Session, persons: dict[tuple[str, int], UUID], as_of: datetime) -> Story:
    """The manager lets the course wait, and issues what has come together since."""
    manager = persons[cast.MANAGER]
    at = as_of - WAITS
    yield at
    by = viewer_for(session, manager, 0, at)
    assert by is not None
    batches.set_batched(
        session,
        _course(session).id,
        _course(session).issuing,
        batched=True,
        by=by,
        reason="Diserahkan bersama pada penutupan angkatan",
        at=at,
    )
    at = as_of - ISSUES
    yield at
    first = (at - timedelta(days=60)).date()
    kept = _draft(session, manager, Choice(By.DATES, first=first), at)
    batches.begin(session, kept, by=by, reason="Penutupan angkatan I", at=at)
    batches.issue_job(session, {"batch": kept.hex, "run": 1}, at)


def look(session: Session, persons: dict[tuple[str, int], UUID], as_of: datetime) -> None:
    """The next batch as a list with a number that is nobody's and somebody of another course."""
    listed = session.scalars(select(Person.nip).where(Person.nip.is_not(None)).limit(40))
    numbers = (*(nip for nip in listed if nip), "19790101 200501 1 999")
    choice = Choice(By.LIST, listed=numbers)
    _draft(session, persons[cast.MANAGER], choice, as_of - timedelta(hours=2))


def _draft(session: Session, manager: UUID, choice: Choice, at: datetime) -> UUID:
    course, by = _course(session), viewer_for(session, manager, 0, at)
    assert by is not None
    chosen = batch_choice.chosen(session, course.id, choice)
    return batches.draft(session, course.id, course.issuing, choice, chosen, by=by, at=at).id


def _course(session: Session) -> BatchableCourse:
    course_id = session.scalars(select(Course.id).filter_by(slug=SLUG)).one()
    return next(one for one in batch_choice.courses(session, None) if one.id == course_id)
