"""How the demo's agency reads evidence, and what it takes from elsewhere: a rule of its own and a
draft of the next, results of a formal assessment, a certificate, ratings that are not counted."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.competency import applying, assessment_file, assessments, corrections, peers, whatif
from corpu.competency.agency_rule import adopt_rule
from corpu.competency.asking_models import PeerRequest
from corpu.competency.change_models import ApplicationState, RuleApplication
from corpu.competency.models import EvidenceRecord
from corpu.database import uuid7
from corpu.demo import cast
from corpu.demo.year import Story
from corpu.hours import certified
from corpu.hours.models import LearningClaim, State
from corpu.identity import Viewer
from corpu.people.models import Account, Person
from corpu.people.queries import viewer_for

RULE = {"mastery": 72, "rating_months": 18}
DRAFT = {"mastery": 80, "cumulative": "stepwise", "rating_months": 12}
ASSESSOR = "Dra. Endah Prasetyowati (asesor peragaan)"


def rule_story(session: Session, persons: Mapping[tuple[str, int], UUID], as_of: datetime) -> Story:
    """The agency's first rule, half a year ago: the scores of that day are told of it."""
    at = as_of - timedelta(days=180)
    yield at
    by = _viewer(session, persons[cast.MANAGER], at)
    rule = adopt_rule(
        session,
        RULE,
        valid_from=at,
        reason="Keputusan Kepala BPSDM tentang penilaian kompetensi (contoh)",
        by=by,
        at=at,
    )
    application = session.get_one(RuleApplication, rule.id)
    while application.state is not ApplicationState.DONE:
        applying.apply_job(session, {"rule": rule.id.hex, "run": application.run}, at)


def tell(session: Session, persons: Mapping[tuple[str, int], UUID], as_of: datetime) -> None:
    """The present month: a file of results with one mistake, a certificate, ratings, a draft."""
    manager = _viewer(session, persons[cast.MANAGER], as_of)
    unit = cast.LEARNER[0]
    line = [who for key, who in persons.items() if key[0] != unit and key[1] in (1, 2)][:4]
    _results(session, line, manager, as_of - timedelta(days=20))
    _certificate(session, persons[cast.LEARNER], manager, as_of - timedelta(days=10))
    _ratings(session, persons, as_of - timedelta(days=6))
    draft = whatif.save_draft(session, DRAFT, draft_id=uuid7(), valid_on=None, by=manager, at=as_of)
    preview = whatif.begin_preview(session, draft.id, at=as_of)
    while preview.finished_at is None:
        payload = {"preview": preview.id.hex, "done": preview.done}
        whatif.preview_job(session, payload, as_of)


def _results(session: Session, people: list[UUID], by: Viewer, at: datetime) -> None:
    day = (at - timedelta(days=5)).date().isoformat()
    numbers = session.scalars(select(Person.nip).where(Person.id.in_(people)).order_by(Person.id))
    rows = [["nip", "kompetensi", "level", "tanggal", "asesor"]] + [
        [nip, code, str(level), day, ASSESSOR]
        for nip in numbers
        if nip
        for code, level in (("INT", 4), ("KOM", 3))
    ]
    checked = assessment_file.check(session, rows, by=by, units=None, at=at)
    kept = assessments.keep(session, rows, checked, name="uji-kompetensi.csv", by=by, at=at)
    assessments.record(session, kept.id, by=by, units=None, at=at)
    wrong = session.scalar(
        select(EvidenceRecord.id).filter_by(person_id=people[0], label=ASSESSOR, competency="INT")
    )
    assert wrong is not None
    reason = "Levelnya keliru disalin dari berita acara."
    corrections.correct(session, wrong, 3, by=by, reason=reason, at=at + timedelta(days=1))


def _certificate(session: Session, person_id: UUID, by: Viewer, at: datetime) -> None:
    claim = session.scalars(
        select(LearningClaim)
        .where(
            LearningClaim.person_id == person_id,
            LearningClaim.state == State.VERIFIED,
            LearningClaim.proof_kind.is_not(None),
        )
        .order_by(LearningClaim.ended_on.desc())
    ).first()
    assert claim is not None
    certified.give_evidence(
        session, claim.id, "PPB", 2, Decimal(84), by=by, reason="Nilai akhir tercetak.", at=at
    )


def _ratings(session: Session, persons: Mapping[tuple[str, int], UUID], at: datetime) -> None:
    learner, supervisor = persons[cast.LEARNER], persons[cast.SUPERVISOR]
    said = "Saya membantu rekan menyusun laporan, belum memimpin sendiri."
    for code, level in (("KSM", 3), ("KOM", 2)):
        peers.rate_oneself(session, learner, code, level, said, at=at)
    by = _viewer(session, supervisor, at)
    beside = [one.id for one in peers.candidates(session, learner, supervisor, at, limit=2).people]
    peers.ask(session, learner, beside, ["KSM", "KOM"], by=by, at=at)
    asked = session.scalars(select(PeerRequest).filter_by(peer_id=beside[0])).one()
    peers.answer(
        session,
        asked.id,
        {"KSM": 3, "KOM": 3},
        "Selalu mengabari lebih dahulu bila pekerjaannya berhubungan dengan saya.",
        peer_id=beside[0],
        at=at + timedelta(days=2),
    )


def _viewer(session: Session, person_id: UUID, at: datetime) -> Viewer:
    epoch = session.get_one(Account, person_id).epoch
    found = viewer_for(session, person_id, epoch, at)
    assert found is not None
    return found
