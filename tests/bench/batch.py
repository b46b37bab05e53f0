"""Issuing to many at once, as the worker does it: in this process, with real commits."""

import time
from datetime import timedelta

from sqlalchemy import func, insert, select

from corpu import clock, jobs
from corpu.credentials import batch_choice, batches
from corpu.credentials.batch_choice import By, Choice
from corpu.credentials.batch_models import BatchCourse, CertificateBatch
from corpu.credentials.models import Certificate, PendingCertificate
from corpu.database import uuid7
from corpu.extensions import db
from corpu.learning.models import Completion, Enrolment
from corpu.models import catalog as catalog_models
from corpu.people.queries import viewer_for
from corpu.transactions import unit_of_work
from tests.bench import world
from tests.statements import statements


def measure(app, persons: list, size: int) -> list[dict]:
    """Figures of one batch over so many completions of the short course."""
    with app.app_context():
        batch_id = _prepare(persons, size)
        jobs.run_until_idle(db.session(), clock.now)  # what others have left
        with unit_of_work(db.session()) as session:
            by = viewer_for(session, persons[0], 0, clock.now())
            batches.begin(session, batch_id, by=by, reason="Ukur", at=clock.now())
        before = _issued()
        began, spans, sent = time.perf_counter(), [], 0
        while _is_under_way(batch_id):
            with statements() as asked:
                part = time.perf_counter()
                run = db.session.get_one(CertificateBatch, batch_id).run
                with unit_of_work(db.session()) as session:
                    batches.issue_job(session, {"batch": batch_id.hex, "run": run}, clock.now())
                spans.append(time.perf_counter() - part)
            sent += len(asked)
        took, issued = time.perf_counter() - began, _issued() - before
        drawn = time.perf_counter()
        later = clock.now() + timedelta(minutes=2)
        # The log and the documents, as the worker goes on.
        jobs.run_until_idle(db.session(), lambda: later)
        return [
            {
                "figure": f"batch: certificates numbered, signed and kept, of {size}",
                "per_second": round(issued / took, 1),
                "statements_per_certificate": round(sent / issued, 2),
                "longest_transaction_ms": round(1000 * max(spans), 1),
                "count": issued,
            },
            {
                "figure": f"batch: documents drawn and logged, of {size}",
                "per_second": round(issued / (time.perf_counter() - drawn), 1),
                "count": issued,
            },
        ]


def _prepare(persons: list, size: int):
    now = clock.now()
    persons = (persons * (size // len(persons) + 1))[:size]
    with unit_of_work(db.session()) as session:
        course = session.scalar(select(catalog_models.Course).filter_by(slug=world.SHORT))
        edition = session.scalar(
            select(catalog_models.Edition).filter_by(course_id=course.id, is_current=True)
        )
        issuing = next(
            one for one in batch_choice.courses(session, None) if one.id == course.id
        ).issuing
        session.add(BatchCourse(course_id=course.id, unit_id=issuing.unit_id, since=now))
        taken = [{"id": uuid7(), "person_id": one} for one in persons]
        session.execute(
            insert(Enrolment),
            [
                {
                    **one,
                    "course_id": course.id,
                    "ordinal": 100 + n,
                    "unit_id": issuing.unit_id,
                    "enrolled_at": now,
                    "completed_at": now,
                    "left_at": now,
                }
                for n, one in enumerate(taken)
            ],
        )
        completions = [
            {
                "id": uuid7(),
                "enrolment_id": one["id"],
                "person_id": one["person_id"],
                "course_id": course.id,
                "edition_id": edition.id,
                "unit_id": issuing.unit_id,
                "unit_name": "Unit Ukur",
                "timezone": "Asia/Jakarta",
                "post_title": "Analis",
                "jp": edition.jp,
                "completed_at": now,
            }
            for one in taken
        ]
        session.execute(insert(Completion), completions)
        session.execute(
            insert(PendingCertificate),
            [
                {
                    "completion_id": one["id"],
                    "unit_id": issuing.unit_id,
                    "reason": "batch",
                    "detail": "",
                    "since": now,
                    "tried_at": now,
                }
                for one in completions
            ],
        )
        choice = Choice(By.DATES, first=(now - timedelta(days=1)).date())
        chosen = batch_choice.chosen(session, course.id, choice)
        by = viewer_for(session, persons[0], 0, now)
        return batches.draft(session, course.id, issuing, choice, chosen, by=by, at=now).id


def _issued() -> int:
    return db.session.scalar(select(func.count()).select_from(Certificate))


def _is_under_way(batch_id) -> bool:
    with unit_of_work(db.session()) as session:
        return session.get_one(CertificateBatch, batch_id).finished_at is None
