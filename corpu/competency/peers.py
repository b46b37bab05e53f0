"""What a person and the people beside them see: ratings for the talk with the supervisor.

They are shown and never counted. Colleagues are asked by the supervisor; their names stay with
whoever asked, the person reads what was seen and not by whom.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from corpu import audit
from corpu.competency import service
from corpu.competency.asking_models import PeerRequest
from corpu.competency.models import EvidenceKind, EvidenceRecord
from corpu.competency.rules import HIGHEST, LOWEST
from corpu.competency.service import NotInLine, OwnRating, ReasonTooLong, WrongLevel
from corpu.database import insert_unless_taken, uuid7
from corpu.errors import N_, DomainError, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.people.models import Account, Person, Posting, Supervision, Unit
from corpu.people.queries import agency_day, capacity_at, full_name, in_force, places_over, standing
from corpu.people.rules import clean_text
from corpu.standards.queries import rows_on

REASON = 1000  # characters
SHOWN = 40  # colleagues on one page; the others are found by name or unit
MOST_CHOSEN = 200
WORDS = 200  # characters to search by
RATED_BY_PEER = "rated_by_peer"  # a subject of the audit that is kept from whom it names


class NotAPeer(RuleBroken):
    field = "peers"
    message = N_("Pilih rekan dari unit yang sama atau dengan atasan yang sama.")


class NobodyChosen(DomainError):
    field = "peers"
    message = N_("Pilih sedikitnya seorang rekan.")


class NothingAsked(DomainError):
    field = "competencies"
    message = N_("Pilih sedikitnya satu kompetensi.")


class AnsweredBefore(RuleBroken):
    message = N_("Penilaian ini sudah dikirim atau permintaannya sudah ditutup.")


class NothingRated(DomainError):
    message = N_("Nilailah sedikitnya satu kompetensi.")


def rate_oneself(
    session: Session, person_id: UUID, competency: str, level: int, reason: str, *, at: datetime
) -> EvidenceRecord:
    """Record the level that a person sees in themselves; a second click is the first rating.

    Raises UnknownCompetency, WrongLevel, ReasonTooLong.
    """
    if competency not in rows_on(session, agency_day(session, at)):
        raise service.UnknownCompetency
    _check(level)
    reason = _said(reason)
    service.hold(session, [person_id])
    latest = session.scalar(
        select(EvidenceRecord)
        .filter_by(person_id=person_id, competency=competency, kind=EvidenceKind.SELF)
        .order_by(EvidenceRecord.observed_at.desc(), EvidenceRecord.id.desc())
        .limit(1)
    )
    if (
        latest is not None
        and (latest.level, latest.reason) == (level, reason)
        and at - latest.observed_at < service.SAME_CLICK
    ):
        return latest
    return _record(
        session,
        person_id,
        competency,
        level,
        reason,
        kind=EvidenceKind.SELF,
        source=f"self:{person_id}",
        label=standing(session, person_id, at).full_name,
        actor_id=person_id,
        at=at,
    )


def ask(
    session: Session,
    person_id: UUID,
    peers: Collection[UUID],
    codes: Collection[str],
    *,
    by: Viewer,
    at: datetime,
) -> int:
    """Ask colleagues what they see; whoever is asked already and has not answered stays asked.

    Answers how many were asked anew. Only by the person's line, only colleagues of the same unit
    or the same supervisor. Raises OwnRating, NotInLine, NobodyChosen, NothingAsked, NotAPeer,
    UnknownCompetency.
    """
    if person_id == by.id:
        raise OwnRating
    places = places_over(session, by.id, person_id, at)
    if not places:
        raise NotInLine
    if not peers:
        raise NobodyChosen
    if not codes:
        raise NothingAsked
    known = rows_on(session, agency_day(session, at))
    if not set(codes) <= set(known):
        raise service.UnknownCompetency
    chosen = set(peers)
    offered = candidates(session, person_id, by.id, at, chosen=chosen, limit=0)
    if len(chosen) > MOST_CHOSEN or not chosen <= {one.id for one in offered.people}:
        raise NotAPeer
    nearest = min(places, key=lambda one: one.depth)
    capacity = capacity_at(session, by.id, nearest, at)
    asked_by = capacity.signed(by.name) if capacity else by.name
    service.hold(session, [person_id])
    asked = 0
    for peer_id in sorted(set(peers)):
        row = {
            "id": uuid7(),
            "person_id": person_id,
            "peer_id": peer_id,
            "asked_by": by.id,
            "asked_by_name": asked_by,
            "competencies": [code for code in known if code in set(codes)],
            "asked_at": at,
        }
        asked += insert_unless_taken(session, PeerRequest, row) is not None
    return asked


def answer(
    session: Session,
    request_id: UUID,
    levels: Mapping[str, int],
    reason: str,
    *,
    peer_id: UUID,
    at: datetime,
) -> None:
    """Record what a colleague sees in the competencies asked about; some may be left out.

    Raises NotFound for what was asked of somebody else, AnsweredBefore, NothingRated, WrongLevel,
    ReasonTooLong, UnknownCompetency.
    """
    request = session.get(PeerRequest, request_id, with_for_update=True, populate_existing=True)
    if request is None or request.peer_id != peer_id:
        raise NotFound
    if request.answered_at is not None or request.closed_at is not None:
        raise AnsweredBefore
    if not levels:
        raise NothingRated
    if not set(levels) <= set(request.competencies):
        raise service.UnknownCompetency
    for level in levels.values():
        _check(level)
    reason = _said(reason)
    service.hold(session, [request.person_id])
    beside = standing(session, peer_id, at)
    for code, level in sorted(levels.items()):
        _record(
            session,
            request.person_id,
            code,
            level,
            reason,
            kind=EvidenceKind.PEER,
            source=f"peer:{request.id}",
            label=beside.agency_name,  # of a unit there may be one colleague only
            actor_id=peer_id,
            at=at,
        )
    request.answered_at = at
    session.flush()
    audit.record(
        session,
        at=at,
        actor_id=peer_id,
        actor_name=beside.full_name,
        action="competency.peer_rated",
        subject=(
            RATED_BY_PEER,
            request.person_id,
            standing(session, request.person_id, at).full_name,
        ),
    )


def close(session: Session, request_id: UUID, *, by_id: UUID, at: datetime) -> None:
    """Withdraw what one has asked, or decline what one was asked; twice is once.

    Raises NotFound, AnsweredBefore once there is an answer.
    """
    request = session.get(PeerRequest, request_id, with_for_update=True, populate_existing=True)
    if request is None or by_id not in (request.asked_by, request.peer_id):
        raise NotFound
    if request.answered_at is not None:
        raise AnsweredBefore
    request.closed_at = request.closed_at or at
    session.flush()


def _record(
    session: Session,
    person_id: UUID,
    competency: str,
    level: int,
    reason: str,
    *,
    kind: EvidenceKind,
    source: str,
    label: str,
    actor_id: UUID,
    at: datetime,
) -> EvidenceRecord:
    here = standing(session, person_id, at)
    piece = EvidenceRecord(
        person_id=person_id,
        competency=competency,
        kind=kind,
        level=level,
        weight=1,
        source=source,
        label=label[: service.LABEL],
        observed_at=at,
        actor_id=actor_id,
        reason=reason,
        unit_id=here.unit_id,
        post_title=here.post_title,
        recorded_at=at,
    )
    session.add(piece)
    session.flush()
    # It changes no score, but each competency with evidence has one that is kept.
    service.recompute(session, person_id, [competency], at=at)
    return piece


def _check(level: object) -> None:
    if isinstance(level, bool) or not isinstance(level, int) or not LOWEST <= level <= HIGHEST:
        raise WrongLevel


def _said(reason: str) -> str:
    reason = clean_text(reason or "")
    if len(reason) > REASON:
        raise ReasonTooLong(most=REASON)
    return reason


# --------------------------------------------------------------------------------- reading


@dataclass(frozen=True)
class Colleague:
    """Somebody who may be asked."""

    id: UUID
    name: str
    post_title: str
    unit_name: str


@dataclass(frozen=True)
class Colleagues:
    """Those who may be asked: the chosen ones, then as many of the others as a page shows."""

    people: tuple[Colleague, ...]
    has_more: bool


@dataclass(frozen=True)
class Asked:
    """A request with the names of both."""

    request: PeerRequest
    person_name: str
    peer_name: str

    @property
    def is_open(self) -> bool:
        return self.request.answered_at is None and self.request.closed_at is None


def candidates(
    session: Session,
    person_id: UUID,
    asking_id: UUID,
    at: datetime,
    *,
    words: str = "",
    chosen: Collection[UUID] = (),
    limit: int = SHOWN,
) -> Colleagues:
    """Those of the same unit or the same direct supervisor today, with an account: whose name or
    unit holds each of the words, by name, besides the chosen ones. Two statements."""
    day = agency_day(session, at)
    unit = select(Posting.unit_id).where(Posting.person_id == person_id, in_force(Posting, day))
    above = select(Supervision.supervisor_id).where(
        Supervision.person_id == person_id, in_force(Supervision, day)
    )
    beside = select(Supervision.person_id).where(
        Supervision.supervisor_id.in_(above), in_force(Supervision, day)
    )
    is_chosen = Person.id.in_(sorted(chosen)[:MOST_CHOSEN])
    is_meant = [
        or_(
            func.lower(Person.name).contains(word.lower(), autoescape=True),
            func.lower(Unit.name).contains(word.lower(), autoescape=True),
        )
        for word in clean_text(words)[:WORDS].split()[:8]
    ]
    rows = session.execute(
        select(
            Person.id,
            Person.title_before,
            Person.name,
            Person.title_after,
            Posting.title,
            Unit.name.label("unit_name"),
            is_chosen.label("is_chosen"),
        )
        .join(Account, Account.person_id == Person.id)
        .outerjoin(Posting, (Posting.person_id == Person.id) & in_force(Posting, day))
        .outerjoin(Unit, Unit.id == Posting.unit_id)
        .where(
            Account.is_active,
            Person.id.not_in([person_id, asking_id]),
            or_(Posting.unit_id.in_(unit), Person.id.in_(beside)),
            or_(is_chosen, and_(true(), *is_meant)),
        )
        .order_by(case((is_chosen, 0), else_=1), Person.name, Person.id)
        .limit(MOST_CHOSEN + limit + 1)
    ).all()
    picked = sum(row.is_chosen for row in rows)
    return Colleagues(
        tuple(
            Colleague(
                row.id,
                full_name(row.title_before, row.name, row.title_after),
                row.title or "",
                row.unit_name or "",
            )
            for row in rows[: picked + limit]
        ),
        has_more=len(rows) > picked + limit,
    )


def requests_of(
    session: Session,
    *,
    person_id: UUID | None = None,
    peer_id: UUID | None = None,
    asked_by: UUID | None = None,
) -> list[Asked]:
    """What was asked about a person, of a colleague, or by a supervisor; open ones first, then
    the latest. One statement."""
    person, peer = aliased(Person), aliased(Person)
    statement = (
        select(PeerRequest, person, peer)
        .join(person, person.id == PeerRequest.person_id)
        .join(peer, peer.id == PeerRequest.peer_id)
        .order_by(PeerRequest.asked_at.desc(), PeerRequest.id)
    )
    if person_id is not None:
        statement = statement.where(PeerRequest.person_id == person_id)
    if peer_id is not None:
        statement = statement.where(PeerRequest.peer_id == peer_id)
    if asked_by is not None:
        statement = statement.where(PeerRequest.asked_by == asked_by)
    found = [
        Asked(request, about.full_name, asked.full_name)
        for request, about, asked in session.execute(statement)
    ]
    return sorted(found, key=lambda one: not one.is_open)
