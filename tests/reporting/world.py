"""Courses of chosen goals, and people who learn them where they stand that day."""

from datetime import UTC, date, datetime, timedelta

from corpu.content import CourseSource
from corpu.events import CourseCompleted
from corpu.hours import service as hours
from corpu.learning import service as learning
from corpu.learning.models import Completion
from corpu.people.models import Posting
from corpu.people.queries import standing
from tests.courses import course_source, publish
from tests.factories import save


def day(month, number=1, *, year=2026, hour=3):
    return datetime(year, month, number, hour, tzinfo=UTC)


def make_course(session, app, slug, goals, *, title=None, jp=2, **options):
    """The current edition of a course that names these goals."""
    publishing = {key: options.pop(key) for key in ("at", "owner_unit_id") if key in options}
    source = course_source(slug, title=title or slug.title(), jp=jp, **options)
    named = f"sdgs: {list(goals)}\n" if goals else ""
    files = dict(source.files)
    files["course.md"] = files["course.md"].replace(b"sdgs: [6.1, 16]\n", named.encode())
    return publish(session, app, CourseSource(slug, files), **publishing)


def enrol(session, person, slug, at):
    enrolment = learning.enrol(session, person.id, slug, at=at)
    session.commit()
    return enrolment


def complete(session, enrolment, edition, at):
    """The course is done, and its hours are written."""
    here = standing(session, enrolment.person_id, at)
    enrolment.completed_at = at
    completion = save(
        session,
        Completion(
            enrolment_id=enrolment.id,
            person_id=enrolment.person_id,
            course_id=enrolment.course_id,
            edition_id=edition.id,
            unit_id=here.unit_id,
            unit_name=here.unit_name,
            timezone=here.timezone,
            post_title=here.post_title,
            jp=edition.jp,
            completed_at=at,
        ),
    )
    event = CourseCompleted(
        completion.id, enrolment.id, enrolment.person_id, enrolment.course_id, at
    )
    hours.record_completion(session, event)
    session.commit()
    return event


def move(session, person, unit, on: date):
    """A new post in another unit from a day on."""
    [old] = session.query(Posting).filter_by(person_id=person.id, ended_on=None)
    old.ended_on = on - timedelta(days=1)
    session.flush()
    return save(
        session,
        Posting(
            person_id=person.id,
            unit_id=unit.id,
            title="Analis Baru",
            post_type="JF_PT",
            grade="III/c",
            started_on=on,
        ),
    )


def words(page):
    return " ".join(page.get_text(" ").split())
