"""What a post requires and what says so: of one competency, of all on a day, and how it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from corpu import vocabulary
from corpu.people.models import Agency, Person, Posting, Unit
from corpu.people.queries import Standing, in_force
from corpu.standards.models import PostStandard, StandardKind
from corpu.standards.need_history import Held, Said, Step, history
from corpu.standards.queries import book_of
from corpu.standards.rules import Given, Standard, Version
from corpu.zones import local_date


@dataclass(frozen=True)
class Line:
    """One competency of a post: its level, what says so, and the dictionary it comes from (None:
    the shipped one). A level of 0 was taken away."""

    code: str
    names: Mapping[str, Any]
    given: Given
    dictionary: Version | None


@dataclass(frozen=True)
class Requirement:
    """What one kind of post requires on a day. `since`: from when the person has held it, None
    where it is nobody's. `coming` are the standards that will begin after the day."""

    day: date
    post_type: str
    title: str
    unit_id: UUID | None
    unit_name: str
    lines: tuple[Line, ...]
    coming: tuple[Standard, ...]
    since: date | None = None


def given_of(session: Session, here: Standing, at: datetime) -> dict[str, Given]:
    """What says each level of `here.required`, and what was taken away, as `Book.given`. No
    statement: the stamp was noted with the standing."""
    if not here.post_type and not here.own_levels:
        return {}
    return book_of(session).given(
        here.agency_id,
        here.post_type,
        here.post_title,
        here.unit_id,
        local_date(at, here.agency_zone),
        vocabulary.required_level(here.post_type) if here.post_type else 0,
        here.own_levels,
    )


def requirement_of(
    session: Session,
    agency_id: UUID,
    post_type: str,
    title: str,
    unit: tuple[UUID, str] | None,
    day: date,
    *,
    own: Mapping[str, int] | None = None,
    since: date | None = None,
) -> Requirement:
    """What such posts require on a day, `unit` by identifier and name. No statement but what
    `book_of` needs."""
    book = book_of(session)
    unit_id = unit[0] if unit else None
    default = vocabulary.required_level(post_type) if post_type else 0
    rows = book.rows(day)
    given = book.given(agency_id, post_type, title, unit_id, day, default, own)
    return Requirement(
        day,
        post_type,
        title,
        unit_id,
        unit[1] if unit else "",
        tuple(
            Line(code, rows[code], one, book.version_with(code, day)) for code, one in given.items()
        ),
        tuple(book.coming(agency_id, post_type, title, unit_id, day)) if post_type else (),
        since,
    )


def requirement_on(session: Session, person_id: UUID, day: date) -> Requirement | None:
    """What the post of a person required on a day, by the standards as they stand now; None
    where they had no post. One statement."""
    row = session.execute(
        select(Posting, Unit.name, Person.agency_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .join(Person, Person.id == Posting.person_id)
        .where(Posting.person_id == person_id, in_force(Posting, day))
        .order_by(Posting.started_on.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    post, unit_name, agency_id = row
    return requirement_of(
        session,
        agency_id,
        post.post_type,
        post.title,
        (post.unit_id, unit_name),
        day,
        own=post.required_levels,
        since=post.started_on,
    )


def history_of(session: Session, person_id: UUID, until: date) -> list[Step]:
    """How what is required of a person came to be, up to a day, the newest first: as it was known
    on each day (`need_history`). Two statements."""
    rows = session.execute(
        select(Posting, Person.agency_id, Agency.timezone)
        .join(Person, Person.id == Posting.person_id)
        .join(Agency, Agency.id == Person.agency_id)
        .where(Posting.person_id == person_id)
        .order_by(Posting.started_on)
    ).all()
    if not rows:
        return []
    agency_id, zone = rows[0].agency_id, rows[0].timezone
    posts = [
        Held(
            agency_id,
            post.post_type,
            post.title,
            post.unit_id,
            post.started_on,
            post.ended_on,
            vocabulary.required_level(post.post_type) if post.post_type else 0,
            post.required_levels or {},
        )
        for post, _agency, _zone in rows
    ]
    said = _said(session, agency_id, {post.post_type for post in posts}, ZoneInfo(zone))
    return history(book_of(session), posts, said, until)


def _said(session: Session, agency_id: UUID, types: set[str], zone: ZoneInfo) -> list[Said]:
    back = aliased(PostStandard)
    rows = session.execute(
        select(PostStandard, back.recorded_at, back.reason)
        .outerjoin(back, back.withdraws_id == PostStandard.id)
        .where(
            PostStandard.agency_id == agency_id,
            PostStandard.kind != StandardKind.WITHDRAWAL,
            PostStandard.post_type.in_(sorted(types)),
        )
        .order_by(PostStandard.recorded_at, PostStandard.id)
    )
    return [
        Said(
            Standard(
                entry.agency_id,
                entry.post_type,
                entry.title_key,
                entry.unit_id,
                entry.starts_on,
                None if entry.kind is StandardKind.END else entry.levels,
                entry.id,
                entry.title,
                entry.legal_basis,
                entry.reason,
            ),
            entry.recorded_at.astimezone(zone).date(),
            taken_at.astimezone(zone).date() if taken_at else None,
            why or "",
        )
        for entry, taken_at, why in rows
    ]
