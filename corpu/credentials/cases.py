"""What issuing knows about people on courses, besides their seats: one statement for any number.

It names the same values as `facts.facts_of` does at the moment of issue; before completion those
that a completion would copy now.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, false, func, select
from sqlalchemy.orm import Session, aliased

from corpu.assessment.models import Attempt, AttemptState
from corpu.catalog.models import Course, Edition, EditionAuthor
from corpu.credentials.arrangements import arranged, arrangement_of
from corpu.credentials.batch_models import BatchCourse
from corpu.credentials.facts import Facts, Issuing, issuers_above, issuing_of
from corpu.credentials.models import Certificate, NumberSequence, PendingCertificate
from corpu.credentials.reasons import Reason
from corpu.database import Identifier, rows_as_json
from corpu.installation import Installation
from corpu.learning.models import Completion, CompletionHours, Enrolment
from corpu.learning.seat import Seat, moment_in_json
from corpu.people.models import Agency, Person, Posting, Unit
from corpu.people.queries import days_of, full_name, in_force, today_in


@dataclass(frozen=True)
class Issued:
    """The certificate as far as its state is concerned."""

    id: UUID
    number: str
    code: str
    issued_at: datetime
    is_drawn: bool
    revoked_at: datetime | None


@dataclass(frozen=True)
class Waits:
    """What the last try to issue left behind."""

    reason: Reason
    detail: str
    since: datetime
    tried_at: datetime


@dataclass(frozen=True)
class Case:
    """One person on one course, as issuing would find them now."""

    enrolment_id: UUID | None
    completion_id: UUID | None
    facts: Facts
    owner_name: str  # of the unit that owns the course, and must act where none issues
    issuing: Issuing | None
    last: dict[tuple[str, int], int]  # of the issuer's sequences: (kind, year) → number given
    certificate: Issued | None
    waits: Waits | None
    awaiting: dict[str, datetime]  # page → since when answers wait for a grade
    graders: tuple[str, ...]

    @property
    def unit(self) -> tuple[UUID, str]:
        """The unit that must act on what keeps a certificate: identifier and name."""
        if self.issuing is not None:
            return self.issuing.unit_id, self.issuing.unit_name
        return self.facts.owner_unit_id, self.owner_name


_owner, _place, _author, _current, _latest = (
    aliased(Unit),
    aliased(Unit),
    aliased(Person),
    aliased(Edition),
    aliased(Edition),
)
_IDS = bindparam("ids", expanding=True, type_=Identifier())
_POST = (
    select(Posting.id)
    .where(Posting.person_id == Person.id, in_force(Posting, today_in(Agency.timezone)))
    .order_by(Posting.started_on.desc())
    .limit(1)
    .correlate(Person, Agency)
    .scalar_subquery()
)
_AWAITING = (
    select(rows_as_json(Attempt.page_id, Attempt.submitted_at))
    .where(Attempt.enrolment_id == Enrolment.id, Attempt.state == AttemptState.AWAITING_GRADE)
    .correlate(Enrolment)
    .scalar_subquery()
)
_GRADERS = (
    select(
        rows_as_json(
            EditionAuthor.position, _author.title_before, _author.name, _author.title_after
        )
    )
    .join(_current, _current.id == EditionAuthor.edition_id)
    .join(_author, _author.id == EditionAuthor.person_id)
    .where(_current.course_id == Course.id, _current.is_current)
    .correlate(Course)
    .scalar_subquery()
)


def _select(start: Any, owners: Any) -> Any:
    """The columns of a case, from a start that names Person, Course and Enrolment."""
    issuers = issuers_above(owners)
    last = (
        select(rows_as_json(NumberSequence.kind, NumberSequence.year, NumberSequence.last))
        .where(NumberSequence.issuer_id == issuers.c.id)
        .correlate(issuers)
        .scalar_subquery()
    )
    statement = (
        select(
            Enrolment.id.label("enrolment_id"),
            Enrolment.enrolled_at,
            Person.id.label("person_id"),
            Person.title_before,
            Person.name,
            Person.title_after,
            Person.nip,
            Agency.name.label("agency"),
            Agency.timezone.label("agency_zone"),
            Posting.title.label("post"),
            _place.name.label("unit"),
            _place.timezone.label("unit_zone"),
            Course.id.label("course_id"),
            Course.owner_unit_id,
            _owner.name.label("owner_name"),
            Completion.id.label("completion_id"),
            Completion.edition_id,
            Completion.post_title,
            Completion.unit_name,
            Completion.timezone,
            Completion.jp,
            Completion.completed_at,
            Edition.certificate.label("kind"),
            CompletionHours.rule,
            CompletionHours.modules,
            BatchCourse.unit_id.label("batch_unit_id"),
            Certificate.id.label("certificate_id"),
            Certificate.number,
            Certificate.code,
            Certificate.issued_at,
            Certificate.pdf_sha256,
            Certificate.revoked_at,
            PendingCertificate.reason,
            PendingCertificate.detail,
            PendingCertificate.since,
            PendingCertificate.tried_at,
            select(Installation.origin).scalar_subquery().label("origin"),
            _AWAITING.label("awaiting"),
            _GRADERS.label("graders"),
            last.label("last"),
            *(column.label(f"issuer_{column.key}") for column in issuers.c),
        )
        .select_from(start)
        .join(Agency, Agency.id == Person.agency_id)
        .join(_owner, _owner.id == Course.owner_unit_id)
        .outerjoin(Posting, Posting.id == _POST)
        .outerjoin(_place, _place.id == Posting.unit_id)
        .outerjoin(Completion, Completion.enrolment_id == Enrolment.id)
        .outerjoin(CompletionHours, CompletionHours.completion_id == Completion.id)
        .outerjoin(Edition, Edition.id == Completion.edition_id)
        .outerjoin(
            Certificate,
            (Certificate.completion_id == Completion.id) & Certificate.superseded_at.is_(None),
        )
        .outerjoin(PendingCertificate, PendingCertificate.completion_id == Completion.id)
        .outerjoin(_latest, (_latest.course_id == Course.id) & _latest.is_current)
        .outerjoin(BatchCourse, BatchCourse.course_id == Course.id)
        .outerjoin(issuers, issuers.c.root == Course.owner_unit_id)
        .order_by(issuers.c.height)
    )
    return arranged(
        statement,
        course_id=Course.id,
        agency_id=_owner.agency_id,
        kind=func.coalesce(Edition.certificate, _latest.certificate),
    )


# Built once, like those of a seat: the page of a course asks one of them every time.
_OF_ENROLMENTS = _select(
    Enrolment.__table__.join(Person.__table__, Person.id == Enrolment.person_id).join(
        Course.__table__, Course.id == Enrolment.course_id
    ),
    select(Course.owner_unit_id)
    .join(Enrolment, Enrolment.course_id == Course.id)
    .where(Enrolment.id.in_(_IDS)),
).where(Enrolment.id.in_(_IDS))
_OF_STRANGER = _select(
    Person.__table__.join(
        Course.__table__, Course.id == bindparam("course_id", type_=Identifier())
    ).outerjoin(Enrolment.__table__, false()),
    select(Course.owner_unit_id).where(Course.id == bindparam("course_id", type_=Identifier())),
).where(Person.id == bindparam("person_id", type_=Identifier()))


def cases_of(session: Session, seats: Collection[Seat], *, at: datetime) -> dict[UUID, Case]:
    """The case of each seat by its enrolment; seats that nobody took are left out."""
    by_enrolment = {seat.enrolment_id: seat for seat in seats if seat.enrolment_id is not None}
    if not by_enrolment:
        return {}
    found: dict[UUID, Case] = {}
    rows = session.execute(_OF_ENROLMENTS, {"ids": list(by_enrolment), **days_of(at)})
    for row in rows:  # the nearest issuer comes first
        if row.enrolment_id not in found:
            found[row.enrolment_id] = _case(row, by_enrolment[row.enrolment_id], at)
    return found


def case_before(session: Session, person_id: UUID, seat: Seat, *, at: datetime) -> Case:
    """The case of a person who has not taken the seat."""
    values = {"person_id": person_id, "course_id": seat.outline.course_id, **days_of(at)}
    row = session.execute(_OF_STRANGER, values).first()
    assert row is not None
    return _case(row, seat, at)


def _case(row: Any, seat: Seat, at: datetime) -> Case:
    is_complete = row.completion_id is not None
    outline = seat.outline
    facts = Facts(
        completion_id=row.completion_id,
        person_id=row.person_id,
        course_id=row.course_id,
        owner_unit_id=row.owner_unit_id,
        edition_id=row.edition_id if is_complete else outline.edition_id,
        kind=row.kind if is_complete else outline.certificate,
        title_before=row.title_before,
        name=row.name,
        title_after=row.title_after,
        nip=row.nip,
        post=row.post_title if is_complete else row.post or "",
        unit=row.unit_name if is_complete else row.unit or "",
        agency=row.agency,
        timezone=row.timezone if is_complete else row.unit_zone or row.agency_zone,
        jp=row.jp if is_complete else seat.jp,
        enrolled_at=row.enrolled_at or at,
        completed_at=row.completed_at if is_complete else at,
        origin=row.origin,
        hours_rule=row.rule,
        proven=row.modules,
        arrangement=arrangement_of(row),
        scores={page_id: one.best_score for page_id, one in seat.standings.items()},
        batch_unit_id=row.batch_unit_id,
    )
    return Case(
        enrolment_id=row.enrolment_id,
        completion_id=row.completion_id,
        facts=facts,
        owner_name=row.owner_name,
        issuing=None if row.issuer_id is None else issuing_of(_Issuer(row)),
        last={(kind, year): number for kind, year, number in row.last or ()},
        certificate=None
        if row.certificate_id is None
        else Issued(
            row.certificate_id,
            row.number,
            row.code,
            row.issued_at,
            row.pdf_sha256 is not None,
            row.revoked_at,
        ),
        waits=None
        if row.reason is None
        else Waits(row.reason, row.detail, row.since, row.tried_at),
        awaiting={page_id: moment_in_json(since) for page_id, since in row.awaiting or ()},
        graders=tuple(full_name(*name) for _place, *name in sorted(row.graders or ())),
    )


class _Issuer:
    """The columns of a row that speak of the issuer, by their own names."""

    def __init__(self, row: Any) -> None:
        self._row = row

    def __getattr__(self, name: str) -> Any:
        return getattr(self._row, f"issuer_{name}")
