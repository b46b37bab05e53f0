"""What a diagnostic proves, on plain values: module by module, and the evidence of those proven.

A module is proven where the share of its points reaches the mark. Evidence comes from the
questions of proven modules alone: whoever does not know yet what a course is going to teach has
shown nothing, and must not lose by having looked (docs/decisions/what-a-diagnostic-proves.md).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from corpu.assessment.grading import EvidenceRow, Graded, GradedState, evidence_of
from corpu.assessment.shares import rounded

Questions = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Part:
    """One module in a diagnostic: the points reached, of how many, and whether that proves it."""

    module: str  # slug
    questions: int
    points: Decimal
    max_points: Decimal
    share: Decimal  # 0 to 100, four decimals
    is_proven: bool


def parts_of(questions: Questions, graded: Mapping[str, Graded], mark: Decimal) -> tuple[Part, ...]:
    """Each module that was asked about, in the order of its first question."""
    modules: dict[str, list[Graded]] = {}
    for question in questions:
        if question.get("module"):
            modules.setdefault(question["module"], []).append(graded[question["id"]])
    found = []
    for module, answers in modules.items():
        points = sum((one.exact for one in answers), Fraction())
        most = sum((Fraction(one.max_points) for one in answers), Fraction())
        share = rounded(100 * points / most)
        found.append(
            Part(
                module=module,
                questions=len(answers),
                points=rounded(points),
                max_points=rounded(most),
                share=share,
                is_proven=share >= mark,
            )
        )
    return tuple(found)


def proven(questions: Questions, graded: Mapping[str, Graded], mark: Decimal) -> frozenset[str]:
    """The modules that the answers prove, by slug."""
    return frozenset(part.module for part in parts_of(questions, graded, mark) if part.is_proven)


def evidence(
    questions: Questions, graded: Mapping[str, Graded], modules: Collection[str]
) -> tuple[EvidenceRow, ...]:
    """What the questions of these modules show, per competency and level."""
    asked = [question for question in questions if question.get("module") in modules]
    if all(graded[question["id"]].state is GradedState.UNANSWERED for question in asked):
        return ()
    return evidence_of(asked, graded)
