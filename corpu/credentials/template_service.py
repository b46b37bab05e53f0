"""Writing templates of documents: drafts, versions, which one is used, numbers of a kind."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from corpu import audit
from corpu.credentials import service
from corpu.credentials.design_checks import problems_of
from corpu.credentials.designs import Design
from corpu.credentials.kinds import Kind
from corpu.credentials.template_models import (
    CertificateTemplate,
    CourseTemplate,
    DocumentKind,
    TemplatePicture,
    TemplateVersion,
)
from corpu.database import insert_unless_taken
from corpu.errors import N_, DomainError, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.people.rules import InvalidInput, clean_text

LONGEST_NAME = 120


class UnknownTemplate(NotFound):
    message = N_("Templat sertifikat ini tidak ada di sini.")


class NameMissing(InvalidInput):
    field = "name"
    message = N_("Tulis nama templatnya, paling panjang 120 huruf.")


class NameTaken(RuleBroken):
    field = "name"
    message = N_("Nama ini sudah dipakai templat lain dari jenis yang sama.")


class Unusable(DomainError):
    """A design with problems; `problems` are (field, sentence)."""

    status = 422
    message = N_("Templat ini belum dapat dipakai.")

    def __init__(self, problems: list[tuple[str, Any]]) -> None:
        super().__init__()
        self.problems = problems


class NothingToPublish(RuleBroken):
    message = N_("Tidak ada draf untuk diterbitkan.")


class Archived(RuleBroken):
    message = N_("Templat ini sudah ditarik, jadi tidak dapat diubah atau dipilih lagi.")


@dataclass(frozen=True)
class KindValues:
    """What holds for one kind of document. `number_template` "": that of each issuing unit."""

    number_template: str = ""
    allow_unsigned: bool = False


def template_for(session: Session, agency_id: UUID, template_id: UUID) -> CertificateTemplate:
    """A template of the agency; another's does not exist. Raises UnknownTemplate."""
    found = session.scalar(
        select(CertificateTemplate)
        .where(CertificateTemplate.id == template_id, CertificateTemplate.agency_id == agency_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise UnknownTemplate
    return found


def settled(session: Session, agency_id: UUID, kind: Kind) -> KindValues:
    """What holds for a kind now."""
    row = session.execute(
        select(DocumentKind.number_template, DocumentKind.allow_unsigned).filter_by(
            agency_id=agency_id, kind=kind
        )
    ).one_or_none()
    return KindValues() if row is None else KindValues(row.number_template, row.allow_unsigned)


# ---------------------------------------------------------------------------- the templates


def create_template(
    session: Session,
    agency_id: UUID,
    kind: Kind,
    name: str,
    design: Design,
    *,
    template_id: UUID,
    by: Viewer,
    at: datetime,
) -> TemplateVersion:
    """A new template with its first draft. `template_id` makes one of two clicks. Raises
    NameMissing, NameTaken, Unusable."""
    name = _named(name)
    _check(session, agency_id, kind, design)
    row = {
        "id": template_id,
        "agency_id": agency_id,
        "kind": kind,
        "name": name,
        "created_at": at,
        "archived_at": None,
    }
    made = insert_unless_taken(session, CertificateTemplate, row)
    if made is None:
        known = session.get(CertificateTemplate, template_id)
        if known is None or known.agency_id != agency_id:
            raise NameTaken
        return session.scalars(
            select(TemplateVersion).filter_by(template_id=template_id, number=1)
        ).one()
    draft = TemplateVersion(template_id=made.id, number=1, design=design.to_dict(), changed_at=at)
    session.add(draft)
    session.flush()
    _audit(session, made, "certificate_template.saved", by, at, after={"template_version": 1})
    return draft


def save_draft(
    session: Session,
    agency_id: UUID,
    template_id: UUID,
    name: str,
    design: Design,
    *,
    by: Viewer,
    at: datetime,
) -> TemplateVersion:
    """Keep a change as the draft: the one there is, or a new one after the published version,
    which stays as it is. Saying what is so already changes nothing. Raises UnknownTemplate,
    Archived, NameMissing, NameTaken, Unusable."""
    template = template_for(session, agency_id, template_id)
    if template.archived_at is not None:
        raise Archived
    name = _named(name)
    _check(session, agency_id, template.kind, design)
    latest = session.scalars(
        select(TemplateVersion)
        .filter_by(template_id=template_id)
        .order_by(TemplateVersion.number.desc())
        .limit(1)
    ).one()
    if name != template.name:
        template.name = name
        try:
            with session.begin_nested():
                session.flush()
        except IntegrityError as error:
            raise NameTaken from error
    plain = design.to_dict()
    if latest.design == plain:
        return latest
    if latest.published_at is None:
        latest.design, latest.changed_at = plain, at
    else:
        latest = TemplateVersion(
            template_id=template_id, number=latest.number + 1, design=plain, changed_at=at
        )
        session.add(latest)
    session.flush()
    _audit(
        session,
        template,
        "certificate_template.saved",
        by,
        at,
        after={"template_version": latest.number},
    )
    return latest


def publish(
    session: Session,
    agency_id: UUID,
    template_id: UUID,
    number: int,
    *,
    by: Viewer,
    at: datetime,
) -> TemplateVersion:
    """Publish a draft: certificates from now on take it, where its template is used. What was
    published stays published, so a second click changes nothing. What waits is tried again.
    Raises UnknownTemplate, Archived, NothingToPublish, Unusable."""
    template = template_for(session, agency_id, template_id)
    if template.archived_at is not None:
        raise Archived
    version = session.scalar(
        select(TemplateVersion).filter_by(template_id=template_id, number=number)
    )
    if version is None:
        raise NothingToPublish
    if version.published_at is not None:
        return version
    _check(session, agency_id, template.kind, Design.from_dict(version.design))
    version.published_at, version.published_by = at, by.id
    session.flush()
    _audit(
        session,
        template,
        "certificate_template.published",
        by,
        at,
        after={"template_version": number},
    )
    service.retry_after_template(session, at=at)
    return version


def discard_draft(
    session: Session, agency_id: UUID, template_id: UUID, *, by: Viewer, at: datetime
) -> bool:
    """Throw the draft away; a template that was never published goes with it. Answers whether
    the template is still there. Raises UnknownTemplate."""
    template = template_for(session, agency_id, template_id)
    draft = session.scalar(
        select(TemplateVersion).filter_by(template_id=template_id, published_at=None)
    )
    if draft is None:
        return True
    session.delete(draft)
    session.flush()
    _audit(
        session,
        template,
        "certificate_template.discarded",
        by,
        at,
        before={"template_version": draft.number},
    )
    if draft.number > 1:
        return True
    session.delete(template)
    session.flush()
    return False


def archive_template(
    session: Session, agency_id: UUID, template_id: UUID, *, reason: str, by: Viewer, at: datetime
) -> None:
    """No certificate takes the template any more: courses and kinds that did fall back. Those
    issued keep what they print. Doing it twice changes nothing. Raises UnknownTemplate."""
    template = template_for(session, agency_id, template_id)
    if template.archived_at is not None:
        return
    template.archived_at = at
    session.execute(delete(CourseTemplate).where(CourseTemplate.template_id == template_id))
    for row in session.scalars(select(DocumentKind).filter_by(template_id=template_id)):
        row.template_id, row.changed_at = None, at
    session.flush()
    _audit(session, template, "certificate_template.archived", by, at, reason=reason)
    service.retry_after_template(session, at=at)


# --------------------------------------------------------------------------------- inside


def _named(name: str) -> str:
    name = clean_text(name)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise NameMissing
    return name


def _check(session: Session, agency_id: UUID, kind: Kind, design: Design) -> None:
    allow = settled(session, agency_id, kind).allow_unsigned
    problems = problems_of(design, kind, allow_unsigned=allow)
    known = set(
        session.scalars(
            select(TemplatePicture.sha256).where(
                TemplatePicture.agency_id == agency_id,
                TemplatePicture.sha256.in_(design.pictures),
            )
        )
        if design.pictures
        else ()
    )
    problems += [
        (field, N_("Gambar ini tidak ada di sini. Tambahkan dahulu."))
        for field, sha256 in (("logo", design.logo), ("background", design.background))
        if sha256 and sha256 not in known
    ]
    if problems:
        raise Unusable(problems)


def _audit(
    session: Session,
    template: CertificateTemplate,
    action: str,
    by: Viewer,
    at: datetime,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action=action,
        subject=("certificate_template", template.id, template.name),
        before=before,
        after=after,
        reason=reason,
    )
