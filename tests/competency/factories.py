"""Evidence for tests: graded attempts of a real course, ratings, rows as they are stored."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import select

from corpu.catalog.models import EditionCompetency
from corpu.competency import queries, service
from corpu.competency.models import CompetencyScore, EvidenceKind, EvidenceRecord
from corpu.events import AttemptGraded, EvidencePiece
from tests.assessment.factories import QUIZ, SLUG, begin, publish_course, take_seat
from tests.factories import save

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def piece(code="PPB", level=2, score="80", weight="5", thin=False):
    return EvidencePiece(code, level, Decimal(score), Decimal(weight), thin)


def an_attempt(session, storage, person):
    """An attempt of the person at the quiz of a published course."""
    publish_course(session, storage)
    take_seat(session, person)
    return begin(session, person)


def graded(attempt, *pieces, answered=True, observed_at=NOON, at=NOON):
    return AttemptGraded(
        again=True,
        attempt_id=attempt.id,
        enrolment_id=attempt.enrolment_id,
        person_id=attempt.person_id,
        course_id=attempt.course_id,
        course_slug=SLUG,
        page_id=QUIZ,
        score=Decimal(80),
        passed=True,
        answered=answered,
        evidence=pieces,
        observed_at=observed_at,
        at=at,
    )


def record(session, event):
    service.record_attempt(session, event)
    session.commit()


def rate(session, supervisor, person, level=3, *, code="PPB", reason="Terlihat di kerja", at=NOON):
    rating = service.rate(session, supervisor.id, person.id, code, level, reason, at=at)
    session.commit()
    return rating


def observe(session, person, code, level, score, *, weight="5", source=None, at=NOON, **more):
    """A row of evidence as a quiz leaves it, without the quiz."""
    row = save(
        session,
        EvidenceRecord(
            person_id=person.id,
            competency=code,
            kind=EvidenceKind.ASSESSMENT,
            level=level,
            score=Decimal(score),
            weight=Decimal(weight),
            source=source or f"quiz:kursus/{code}-{level}-{score}",
            label="Ujian akhir · Kursus Uji",
            observed_at=at,
            recorded_at=at,
            **more,
        ),
    )
    service.recompute(session, person.id, [code], at=at)
    session.commit()
    return row


def teach(session, edition, *pairs):
    """Say which competencies and levels an edition teaches, instead of what it says."""
    for row in session.scalars(select(EditionCompetency).filter_by(edition_id=edition.id)):
        session.delete(row)
    session.flush()
    session.add_all(
        EditionCompetency(edition_id=edition.id, competency=code, level=level)
        for code, level in pairs
    )
    session.commit()


def evidence_of(session, person):
    session.expire_all()
    return session.scalars(
        select(EvidenceRecord).filter_by(person_id=person.id).order_by(EvidenceRecord.id)
    ).all()


def kept(session, person, code="PPB"):
    """(level, score) as it is kept, or None where nothing is."""
    session.expire_all()
    row = session.get(CompetencyScore, (person.id, code))
    return row and (row.level, row.score)


def shown(session, person, code="PPB", at=NOON):
    """(level, score) as the profile shows it."""
    session.expire_all()
    profile = queries.profile_of(session, person.id, at)
    return profile.levels[code], profile.scores[code]
