"""Reading batches: the list, how far one is, and each of those chosen with why."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from corpu.catalog.models import Course, Edition
from corpu.credentials.batch_models import (
    BatchCourse,
    BatchFile,
    BatchItem,
    BatchState,
    CertificateBatch,
    ItemState,
    MailState,
)
from corpu.credentials.conditions import Prospect, conditions
from corpu.credentials.models import Certificate, PendingCertificate
from corpu.credentials.reasons import Reason
from corpu.learning.models import Completion, Enrolment
from corpu.learning.seat import seats_at
from corpu.people.models import Person, Unit
from corpu.people.queries import full_name

BLOCKED = "blocked"  # chosen, and refused at the last try
GROUPS = (
    ItemState.CHOSEN.value,
    BLOCKED,
    ItemState.ISSUED.value,
    ItemState.REFUSED.value,
    ItemState.PRESENT.value,
    ItemState.LEARNING.value,
    ItemState.ABSENT.value,
    ItemState.UNKNOWN.value,
)
NO_CERTIFICATE = (BLOCKED, "refused", "learning", "absent", "unknown")
AT_ONCE = 500  # rows of a file read together


@dataclass(frozen=True)
class Batch:
    """A batch as its page and the list show it."""

    id: UUID
    course_id: UUID
    course_slug: str
    course_title: str
    language: str
    unit_id: UUID
    unit_name: str
    chosen: dict[str, Any]
    state: BatchState
    total: int
    created_by_name: str
    created_at: datetime
    begun_at: datetime | None
    finished_at: datetime | None

    @property
    def is_under_way(self) -> bool:
        return self.state in (BatchState.WAITING, BatchState.RUNNING)

    @property
    def may_make_files(self) -> bool:
        """Whether what was issued can be handed on."""
        return self.state in (BatchState.STOPPED, BatchState.DONE)


@dataclass(frozen=True)
class ItemLine:
    """One of those chosen. `prospect` is there where no certificate is and a seat was taken."""

    position: int
    group: str
    name: str
    nip: str
    unit: str
    reason: Reason | None
    detail: str
    certificate_id: UUID | None
    number: str
    mail: MailState | None
    prospect: Prospect | None


_titles = aliased(Edition)


def _batches(units: Collection[UUID] | None) -> Select[Any]:
    statement = (
        select(
            *(
                getattr(CertificateBatch, name)
                for name in Batch.__dataclass_fields__
                if hasattr(CertificateBatch, name)
            ),
            _titles.title.label("course_title"),
            _titles.language,
            Course.slug.label("course_slug"),
            Unit.name.label("unit_name"),
        )
        .join(_titles, (_titles.course_id == CertificateBatch.course_id) & _titles.is_current)
        .join(Course, Course.id == CertificateBatch.course_id)
        .join(Unit, Unit.id == CertificateBatch.unit_id)
        .order_by(CertificateBatch.created_at.desc(), CertificateBatch.id.desc())
    )
    return statement if units is None else statement.where(CertificateBatch.unit_id.in_(units))


def batches_of(
    session: Session, units: Collection[UUID] | None, *, first: int, limit: int
) -> tuple[list[Batch], int]:
    """Batches of these units (None: of any), the latest first, and how many there are."""
    count = select(func.count()).select_from(CertificateBatch)
    if units is not None:
        count = count.where(CertificateBatch.unit_id.in_(units))
    rows = session.execute(_batches(units).offset(first).limit(limit))
    return [Batch(**row._mapping) for row in rows], session.scalar(count) or 0


def batch_of(session: Session, batch_id: UUID, units: Collection[UUID] | None) -> Batch | None:
    """One of them; None for an unknown one and for another unit's."""
    row = session.execute(_batches(units).where(CertificateBatch.id == batch_id)).one_or_none()
    return None if row is None else Batch(**row._mapping)


def counts(session: Session, batches: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """How many are in which group, by batch; groups without any left out. One statement."""
    rows = session.execute(
        select(BatchItem.batch_id, BatchItem.state, BatchItem.reason, func.count())
        .where(BatchItem.batch_id.in_(batches))
        .group_by(BatchItem.batch_id, BatchItem.state, BatchItem.reason)
    )
    found: dict[UUID, dict[str, int]] = {batch_id: {} for batch_id in batches}
    for batch_id, state, reason, count in rows:
        group = _group(state, reason)
        found[batch_id][group] = found[batch_id].get(group, 0) + count
    return found


def causes(session: Session, batch_id: UUID) -> dict[Reason, int]:
    """What is in the way of those who get none: how many for which cause."""
    rows = session.execute(
        select(BatchItem.reason, func.count())
        .where(
            BatchItem.batch_id == batch_id,
            BatchItem.state.in_([ItemState.CHOSEN, ItemState.REFUSED]),
            BatchItem.reason.is_not(None),
        )
        .group_by(BatchItem.reason)
        .order_by(func.count().desc(), BatchItem.reason)
    )
    return {reason: count for reason, count in rows if reason is not None}


def items(
    session: Session,
    batch_id: UUID,
    group: str = "",
    *,
    at: datetime,
    after: int = 0,
    skip: int = 0,
    limit: int,
) -> list[ItemLine]:
    """Those chosen, in the order of numbers, with what stands before each certificate now. One
    statement besides those of `conditions`, however many there are."""
    statement = _items(batch_id).where(BatchItem.position > after).offset(skip).limit(limit)
    rows = session.execute(statement.where(*_in(group)) if group else statement).all()
    asked = {
        row.enrolment_id
        for row in rows
        if row.enrolment_id is not None and row.certificate_id is None
    }
    seats = seats_at(session, asked) if asked else []
    told = {one.seat.enrolment_id: one for one in conditions(session, None, seats, at=at)}
    return [_line(row, told.get(row.enrolment_id)) for row in rows]


def all_items(session: Session, batch_id: UUID, *, at: datetime) -> Iterator[ItemLine]:
    """Every one of them, some hundreds in memory at a time."""
    after = 0
    while some := items(session, batch_id, at=at, after=after, limit=AT_ONCE):
        yield from some
        after = some[-1].position


def batched_courses(session: Session) -> dict[UUID, UUID]:
    """Which courses wait for batches, and the unit that chose so."""
    rows = session.execute(select(BatchCourse.course_id, BatchCourse.unit_id))
    return {row.course_id: row.unit_id for row in rows}


def waiting_by_course(session: Session) -> dict[UUID, int]:
    """How many certificates wait, by course."""
    rows = session.execute(
        select(Completion.course_id, func.count())
        .join(PendingCertificate, PendingCertificate.completion_id == Completion.id)
        .group_by(Completion.course_id)
    )
    return {row[0]: row[1] for row in rows}


def files(session: Session, batch_id: UUID) -> list[BatchFile]:
    """What was made of the documents, or is being made."""
    found = select(BatchFile).filter_by(batch_id=batch_id).order_by(BatchFile.kind, BatchFile.part)
    return list(session.scalars(found))


def mails(session: Session, batch_id: UUID) -> dict[MailState | None, int]:
    """How many of those with a certificate were told; None: not yet."""
    rows = session.execute(
        select(BatchItem.mail, func.count())
        .where(
            BatchItem.batch_id == batch_id,
            BatchItem.state.in_([ItemState.ISSUED, ItemState.PRESENT]),
        )
        .group_by(BatchItem.mail)
    )
    return {row[0]: row[1] for row in rows}


def _items(batch_id: UUID) -> Any:
    return (
        select(
            BatchItem.position,
            BatchItem.state,
            BatchItem.reason,
            BatchItem.detail,
            BatchItem.enrolment_id,
            BatchItem.mail,
            Person.title_before,
            Person.name,
            Person.title_after,
            Person.nip,
            func.coalesce(Completion.unit_name, Unit.name).label("unit"),
            Certificate.id.label("certificate_id"),
            Certificate.number,
        )
        .outerjoin(Person, Person.id == BatchItem.person_id)
        .outerjoin(Enrolment, Enrolment.id == BatchItem.enrolment_id)
        .outerjoin(Unit, Unit.id == Enrolment.unit_id)
        .outerjoin(Completion, Completion.id == BatchItem.completion_id)
        .outerjoin(
            Certificate,
            (Certificate.completion_id == BatchItem.completion_id)
            & Certificate.superseded_at.is_(None),
        )
        .where(BatchItem.batch_id == batch_id)
        .order_by(BatchItem.position)
    )


def _in(group: str) -> list[Any]:
    if group == BLOCKED:
        return [BatchItem.state == ItemState.CHOSEN, BatchItem.reason.is_not(None)]
    asked = [BatchItem.state == ItemState(group)]
    return [*asked, BatchItem.reason.is_(None)] if group == ItemState.CHOSEN.value else asked


def _group(state: ItemState, reason: Reason | None) -> str:
    return BLOCKED if state is ItemState.CHOSEN and reason is not None else state.value


def _line(row: Any, prospect: Prospect | None) -> ItemLine:
    is_known = row.state is not ItemState.UNKNOWN
    return ItemLine(
        position=row.position,
        group=_group(row.state, row.reason),
        name=full_name(row.title_before, row.name, row.title_after) if is_known else row.detail,
        nip=row.nip or "",
        unit=row.unit or "",
        reason=row.reason,
        detail=row.detail,
        certificate_id=row.certificate_id,
        number=row.number or "",
        mail=row.mail,
        prospect=prospect,
    )
