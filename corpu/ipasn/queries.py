"""Reading: what is known of a person for the index, from this room and from the Buku JP."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.catalog.models import Course, Edition
from corpu.hours.claim_queries import learning_of
from corpu.hours.models import HourEntry, LearningClaim, State
from corpu.hours.pairs import Learning, likeness
from corpu.hours.tables import form_of
from corpu.ipasn.facts import Dimension, Facts, Item, Sanction, Training
from corpu.ipasn.models import EntryKind, IpasnEntry
from corpu.ipasn.rules import Estimate, band_of, estimate
from corpu.ipasn.scale import shipped
from corpu.learning.models import Completion
from corpu.people.queries import Standing, standing
from corpu.zones import local_date


@dataclass(frozen=True)
class Recorded:
    """An entry, and the one that took it back, if any."""

    entry: IpasnEntry
    withdrawal: IpasnEntry | None


@dataclass(frozen=True)
class Official:
    """The value that BKN has published for a year, as a manager has entered it."""

    year: int
    total: Decimal
    parts: dict[Dimension, Decimal]  # empty where only the total is known
    source: str
    band: str
    recorded_at: datetime


@dataclass(frozen=True)
class Index:
    """The index of one person: the estimate beside the official values."""

    standing: Standing
    estimate: Estimate
    official: tuple[Official, ...]  # the latest year first
    entries: tuple[Recorded, ...]  # everything ever entered, the latest first
    at: datetime

    @property
    def latest_official(self) -> Official | None:
        return self.official[0] if self.official else None


def index_of(session: Session, person_id: UUID, at: datetime) -> Index:
    """The estimate on the day of `at` in the zone of the person's unit. Four statements."""
    where = standing(session, person_id, at)
    everything = entries_of(session, person_id)
    entries = [one.entry for one in reversed(everything) if one.withdrawal is None]
    day = local_date(at, where.timezone)
    known = [*trainings_of(session, person_id), *claimed_of(session, person_id, entries)]
    facts = facts_of(entries, known, post_type=where.post_type, day=day)
    return Index(where, estimate(facts, shipped()), official_of(entries), tuple(everything), at)


def entries_of(session: Session, person_id: UUID) -> list[Recorded]:
    """Everything ever entered about a person, the latest first. One statement."""
    rows = session.scalars(
        select(IpasnEntry)
        .filter_by(person_id=person_id)
        .order_by(IpasnEntry.recorded_at.desc(), IpasnEntry.id.desc())
    ).all()
    taken_back = {row.withdraws_id: row for row in rows if row.withdraws_id is not None}
    return [
        Recorded(row, taken_back.get(row.id))
        for row in rows
        if row.kind is not EntryKind.WITHDRAWAL
    ]


def trainings_of(session: Session, person_id: UUID) -> list[Training]:
    """The courses of the Buku JP with their kind and hours. One statement.

    What an agency offers here is taken as relevant to the duties of who finishes it.
    """
    rows = session.execute(
        select(HourEntry.day, HourEntry.jp, HourEntry.course_title, Edition.kind, Edition.language)
        .join(Completion, Completion.id == HourEntry.completion_id)
        .join(Edition, Edition.id == Completion.edition_id)
        .where(HourEntry.person_id == person_id)
    )
    return [Training(row.kind, row.day, row.jp, row.course_title, row.language) for row in rows]


def claimed_of(session: Session, person_id: UUID, entries: list[IpasnEntry]) -> list[Training]:
    """Other learning in the Buku JP, where it is verified, with the hours that count there.
    One statement.

    What a manager has entered for the index already is left out: one training counts once.
    """
    scale = shipped()
    rows = session.scalars(
        select(LearningClaim).where(
            LearningClaim.person_id == person_id, LearningClaim.state == State.VERIFIED
        )
    ).all()
    entered = [
        Learning(entry.id, entry.title, entry.day, entry.day)
        for entry in entries
        if entry.kind is EntryKind.TRAINING and entry.day is not None
    ]
    return [
        Training(scale.forms_as[row.form], row.ended_on, row.counted_jp, row.title)
        for row in rows
        if row.form in scale.forms_as
        and not any(likeness(_as_learning(row), one) for one in entered)
    ]


def _as_learning(claim: LearningClaim) -> Learning:
    return learning_of(claim, form_of(claim.rule_version, claim.form))


def kinds_on_offer(session: Session, person_id: UUID, item: Item) -> list[str]:
    """The kinds of open courses that count for an item and that the person has not completed.
    One statement; empty where the catalogue has nothing for it."""
    kinds = [kind for kind, counts in shipped().counts_as.items() if counts is item]
    done = select(Completion.course_id).where(Completion.person_id == person_id)
    return list(
        session.scalars(
            select(Edition.kind)
            .join(Course, Course.id == Edition.course_id)
            .where(
                Edition.is_current,
                Course.archived_at.is_(None),
                Edition.kind.in_(kinds),
                Course.id.not_in(done),
            )
            .distinct()
            .order_by(Edition.kind)
        )
    )


def facts_of(
    entries: list[IpasnEntry], trainings: list[Training], *, post_type: str, day: date
) -> Facts:
    """What the rules weigh. Of two entries for one year the later stands."""

    def of(kind: EntryKind) -> list[IpasnEntry]:
        return [entry for entry in entries if entry.kind is kind]

    entered = [
        Training(entry.code, entry.day, entry.jp or Decimal(), entry.title)
        for entry in of(EntryKind.TRAINING)
        if entry.day is not None
    ]
    return Facts(
        day=day,
        post_type=post_type,
        education=tuple(entry.code for entry in of(EntryKind.EDUCATION)),
        trainings=(*trainings, *entered),
        performance={
            entry.year: entry.code for entry in of(EntryKind.PERFORMANCE) if entry.year is not None
        },
        sanctions=tuple(
            Sanction(entry.code, entry.day)
            for entry in of(EntryKind.SANCTION)
            if entry.day is not None
        ),
    )


def official_of(entries: list[IpasnEntry]) -> tuple[Official, ...]:
    """The official value of each year, the latest year first; of two the later entry stands."""
    found: dict[int, Official] = {}
    for entry in entries:
        if entry.kind is not EntryKind.OFFICIAL or entry.year is None or entry.total is None:
            continue
        parts = (entry.qualification, entry.competence, entry.performance, entry.discipline)
        found[entry.year] = Official(
            year=entry.year,
            total=entry.total,
            parts={
                dimension: part
                for dimension, part in zip(Dimension, parts, strict=True)
                if part is not None
            },
            source=entry.source,
            band=band_of(entry.total, shipped()),
            recorded_at=entry.recorded_at,
        )
    return tuple(found[year] for year in sorted(found, reverse=True))


def own_part(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """Every entry ever, taken back or not, for the person's own file."""
    return [
        {
            "kind": one.entry.kind,
            "code": one.entry.code,
            "year": one.entry.year,
            "day": one.entry.day,
            "jp": one.entry.jp,
            "title": one.entry.title,
            "total": one.entry.total,
            "qualification": one.entry.qualification,
            "competence": one.entry.competence,
            "performance": one.entry.performance,
            "discipline": one.entry.discipline,
            "source": one.entry.source,
            "recorded_by": one.entry.recorded_by_name,
            "recorded_at": one.entry.recorded_at,
            "reason": one.entry.reason,
            "withdrawn": one.withdrawal
            and {
                "by": one.withdrawal.recorded_by_name,
                "at": one.withdrawal.recorded_at,
                "reason": one.withdrawal.reason,
            },
        }
        for one in entries_of(session, person_id)
    ]
