"""Use cases: which unit issues, who signs there, and how its numbers are written."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from corpu import audit
from corpu.credentials.letters import unprintable
from corpu.credentials.models import Issuer
from corpu.credentials.rules import NumberTemplateError, render_number
from corpu.errors import N_, NotFound
from corpu.events import IssuerChanged, publish
from corpu.people.models import Unit
from corpu.people.rules import InvalidInput, InvalidNip, clean_text, nip_digits

LONGEST = {
    "place": 100,
    "signatory_name": 200,
    "signatory_nip": 18,
    "signatory_post": 200,
    "signatory_rank": 100,
    "number_template": 200,
    "classification": 40,
    "unit_token": 40,
}


class BadValue(InvalidInput):
    """A value of an issuing unit; `field` says which."""

    def __init__(self, field: str, message: str, **params: object) -> None:
        super().__init__(message, **params)
        self.field = field


@dataclass(frozen=True)
class IssuerValues:
    """What a manager writes. An empty signatory or place is allowed: certificates then wait."""

    place: str = ""
    signatory_name: str = ""  # with titles
    signatory_nip: str = ""
    signatory_post: str = ""
    signatory_rank: str = ""
    number_template: str = ""
    classification: str = ""  # token {klasifikasi}
    unit_token: str = ""  # token {unit}


def issuer_of(session: Session, unit_id: UUID) -> Issuer | None:
    """The unit's own issuer, whatever may stand above it."""
    return session.scalar(select(Issuer).filter_by(unit_id=unit_id))


def set_issuer(
    session: Session,
    unit_id: UUID,
    values: IssuerValues,
    *,
    by: UUID | None,
    by_name: str,
    at: datetime,
    reason: str = "",
) -> Issuer:
    """Let a unit issue, or change how it does. Certificates issued before keep their copies.

    What waits below the unit is then tried again. Saying what is so already changes nothing.
    Raises NotFound for the unit, InvalidInput with the field for a value.
    """
    unit = session.get(Unit, unit_id)
    if unit is None or unit.archived_at is not None:
        raise NotFound
    wanted = _checked(values)
    _number_is_its_own(session, unit_id, wanted, at)
    issuer = _locked(session, unit_id)
    if issuer is None:
        before = dict.fromkeys(wanted, "")
        try:
            with session.begin_nested():
                issuer = Issuer(unit_id=unit_id, changed_at=at, **wanted)
                session.add(issuer)
        except IntegrityError:  # another manager was first; theirs is what is changed now
            issuer = _locked(session, unit_id)
            assert issuer is not None
            before = {key: getattr(issuer, key) for key in wanted}
    else:
        before = {key: getattr(issuer, key) for key in wanted}
    changed = [key for key in wanted if wanted[key] != before[key]]
    if not changed:
        return issuer
    for key in changed:
        setattr(issuer, key, wanted[key])
    issuer.changed_at = at
    session.flush()
    audit.record(
        session,
        at=at,
        actor_id=by,
        actor_name=by_name,
        action="issuer.changed",
        subject=("unit", unit.id, unit.name),
        unit_id=unit.id,
        before={key: before[key] for key in changed},
        after={key: wanted[key] for key in changed},
        reason=reason,
    )
    publish(session, IssuerChanged(unit_id, at))
    return issuer


def sample_number(values: dict[str, str], *, at: datetime, program: str = "TEKNIS") -> str:
    """The first number that a template would write at this moment. Raises
    NumberTemplateError, whose `problems` are the sentences to show."""
    return render_number(
        values["number_template"],
        seq=1,
        klasifikasi=values["classification"],
        unit=values["unit_token"],
        program=program,
        angkatan="",
        month=at.month,
        year=at.year,
    )


def _locked(session: Session, unit_id: UUID) -> Issuer | None:
    return session.scalar(
        select(Issuer)
        .filter_by(unit_id=unit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _checked(values: IssuerValues) -> dict[str, str]:
    wanted = {key: clean_text(value) for key, value in asdict(values).items()}
    if wanted["signatory_nip"]:
        digits = nip_digits(wanted["signatory_nip"])
        if digits is None:
            raise BadValue("signatory_nip", InvalidNip.message)
        wanted["signatory_nip"] = digits
    for field in fields(IssuerValues):
        text = wanted[field.name]
        if len(text) > LONGEST[field.name]:
            raise BadValue(
                field.name, N_("Tulis paling banyak %(most)s huruf."), most=LONGEST[field.name]
            )
        if letters := unprintable(text):
            raise BadValue(
                field.name,
                N_("Huruf ini tidak dapat dicetak pada sertifikat: %(letters)s."),
                letters=" ".join(letters),
            )
    return wanted


def _number_is_its_own(
    session: Session, unit_id: UUID, wanted: dict[str, str], at: datetime
) -> None:
    """The template can be used, and does not write the numbers of another unit."""
    try:
        number = sample_number(wanted, at=at)
    except NumberTemplateError as error:
        raise BadValue("number_template", str(error)) from error
    others = session.execute(
        select(Issuer.number_template, Issuer.classification, Issuer.unit_token, Unit.name)
        .join(Unit, Unit.id == Issuer.unit_id)
        .where(Issuer.unit_id != unit_id)
    )
    for other in others:
        try:
            same = number == sample_number(dict(other._mapping), at=at)
        except NumberTemplateError:
            continue
        if same:
            raise BadValue(
                "number_template",
                N_(
                    "Pola ini menulis nomor yang sama dengan %(unit)s. "
                    "Bedakan, misalnya dengan {unit}."
                ),
                unit=other.name,
            )
