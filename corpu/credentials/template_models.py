"""How an agency wants its documents: templates with their versions, pictures, numbers that were
voided, and what LAN has registered. Certificates keep copies of all that they print."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from corpu.credentials.kinds import Kind
from corpu.database import Base, HasId, Words, one_of, unique_while


class CertificateTemplate(HasId, Base):
    """A template of one kind of document. What it looks like is in its versions."""

    __tablename__ = "certificate_templates"
    __table_args__ = (
        UniqueConstraint("agency_id", "kind", "name"),
        CheckConstraint(one_of("kind", Kind), name="kind"),
    )

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"))
    kind: Mapped[Kind] = mapped_column(Words(Kind))
    name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]  # no certificate takes it any more


class TemplateVersion(HasId, Base):
    """What a template looks like. A draft is changed as often as one likes; what is published
    stays as it is, and the next change begins the next number."""

    __tablename__ = "certificate_template_versions"
    __table_args__ = (
        UniqueConstraint("template_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        unique_while(
            "uq_certificate_template_versions_draft", "template_id", where="published_at IS NULL"
        ),
    )

    template_id: Mapped[UUID] = mapped_column(ForeignKey("certificate_templates.id"))
    number: Mapped[int]
    design: Mapped[dict[str, Any]]  # as `designs.Design.to_dict` gives it
    changed_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))


class DocumentKind(Base):
    """What an agency has settled for one kind of document, for all its units and courses."""

    __tablename__ = "document_kinds"
    __table_args__ = (CheckConstraint(one_of("kind", Kind), name="kind"),)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(Words(Kind), primary_key=True)
    # The usual template; none: the one that comes with the application.
    template_id: Mapped[UUID | None] = mapped_column(ForeignKey("certificate_templates.id"))
    number_template: Mapped[str] = mapped_column(String(200))  # empty: that of the issuing unit
    allow_unsigned: Mapped[bool]
    changed_at: Mapped[datetime]


class CourseTemplate(Base):
    """A course whose documents take a template of their own."""

    __tablename__ = "course_templates"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    template_id: Mapped[UUID] = mapped_column(ForeignKey("certificate_templates.id"), index=True)
    changed_at: Mapped[datetime]


class TemplatePicture(Base):
    """A logo or background, re-encoded by us and kept by its hash. Never taken out: a
    certificate may have to be drawn again after its template is gone."""

    __tablename__ = "template_pictures"
    __table_args__ = (CheckConstraint("width >= 1 AND height >= 1", name="size"),)

    agency_id: Mapped[UUID] = mapped_column(ForeignKey("agencies.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]  # bytes
    added_at: Mapped[datetime]


class VoidedNumber(Base):
    """A place in a sequence that was given and will never stand on a valid certificate."""

    __tablename__ = "voided_numbers"
    __table_args__ = (
        CheckConstraint("sequence >= 1", name="sequence"),
        CheckConstraint(one_of("kind", Kind), name="kind"),
    )

    issuer_id: Mapped[UUID] = mapped_column(ForeignKey("issuers.id"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(Words(Kind), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String(500))
    voided_at: Mapped[datetime]
    voided_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))


class CourseRegistration(Base):
    """The code under which LAN has registered the programme of a course in one year: typed or
    imported with its source, never made by us (domain 5.3)."""

    __tablename__ = "course_registrations"

    course_id: Mapped[UUID] = mapped_column(ForeignKey("courses.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(60))
    source: Mapped[str] = mapped_column(String(200))  # letter or system that says so
    sourced_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
