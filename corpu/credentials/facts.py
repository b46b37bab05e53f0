"""What a certificate is made of: the facts of a completion, and the unit that issues."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Subquery, literal, select
from sqlalchemy.orm import Session, aliased

from corpu import vocabulary
from corpu.addresses import absolute
from corpu.catalog import queries as catalog
from corpu.catalog.models import Course, Edition
from corpu.catalog.outline import Outline
from corpu.credentials.arrangements import PLAIN, Arrangement, arranged, arrangement_of
from corpu.credentials.batch_models import BatchCourse
from corpu.credentials.designs import Printed, Signer, final_score, printed
from corpu.credentials.kinds import TITLES, Kind
from corpu.credentials.models import Certificate, Issuer
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
from corpu.learning.models import Completion, CompletionHours, Enrolment, QuizStanding
from corpu.learning.validity import read_validity, valid_until, validity_of
from corpu.people.models import Agency, Person, Unit
from corpu.standards.queries import STAMP, book_of, note_stamp
from corpu.zones import local_date, zone_label

PROVEN = "sudah dikuasai pada uji awal"  # on the document, which is in Indonesian
DEEPEST = 60  # units above one another, so that a loop in bad data ends


# What a completion renews: the same person's latest certificate of the course, if it has an end.
_EARLIER = aliased(Certificate)
_one = aliased(Certificate)
_RENEWED = (
    select(_one.id)
    .where(
        _one.person_id == Completion.person_id,
        _one.course_id == Completion.course_id,
        _one.completion_id != Completion.id,
        _one.superseded_at.is_(None),
        _one.revoked_at.is_(None),
        _one.valid_until.is_not(None),
        _one.issued_at < Completion.completed_at,
    )
    .order_by(_one.issued_at.desc(), _one.id.desc())
    .limit(1)
    .correlate(Completion)
    .scalar_subquery()
)


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
    arrangement: Arrangement = PLAIN
    scores: dict[str, Decimal | None] = field(default_factory=dict)  # best of each quiz, 0 to 100
    validity: tuple[tuple[date, int | None], ...] = ()  # of the course: from which day, months
    renews_id: UUID | None = None  # the latest certificate of this course that has an end
    renews: str = ""  # its number

    @property
    def valid_until(self) -> date | None:
        """The last day on which the certificate will hold; None: it has no end."""
        return valid_until(self.validity, local_date(self.completed_at, self.timezone))

    batch_unit_id: UUID | None = None  # the unit that issues this course's in batches

    @property
    def full_name(self) -> str:
        return full_name(self.title_before, self.name, self.title_after)

    @property
    def registration(self) -> str:
        """The code of LAN for the year in which the course was completed; empty: none is known."""
        year = local_date(self.completed_at, self.timezone).year
        return self.arrangement.registrations.get(year, "")

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
    owner = aliased(Unit)
    statement = (
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
            validity_of(Completion.course_id).label("validity"),
            _EARLIER.id.label("renews_id"),
            _EARLIER.number.label("renews"),
            BatchCourse.unit_id.label("batch_unit_id"),
            STAMP.label("stamp"),
        )
        .join(Enrolment, Enrolment.id == Completion.enrolment_id)
        .join(Person, Person.id == Completion.person_id)
        .join(Agency, Agency.id == Person.agency_id)
        .join(Course, Course.id == Completion.course_id)
        .join(Edition, Edition.id == Completion.edition_id)
        .outerjoin(CompletionHours, CompletionHours.completion_id == Completion.id)
        .join(owner, owner.id == Course.owner_unit_id)
        .outerjoin(_EARLIER, _EARLIER.id == _RENEWED)
        .outerjoin(BatchCourse, BatchCourse.course_id == Completion.course_id)
        .where(Completion.id.in_(completion_ids))
        .order_by(Completion.id)
        .with_for_update(of=Completion, key_share=True, skip_locked=skip_locked)
    )
    names = set(statement.selected_columns.keys()) - {"stamp"}
    rows = session.execute(
        arranged(
            statement, course_id=Course.id, agency_id=owner.agency_id, kind=Edition.certificate
        )
    ).all()
    if rows:
        # So that the names of competencies cost no statement of their own.
        note_stamp(session, rows[0].stamp)
    found = [
        Facts(
            **{name: row._mapping[name] for name in names}
            | {"validity": read_validity(row.validity), "renews": row.renews or ""},
            arrangement=arrangement_of(row),
        )
        for row in rows
    ]
    return _with_scores(session, found)


def _with_scores(session: Session, several: list[Facts]) -> list[Facts]:
    """The best scores, where a template makes a qualification of them. One statement, or none."""
    wanted = {
        one.completion_id for one in several if (made := one.arrangement.design) and made.bands
    }
    if not wanted:
        return several
    scores: dict[UUID, dict[str, Decimal | None]] = {}
    for completion_id, page_id, best in session.execute(
        select(Completion.id, QuizStanding.page_id, QuizStanding.best_score)
        .join(QuizStanding, QuizStanding.enrolment_id == Completion.enrolment_id)
        .where(Completion.id.in_(wanted))
    ):
        scores.setdefault(completion_id, {})[page_id] = best
    return [replace(one, scores=scores.get(one.completion_id, {})) for one in several]


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


def issuing_again(session: Session, issuer: Issuer) -> Issuing:
    """The very issuer of a certificate, as it is now: a correction comes from whoever issued."""
    unit = session.get_one(Unit, issuer.unit_id)
    row = {column.key: getattr(issuer, column.key) for column in Issuer.__table__.c}
    return issuing_of(SimpleNamespace(**row, unit_name=unit.name, timezone=unit.timezone))


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
        template = self.facts.arrangement.number_template
        return number_of(self.issuing, self.outline.kind, self.issued_on, sequence, template)

    def content(self, number: str) -> Snapshot:
        """The whole content with this number. Raises Refused."""
        facts, issuing, outline = self.facts, self.issuing, self.outline
        arrangement, design = facts.arrangement, self._printed()
        signatory = issuing.signatory
        if design is not None:
            signatory = Signatory("", "", "", "")
            if design.signatories:
                first = design.signatories[0]
                signatory = Signatory(first.name, first.nip, first.post, first.rank)
        try:
            return snapshot(
                kind=facts.kind,
                number=number,
                code=self.code,
                title=arrangement.design.title if arrangement.design else TITLES[Kind(facts.kind)],
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
                place=arrangement.place(issuing.place),
                signatory=signatory,
                modules=facts.curriculum(outline),
                goals=[_tile(number) for number in outline.goals],
                verify_url=absolute(f"/verify/{format_code(self.code)}"),
                zone=zone_label(facts.timezone),
                demo=facts.origin is Origin.DEMO,
                design=design,
                valid_until=facts.valid_until,
                renews=facts.renews,
                competencies=self.competencies,
            )
        except UnprintableText as error:
            raise Refused(Reason.UNPRINTABLE, " ".join(error.letters)) from error

    def _printed(self) -> Printed | None:
        """What the certificate copies of the template; None for the one that comes with us."""
        facts, chosen = self.facts, self.facts.arrangement.chosen
        if chosen is None:
            return None
        quizzes = [page.id for page in self.outline.pages if page.quiz is not None]
        marked = self.outline.completion_marks or quizzes
        return printed(
            chosen.design,
            template=str(chosen.template_id),
            version=chosen.version,
            signatories=facts.arrangement.signers(self.issuing.signatory),
            score=final_score(facts.scores.get(page) for page in marked),
            registration=facts.registration,
        )


def number_of(
    issuing: Issuing, program: str, issued_on: date, sequence: int, template: str = ""
) -> str:
    """The number of a document of this kind of course on this day; `template` is that of the kind
    of document, empty where the unit's own holds. Raises Refused."""
    try:
        return render_number(
            template or issuing.number_template,
            seq=sequence,
            klasifikasi=issuing.classification,
            unit=issuing.unit_token,
            program=program,
            angkatan="",  # courses have no batches: a template that names one is refused
            month=issued_on.month,
            year=issued_on.year,
        )
    except NumberTemplateError as error:
        raise Refused(Reason.BROKEN_TEMPLATE) from error


def draft(
    session: Session, facts: Facts, issuing: Issuing | None, code: str, *, at: datetime
) -> Draft:
    """Put together what can be known without a number, and try it. Raises Refused."""
    if issuing is None:
        raise Refused(Reason.NO_ISSUER)
    for reason in lacking(facts, issuing):
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


def lacking(facts: Facts, issuing: Issuing) -> list[Reason]:
    """What nobody has said yet and this certificate must carry, in the order asked."""
    arrangement = facts.arrangement
    found = lacking_to_sign(
        arrangement.signers(issuing.signatory),
        arrangement.place(issuing.place),
        may_be_unsigned=arrangement.is_unsigned,
    )
    if arrangement.needs_registration and not facts.registration:
        found.append(Reason.NO_REGISTRATION)
    return found


def lacking_to_sign(
    signers: Sequence[Signer | Signatory], place: str, *, may_be_unsigned: bool
) -> list[Reason]:
    """What is missing for a document to be signed by these, there."""
    found = []
    is_named = all(one.name.strip() and one.post.strip() for one in signers)
    if not may_be_unsigned and not (signers and is_named):
        found.append(Reason.NO_SIGNATORY)
    if not place.strip():
        found.append(Reason.NO_PLACE)
    return found


def waits_for_batch(facts: Facts, issuing: Issuing) -> bool:
    """Whether the certificate is issued with those of others, when a manager says so. What
    another unit chose that issued before does not bind the one that issues now."""
    return facts.batch_unit_id == issuing.unit_id


def _tile(number: int) -> GoalTile:
    goal = vocabulary.goals()[number]
    return GoalTile(number, goal["title_id"], goal["hex"], goal["text_on_colour"])
