"""Changing what posts require. Append-only: a mistake is taken back by an entry of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from corpu import audit, vocabulary
from corpu.identity import Viewer
from corpu.standards.checks import LONGEST_TITLE, check_levels
from corpu.standards.models import PostStandard, StandardKind
from corpu.standards.queries import read_book
from corpu.standards.refusals import (
    BadTitle,
    NothingAsked,
    NothingToEnd,
    NotTheLatest,
    StandardsOverlap,
    TitleMissing,
    UnknownPostType,
    UnknownStandard,
    Wrong,
)
from corpu.standards.rules import Row, Standard, title_key
from corpu.standards.service import CONSOLE, hold, the_basis, the_reason
from corpu.texts import clean_text


@dataclass(frozen=True)
class Asked:
    """What some posts require. `title` "" for every post of the type, `unit_id` None for every
    unit; `levels` None lets the wider standard hold again."""

    post_type: str
    levels: Mapping[str, int] | None
    title: str = ""
    unit_id: UUID | None = None

    @property
    def key(self) -> tuple[str, str, UUID | None]:
        """Which posts are meant, as two of them are compared."""
        return self.post_type, title_key(self.title), self.unit_id

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Asked:
        """As `to_dict` has written it."""
        unit = data["unit_id"]
        return cls(data["post_type"], data["levels"], data["title"], UUID(unit) if unit else None)

    def to_dict(self) -> dict[str, Any]:
        """Safe for JSON."""
        return {
            "post_type": self.post_type,
            "title": clean_text(self.title),
            "unit_id": str(self.unit_id) if self.unit_id else None,
            "levels": None if self.levels is None else dict(self.levels),
        }

    def as_standard(self, agency_id: UUID, starts_on: date) -> Standard:
        """As it would stand in the book."""
        post_type, key, unit_id = self.key
        return Standard(agency_id, post_type, key, unit_id, starts_on, self.levels)


def set_standards(
    session: Session,
    agency_id: UUID,
    wanted: Sequence[Asked],
    *,
    starts_on: date,
    legal_basis: str,
    reason: str,
    by: Viewer | None,
    at: datetime,
) -> list[PostStandard]:
    """Let posts require these levels from a day on, all of them or none; answers the entries.

    Sent twice it is one standard. The unit is the caller's to check. Raises UnknownPostType,
    BadTitle, TitleMissing, NothingAsked, NothingToEnd, StandardsOverlap, BasisMissing,
    ReasonMissing, and Wrong with every unknown code and level.
    """
    legal_basis, reason = the_basis(legal_basis), the_reason(reason)
    hold(session)
    found = []
    for one, former in check_asked(session, agency_id, wanted, starts_on=starts_on):
        if former is not None and former.starts_on == starts_on:
            found.append(former)
            continue
        entry = PostStandard(
            agency_id=agency_id,
            kind=StandardKind.STANDARD if one.levels is not None else StandardKind.END,
            post_type=one.post_type,
            title=clean_text(one.title),
            title_key=title_key(clean_text(one.title)),
            unit_id=one.unit_id,
            starts_on=starts_on,
            levels=dict(one.levels or {}),
            legal_basis=legal_basis,
            reason=reason,
            recorded_by=by.id if by else None,
            recorded_by_name=by.name if by else CONSOLE,
            recorded_at=at,
        )
        session.add(entry)
        session.flush()
        found.append(entry)
        _note(session, entry, "standard.set", former, by=by, reason=reason, at=at)
    hold(session)
    return found


def check_asked(
    session: Session, agency_id: UUID, wanted: Sequence[Asked], *, starts_on: date
) -> list[tuple[Asked, PostStandard | None]]:
    """What is asked, each with the standard that it would follow; one that begins that very day
    says the same already. Raises what `set_standards` raises, but for the grounds."""
    known = usable(read_book(session).rows(starts_on), agency_id)
    latest = {entry_key(row): row for row in standing(session, agency_id)}
    found = []
    for one in wanted:
        _check(one, known)
        former = latest.get(one.key)
        if former is not None and former.starts_on >= starts_on:
            if former.starts_on > starts_on or _says(former) != one.levels:
                raise StandardsOverlap(post=one.title or one.post_type, day=former.starts_on)
        elif one.levels is None and (former is None or former.kind is StandardKind.END):
            raise NothingToEnd
        found.append((one, former))
    return found


def withdraw_standard(
    session: Session,
    agency_id: UUID,
    standard_id: UUID,
    *,
    reason: str,
    by: Viewer | None,
    at: datetime,
) -> PostStandard:
    """Take the latest standard of some posts back: what held before holds on. It stays in the
    history. Taken back twice is once. Raises UnknownStandard, NotTheLatest, ReasonMissing."""
    reason = the_reason(reason)
    entry = session.get(PostStandard, standard_id)
    if entry is None or entry.agency_id != agency_id or entry.kind is StandardKind.WITHDRAWAL:
        raise UnknownStandard
    hold(session)
    taken = session.scalar(select(PostStandard).where(PostStandard.withdraws_id == standard_id))
    if taken is not None:
        return taken
    latest = {entry_key(row): row for row in standing(session, agency_id)}
    if latest[entry_key(entry)].id != entry.id:
        raise NotTheLatest
    taken = PostStandard(
        agency_id=agency_id,
        kind=StandardKind.WITHDRAWAL,
        post_type=entry.post_type,
        title=entry.title,
        title_key=entry.title_key,
        unit_id=entry.unit_id,
        starts_on=entry.starts_on,
        levels={},
        legal_basis=entry.legal_basis,
        reason=reason,
        withdraws_id=entry.id,
        recorded_by=by.id if by else None,
        recorded_by_name=by.name if by else CONSOLE,
        recorded_at=at,
    )
    session.add(taken)
    session.flush()
    _note(session, taken, "standard.withdrawn", entry, by=by, reason=reason, at=at)
    hold(session)
    return taken


def standing(session: Session, agency_id: UUID) -> list[PostStandard]:
    """Every entry of an agency that was not taken back, by type and title, the earliest first."""
    taken_back = aliased(PostStandard)
    return list(
        session.scalars(
            select(PostStandard)
            .outerjoin(taken_back, taken_back.withdraws_id == PostStandard.id)
            .where(
                PostStandard.agency_id == agency_id,
                PostStandard.kind != StandardKind.WITHDRAWAL,
                taken_back.id.is_(None),
            )
            .order_by(
                PostStandard.post_type,
                PostStandard.title_key,
                PostStandard.starts_on,
                PostStandard.id,
            )
        )
    )


def entry_key(entry: PostStandard) -> tuple[str, str, UUID | None]:
    """Which posts an entry is about."""
    return entry.post_type, entry.title_key, entry.unit_id


def usable(rows: Mapping[str, Row], agency_id: UUID) -> dict[str, Row]:
    """The competencies that an agency may require: the nine and those of its dictionaries."""
    return {code: row for code, row in rows.items() if row.get("agency_id") in (None, agency_id)}


def _says(entry: PostStandard) -> Mapping[str, int] | None:
    return None if entry.kind is StandardKind.END else entry.levels


def _check(one: Asked, known: Mapping[str, Row]) -> None:
    if not vocabulary.required_level(one.post_type):
        raise UnknownPostType(code=one.post_type)
    title = clean_text(one.title)
    if len(title) > LONGEST_TITLE or len(title_key(title)) > LONGEST_TITLE:
        raise BadTitle
    if one.unit_id is not None and not title:
        raise TitleMissing
    if one.levels is None:
        return
    if not one.levels:
        raise NothingAsked
    if problems := check_levels(one.levels, known):
        raise Wrong(problems)


def _note(
    session: Session,
    entry: PostStandard,
    action: str,
    former: PostStandard | None,
    *,
    by: Viewer | None,
    reason: str,
    at: datetime,
) -> None:
    audit.record(
        session,
        at=at,
        actor_id=by.id if by else None,
        actor_name=by.name if by else CONSOLE,
        action=action,
        subject=("standard", entry.id, entry.title or entry.post_type),
        unit_id=entry.unit_id,
        before=_audited(former) if former else None,
        after=_audited(entry),
        reason=reason,
    )


def _audited(entry: PostStandard) -> dict[str, Any]:
    return {
        "post_type": entry.post_type,
        "started_on": entry.starts_on.isoformat(),
        "required_levels": dict(entry.levels) if entry.levels else "",
        "legal_basis": entry.legal_basis,
    }
