"""Codes under which LAN has registered the programme of a course: recorded, never made by us.

The code comes from LAN (through SIPKA) for a programme and year; we keep it with the letter or
system that says so and its date (domain 5.3), and print it where a template asks for it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.catalog.models import Course, Edition
from corpu.credentials import service
from corpu.credentials.letters import unprintable
from corpu.credentials.template_models import CourseRegistration
from corpu.database import insert_unless_taken
from corpu.errors import N_, NotFound
from corpu.identity import Viewer
from corpu.people.models import Unit
from corpu.people.rules import InvalidInput, clean_text

LONGEST_CODE, LONGEST_SOURCE = 60, 200
EARLIEST, LATEST = 2000, 2100


class BadRegistration(InvalidInput):
    """A value of a registration; `field` says which."""

    def __init__(self, field: str, message: str, **params: object) -> None:
        super().__init__(message, **params)
        self.field = field


@dataclass(frozen=True)
class Entry:
    """A code of one course and year, with who says so and since when."""

    course_id: UUID
    year: int
    code: str
    source: str
    sourced_on: date


@dataclass(frozen=True)
class Listed:
    """A recorded code with the course's title and slug."""

    entry: Entry
    slug: str
    title: str
    language: str


def courses_within(session: Session, agency_id: UUID, units: Collection[UUID] | None) -> list[Any]:
    """The courses with a document that these units (None: all of the agency) own, by title:
    id, slug, title, language."""
    within = [] if units is None else [Course.owner_unit_id.in_(units)]
    return list(
        session.execute(
            select(Course.id, Course.slug, Edition.title, Edition.language)
            .join(Edition, (Edition.course_id == Course.id) & Edition.is_current)
            .join(Unit, Unit.id == Course.owner_unit_id)
            .where(Unit.agency_id == agency_id, Edition.certificate != "none", *within)
            .order_by(Edition.title)
        )
    )


def registrations_of(session: Session, courses: Sequence[Any]) -> list[Listed]:
    """What is recorded for these courses (as `courses_within` gives them), the latest year
    first. One statement."""
    by_id = {one.id: one for one in courses}
    rows = session.scalars(
        select(CourseRegistration)
        .where(CourseRegistration.course_id.in_(by_id))
        .order_by(CourseRegistration.year.desc())
    ).all()
    found = [
        Listed(
            Entry(row.course_id, row.year, row.code, row.source, row.sourced_on),
            by_id[row.course_id].slug,
            by_id[row.course_id].title,
            by_id[row.course_id].language,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (-one.entry.year, one.title))


def checked(entry: Entry, *, today: date) -> Entry:
    """The entry with its texts cleaned. Raises BadRegistration."""
    code, source = clean_text(entry.code), clean_text(entry.source)
    for field, text, most in (
        ("code", code, LONGEST_CODE),
        ("source", source, LONGEST_SOURCE),
    ):
        if not text:
            raise BadRegistration(field, N_("Isi bagian ini"))
        if len(text) > most:
            raise BadRegistration(field, N_("Tulis paling banyak %(most)s huruf."), most=most)
        if letters := unprintable(text):
            raise BadRegistration(
                field,
                N_("Huruf ini tidak dapat dicetak pada sertifikat: %(letters)s."),
                letters=" ".join(letters),
            )
    if not EARLIEST <= entry.year < LATEST:
        raise BadRegistration("year", N_("Tulis tahun empat angka, misalnya 2026."))
    if entry.sourced_on > today:
        raise BadRegistration("sourced_on", N_("Tanggal sumbernya tidak mungkin di depan."))
    return Entry(entry.course_id, entry.year, code, source, entry.sourced_on)


def record(
    session: Session,
    entries: Sequence[Entry],
    *,
    agency_id: UUID,
    units: Collection[UUID] | None,
    today: date,
    by: Viewer,
    at: datetime,
) -> int:
    """Record codes, all or none; a code of the same course and year is replaced, and the audit
    keeps what it was. Certificates issued before keep theirs. What waits is tried again. Answers
    how many are new or other than before. Raises NotFound for a course out of reach,
    BadRegistration."""
    courses = {one.id: one for one in courses_within(session, agency_id, units)}
    changed = 0
    for one in entries:
        if one.course_id not in courses:
            raise NotFound
        entry = checked(one, today=today)
        values = {"code": entry.code, "source": entry.source, "sourced_on": entry.sourced_on}
        key = {"course_id": entry.course_id, "year": entry.year}
        stamp = {"recorded_at": at, "recorded_by": by.id}
        before: dict[str, Any] = {}
        if insert_unless_taken(session, CourseRegistration, key | values | stamp) is None:
            row = session.get_one(
                CourseRegistration,
                (entry.course_id, entry.year),
                with_for_update=True,
                populate_existing=True,
            )
            before = {name: getattr(row, name) for name in values}
            if before == values:
                continue
            for name, value in (values | stamp).items():
                setattr(row, name, value)
        changed += 1
        session.flush()
        audit.record(
            session,
            at=at,
            actor_id=by.id,
            actor_name=by.name,
            action="registration.recorded",
            subject=("course", entry.course_id, courses[entry.course_id].title),
            before=_said(before) if before else None,
            after={"year": entry.year, **_said(values)},
        )
    if changed:
        service.retry_after_template(session, at=at)
    return changed


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {
        "registration": values["code"],
        "source": values["source"],
        "sourced_on": values["sourced_on"].isoformat(),
    }
