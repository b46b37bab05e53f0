"""Closing the Buku JP of a year: what counts that day is copied, once and for good.

Nothing recorded afterwards changes the copy; what is decided later is later (`statements`).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from corpu import audit
from corpu.credentials.facts import issuing_unit
from corpu.database import insert_unless_taken, uuid7
from corpu.errors import N_, NotFound, RuleBroken
from corpu.hours.models import HourEntry, HourStatement, LearningClaim, State
from corpu.hours.queries import Book, book_of
from corpu.identity import Viewer
from corpu.jobs import enqueue
from corpu.people.models import Agency, Person, Posting
from corpu.people.queries import branch, standing
from corpu.zones import local_year

CLOSE = "hours.close_year"
RENDER = "hours.render_statement"
AT_ONCE = 50  # people in one transaction of the worker
FIRST_YEAR = 2019  # of the first conversion table
YEARS_SHOWN = 5
LAST_ZONE = "Asia/Jakarta"  # where a year ends last
NOON = time(5, tzinfo=UTC)  # midday in Indonesia: one calendar day in all three zones


class YearNotOver(RuleBroken):
    message = N_("Tahun %(year)s belum berakhir di WIB, WITA dan WIT. Tutup bukunya setelah itu.")


def is_over(year: int, at: datetime) -> bool:
    """Whether a calendar year has ended in all three zones, and is one that can be closed."""
    return FIRST_YEAR <= year < local_year(at, LAST_ZONE)


def close(
    session: Session, person_id: UUID, year: int, *, by: UUID, by_name: str, at: datetime
) -> bool:
    """Close the book of a person and year; a book that is closed stays as it is.

    Answers whether this call closed it. Unit and post are those of the last day of the year, or
    of the last one in a post that year; the signatory is that of the day of closing. What was
    decided while the worker came to this person is in the book, which is then closed no earlier
    than that. Raises YearNotOver, NotFound.
    """
    if not is_over(year, at):
        raise YearNotOver(year=year)
    # Whoever decides on a claim of this person meanwhile comes before or after, not between.
    held = select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    if session.scalar(held) is None:
        raise NotFound
    closed = select(HourStatement.id).filter_by(person_id=person_id, year=year)
    if session.scalar(closed) is not None:
        return False
    book = book_of(session, person_id, year)
    there = standing(
        session, person_id, datetime.combine(_last_day(session, person_id, year), NOON)
    )
    issuing = issuing_unit(session, there.unit_id) if there.unit_id else None
    signs = issuing.signatory if issuing else None
    content = {
        "name": there.full_name,
        "nip": there.nip or "",
        "post": there.post_title,
        "unit": there.unit_name,
        "agency": there.agency_name,
        "timezone": there.timezone,
        "issuer": issuing.unit_name if issuing else there.agency_name,
        "place": issuing.place if issuing else "",
        "signatory": vars(signs) if signs and signs.name.strip() else None,
        "lines": lines_of(book),
    }
    row = {
        "id": uuid7(),
        "person_id": person_id,
        "year": year,
        "jp": book.total,
        "content": content,
        "unit_id": there.unit_id,
        "frozen_at": max([at, *(one.decided_at for one in book.claims if one.decided_at)]),
        "frozen_by": by,
        "frozen_by_name": by_name,
    }
    return insert_unless_taken(session, HourStatement, row) is not None


def _last_day(session: Session, person_id: UUID, year: int) -> date:
    """The last day of a year on which the person had a post; its last day where there is none."""
    last = date(year, 12, 31)
    post = session.execute(
        select(Posting.ended_on)
        .where(Posting.person_id == person_id, _within(Posting, year))
        .order_by(Posting.started_on.desc())
        .limit(1)
    ).one_or_none()
    return last if post is None or post.ended_on is None else min(post.ended_on, last)


def lines_of(book: Book) -> list[dict[str, Any]]:
    """What counts in a book, as JSON can hold it: courses by day, then the other learning."""
    kept = [
        {
            "key": line.id.hex,
            "title": line.title,
            "form": "",
            "rule": line.rule.rule if line.rule else "",
            "started_on": line.day.isoformat(),
            "ended_on": line.day.isoformat(),
            "jp": str(line.rule.jp_full if line.rule else line.jp),
            "counted": str(line.jp),
        }
        for line in book.lines
    ]
    return kept + [
        {
            "key": line.id.hex,
            "title": line.title,
            "form": line.form.name_id,
            "rule": line.rule_version,
            "started_on": line.started_on.isoformat(),
            "ended_on": line.ended_on.isoformat(),
            "jp": str(line.jp),
            "counted": str(line.counted),
        }
        for line in reversed(book.verified)
    ]


def plan_closing(
    session: Session, year: int, tops: frozenset[UUID] | None, *, by: Viewer, at: datetime
) -> None:
    """Let the worker close the year for everybody who belonged below these units at its end
    (None: everybody); see `_people`.

    Asking again closes it for those who were not there the first time. Raises YearNotOver.
    """
    if not is_over(year, at):
        raise YearNotOver(year=year)
    units = None if tops is None else sorted(unit.hex for unit in tops)
    payload = {"year": year, "units": units, "by": by.id.hex, "by_name": by.name, "after": None}
    enqueue(session, CLOSE, payload, at=at)  # twice is harmless: what is closed stays closed
    agency = session.execute(select(Agency.id, Agency.name).limit(1)).one()
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action="hours.year_closed",
        subject=("agency", agency.id, agency.name),
        unit_id=next(iter(tops)) if tops and len(tops) == 1 else None,
        after={"year": year},
    )


def close_job(session: Session, payload: dict[str, Any], at: datetime) -> None:
    """Close the year for the next people, and ask for the rest and for the files of these."""
    units, year = payload["units"], payload["year"]
    tops = None if units is None else {UUID(hex=unit) for unit in units}
    statement = _people(_reach(session, tops), year)
    if payload["after"]:
        statement = statement.where(Person.id > UUID(hex=payload["after"]))
    found = session.scalars(statement.order_by(Person.id).limit(AT_ONCE)).all()
    by = UUID(hex=payload["by"])
    for person_id in found:
        if close(session, person_id, year, by=by, by_name=payload["by_name"], at=at):
            asked = {"person_id": str(person_id), "year": year}
            enqueue(session, RENDER, asked, at=at, dedup=f"{RENDER}:{person_id}:{year}")
    if len(found) == AT_ONCE:
        enqueue(session, CLOSE, payload | {"after": found[-1].hex}, at=at)


def _reach(session: Session, tops: Collection[UUID] | None) -> set[UUID] | None:
    """These units and all below; None is the whole agency."""
    return None if tops is None else branch(session, tops)


def _within(post: Any, year: int) -> Any:
    """The condition that a post was held on some day of a year."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    return and_(post.started_on <= last, or_(post.ended_on.is_(None), post.ended_on >= first))


def _people(units: Collection[UUID] | None, year: int) -> Select[Any]:
    """Whose book of a year these units close: everybody whose last post of that year was in one
    of them, whatever became of the person or the account since; for the whole agency also
    whoever has hours or claims of that year without a post.
    """
    later = aliased(Posting)
    moved = (
        select(later.id)
        .where(
            later.person_id == Posting.person_id,
            later.started_on > Posting.started_on,
            _within(later, year),
        )
        .exists()
    )
    posted = select(Posting.person_id).where(_within(Posting, year), ~moved)
    if units is not None:
        return select(Person.id).where(Person.id.in_(posted.where(Posting.unit_id.in_(units))))
    learnt = select(HourEntry.person_id).where(HourEntry.year == year)
    claimed = select(LearningClaim.person_id).where(LearningClaim.year == year)
    anybody = [Person.id.in_(found) for found in (posted, learnt, claimed)]
    return select(Person.id).where(or_(*anybody))


@dataclass(frozen=True)
class YearLine:
    """How far a year is closed, for the people in reach."""

    year: int
    people: int
    closed: int
    waiting: int  # claims of that year that nobody has decided on


def years(session: Session, tops: Collection[UUID] | None, at: datetime) -> list[YearLine]:
    """The last years that are over, latest first, from the first one in which anybody has
    hours; last year in any case. Two statements, three below units, whatever their number."""
    units, latest = _reach(session, tops), local_year(at, LAST_ZONE) - 1
    known = [first for first in session.execute(_first_years(units)).one() if first is not None]
    earliest = max(FIRST_YEAR, latest - YEARS_SHOWN + 1, min(known, default=latest))
    found = range(latest, min(earliest, latest) - 1, -1)
    counted = session.execute(select(*(one for year in found for one in _counted(units, year))))
    figures = iter(counted.one())
    return [YearLine(year, next(figures), next(figures), next(figures)) for year in found]


def _first_years(units: Collection[UUID] | None) -> Select[Any]:
    """The first year with hours, and with claims, of whoever was ever in these units."""
    hours, claims = select(func.min(HourEntry.year)), select(func.min(LearningClaim.year))
    if units is not None:
        here = select(Posting.person_id).where(Posting.unit_id.in_(units))
        hours = hours.where(HourEntry.person_id.in_(here))
        claims = claims.where(LearningClaim.person_id.in_(here))
    return select(hours.scalar_subquery(), claims.scalar_subquery())


def _counted(units: Collection[UUID] | None, year: int) -> list[Any]:
    """How many people a year has, how many of them are closed, and how many claims wait."""
    people = _people(units, year)
    return [
        select(func.count()).select_from(people.subquery()).scalar_subquery(),
        select(func.count())
        .where(HourStatement.year == year, HourStatement.person_id.in_(people))
        .scalar_subquery(),
        select(func.count())
        .where(
            LearningClaim.year == year,
            LearningClaim.state == State.CLAIMED,
            LearningClaim.person_id.in_(people),
        )
        .scalar_subquery(),
    ]
