"""What somebody needs from their supervisor today, on plain values."""

from calendar import isleap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from functools import cached_property, lru_cache

from corpu.hours.forecast import Outlook, forecast
from corpu.hours.rules import TARGET_JP
from corpu.hours.validity import Ending, Stage
from corpu.plans.rules import State

# Below the shortest course nobody is late: the first weeks of a year ask nothing yet.
FIRST_ASKED = Decimal(2)
SOON = timedelta(days=60)
PLAN_MONTH = 3  # from its first day on a plan of the year is missed; a setting may say another


class Kind(StrEnum):
    """In the order of urgency."""

    PLAN_WAITING = "plan_waiting"  # submitted, and waiting for a decision
    EXPIRED = "expired"  # a rating no longer speaks
    CERTIFICATE_EXPIRED = "certificate_expired"  # one from elsewhere holds no longer
    PLAN_LATE = "plan_late"  # an approved activity is past its day
    EXPIRING = "expiring"  # a rating ends within `SOON`
    CERTIFICATE_EXPIRING = "certificate_expiring"  # it ends within 90 days
    CAPPED = "capped"  # the tests are good enough, only a rating is missing
    NO_PLAN = "no_plan"  # none handed in this year
    IDLE = "idle"  # no course this year
    BEHIND = "behind"  # fewer JP than the share of the year
    UNRATED = "unrated"  # never rated by this supervisor


_ORDER = {kind: place for place, kind in enumerate(Kind)}


class Group(StrEnum):
    """What a supervisor filters by."""

    APPROVAL = "approval"
    PLAN = "plan"
    RATING = "rating"
    CERTIFICATE = "certificate"
    HOURS = "hours"


GROUPS = {
    Kind.PLAN_WAITING: Group.APPROVAL,
    Kind.EXPIRED: Group.RATING,
    Kind.CERTIFICATE_EXPIRED: Group.CERTIFICATE,
    Kind.PLAN_LATE: Group.PLAN,
    Kind.EXPIRING: Group.RATING,
    Kind.CERTIFICATE_EXPIRING: Group.CERTIFICATE,
    Kind.CAPPED: Group.RATING,
    Kind.NO_PLAN: Group.PLAN,
    Kind.IDLE: Group.HOURS,
    Kind.BEHIND: Group.HOURS,
    Kind.UNRATED: Group.RATING,
}
# Of those further down: approving and rating are for their own supervisors, reminding is not.
FURTHER_DOWN = frozenset({Group.PLAN, Group.HOURS})


@dataclass  # a thousand are made for one page: freezing them would take a tenth of its time
class Want:
    """One thing that waits, with the figures its sentence needs.

    `codes` are the competencies concerned, the one to begin with first; `others` counts those
    that wait for another reason; `until` is when the first rating ends or ended. Of
    certificates, `titles` and the last day on which the first one holds.
    """

    kind: Kind
    codes: tuple[str, ...] = ()
    others: int = 0
    until: datetime | None = None
    jp: Decimal = Decimal()
    due: Decimal = Decimal()
    at_year_end: Decimal = Decimal()  # JP, at the pace so far
    since: date | None = None  # from when on it waits
    has_draft: bool = False  # a plan is begun, but not handed in
    titles: tuple[str, ...] = ()
    last_day: date | None = None

    @property
    def group(self) -> Group:
        return GROUPS[self.kind]

    @property
    def short(self) -> Decimal:
        """JP below the share of the year."""
        return self.due - self.jp

    @cached_property
    def urgency(self) -> tuple[int, float, Decimal]:
        """Sorts by kind; within it the earlier end or day, the wider distance, the more codes
        first."""
        ends = self.until.timestamp() if self.until else 0.0
        if self.last_day is not None:
            ends = float(self.last_day.toordinal())
        elif self.group in (Group.APPROVAL, Group.PLAN) and self.since is not None:
            ends = float(self.since.toordinal())
        return _ORDER[self.kind], ends, -(self.short or Decimal(len(self.codes)))


def days_of_year(day: date) -> tuple[int, int]:
    """How many days of the year have come, this one included, and how many it has."""
    return day.timetuple().tm_yday, 366 if isleap(day.year) else 365


@lru_cache(maxsize=64)  # the same for a whole team, but for zones
def due_jp(day: date, target: Decimal = TARGET_JP) -> Decimal:
    """The share of the yearly JP that the days until now stand for; all of it on the last day.

    Rounded down to two decimals, so that rounding never makes anybody late.
    """
    passed, of = days_of_year(day)
    return (target * passed / of).quantize(Decimal("0.01"), ROUND_DOWN)


def hours_want(
    jp: Decimal, *, has_learnt: bool, day: date, waiting: Decimal = Decimal()
) -> Want | None:
    """What the forecast of the year's hours says: no course at all, or too slow a pace.

    `waiting` JP are claimed and not verified yet: who has the target with them waits for
    somebody else than themselves.
    """
    due = due_jp(day)
    if due < FIRST_ASKED or jp >= due:
        return None
    ahead = forecast(jp, waiting, day)
    if ahead.outlook not in (Outlook.BEHIND, Outlook.NOTHING):
        return None
    return Want(
        Kind.BEHIND if has_learnt else Kind.IDLE,
        jp=jp,
        due=due,
        at_year_end=ahead.at_year_end,
        since=date(day.year, 1, 1),
    )


def plan_want(
    state: State | None,
    *,
    day: date,
    submitted_on: date | None = None,
    first_due: date | None = None,
    month: int = PLAN_MONTH,
) -> Want | None:
    """What the plan of the year asks of the supervisor, on a day.

    `state` None: nothing is written. `first_due` is the earliest day among the activities that
    are not done. From the first day of `month` on, a plan that was never handed in is missed.
    """
    if state is State.SUBMITTED:
        return Want(Kind.PLAN_WAITING, since=submitted_on)
    if state in (State.APPROVED, State.RUNNING):
        if first_due is None or first_due >= day:
            return None
        return Want(Kind.PLAN_LATE, since=first_due)
    begins = date(day.year, month, 1)
    if state in (None, State.DRAFT) and day >= begins:
        return Want(Kind.NO_PLAN, since=begins, has_draft=state is State.DRAFT)
    return None


def certificate_want(endings: Sequence[Ending], day: date) -> Want | None:
    """The most urgent that somebody's certificates ask for: those that hold no longer, or those
    that end soon; the others are counted beside them. The earliest end first."""
    over = [one for one in endings if one.stage_on(day) is Stage.EXPIRED]
    soon = [one for one in endings if one.stage_on(day) in (Stage.NEAR, Stage.SOON)]
    for kind, found, rest in (
        (Kind.CERTIFICATE_EXPIRED, over, soon),
        (Kind.CERTIFICATE_EXPIRING, soon, []),
    ):
        if found:
            first = found[0].valid_until
            return Want(
                kind,
                titles=tuple(one.title for one in found),
                others=len(rest),
                last_day=first,
                since=first + timedelta(days=1) if found is over else None,
            )
    return None


def rating_want(
    asked: Mapping[str, int],
    levels: Mapping[str, int | None],
    rated_until: Mapping[str, datetime],
    capped: Collection[str],
    at: datetime,
) -> Want | None:
    """The most urgent that ratings ask for; the rest is counted beside it.

    `asked` is the level that the post requires of each competency (0 where that is not known),
    `levels` what was reached; `rated_until` says until when the supervisor's own latest rating
    speaks. The earliest end comes first, then what is farthest below its requirement.
    """
    soon = at + SOON
    expired: list[str] = []
    expiring: list[str] = []
    limited: list[str] = []
    unrated: list[str] = []
    for code in asked:
        until = rated_until.get(code)
        if until is None:
            (limited if code in capped else unrated).append(code)
        elif until <= soon:
            (expired if until <= at else expiring).append(code)
    for kind, found in (
        (Kind.EXPIRED, expired),
        (Kind.EXPIRING, expiring),
        (Kind.CAPPED, limited),
        (Kind.UNRATED, unrated),
    ):
        if found:
            found.sort(key=lambda code: (levels.get(code) or 0) - asked[code])
            if found[0] in rated_until:
                found.sort(key=rated_until.__getitem__)
            total = len(expired) + len(expiring) + len(limited) + len(unrated)
            return Want(kind, tuple(found), total - len(found), rated_until.get(found[0]))
    return None
