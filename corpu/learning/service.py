"""What a learner does on a course. Every function flushes and none commits."""

from collections.abc import Collection
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from corpu.catalog import queries as catalog
from corpu.catalog.models import Course, Edition
from corpu.catalog.outline import Outline, PageInfo
from corpu.database import upsert
from corpu.errors import N_, NotFound, RuleBroken
from corpu.events import (
    AttemptGraded,
    CourseCompleted,
    CourseStarted,
    EditionPublished,
    publish,
)
from corpu.jobs import enqueue
from corpu.learning import rules
from corpu.learning.diagnostics import record_hours
from corpu.learning.models import (
    CheckAnswer,
    Completion,
    Enrolment,
    PageCompletion,
    PageVisit,
    QuizStanding,
)
from corpu.learning.seat import Seat, progress_of, seat
from corpu.learning.validity import renewable_from, validity
from corpu.people.queries import standing
from corpu.zones import local_date, local_year

VISIT_EVERY = timedelta(minutes=1)


class NotEnrolled(RuleBroken):
    message = N_("Ikuti kursus ini dahulu.")


class CourseArchived(RuleBroken):
    message = N_("Kursus ini sudah diarsipkan dan tidak menerima peserta baru.")


class PrerequisiteMissing(RuleBroken):
    message = N_("Selesaikan dahulu kursus prasyarat: %(titles)s.")


class AlreadyThisYear(RuleBroken):
    message = N_(
        "Kursus ini sudah Anda selesaikan tahun ini. JP dihitung sekali setahun; "
        "Anda dapat mengulanginya mulai 1 Januari %(year)s."
    )


class PageLocked(RuleBroken):
    message = N_("Halaman ini terbuka setelah “%(title)s” selesai.")


class ChecksOpen(RuleBroken):
    message = N_("Jawab dahulu semua cek pemahaman di halaman ini.")


class NothingChosen(RuleBroken):
    status = 422
    message = N_("Pilih jawaban dahulu.")


def enrol(session: Session, person_id: UUID, slug: str, *, at: datetime) -> Enrolment:
    """Take a place on the course. Twice is once; having left, one finds everything again.

    A completed course may be taken again from the next calendar year on, in the zone of
    the person's unit, and within the same year where its certificate ends soon. Raises NotFound,
    CourseArchived, PrerequisiteMissing, AlreadyThisYear.
    """
    course = session.scalar(select(Course).filter_by(slug=slug))
    edition = catalog.current_edition(session, slug)
    if course is None or edition is None:
        raise NotFound
    latest = session.scalar(
        select(Enrolment)
        .filter_by(person_id=person_id, course_id=course.id)
        .order_by(Enrolment.ordinal.desc())
        .limit(1)
        .with_for_update()
    )
    if latest is not None and latest.completed_at is None:
        has_returned, latest.left_at = latest.left_at is not None, None
        session.flush()
        if has_returned:
            publish(session, CourseStarted(latest.id, person_id, course.id, at))
        # What was graded while one was away may have been the last that was missing.
        evaluate(session, latest.id, at=at)
        return latest
    if course.archived_at is not None:
        raise CourseArchived
    missing = missing_prerequisites(session, person_id, edition.prerequisites)
    if missing:
        raise PrerequisiteMissing(titles=", ".join(title for _, title in missing))
    here = standing(session, person_id, at)
    if latest is not None and latest.completed_at is not None:
        year = rules.first_year_again(latest.completed_at, here.timezone)
        if local_year(at, here.timezone) < year and not _may_renew(
            session, course.id, latest.completed_at, here.timezone, at
        ):
            raise AlreadyThisYear(year=year)
    enrolment = Enrolment(
        person_id=person_id,
        course_id=course.id,
        ordinal=latest.ordinal + 1 if latest else 1,
        unit_id=here.unit_id,
        enrolled_at=at,
    )
    try:
        with session.begin_nested():
            session.add(enrolment)
    except IntegrityError:  # another request of the same person was first
        return session.scalars(
            select(Enrolment)
            .filter_by(person_id=person_id, course_id=course.id)
            .order_by(Enrolment.ordinal.desc())
            .limit(1)
        ).one()
    publish(session, CourseStarted(enrolment.id, person_id, course.id, at))
    return enrolment


def _may_renew(
    session: Session, course_id: UUID, completed_at: datetime, zone: str, at: datetime
) -> bool:
    """Whether what was completed then ends so soon that it may be renewed: hours count once a
    year all the same."""
    completed_on = local_date(completed_at, zone)
    opens = renewable_from(validity(session, course_id), completed_on)
    return opens is not None and local_date(at, zone) >= opens


def missing_prerequisites(
    session: Session, person_id: UUID, slugs: Collection[str]
) -> list[tuple[str, str]]:
    """(slug, title) of each prerequisite that the person has not completed in any edition."""
    if not slugs:
        return []
    completed = set(
        session.scalars(
            select(Course.slug)
            .join(Completion, Completion.course_id == Course.id)
            .where(Completion.person_id == person_id, Course.slug.in_(slugs))
        )
    )
    titles = dict(
        session.execute(
            select(Course.slug, Edition.title)
            .join(Edition, Edition.course_id == Course.id)
            .where(Course.slug.in_(slugs), Edition.is_current)
        ).all()
    )
    return [(slug, titles.get(slug, slug)) for slug in slugs if slug not in completed]


def leave(session: Session, person_id: UUID, slug: str, *, at: datetime) -> None:
    """Leave an unfinished course. Facts stay, and joining again finds them."""
    here = _open_seat(session, person_id, slug)
    enrolment = _locked(session, here.enrolment_id)
    if enrolment.completed_at is not None:  # at this very moment, by the last quiz elsewhere
        raise NotEnrolled
    enrolment.left_at = at
    session.flush()


def record_visit(
    session: Session,
    enrolment_id: UUID,
    page_id: str,
    *,
    at: datetime,
    place: str | None = None,
) -> None:
    """One row per enrolment and page: one statement, no look before it."""
    values: dict[str, Any] = {"last_at": at}
    if place is not None:
        values["place"] = place[:200]
    key = {"enrolment_id": enrolment_id, "page_id": page_id}
    upsert(session, PageVisit, key, values, first_at=at)


def answer_check(
    session: Session,
    person_id: UUID,
    slug: str,
    page_id: str,
    check_id: str,
    chosen: Collection[int],
    *,
    at: datetime,
) -> bool:
    """Record the answer to an inline check; answers whether it is right.

    Ungraded and repeatable: the latest answer is shown, the first right or wrong is kept.
    """
    here = seat(session, person_id, slug)
    if here is None:
        raise NotFound
    if not here.may_read:
        raise NotEnrolled
    page = _open_page(here, page_id)
    content = catalog.page(session, here.outline.edition_id, page.id)
    check = content.checks.get(check_id) if content else None
    if check is None:
        raise NotFound
    picked = sorted(set(chosen))
    if not picked or not all(0 <= number < len(check["options"]) for number in picked):
        raise NothingChosen
    if not check["multiple"]:
        picked = picked[:1]
    is_right = picked == [i for i, option in enumerate(check["options"]) if option["correct"]]
    upsert(  # one statement: a double click finds no moment between looking and writing
        session,
        CheckAnswer,
        {"enrolment_id": here.enrolment_id, "check_id": check_id},
        {"chosen": picked, "is_right": is_right, "last_at": at},
        page_id=page.id,
        first_right=is_right,
        first_at=at,
    )
    return is_right


def complete_page(
    session: Session, person_id: UUID, slug: str, page_id: str, *, at: datetime
) -> Seat:
    """*Selesai dan lanjut*: the page is done once each of its checks has an answer.

    Doing it twice changes nothing but the text it speaks of: having read a changed page
    again, the mark "berubah" goes. Answers the seat as it is afterwards.
    """
    here = seat(session, person_id, slug)
    if here is None or here.enrolment_id is None or here.left_at is not None:
        raise NotFound if here is None else NotEnrolled
    page = _open_page(here, page_id)
    if page.type != "page":
        raise NotFound
    if any(check not in here.answers for check in page.checks):
        raise ChecksOpen
    _locked(session, here.enrolment_id)
    _mark_done(session, here.enrolment_id, here.outline, page, at)
    evaluate(session, here.enrolment_id, at=at)
    after = seat(session, person_id, slug)
    assert after is not None
    return after


def record_standing(
    session: Session,
    enrolment_id: UUID,
    page_id: str,
    *,
    attempts: int,
    in_progress: bool,
    awaiting_grade: bool,
    best_score: Decimal | None,
) -> None:
    """Keep beside the enrolment how a quiz stands; called at each start, submission and grade."""
    upsert(
        session,
        QuizStanding,
        {"enrolment_id": enrolment_id, "page_id": page_id},
        {
            "attempts": attempts,
            "in_progress": in_progress,
            "awaiting_grade": awaiting_grade,
            "best_score": best_score,
        },
    )


def record_attempt(session: Session, event: AttemptGraded) -> None:
    """A passed quiz is a completed page; then the course may be complete. Whoever grades holds
    the enrolment's row."""
    outline = catalog.current_edition(session, event.course_slug) if event.passed else None
    page = outline.by_id.get(event.page_id) if outline else None
    if outline is not None and page is not None:
        _mark_done(session, event.enrolment_id, outline, page, event.at)
    evaluate(session, event.enrolment_id, at=event.at)


def evaluate(session: Session, enrolment_id: UUID, *, at: datetime) -> Completion | None:
    """Complete the course if its conditions hold now; the caller holds the enrolment's row."""
    progress = progress_of(session, enrolment_id)
    if progress is None or not progress.is_open:
        return None
    outline = progress.outline
    if not rules.is_complete(
        outline.completion_pages, outline.completion_marks, progress.done, progress.standings
    ):
        return None
    enrolment = session.get_one(Enrolment, enrolment_id)
    here = standing(session, enrolment.person_id, at)
    completion = Completion(
        enrolment_id=enrolment.id,
        person_id=enrolment.person_id,
        course_id=enrolment.course_id,
        edition_id=outline.edition_id,
        unit_id=here.unit_id,
        unit_name=here.unit_name,
        timezone=here.timezone,
        post_title=here.post_title,
        jp=progress.jp,
        completed_at=at,
    )
    enrolment.completed_at = at
    session.add(completion)
    session.flush()
    if progress.proven:
        record_hours(session, completion, progress)
    publish(
        session,
        CourseCompleted(completion.id, enrolment.id, enrolment.person_id, enrolment.course_id, at),
    )
    return completion


def plan_evaluation(session: Session, event: EditionPublished) -> None:
    """A new edition may ask less: those inside who now have it all are completed by a job."""
    enqueue(
        session,
        "learning.evaluate_course",
        {"course_id": str(event.course_id)},
        at=event.at,
        dedup=f"learning.evaluate_course:{event.course_id}:{event.number}",
    )


def evaluate_course(session: Session, payload: dict[str, Any], at: datetime) -> None:
    """The job behind `plan_evaluation`, at most 100 people at a time."""
    after = payload.get("after", "")
    query = (
        select(Enrolment)
        .where(
            Enrolment.course_id == UUID(payload["course_id"]),
            Enrolment.completed_at.is_(None),
            Enrolment.left_at.is_(None),
        )
        .order_by(Enrolment.id)
        .limit(100)
        .with_for_update()
    )
    if after:
        query = query.where(Enrolment.id > UUID(after))
    batch = session.scalars(query).all()
    for enrolment in batch:
        evaluate(session, enrolment.id, at=at)
    if len(batch) == 100:
        enqueue(
            session,
            "learning.evaluate_course",
            {"course_id": payload["course_id"], "after": str(batch[-1].id)},
            at=at,
        )


def _open_seat(session: Session, person_id: UUID, slug: str) -> Seat:
    here = seat(session, person_id, slug)
    if here is None:
        raise NotFound
    if not here.is_open:
        raise NotEnrolled
    return here


def _open_page(here: Seat, page_id: str) -> PageInfo:
    page = here.outline.by_id.get(page_id)
    if page is None:
        raise NotFound
    first = here.lock(page_id)
    if first is not None:
        raise PageLocked(title=first.title)
    return page


def _locked(session: Session, enrolment_id: UUID | None) -> Enrolment:
    """The enrolment's row serialises what may complete its course."""
    return session.scalars(
        select(Enrolment).where(Enrolment.id == enrolment_id).with_for_update()
    ).one()


def _mark_done(
    session: Session, enrolment_id: UUID, outline: Outline, page: PageInfo, at: datetime
) -> None:
    upsert(
        session,
        PageCompletion,
        {"enrolment_id": enrolment_id, "page_id": page.id},
        {"body_hash": page.body_hash},
        edition_id=outline.edition_id,
        completed_at=at,
    )
