"""What if the rule were another: drafts, whom they would change, and applying one of them.

A preview is computed for everybody with the product's own score, as of one moment, by the worker
some people at a time. It remembers how much the ledger held then, so that applying can say what
has come since.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from corpu.audit import AuditEntry
from corpu.competency import ledger
from corpu.competency.agency_rule import NoAgency, adopt_rule, latest_rule
from corpu.competency.change_models import DraftState, RuleDraft, RulePreview, RulePreviewEffect
from corpu.competency.effects import effects, people_after, people_with_evidence, units_of
from corpu.competency.models import CompetencyRule, EvidenceRecord
from corpu.competency.relations import midnight
from corpu.competency.rules import Rule
from corpu.errors import N_, NotFound, RuleBroken
from corpu.identity import Viewer
from corpu.jobs import enqueue
from corpu.people.models import Agency
from corpu.people.queries import agency_day
from corpu.people.records import lock_agency

PREVIEW = "competency.preview_rule"
PEOPLE = 50  # in one transaction
HOLDS = timedelta(hours=24)  # time alone changes scores too: ratings lapse
FARTHEST = timedelta(days=730)  # for which a rule may be made ahead
RELATIONS = ("supervisor.set", "supervisor.ended")


class SameRule(RuleBroken):
    message = N_("Isinya sama dengan aturan yang berlaku. Ubah sedikitnya satu nilai.")


class NotOpen(RuleBroken):
    message = N_("Rancangan ini sudah diterapkan atau dibuang.")


class DayPast(RuleBroken):
    field = "valid_on"
    message = N_("Aturan tidak dapat berlaku surut. Pilih hari ini atau sesudahnya.")


class DayTooFar(RuleBroken):
    field = "valid_on"
    message = N_("Pilih hari paling lama dua tahun dari sekarang.")


class NotPreviewed(RuleBroken):
    message = N_("Hitung dampaknya sampai selesai, lihat hasilnya, lalu terapkan.")


class PreviewOld(RuleBroken):
    message = N_("Pratinjau ini lebih dari sehari. Hitung lagi dampaknya sebelum menerapkan.")


class BaseChanged(RuleBroken):
    message = N_(
        "Aturan lain sudah ditetapkan sejak pratinjau ini dihitung. Hitung lagi dampaknya terhadap "
        "aturan itu."
    )


class LedgerChanged(RuleBroken):
    """Evidence came, went or is read anew since the preview; `changes` as `changed_since`."""

    message = N_(
        "Buku bukti berubah sejak pratinjau ini dihitung. Hitung lagi, atau terapkan dengan "
        "mengetahui perubahannya."
    )

    def __init__(self, changes: Mapping[str, int]) -> None:
        super().__init__()
        self.changes = changes


# ------------------------------------------------------------------------------------ drafts


def save_draft(
    session: Session,
    data: Mapping[str, Any],
    *,
    draft_id: UUID,
    valid_on: date | None,
    by: Viewer,
    at: datetime,
) -> RuleDraft:
    """Keep a draft, new or changed; the preview of what it said before is forgotten.

    `draft_id` makes one draft of two clicks. `data` as `Rule.from_dict` reads it, which raises
    Refused; raises SameRule, NotOpen, DayPast, DayTooFar, NoAgency too.
    """
    rule = Rule.from_dict(data)
    lock_agency(session)
    agency = session.scalar(select(Agency).order_by(Agency.id).limit(1))
    if agency is None:
        raise NoAgency
    latest = latest_rule(session)
    if rule == (Rule.from_dict(latest.rule) if latest else Rule()):
        raise SameRule
    today = agency_day(session, at)
    if valid_on is not None and valid_on < today:
        raise DayPast
    if valid_on is not None and valid_on > today + FARTHEST:
        raise DayTooFar
    draft = session.get(RuleDraft, draft_id, populate_existing=True)
    if draft is None:
        draft = RuleDraft(
            id=draft_id,
            agency_id=agency.id,
            state=DraftState.OPEN,
            created_by=by.id,
            created_by_name=by.name,
            created_at=at,
        )
        session.add(draft)
    elif draft.state is not DraftState.OPEN:
        raise NotOpen
    elif (draft.rule, draft.valid_on) == (rule.to_dict(), valid_on):
        return draft
    else:
        _forget(session, draft_id)
    draft.rule, draft.valid_on, draft.changed_at = rule.to_dict(), valid_on, at
    draft.base_version = latest.version if latest else 0
    session.flush()
    return draft


def discard(session: Session, draft_id: UUID) -> None:
    """Put a draft away; twice is once. Raises NotFound, NotOpen once it is applied."""
    draft = _draft(session, draft_id)
    if draft.state is DraftState.APPLIED:
        raise NotOpen
    draft.state = DraftState.DISCARDED
    _forget(session, draft_id)
    session.flush()


def _draft(session: Session, draft_id: UUID) -> RuleDraft:
    """The draft, one act after the other."""
    lock_agency(session)
    draft = session.get(RuleDraft, draft_id, populate_existing=True)
    if draft is None:
        raise NotFound
    return draft


def _open(session: Session, draft_id: UUID) -> RuleDraft:
    draft = _draft(session, draft_id)
    if draft.state is not DraftState.OPEN:
        raise NotOpen
    return draft


def _forget(session: Session, draft_id: UUID) -> None:
    """Remove what was computed for a draft, once a batch under way has ended."""
    old = session.scalar(select(RulePreview.id).filter_by(draft_id=draft_id).with_for_update())
    if old is not None:
        session.execute(delete(RulePreviewEffect).where(RulePreviewEffect.preview_id == old))
        session.execute(delete(RulePreview).where(RulePreview.id == old))


# ---------------------------------------------------------------------------------- previews


def begin_preview(session: Session, draft_id: UUID, *, at: datetime) -> RulePreview:
    """Compute anew whom a draft would change, against the rule adopted last: the first people
    at once, the others by the worker. Raises NotFound, NotOpen, SameRule."""
    draft = _open(session, draft_id)
    latest = latest_rule(session)
    if Rule.from_dict(draft.rule) == (Rule.from_dict(latest.rule) if latest else Rule()):
        raise SameRule
    draft.base_version = latest.version if latest else 0
    _forget(session, draft_id)
    preview = RulePreview(
        draft_id=draft_id,
        at=at,
        mark=mark_of(session),
        total=people_with_evidence(session),
        done=0,
    )
    session.add(preview)
    session.flush()
    _advance(session, preview, draft, at)
    return preview


def preview_job(session: Session, payload: dict[str, Any], at: datetime) -> None:
    """Compute the next people of a preview; one that was begun anew meanwhile is let go."""
    found = session.get(
        RulePreview, UUID(hex=payload["preview"]), with_for_update=True, populate_existing=True
    )
    # The number of those done is part of the job, so that a repeated one does nothing twice.
    if found is None or found.finished_at is not None or found.done != payload["done"]:
        return
    _advance(session, found, session.get_one(RuleDraft, found.draft_id), at)


def _advance(session: Session, preview: RulePreview, draft: RuleDraft, at: datetime) -> None:
    before, after = base_of(session, draft), Rule.from_dict(draft.rule)
    people = people_after(session, preview.after_person, limit=PEOPLE)
    books = ledger.read(session, people, preview.at) if people else {}
    units = units_of(session, people, preview.at) if people else {}
    rows = [
        {
            "preview_id": preview.id,
            "person_id": person_id,
            "competency": effect.competency,
            "unit_id": units[person_id][0] if person_id in units else None,
            "unit_name": units[person_id][1] if person_id in units else "",
            "before_level": effect.before_level,
            "before_score": effect.before_score,
            "after_level": effect.after_level,
            "after_score": effect.after_score,
        }
        for person_id in people
        for effect in effects(books[person_id], before, after)
        if effect.is_change
    ]
    if rows:
        session.execute(insert(RulePreviewEffect), rows)
    preview.done += len(people)
    if len(people) < PEOPLE:
        preview.finished_at, preview.total = max(at, preview.at), preview.done
    else:
        preview.after_person = people[-1]
        enqueue(session, PREVIEW, {"preview": preview.id.hex, "done": preview.done}, at=at)
    session.flush()


def base_of(session: Session, draft: RuleDraft) -> Rule:
    """The rule that a draft is compared with."""
    if not draft.base_version:
        return Rule()
    row = session.scalars(
        select(CompetencyRule).filter_by(agency_id=draft.agency_id, version=draft.base_version)
    ).one()
    return Rule.from_dict(row.rule)


def mark_of(session: Session) -> dict[str, int]:
    """How much the ledger holds: every act that can change a score raises one of these."""
    pieces, withdrawn = session.execute(
        select(func.count(), func.count(EvidenceRecord.revoked_at)).select_from(EvidenceRecord)
    ).one()
    relations = session.scalar(
        select(func.count()).select_from(AuditEntry).where(AuditEntry.action.in_(RELATIONS))
    )
    return {"evidence": pieces, "withdrawn": withdrawn, "relations": relations or 0}


def changed_since(session: Session, preview: RulePreview) -> dict[str, int]:
    """How many pieces came, were withdrawn, and relations changed since; only what differs."""
    now = mark_of(session)
    return {
        name: now[name] - int(preview.mark[name]) for name in now if now[name] != preview.mark[name]
    }


# ----------------------------------------------------------------------------------- applying


def apply_draft(
    session: Session,
    draft_id: UUID,
    *,
    seen: UUID | None,
    accepted: Mapping[str, int],
    reason: str,
    by: Viewer,
    at: datetime,
) -> CompetencyRule:
    """Let a draft be the agency's rule, from its day on, and the worker apply it to everybody.

    `seen` is the preview that was looked at, `accepted` the changes of the ledger since then that
    were said already. Whoever comes second gets the rule that the first has made. Raises NotFound,
    NotOpen, NotPreviewed, PreviewOld, BaseChanged, LedgerChanged, and what `adopt_rule` raises.
    """
    draft = _draft(session, draft_id)
    if draft.state is DraftState.APPLIED and draft.rule_id is not None:
        return session.get_one(CompetencyRule, draft.rule_id)
    if draft.state is not DraftState.OPEN:
        raise NotOpen
    latest = latest_rule(session)
    preview = session.scalar(select(RulePreview).filter_by(draft_id=draft_id))
    if preview is None or preview.finished_at is None or preview.id != seen:
        raise NotPreviewed
    if (latest.version if latest else 0) != draft.base_version:
        raise BaseChanged
    if at - preview.at > HOLDS:
        raise PreviewOld
    changes = changed_since(session, preview)
    if changes and changes != dict(accepted):
        raise LedgerChanged(changes)
    agency = session.get_one(Agency, draft.agency_id)
    start = at if draft.valid_on is None else midnight(draft.valid_on, agency.timezone)
    rule = adopt_rule(session, draft.rule, valid_from=max(start, at), reason=reason, by=by, at=at)
    draft.state, draft.rule_id = DraftState.APPLIED, rule.id
    session.flush()
    return rule
