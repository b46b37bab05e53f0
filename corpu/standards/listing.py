"""What managers read of dictionaries and standards: lists, versions, who said it and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from corpu.errors import NotFound
from corpu.standards.models import (
    Framework,
    FrameworkCompetency,
    FrameworkVersion,
    PostStandard,
    StandardKind,
)
from corpu.standards.posts import Asked, entry_key, standing
from corpu.standards.refusals import UnknownFramework
from corpu.standards.rules import Entry, LevelText
from corpu.standards.service import entries_of, framework_of
from corpu.vocabulary import competencies


@dataclass(frozen=True)
class VersionLine:
    """One version in a list; `ends_on` is the day before the next one holds."""

    id: UUID
    number: int
    edits: int
    starts_on: date | None
    legal_basis: str
    reason: str
    published_at: datetime | None
    published_by: str
    count: int

    @property
    def is_draft(self) -> bool:
        return self.starts_on is None


@dataclass(frozen=True)
class FrameworkView:
    """A dictionary with its versions, the newest first."""

    framework: Framework
    versions: tuple[VersionLine, ...]

    @property
    def draft(self) -> VersionLine | None:
        return next((one for one in self.versions if one.is_draft), None)

    @property
    def published(self) -> list[VersionLine]:
        return [one for one in self.versions if not one.is_draft]

    def in_force(self, day: date) -> VersionLine | None:
        """The version that holds on a day."""
        begun = [one for one in self.published if one.starts_on and one.starts_on <= day]
        return max(begun, key=lambda one: one.starts_on or date.min, default=None)

    def coming(self, day: date) -> list[VersionLine]:
        """Published and not yet in force."""
        return [one for one in self.published if one.starts_on and one.starts_on > day]

    def numbered(self, number: int) -> VersionLine:
        """One of the versions, or UnknownFramework."""
        found = next((one for one in self.versions if one.number == number), None)
        if found is None:
            raise UnknownFramework
        return found

    def before(self, version: VersionLine) -> VersionLine | None:
        """The version that it replaces, or would."""
        return next((one for one in self.versions if one.number < version.number), None)


def frameworks(session: Session, agency_id: UUID) -> list[FrameworkView]:
    """The dictionaries of an agency by code. Two statements."""
    found = session.scalars(
        select(Framework).where(Framework.agency_id == agency_id).order_by(Framework.code)
    ).all()
    versions = _versions(session, [one.id for one in found])
    return [FrameworkView(one, tuple(versions.get(one.id, ()))) for one in found]


def framework_view(session: Session, agency_id: UUID, framework_id: UUID) -> FrameworkView:
    """One of them, or UnknownFramework."""
    framework = framework_of(session, agency_id, framework_id)
    return FrameworkView(framework, tuple(_versions(session, [framework_id])[framework_id]))


def _versions(session: Session, ids: list[UUID]) -> dict[UUID, list[VersionLine]]:
    count = (
        select(func.count())
        .select_from(FrameworkCompetency)
        .where(FrameworkCompetency.version_id == FrameworkVersion.id)
        .correlate(FrameworkVersion)
        .scalar_subquery()
    )
    found: dict[UUID, list[VersionLine]] = {one: [] for one in ids}
    for row in session.execute(
        select(
            FrameworkVersion.framework_id,
            FrameworkVersion.id,
            FrameworkVersion.number,
            FrameworkVersion.edits,
            FrameworkVersion.starts_on,
            FrameworkVersion.legal_basis,
            FrameworkVersion.reason,
            FrameworkVersion.published_at,
            FrameworkVersion.published_by_name,
            count,
        )
        .where(FrameworkVersion.framework_id.in_(ids))
        .order_by(FrameworkVersion.number.desc())
    ):
        found[row.framework_id].append(VersionLine(*row[1:]))
    return found


def shipped_entries() -> list[Entry]:
    """The nine as plain values, to be read and exported like a dictionary of an agency."""
    return [
        Entry(
            code,
            row["name_id"],
            row["name_en"],
            "",
            "",
            tuple(
                LevelText(
                    one["description_id"],
                    one["description_en"],
                    (one["observable_id"],),
                    (one["observable_en"],),
                )
                for one in row["levels"]
            ),
        )
        for code, row in competencies().items()
    ]


def entry_in(session: Session, version_id: UUID, code: str) -> tuple[Entry, Entry | None]:
    """A competency of a version with the one after it; NotFound without it."""
    entries = entries_of(session, version_id)
    for one, after in zip_longest(entries, entries[1:]):
        if one.code == code:
            return one, after
    raise NotFound


def name_in(session: Session, version_id: UUID, code: str) -> str:
    """What a competency of a version is called; the code where it is not there."""
    found = session.scalar(
        select(FrameworkCompetency.name_id).filter_by(version_id=version_id, code=code)
    )
    return found or code


# ------------------------------------------------------------------------------ standards


@dataclass(frozen=True)
class StandardLine:
    """An entry of the history, and who took it back when and why."""

    entry: PostStandard
    withdrawn: PostStandard | None

    @property
    def is_end(self) -> bool:
        return self.entry.kind is StandardKind.END


def history(
    session: Session, agency_id: UUID, *, first: int = 0, limit: int = 25
) -> list[StandardLine]:
    """Every standard that was ever set, the newest entry first."""
    back = aliased(PostStandard)
    rows = session.execute(
        select(PostStandard, back)
        .outerjoin(back, back.withdraws_id == PostStandard.id)
        .where(PostStandard.agency_id == agency_id, PostStandard.kind != StandardKind.WITHDRAWAL)
        .order_by(PostStandard.recorded_at.desc(), PostStandard.id.desc())
        .offset(first)
        .limit(limit)
    )
    return [StandardLine(entry, withdrawn) for entry, withdrawn in rows]


def standard_line(session: Session, agency_id: UUID, standard_id: UUID) -> StandardLine | None:
    """One entry of the history of an agency, or None."""
    back = aliased(PostStandard)
    row = session.execute(
        select(PostStandard, back)
        .outerjoin(back, back.withdraws_id == PostStandard.id)
        .where(
            PostStandard.id == standard_id,
            PostStandard.agency_id == agency_id,
            PostStandard.kind != StandardKind.WITHDRAWAL,
        )
    ).first()
    return StandardLine(row[0], row[1]) if row else None


def in_force(
    session: Session, agency_id: UUID, day: date
) -> dict[tuple[str, str, UUID | None], PostStandard]:
    """What holds on a day for each kind of post, ends left out."""
    found = {entry_key(row): row for row in standing(session, agency_id) if row.starts_on <= day}
    return {key: row for key, row in found.items() if row.kind is StandardKind.STANDARD}


def levels_on(
    found: Mapping[tuple[str, str, UUID | None], PostStandard],
    key: tuple[str, str, UUID | None],
) -> Mapping[str, Any]:
    """What the standards of a day say of just these posts."""
    return found[key].levels if key in found else {}


@dataclass(frozen=True)
class Planned:
    """What a draft says of some posts, and what stands for them on its first day."""

    asked: Asked
    before: Mapping[str, int]
    is_new: bool

    @property
    def changed(self) -> list[tuple[str, int | None, int | None]]:
        """(code, level now, level then) of what differs."""
        after = self.asked.levels or {}
        return [
            (code, self.before.get(code), after.get(code))
            for code in dict.fromkeys([*after, *self.before])
            if self.before.get(code) != after.get(code)
        ]


def planned(session: Session, agency_id: UUID, asked: Sequence[Asked], day: date) -> list[Planned]:
    """What is asked beside what stands for just these posts on a day. One statement."""
    found = in_force(session, agency_id, day)
    return [Planned(one, levels_on(found, one.key), one.key not in found) for one in asked]
