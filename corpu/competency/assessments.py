"""Results of a formal assessment (*uji kompetensi*), taken over from a file: all or nothing.

Only a file in which `assessment_file` finds no problem is kept, shown once more, and then
recorded as a whole. What is recorded already is recognised and left out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from corpu import audit
from corpu.competency import service
from corpu.competency.asking_models import AssessmentImport
from corpu.competency.assessment_file import Checked, check, source_of, zone_of
from corpu.competency.models import EvidenceKind, EvidenceRecord
from corpu.competency.relations import midnight
from corpu.errors import N_, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.people.models import Posting
from corpu.people.rules import clean_text


class ProblemsFound(RuleBroken):
    """Something of the file no longer holds; `checked` says what, row by row."""

    message = N_("Ada baris yang tidak dapat dicatat, jadi tidak satu pun dicatat.")

    def __init__(self, checked: Checked) -> None:
        super().__init__()
        self.checked = checked


class RecordedBefore(RuleBroken):
    message = N_("Semua hasil dalam berkas ini sudah tercatat.")


def keep(
    session: Session,
    rows: Sequence[Sequence[str]],
    checked: Checked,
    *,
    name: str,
    by: Viewer,
    at: datetime,
) -> AssessmentImport:
    """Keep a file without problems, to be looked at once more; the same one that waits is that
    one. Raises ProblemsFound, RecordedBefore."""
    if checked.bad:
        raise ProblemsFound(checked)
    if not checked.new:
        raise RecordedBefore
    said = [[*row.key[1:2], str(row.person_id), row.level, str(row.day), row.assessor]
            for row in checked.rows]  # fmt: skip
    digest = hashlib.sha256(json.dumps(sorted(said)).encode()).hexdigest()
    waiting = session.scalar(
        select(AssessmentImport).where(
            AssessmentImport.digest == digest,
            AssessmentImport.recorded_at.is_(None),
            AssessmentImport.sent_by == by.id,
        )
    )
    if waiting is not None:
        return waiting
    kept = AssessmentImport(
        name=clean_text(name)[:200],
        digest=digest,
        rows=[list(row) for row in rows],
        sent_by=by.id,
        sent_by_name=by.name,
        sent_at=at,
    )
    session.add(kept)
    session.flush()
    return kept


def record(
    session: Session,
    import_id: UUID,
    *,
    by: Viewer,
    units: Collection[UUID] | None,
    at: datetime,
) -> int:
    """Record a kept file whole, as evidence of the day of each assessment; answers how many.

    Everything is checked again. A second time it is the first. Raises NotFound, ProblemsFound,
    RecordedBefore.
    """
    found = session.get(AssessmentImport, import_id, with_for_update=True, populate_existing=True)
    if found is None or found.sent_by != by.id:
        raise NotFound
    if found.recorded_at is not None:
        return found.recorded
    before = check(session, found.rows, by=by, units=units, at=at)
    everybody = {row.person_id for row in before.rows if row.person_id is not None}
    service.hold(session, sorted(everybody))
    checked = check(session, found.rows, by=by, units=units, at=at)
    if checked.bad:
        raise ProblemsFound(checked)
    if not checked.new:
        raise RecordedBefore
    zone = zone_of(session)
    posts = _posts(session, everybody)
    for row in checked.new:
        assert row.person_id is not None
        assert row.day is not None
        unit_id, title = _post_on(posts.get(row.person_id, ()), row.day)
        session.add(
            EvidenceRecord(
                person_id=row.person_id,
                competency=row.competency,
                kind=EvidenceKind.ASSESSOR,
                level=row.level,
                weight=1,
                source=source_of(row.assessor),
                label=row.assessor,
                observed_at=midnight(row.day, zone),
                unit_id=unit_id,
                post_title=title,
                recorded_at=at,
            )
        )
    session.flush()
    found.recorded, found.recorded_at, found.recorded_by = len(checked.new), at, by.id
    service.recompute_all(
        session, [(row.person_id, row.competency) for row in checked.new if row.person_id], at=at
    )
    audit.record(
        session,
        at=at,
        actor_id=by.id,
        actor_name=by.name,
        action="assessment.recorded",
        subject=("import", found.id, found.name),
        after={"rows": found.recorded},
    )
    return found.recorded


def discard(session: Session, import_id: UUID, *, by: Viewer) -> None:
    """Forget a file that was not recorded. Raises NotFound."""
    found = session.get(AssessmentImport, import_id, with_for_update=True, populate_existing=True)
    if found is None or found.sent_by != by.id or found.recorded_at is not None:
        raise NotFound
    session.delete(found)
    session.flush()


def imports_by(session: Session, manager_id: UUID) -> list[AssessmentImport]:
    """The files that a manager has sent, the latest first."""
    return list(
        session.scalars(
            select(AssessmentImport)
            .filter_by(sent_by=manager_id)
            .order_by(AssessmentImport.sent_at.desc())
            .limit(100)
        )
    )


def _posts(session: Session, people: Collection[UUID]) -> dict[UUID, list[Posting]]:
    posts: dict[UUID, list[Posting]] = {}
    for post in session.scalars(select(Posting).where(Posting.person_id.in_(people))):
        posts.setdefault(post.person_id, []).append(post)
    return posts


def _post_on(posts: Sequence[Posting], day: date) -> tuple[UUID | None, str]:
    """Unit and post of a day; facts keep those of theirs."""
    for post in posts:
        if post.started_on <= day and (post.ended_on is None or post.ended_on >= day):
            return post.unit_id, post.title
    return None, ""
