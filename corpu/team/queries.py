"""Reading a team: who is in it today, how far each is, and who needs what.

Everything starts from the dated relation: nobody outside the line of the day is ever read.
The list of a team costs the same few statements for five people and for five hundred.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, cached_property, lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from corpu.competency.models import CompetencyRule, CompetencyScore, EvidenceKind, EvidenceRecord
from corpu.competency.queries import within_scale
from corpu.competency.rules import Rule, add_months
from corpu.credentials.expiring import endings_of
from corpu.credentials.models import Certificate
from corpu.database import JP, UTCDateTime, among, rows_as_json
from corpu.hours.models import LearningClaim
from corpu.hours.models import State as ClaimState
from corpu.hours.queries import counted_hours
from corpu.hours.validity import PAST, SOON
from corpu.learning.models import Enrolment
from corpu.people.models import Account, Agency, Person, Posting, Supervision, Unit
from corpu.people.queries import (
    ZONES,
    Capacity,
    Place,
    capacities_of,
    days_of,
    full_name,
    in_force,
    places_below,
    required_levels,
    today_in,
)
from corpu.plans.models import Plan, PlanItem, PlanTransition
from corpu.plans.rules import State
from corpu.standards.queries import STAMP, note_stamp
from corpu.team import rules
from corpu.team.facts import courses_under_way
from corpu.team.members import Member, PlanState
from corpu.team.rules import Want
from corpu.vocabulary import competencies
from corpu.zones import local_date, local_year

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
    the courses that they follow. Three statements, however many people, one more where certificates
    end; two more for whoever stands in for somebody."""
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
    One statement; one more for the courses they follow, and one where certificates end."""
    places = {one.person_id: one for one in line}
    if not places:
        return []
    acting = capacities or {}
    rows = session.execute(
        _roster_of(session, line), _values(supervisor_id, list(places), at)
    ).all()
    latest = {row.id: row for row in rows}  # of several postings the one begun last
    ids = list(latest)
    ending = [row.id for row in latest.values() if row.has_endings]
    # Each person's own day decides what is shown; it is at most one away from that of Jakarta.
    endings = endings_of(session, ending, local_date(at, ZONES[0])) if ending else {}
    courses = courses_under_way(session, ids) if with_courses else {}
    required, days = _Requirements(session, at), {}
    found = []
    for row in latest.values():
        place, zone = places[row.id], row.timezone
        if zone not in days:
            days[zone] = local_date(at, zone)
        levels, capped = scores_in(row.scores)
        found.append(
            Member(
                id=row.id,
                name=full_name(row.title_before, row.name, row.title_after),
                timezone=zone,
                unit_id=row.unit_id,
                unit_name=row.unit_name or "",
                post_title=row.post_title or "",
                depth=place.depth,
                at=at,
                day=days[zone],
                jp=row.jp or _NOTHING,
                has_learnt=bool(row.has_learnt),
                required=required.of(row),
                levels=levels,
                capped=capped,
                rated_until=rated_until_in(row.rated, rule_in(row.rule).rating_months),
                courses=tuple(courses.get(row.id, ())),
                waiting_jp=row.waiting_jp or _NOTHING,
                supervised_since=row.supervised_since,
                plan=_plan(row, days[zone].year),
                capacity=acting.get(place.principal_id) if place.principal_id else None,
                plan_month=plan_month,
                endings=endings.get(row.id, ()),
            )
        )
    return found


_NOTHING = Decimal()


class _Requirements:
    """What posts require, asked once for all who have the same: in a team of five hundred there
    are some dozen posts."""

    def __init__(self, session: Session, at: datetime) -> None:
        self._session, self._at = session, at
        self._known: dict[Any, dict[str, int]] = {}

    def of(self, row: Any) -> dict[str, int]:
        own = row.required_levels
        key = (row.agency_id, row.post_type, row.post_title, row.unit_id, str(own) if own else "")
        found = self._known.get(key)
        if found is None:
            if not self._known:
                note_stamp(self._session, row.standards)
            asked = required_levels(self._session, row, self._at)
            found = self._known[key] = within_scale(asked)
        return found


def _plan(row: Any, year: int) -> PlanState | None:
    if row.plan_state is None:
        return None
    return PlanState(year, row.plan_state, row.plan_version, row.submitted_at, row.first_due)


# What a row says in JSON, as plain values. A process meets the same texts again with each look
# at a team, so what they say is kept; nobody changes it.


@lru_cache(maxsize=4096)
def scores_in(text: str) -> tuple[Mapping[str, int | None], frozenset[str]]:
    """Level by competency (None: not yet observed), and which of them are capped."""
    rows = json.loads(text)
    levels = {code: level for code, level, _is_capped in rows}
    return levels, frozenset(code for code, _level, is_capped in rows if is_capped)


@lru_cache(maxsize=4096)
def rated_until_in(text: str, months: int) -> Mapping[str, datetime]:
    """Until when the latest rating in each competency speaks, as `rating_valid_until` of a
    relation that holds."""
    return {code: _until(day, months) for code, day in json.loads(text)}


@lru_cache(maxsize=4096)
def _until(text: str, months: int) -> datetime:
    found = datetime.fromisoformat(text)  # as either database writes it into JSON
    return add_months(found.replace(tzinfo=UTC) if found.tzinfo is None else found, months)


@lru_cache(maxsize=64)
def rule_in(text: str | None) -> Rule:
    """The rule of an agency, the shipped one where it has none."""
    return Rule() if text is None else Rule.from_dict(json.loads(text))


# ---------------------------------------------------------------------------- statements


def _by_zone(zone: Any, name: str, kind: Any) -> ColumnElement[Any]:
    """A value that depends on a zone which only the row knows; see `_values`."""
    known = {one: bindparam(f"{name}_{n}", type_=kind) for n, one in enumerate(ZONES)}
    return case(known, value=zone, else_=bindparam(f"{name}_0", type_=kind))


def _values(viewer_id: UUID, ids: list[UUID], at: datetime) -> dict[str, Any]:
    """What the statement of the roster compares with, at this moment."""
    found: dict[str, Any] = {"viewer": viewer_id, "ids": ids, "at": at, **days_of(at)}
    for n, zone in enumerate(ZONES):
        year = local_year(at, zone)
        began = datetime(year, 1, 1, tzinfo=ZoneInfo(zone))
        found |= {f"year_{n}": year, f"began_{n}": began.astimezone(UTC)}
    today = local_date(at, ZONES[0])
    return found | {"ended_since": today - PAST, "ends_until": today + SOON}


def _roster_of(session: Session, line: Sequence[Place]) -> Any:
    """The statement for a line: where the viewer stands in for somebody, with their ratings of
    the very people below them besides the viewer's own."""
    led: dict[UUID, list[UUID]] = {}
    for one in line:
        if one.principal_id is not None:
            led.setdefault(one.principal_id, []).append(one.person_id)
    dialect = session.get_bind().dialect.name
    if not led:
        return _own_roster(dialect)
    return _roster(
        dialect,
        or_(
            _rater == bindparam("viewer"),
            *(
                and_(_rater == principal_id, EvidenceRecord.person_id.in_(people))
                for principal_id, people in led.items()
            ),
        ),
    )


_rater = func.coalesce(EvidenceRecord.on_behalf_of_id, EvidenceRecord.actor_id)


def _roster(dialect: str, is_own: ColumnElement[bool]) -> Any:
    """People with post and unit, the hours of their year, their scores, until when they are
    rated, and the plan of their year. A row a person and posting: what is
    several is gathered, for a team of five hundred has thousands of scores."""
    zone = func.coalesce(Unit.timezone, Agency.timezone)
    today, year = today_in(Agency.timezone), _by_zone(zone, "year", Integer)
    began = _by_zone(zone, "began", UTCDateTime)
    waiting = (
        select(func.sum(LearningClaim.jp))
        .where(
            LearningClaim.person_id == Person.id,
            LearningClaim.year == year,
            LearningClaim.state == ClaimState.CLAIMED,
        )
        .correlate(Person, Unit, Agency)
        .scalar_subquery()
    )
    since: Any = bindparam("ended_since")
    until: Any = bindparam("ends_until")
    has_endings = or_(
        select(LearningClaim.id)
        .where(
            LearningClaim.person_id == Person.id,
            LearningClaim.state == ClaimState.VERIFIED,
            LearningClaim.valid_until.between(since, until),
        )
        .correlate(Person)
        .exists(),
        select(Certificate.id)
        .where(Certificate.person_id == Person.id, Certificate.valid_until.between(since, until))
        .correlate(Person)
        .exists(),
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
    rule = (
        select(CompetencyRule.id)
        .where(
            CompetencyRule.agency_id == Person.agency_id,
            CompetencyRule.valid_from <= bindparam("at"),
        )
        .order_by(CompetencyRule.valid_from.desc(), CompetencyRule.version.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )
    scores = (
        select(
            rows_as_json(
                CompetencyScore.competency, CompetencyScore.level, CompetencyScore.is_capped
            )
        )
        .where(CompetencyScore.person_id == Person.id)
        .correlate(Person)
        .scalar_subquery()
    )
    latest = (
        select(EvidenceRecord.competency, func.max(EvidenceRecord.observed_at).label("observed_at"))
        .where(
            EvidenceRecord.person_id == Person.id,
            # In its letters, so that the index of just these is found.
            EvidenceRecord.kind == literal(EvidenceKind.SUPERVISOR, literal_execute=True),
            is_own,
            EvidenceRecord.revoked_at.is_(None),
        )
        .group_by(EvidenceRecord.competency)
        .correlate(Person)
        .subquery()
    )
    rated = select(rows_as_json(latest.c.competency, latest.c.observed_at)).scalar_subquery()
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
    return (
        select(
            Person.id,
            Person.title_before,
            Person.name,
            Person.title_after,
            Agency.id.label("agency_id"),
            Agency.timezone.label("agency_zone"),
            zone.label("timezone"),
            Unit.id.label("unit_id"),
            Unit.name.label("unit_name"),
            Posting.title.label("post_title"),
            Posting.post_type,
            Posting.required_levels,
            STAMP.label("standards"),
            counted_hours(Person.id, year).label("jp"),
            learnt.label("has_learnt"),
            type_coerce(waiting, JP).label("waiting_jp"),
            has_endings.label("has_endings"),
            supervised.label("supervised_since"),
            cast(CompetencyRule.rule, Text).label("rule"),
            cast(scores, Text).label("scores"),
            cast(rated, Text).label("rated"),
            Plan.state.label("plan_state"),
            Plan.version.label("plan_version"),
            submitted.label("submitted_at"),
            due.label("first_due"),
        )
        .select_from(Person)
        .join(Account, Account.person_id == Person.id)
        .join(Agency, Agency.id == Person.agency_id)
        .outerjoin(Posting, and_(Posting.person_id == Person.id, in_force(Posting, today)))
        .outerjoin(Unit, Unit.id == Posting.unit_id)
        .outerjoin(CompetencyRule, CompetencyRule.id == rule)
        .outerjoin(Plan, and_(Plan.person_id == Person.id, Plan.year == year))
        .where(among(dialect, Person.id, "ids"), Account.is_active)
        .order_by(Posting.started_on)
    )


@cache
def _own_roster(dialect: str) -> Any:
    return _roster(dialect, _rater == bindparam("viewer"))
