"""The rule of scoring: in force, its history, drafts, whom they would change, applying them."""

import json
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from corpu import clock
from corpu.competency import applying, whatif
from corpu.competency import whatif_queries as reading
from corpu.competency.change_models import DraftState, RuleDraft, RulePreview
from corpu.competency.rules import Rule
from corpu.database import uuid7
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.manage import rule_words, service, words
from corpu.manage.acts import Act, must_write
from corpu.manage.blueprint import bp
from corpu.manage.rule_forms import ApplyForm, DiscardForm, RuleForm, values_of
from corpu.manage.rules import version_of
from corpu.manage.table_files import table_file
from corpu.people.records import lock_agency
from corpu.permissions import Permission, units_in_reach
from corpu.standards.refusals import DraftChanged
from corpu.standards.words import competencies
from corpu.transactions import unit_of_work
from corpu.web import page_asked, requires, the_viewer

PAGE = 50


def is_whole() -> bool:
    """The rule belongs to the whole agency: who manages a part of it reads, and changes nothing."""
    return units_in_reach(the_viewer(), Permission.MANAGE_COMPETENCY) is None


def _check_whole() -> None:
    if not is_whole():
        raise NotFound


@bp.get("/manage/rules")
@requires(Permission.MANAGE_COMPETENCY)
def rules() -> str:
    session, now = db.session(), clock.now()
    lines = reading.versions(session)
    begun = [one for one in lines if one.valid_from <= now]
    return render_template(
        "manage/rules.html",
        lines=lines,
        current=begun[0] if begun else None,
        rule=begun[0].rule if begun else Rule(),
        drafts=reading.open_drafts(session) if is_whole() else [],
        may_change=is_whole(),
        now=now,
        words=rule_words,
    )


@bp.route("/manage/rules/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_COMPETENCY)
def new_rule() -> Any:
    _check_whole()
    latest = reading.versions(db.session())[:1]
    return _rule_form(RuleForm.of(latest[0].rule if latest else Rule()), None)


@bp.route("/manage/rules/drafts/<uuid:draft_id>/edit", methods=["GET", "POST"])
@requires(Permission.MANAGE_COMPETENCY)
def edit_rule(draft_id: UUID) -> Any:
    draft, _preview = _found(draft_id)
    if draft.state is not DraftState.OPEN:
        raise whatif.NotOpen
    return _rule_form(RuleForm.of(Rule.from_dict(draft.rule), draft), draft_id)


def _rule_form(form: RuleForm, draft_id: UUID | None) -> Any:
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            number = draft_id or _number_of(form)
            _check_unchanged(session, form, number)
            kept = whatif.save_draft(
                session,
                form.rule(),
                draft_id=number,
                valid_on=form.valid_on.data,
                by=the_viewer(),
                at=clock.now(),
            ).id
            whatif.begin_preview(session, kept, at=clock.now())
        if act.is_done:
            return redirect(url_for(".rule_draft", draft_id=kept), code=303)
    page = render_template(
        "manage/rule_form.html", form=form, draft_id=draft_id, act=act, words=words
    )
    return page, act.status


def _check_unchanged(session: Session, form: RuleForm, draft_id: UUID) -> None:
    """Raise Changed where the draft no longer says what the form had shown."""
    now = _values_now(session, draft_id)
    if now is not None:
        must_write(form, now, values_of(Rule.from_dict(form.rule()).to_dict(), form.valid_on.data))


def _values_now(session: Session, draft_id: UUID) -> dict[str, Any] | None:
    """What an open draft says, one act after the other; None where there is none."""
    lock_agency(session)
    draft = session.get(RuleDraft, draft_id, populate_existing=True)
    if draft is None or draft.state is not DraftState.OPEN:
        return None
    return values_of(Rule.from_dict(draft.rule).to_dict(), draft.valid_on)


def _number_of(form: RuleForm) -> UUID:
    try:
        return UUID(hex=form.form_id.data or "")
    except ValueError:
        return uuid7()


def _found(draft_id: UUID) -> tuple[RuleDraft, RulePreview | None]:
    _check_whole()
    return reading.draft_of(db.session(), draft_id)


def _finished(draft_id: UUID) -> tuple[RuleDraft, RulePreview]:
    draft, preview = _found(draft_id)
    if preview is None or preview.finished_at is None:
        raise NotFound
    return draft, preview


@bp.get("/manage/rules/drafts/<uuid:draft_id>")
@requires(Permission.MANAGE_COMPETENCY)
def rule_draft(draft_id: UUID) -> Any:
    """What a draft would change. One that was applied leads to its version."""
    draft, preview = _found(draft_id)
    session = db.session()
    if draft.rule_id is not None:
        return _to_version(draft.rule_id)
    finished = preview if preview is not None and preview.finished_at is not None else None
    return render_template(
        "manage/rule_draft.html",
        draft=draft,
        preview=preview,
        is_finished=finished is not None,
        is_old=finished is not None and clock.now() - finished.at > whatif.HOLDS,
        summary=reading.summary_of(session, finished.id) if finished else None,
        since=whatif.changed_since(session, preview) if preview else {},
        differences=rule_words.differences(
            whatif.base_of(session, draft), Rule.from_dict(draft.rule)
        ),
        version=version_of(values_of(Rule.from_dict(draft.rule).to_dict(), draft.valid_on)),
        words=rule_words,
    )


def _to_version(rule_id: UUID) -> Any:
    number = next(one.version for one in reading.versions(db.session()) if one.id == rule_id)
    return redirect(url_for(".rule_version", number=number), code=303)


@bp.post("/manage/rules/drafts/<uuid:draft_id>/preview")
@requires(Permission.MANAGE_COMPETENCY)
def preview_rule(draft_id: UUID) -> Any:
    _check_whole()
    with unit_of_work(db.session()) as session:
        whatif.begin_preview(session, draft_id, at=clock.now())
    return redirect(url_for(".rule_draft", draft_id=draft_id), code=303)


@bp.post("/manage/rules/drafts/<uuid:draft_id>/discard")
@requires(Permission.MANAGE_COMPETENCY)
def discard_rule(draft_id: UUID) -> Any:
    _check_whole()
    form = DiscardForm()
    with unit_of_work(db.session()) as session:
        now = _values_now(session, draft_id)
        if now is not None and form.version.data != version_of(now):
            raise DraftChanged
        whatif.discard(session, draft_id)
    flash(_("Rancangan dibuang. Aturan yang berlaku tidak berubah."), "ok")
    return redirect(url_for(".rules"), code=303)


@bp.get("/manage/rules/drafts/<uuid:draft_id>/people")
@requires(Permission.MANAGE_COMPETENCY)
def rule_people(draft_id: UUID) -> str:
    """The people behind the numbers of a preview."""
    draft, preview = _finished(draft_id)
    session = db.session()
    summary = reading.summary_of(session, preview.id)
    asked = request.args.get("direction", "")
    unit = next(
        (one for one in summary.units if str(one.unit_id) == request.args.get("unit")), None
    )
    number = page_asked()
    rows = reading.people_of(
        session,
        preview.id,
        unit_id=unit.unit_id if unit else None,
        direction=reading.DIRECTIONS.get(asked),
        first=(number - 1) * PAGE,
        limit=PAGE + 1,
    )

    def address(**other: Any) -> str:
        kept = {"unit": unit and unit.unit_id, "direction": asked or None}
        return url_for(".rule_people", draft_id=draft_id, **(kept | other))

    return render_template(
        "manage/rule_people.html",
        draft=draft,
        rows=rows[:PAGE],
        unit=unit,
        direction=asked if asked in reading.DIRECTIONS else "",
        address=address,
        next_url=address(page=number + 1) if len(rows) > PAGE else "",
        is_later=number > 1,
        names=competencies(),
        words=rule_words,
    )


@bp.post("/manage/rules/drafts/<uuid:draft_id>/people.csv")
@requires(Permission.MANAGE_COMPETENCY)
def rule_people_csv(draft_id: UUID) -> Response:
    """Everybody whose score would differ, as a table. That it was taken is written down."""
    _draft, preview = _finished(draft_id)
    rows = [
        [
            one.name,
            one.nip,
            one.unit_name,
            one.competency,
            one.before_level,
            one.before_score,
            one.after_level,
            one.after_score,
        ]
        for one in reading.everybody_of(db.session(), preview.id)
    ]
    with unit_of_work(db.session()) as session:
        service.note_effect_export(
            session, "rule.effect_exported", by=the_viewer(), rows=len(rows), at=clock.now()
        )
    heading = [
        _("Nama"),
        _("NIP"),
        _("Unit"),
        _("Kompetensi"),
        _("Level sekarang"),
        _("Skor sekarang"),
        _("Level nanti"),
        _("Skor nanti"),
    ]
    return table_file("csv", "dampak-aturan", heading, rows)


@bp.route("/manage/rules/drafts/<uuid:draft_id>/apply", methods=["GET", "POST"])
@requires(Permission.MANAGE_COMPETENCY)
def apply_rule(draft_id: UUID) -> Any:
    """Ask for the reason, say what has come since the preview, and let the worker apply it."""
    draft, preview = _found(draft_id)
    if draft.rule_id is not None:
        return _to_version(draft.rule_id)
    if preview is None or preview.finished_at is None:
        raise whatif.NotPreviewed
    since = whatif.changed_since(db.session(), preview)
    form = ApplyForm(seen=preview.id.hex, accepted=json.dumps(since))
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            try:
                rule = whatif.apply_draft(
                    session,
                    draft_id,
                    seen=_seen(form),
                    accepted=_accepted(form),
                    reason=form.reason.data or "",
                    by=the_viewer(),
                    at=clock.now(),
                )
            except whatif.LedgerChanged as changed:
                since = dict(changed.changes)
                form.accepted.data = json.dumps(since)
                raise
            number = rule.version
        if act.is_done:
            flash(_("Aturan versi %(version)s ditetapkan.", version=number), "ok")
            return redirect(url_for(".rule_version", number=number), code=303)
        draft, preview = _found(draft_id)
    page = render_template(
        "manage/rule_apply.html",
        draft=draft,
        form=form,
        since=since,
        summary=reading.summary_of(db.session(), preview.id) if preview else None,
        words=rule_words,
    )
    return page, act.status


def _seen(form: ApplyForm) -> UUID | None:
    try:
        return UUID(hex=form.seen.data or "")
    except ValueError:
        return None


def _accepted(form: ApplyForm) -> dict[str, int]:
    """What the page had said of the ledger; nothing where somebody else wrote that field."""
    try:
        found = json.loads(form.accepted.data or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


@bp.get("/manage/rules/<int(max=99999):number>")
@requires(Permission.MANAGE_COMPETENCY)
def rule_version(number: int) -> str:
    """One version, and how far it is applied."""
    line = reading.version(db.session(), number)
    return render_template(
        "manage/rule_version.html",
        line=line,
        differences=rule_words.differences(line.former, line.rule),
        may_change=is_whole(),
        now=clock.now(),
        words=rule_words,
    )


@bp.post("/manage/rules/<int(max=99999):number>/stop")
@requires(Permission.MANAGE_COMPETENCY)
def stop_rule(number: int) -> Any:
    _check_whole()
    with unit_of_work(db.session()) as session:
        rule_id = reading.version(session, number).id
        applying.stop(session, rule_id, by=the_viewer(), at=clock.now())
    return redirect(url_for(".rule_version", number=number), code=303)


@bp.post("/manage/rules/<int(max=99999):number>/go-on")
@requires(Permission.MANAGE_COMPETENCY)
def go_on_with_rule(number: int) -> Any:
    _check_whole()
    with unit_of_work(db.session()) as session:
        rule_id = reading.version(session, number).id
        applying.go_on(session, rule_id, by=the_viewer(), at=clock.now())
    return redirect(url_for(".rule_version", number=number), code=303)
