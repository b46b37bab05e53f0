"""Reading dictionaries and standards: kept by a process, under a stamp that travels along.

Pages that show competencies are the hot ones, so what is published is read once by a process.
Who reads a person reads the stamp in the same statement (`STAMP`) and notes it on the session;
only where nobody did is it asked for, and only a stamp not seen before is followed by reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from threading import Lock
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from corpu.standards.models import (
    Framework,
    FrameworkCompetency,
    FrameworkVersion,
    PostStandard,
    StandardKind,
    StandardsStamp,
    VersionState,
)
from corpu.standards.rules import Book, Entry, LevelText, Row, Standard, Version
from corpu.vocabulary import competencies

STAMP = select(StandardsStamp.stamp).where(StandardsStamp.id == 1).scalar_subquery()
NOTED = "standards stamp"  # in the info of a session: (its transaction, the stamp)
MOST_KEPT = 8

_books: dict[UUID, Book] = {}
_lock = Lock()


def note_stamp(session: Session, stamp: UUID | None) -> None:
    """Keep a stamp that was read along, until the transaction or savepoint ends."""
    session.info[NOTED] = _transaction(session), stamp


def _transaction(session: Session) -> object:
    return session.get_nested_transaction() or session.get_transaction()


def forget_stamp(session: Session) -> None:
    """Something was changed in this transaction: ask again."""
    session.info.pop(NOTED, None)


def book_of(session: Session) -> Book:
    """All published dictionaries and standing standards. No statement where the stamp was read
    along and is known; at most one to ask for it, and two to read what is new."""
    transaction, stamp = session.info.get(NOTED, (None, None))
    if transaction is None or transaction is not _transaction(session):
        stamp = session.scalar(select(STAMP))
        note_stamp(session, stamp)
    if stamp is None:
        return Book(competencies())
    found = _books.get(stamp)
    if found is None:
        found = read_book(session)
        with _lock:
            while len(_books) >= MOST_KEPT:
                del _books[next(iter(_books))]
            _books[stamp] = found
    return found


def rows_on(session: Session, day: date) -> Mapping[str, Row]:
    """Every competency in force on a day by code, the nine first."""
    return book_of(session).rows(day)


def read_book(session: Session) -> Book:
    """The same from the database, whatever is kept. Two statements."""
    versions: dict[UUID, list[Entry]] = {}
    about: dict[UUID, tuple[FrameworkVersion, Framework]] = {}
    for version, framework, row in session.execute(
        select(FrameworkVersion, Framework, FrameworkCompetency)
        .join(Framework, Framework.id == FrameworkVersion.framework_id)
        .outerjoin(FrameworkCompetency, FrameworkCompetency.version_id == FrameworkVersion.id)
        .where(FrameworkVersion.state == VersionState.PUBLISHED)
        .order_by(Framework.code, FrameworkVersion.number, FrameworkCompetency.position)
    ):
        about[version.id] = version, framework
        versions.setdefault(version.id, [])
        if row is not None:
            versions[version.id].append(entry_of(row))
    return Book(
        competencies(),
        tuple(
            Version(
                framework.id,
                framework.code,
                framework.name,
                framework.agency_id,
                framework.kind,
                version.number,
                version.starts_on,
                tuple(versions[version_id]),
            )
            for version_id, (version, framework) in about.items()
            if version.starts_on is not None  # a published one has a day
        ),
        tuple(_standing_standards(session)),
    )


def entry_of(row: FrameworkCompetency) -> Entry:
    """A row as a plain value."""
    return Entry(
        row.code,
        row.name_id,
        row.name_en,
        row.definition_id,
        row.definition_en,
        tuple(map(LevelText.from_dict, row.levels)),
    )


def _standing_standards(session: Session) -> list[Standard]:
    taken_back = aliased(PostStandard)
    rows = session.execute(
        select(
            PostStandard.agency_id,
            PostStandard.kind,
            PostStandard.post_type,
            PostStandard.title_key,
            PostStandard.unit_id,
            PostStandard.starts_on,
            PostStandard.levels,
            PostStandard.id,
            PostStandard.title,
            PostStandard.legal_basis,
            PostStandard.reason,
        )
        .outerjoin(taken_back, taken_back.withdraws_id == PostStandard.id)
        .where(PostStandard.kind != StandardKind.WITHDRAWAL, taken_back.id.is_(None))
    )
    return [
        Standard(
            row.agency_id,
            row.post_type,
            row.title_key,
            row.unit_id,
            row.starts_on,
            None if row.kind is StandardKind.END else row.levels,
            row.id,
            row.title,
            row.legal_basis,
            row.reason,
        )
        for row in rows
    ]
