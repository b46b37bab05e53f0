"""Evaluation in the demo: surveys answered after most completions, rounds in every state, and
one figure of the organisation."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.catalog.models import Course
from corpu.database import uuid7
from corpu.demo import cast
from corpu.evaluation import indicators, invitations, items, rounds, service, surveys
from corpu.evaluation.models import EvaluationInvitation, EvaluationRound
from corpu.learning.models import Completion
from corpu.people.models import Person
from corpu.people.queries import viewer_for
from corpu.zones import local_date

REMARKS = (
    "Tambah contoh dari pekerjaan sehari-hari di kantor.",
    "Kuisnya jelas, tetapi waktunya terasa pendek.",
    "Bahannya enak dibaca lewat telepon.",
    "",
    "",
)
SHARES = (  # of completions that answer, by course
    ("dasar-sdgs", 0.85),
    ("pelayanan-tanpa-korupsi", 0.7),
    ("air-bersih-untuk-semua", 0.3),
)


def evaluate(session: Session, persons: Mapping[tuple[str, int], UUID], as_of: datetime) -> None:
    """Answer, ask, and record, as people would have until `as_of`."""
    random = Random(20261124)
    _surveys(session, persons, random)
    _rounds(session, as_of, random)
    _indicator(session, persons[cast.MANAGER], as_of)


def _surveys(session: Session, persons: Mapping[tuple[str, int], UUID], random: Random) -> None:
    for slug, share in SHARES:
        rows = session.scalars(
            select(Completion)
            .join(Course, Course.id == Completion.course_id)
            .where(Course.slug == slug)
            .order_by(Completion.completed_at, Completion.id)
        ).all()
        for row in rows:
            if row.person_id == persons[cast.LEARNER] or random.random() > share:
                continue
            form = service.rule_of(session, row.course_id)[1]
            surveys.answer_survey(
                session,
                row.person_id,
                slug,
                {item: _pair(item, random) for item in items.reaction_items(form)},
                random.choice(REMARKS),
                at=row.completed_at + timedelta(hours=1),
            )


def _pair(item: str, random: Random) -> tuple[int, int]:
    """Important and good, but for help that comes slowly and menus that matter little."""
    importance = random.choice((3, 4)) if item in ("menu", "motivation") else 5
    reality = random.choice((2, 3, 4)) if item in ("committee", "guidance") else 5
    return importance, reality


def _rounds(session: Session, as_of: datetime, random: Random) -> None:
    """Open those of three months ago, ten days before the present, and let most answer."""
    opened = as_of - timedelta(days=10)
    rounds.open_due(session, at=opened)
    rounds.remind(session, at=as_of)
    rows = session.scalars(
        select(EvaluationInvitation)
        .join(EvaluationRound, EvaluationRound.id == EvaluationInvitation.round_id)
        .join(Person, Person.id == EvaluationInvitation.person_id)
        .order_by(EvaluationRound.closes_at, EvaluationInvitation.role, Person.name)
    ).all()
    for row in rows:
        if random.random() < 0.75:
            scores = {item: random.randint(60, 95) for item in items.behaviour_items()}
            invitations.answer_invitation(session, row, scores, random.choice(REMARKS), at=as_of)


def _indicator(session: Session, manager_id: UUID, as_of: datetime) -> None:
    course = session.scalars(select(Course).filter_by(slug="pelayanan-tanpa-korupsi")).one()
    by = viewer_for(session, manager_id, 0, as_of)
    assert by is not None
    today = local_date(as_of, cast.ZONE)
    indicators.record_indicator(
        session,
        course,
        key=uuid7(),
        name="Izin yang terbit tepat waktu",
        measure="persen",
        before=(Decimal("82.5"), today - timedelta(days=300)),
        after=(Decimal("90.1"), today - timedelta(days=20)),
        source="Rekap bulanan aplikasi perizinan",
        reason="Semua petugas loket menyelesaikan kursus ini di antara kedua tanggal",
        by=by,
        at=as_of,
    )
