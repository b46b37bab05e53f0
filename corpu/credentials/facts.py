"""What a certificate is made of: the facts of a completion, and the unit that issues."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Subquery, literal, select
from sqlalchemy.orm import Session, aliased

from corpu import vocabulary
from corpu.addresses import absolute
from corpu.catalog import queries as catalog
from corpu.catalog.models import Course, Edition
from corpu.catalog.outline import Outline
from corpu.credentials.models import Issuer
from corpu.credentials.reasons import Reason, Refused
from corpu.credentials.rules import NumberTemplateError, format_code, full_name, render_number
from corpu.credentials.snapshot import (
    CompetencyMark,
    GoalTile,
    Signatory,
    Snapshot,
    UnprintableText,
    snapshot,
)
from corpu.installation import Installation, Origin
from corpu.learning.diagnostics import WITHOUT_PROVEN
from corpu.learning.models import Completion, CompletionHours, Enrolment
from corpu.people.models import Agency, Person, Unit
from corpu.standards.queries import STAMP, book_of, note_stamp
from corpu.zones import local_date, zone_label

NO_DOCUMENT = "none"
# The kinds that a course may name under `certificate`, and the title printed.
TITLES = {
    "sertifikat": "Sertifikat",
    "sttp": "Surat Tanda Tamat Pelatihan",
    "surat-keterangan": "Surat Keterangan",
}
PROVEN = "sudah dikuasai pada uji awal"  # on the document, which is in Indonesian
DEEPEST = 60  # units above one another, so that a loop in bad data ends


@dataclass(frozen=True)
class Facts:
    """A completion with all that its certificate copies, as known now."""

    completion_id: UUID
    person_id: UUID
    course_id: UUID
    owner_unit_id: UUID
    edition_id: UUID
    kind: str  # of document, or none
    title_before: str
    name: str
    title_after: str
    nip: str | None
    post: str
    unit: str
    agency: str
    timezone: str  # of the person's unit on the day of completion
    jp: Decimal
    enrolled_at: datetime
    completed_at: datetime
    origin: Origin | None
    hours_rule: str | None = None  # of a completion with modules that a diagnostic proved
    proven: list[dict[str, Any]] | None = None

    @property
    def full_name(self) -> str:
        return full_name(self.title_before, self.name, self.title_after)

    def curriculum(self, outline: Outline) -> list[tuple[str, int]]:
        """Titles and minutes of the modules. What a diagnostic proved, and the rule of the course
        gives no JP for, has no minutes here: the shares add up to the JP that were granted."""
        rows = [(module.title, module.minutes) for module in outline.modules]
        left_out = (self.proven or []) if self.hours_rule == WITHOUT_PROVEN else []
        for module in left_out:
            title, minutes = rows[module["module"]]
            rows[module["module"]] = (f"{title} ({PROVEN})", minutes - module["minutes"])
        return rows


@dataclass(frozen=True)
class Issuing:
    """The issuing unit with its signatory and number template, as they are now."""

    id: UUID
    unit_id: UUID
    unit_name: str
    timezone: str
    place: str
    signatory: Signatory
    number_template: str
    classification: str
    unit_token: str


def facts_of(
    session: Session, completion_ids: Collection[UUID], *, skip_locked: bool = False
) -> list[Facts]:
    """The facts of completions, whose rows are locked until the transaction ends.

    That lock is what makes two attempts to issue for one completion come one after the
    other; `skip_locked` leaves out those that somebody else has in hand.
    """
    origin = select(Installation.origin).scalar_subquery()
    rows = session.execute(
        select(
            Completion.id.label("completion_id"),
            Completion.person_id,
            Completion.course_id,
            Course.owner_unit_id,
            Completion.edition_id,
            Edition.certificate.label("kind"),
            Person.title_before,
            Person.name,
            Person.title_after,
            Person.nip,
            Completion.post_title.label("post"),
            Completion.unit_name.label("unit"),
            Agency.name.label("agency"),
            Completion.timezone,
            Completion.jp,
            Enrolment.enrolled_at,
            Completion.completed_at,
            origin.label("origin"),
            CompletionHours.rule.label("hours_rule"),
            CompletionHours.modules.label("proven"),
            STAMP.label("stamp"),
        )
        .join(Enrolment, Enrolment.id == Completion.enrolment_id)
        .join(Person, Person.id == Completion.person_id)
        .join(Agency, Agency.id == Person.agency_id)
        .join(Course, Course.id == Completion.course_id)
        .join(Edition, Edition.id == Completion.edition_id)
        .outerjoin(CompletionHours, CompletionHours.completion_id == Completion.id)
        .where(Completion.id.in_(completion_ids))
        .order_by(Completion.id)
        .with_for_update(of=Completion, key_share=True, skip_locked=skip_locked)
    )
    return [_facts(session, dict(row._mapping)) for row in rows]


def _facts(session: Session, found: dict[str, Any]) -> Facts:
    # So that the names of competencies cost no statement of their own.
    note_stamp(session, found.pop("stamp"))
    return Facts(**found)


def issuers_above(owners: Select[Any]) -> Subquery:
    """For each unit of `owners` (a select of identifiers) every issuer at it or above it, by
    `root`, the nearest with the least `height`. Archived units issue nothing; what is theirs
    falls to the unit above."""
    up = (
        select(Unit.id.label("root"), Unit.id, Unit.parent_id, literal(0).label("height"))
        .where(Unit.id.in_(owners))
        .cte("up", recursive=True)
    )
    above = aliased(Unit)
    up = up.union_all(
        select(up.c.root, above.id, above.parent_id, up.c.height + 1).where(
            above.id == up.c.parent_id, up.c.height < DEEPEST
        )
    )
    there = aliased(Unit)
    return (
        select(
            up.c.root,
            up.c.height,
            *Issuer.__table__.c,
            there.name.label("unit_name"),
            there.timezone,
        )
        .join(up, up.c.id == Issuer.unit_id)
        .join(there, there.id == Issuer.unit_id)
        .where(there.archived_at.is_(None))
        .subquery("issuers_above")
    )


def issuing_unit(session: Session, unit_id: UUID) -> Issuing | None:
    """The unit itself if it can issue, else the nearest one above it that can. One statement."""
    found = issuers_above(select(Unit.id).where(Unit.id == unit_id))
    row = session.execute(select(found).order_by(found.c.height).limit(1)).first()
    return None if row is None else issuing_of(row)


def issuing_of(row: Any) -> Issuing:
    """A row of `issuers_above` as a value."""
    return Issuing(
        id=row.id,
        unit_id=row.unit_id,
        unit_name=row.unit_name,
        timezone=row.timezone,
        place=row.place,
        signatory=Signatory(
            row.signatory_name, row.signatory_nip, row.signatory_post, row.signatory_rank
        ),
        number_template=row.number_template,
        classification=row.classification,
        unit_token=row.unit_token,
    )


@dataclass(frozen=True)
class Draft:
    """A certificate that lacks nothing but its number."""

    facts: Facts
    issuing: Issuing
    outline: Outline
    code: str
    issued_on: date  # in the zone of the issuing unit: the year of the number follows it
    competencies: tuple[CompetencyMark, ...] = ()

    @property
    def sequence_key(self) -> tuple[UUID, str, int]:
        return self.issuing.id, self.facts.kind, self.issued_on.year

    def numbered(self, sequence: int) -> Snapshot:
        """The whole content with this place in the sequence. Raises Refused."""
        return self.content(self.number(sequence))

    def number(self, sequence: int) -> str:
        """The number at this place in the sequence. Raises Refused."""
        issuing = self.issuing
        try:
            return render_number(
                issuing.number_template,
                seq=sequence,
                klasifikasi=issuing.classification,
                unit=issuing.unit_token,
                program=self.outline.kind,
                angkatan="",  # courses have no batches: a template that names one is refused
                month=self.issued_on.month,
                year=self.issued_on.year,
            )
        except NumberTemplateError as error:
            raise Refused(Reason.BROKEN_TEMPLATE) from error

    def content(self, number: str) -> Snapshot:
        """The whole content with this number. Raises Refused."""
        facts, issuing, outline = self.facts, self.issuing, self.outline
        try:
            return snapshot(
                kind=facts.kind,
                number=number,
                code=self.code,
                title=TITLES[facts.kind],
                prefix=facts.title_before,
                name=facts.name,
                suffix=facts.title_after,
                nip=facts.nip or "",
                post=facts.post,
                unit=facts.unit,
                agency=facts.agency,
                issuer=issuing.unit_name,
                course_title=outline.title,
                course_slug=outline.slug,
                edition=outline.number,
                jp=facts.jp,
                started_on=local_date(facts.enrolled_at, facts.timezone),
                completed_on=local_date(facts.completed_at, facts.timezone),
                issued_on=self.issued_on,
                place=issuing.place,
                signatory=issuing.signatory,
                modules=facts.curriculum(outline),
                goals=[_tile(number) for number in outline.goals],
                verify_url=absolute(f"/verify/{format_code(self.code)}"),
                zone=zone_label(facts.timezone),
                demo=facts.origin is Origin.DEMO,
                competencies=self.competencies,
            )
        except UnprintableText as error:
            raise Refused(Reason.UNPRINTABLE, " ".join(error.letters)) from error


def draft(
    session: Session, facts: Facts, issuing: Issuing | None, code: str, *, at: datetime
) -> Draft:
    """Put together what can be known without a number, and try it. Raises Refused."""
    if issuing is None:
        raise Refused(Reason.NO_ISSUER)
    for reason in lacking(issuing):
        raise Refused(reason)
    outline = catalog.outline(session, facts.edition_id)
    issued_on = local_date(at, issuing.timezone)
    made = Draft(
        facts=facts,
        issuing=issuing,
        outline=outline,
        code=code,
        issued_on=issued_on,
        competencies=_marks(session, outline, issued_on),
    )
    made.numbered(1)  # what is refused whatever the number is refused before one is taken
    return made


def _marks(session: Session, outline: Outline, day: date) -> tuple[CompetencyMark, ...]:
    """What the course builds, by the names of the day; a code that no dictionary has had is left
    out."""
    book = book_of(session) if outline.competencies else None
    found = [(code, level, book.row(code, day)) for code, level in outline.competencies if book]
    return tuple(CompetencyMark(code, row["name_id"], level) for code, level, row in found if row)


def lacking(issuing: Issuing) -> list[Reason]:
    """What the unit has not said yet and every certificate must carry, in the order asked."""
    signs, found = issuing.signatory, []
    if not signs.name.strip() or not signs.post.strip():
        found.append(Reason.NO_SIGNATORY)
    if not issuing.place.strip():
        found.append(Reason.NO_PLACE)
    return found


def _tile(number: int) -> GoalTile:
    goal = vocabulary.goals()[number]
    return GoalTile(number, goal["title_id"], goal["hex"], goal["text_on_colour"])
