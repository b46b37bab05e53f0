"""Level 3: the links of who is asked, and their answers. Flushes, never commits."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.catalog.models import Course
from corpu.errors import NotFound
from corpu.evaluation.boxes import drop
from corpu.evaluation.items import MOST_REMARK, behaviour_items
from corpu.evaluation.models import (
    EvaluationInvitation,
    EvaluationRound,
    Role,
    SupervisorAnswer,
)
from corpu.evaluation.refusals import (
    AlreadyAnswered,
    AnswerOutOfScale,
    LinkEnded,
    NothingAnswered,
    PersonHasAnswered,
    RoundClosed,
)
from corpu.evaluation.rules import Part
from corpu.identity import Viewer


def make_links(
    session: Session, round_id: UUID, *, by: Viewer, at: datetime
) -> list[tuple[EvaluationInvitation, str]]:
    """New links for everybody who has not answered, and their tokens; only hashes are kept, so
    this is the one time that anybody sees them. Earlier links end. Raises NotFound, RoundClosed."""
    # Whoever answers meanwhile holds an invitation, and needs to name the round.
    round_ = session.get(EvaluationRound, round_id, with_for_update={"key_share": True})
    if round_ is None:
        raise NotFound
    if round_.closes_at <= at:
        raise RoundClosed
    rows = session.scalars(
        select(EvaluationInvitation)
        .filter_by(round_id=round_id, is_answered=False, revoked_at=None)
        .order_by(EvaluationInvitation.id)
        .with_for_update()
    ).all()
    made = []
    for row in rows:
        token = secrets.token_urlsafe(32)
        row.token_hash = token_hash(token)
        made.append((row, token))
    session.flush()
    _log_round(session, round_, "evaluation.links_made", {"links": len(made)}, by, at)
    return made


def revoke(session: Session, invitation_id: UUID, *, by: Viewer, at: datetime) -> None:
    """Ask somebody no more; twice is once. What was answered stays. Raises NotFound,
    PersonHasAnswered."""
    row = session.get(EvaluationInvitation, invitation_id, with_for_update=True)
    if row is None:
        raise NotFound
    if row.is_answered:
        raise PersonHasAnswered
    if row.revoked_at is not None:
        return
    row.revoked_at, row.token_hash = at, None
    session.flush()
    round_ = session.get_one(EvaluationRound, row.round_id)
    _log_round(session, round_, "evaluation.revoked", {"asked_as": row.role.value}, by, at)


def _log_round(
    session: Session,
    round_: EvaluationRound,
    action: str,
    after: dict[str, Any],
    by: Viewer,
    at: datetime,
) -> None:
    slug = session.scalar(select(Course.slug).where(Course.id == round_.course_id)) or ""
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action=action,
        subject=("evaluation", round_.id, slug),
        unit_id=round_.unit_id,
        after=after,
    )


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_of_link(session: Session, token: str, *, at: datetime) -> EvaluationInvitation:
    """Whom a link asks, without using it: mail scanners open links too. Raises LinkEnded."""
    return _invitation(session, EvaluationInvitation.token_hash == token_hash(token), at)


def invitation_of(
    session: Session, person_id: UUID, invitation_id: UUID, *, at: datetime
) -> EvaluationInvitation:
    """The same for somebody signed in, without a link. Another's is none. Raises NotFound,
    AlreadyAnswered."""
    try:
        return _invitation(
            session,
            and_(
                EvaluationInvitation.id == invitation_id,
                EvaluationInvitation.person_id == person_id,
            ),
            at,
        )
    except LinkEnded:
        row = session.get(EvaluationInvitation, invitation_id, populate_existing=True)
        if row is not None and row.person_id == person_id and row.is_answered:
            raise AlreadyAnswered from None
        raise NotFound from None


def _invitation(session: Session, where: Any, at: datetime) -> EvaluationInvitation:
    found = session.scalar(
        select(EvaluationInvitation)
        .join(EvaluationRound, EvaluationRound.id == EvaluationInvitation.round_id)
        .where(
            where,
            EvaluationInvitation.is_answered.is_(False),
            EvaluationInvitation.revoked_at.is_(None),
            EvaluationRound.closes_at > at,
        )
        .with_for_update(of=EvaluationInvitation)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise LinkEnded
    return found


def answer_invitation(
    session: Session,
    invitation: EvaluationInvitation,
    scores: Mapping[str, int],
    remark: str,
    *,
    at: datetime,
) -> None:
    """Count what somebody asked says, 0 to 100 an item, and use up the invitation; fetched in
    the same unit of work, so that of two at once one finds it gone. The supervisor's answer
    is kept by name, any other in a box. Raises AnswerOutOfScale, NothingAnswered."""
    asked = set(behaviour_items())
    if any(item not in asked or not 0 <= score <= 100 for item, score in scores.items()):
        raise AnswerOutOfScale
    if not scores:
        raise NothingAnswered
    invitation.is_answered, invitation.token_hash = True, None
    session.flush()
    round_ = session.get_one(EvaluationRound, invitation.round_id)
    if invitation.role is Role.SUPERVISOR:
        session.add(
            SupervisorAnswer(
                round_id=round_.id,
                supervisor_id=invitation.person_id,
                scores=dict(scores),
                remark=remark[:MOST_REMARK],
                answered_at=at,
            )
        )
        session.flush()
        return
    drop(
        session,
        round_.course_id,
        round_.edition_id,
        round_.period_on,
        Part(invitation.role.value),
        "behaviour",
        {item: str(score) for item, score in scores.items()},
        remark,
    )
