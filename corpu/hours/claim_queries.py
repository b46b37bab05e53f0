"""Reading what people claim: their own records, and what waits for a decision."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from corpu.hours.conversion import Form
from corpu.hours.counting import Counted, Record, Totals, count, totals
from corpu.hours.models import ClaimDecision, Decision, HourEntry, LearningClaim, State
from corpu.hours.pairs import Learning, Pair, likeness
from corpu.hours.proofs import Kind
from corpu.hours.tables import form_of
from corpu.people.models import Person, Posting
from corpu.people.queries import agency_day, full_name, in_force

STANDS = (State.CLAIMED, State.VERIFIED)  # refused and withdrawn ones take part in nothing


@dataclass(frozen=True)
class ClaimLine:
    """A claim as it is shown: what it makes, what of it counts, and who decided."""

    id: UUID
    person_id: UUID
    form: Form
    rule_version: str
    title: str
    organiser: str
    note: str
    started_on: date
    ended_on: date
    year: int
    valid_until: date | None
    amount: Decimal
    jp: Decimal
    counted: Decimal  # of a claim that waits: what would count, once verified
    state: State
    proof_kind: Kind | None
    proof_name: str
    proof_sha256: str | None
    unit_name: str
    timezone: str
    claimed_at: datetime
    decisions: int = 0  # how many; a form that decides says upon how many it was filled in
    decided_at: datetime | None = None
    decided_by: str = ""
    reason: str = ""

    @property
    def over(self) -> Decimal:
        """What lies over the cap of its form, where it takes part at all."""
        return self.jp - self.counted if self.state in STANDS else Decimal()

    def is_late(self, closed_at: datetime | None) -> bool:
        """Whether it was decided after the book of its year was closed."""
        return bool(closed_at and self.decided_at and self.decided_at > closed_at)

    @property
    def record(self) -> Record:
        """As counting sees it."""
        return record_of(self, self.form)

    @property
    def learning(self) -> Learning:
        """As the search for double counts sees it."""
        return learning_of(self, self.form)


def record_of(claim: Any, form: Form) -> Record:
    """A claim (row or line) as counting sees it."""
    return Record(
        key=claim.id,
        form=claim.form if isinstance(claim.form, str) else claim.form.code,
        started_on=claim.started_on,
        ended_on=claim.ended_on,
        jp=claim.jp,
        cap=form.cap,
        is_verified=claim.state is State.VERIFIED,
    )


def learning_of(claim: Any, form: Form) -> Learning:
    """A claim (row or line) as the search for double counts sees it."""
    return Learning(
        key=claim.id,
        title=claim.title,
        started_on=claim.started_on,
        ended_on=claim.ended_on,
        is_classical=form.is_classical,
        is_log=form.is_log,
        proof=claim.proof_sha256,
    )


def _lines() -> Any:
    latest = (
        select(func.max(ClaimDecision.ordinal))
        .where(ClaimDecision.claim_id == LearningClaim.id)
        .correlate(LearningClaim)
        .scalar_subquery()
    )
    return select(
        LearningClaim,
        ClaimDecision.ordinal,
        ClaimDecision.at,
        ClaimDecision.by_name,
        ClaimDecision.reason,
    ).outerjoin(
        ClaimDecision,
        and_(ClaimDecision.claim_id == LearningClaim.id, ClaimDecision.ordinal == latest),
    )


def _line(row: Any) -> ClaimLine:
    claim: LearningClaim = row[0]
    return ClaimLine(
        id=claim.id,
        person_id=claim.person_id,
        form=form_of(claim.rule_version, claim.form),
        rule_version=claim.rule_version,
        title=claim.title,
        organiser=claim.organiser,
        note=claim.note,
        started_on=claim.started_on,
        ended_on=claim.ended_on,
        year=claim.year,
        valid_until=claim.valid_until,
        amount=claim.amount,
        jp=claim.jp,
        counted=claim.counted_jp,
        state=claim.state,
        proof_kind=claim.proof_kind,
        proof_name=claim.proof_name,
        proof_sha256=claim.proof_sha256,
        unit_name=claim.unit_name,
        timezone=claim.timezone,
        claimed_at=claim.claimed_at,
        decisions=row.ordinal or 0,
        decided_at=row.at,
        decided_by=row.by_name or "",
        reason=row.reason or "",
    )


def claims_of(session: Session, person_id: UUID, year: int) -> tuple[ClaimLine, ...]:
    """The claims of a year, latest day first; those that wait with what they would count. One
    statement."""
    rows = session.execute(
        _lines()
        .where(LearningClaim.person_id == person_id, LearningClaim.year == year)
        .order_by(LearningClaim.ended_on.desc(), LearningClaim.claimed_at.desc(), LearningClaim.id)
    )
    lines = [_line(row) for row in rows]
    counted = count(line.record for line in lines if line.state in STANDS)
    return tuple(
        replace(line, counted=counted[line.id].jp) if line.state is State.CLAIMED else line
        for line in lines
    )


def totals_of_claims(lines: Iterable[ClaimLine]) -> Totals:
    """The sums of what `claims_of` answers."""
    return totals(Counted(line.record, line.counted) for line in lines if line.state in STANDS)


def claim_of(session: Session, claim_id: UUID, person_id: UUID | None = None) -> ClaimLine | None:
    """One claim, counted as in its year; of this person, where one is named. Two statements."""
    statement = select(LearningClaim.person_id, LearningClaim.year).where(
        LearningClaim.id == claim_id
    )
    if person_id is not None:
        statement = statement.where(LearningClaim.person_id == person_id)
    row = session.execute(statement).one_or_none()
    if row is None:
        return None
    lines = claims_of(session, row.person_id, row.year)
    return next(line for line in lines if line.id == claim_id)


@dataclass(frozen=True)
class Made:
    """One decision of the past."""

    decision: Decision
    by_name: str
    reason: str
    at: datetime


def decisions_on(session: Session, claim_id: UUID) -> list[Made]:
    """Every decision about a claim, the first one first."""
    rows = session.execute(
        select(
            ClaimDecision.decision, ClaimDecision.by_name, ClaimDecision.reason, ClaimDecision.at
        )
        .where(ClaimDecision.claim_id == claim_id)
        .order_by(ClaimDecision.ordinal)
    )
    return [Made(*row) for row in rows]


# -------------------------------------------------------------------------- double counts


@dataclass(frozen=True)
class Double:
    """What a claim may be the same as: another claim, or a course completed here."""

    pair: Pair
    title: str
    started_on: date
    ended_on: date
    jp: Decimal
    claim: ClaimLine | None  # None: a course

    @property
    def counts_already(self) -> bool:
        """Whether the other one has its hours: a course, or a claim that is verified."""
        return self.claim is None or self.claim.state is State.VERIFIED


def doubles_of(session: Session, person_id: UUID, mine: Learning) -> list[Double]:
    """What the person has that may be the same learning, strongest reason first. Two
    statements. The years beside count too: a span may reach across."""
    years = range(mine.started_on.year - 1, mine.ended_on.year + 2)
    rows = session.execute(
        _lines().where(
            LearningClaim.person_id == person_id,
            LearningClaim.state.in_(STANDS),
            or_(LearningClaim.year.in_(years), LearningClaim.proof_sha256 == mine.proof)
            if mine.proof
            else LearningClaim.year.in_(years),
        )
    )
    found: list[Double] = []
    for line in map(_line, rows):
        if why := likeness(mine, line.learning):
            pair = Pair(mine, line.learning, why)
            found.append(Double(pair, line.title, line.started_on, line.ended_on, line.jp, line))
    courses = session.execute(
        select(HourEntry.id, HourEntry.course_title, HourEntry.day, HourEntry.jp).where(
            HourEntry.person_id == person_id, HourEntry.year.in_(years)
        )
    )
    for course in courses:
        other = Learning(course.id, course.course_title, course.day, course.day)
        if why := likeness(mine, other):
            pair = Pair(mine, other, why)
            found.append(Double(pair, other.title, course.day, course.day, course.jp, None))
    order = {why: place for place, why in enumerate(type(found[0].pair.likeness))} if found else {}
    return sorted(found, key=lambda one: (order[one.pair.likeness], one.started_on, one.title))


# ------------------------------------------------------------------------------ the queue


@dataclass(frozen=True)
class Waiting:
    """A claim in a manager's list."""

    line: ClaimLine
    person_name: str


def _within(statement: Any, units: Collection[UUID] | None, session: Session, at: datetime) -> Any:
    """Only people who belong to these units today; None is everybody."""
    if units is None:
        return statement
    here = select(Posting.person_id).where(
        Posting.unit_id.in_(units), in_force(Posting, agency_day(session, at))
    )
    return statement.where(LearningClaim.person_id.in_(here))


def queue(
    session: Session,
    units: Collection[UUID] | None,
    state: State,
    at: datetime,
    *,
    first: int = 0,
    limit: int = 25,
) -> list[Waiting]:
    """Claims of people in these units: the one that waits longest first; of what is decided,
    the latest first."""
    statement = (
        _lines()
        .join(Person, Person.id == LearningClaim.person_id)
        .add_columns(Person.title_before, Person.name, Person.title_after)
        .where(LearningClaim.state == state)
    )
    by = LearningClaim.claimed_at
    order = by.asc() if state is State.CLAIMED else by.desc()
    rows = session.execute(
        _within(statement, units, session, at)
        .order_by(order, LearningClaim.id)
        .offset(first)
        .limit(limit)
    )
    return [
        Waiting(_line(row), full_name(row.title_before, row.name, row.title_after)) for row in rows
    ]


def queue_counts(
    session: Session, units: Collection[UUID] | None, at: datetime
) -> dict[State, int]:
    """How many claims of people in these units are in each state."""
    statement = select(LearningClaim.state, func.count()).group_by(LearningClaim.state)
    rows = session.execute(_within(statement, units, session, at))
    return dict.fromkeys(State, 0) | {State(state): number for state, number in rows}


def own_claims(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """Every claim ever with all that was decided about it, for the person's own file."""
    claims = session.scalars(
        select(LearningClaim)
        .filter_by(person_id=person_id)
        .order_by(LearningClaim.claimed_at, LearningClaim.id)
    ).all()
    made: dict[UUID, list[dict[str, Any]]] = {}
    rows = session.scalars(
        select(ClaimDecision)
        .join(LearningClaim, LearningClaim.id == ClaimDecision.claim_id)
        .where(LearningClaim.person_id == person_id)
        .order_by(ClaimDecision.claim_id, ClaimDecision.ordinal)
    )
    for row in rows:
        made.setdefault(row.claim_id, []).append(
            {"decision": row.decision, "by": row.by_name, "reason": row.reason, "at": row.at}
        )
    return [
        {
            "form": claim.form,
            "rule_version": claim.rule_version,
            "title": claim.title,
            "organiser": claim.organiser,
            "note": claim.note,
            "started_on": claim.started_on,
            "ended_on": claim.ended_on,
            "year": claim.year,
            "valid_until": claim.valid_until,
            "amount": claim.amount,
            "jp": claim.jp,
            "counted_jp": claim.counted_jp,
            "state": claim.state,
            "proof": {"name": claim.proof_name, "sha256": claim.proof_sha256}
            if claim.proof_sha256
            else None,
            "unit": claim.unit_name,
            "timezone": claim.timezone,
            "claimed_at": claim.claimed_at,
            "decisions": made.get(claim.id, []),
        }
        for claim in claims
    ]
