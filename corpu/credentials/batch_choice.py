"""Who is chosen for a batch: everybody on a course, those of a unit, of some days, or of a list."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from corpu.catalog.models import Course, Edition
from corpu.credentials.batch_models import ItemState
from corpu.credentials.facts import Issuing, issuers_above, issuing_of
from corpu.credentials.kinds import NO_DOCUMENT
from corpu.credentials.models import Certificate, PendingCertificate
from corpu.credentials.reasons import Reason
from corpu.errors import N_
from corpu.learning.models import Completion, Enrolment
from corpu.people.models import Agency, NipHistory, Person, Unit
from corpu.people.queries import branch
from corpu.people.rules import InvalidInput, clean_text, nip_digits
from corpu.workbooks import Table

MOST = 25_000  # in one batch
AT_ONCE = 5_000  # values in one statement


class By(StrEnum):
    """What chooses people."""

    ALL = "all"
    UNIT = "unit"
    DATES = "dates"
    LIST = "list"


class TooMany(InvalidInput):
    field = "by"
    message = N_(
        "Pilihan ini memuat lebih dari 25.000 orang. Persempit dengan unit, tanggal, atau daftar."
    )


class NobodyChosen(InvalidInput):
    field = "by"
    message = N_("Tidak ada seorang pun dalam pilihan ini. Pilih yang lain.")


@dataclass(frozen=True)
class Choice:
    """What a manager has chosen. `first` and `last` are days of the agency's zone, both within;
    `listed` are the numbers of a list as they were written, each once."""

    by: By
    unit_id: UUID | None = None
    unit_name: str = ""
    first: date | None = None
    last: date | None = None
    listed: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As the batch keeps it, to say in words later."""
        return {
            "by": self.by.value,
            "unit": self.unit_name,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
            "listed": len(self.listed),
        }


@dataclass(frozen=True)
class Chosen:
    """One of them, as a batch keeps it."""

    state: ItemState
    person_id: UUID | None = None
    enrolment_id: UUID | None = None
    completion_id: UUID | None = None
    reason: Reason | None = None
    detail: str = ""


def numbers_in(table: Table) -> tuple[str, ...]:
    """The NIPs of a table as they were written, each once: those of the column that is called
    NIP, or of the first where none is."""
    column, rows = 0, table
    if table and (heading := [cell.strip().casefold() for cell in table[0]]):
        named = [n for n, cell in enumerate(heading) if cell.replace(" ", "").startswith("nip")]
        if named:
            column, rows = named[0], table[1:]
    found: dict[str, str] = {}
    for row in rows:
        text = clean_text(row[column]) if column < len(row) else ""
        if text:
            found.setdefault(nip_digits(text) or text, text)
    return tuple(found.values())


@dataclass(frozen=True)
class BatchableCourse:
    """A course with the unit that issues its certificates."""

    id: UUID
    slug: str
    title: str
    language: str
    issuing: Issuing


def courses(session: Session, units: Collection[UUID] | None) -> list[BatchableCourse]:
    """The courses that end with a document and are issued by one of these units (None: any),
    by title. One statement."""
    issuers = issuers_above(select(Course.owner_unit_id))
    rows = session.execute(
        select(
            Course.id.label("course_id"),
            Course.slug,
            Edition.title,
            Edition.language,
            *(column.label(f"issuer_{column.key}") for column in issuers.c),
        )
        .join(Edition, (Edition.course_id == Course.id) & Edition.is_current)
        .join(issuers, issuers.c.root == Course.owner_unit_id)
        .where(Edition.certificate != NO_DOCUMENT)
        .order_by(Edition.title, Course.slug, issuers.c.height)
    )
    found: dict[UUID, BatchableCourse] = {}
    for row in rows:  # the nearest issuer comes first
        if row.course_id not in found:
            issuing = issuing_of(_Issuer(row))
            found[row.course_id] = BatchableCourse(
                row.course_id, row.slug, row.title, row.language, issuing
            )
    return [one for one in found.values() if units is None or one.issuing.unit_id in units]


class _Issuer:
    """The columns of a row that speak of the issuer, by their own names."""

    def __init__(self, row: Any) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, f"issuer_{name}")


def chosen(session: Session, course_id: UUID, choice: Choice) -> list[Chosen]:
    """Those whom a choice means, in the order in which they would be numbered: by unit and name,
    and last those of a list who did not take the course or are nobody here. A person who took the
    course again comes once for each time. Raises TooMany, NobodyChosen."""
    if len(choice.listed) > MOST:
        raise TooMany
    if choice.by is By.LIST:
        found = _listed(session, course_id, choice.listed)
    else:
        rows = session.execute(
            _rows(course_id).where(*_conditions(session, choice)).limit(MOST + 1)
        ).all()
        found = [_chosen(row) for row in rows]
    if len(found) > MOST:
        raise TooMany
    if not found:
        raise NobodyChosen
    return found


def _rows(course_id: UUID) -> Any:
    place = aliased(Unit)
    return (
        select(
            Enrolment.id.label("enrolment_id"),
            Enrolment.person_id,
            Completion.id.label("completion_id"),
            Certificate.id.label("certificate_id"),
            PendingCertificate.reason,
            PendingCertificate.detail,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(place, place.id == Enrolment.unit_id)
        .outerjoin(Completion, Completion.enrolment_id == Enrolment.id)
        .outerjoin(Edition, Edition.id == Completion.edition_id)
        .outerjoin(
            Certificate,
            (Certificate.completion_id == Completion.id) & Certificate.superseded_at.is_(None),
        )
        .outerjoin(PendingCertificate, PendingCertificate.completion_id == Completion.id)
        .where(
            Enrolment.course_id == course_id,
            # What was left is over; what was completed stays, whatever came after it.
            or_(Completion.id.is_not(None), Enrolment.left_at.is_(None)),
            or_(Completion.id.is_(None), Edition.certificate != NO_DOCUMENT),
        )
        .order_by(place.name, Person.name, Enrolment.enrolled_at, Enrolment.id)
    )


def _conditions(session: Session, choice: Choice) -> list[Any]:
    if choice.by is By.UNIT:
        below = branch(session, [choice.unit_id] if choice.unit_id else [])
        return [or_(Completion.unit_id.in_(below), Enrolment.unit_id.in_(below))]
    if choice.by is By.DATES:
        zone = ZoneInfo(session.scalar(select(Agency.timezone).limit(1)) or "Asia/Jakarta")
        asked = []
        if choice.first is not None:
            asked.append(Completion.completed_at >= _beginning(choice.first, zone))
        if choice.last is not None:
            after = _beginning(choice.last + timedelta(days=1), zone)
            asked.append(Completion.completed_at < after)
        return asked or [Completion.id.is_not(None)]
    return []


def _beginning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _chosen(row: Any) -> Chosen:
    state = ItemState.CHOSEN
    if row.completion_id is None:
        state = ItemState.LEARNING
    elif row.certificate_id is not None:
        state = ItemState.PRESENT
    return Chosen(
        state,
        row.person_id,
        row.enrolment_id,
        row.completion_id,
        row.reason if row.reason is not Reason.BATCH else None,
        row.detail or "",
    )


def _listed(session: Session, course_id: UUID, listed: Sequence[str]) -> list[Chosen]:
    """Each number is somebody's of today or of earlier, or nobody's. Two numbers of one person
    are one person."""
    digits = {text: nip_digits(text) or "" for text in listed}
    people = _people(session, [one for one in digits.values() if one])
    wanted: dict[UUID, None] = {}
    unknown = []
    for text in listed:
        person_id = people.get(digits[text])
        if person_id is None:
            unknown.append(Chosen(ItemState.UNKNOWN, detail=text[:40]))
        else:
            wanted[person_id] = None
    rows: list[Any] = []
    ids = list(wanted)
    for start in range(0, len(ids), AT_ONCE):
        few = ids[start : start + AT_ONCE]
        rows += session.execute(_rows(course_id).where(Enrolment.person_id.in_(few))).all()
    found = [_chosen(row) for row in rows]
    there = {one.person_id for one in found}
    absent = [Chosen(ItemState.ABSENT, one) for one in wanted if one not in there]
    return found + absent + unknown


def _people(session: Session, numbers: Sequence[str]) -> dict[str, UUID]:
    """Whose number it is, or was: who has it today comes before who had it."""
    found: dict[str, UUID] = {}
    for start in range(0, len(numbers), AT_ONCE):
        few = numbers[start : start + AT_ONCE]
        for source in (
            select(NipHistory.nip, NipHistory.person_id).where(NipHistory.nip.in_(few)),
            select(Person.nip, Person.id).where(Person.nip.in_(few)),
        ):
            for nip, person_id in session.execute(source):
                found[str(nip)] = person_id
    return found
