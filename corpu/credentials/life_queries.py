"""Reading what is asked for about certificates: what waits for a manager, and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from corpu.credentials.life import ActKind, Asked, Wished
from corpu.credentials.life_models import CorrectionWish, Proposal
from corpu.credentials.models import Certificate, Issuer

MOST = 100  # lines of each kind that a page shows


@dataclass(frozen=True)
class About:
    """The certificate that something is asked about, as printed."""

    certificate_id: UUID
    name: str
    number: str
    course_title: str


@dataclass(frozen=True)
class AskedFor:
    """An act that waits for a second person, or has waited."""

    about: About
    row: Proposal

    @property
    def is_correction(self) -> bool:
        return self.row.kind is ActKind.CORRECT


@dataclass(frozen=True)
class Wish:
    """What a holder has asked for."""

    about: About
    row: CorrectionWish


def asked_for(
    session: Session, units: Collection[UUID] | None, *, at: datetime
) -> tuple[list[AskedFor], list[Wish]]:
    """What waits for a manager of these issuing units (None: of all), what lapses first and what
    waits longest first. Two statements."""
    waiting = (
        _about(Proposal, units)
        .where(Proposal.state == Asked.WAITING, Proposal.lapses_at > at)
        .order_by(Proposal.lapses_at, Proposal.id)
        .limit(MOST)
    )
    wishes = (
        _about(CorrectionWish, units)
        .where(CorrectionWish.state == Wished.WAITING)
        .order_by(CorrectionWish.asked_at, CorrectionWish.id)
        .limit(MOST)
    )
    return (
        [AskedFor(_said(row), row.Proposal) for row in session.execute(waiting)],
        [Wish(_said(row), row.CorrectionWish) for row in session.execute(wishes)],
    )


def proposal_of(
    session: Session, proposal_id: UUID, units: Collection[UUID] | None
) -> AskedFor | None:
    """One of them, also a settled one; None where it is not there or out of reach."""
    row = session.execute(_about(Proposal, units).where(Proposal.id == proposal_id)).first()
    return None if row is None else AskedFor(_said(row), row.Proposal)


def wish_of(session: Session, wish_id: UUID, units: Collection[UUID] | None) -> Wish | None:
    """A holder's wish; None where it is not there or out of reach."""
    row = session.execute(_about(CorrectionWish, units).where(CorrectionWish.id == wish_id)).first()
    return None if row is None else Wish(_said(row), row.CorrectionWish)


def history_of(session: Session, certificate_id: UUID) -> list[Proposal]:
    """Everything that was asked about a certificate, the latest first."""
    return list(
        session.scalars(
            select(Proposal)
            .filter_by(certificate_id=certificate_id)
            .order_by(Proposal.asked_at.desc(), Proposal.id.desc())
        )
    )


def count_waiting(session: Session, units: Collection[UUID] | None, *, at: datetime) -> int:
    """How much of both waits. One statement."""

    def of(model: Any, *conditions: Any) -> Any:
        found = (
            select(func.count(model.id))
            .join(Certificate, Certificate.id == model.certificate_id)
            .join(Issuer, Issuer.id == Certificate.issuer_id)
            .where(*conditions)
        )
        if units is not None:
            found = found.where(Issuer.unit_id.in_(units))
        return found.scalar_subquery()

    both = of(Proposal, Proposal.state == Asked.WAITING, Proposal.lapses_at > at) + of(
        CorrectionWish, CorrectionWish.state == Wished.WAITING
    )
    return session.scalar(select(both)) or 0


def _about(model: Any, units: Collection[UUID] | None) -> Select[Any]:
    content = Certificate.snapshot
    statement = (
        select(
            model,
            Certificate.id.label("certificate_id"),
            Certificate.number,
            content["name"].as_string().label("name"),
            content["course_title"].as_string().label("course_title"),
        )
        .join(Certificate, Certificate.id == model.certificate_id)
        .join(Issuer, Issuer.id == Certificate.issuer_id)
    )
    return statement if units is None else statement.where(Issuer.unit_id.in_(units))


def _said(row: Row[Any]) -> About:
    return About(row.certificate_id, row.name, row.number, row.course_title)
