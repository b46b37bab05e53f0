from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from corpu import events
from corpu.assessment import service as assessment
from corpu.assessment.models import Attempt, AttemptState
from corpu.competency import service
from corpu.competency.models import CompetencyScore, EvidenceKind, EvidenceRecord
from corpu.events import AttemptGraded
from corpu.transactions import unit_of_work
from tests.assessment.factories import SLUG, answer_all
from tests.competency.factories import (
    NOON,
    evidence_of,
    graded,
    kept,
    observe,
    piece,
    record,
    shown,
)
from tests.factories import make_person

HOUR = timedelta(hours=1)


def test_handing_in_a_quiz_writes_its_evidence_and_the_score(session, mira, attempt):
    answer_all(session, attempt)
    assessment.submit(session, mira.id, attempt.id, at=NOON)
    session.commit()
    [row] = evidence_of(session, mira)
    assert (row.competency, row.level, row.kind) == ("PPB", 2, EvidenceKind.ASSESSMENT)
    assert (row.score, row.weight, row.is_thin) == (Decimal(100), Decimal(11), False)
    assert row.source == f"quiz:{SLUG}/ujian"
    assert row.label == "Ujian Air · Air Uji"
    assert row.post_title == "Analis Uji"
    assert row.unit_id is not None
    assert kept(session, mira) == (2, Decimal("2.00"))


def test_what_fails_afterwards_takes_the_evidence_with_it(session, mira, attempt, monkeypatch):
    def fail(session, event):
        raise RuntimeError("the completion could not be written")

    monkeypatch.setitem(events._reactions, AttemptGraded, [service.record_attempt, fail])
    answer_all(session, attempt)
    attempt_id, person_id = attempt.id, mira.id
    with pytest.raises(RuntimeError), unit_of_work(session):
        assessment.submit(session, person_id, attempt_id, at=NOON)
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(EvidenceRecord)) == 0
    assert session.scalar(select(func.count()).select_from(CompetencyScore)) == 0
    assert session.get_one(Attempt, attempt_id).state is AttemptState.IN_PROGRESS


def test_a_failed_attempt_is_evidence_too(session, mira, attempt):
    record(session, graded(attempt, piece(level=1, score="30")))
    assert kept(session, mira) == (0, Decimal("0.40"))


def test_evidence_is_written_per_competency_and_level(session, mira, attempt):
    record(session, graded(attempt, piece("PPB", 1), piece("PPB", 2), piece("INT", 1)))
    assert {(row.competency, row.level) for row in evidence_of(session, mira)} == {
        ("PPB", 1),
        ("PPB", 2),
        ("INT", 1),
    }
    assert kept(session, mira, "INT") == (1, Decimal("1.00"))


def test_too_few_points_are_recorded_and_not_handed_to_the_score(session, mira, attempt):
    record(session, graded(attempt, piece(score="100", weight="2", thin=True)))
    [row] = evidence_of(session, mira)
    assert row.is_thin
    assert kept(session, mira) == (None, None)
    assert shown(session, mira) == (None, None)


def test_an_attempt_without_any_answer_is_no_evidence(session, mira, attempt):
    record(session, graded(attempt, piece(score="0"), answered=False))
    assert evidence_of(session, mira) == []
    assert kept(session, mira) is None


def test_a_regrade_withdraws_the_former_evidence_and_appends_the_new(session, mira, attempt):
    record(session, graded(attempt, piece(level=2, score="60"), piece("INT", 1)))
    record(session, graded(attempt, piece(level=2, score="90"), at=NOON + HOUR))
    rows = evidence_of(session, mira)
    standing = [row for row in rows if row.revoked_at is None]
    assert [(row.competency, row.score) for row in standing] == [("PPB", Decimal(90))]
    assert {row.revoked_at for row in rows if row.revoked_at} == {NOON + HOUR}
    assert kept(session, mira) == (2, Decimal("2.00"))
    assert kept(session, mira, "INT") == (None, None)


def test_a_regrade_that_changes_nothing_writes_nothing(session, mira, attempt):
    record(session, graded(attempt, piece()))
    record(session, graded(attempt, piece(), at=NOON + HOUR))
    assert len(evidence_of(session, mira)) == 1


def test_one_attempt_cannot_stand_twice_at_one_level(session, mira, attempt):
    record(session, graded(attempt, piece()))
    [row] = evidence_of(session, mira)
    twin = {column.name: getattr(row, column.name) for column in EvidenceRecord.__table__.c}
    del twin["id"]
    session.add(EvidenceRecord(**twin))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_the_best_of_two_attempts_at_one_quiz_stands(session, mira):
    observe(session, mira, "PPB", 2, "90", source="quiz:a/b")
    observe(session, mira, "PPB", 2, "20", source="quiz:a/b", at=NOON + HOUR)
    assert kept(session, mira) == (2, Decimal("2.00"))


def test_the_worker_takes_up_a_score_whose_evidence_has_expired(session, mira):
    observe(session, mira, "PPB", 2, "90", valid_until=NOON + HOUR)
    assert service.refresh_due(session, NOON) == 0
    assert service.refresh_due(session, NOON + HOUR) == 1
    assert kept(session, mira) == (None, None)
    assert service.refresh_due(session, NOON + 2 * HOUR) == 0


def test_the_worker_takes_a_short_batch_each_time(session, agency, monkeypatch):
    monkeypatch.setattr(service, "BATCH", 2)
    for _ in range(3):
        observe(session, make_person(session), "INT", 1, "90")
    session.execute(update(CompetencyScore).values(due_at=NOON))
    assert service.refresh_due(session, NOON) == 2
    assert service.refresh_due(session, NOON) == 1
    assert service.refresh_due(session, NOON) == 0


def test_the_profile_never_waits_for_the_worker(session, mira):
    observe(session, mira, "PPB", 2, "90", valid_until=NOON + HOUR)
    assert shown(session, mira, at=NOON + HOUR) == (None, None)
