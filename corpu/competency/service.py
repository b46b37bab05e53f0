"""What changes a person's competency: graded attempts, ratings, relations, time."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, aliased

from corpu import audit
from corpu.assessment.models import Attempt
from corpu.catalog import queries as catalog
from corpu.competency import ledger
from corpu.competency.change_models import ApplicationState, RuleApplication
from corpu.competency.models import CompetencyScore, EvidenceKind, EvidenceRecord
from corpu.competency.rules import HIGHEST, LOWEST
from corpu.database import upsert_all
from corpu.errors import N_, DomainError, NotFound, RuleBroken
from corpu.events import AttemptGraded, EvidencePiece, SupervisionChanged
from corpu.jobs import wake
from corpu.people.models import Person, Supervision
from corpu.people.queries import Standing, agency_day, capacity_at, places_over, standing
from corpu.people.rules import clean_text
from corpu.standards.queries import rows_on
from corpu.transactions import after_commit

BATCH = 100  # scores written in one transaction of the worker
LABEL, REASON = 300, 1000  # characters
SAME_CLICK = timedelta(minutes=10)


class NotInLine(NotFound):
    message = N_("Orang ini bukan bawahan Anda hari ini.")


class OwnRating(RuleBroken):
    message = N_("Anda tidak dapat menilai diri sendiri.")


class UnknownCompetency(DomainError):
    message = N_("Pilih salah satu kompetensi yang berlaku.")


class WrongLevel(DomainError):
    message = N_("Pilih level 1 sampai 5.")


class ReasonMissing(DomainError):
    message = N_("Tulis alasan penilaian: apa yang Anda lihat dalam pekerjaannya.")


class ReasonTooLong(DomainError):
    message = N_("Tulis alasan paling banyak %(most)s huruf.")


# ---------------------------------------------------------------------------- evidence


def record_attempt(session: Session, event: AttemptGraded) -> None:
    """Write what a graded attempt shows, in the transaction that graded it.

    Graded again, the attempt's earlier evidence is withdrawn and the new appended; the same
    grade once more changes nothing. An attempt without any answer is no evidence.
    """
    shown = event.evidence if event.answered else ()
    former = _evidence_of(session, event.attempt_id) if event.again else []
    if {_shows(row) for row in former} == {_shows(piece) for piece in shown}:
        return
    for row in former:
        row.revoked_at = event.at
    session.flush()
    if shown:
        here = standing(session, event.person_id, event.observed_at)
        label = _label(session, event)
        session.add_all(_evidence(event, piece, label, here) for piece in shown)
        session.flush()
    codes = {row.competency for row in former} | {piece.competency for piece in shown}
    recompute(session, event.person_id, codes, at=event.at)


def _evidence_of(session: Session, attempt_id: UUID) -> Sequence[EvidenceRecord]:
    return session.scalars(
        select(EvidenceRecord)
        .where(EvidenceRecord.attempt_id == attempt_id, EvidenceRecord.revoked_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _shows(piece: EvidenceRecord | EvidencePiece) -> tuple[Any, ...]:
    thin = piece.thin if isinstance(piece, EvidencePiece) else piece.is_thin
    return piece.competency, piece.level, piece.score, piece.weight, thin


def _evidence(
    event: AttemptGraded, piece: EvidencePiece, label: str, here: Standing
) -> EvidenceRecord:
    return EvidenceRecord(
        person_id=event.person_id,
        competency=piece.competency,
        kind=EvidenceKind.ASSESSMENT,
        level=piece.level,
        score=piece.score,
        weight=piece.weight,
        source=f"quiz:{event.course_slug}/{event.page_id}",
        label=label,
        is_thin=piece.thin,
        observed_at=event.observed_at,
        attempt_id=event.attempt_id,
        unit_id=here.unit_id,
        post_title=here.post_title,
        recorded_at=event.at,
    )


def _label(session: Session, event: AttemptGraded) -> str:
    """`Ujian akhir · Dasar-dasar SDGs`, as the edition of the attempt has it."""
    attempt = session.get_one(Attempt, event.attempt_id)
    outline = catalog.outline(session, attempt.edition_id)
    page = outline.find(event.page_id)
    label = f"{page.title if page else event.page_id} · {outline.title}"
    return label if len(label) <= LABEL else label[: LABEL - 1] + "…"


def rate(
    session: Session,
    supervisor_id: UUID,
    person_id: UUID,
    competency: str,
    level: int,
    reason: str,
    *,
    at: datetime,
) -> EvidenceRecord:
    """Record the level that a supervisor, direct or further up today, sees at work.

    The latest rating of each supervisor stands; until when is decided on reading (`ledger`).
    Whoever stands in for a supervisor gives that supervisor's rating, and it says so.
    A second click is the first rating. Raises NotInLine for a stranger and for a former
    supervisor, OwnRating, UnknownCompetency, WrongLevel, ReasonMissing, ReasonTooLong.
    """
    if supervisor_id == person_id:
        raise OwnRating
    places = places_over(session, supervisor_id, person_id, at)
    if not places:
        raise NotInLine
    capacity = capacity_at(session, supervisor_id, places[0], at)
    rater_id = capacity.principal_id if capacity else supervisor_id
    if competency not in rows_on(session, agency_day(session, at)):
        raise UnknownCompetency
    if isinstance(level, bool) or not isinstance(level, int) or not LOWEST <= level <= HIGHEST:
        raise WrongLevel
    if not (reason := clean_text(reason or "")):
        raise ReasonMissing
    if len(reason) > REASON:
        raise ReasonTooLong(most=REASON)
    hold(session, [person_id])
    former = session.scalar(
        select(EvidenceRecord)
        .where(
            EvidenceRecord.person_id == person_id,
            EvidenceRecord.competency == competency,
            EvidenceRecord.kind == EvidenceKind.SUPERVISOR,
            EvidenceRecord.source == f"supervisor:{rater_id}",
            EvidenceRecord.revoked_at.is_(None),
        )
        .order_by(EvidenceRecord.observed_at.desc(), EvidenceRecord.id.desc())
        .limit(1)
    )
    if (
        former is not None
        and (former.actor_id, former.level, former.reason) == (supervisor_id, level, reason)
        and at - former.observed_at < SAME_CLICK
    ):
        return former
    here, rater = standing(session, person_id, at), standing(session, supervisor_id, at)
    signed = capacity.signed(rater.full_name) if capacity else rater.full_name
    rating = EvidenceRecord(
        person_id=person_id,
        competency=competency,
        kind=EvidenceKind.SUPERVISOR,
        level=level,
        weight=1,
        source=f"supervisor:{rater_id}",
        label=signed[:LABEL],
        observed_at=at,
        actor_id=supervisor_id,
        on_behalf_of_id=capacity.principal_id if capacity else None,
        reason=reason,
        unit_id=here.unit_id,
        post_title=here.post_title,
        recorded_at=at,
    )
    session.add(rating)
    session.flush()
    audit.record(
        session,
        at=at,
        actor_id=supervisor_id,
        actor_name=signed,
        action="competency.rated",
        subject=("person", person_id, here.full_name),
        unit_id=here.unit_id,
        before={"competency": competency, "level": former.level} if former else None,
        after={"competency": competency, "level": level},
        reason=reason,
    )
    recompute(session, person_id, [competency], at=at)
    return rating


# ------------------------------------------------------------------------------ scores


def recompute(session: Session, person_id: UUID, codes: Iterable[str], *, at: datetime) -> None:
    """Write the current answer for some competencies of a person, and when it is next due."""
    recompute_all(session, {(person_id, code) for code in codes}, at=at)


def recompute_all(session: Session, pairs: Iterable[tuple[UUID, str]], *, at: datetime) -> None:
    """The same for many (person, competency): a handful of statements, however many."""
    pairs = sorted(set(pairs))
    people = sorted({person_id for person_id, _ in pairs})
    if not people:
        return
    hold(session, people)
    ledgers = ledger.read(session, people, at, codes={code for _, code in pairs})
    rows = []
    for person_id, code in pairs:
        book = ledgers[person_id]
        outcome = book.outcome(code)
        rows.append(
            {
                "person_id": person_id,
                "competency": code,
                "level": outcome.level,
                "score": outcome.score,
                "is_capped": outcome.capped,
                "computed_at": at,
                "due_at": book.due_at(code),
            }
        )
    upsert_all(session, CompetencyScore, ("person_id", "competency"), rows)


def hold(
    session: Session,
    people: Iterable[UUID] | Select[UUID],
    *,
    skip_locked: bool = False,
) -> list[UUID]:
    """Take each person's row until the transaction ends; answers those taken.

    Two acts that add evidence for one person could otherwise each compute a score that does
    not know the other's, or meet each other halfway through several scores. Foreign keys may
    still be pointed at a row held like this.
    """
    chosen = people if isinstance(people, Select) else list(people)
    return list(
        session.scalars(
            select(Person.id)
            .where(Person.id.in_(chosen))
            .order_by(Person.id)
            .with_for_update(key_share=True, skip_locked=skip_locked)
        )
    )


def refresh_due(session: Session, at: datetime) -> int:
    """Compute again what time alone has changed; answers how many scores.

    A short batch each time; where more are due, the worker is called again at once. People
    for whom something is being recorded right now are left for the next round. What a change
    of the rule made due is left to its application (`applying`), which a manager may stop.
    """
    applied = (
        select(RuleApplication.rule_id)
        .where(
            RuleApplication.state != ApplicationState.DONE,
            RuleApplication.moment == CompetencyScore.due_at,
        )
        .exists()
    )
    due = session.execute(
        select(CompetencyScore.person_id, CompetencyScore.competency)
        .where(CompetencyScore.due_at <= at, ~applied)
        .order_by(CompetencyScore.due_at, CompetencyScore.person_id)
        .limit(BATCH)
    ).all()
    if not due:
        return 0
    held = set(hold(session, {row.person_id for row in due}, skip_locked=True))
    pairs = [(row.person_id, row.competency) for row in due if row.person_id in held]
    recompute_all(session, pairs, at=at)
    if len(due) == BATCH and pairs:
        after_commit(wake.set)
    return len(pairs)


def relation_changed(session: Session, event: SupervisionChanged) -> None:
    """A relation began, ended or was corrected: ratings that hang on it are read anew, those of
    the person and of everybody who answers to the person. Beyond a batch the worker does it."""
    below = select(Supervision.person_id).where(Supervision.supervisor_id == event.person_id)
    tree = below.cte("below", recursive=True)
    further = aliased(Supervision)
    tree = tree.union(select(further.person_id).where(further.supervisor_id == tree.c.person_id))
    concerned = (EvidenceRecord.person_id == event.person_id) | EvidenceRecord.person_id.in_(
        select(tree.c.person_id)
    )
    rated = session.execute(
        select(EvidenceRecord.person_id, EvidenceRecord.competency)
        .where(EvidenceRecord.kind == EvidenceKind.SUPERVISOR, concerned)
        .distinct()
        .order_by(EvidenceRecord.person_id, EvidenceRecord.competency)
    ).all()
    own = [row for row in rated if row.person_id == event.person_id]
    others = [row for row in rated if row.person_id != event.person_id]
    now, later = (own + others)[:BATCH], (own + others)[BATCH:]
    if later:
        hold(session, {row.person_id for row in rated})
    recompute_all(session, [(row.person_id, row.competency) for row in now], at=event.at)
    if later:
        session.execute(
            update(CompetencyScore)
            .where(CompetencyScore.person_id.in_({row.person_id for row in later}))
            .values(due_at=event.at)
            .execution_options(synchronize_session=False)
        )
        after_commit(wake.set)


# -------------------------------------------------------------------------- everything


def pairs_after(
    session: Session, person_id: UUID | None, *, limit: int = BATCH
) -> tuple[list[tuple[UUID, str]], UUID | None]:
    """Every (person, competency) with evidence or a score, some people at a time.

    Answers the pairs of the next people after `person_id`, and the last of them to go on
    from; None once there are no more.
    """
    known = (
        select(EvidenceRecord.person_id, EvidenceRecord.competency)
        .union(select(CompetencyScore.person_id, CompetencyScore.competency))
        .subquery()
    )
    people = select(known.c.person_id).distinct().order_by(known.c.person_id).limit(limit)
    if person_id is not None:
        people = people.where(known.c.person_id > person_id)
    chosen = list(session.scalars(people))
    rows = session.execute(
        select(known.c.person_id, known.c.competency).where(known.c.person_id.in_(chosen))
    )
    return [(row.person_id, row.competency) for row in rows], max(chosen, default=None)
