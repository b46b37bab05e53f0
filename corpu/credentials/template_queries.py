"""Reading templates of documents: by kind, with versions, and where they are used."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, func, select
from sqlalchemy.orm import Session

from corpu.catalog.models import Course, Edition
from corpu.credentials.conditions import NOBODY
from corpu.credentials.designs import Design
from corpu.credentials.facts import Issuing, issuers_above, issuing_of
from corpu.credentials.kinds import Kind
from corpu.credentials.template_models import (
    CertificateTemplate,
    CourseTemplate,
    DocumentKind,
    TemplateVersion,
)
from corpu.credentials.template_service import KindValues, UnknownTemplate
from corpu.people.models import Agency, Person, Unit


@dataclass(frozen=True)
class Listed:
    """A template in a list: `published` is the number of the version in use, `draft` that of
    the draft, each None where there is none."""

    id: UUID
    kind: Kind
    name: str
    archived_at: datetime | None
    published: int | None
    draft: int | None
    courses: int
    is_usual: bool


@dataclass(frozen=True)
class Version:
    """One version, with who published it."""

    number: int
    design: Design
    changed_at: datetime
    published_at: datetime | None
    published_by: str


@dataclass(frozen=True)
class Template:
    """A template with its versions, the latest first."""

    id: UUID
    kind: Kind
    name: str
    archived_at: datetime | None
    versions: tuple[Version, ...]
    is_usual: bool

    @property
    def draft(self) -> Version | None:
        return next((one for one in self.versions if one.published_at is None), None)

    @property
    def published(self) -> Version | None:
        """The version that certificates take."""
        return next((one for one in self.versions if one.published_at is not None), None)

    @property
    def latest(self) -> Version:
        return self.versions[0]


@dataclass(frozen=True)
class Usage:
    """A course whose documents are of a kind; `is_own` where it has this template."""

    course_id: UUID
    title: str
    language: str
    is_own: bool


def templates_of(session: Session, agency_id: UUID) -> list[Listed]:
    """All templates of an agency, by kind and name, those taken back last. One statement."""
    versions = (
        select(
            TemplateVersion.template_id,
            func.max(
                TemplateVersion.number * TemplateVersion.published_at.is_not(None).cast(Integer)
            ).label("published"),
            func.max(
                TemplateVersion.number * TemplateVersion.published_at.is_(None).cast(Integer)
            ).label("draft"),
        )
        .group_by(TemplateVersion.template_id)
        .subquery()
    )
    courses = (
        select(func.count())
        .where(CourseTemplate.template_id == CertificateTemplate.id)
        .correlate(CertificateTemplate)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            CertificateTemplate.id,
            CertificateTemplate.kind,
            CertificateTemplate.name,
            CertificateTemplate.archived_at,
            versions.c.published,
            versions.c.draft,
            courses.label("courses"),
            DocumentKind.kind.is_not(None).label("is_usual"),
        )
        .join(versions, versions.c.template_id == CertificateTemplate.id)
        .outerjoin(DocumentKind, DocumentKind.template_id == CertificateTemplate.id)
        .where(CertificateTemplate.agency_id == agency_id)
        .order_by(CertificateTemplate.name, CertificateTemplate.id)
    )
    found = [
        Listed(
            row.id,
            row.kind,
            row.name,
            row.archived_at,
            row.published or None,
            row.draft or None,
            row.courses,
            bool(row.is_usual),
        )
        for row in rows
    ]
    kinds = list(Kind)
    return sorted(found, key=lambda one: (one.archived_at is not None, kinds.index(one.kind)))


def template_of(session: Session, agency_id: UUID, template_id: UUID) -> Template:
    """One template of the agency with its versions. Two statements. Raises UnknownTemplate."""
    row = session.execute(
        select(
            CertificateTemplate.kind,
            CertificateTemplate.name,
            CertificateTemplate.archived_at,
            DocumentKind.kind.is_not(None).label("is_usual"),
        )
        .outerjoin(DocumentKind, DocumentKind.template_id == CertificateTemplate.id)
        .where(CertificateTemplate.id == template_id, CertificateTemplate.agency_id == agency_id)
    ).one_or_none()
    if row is None:
        raise UnknownTemplate
    versions = session.execute(
        select(TemplateVersion, Person.name)
        .outerjoin(Person, Person.id == TemplateVersion.published_by)
        .where(TemplateVersion.template_id == template_id)
        .order_by(TemplateVersion.number.desc())
    )
    return Template(
        template_id,
        row.kind,
        row.name,
        row.archived_at,
        tuple(
            Version(
                one.number,
                Design.from_dict(one.design),
                one.changed_at,
                one.published_at,
                name or "",
            )
            for one, name in versions
        ),
        bool(row.is_usual),
    )


def usages(session: Session, agency_id: UUID, template_id: UUID, kind: Kind) -> list[Usage]:
    """The courses of the agency that end with a document of this kind, those with the template
    first. One statement."""
    rows: Any = session.execute(
        select(Course.id, Edition.title, Edition.language, CourseTemplate.template_id)
        .join(Edition, (Edition.course_id == Course.id) & Edition.is_current)
        .join(Unit, Unit.id == Course.owner_unit_id)
        .outerjoin(CourseTemplate, CourseTemplate.course_id == Course.id)
        .where(
            Unit.agency_id == agency_id,
            Course.archived_at.is_(None),
            Edition.certificate == kind.value,
        )
        .order_by(Edition.title)
    )
    found = [Usage(row[0], row[1], row[2], row[3] == template_id) for row in rows]
    return sorted(found, key=lambda one: not one.is_own)


def kinds_of(session: Session, agency_id: UUID) -> dict[Kind, KindValues]:
    """What holds for each kind. One statement."""
    known = {
        row.kind: KindValues(row.number_template, row.allow_unsigned)
        for row in session.scalars(select(DocumentKind).filter_by(agency_id=agency_id))
    }
    return {kind: known.get(kind, KindValues()) for kind in Kind}


def example_issuer(session: Session, agency_id: UUID) -> Issuing:
    """An issuing unit of the agency whose name, place and signatory an example may bear; a dash
    where there is none."""
    found = issuers_above(select(Unit.id).where(Unit.agency_id == agency_id))
    row = session.execute(select(found).order_by(found.c.height, found.c.unit_name)).first()
    if row is not None:
        return issuing_of(row)
    name, zone = session.execute(
        select(Agency.name, Agency.timezone).where(Agency.id == agency_id)
    ).one()
    return Issuing(**{**vars(NOBODY), "unit_name": name, "timezone": zone})
