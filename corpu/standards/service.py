"""Changing the dictionaries of an agency. Every function flushes and none commits.

All changes of dictionaries and standards come one after the other: each begins by taking the
row of the stamp, and ends by giving it a new value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.codes import same
from corpu.database import upsert, uuid7
from corpu.identity import Viewer
from corpu.standards.checks import MOST_COMPETENCIES, check_entry
from corpu.standards.models import (
    Framework,
    FrameworkCompetency,
    FrameworkVersion,
    StandardsStamp,
    VersionState,
)
from corpu.standards.queries import entry_of, forget_stamp
from corpu.standards.refusals import (
    BackDated,
    BadFramework,
    BasisMissing,
    CodeTaken,
    DraftChanged,
    NameMissing,
    NoDraft,
    NothingToPublish,
    ReasonMissing,
    TooManyCompetencies,
    UnknownFramework,
    VersionsOverlap,
    Wrong,
)
from corpu.standards.rules import CODE, LONGEST_CODE, Entry, Kind
from corpu.texts import clean_text
from corpu.vocabulary import competencies

CONSOLE = "konsol"  # the actor of commands
LONGEST_BASIS, LONGEST_REASON, LONGEST_NAME = 300, 500, 200


def create_framework(
    session: Session,
    agency_id: UUID,
    *,
    code: str,
    name: str,
    kind: Kind,
    by: Viewer | None,
    at: datetime,
) -> Framework:
    """A new dictionary, with an empty draft. Raises BadFramework, NameMissing, CodeTaken."""
    code, name = clean_text(code).upper(), clean_text(name)
    if not CODE.fullmatch(code) or len(code) > LONGEST_CODE:
        raise BadFramework
    if not 1 <= len(name) <= LONGEST_NAME:
        raise NameMissing
    hold(session)
    if session.scalar(
        select(Framework.id).where(Framework.agency_id == agency_id, Framework.code == code)
    ):
        raise CodeTaken(code=code)
    framework = Framework(agency_id=agency_id, code=code, name=name, kind=Kind(kind), created_at=at)
    session.add(framework)
    session.flush()
    session.add(_draft(framework, 1, at))
    session.flush()
    note(
        session,
        framework,
        "framework.created",
        by=by,
        at=at,
        after={"code": code, "name": name, "framework_kind": framework.kind.value},
    )
    return framework


def start_draft(
    session: Session, agency_id: UUID, framework_id: UUID, *, by: Viewer | None, at: datetime
) -> FrameworkVersion:
    """The draft of a dictionary: the one there is, or a copy of the latest version."""
    framework = _held(session, agency_id, framework_id)
    draft = _the_draft(session, framework_id)
    if draft is not None:
        return draft
    latest = latest_version(session, framework_id)
    draft = _draft(framework, latest.number + 1 if latest else 1, at)
    session.add(draft)
    session.flush()
    if latest is not None:
        _write(session, draft, entries_of(session, latest.id))
    note(session, framework, "framework.draft_started", by=by, at=at, after=_numbered(draft))
    return draft


def put_entry(
    session: Session,
    agency_id: UUID,
    framework_id: UUID,
    entry: Entry,
    *,
    replacing: str | None = None,
    seen: int,
) -> FrameworkVersion:
    """Add a competency to the draft, or put it in the place of the one with the code
    `replacing`. `seen` are the draft's edits as the form showed them; sent twice it is once.

    Raises NoDraft, DraftChanged, TooManyCompetencies, and Wrong with every problem.
    """
    _held(session, agency_id, framework_id)
    draft = _draft_or_refused(session, framework_id)
    entries = entries_of(session, draft.id)
    place = next((n for n, one in enumerate(entries) if one.code == replacing), None)
    if draft.edits != seen:
        if entry in entries and (place is None or entries[place] == entry):
            return draft
        raise DraftChanged
    others = [one for n, one in enumerate(entries) if n != place]
    if place is None:
        entries.append(entry)
    else:
        entries[place] = entry
    taken = codes_elsewhere(session, framework_id)
    taken |= {same(one.code): _name_of(session, framework_id) for one in others}
    if problems := check_entry(entry, competencies(), taken):
        raise Wrong(problems)
    _replace(session, draft, entries)
    return draft


def drop_entry(
    session: Session, agency_id: UUID, framework_id: UUID, code: str, *, seen: int
) -> FrameworkVersion:
    """Take a competency out of the draft; one that is not there is out already."""
    _held(session, agency_id, framework_id)
    draft = _draft_or_refused(session, framework_id)
    entries = entries_of(session, draft.id)
    kept = [one for one in entries if one.code != code]
    if len(kept) == len(entries):
        return draft
    if draft.edits != seen:
        raise DraftChanged
    _replace(session, draft, kept)
    return draft


def replace_entries(
    session: Session,
    agency_id: UUID,
    framework_id: UUID,
    entries: Sequence[Entry],
    *,
    seen: int | None,
    by: Viewer | None,
    at: datetime,
) -> FrameworkVersion:
    """Give the draft this content and no other, all of it or nothing; a draft is begun where
    there is none (`seen` None). Raises as `put_entry`."""
    framework = _held(session, agency_id, framework_id)
    draft = _the_draft(session, framework_id)
    if (draft.edits if draft else None) != seen:
        raise DraftChanged
    if draft is None:
        draft = start_draft(session, agency_id, framework_id, by=by, at=at)
    taken = codes_elsewhere(session, framework_id)
    problems = [p for entry in entries for p in check_entry(entry, competencies(), taken)]
    if problems:
        raise Wrong(problems)
    _replace(session, draft, entries)
    note(
        session,
        framework,
        "framework.imported",
        by=by,
        at=at,
        after=_numbered(draft) | {"rows": len(entries)},
    )
    return draft


def discard_draft(
    session: Session,
    agency_id: UUID,
    framework_id: UUID,
    *,
    seen: int,
    by: Viewer | None,
    at: datetime,
) -> None:
    """Throw the draft away. Raises NoDraft, DraftChanged."""
    framework = _held(session, agency_id, framework_id)
    draft = _seen_draft(session, framework_id, seen)
    said = _numbered(draft)
    session.execute(delete(FrameworkCompetency).where(FrameworkCompetency.version_id == draft.id))
    session.delete(draft)
    session.flush()
    note(session, framework, "framework.draft_discarded", by=by, at=at, before=said)


def publish(
    session: Session,
    agency_id: UUID,
    framework_id: UUID,
    *,
    starts_on: date,
    legal_basis: str,
    reason: str,
    seen: int,
    today: date,
    by: Viewer | None,
    at: datetime,
) -> FrameworkVersion:
    """Let the draft hold from a day on; from then it is never changed.

    The first version may begin in the past; one that replaces another begins today at the
    earliest, and after it. Raises NoDraft (also where somebody else was first), DraftChanged,
    NothingToPublish, VersionsOverlap, BackDated, BasisMissing, ReasonMissing, Wrong.
    """
    legal_basis, reason = the_basis(legal_basis), the_reason(reason)
    framework = _held(session, agency_id, framework_id)
    draft = _seen_draft(session, framework_id, seen)
    entries = entries_of(session, draft.id)
    if not entries:
        raise NothingToPublish
    latest = latest_version(session, framework_id)
    if latest is not None and latest.starts_on is not None:
        if starts_on <= latest.starts_on:
            raise VersionsOverlap(number=latest.number, day=latest.starts_on)
        if starts_on < today:
            raise BackDated
    taken = codes_elsewhere(session, framework_id)
    problems = [p for entry in entries for p in check_entry(entry, competencies(), taken)]
    if problems:
        raise Wrong(problems)
    draft.starts_on, draft.legal_basis, draft.reason = starts_on, legal_basis, reason
    draft.published_at, draft.published_by = at, by.id if by else None
    draft.published_by_name = by.name if by else CONSOLE
    draft.state = VersionState.PUBLISHED
    session.flush()
    note(
        session,
        framework,
        "framework.published",
        by=by,
        at=at,
        after=_numbered(draft)
        | {"started_on": starts_on.isoformat(), "legal_basis": legal_basis, "rows": len(entries)},
        reason=reason,
    )
    return draft


# ------------------------------------------------------------------------------- reading


def framework_of(session: Session, agency_id: UUID, framework_id: UUID) -> Framework:
    """A dictionary of this agency, or UnknownFramework."""
    found = session.get(Framework, framework_id)
    if found is None or found.agency_id != agency_id:
        raise UnknownFramework
    return found


def latest_version(session: Session, framework_id: UUID) -> FrameworkVersion | None:
    """The published version that begins last."""
    return session.scalar(
        select(FrameworkVersion)
        .where(
            FrameworkVersion.framework_id == framework_id,
            FrameworkVersion.state == VersionState.PUBLISHED,
        )
        .order_by(FrameworkVersion.starts_on.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )


def entries_of(session: Session, version_id: UUID) -> list[Entry]:
    """What a version says, in its order."""
    return [
        entry_of(row)
        for row in session.scalars(
            select(FrameworkCompetency)
            .where(FrameworkCompetency.version_id == version_id)
            .order_by(FrameworkCompetency.position)
            .execution_options(populate_existing=True)
        )
    ]


def codes_elsewhere(session: Session, framework_id: UUID) -> dict[str, str]:
    """Codes that other dictionaries have, drafts too, as `same` compares them, with the name
    of the dictionary: a code means one thing in an installation."""
    rows = session.execute(
        select(FrameworkCompetency.code, Framework.name)
        .join(FrameworkVersion, FrameworkVersion.id == FrameworkCompetency.version_id)
        .join(Framework, Framework.id == FrameworkVersion.framework_id)
        .where(Framework.id != framework_id)
        .distinct()
    )
    return {same(code): name for code, name in rows}


# --------------------------------------------------------------------------------- parts


def hold(session: Session) -> None:
    """Take the row of the stamp until the transaction ends: nothing else is changed meanwhile."""
    upsert(session, StandardsStamp, {"id": 1}, {"stamp": uuid7()})
    forget_stamp(session)


def note(
    session: Session,
    framework: Framework,
    action: str,
    *,
    by: Viewer | None,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write down an act on a dictionary, and give what was changed its own stamp."""
    audit.record(
        session,
        at=at,
        actor_id=by.id if by else None,
        actor_name=by.name if by else CONSOLE,
        action=action,
        subject=("framework", framework.id, framework.name),
        before=dict(before) if before else None,
        after=dict(after) if after else None,
        reason=reason,
    )
    hold(session)


def the_basis(text: str) -> str:
    """The legal basis as it is kept, or BasisMissing."""
    text = clean_text(text)
    if not 1 <= len(text) <= LONGEST_BASIS:
        raise BasisMissing
    return text


def the_reason(text: str) -> str:
    """The reason as it is kept, or ReasonMissing."""
    text = clean_text(text)
    if not 1 <= len(text) <= LONGEST_REASON:
        raise ReasonMissing
    return text


def _held(session: Session, agency_id: UUID, framework_id: UUID) -> Framework:
    framework = framework_of(session, agency_id, framework_id)
    hold(session)
    return framework


def _draft(framework: Framework, number: int, at: datetime) -> FrameworkVersion:
    return FrameworkVersion(
        framework_id=framework.id, number=number, state=VersionState.DRAFT, edits=0, created_at=at
    )


def _the_draft(session: Session, framework_id: UUID) -> FrameworkVersion | None:
    return session.scalar(
        select(FrameworkVersion)
        .where(
            FrameworkVersion.framework_id == framework_id,
            FrameworkVersion.state == VersionState.DRAFT,
        )
        .execution_options(populate_existing=True)
    )


def _draft_or_refused(session: Session, framework_id: UUID) -> FrameworkVersion:
    draft = _the_draft(session, framework_id)
    if draft is None:
        raise NoDraft
    return draft


def _seen_draft(session: Session, framework_id: UUID, seen: int) -> FrameworkVersion:
    draft = _draft_or_refused(session, framework_id)
    if draft.edits != seen:
        raise DraftChanged
    return draft


def _replace(session: Session, draft: FrameworkVersion, entries: Sequence[Entry]) -> None:
    if len(entries) > MOST_COMPETENCIES:
        raise TooManyCompetencies(most=MOST_COMPETENCIES)
    session.execute(delete(FrameworkCompetency).where(FrameworkCompetency.version_id == draft.id))
    _write(session, draft, entries)
    draft.edits += 1
    session.flush()


def _write(session: Session, draft: FrameworkVersion, entries: Sequence[Entry]) -> None:
    session.add_all(
        FrameworkCompetency(
            version_id=draft.id,
            position=position,
            code=entry.code,
            name_id=entry.name_id,
            name_en=entry.name_en,
            definition_id=entry.definition_id,
            definition_en=entry.definition_en,
            levels=[text.to_dict() for text in entry.levels],
        )
        for position, entry in enumerate(entries)
    )
    session.flush()


def _numbered(version: FrameworkVersion) -> dict[str, Any]:
    return {"version_number": version.number}


def _name_of(session: Session, framework_id: UUID) -> str:
    return session.scalar(select(Framework.name).where(Framework.id == framework_id)) or ""
