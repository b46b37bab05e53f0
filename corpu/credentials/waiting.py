"""What keeps certificates waiting, over many people: in groups by cause, searched, page by page.

A manager of the units that must act reads this; each line is then told by `conditions`.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    String,
    case,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from corpu.assessment.models import Attempt, AttemptState
from corpu.catalog.models import Course, Edition
from corpu.content import DIAGNOSTIC
from corpu.credentials.conditions import Prospect, conditions
from corpu.credentials.kinds import NO_DOCUMENT
from corpu.credentials.models import Certificate, Issuer, PendingCertificate
from corpu.credentials.reasons import Reason
from corpu.learning.models import Completion, Enrolment
from corpu.learning.seat import seats_at
from corpu.people.models import NipHistory, Person
from corpu.people.rules import nip_digits

GRADING, DRAWING = "grading", "drawing"
GROUPS = (*(reason.value for reason in Reason), GRADING, DRAWING)
SOON = timedelta(minutes=10)  # a document that is drawn by then keeps nobody waiting
WORDS = 8  # of a search, at most


@dataclass(frozen=True)
class Line:
    """Somebody who waits, with all that is asked of this certificate."""

    group: str
    since: datetime
    person_id: UUID
    prospect: Prospect

    @property
    def name(self) -> str:
        return self.prospect.case.facts.full_name


def counts(
    session: Session, words: str, units: Collection[UUID] | None, *, at: datetime
) -> dict[str, int]:
    """How many wait for which cause, groups without any left out. One statement."""
    found = _union(words, units, at)
    rows = session.execute(select(found.c.cause, func.count()).group_by(found.c.cause))
    known: dict[str, int] = {row[0]: row[1] for row in rows}
    return {group: known[group] for group in GROUPS if group in known}


def lines(
    session: Session,
    words: str,
    units: Collection[UUID] | None,
    group: str = "",
    *,
    at: datetime,
    first: int = 0,
    limit: int = 25,
) -> list[Line]:
    """Those who wait on these units (None: on any), the longest first, documents that are not
    drawn yet last; of one group, where one is named. `words` are looked for in names and in
    titles of courses, or are a NIP. Two statements besides those of `conditions`, however many
    there are."""
    found = _union(words, units, at)
    statement = (
        select(found)
        # A document that is not drawn keeps nobody from proving anything: those come last.
        .order_by(
            case((found.c.cause == DRAWING, 1), else_=0),
            found.c.since,
            found.c.enrolment_id,
        )
        .offset(first)
        .limit(limit)
    )
    if group:
        statement = statement.where(found.c.cause == group)
    rows = session.execute(statement).all()
    if not rows:
        return []
    seats = seats_at(session, {row.enrolment_id for row in rows})
    told = {one.seat.enrolment_id: one for one in conditions(session, None, seats, at=at)}
    return [
        Line(row.cause, row.since, row.person_id, told[row.enrolment_id])
        for row in rows
        if row.enrolment_id in told
    ]


def _union(words: str, units: Collection[UUID] | None, at: datetime) -> Any:
    parts = []
    for part, person_id, unit_id in (_refused(), _graded(), _drawn(at)):
        within = [] if units is None else [unit_id.in_(units)]
        parts.append(part.join(Person, Person.id == person_id).where(*_matching(words), *within))
    return union_all(*parts).subquery("waiting")


def _columns(cause: Any, enrolment: Any, person: Any, since: Any) -> list[Any]:
    return [
        cause.label("cause"),
        enrolment.label("enrolment_id"),
        person.label("person_id"),
        since.label("since"),
    ]


def _refused() -> tuple[Any, Any, Any]:
    """Completions that issuing has refused."""
    part = (
        select(
            *_columns(
                type_coerce(PendingCertificate.reason, String),
                Completion.enrolment_id,
                Completion.person_id,
                PendingCertificate.since,
            )
        )
        .select_from(PendingCertificate)
        .join(Completion, Completion.id == PendingCertificate.completion_id)
        .join(Edition, Edition.id == Completion.edition_id)
    )
    return part, Completion.person_id, PendingCertificate.unit_id


def _graded() -> tuple[Any, Any, Any]:
    """Learners under way whose answers wait for a grade."""
    awaiting = (
        select(Attempt.enrolment_id, func.min(Attempt.submitted_at).label("since"))
        .where(Attempt.state == AttemptState.AWAITING_GRADE, Attempt.page_id != DIAGNOSTIC)
        .group_by(Attempt.enrolment_id)
        .subquery("awaiting")
    )
    part = (
        select(*_columns(literal(GRADING), Enrolment.id, Enrolment.person_id, awaiting.c.since))
        .select_from(awaiting)
        .join(Enrolment, Enrolment.id == awaiting.c.enrolment_id)
        .join(Course, Course.id == Enrolment.course_id)
        .join(Edition, (Edition.course_id == Course.id) & Edition.is_current)
        .where(
            Enrolment.left_at.is_(None),
            Enrolment.completed_at.is_(None),
            Edition.certificate != NO_DOCUMENT,
        )
    )
    return part, Enrolment.person_id, Course.owner_unit_id


def _drawn(at: datetime) -> tuple[Any, Any, Any]:
    """Certificates in force whose document is long in coming."""
    part = (
        select(
            *_columns(
                literal(DRAWING),
                Completion.enrolment_id,
                Completion.person_id,
                Certificate.issued_at,
            )
        )
        .select_from(Certificate)
        .join(Completion, Completion.id == Certificate.completion_id)
        .join(Edition, Edition.id == Completion.edition_id)
        .join(Issuer, Issuer.id == Certificate.issuer_id)
        .where(
            Certificate.pdf_sha256.is_(None),
            Certificate.revoked_at.is_(None),
            Certificate.superseded_at.is_(None),
            Certificate.issued_at < at - SOON,
        )
    )
    return part, Completion.person_id, Issuer.unit_id


def _matching(words: str) -> list[ColumnElement[bool]]:
    digits = nip_digits(words)
    if digits is not None:
        earlier = select(NipHistory.person_id).where(NipHistory.nip == digits)
        return [or_(Person.nip == digits, Person.id.in_(earlier))]
    return [
        or_(
            func.lower(Person.name).contains(word.lower(), autoescape=True),
            func.lower(Edition.title).contains(word.lower(), autoescape=True),
        )
        for word in words[:200].split()[:WORDS]
    ]
