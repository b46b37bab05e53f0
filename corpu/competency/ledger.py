"""Evidence as the score reads it: the rows of a person, the rule in force, the relations.

A supervisor's rating is stored without an end. Until when it speaks follows from the rule and
from the relation as they are when asked, so that evidence itself is never edited.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from corpu.assessment.models import Attempt
from corpu.catalog.models import Edition
from corpu.competency.asking_models import EvidenceCorrection
from corpu.competency.facts import MONTHS_AFTER_RELATION
from corpu.competency.models import CompetencyRule, EvidenceRecord
from corpu.competency.relations import Bond, Lines, Relation, bond
from corpu.competency.rules import (
    Evidence,
    Kind,
    Outcome,
    Rule,
    add_months,
    next_change,
    rating_valid_until,
    score,
)
from corpu.database import UTCDateTime
from corpu.people.models import Agency, Person, Supervision
from corpu.people.queries import full_name


@dataclass(frozen=True)
class RuleInForce:
    """The rule at a moment; `version` None: the defaults, because the agency has set none."""

    rule: Rule = field(default_factory=Rule)
    version: int | None = None
    valid_from: datetime | None = None
    next_from: datetime | None = None  # when the next version begins


@dataclass(frozen=True)
class Piece:
    """One recorded piece of evidence, with what people read of it."""

    id: str
    competency: str
    kind: Kind
    level: int
    score: Decimal | None
    weight: Decimal
    source: str
    label: str
    is_thin: bool
    observed_at: datetime
    valid_until: datetime | None  # for a rating as it follows from rule and relation
    revoked_at: datetime | None
    attempt_id: UUID | None
    actor_id: UUID | None
    reason: str
    post_title: str
    language: str = ""  # of the label where it names a quiz and its course
    bond: Bond | None = None  # of a supervisor's rating
    recorded_at: datetime | None = None
    correction: str = ""  # why it was withdrawn, where somebody said so
    on_behalf_of_id: UUID | None = None  # in whose place the actor rated

    @property
    def rater_id(self) -> UUID | None:
        """Whose rating it is: that of the supervisor in whose place it was given. The relation to
        them decides how long it speaks."""
        return self.on_behalf_of_id or self.actor_id

    @property
    def is_ended_by_relation(self) -> bool:
        """Whether the end of the relation, not its age, ends this rating."""
        return (
            self.bond is not None
            and self.bond.ended_at is not None
            and self.valid_until == add_months(self.bond.ended_at, MONTHS_AFTER_RELATION)
        )

    def under(self, rule: Rule) -> Piece:
        """The same piece as another rule reads it: until when a rating speaks is the rule's."""
        if self.bond is None:
            return self
        until = rating_valid_until(self.observed_at, rule, self.bond.ended_at)
        return replace(self, valid_until=until)

    def evidence(self, at: datetime) -> Evidence:
        """What the score is handed at a moment."""
        return Evidence(
            id=self.id,
            kind=self.kind,
            level=self.level,
            source=self.source,
            observed_at=self.observed_at,
            score=self.score,
            weight=self.weight,
            valid_until=self.valid_until,
            revoked=self.revoked_at is not None and self.revoked_at <= at,
        )


@dataclass(frozen=True)
class Ledger:
    """Everything recorded about one person, and how it is to be read at `at`."""

    person_id: UUID
    at: datetime
    zone: str  # of the agency
    in_force: RuleInForce
    pieces: dict[str, tuple[Piece, ...]]  # by competency, oldest first
    lines: Lines

    def of(self, code: str) -> tuple[Piece, ...]:
        return self.pieces.get(code, ())

    def handed(self, code: str) -> list[Evidence]:
        """The pieces that the score decides upon: all but the thin ones."""
        return [piece.evidence(self.at) for piece in self.of(code) if not piece.is_thin]

    def outcome(self, code: str) -> Outcome:
        """What the evidence shows in one competency now."""
        return score(self.handed(code), self.in_force.rule, self.at)

    def under(self, rule: Rule) -> Ledger:
        """The same ledger as another rule reads it, at the same moment."""
        pieces = {
            code: tuple(piece.under(rule) for piece in held) for code, held in self.pieces.items()
        }
        return replace(self, in_force=RuleInForce(rule), pieces=pieces)

    def known(self) -> Ledger:
        """Without what was recorded after the moment, whenever it was observed."""
        pieces = {
            code: tuple(
                piece for piece in held if piece.recorded_at is None or piece.recorded_at <= self.at
            )
            for code, held in self.pieces.items()
        }
        return replace(self, pieces={code: held for code, held in pieces.items() if held})

    def as_of(self, moment: datetime) -> Ledger:
        """The same ledger at an earlier moment: what was known then, the relations of that day,
        and still the rule of this one (see `under`)."""
        pieces = {
            code: tuple(
                piece
                if piece.bond is None or piece.rater_id is None
                else replace(
                    piece,
                    bond=bond(
                        self.lines.spans(self.person_id, piece.rater_id),
                        rated_at=piece.observed_at,
                        at=moment,
                        zone=self.zone,
                    ),
                )
                for piece in held
            )
            for code, held in self.pieces.items()
        }
        return replace(self, at=moment, pieces=pieces).known().under(self.in_force.rule)

    def due_at(self, code: str) -> datetime | None:
        """The next moment when the outcome may differ without any new act."""
        moments = [next_change(self.handed(code), self.at), self.in_force.next_from]
        moments += [piece.bond.begins_at for piece in self.of(code) if piece.bond]
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def supervisor(self) -> Relation | None:
        """Who supervises the person directly on the day of `at`, where the lines were read."""
        day = self.at.astimezone(ZoneInfo(self.zone)).date()
        return self.lines.supervisor_on(self.person_id, day)


def read(
    session: Session,
    person_ids: Collection[UUID],
    at: datetime,
    *,
    codes: Collection[str] | None = None,
    with_lines: bool = False,
) -> dict[UUID, Ledger]:
    """The ledgers of some people, unknown ones left out. One statement, and one more for the
    relations above them where a supervisor has rated or the caller asks for them."""
    rows = session.execute(
        _rows(some=codes is not None),
        {"people": list(person_ids), "at": at} | ({} if codes is None else {"codes": list(codes)}),
    ).all()
    rated = {row.person_id for row in rows if row.kind == Kind.SUPERVISOR}
    wanted = set(person_ids) if with_lines else rated
    lines = Lines(_relations_above(session, wanted)) if wanted else Lines()
    in_force: dict[UUID, RuleInForce] = {}
    zones: dict[UUID, str] = {}
    pieces: dict[UUID, dict[str, list[Piece]]] = {}
    for row in rows:
        person_id = row.person_id
        if person_id not in in_force:
            in_force[person_id], zones[person_id] = _rule(row), row.timezone
            pieces[person_id] = {}
        if row.id is not None:
            piece = _piece(row, in_force[person_id].rule, lines, at)
            pieces[person_id].setdefault(row.competency, []).append(piece)
    return {
        person_id: Ledger(
            person_id=person_id,
            at=at,
            zone=zones[person_id],
            in_force=rule,
            pieces={code: tuple(held) for code, held in pieces[person_id].items()},
            lines=lines,
        )
        for person_id, rule in in_force.items()
    }


@cache
def _rows(*, some: bool) -> Any:
    """`people` with the rule of their agency, and beside it each piece of their evidence; with
    `some` that of the competencies `codes` only. Built once."""
    at = bindparam("at", type_=UTCDateTime())
    versions = aliased(CompetencyRule)
    current = (
        select(versions.id)
        .where(versions.agency_id == Person.agency_id, versions.valid_from <= at)
        .order_by(versions.valid_from.desc(), versions.version.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )
    following = (
        select(func.min(versions.valid_from))
        .where(versions.agency_id == Person.agency_id, versions.valid_from > at)
        .correlate(Person)
        .scalar_subquery()
    )
    belongs = EvidenceRecord.person_id == Person.id
    if some:
        belongs = and_(belongs, EvidenceRecord.competency.in_(bindparam("codes", expanding=True)))
    return (
        select(
            Person.id.label("person_id"),
            Agency.timezone,
            CompetencyRule.rule,
            CompetencyRule.version,
            CompetencyRule.valid_from,
            following.label("next_from"),
            EvidenceRecord.id,
            EvidenceRecord.competency,
            EvidenceRecord.kind,
            EvidenceRecord.level,
            EvidenceRecord.score,
            EvidenceRecord.weight,
            EvidenceRecord.source,
            EvidenceRecord.label,
            EvidenceRecord.is_thin,
            EvidenceRecord.observed_at,
            EvidenceRecord.valid_until,
            EvidenceRecord.revoked_at,
            EvidenceRecord.attempt_id,
            EvidenceRecord.actor_id,
            EvidenceRecord.on_behalf_of_id,
            EvidenceRecord.reason,
            EvidenceRecord.post_title,
            EvidenceRecord.recorded_at,
            EvidenceCorrection.reason.label("correction"),
            Edition.language,
        )
        .select_from(Person)
        .join(Agency, Agency.id == Person.agency_id)
        .outerjoin(CompetencyRule, CompetencyRule.id == current)
        .outerjoin(EvidenceRecord, belongs)
        .outerjoin(EvidenceCorrection, EvidenceCorrection.evidence_id == EvidenceRecord.id)
        .outerjoin(Attempt, Attempt.id == EvidenceRecord.attempt_id)
        .outerjoin(Edition, Edition.id == Attempt.edition_id)
        .where(Person.id.in_(bindparam("people", expanding=True)))
        .order_by(EvidenceRecord.observed_at, EvidenceRecord.id)
    )


def _relations_above(session: Session, person_ids: Collection[UUID]) -> list[Relation]:
    """Every relation, of any time, on the ways up from these people."""
    up = (
        select(Supervision.person_id, Supervision.supervisor_id, Supervision.id)
        .where(Supervision.person_id.in_(person_ids))
        .cte("up", recursive=True)
    )
    above = aliased(Supervision)
    up = up.union(
        select(above.person_id, above.supervisor_id, above.id).where(
            above.person_id == up.c.supervisor_id
        )
    )
    rows = session.execute(
        select(
            Supervision.person_id,
            Supervision.supervisor_id,
            Supervision.started_on,
            Supervision.ended_on,
            Person.title_before,
            Person.name,
            Person.title_after,
        )
        .join(Person, Person.id == Supervision.supervisor_id)
        .where(Supervision.id.in_(select(up.c.id)))
    )
    return [
        Relation(
            row.person_id,
            row.supervisor_id,
            row.started_on,
            row.ended_on,
            full_name(row.title_before, row.name, row.title_after),
        )
        for row in rows
    ]


def _rule(row: Any) -> RuleInForce:
    return RuleInForce(
        rule=Rule() if row.version is None else Rule.from_dict(row.rule),
        version=row.version,
        valid_from=row.valid_from,
        next_from=row.next_from,
    )


def _piece(row: Any, rule: Rule, lines: Lines, at: datetime) -> Piece:
    kind, valid_until, tie = Kind(row.kind), row.valid_until, None
    rater_id = row.on_behalf_of_id or row.actor_id
    if kind is Kind.SUPERVISOR and rater_id is not None:
        tie = bond(
            lines.spans(row.person_id, rater_id),
            rated_at=row.observed_at,
            at=at,
            zone=row.timezone,
        )
        valid_until = rating_valid_until(row.observed_at, rule, tie.ended_at)
    return Piece(
        id=str(row.id),
        competency=row.competency,
        kind=kind,
        level=row.level,
        score=row.score,
        weight=row.weight,
        source=row.source,
        label=row.label,
        is_thin=row.is_thin,
        observed_at=row.observed_at,
        valid_until=valid_until,
        revoked_at=row.revoked_at,
        attempt_id=row.attempt_id,
        actor_id=row.actor_id,
        reason=row.reason,
        post_title=row.post_title,
        language=row.language or "",
        bond=tie,
        recorded_at=row.recorded_at,
        correction=row.correction or "",
        on_behalf_of_id=row.on_behalf_of_id,
    )
