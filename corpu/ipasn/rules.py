"""The professionalism index of a civil servant (IP ASN), estimated on plain values.

BKN computes the official index from what SIASN holds; this is what it would be with the facts
known here. Four dimensions make 100: qualification 25, competence 40, performance 30 and
discipline 5 (PermenPANRB 38/2018; Peraturan BKN 8/2019). What is not recorded gives no points,
but is not the same as zero: it is named, and the index has no band until it is known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from corpu.ipasn.facts import Dimension, Facts, Item, Sanction, Scale, Training


@dataclass(frozen=True)
class Part:
    """One item of competence: what it may give, and what it rests on."""

    item: Item
    most: Decimal
    is_achieved: bool
    trainings: tuple[Training, ...]  # what counts, oldest first
    needed: str = ""  # leadership: the training of the post's level
    jp: Decimal = Decimal()  # technical: hours that count
    lacking_jp: Decimal = Decimal()
    until: date | None = None  # the last day on which it is achieved with this alone

    @property
    def points(self) -> Decimal:
        return self.most if self.is_achieved else Decimal()


@dataclass(frozen=True)
class Share:
    """The points of one dimension. `is_known` False: what it rests on is not recorded."""

    dimension: Dimension
    points: Decimal
    most: Decimal
    is_known: bool = True


class StepKind(StrEnum):
    """What may raise the index, in the order of what a person can do by themselves first."""

    TECHNICAL = "technical"
    SEMINAR = "seminar"
    FUNCTIONAL = "functional"
    LEADERSHIP = "leadership"
    PERFORMANCE = "performance"
    EDUCATION = "education"


ALONE = (StepKind.TECHNICAL, StepKind.SEMINAR)
BY_ASSIGNMENT = (StepKind.FUNCTIONAL, StepKind.LEADERSHIP)


@dataclass(frozen=True)
class Step:
    """One thing to do, and the points that it adds to the total of today."""

    kind: StepKind
    gain: Decimal
    target: str = ""  # kind of training, predicate or level of education to reach
    jp: Decimal = Decimal()  # technical: hours still lacking
    year: int = 0  # performance: the year whose predicate it is


@dataclass(frozen=True)
class Estimate:
    """The index as far as it is known, with the reasons of each number."""

    day: date
    shares: tuple[Share, ...]  # in the order of the regulation
    parts: tuple[Part, ...]  # of competence; empty without a post
    education: str | None  # the highest level
    performance: tuple[int, str] | None  # (year, predicate) that counts
    sanction: Sanction | None  # the heaviest that still counts
    sanction_until: date | None  # the last day on which that one counts
    band: str | None  # None while something is not recorded
    steps: tuple[Step, ...]  # the most useful first

    @property
    def total(self) -> Decimal:
        return sum((share.points for share in self.shares), Decimal())

    @property
    def most(self) -> Decimal:
        return sum((share.most for share in self.shares), Decimal())

    @property
    def unrecorded(self) -> tuple[Dimension, ...]:
        return tuple(share.dimension for share in self.shares if not share.is_known)

    @property
    def best_step(self) -> Step | None:
        return self.steps[0] if self.steps else None

    def share(self, dimension: Dimension) -> Share:
        return next(share for share in self.shares if share.dimension is dimension)


def estimate(facts: Facts, scale: Scale) -> Estimate:
    """The index on `facts.day`. What lies after that day does not count yet.

    PermenPANRB 38/2018 (dimensions and weights), Peraturan BKN 8/2019 (points of each).
    """
    education = highest(facts.education, scale.education)
    parts = competence(facts, scale)
    predicate = latest_predicate(facts, scale)
    sanction = heaviest_sanction(facts, scale)
    shares = (
        _share(scale, Dimension.QUALIFICATION, scale.education.get(education or "")),
        _share(
            scale,
            Dimension.COMPETENCE,
            sum((part.points for part in parts), Decimal()) if parts else None,
        ),
        _share(
            scale, Dimension.PERFORMANCE, scale.performance[predicate[1]] if predicate else None
        ),
        _share(
            scale,
            Dimension.DISCIPLINE,
            scale.discipline[sanction.level] if sanction else scale.without_sanction,
        ),
    )
    total = sum((share.points for share in shares), Decimal())
    return Estimate(
        day=facts.day,
        shares=shares,
        parts=parts,
        education=education,
        performance=predicate,
        sanction=sanction,
        sanction_until=_last_day(sanction.day, scale.discipline_years) if sanction else None,
        band=band_of(total, scale) if all(share.is_known for share in shares) else None,
        steps=_steps(parts, education, predicate, scale),
    )


def _share(scale: Scale, dimension: Dimension, points: Decimal | None) -> Share:
    known = points is not None
    return Share(
        dimension, points if points is not None else Decimal(), scale.most[dimension], known
    )


def highest(attained: Iterable[str], education: Mapping[str, Decimal]) -> str | None:
    """The level that gives most among those attained; None where none is recorded."""
    known = [level for level in attained if level in education]
    return max(known, key=lambda level: education[level], default=None)


def competence(facts: Facts, scale: Scale) -> tuple[Part, ...]:
    """What the post asks, in the order of the regulation; nothing for an unknown post.

    Each item is achieved or not: a JPT, administrator or supervisor needs the leadership
    training of the level or a higher one, a functional post its functional training, everybody
    20 JP of technical training within a year and one seminar or the like within two.
    """
    return tuple(
        _part(item, most, facts, scale)
        for item, most in scale.items.get(facts.post_type, {}).items()
    )


def _part(item: Item, most: Decimal, facts: Facts, scale: Scale) -> Part:
    of_kind = sorted(
        (
            training
            for training in facts.trainings
            if scale.counts_as.get(training.kind) is item and training.day <= facts.day
        ),
        key=lambda training: (training.day, training.title, training.kind, training.jp),
    )
    if item is Item.LEADERSHIP:
        needed = scale.leadership_for[facts.post_type]
        rank = scale.leadership.index(needed)
        enough = tuple(t for t in of_kind if scale.leadership.index(t.kind) >= rank)
        return Part(item, most, bool(enough), enough, needed=needed)
    if item is Item.FUNCTIONAL:
        return Part(item, most, bool(of_kind), tuple(of_kind))
    if item is Item.SEMINAR:
        recent = _within(of_kind, facts.day, scale.seminar_years)
        until = _last_day(recent[-1].day, scale.seminar_years) if recent else None
        return Part(item, most, bool(recent), recent, until=until)
    recent = _within(of_kind, facts.day, scale.technical_years)
    jp = sum((training.jp for training in recent), Decimal())
    lacking = max(Decimal(), scale.technical_jp - jp)
    return Part(
        item,
        most,
        not lacking,
        recent,
        jp=jp,
        lacking_jp=lacking,
        until=_enough_until(recent, scale) if not lacking else None,
    )


def _within(trainings: Iterable[Training], day: date, years: int) -> tuple[Training, ...]:
    return tuple(training for training in trainings if _last_day(training.day, years) >= day)


def _enough_until(trainings: tuple[Training, ...], scale: Scale) -> date:
    """The last day on which the newest ones alone still make up the hours."""
    jp = Decimal()
    for training in reversed(trainings):
        jp += training.jp
        if jp >= scale.technical_jp:
            return _last_day(training.day, scale.technical_years)
    raise ValueError("these hours are not enough")


def _last_day(day: date, years: int) -> date:
    """The last day that something of `day` counts: the same day so many years later.

    What happened on 29 February counts up to 28 February, as a year from it ends there.
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def latest_predicate(facts: Facts, scale: Scale) -> tuple[int, str] | None:
    """The predicate of this year or, until that is given, of the year before."""
    first = facts.day.year - scale.performance_years
    years = [
        (year, predicate)
        for year, predicate in (facts.performance or {}).items()
        if first <= year <= facts.day.year and predicate in scale.performance
    ]
    return max(years, default=None)


def heaviest_sanction(facts: Facts, scale: Scale) -> Sanction | None:
    """The one that costs most within five years; of two alike the later one."""
    return max(
        (
            sanction
            for sanction in facts.sanctions
            if sanction.level in scale.discipline
            and sanction.day <= facts.day <= _last_day(sanction.day, scale.discipline_years)
        ),
        key=lambda sanction: (-scale.discipline[sanction.level], sanction.day),
        default=None,
    )


def band_of(total: Decimal, scale: Scale) -> str:
    """The band whose lower bound is reached: 80.5 is still of the band from 71 on."""
    return next(band for band, least in scale.bands.items() if total >= least)


def predicate_of(value: Decimal, scale: Scale) -> str:
    """The predicate of a performance value from 0 on (91 and above is the best)."""
    if value < 0:
        raise ValueError("a performance value is never negative")
    return next(code for code, least in scale.performance_from.items() if value >= least)


def _steps(
    parts: tuple[Part, ...],
    education: str | None,
    predicate: tuple[int, str] | None,
    scale: Scale,
) -> tuple[Step, ...]:
    """What would raise the total: first what one can do alone, then what needs to be assigned,
    then what takes years; within each the greatest gain first."""
    steps = [
        Step(StepKind(part.item), part.most, target=part.needed, jp=part.lacking_jp)
        for part in parts
        if not part.is_achieved
    ]
    if predicate is not None:
        year, now = predicate
        better = _next_above(now, scale.performance)
        if better:
            gain = scale.performance[better] - scale.performance[now]
            steps.append(Step(StepKind.PERFORMANCE, gain, target=better, year=year))
    if education is not None:
        better = _next_above(education, scale.education)
        if better:
            gain = scale.education[better] - scale.education[education]
            steps.append(Step(StepKind.EDUCATION, gain, target=better))
    return tuple(sorted(steps, key=lambda step: (_reach(step.kind), -step.gain)))


def _reach(kind: StepKind) -> int:
    if kind in ALONE:
        return 0
    if kind in BY_ASSIGNMENT:
        return 1
    return 2 if kind is StepKind.PERFORMANCE else 3


def _next_above(code: str, ladder: Mapping[str, Decimal]) -> str | None:
    """The next better rung; None at the top. A ladder is ordered from the best on."""
    rungs = list(ladder)
    place = rungs.index(code)
    return rungs[place - 1] if place else None


def with_step(facts: Facts, step: Step) -> Facts:
    """The facts as they would be had the step been taken on that day."""
    if step.kind is StepKind.EDUCATION:
        return replace(facts, education=(*facts.education, step.target))
    if step.kind is StepKind.PERFORMANCE:
        return replace(facts, performance={**(facts.performance or {}), step.year: step.target})
    kind = {
        StepKind.TECHNICAL: "TEKNIS",
        StepKind.SEMINAR: "WEBINAR",
        StepKind.FUNCTIONAL: "FUNGSIONAL",
    }.get(step.kind, step.target)
    done = Training(kind, facts.day, step.jp)
    return replace(facts, trainings=(*facts.trainings, done))
