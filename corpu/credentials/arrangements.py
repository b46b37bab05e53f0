"""What an agency has settled for the document of a course: template, number template, code of LAN.

The template is that of the course where it has one of this kind, else the usual one of the agency
for the kind, else the one that comes with the application. Its latest published version counts.
"""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from corpu.credentials.designs import Design, Printed, Registration, Signer, Signing
from corpu.credentials.snapshot import Signatory
from corpu.credentials.template_models import (
    CertificateTemplate,
    CourseRegistration,
    CourseTemplate,
    DocumentKind,
    TemplateVersion,
)
from corpu.database import rows_as_json
from corpu.people.models import Unit


@dataclass(frozen=True)
class Chosen:
    """A published version of a template."""

    template_id: UUID
    version: int
    design: Design


@dataclass(frozen=True)
class Arrangement:
    """What holds for the documents of one course. The empty one: what comes with the
    application."""

    chosen: Chosen | None = None
    number_template: str = ""  # of the kind; empty: that of the issuing unit
    allow_unsigned: bool = False
    registrations: dict[int, str] = field(default_factory=dict)  # year → code of LAN

    @property
    def design(self) -> Design | None:
        return self.chosen.design if self.chosen else None

    @property
    def is_unsigned(self) -> bool:
        """Whether the document may be issued, and is, without a signatory."""
        design = self.design
        return design is not None and design.signing is Signing.NONE and self.allow_unsigned

    @property
    def needs_registration(self) -> bool:
        design = self.design
        return design is not None and design.registration is Registration.REQUIRED

    def signers(self, of_unit: Signatory) -> tuple[Signer, ...]:
        """Who signs: those of the template, or whoever signs for the issuing unit."""
        design = self.design
        if design is not None and design.signing is Signing.OWN:
            return design.signatories
        if design is not None and design.signing is Signing.NONE:
            return ()
        return (Signer(of_unit.name, of_unit.nip, of_unit.post, "", of_unit.rank),)

    def place(self, of_unit: str) -> str:
        """Where it is signed: where the first signatory does, or where the unit sits."""
        design = self.design
        if design is None or design.signing is not Signing.OWN or not design.signatories:
            return of_unit
        return design.signatories[0].place or of_unit


PLAIN = Arrangement()


def number_template_of(session: Session, unit_id: UUID, kind: str) -> str:
    """The number template of a kind of document in the agency of a unit; empty: that of the
    issuing unit holds. One statement."""
    found = session.scalar(
        select(DocumentKind.number_template)
        .join(Unit, Unit.agency_id == DocumentKind.agency_id)
        .where(Unit.id == unit_id, DocumentKind.kind == kind)
    )
    return found or ""


def signed_again(
    session: Session, design: Printed, of_unit: Signatory, place: str
) -> tuple[Printed, Signatory, str]:
    """A printed design as it is signed today, by the same version of its template: with who signs
    now, the first of them, and where. One statement. Where the version is gone, whoever had
    signed does so again."""
    kept = session.scalar(
        select(TemplateVersion.design).filter_by(
            template_id=UUID(design.template), number=design.version
        )
    )
    signers = design.signatories
    if kept is not None:
        chosen = Chosen(UUID(design.template), design.version, Design.from_dict(kept))
        arrangement = Arrangement(chosen=chosen)
        signers, place = arrangement.signers(of_unit), arrangement.place(place)
    first = signers[0] if signers else Signer("", "", "", "", "")
    signatory = Signatory(first.name, first.nip, first.post, first.rank)
    return replace(design, signatories=signers), signatory, place


def arranged(statement: Any, *, course_id: Any, agency_id: Any, kind: Any) -> Any:
    """A select with the columns that `arrangement_of` reads; `agency_id` is that of the unit
    that owns the course."""
    settled, own = aliased(DocumentKind), aliased(CourseTemplate)
    special, usual = aliased(CertificateTemplate), aliased(CertificateTemplate)
    version, latest = aliased(TemplateVersion), aliased(TemplateVersion)

    def may_be_taken(template: Any, template_id: Any) -> Any:
        return (
            (template.id == template_id)
            & (template.agency_id == agency_id)
            & (template.kind == kind)
            & template.archived_at.is_(None)
        )

    template_id = func.coalesce(special.id, usual.id)
    number = (
        select(func.max(latest.number))
        .where(latest.template_id == template_id, latest.published_at.is_not(None))
        .correlate_except(latest)
        .scalar_subquery()
    )
    registrations = (
        select(rows_as_json(CourseRegistration.year, CourseRegistration.code))
        .where(CourseRegistration.course_id == course_id)
        .correlate_except(CourseRegistration)
        .scalar_subquery()
    )
    return (
        statement.add_columns(
            version.template_id.label("design_template"),
            version.number.label("design_version"),
            version.design.label("design"),
            settled.number_template.label("kind_numbers"),
            settled.allow_unsigned.label("kind_unsigned"),
            registrations.label("registrations"),
        )
        .outerjoin(settled, (settled.agency_id == agency_id) & (settled.kind == kind))
        .outerjoin(own, own.course_id == course_id)
        .outerjoin(special, may_be_taken(special, own.template_id))
        .outerjoin(usual, may_be_taken(usual, settled.template_id))
        .outerjoin(version, (version.template_id == template_id) & (version.number == number))
    )


def arrangement_of(row: Any) -> Arrangement:
    """What a row of `arranged` says."""
    return Arrangement(
        chosen=None
        if row.design is None
        else Chosen(row.design_template, row.design_version, Design.from_dict(row.design)),
        number_template=row.kind_numbers or "",
        allow_unsigned=bool(row.kind_unsigned),
        registrations=dict(row.registrations or ()),
    )
