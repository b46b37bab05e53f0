"""Reading a team: who is in it today, how far each is, and who needs what.

Everything starts from the dated relation: nobody outside the line of the day is ever read.
The list of a team costs the same few statements for five people and for five hundred.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, type_coerce
from sqlalchemy.orm import Session

from corpu.competency.models import CompetencyRule, CompetencyScore, EvidenceKind, EvidenceRecord
from corpu.competency.rules import Rule
from corpu.credentials.expiring import endings_of
from corpu.database import JP, rows_as_json
from corpu.hours.models import LearningClaim
from corpu.hours.models import State as ClaimState
from corpu.hours.queries import counted_hours
from corpu.learning.models import Enrolment, PageVisit
from corpu.people.models import Account, Agency, Person, Posting, Supervision, Unit
from corpu.people.queries import (
    Capacity,
    Place,
    Standing,
    capacities_of,
    full_name,
    in_force,
    places_below,
    required_levels,
)
from corpu.plans.models import Plan, PlanItem, PlanTransition
from corpu.plans.rules import State
from corpu.standards.queries import STAMP, note_stamp
from corpu.team import rules
from corpu.team.facts import courses_under_way
from corpu.team.members import Member, Observed, PlanState
from corpu.team.rules import Want
from corpu.vocabulary import competencies
from corpu.zones import ZONE_LABELS, local_date, local_year

MOST = 1000  # people read for one page; the nearest ones, where a line is longer


@dataclass(frozen=True)
class Team:
    """The people of a line on a day, those with the fewest JP first."""

    members: tuple[Member, ...]
    has_below: bool  # whether anybody stands further down
    left_out: int  # beyond `MOST`
    capacities: Mapping[UUID, Capacity] = field(default_factory=dict)  # in whose place one acts

    @cached_property
    def codes(self) -> list[str]:
        """The nine, and what the posts of these people require besides."""
        asked = {code for one in self.members for code in one.required}
        return [*competencies(), *sorted(asked - set(competencies()))]

    @cached_property
    def waiting(self) -> list[tuple[Member, Want]]:
        """Who needs what from the supervisor today, most urgent first."""
        return _waiting(self.members)


def team_of(
    session: Session,
    supervisor_id: UUID,
    at: datetime,
    *,
    everybody: bool = False,
    plan_month: int = rules.PLAN_MONTH,
) -> Team:
    """The direct people, or everybody below, also of those the supervisor stands in for, without
    the courses that they follow. Six statements, however many people; two more for whoever
    stands in for somebody."""
    line = places_below(session, supervisor_id, at)
    # Only who stands in for somebody needs to know for whom.
    stands_in = any(one.principal_id for one in line)
    capacities = capacities_of(session, supervisor_id, at) if stands_in else {}
    chosen = [one for one in line if everybody or one.depth == 1]
    members = members_of(
        session,
        supervisor_id,
        chosen[:MOST],
        at,
        capacities=capacities,
        plan_month=plan_month,
        with_courses=False,
    )
    return Team(
        members=tuple(sorted(members, key=lambda one: (one.jp, one.name))),
        has_below=any(one.depth > 1 for one in line),
        left_out=max(0, len(chosen) - MOST),
        capacities=capacities,
    )


def waiting_for(
    session: Session, supervisor_id: UUID, at: datetime, *, plan_month: int = rules.PLAN_MONTH
) -> list[tuple[Member, Want]]:
    """Who needs what from this supervisor today, most urgent first; see `team_of`.

    Only direct people: those further down are their own supervisors' to look after.
    """
    return team_of(session, supervisor_id, at, plan_month=plan_month).waiting


def _waiting(members: Collection[Member]) -> list[tuple[Member, Want]]:
    found = [(one, want) for one in members for want in one.wants]
    return sorted(found, key=lambda pair: (pair[1].urgency, pair[0].name))


def members_of(
    session: Session,
    supervisor_id: UUID,
    line: Sequence[Place],
    at: datetime,
    *,
    capacities: Mapping[UUID, Capacity] | None = None,
    plan_month: int = rules.PLAN_MONTH,
    with_courses: bool = True,
) -> list[Member]:
    """The people of a line that was read before, those without an active account left out.
    Five statements, one less without the courses they follow."""
    places = {one.person_id: one for one in line}
    if not places:
        return []
    ids, acting = list(places), capacities or {}
    observed = _observed(session, supervisor_id, line)
    plans = _plans(session, ids)
    # Each person's own day decides what is shown; it is at most one away from that of Jakarta.
    endings = endings_of(session, ids, local_date(at, "Asia/Jakarta"))
    courses = courses_under_way(session, ids) if with_courses else {}
    latest = {row.id: row for row in session.execute(_roster(ids, at))}
    known: dict[str, Rule] = {}
    return [
        Member(
            standing=_standing(session, row, at),
            depth=places[row.id].depth,
            at=at,
            jp=row.jp or Decimal(),
            has_learnt=bool(row.has_learnt),
            active_at=row.active_at,
            rule=_rule_of(row.rule, known),
            observed=observed.get(row.id, {}),
            courses=tuple(courses.get(row.id, ())),
            waiting_jp=row.waiting_jp or Decimal(),
            supervised_since=row.supervised_since,
            plans=plans.get(row.id, {}),
            capacity=_capacity(places[row.id], acting),
            plan_month=plan_month,
            endings=endings.get(row.id, ()),
        )
        for row in latest.values()
    ]


def _rule_of(found: dict[str, Any] | None, known: dict[str, Rule]) -> Rule:
    """The rule of a row, read once for all rows that have the same."""
    key = str(found)
    if key not in known:
        known[key] = Rule() if found is None else Rule.from_dict(found)
    return known[key]


def _capacity(place: Place, acting: Mapping[UUID, Capacity]) -> Capacity | None:
    return None if place.principal_id is None else acting.get(place.principal_id)


def by_zone(zone: Any, value: Callable[[str], Any]) -> ColumnElement[Any]:
    """A value that depends on a zone which only the row knows: its day, its year."""
    known = {name: literal(value(name)) for name in ZONE_LABELS}
    return case(known, value=zone, else_=known["Asia/Jakarta"])


def _year_began(at: datetime, zone: str) -> datetime:
    first = datetime(local_year(at, zone), 1, 1, tzinfo=ZoneInfo(zone))
    return first.astimezone(UTC)


def _roster(ids: list[UUID], at: datetime) -> Any:
    """People with post and unit, the hours of their year, and when they last learnt."""
    zone = func.coalesce(Unit.timezone, Agency.timezone)
    today = by_zone(Agency.timezone, lambda name: local_date(at, name))
    began = by_zone(zone, lambda name: _year_began(at, name))
    hours = counted_hours(Person.id, by_zone(zone, lambda name: local_year(at, name)))
    waiting = (
        select(func.sum(LearningClaim.jp))
        .where(
            LearningClaim.person_id == Person.id,
            LearningClaim.year == by_zone(zone, lambda name: local_year(at, name)),
            LearningClaim.state == ClaimState.CLAIMED,
        )
        .correlate(Person, Unit, Agency)
        .scalar_subquery()
    )
    supervised = (
        select(func.max(Supervision.started_on))
        .where(Supervision.person_id == Person.id, in_force(Supervision, today))
        .correlate(Person, Agency)
        .scalar_subquery()
    )
    learnt = (
        select(Enrolment.id)
        .where(
            Enrolment.person_id == Person.id,
            or_(
                Enrolment.enrolled_at >= began,
                Enrolment.completed_at >= began,
                and_(Enrolment.completed_at.is_(None), Enrolment.left_at.is_(None)),
            ),
        )
        .correlate(Person, Unit, Agency)
        .exists()
    )
    active = (
        select(func.max(PageVisit.last_at))
        .join(Enrolment, Enrolment.id == PageVisit.enrolment_id)
        .where(Enrolment.person_id == Person.id)
        .correlate(Person)
        .scalar_subquery()
    )
    rule = (
        select(CompetencyRule.id)
        .where(CompetencyRule.agency_id == Person.agency_id, CompetencyRule.valid_from <= at)
        .order_by(CompetencyRule.valid_from.desc(), CompetencyRule.version.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )
    return (
        select(
            Person.id,
            Person.nip,
            Person.title_before,
            Person.name,
            Person.title_after,
            Agency.id.label("agency_id"),
            Agency.name.label("agency_name"),
            Agency.timezone.label("agency_zone"),
            zone.label("timezone"),
            Unit.id.label("unit_id"),
            Unit.name.label("unit_name"),
            Posting.title.label("post_title"),
            Posting.post_type,
            Posting.grade,
            Posting.required_levels,
            STAMP.label("standards"),
            hours.label("jp"),
            learnt.label("has_learnt"),
            active.label("active_at"),
            type_coerce(waiting, JP).label("waiting_jp"),
            supervised.label("supervised_since"),
            CompetencyRule.rule,
        )
        .select_from(Person)
        .join(Account, Account.person_id == Person.id)
        .join(Agency, Agency.id == Person.agency_id)
        .outerjoin(Posting, and_(Posting.person_id == Person.id, in_force(Posting, today)))
        .outerjoin(Unit, Unit.id == Posting.unit_id)
        .outerjoin(CompetencyRule, CompetencyRule.id == rule)
        .where(Person.id.in_(ids), Account.is_active)
        .order_by(Posting.started_on)
    )


def _standing(session: Session, row: Any, at: datetime) -> Standing:
    note_stamp(session, row.standards)
    return Standing(
        person_id=row.id,
        full_name=full_name(row.title_before, row.name, row.title_after),
        nip=row.nip,
        agency_id=row.agency_id,
        agency_name=row.agency_name,
        timezone=row.timezone,
        unit_id=row.unit_id,
        unit_name=row.unit_name or "",
        post_title=row.post_title or "",
        post_type=row.post_type or "",
        grade=row.grade or "",
        required=required_levels(session, row, at),
    )


def _plans(session: Session, ids: list[UUID]) -> dict[UUID, dict[int, PlanState]]:
    """Where everybody's plans stand, by person and year. One statement."""
    submitted = (
        select(func.max(PlanTransition.at))
        .where(PlanTransition.plan_id == Plan.id, PlanTransition.to_state == State.SUBMITTED)
        .correlate(Plan)
        .scalar_subquery()
    )
    due = (
        select(func.min(PlanItem.due_on))
        .where(PlanItem.plan_id == Plan.id, PlanItem.done_at.is_(None))
        .correlate(Plan)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Plan.person_id, Plan.year, Plan.state, Plan.version, submitted.label("at"), due
        ).where(Plan.person_id.in_(ids))
    )
    found: dict[UUID, dict[int, PlanState]] = {}
    for person_id, year, state, version, handed_in, first_due in rows:
        held = PlanState(year, state, version, handed_in, first_due)
        found.setdefault(person_id, {})[year] = held
    return found


def _observed(
    session: Session, viewer_id: UUID, line: Sequence[Place]
) -> dict[UUID, dict[str, Observed]]:
    """The kept scores, each with the day of the latest rating by the viewer, or by the one in
    whose place the viewer stands above that very person."""
    ids = [one.person_id for one in line]
    rater = func.coalesce(EvidenceRecord.on_behalf_of_id, EvidenceRecord.actor_id)
    led: dict[UUID, list[UUID]] = {}
    for one in line:
        if one.principal_id is not None:
            led.setdefault(one.principal_id, []).append(one.person_id)
    places = [
        and_(rater == principal_id, EvidenceRecord.person_id.in_(people))
        for principal_id, people in led.items()
    ]
    own = (
        select(
            EvidenceRecord.person_id,
            EvidenceRecord.competency,
            func.max(EvidenceRecord.observed_at).label("rated_at"),
        )
        .where(
            EvidenceRecord.kind == EvidenceKind.SUPERVISOR,
            or_(rater == viewer_id, *places),
            EvidenceRecord.revoked_at.is_(None),
            EvidenceRecord.person_id.in_(ids),
        )
        .group_by(EvidenceRecord.person_id, EvidenceRecord.competency)
        .subquery()
    )
    # A row a person: a team of five hundred has thousands of scores.
    kept = rows_as_json(
        CompetencyScore.competency,
        CompetencyScore.level,
        CompetencyScore.is_capped,
        own.c.rated_at,
    )
    rows = session.execute(
        select(CompetencyScore.person_id, kept)
        .outerjoin(
            own,
            and_(
                own.c.person_id == CompetencyScore.person_id,
                own.c.competency == CompetencyScore.competency,
            ),
        )
        .where(CompetencyScore.person_id.in_(ids))
        .group_by(CompetencyScore.person_id)
    )
    return {
        person_id: {
            code: Observed(level, bool(is_capped), at and _moment(at))
            for code, level, is_capped, at in scores
        }
        for person_id, scores in rows
    }


@lru_cache(maxsize=8192)
def _moment(text: str) -> datetime:
    """A moment as either database writes it into JSON."""
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found
