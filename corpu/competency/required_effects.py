"""What a draft of post standards, or taking one back, would change for whom.

Requirements are computed on reading, so the effect is too: nothing is kept that could grow old.
Levels are the kept scores, as on the heat map. The work is one look at the posts concerned and
one at their holders' scores, however many there are.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu.competency.models import CompetencyScore
from corpu.competency.need_changes import NeedEffect, PersonChange, changes_between
from corpu.competency.queries import match_of
from corpu.people.models import Account, Person, Posting, Unit
from corpu.people.queries import full_name, in_force, levels_by
from corpu.standards.drafts import asked_of
from corpu.standards.models import PostStandard, StandardDraft
from corpu.standards.queries import book_of
from corpu.standards.rules import Book


def effect_of_draft(session: Session, draft: StandardDraft, *, today: date) -> NeedEffect:
    """Whom a draft would concern on its first day, or today where that has passed. Two
    statements, and what `book_of` needs."""
    asked = asked_of(draft)
    book, day = book_of(session), max(today, draft.starts_on)
    after = book.as_if(one.as_standard(draft.agency_id, draft.starts_on) for one in asked)
    types = {one.post_type for one in asked}
    return effect_of(session, draft.agency_id, book, after, types, day=day)


def effect_of_withdrawal(session: Session, entry: PostStandard, *, today: date) -> NeedEffect:
    """Whom it would concern if a standard were taken back, as `effect_of_draft`."""
    book, day = book_of(session), max(today, entry.starts_on)
    after = book.as_if(without=entry.id)
    return effect_of(session, entry.agency_id, book, after, {entry.post_type}, day=day)


def effect_of(
    session: Session,
    agency_id: UUID,
    before: Book,
    after: Book,
    post_types: Collection[str],
    *,
    day: date,
) -> NeedEffect:
    """Everybody active who holds a post of these types on a day and of whom the two books
    require something else. Two statements."""
    holders = (
        select(
            Person.id,
            Person.title_before,
            Person.name,
            Person.title_after,
            Person.nip,
            Person.agency_id,
            Posting.unit_id,
            Unit.name.label("unit_name"),
            Posting.title.label("post_title"),
            Posting.post_type,
            Posting.required_levels,
        )
        .join(Account, Account.person_id == Person.id)
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(
            Person.agency_id == agency_id,
            Account.is_active,
            in_force(Posting, day),
            Posting.post_type.in_(sorted(post_types)),
        )
        .order_by(Person.name, Person.id)
    )
    rows = session.execute(holders).all()
    asked: dict[Any, tuple[dict[str, int], dict[str, int]]] = {}
    concerned = []
    for row in rows:
        own = tuple(sorted((row.required_levels or {}).items()))
        key = row.post_type, row.post_title, row.unit_id, own
        if key not in asked:
            asked[key] = levels_by(before, row, day), levels_by(after, row, day)
        if asked[key][0] != asked[key][1]:
            concerned.append((row, *asked[key]))
    if not concerned:
        return NeedEffect(len(rows), ())
    levels: dict[UUID, dict[str, int | None]] = {}
    kept = holders.with_only_columns(Person.id).order_by(None)
    for person_id, code, level in session.execute(
        select(CompetencyScore.person_id, CompetencyScore.competency, CompetencyScore.level).where(
            CompetencyScore.person_id.in_(kept)
        )
    ):
        levels.setdefault(person_id, {})[code] = level
    return NeedEffect(
        len(rows),
        tuple(
            PersonChange(
                person_id=row.id,
                name=full_name(row.title_before, row.name, row.title_after),
                nip=row.nip or "",
                unit_id=row.unit_id,
                unit_name=row.unit_name,
                post_title=row.post_title,
                needs=changes_between(then, now, levels.get(row.id, {})),
                jpm_before=match_of(levels.get(row.id, {}), then),
                jpm_after=match_of(levels.get(row.id, {}), now),
            )
            for row, then, now in concerned
        ),
    )
