"""Somebody in a line, on plain values: how far they are, and what they need today."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from corpu.competency.rules import Jpm, jpm
from corpu.hours.validity import Ending
from corpu.people.queries import Capacity
from corpu.plans.rules import State
from corpu.team import rules
from corpu.team.facts import UnderWay
from corpu.team.rules import Want
from corpu.vocabulary import competencies
from corpu.zones import local_date


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

    id: UUID
    name: str  # with titles
    timezone: str  # of the person's unit
    unit_id: UUID | None
    unit_name: str
    post_title: str
    depth: int  # 1: answers to the supervisor directly
    at: datetime
    day: date  # that it is in the person's unit
    jp: Decimal  # of the year
    has_learnt: bool  # a course begun, running or completed this year
    required: Mapping[str, int]  # what the post asks; empty where that is not known
    levels: Mapping[str, int | None]  # what is kept of each competency; None: not yet observed
    capped: Collection[str]  # where only a rating is missing
    rated_until: Mapping[str, datetime]  # by the supervisor who asks, or whom they stand in for
    courses: tuple[UnderWay, ...] = ()
    waiting_jp: Decimal = Decimal()  # claimed and not verified yet, before any cap
    supervised_since: date | None = None  # by the direct supervisor
    plan: PlanState | None = None  # of the running year
    capacity: Capacity | None = None  # in whose place the viewer acts
    endings: tuple[Ending, ...] = ()  # certificates that end, the earliest first
    plan_month: int = rules.PLAN_MONTH

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split(",")[0].split() if not word.endswith(".")]
        return "".join(word[0] for word in words[:1] + words[1:][-1:]).upper()

    @property
    def year(self) -> int:
        """The calendar year of the person's unit."""
        return self.day.year

    @cached_property
    def jpm(self) -> Jpm | None:
        # Without the bands: they are named for one person, never for a team.
        return jpm(self.levels, self.required)

    @property
    def asked(self) -> Collection[str]:
        """The competencies of the post, all nine where it is not known."""
        return self.required or dict.fromkeys([*competencies(), *self.levels])

    def cells(self, codes: Iterable[str]) -> list[tuple[int | None, int | None]]:
        """Level and requirement in each of some competencies."""
        return [(self.levels.get(code), self.required.get(code)) for code in codes]

    @property
    def rating_want(self) -> Want | None:
        want = rules.rating_want(
            self.required or dict.fromkeys(self.asked, 0),
            self.levels,
            self.rated_until,
            self.capped,
            self.at,
        )
        if want is not None:
            until = want.until
            want.since = (
                self.supervised_since if until is None else local_date(until, self.timezone)
            )
        return want

    @property
    def hours_want(self) -> Want | None:
        return rules.hours_want(
            self.jp, has_learnt=self.has_learnt, day=self.day, waiting=self.waiting_jp
        )

    @property
    def plan_want(self) -> Want | None:
        plan, zone = self.plan, self.timezone
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
