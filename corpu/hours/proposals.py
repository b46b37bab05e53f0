"""Learning besides courses as a person writes it down, and what it would make.

Nothing here is kept: see `claims`.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from corpu.errors import N_
from corpu.hours.claim_queries import STANDS, Double, claims_of, doubles_of
from corpu.hours.conversion import Converted, convert
from corpu.hours.counting import Record, count
from corpu.hours.pairs import Learning
from corpu.hours.proofs import Kind
from corpu.hours.tables import tables
from corpu.people.queries import standing
from corpu.people.rules import InvalidInput, clean_text
from corpu.zones import local_date

LONGEST = {"title": 300, "organiser": 200, "note": 2000, "reason": 500}


class BadText(InvalidInput):
    """Words that are missing or too many; `field` says which."""

    def __init__(self, field: str, message: str, **params: object) -> None:
        super().__init__(message, **params)
        self.field = field


class EndsTooEarly(InvalidInput):
    field = "valid_until"
    message = N_("Tulis hari pada atau sesudah hari terakhir kegiatannya.")


@dataclass(frozen=True)
class Proposal:
    """Learning as a person writes it down. `amount` in what the form measures: JP as printed,
    days, sessions or activities; None for what is plain."""

    form: str
    title: str
    started_on: date
    ended_on: date
    amount: Decimal | None = None
    organiser: str = ""
    note: str = ""
    valid_until: date | None = None  # last day of a certificate that ends


@dataclass(frozen=True)
class Proof:
    """A file that is kept already, by its SHA-256."""

    sha256: str
    kind: Kind
    name: str


@dataclass(frozen=True)
class Weighed:
    """What a proposal makes before it is sent."""

    converted: Converted
    counted: Decimal  # JP that would count, beside what there is
    doubles: tuple[Double, ...]

    @property
    def over(self) -> Decimal:
        """JP over the cap of the form."""
        return self.converted.jp - self.counted


def weigh(session: Session, person_id: UUID, proposal: Proposal, *, at: datetime) -> Weighed:
    """What a proposal would make: JP, what of it counts, and what it may be a double of.

    Writes nothing. Raises InvalidInput with the field.
    """
    proposal = cleaned(proposal)
    converted = convert_on(session, person_id, proposal, at)
    new, form = "new", converted.form
    beside = [
        line.record
        for line in claims_of(session, person_id, converted.year)
        if line.state in STANDS
    ]
    mine = Record(
        key=new,
        form=form.code,
        started_on=proposal.started_on,
        ended_on=proposal.ended_on,
        jp=converted.jp,
        cap=form.cap,
        is_verified=False,
    )
    # What waits already was there before it, whatever its days.
    settled = [Record(**{**vars(one), "is_verified": True}) for one in beside]
    counted = count([*settled, mine])[new].jp
    learning = Learning(
        key=new,
        title=proposal.title,
        started_on=proposal.started_on,
        ended_on=proposal.ended_on,
        is_classical=form.is_classical,
        is_log=form.is_log,
    )
    return Weighed(converted, counted, tuple(doubles_of(session, person_id, learning)))


def convert_on(session: Session, person_id: UUID, proposal: Proposal, at: datetime) -> Converted:
    """The JP of a proposal by the table of its last day, which may not lie ahead for the person.
    Raises InvalidInput with the field."""
    today = local_date(at, standing(session, person_id, at).timezone)
    return convert(
        tables(),
        proposal.form,
        proposal.started_on,
        proposal.ended_on,
        proposal.amount,
        today=today,
    )


def cleaned(proposal: Proposal) -> Proposal:
    """The proposal as it is kept. Raises BadText, EndsTooEarly."""
    title = text_of("title", proposal.title)
    if not title:
        raise BadText("title", N_("Tulis nama kegiatannya."))
    if proposal.valid_until is not None and proposal.valid_until < proposal.ended_on:
        raise EndsTooEarly
    return replace(
        proposal,
        title=title,
        organiser=text_of("organiser", proposal.organiser),
        note=text_of("note", proposal.note),
    )


def text_of(field: str, text: str) -> str:
    """Words as they are kept. Raises BadText where they are too many."""
    kept = clean_text(text)
    if len(kept) > LONGEST[field]:
        raise BadText(field, N_("Tulis paling banyak %(most)s huruf."), most=LONGEST[field])
    return kept
