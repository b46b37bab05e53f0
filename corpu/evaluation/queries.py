"""Reading evaluation: what may be shown of a course, who is asked, what waits for whom."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true
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
from corpu.people.models import Person
from corpu.people.queries import full_name
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
            next((row.id for row in editions if row.number == edition), None),
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


# ------------------------------------------------------------------------------- who is asked


@dataclass(frozen=True)
class Asked:
    """Somebody's open invitation: about whom, and in which course."""

    invitation_id: UUID
    role: Role
    about: str
    title: str
    language: str
    closes_at: datetime
    reminders: int


def asked_of(session: Session, person_id: UUID, at: datetime) -> list[Asked]:
    """What the person has been asked and not answered, the most urgent first. One statement."""
    return [
        Asked(
            row.id,
            row.role,
            full_name(row.title_before, row.name, row.title_after),
            row.title,
            row.language,
            row.closes_at,
            row.reminders,
        )
        for row in session.execute(
            _asked()
            .where(
                EvaluationInvitation.person_id == person_id,
                EvaluationInvitation.is_answered.is_(False),
                EvaluationInvitation.revoked_at.is_(None),
                EvaluationRound.closes_at > at,
            )
            .order_by(EvaluationRound.closes_at, EvaluationInvitation.id)
        )
    ]


def asked_by(session: Session, invitation_id: UUID) -> Asked:
    """What an invitation asks."""
    row = session.execute(_asked().where(EvaluationInvitation.id == invitation_id)).one()
    return Asked(
        row.id,
        row.role,
        full_name(row.title_before, row.name, row.title_after),
        row.title,
        row.language,
        row.closes_at,
        row.reminders,
    )


def _asked() -> Any:
    return (
        select(
            EvaluationInvitation.id,
            EvaluationInvitation.role,
            EvaluationInvitation.reminders,
            EvaluationRound.closes_at,
            Edition.title,
            Edition.language,
            Person.title_before,
            Person.name,
            Person.title_after,
        )
        .join(EvaluationRound, EvaluationRound.id == EvaluationInvitation.round_id)
        .join(Edition, Edition.id == EvaluationRound.edition_id)
        .join(Person, Person.id == EvaluationRound.person_id)
    )


@dataclass(frozen=True)
class RoundLine:
    """A round in the manager's list."""

    id: UUID
    about: str
    title: str
    language: str
    slug: str
    opened_at: datetime
    closes_at: datetime
    invited: int


def rounds(
    session: Session, units: Collection[UUID] | None, *, first: int, limit: int
) -> tuple[list[RoundLine], int]:
    """Rounds of people of these units (None: all), latest first, and how many. Two statements."""
    where = true() if units is None else EvaluationRound.unit_id.in_(units)
    total = session.scalar(select(func.count()).select_from(EvaluationRound).where(where)) or 0
    invited = (
        select(func.count())
        .where(EvaluationInvitation.round_id == EvaluationRound.id)
        .correlate(EvaluationRound)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            EvaluationRound.id,
            EvaluationRound.opened_at,
            EvaluationRound.closes_at,
            Person.title_before,
            Person.name,
            Person.title_after,
            Edition.title,
            Edition.language,
            Course.slug,
            invited.label("invited"),
        )
        .join(Person, Person.id == EvaluationRound.person_id)
        .join(Edition, Edition.id == EvaluationRound.edition_id)
        .join(Course, Course.id == EvaluationRound.course_id)
        .where(where)
        .order_by(EvaluationRound.opened_at.desc(), EvaluationRound.id)
        .offset(first)
        .limit(limit)
    )
    return [
        RoundLine(
            row.id,
            full_name(row.title_before, row.name, row.title_after),
            row.title,
            row.language,
            row.slug,
            row.opened_at,
            row.closes_at,
            row.invited,
        )
        for row in rows
    ], total


@dataclass(frozen=True)
class Guest:
    id: UUID
    name: str
    role: Role
    is_answered: bool
    reminders: int
    has_link: bool
    revoked_at: datetime | None


def guests(session: Session, round_id: UUID) -> list[Guest]:
    """Everybody asked in a round. One statement."""
    found = [
        Guest(
            row.id,
            full_name(row.title_before, row.name, row.title_after),
            row.role,
            row.is_answered,
            row.reminders,
            row.token_hash is not None,
            row.revoked_at,
        )
        for row in session.execute(
            select(
                EvaluationInvitation.id,
                EvaluationInvitation.role,
                EvaluationInvitation.is_answered,
                EvaluationInvitation.reminders,
                EvaluationInvitation.token_hash,
                EvaluationInvitation.revoked_at,
                Person.title_before,
                Person.name,
                Person.title_after,
            )
            .join(Person, Person.id == EvaluationInvitation.person_id)
            .where(EvaluationInvitation.round_id == round_id)
            .order_by(Person.name, Person.id)
        )
    ]
    return sorted(found, key=lambda guest: list(Role).index(guest.role))


def own_part(session: Session, person_id: UUID) -> dict[str, Any]:
    """What this room holds about a person: whether they answered, and what was said by name.
    Anonymous answers cannot be found again, not even by who gave them."""
    return {
        "surveys_answered": list(
            session.scalars(
                select(Completion.course_id)
                .join(SurveySeat, SurveySeat.enrolment_id == Completion.enrolment_id)
                .where(Completion.person_id == person_id)
            )
        ),
        "invitations": [
            {"role": row.role, "answered": row.is_answered, "revoked_at": row.revoked_at}
            for row in session.scalars(select(EvaluationInvitation).filter_by(person_id=person_id))
        ],
        "supervisor_answers": [
            {
                "about_me": row.supervisor_id != person_id,
                "scores": row.scores,
                "remark": row.remark,
                "answered_at": row.answered_at,
            }
            for row in session.scalars(
                select(SupervisorAnswer)
                .join(EvaluationRound, EvaluationRound.id == SupervisorAnswer.round_id)
                .where(
                    (EvaluationRound.person_id == person_id)
                    | (SupervisorAnswer.supervisor_id == person_id)
                )
            )
        ],
    }
