"""Somebody in a line, on plain values: how far they are, and what they need today."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import NamedTuple
from uuid import UUID

from corpu.competency.queries import requirement
from corpu.competency.rules import Jpm, Rule, add_months, jpm
from corpu.hours.validity import Ending
from corpu.people.queries import Capacity, Standing
from corpu.plans.rules import State
from corpu.team import rules
from corpu.team.facts import UnderWay
from corpu.team.rules import Want
from corpu.vocabulary import competencies
from corpu.zones import local_date


class Observed(NamedTuple):
    """What is kept of one competency; `level` None: not yet observed."""

    level: int | None
    is_capped: bool
    rated_at: datetime | None  # by the supervisor who asks, or whoever they stand in for


@dataclass(frozen=True)
class PlanState:
    """Where the plan of a person and year stands."""

    year: int
    state: State
    version: int
    submitted_at: datetime | None
    first_due: date | None  # the earliest among the activities that are not done


@dataclass  # not frozen: five hundred are made for one page
class Member:
    """Somebody in the line, as the list of the team shows them."""

    standing: Standing
    depth: int  # 1: answers to the supervisor directly
    at: datetime
    jp: Decimal  # of the year
    has_learnt: bool  # a course begun, running or completed this year
    active_at: datetime | None  # when a page was last read
    rule: Rule
    observed: Mapping[str, Observed] = field(default_factory=dict)
    courses: tuple[UnderWay, ...] = ()
    waiting_jp: Decimal = Decimal()  # claimed and not verified yet, before any cap
    supervised_since: date | None = None  # by the direct supervisor
    plans: Mapping[int, PlanState] = field(default_factory=dict)  # by year
    capacity: Capacity | None = None  # in whose place the viewer acts
    endings: tuple[Ending, ...] = ()  # certificates that end, the earliest first
    plan_month: int = rules.PLAN_MONTH

    @property
    def id(self) -> UUID:
        return self.standing.person_id

    @property
    def name(self) -> str:
        return self.standing.full_name

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split(",")[0].split() if not word.endswith(".")]
        return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper()

    @property
    def year(self) -> int:
        """The calendar year of the person's unit."""
        return self.day.year

    @cached_property
    def day(self) -> date:
        """The day that it is in the person's unit."""
        return local_date(self.at, self.standing.timezone)

    @property
    def plan(self) -> PlanState | None:
        """The plan of the running year."""
        return self.plans.get(self.day.year)

    @cached_property
    def required(self) -> dict[str, int]:
        return requirement(self.standing)

    @cached_property
    def levels(self) -> dict[str, int | None]:
        seen = self.observed
        codes = dict.fromkeys([*competencies(), *self.required, *seen])
        return {code: seen[code].level if code in seen else None for code in codes}

    @cached_property
    def jpm(self) -> Jpm | None:
        # Without the bands: they are named for one person, never for a team.
        return jpm(self.levels, self.required)

    @property
    def asked(self) -> list[str]:
        """The competencies of the post, all nine where it is not known: the farthest below
        the requirement first."""
        required, levels = self.required, self.levels
        return sorted(
            required or levels,
            key=lambda code: (levels[code] or 0) - required.get(code, 0),
        )

    @property
    def rating_want(self) -> Want | None:
        until = {
            code: _rating_until(seen.rated_at, self.rule.rating_months)
            for code, seen in self.observed.items()
            if seen.rated_at is not None
        }
        capped = {code for code, seen in self.observed.items() if seen.is_capped}
        want = rules.rating_want(self.asked, until, capped, self.at)
        if want is None:
            return None
        zone = self.standing.timezone
        since = self.supervised_since if want.until is None else local_date(want.until, zone)
        want.since = since
        return want

    @property
    def hours_want(self) -> Want | None:
        return rules.hours_want(
            self.jp, has_learnt=self.has_learnt, day=self.day, waiting=self.waiting_jp
        )

    @property
    def plan_want(self) -> Want | None:
        plan, zone = self.plan, self.standing.timezone
        if plan is None:
            return rules.plan_want(None, day=self.day, month=self.plan_month)
        handed_in = local_date(plan.submitted_at, zone) if plan.submitted_at else None
        return rules.plan_want(
            plan.state,
            day=self.day,
            submitted_on=handed_in,
            first_due=plan.first_due,
            month=self.plan_month,
        )

    @cached_property
    def wants(self) -> list[Want]:
        """At most four: one about the plan, one about ratings, one about certificates, one about
        hours; of somebody further down only what one may remind them of."""
        certificates = rules.certificate_want(self.endings, self.day)
        found = [
            want
            for want in (self.plan_want, self.rating_want, certificates, self.hours_want)
            if want is not None and (self.depth == 1 or want.group in rules.FURTHER_DOWN)
        ]
        return sorted(found, key=lambda want: want.urgency)


@lru_cache(maxsize=8192)
def _rating_until(rated_at: datetime, months: int) -> datetime:
    """`rating_valid_until` of a relation that holds: asked again for thousands of ratings."""
    return add_months(rated_at, months)
