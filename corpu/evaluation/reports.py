"""Reading evaluation: what may be shown of a course, level by level."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from corpu.assessment.gain import Gain
from corpu.catalog.models import Course, Edition
from corpu.catalog.queries import current_edition
from corpu.evaluation import rules
from corpu.evaluation.gains import gain_of_course
from corpu.evaluation.items import behaviour_items, data, reaction_items
from corpu.evaluation.models import (
    EvaluationBox,
    EvaluationIndicator,
    EvaluationInvitation,
    EvaluationRemark,
    EvaluationRound,
    Role,
    SupervisorAnswer,
    SurveySeat,
)
from corpu.evaluation.rules import STEP, Part, Quadrant
from corpu.learning.models import Completion
from corpu.zones import local_date


@dataclass(frozen=True)
class Item:
    """One item of the reaction survey over all answers that may be shown."""

    code: str
    importance: Decimal
    reality: Decimal
    band: str
    quadrant: Quadrant


@dataclass(frozen=True)
class Behaviour:
    """What one side says, by item; None where nobody could say."""

    role: Role
    count: int  # shown answers; 0 where there are fewer than five
    means: dict[str, Decimal | None]


@dataclass(frozen=True)
class Report:
    """The four levels of one course, of one batch or of all."""

    slug: str
    title: str
    language: str
    periods: tuple[date, ...]  # batches with completions, latest first
    period_on: date | None
    edition: int | None
    editions: tuple[int, ...]
    completed: int
    answered: int
    shown: int
    items: tuple[Item, ...]
    remarks: tuple[str, ...]
    rounds: int
    invited: int
    replied: int
    behaviour: tuple[Behaviour, ...]
    behaviour_remarks: tuple[str, ...]
    indicators: tuple[EvaluationIndicator, ...]
    asks_before: bool  # whether there is a diagnostic to compare with
    gain: Gain | None  # None while no batch has five people with both scores

    def quadrant(self, which: Quadrant) -> list[Item]:
        return [item for item in self.items if item.quadrant is which]


def report_of(
    session: Session, course_id: UUID, period_on: date | None = None, edition: int | None = None
) -> Report:
    """Everything that may be shown of a course. Boxes open in fives, so that every sum and
    every difference of two sums is of five answers at least. At most ten statements."""
    editions = session.execute(
        select(Edition.id, Edition.number, Edition.title, Edition.language, Edition.is_current)
        .where(Edition.course_id == course_id)
        .order_by(Edition.number.desc())
    ).all()
    current = next(row for row in editions if row.is_current)
    slug = session.scalar(select(Course.slug).where(Course.id == course_id)) or ""
    numbers = {row.id: row.number for row in editions}
    completions = session.execute(
        select(
            Completion.completed_at,
            Completion.timezone,
            Completion.edition_id,
            SurveySeat.enrolment_id,
        )
        .outerjoin(SurveySeat, SurveySeat.enrolment_id == Completion.enrolment_id)
        .where(Completion.course_id == course_id)
    ).all()
    batches = [
        (rules.half_year(local_date(row.completed_at, row.timezone)), numbers[row.edition_id], row)
        for row in completions
    ]

    def is_asked(period: date, edition_id: UUID) -> bool:
        return period_on in (None, period) and edition in (None, numbers[edition_id])

    boxes = [
        box
        for box in session.scalars(
            select(EvaluationBox).where(
                EvaluationBox.course_id == course_id, EvaluationBox.shown > 0
            )
        )
        if is_asked(box.period_on, box.edition_id)
    ]
    remarks: dict[UUID, list[str]] = {}
    for box_id, text in session.execute(
        select(EvaluationRemark.box_id, EvaluationRemark.text).where(
            EvaluationRemark.box_id.in_([box.id for box in boxes])
        )
    ):
        remarks.setdefault(box_id, []).append(text)
    here = [row for period, _number, row in batches if is_asked(period, row.edition_id)]
    reaction = [box for box in boxes if box.part is Part.REACTION]
    others = [box for box in boxes if box.part is not Part.REACTION]
    invitations = [
        row
        for row in session.execute(
            select(
                EvaluationRound.id,
                EvaluationRound.period_on,
                EvaluationRound.edition_id,
                func.count(EvaluationInvitation.id).label("invited"),
            )
            .join(EvaluationInvitation, EvaluationInvitation.round_id == EvaluationRound.id)
            .where(EvaluationRound.course_id == course_id)
            .group_by(EvaluationRound.id)
        )
        if is_asked(row.period_on, row.edition_id)
    ]
    supervisors = _in_fives(
        row
        for row in session.execute(
            select(SupervisorAnswer.scores, EvaluationRound.period_on, EvaluationRound.edition_id)
            .join(EvaluationRound, EvaluationRound.id == SupervisorAnswer.round_id)
            .where(EvaluationRound.course_id == course_id)
            .order_by(SupervisorAnswer.answered_at, EvaluationRound.id)
        )
        if is_asked(row.period_on, row.edition_id)
    )
    behaviour = _behaviour(others, supervisors)
    outline = current_edition(session, slug)
    asks_before = outline is not None and outline.diagnostic is not None
    return Report(
        slug=slug,
        title=current.title,
        language=current.language,
        periods=tuple(sorted({period for period, *_rest in batches}, reverse=True)),
        period_on=period_on,
        edition=edition,
        editions=tuple(row.number for row in editions),
        completed=len(here),
        answered=sum(row.enrolment_id is not None for row in here),
        shown=sum(box.shown for box in reaction),
        items=_items(reaction),
        remarks=tuple(sorted(text for box in reaction for text in remarks.get(box.id, ()))),
        rounds=len(invitations),
        invited=sum(row.invited for row in invitations),
        replied=sum(side.count for side in behaviour),
        behaviour=behaviour,
        behaviour_remarks=tuple(sorted(text for box in others for text in remarks.get(box.id, ()))),
        indicators=tuple(
            session.scalars(
                select(EvaluationIndicator)
                .filter_by(course_id=course_id, withdrawn_at=None)
                .order_by(EvaluationIndicator.after_on.desc(), EvaluationIndicator.id)
            )
        ),
        asks_before=asks_before,
        gain=gain_of_course(
            session,
            slug,
            period_on,
            None if edition is None else {row.id for row in editions if row.number == edition},
        )
        if asks_before
        else None,
    )


def _in_fives(rows: Iterable[Any]) -> list[rules.Box]:
    """The scores of each batch and edition in boxes like the others: whoever may not read a
    supervisor's answer does not find it between two looks."""
    boxes: dict[Any, rules.Box] = {}
    for row in rows:
        key = row.period_on, row.edition_id
        answer = {item: str(score) for item, score in row.scores.items()}
        boxes[key], _remarks = rules.dropped(boxes.get(key, rules.Box()), answer)
    return list(boxes.values())


def _items(boxes: list[EvaluationBox]) -> tuple[Item, ...]:
    tally: dict[str, dict[str, int]] = {}
    for box in boxes:
        tally = rules.merged(tally, box.tally)
    known = [code for form in data()["reaction"]["forms"] for code in reaction_items(form)]
    bands, cut = data()["reaction"]["bands"], Decimal(data()["reaction"]["cut"])
    found = []
    for code in dict.fromkeys(known):
        counts = tally.get(code, {})
        if sum(counts.values()) < STEP:
            continue  # left open by most: too few to be shown
        importance, reality = rules.mean(counts), rules.mean(counts, 1)
        assert importance is not None
        assert reality is not None
        found.append(
            Item(
                code,
                importance,
                reality,
                rules.band(reality, bands),
                rules.quadrant(importance, reality, cut),
            )
        )
    return tuple(found)


def _behaviour(boxes: list[EvaluationBox], supervisors: list[rules.Box]) -> tuple[Behaviour, ...]:
    found = []
    for role in Role:
        own: Sequence[EvaluationBox | rules.Box] = supervisors
        if role is not Role.SUPERVISOR:
            own = [box for box in boxes if box.part.value == role.value]
        tally: dict[str, dict[str, int]] = {}
        for box in own:
            tally = rules.merged(tally, box.tally)
        means = {
            code: rules.mean(tally.get(code, {}))
            if sum(tally.get(code, {}).values()) >= STEP
            else None
            for code in behaviour_items()
        }
        found.append(Behaviour(role, sum(box.shown for box in own), means))
    return tuple(found)


def overall(side: Behaviour) -> Decimal | None:
    """The mean over the items that could be shown, two decimals."""
    known = [value for value in side.means.values() if value is not None]
    if not known:
        return None
    return (sum(known, Decimal()) / len(known)).quantize(Decimal("0.01"), ROUND_HALF_UP)
