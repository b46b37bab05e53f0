"""Facts on plain values, and what becomes of them when a step is taken."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from corpu.ipasn.facts import Facts, Item, Training
from corpu.ipasn.rules import Step, StepKind, estimate
from corpu.ipasn.scale import shipped

TODAY = date(2026, 11, 24)
SCALE = shipped()


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def pengawas(**changes) -> Facts:
    """A supervisor with S1 and PKP, 24 JP this year, performance Baik, never punished."""
    facts = Facts(
        day=TODAY,
        post_type="PENGAWAS",
        education=("s1_d4",),
        trainings=(
            Training("PKP", date(2019, 3, 1)),
            Training("TEKNIS", days_ago(100), Decimal(24)),
        ),
        performance={2025: "baik"},
    )
    return replace(facts, **changes)


def part(facts: Facts, item: Item):
    return next(part for part in estimate(facts, SCALE).parts if part.item is item)


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
