"""Drafts of what posts require: kept, changed, thrown away, and published once they were looked at.

A draft is one standard or a whole table of them. It is checked as it will be when it is published,
so that nobody looks at the effect of something that can never hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.identity import Viewer
from corpu.standards.models import DraftState, PostStandard, StandardDraft
from corpu.standards.posts import Asked, check_asked, set_standards
from corpu.standards.refusals import DraftChanged, StandardDraftClosed, UnknownDraft
from corpu.standards.service import CONSOLE, hold

MOST_SHOWN = 50


def save_draft(
    session: Session,
    agency_id: UUID,
    draft_id: UUID,
    wanted: Sequence[Asked],
    *,
    starts_on: date,
    seen: int | None,
    by: Viewer | None,
    at: datetime,
) -> StandardDraft:
    """Keep a draft, new (`seen` None) or in the place of the one whose edits were `seen`.

    `draft_id` makes one draft of two clicks. Raises UnknownDraft, StandardDraftClosed,
    DraftChanged, and what `check_asked` raises.
    """
    hold(session)
    draft = session.get(StandardDraft, draft_id, populate_existing=True)
    if draft is not None and draft.agency_id != agency_id:
        raise UnknownDraft
    if draft is not None and draft.state is not DraftState.OPEN:
        raise StandardDraftClosed
    check_asked(session, agency_id, wanted, starts_on=starts_on)
    said = [one.to_dict() for one in wanted]
    if draft is None:
        draft = StandardDraft(
            id=draft_id,
            agency_id=agency_id,
            state=DraftState.OPEN,
            asked=said,
            starts_on=starts_on,
            edits=0,
            created_by=by.id if by else None,
            created_by_name=by.name if by else CONSOLE,
            created_at=at,
            changed_at=at,
        )
        session.add(draft)
        session.flush()
        return draft
    if (draft.asked, draft.starts_on) == (said, starts_on):
        return draft
    if draft.edits != seen:
        raise DraftChanged
    draft.asked, draft.starts_on, draft.changed_at = said, starts_on, at
    draft.edits += 1
    session.flush()
    return draft


def discard_draft(
    session: Session,
    agency_id: UUID,
    draft_id: UUID,
    *,
    seen: int | None,
    by: Viewer | None,
    at: datetime,
) -> None:
    """Put a draft away; twice is once. Raises UnknownDraft, StandardDraftClosed once it is
    published, DraftChanged."""
    draft = _held(session, agency_id, draft_id)
    if draft.state is DraftState.DISCARDED:
        return
    if draft.state is DraftState.PUBLISHED:
        raise StandardDraftClosed
    if draft.edits != seen:
        raise DraftChanged
    draft.state, draft.changed_at = DraftState.DISCARDED, at
    session.flush()
    _note(session, draft, by=by, at=at)


def publish_draft(
    session: Session,
    agency_id: UUID,
    draft_id: UUID,
    *,
    seen: int | None,
    legal_basis: str,
    reason: str,
    by: Viewer | None,
    at: datetime,
) -> list[PostStandard]:
    """Let posts require what a draft says, from its day on; answers the entries. Whoever comes
    second finds it done: nothing is answered. Raises UnknownDraft, StandardDraftClosed where it
    was put away, DraftChanged, and what `set_standards` raises."""
    draft = _held(session, agency_id, draft_id)
    if draft.state is DraftState.PUBLISHED:
        return []
    if draft.state is not DraftState.OPEN:
        raise StandardDraftClosed
    if draft.edits != seen:
        raise DraftChanged
    entries = set_standards(
        session,
        agency_id,
        asked_of(draft),
        starts_on=draft.starts_on,
        legal_basis=legal_basis,
        reason=reason,
        by=by,
        at=at,
    )
    draft.state, draft.published_at = DraftState.PUBLISHED, at
    session.flush()
    return entries


def asked_of(draft: StandardDraft) -> list[Asked]:
    """What a draft asks of which posts."""
    return [Asked.from_dict(one) for one in draft.asked]


def draft_of(session: Session, agency_id: UUID, draft_id: UUID) -> StandardDraft:
    """A draft of this agency, open or published; UnknownDraft for one that was put away too."""
    draft = session.get(StandardDraft, draft_id)
    if draft is None or draft.agency_id != agency_id or draft.state is DraftState.DISCARDED:
        raise UnknownDraft
    return draft


def open_drafts(session: Session, agency_id: UUID) -> list[StandardDraft]:
    """Those that are thought about, the latest change first."""
    return list(
        session.scalars(
            select(StandardDraft)
            .where(StandardDraft.agency_id == agency_id, StandardDraft.state == DraftState.OPEN)
            .order_by(StandardDraft.changed_at.desc(), StandardDraft.id)
            .limit(MOST_SHOWN)
        )
    )


def _held(session: Session, agency_id: UUID, draft_id: UUID) -> StandardDraft:
    """The draft, one act after the other."""
    hold(session)
    draft = session.get(StandardDraft, draft_id, populate_existing=True)
    if draft is None or draft.agency_id != agency_id:
        raise UnknownDraft
    return draft


def _note(session: Session, draft: StandardDraft, *, by: Viewer | None, at: datetime) -> None:
    audit.record(
        session,
        at=at,
        actor_id=by.id if by else None,
        actor_name=by.name if by else CONSOLE,
        action="standard.draft_discarded",
        subject=("standard_draft", draft.id, draft.created_by_name),
        before={"started_on": draft.starts_on.isoformat(), "rows": len(draft.asked)},
    )
