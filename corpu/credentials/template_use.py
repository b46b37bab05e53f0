"""Which template documents take, and what holds for a kind: its numbers, its signatures."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.catalog.models import Course, Edition
from corpu.credentials import service
from corpu.credentials.issuers import sample_number
from corpu.credentials.kinds import Kind
from corpu.credentials.models import Issuer
from corpu.credentials.rules import NumberTemplateError
from corpu.credentials.template_models import (
    CertificateTemplate,
    CourseTemplate,
    DocumentKind,
    TemplateVersion,
)
from corpu.credentials.template_service import (
    Archived,
    KindValues,
    UnknownTemplate,
    template_for,
)
from corpu.database import insert_unless_taken
from corpu.errors import N_, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.people.models import Unit
from corpu.people.rules import InvalidInput, clean_text


class NotPublished(RuleBroken):
    field = "template"
    message = N_("Terbitkan templat ini dahulu: draf tidak dipakai sertifikat.")


class OtherKind(RuleBroken):
    field = "course"
    message = N_("Kursus ini berakhir dengan jenis dokumen yang lain.")


class BadNumbers(InvalidInput):
    """A number template that cannot be used."""

    field = "number_template"

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message, **params)


def use_for_kind(
    session: Session,
    agency_id: UUID,
    kind: Kind,
    template_id: UUID | None,
    *,
    by: Viewer,
    at: datetime,
) -> None:
    """Let a template be the usual one of its kind; None: the one that comes with the
    application. Raises UnknownTemplate, Archived, NotPublished."""
    template = None
    if template_id is not None:
        template = _usable(session, agency_id, template_id, kind)
    row = _kind(session, agency_id, kind, at)
    if row.template_id == template_id:
        return
    row.template_id, row.changed_at = template_id, at
    session.flush()
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action="document_kind.set",
        subject=("document_kind", kind.value, template.name if template else kind.value),
        after={"document_kind": kind.value, "template": template.name if template else ""},
    )
    service.retry_after_template(session, at=at)


def use_for_course(
    session: Session,
    agency_id: UUID,
    course_id: UUID,
    template_id: UUID | None,
    *,
    by: Viewer,
    at: datetime,
) -> None:
    """Let the documents of one course take a template of their own; None: the usual one again.
    Raises NotFound for a course of another agency, UnknownTemplate, Archived, NotPublished,
    OtherKind."""
    course = session.execute(
        select(Edition.title, Edition.certificate)
        .join(Course, (Course.id == Edition.course_id) & Edition.is_current)
        .join(Unit, Unit.id == Course.owner_unit_id)
        .where(Course.id == course_id, Unit.agency_id == agency_id)
    ).one_or_none()
    if course is None:
        raise NotFound
    name = ""
    if template_id is not None:
        template = _usable(session, agency_id, template_id)
        if template.kind != course.certificate:
            raise OtherKind
        name = template.name
    row = session.get(CourseTemplate, course_id, with_for_update=True, populate_existing=True)
    if (row.template_id if row else None) == template_id:
        return
    if template_id is None:
        session.delete(row)
    elif row is None:
        values = {"course_id": course_id, "template_id": template_id, "changed_at": at}
        if insert_unless_taken(session, CourseTemplate, values) is None:
            row = session.get_one(CourseTemplate, course_id, populate_existing=True)
            row.template_id, row.changed_at = template_id, at
    else:
        row.template_id, row.changed_at = template_id, at
    session.flush()
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action="course_template.set",
        subject=("course", course_id, course.title),
        after={"template": name},
    )
    service.retry_after_template(session, at=at)


def set_kind(
    session: Session,
    agency_id: UUID,
    kind: Kind,
    values: KindValues,
    *,
    by: Viewer,
    at: datetime,
) -> None:
    """How documents of a kind are numbered, and whether they may go without a signature. The
    sequences go on: they belong to unit, kind and year, whatever the template writes. Saying
    what is so already changes nothing. Raises BadNumbers."""
    text = clean_text(values.number_template)
    if text:
        _check_numbers(session, agency_id, kind, text, at)
    row = _kind(session, agency_id, kind, at)
    before = {"number_template": row.number_template, "allow_unsigned": row.allow_unsigned}
    after = {"number_template": text, "allow_unsigned": values.allow_unsigned}
    if before == after:
        return
    row.number_template, row.allow_unsigned, row.changed_at = text, values.allow_unsigned, at
    session.flush()
    changed = [key for key in after if after[key] != before[key]]
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action="document_kind.set",
        subject=("document_kind", kind.value, kind.value),
        before={"document_kind": kind.value, **{key: before[key] for key in changed}},
        after={"document_kind": kind.value, **{key: after[key] for key in changed}},
    )
    service.retry_after_template(session, at=at)


def _usable(
    session: Session, agency_id: UUID, template_id: UUID, kind: Kind | None = None
) -> CertificateTemplate:
    template = template_for(session, agency_id, template_id)
    if kind is not None and template.kind is not kind:
        raise UnknownTemplate
    if template.archived_at is not None:
        raise Archived
    published = select(func.count()).where(
        TemplateVersion.template_id == template_id, TemplateVersion.published_at.is_not(None)
    )
    if not session.scalar(published):
        raise NotPublished
    return template


def _kind(session: Session, agency_id: UUID, kind: Kind, at: datetime) -> DocumentKind:
    """The row of a kind, locked; made where there is none."""
    insert_unless_taken(
        session,
        DocumentKind,
        {
            "agency_id": agency_id,
            "kind": kind,
            "template_id": None,
            "number_template": "",
            "allow_unsigned": False,
            "changed_at": at,
        },
    )
    return session.get_one(
        DocumentKind, (agency_id, kind), with_for_update=True, populate_existing=True
    )


def _check_numbers(session: Session, agency_id: UUID, kind: Kind, text: str, at: datetime) -> None:
    """The template can be used by every issuing unit, and no two of them, nor the units' own
    templates for other kinds, would write the same number."""
    issuers = session.execute(
        select(Issuer.number_template, Issuer.classification, Issuer.unit_token, Unit.name)
        .join(Unit, Unit.id == Issuer.unit_id)
        .where(Unit.agency_id == agency_id, Unit.archived_at.is_(None))
        .order_by(Unit.name)
    ).all()
    others = session.scalars(
        select(DocumentKind.number_template).where(
            DocumentKind.agency_id == agency_id,
            DocumentKind.kind != kind,
            DocumentKind.number_template != "",
        )
    ).all()
    written: dict[str, str] = {}
    # Without any issuing unit yet, one that might be.
    for own, classification, unit_token, unit in [tuple(row) for row in issuers] or [
        ("", "800", "UNIT", "")
    ]:
        values = {"classification": classification, "unit_token": unit_token}
        try:
            number = sample_number(values | {"number_template": text}, at=at)
        except NumberTemplateError as error:
            raise BadNumbers(str(error)) from error
        if number in written:
            raise BadNumbers(
                N_(
                    "Pola ini menulis nomor yang sama bagi %(unit)s dan %(other)s. Bedakan, "
                    "misalnya dengan {unit}."
                ),
                unit=unit,
                other=written[number],
            )
        written[number] = unit
        for other in _samples([*others, own], values, at):
            if other == number:
                raise BadNumbers(
                    N_(
                        "Pola ini menulis nomor yang sama dengan jenis dokumen lain. Bedakan, "
                        "misalnya dengan menulis jenisnya."
                    )
                )


def _samples(templates: Iterable[str], values: dict[str, str], at: datetime) -> Iterable[str]:
    for text in filter(None, templates):
        try:
            yield sample_number(values | {"number_template": text}, at=at)
        except NumberTemplateError:
            continue
