"""Publishing: a checked source becomes an immutable edition, all of its pages at once."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from corpu.catalog.findings import problem_to_json
from corpu.catalog.models import (
    Course,
    Edition,
    EditionAuthor,
    EditionCompetency,
    EditionFile,
    EditionGoal,
    EditionPage,
    Medium,
)
from corpu.catalog.outline import outline_to_json
from corpu.catalog.search import stems_of
from corpu.content import (
    RENDERER_VERSION,
    CourseSource,
    Problem,
    checks_to_dict,
    ids_lost,
    quiz_to_dict,
    segments_to_list,
)
from corpu.content import Course as CheckedCourse
from corpu.errors import N_, RuleBroken
from corpu.events import EditionPublished
from corpu.events import publish as announce
from corpu.people.models import NipHistory, Person, Unit
from corpu.storage import FolderStorage


class IdsLost(RuleBroken):
    """A published id has vanished while something without an id is new."""

    message = N_("Ada id yang pernah terbit dan sekarang hilang; lihat daftar masalahnya.")

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


class NotFromHere(RuleBroken):
    message = N_(
        "Edisi %(number)s diterbitkan di peramban, bukan dari folder ini. Gabungkan dahulu, "
        "lalu terbitkan dengan --onto %(number)s."
    )


class NoOwner(RuleBroken):
    message = N_("Belum ada unit yang dapat memiliki kursus. Jalankan `flask setup` dahulu.")


def publish(
    session: Session,
    storage: FolderStorage,
    course: CheckedCourse,
    source: CourseSource,
    *,
    at: datetime,
    by: UUID | None = None,
    owner_unit_id: UUID | None = None,
    removed: Collection[str] = (),
    onto: int | None = None,
    problems: Iterable[Problem] = (),
) -> Edition | None:
    """Make the next edition, or None where the source is that of the latest one.

    Raises IdsLost, NotFromHere and NoOwner; then nothing has changed.
    """
    row = session.scalar(select(Course).filter_by(slug=course.slug).with_for_update())
    if row is None:
        row = Course(
            slug=course.slug,
            owner_unit_id=owner_unit_id or _top_unit(session),
            created_at=at,
        )
        session.add(row)
        session.flush()
    latest = session.scalar(
        select(Edition).filter_by(course_id=row.id).order_by(Edition.number.desc()).limit(1)
    )
    if latest is not None:
        if latest.source_hash == course.source_hash:
            return None
        if latest.origin != "folder" and onto != latest.number:
            raise NotFromHere(number=latest.number)
        lost = ids_lost(latest.outline["ids"], course, removed=set(removed))
        if lost:
            raise IdsLost(lost)
        session.execute(
            update(Edition)
            .where(Edition.course_id == row.id, Edition.is_current)
            .values(is_current=False)
        )
    edition = Edition(
        course_id=row.id,
        number=latest.number + 1 if latest else 1,
        is_current=True,
        origin="folder",
        source_hash=course.source_hash,
        renderer_version=RENDERER_VERSION,
        published_at=at,
        published_by=by,
        language=course.language,
        title=course.title,
        summary=course.summary,
        kind=course.kind,
        jp=course.jp,
        order=course.order,
        certificate=course.certificate,
        minutes=sum(page.minutes for page in course.pages),
        outline=outline_to_json(course),
        search_stems=stems_of(_searchable(course)),
        problems=[problem_to_json(problem) for problem in problems],
    )
    session.add(edition)
    session.flush()
    _write_parts(session, edition, course)
    _keep_files(session, storage, edition, course, source)
    session.flush()
    announce(session, EditionPublished(row.id, edition.id, edition.number, at))
    return edition


def _write_parts(session: Session, edition: Edition, course: CheckedCourse) -> None:
    for goal in dict.fromkeys(course.goals):
        session.add(EditionGoal(edition_id=edition.id, goal=goal))
    for code, level in dict.fromkeys(course.competencies):
        session.add(EditionCompetency(edition_id=edition.id, competency=code, level=level))
    for position, nip in enumerate(course.authors, start=1):
        session.add(
            EditionAuthor(
                edition_id=edition.id,
                position=position,
                nip=nip,
                person_id=_person_with(session, nip),
            )
        )
    for page in course.everything:
        session.add(
            EditionPage(
                edition_id=edition.id,
                page_id=page.id,
                position=page.position,
                type=page.type,
                title=page.title,
                body_hash=page.body_hash,
                segments=segments_to_list(page.segments),
                checks=checks_to_dict(page),
                quiz=quiz_to_dict(page.quiz) if page.quiz else None,
            )
        )


def _keep_files(
    session: Session,
    storage: FolderStorage,
    edition: Edition,
    course: CheckedCourse,
    source: CourseSource,
) -> None:
    for path, data in source.files.items():
        session.add(
            EditionFile(edition_id=edition.id, path=path, sha256=storage.put(data), size=len(data))
        )
    shown = {file.sha256: file for file in course.media.values()}
    known = set(session.scalars(select(Medium.sha256).where(Medium.sha256.in_(shown))))
    for sha256, file in shown.items():
        storage.put(file.data)
        if sha256 not in known:
            session.add(Medium(sha256=sha256, type=file.type, size=file.size))


def _searchable(course: CheckedCourse) -> Iterable[str]:
    yield course.title
    yield course.summary
    for module in course.modules:
        yield module.title
        for page in module.pages:
            yield page.title
            for part in segments_to_list(page.segments):
                yield part.get("html", "")


def _person_with(session: Session, nip: str) -> UUID | None:
    """Who has the number now, or had it before."""
    return session.scalar(select(Person.id).filter_by(nip=nip)) or session.scalar(
        select(NipHistory.person_id).filter_by(nip=nip).order_by(NipHistory.replaced_at.desc())
    )


def _top_unit(session: Session) -> UUID:
    unit_id = session.scalar(
        select(Unit.id).where(Unit.parent_id.is_(None)).order_by(Unit.code).limit(1)
    )
    if unit_id is None:
        raise NoOwner
    return unit_id


def export(session: Session, storage: FolderStorage, edition_id: UUID) -> dict[str, bytes]:
    """The files of an edition, byte for byte as they were published."""
    rows = session.execute(
        select(EditionFile.path, EditionFile.sha256)
        .where(EditionFile.edition_id == edition_id)
        .order_by(EditionFile.path)
    )
    return {path: storage.get(sha256) for path, sha256 in rows}
