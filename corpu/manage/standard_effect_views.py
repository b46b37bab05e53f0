"""What a draft of post standards would change for whom, before it is published or thrown away."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from corpu.competency.need_changes import NeedEffect, Turn
from corpu.competency.required_effects import effect_of_draft
from corpu.errors import N_, RuleBroken
from corpu.extensions import db
from corpu.manage import need_words, service, words
from corpu.manage.blueprint import bp
from corpu.manage.standard_forms import DraftForm, FieldAct, StandardPublishForm
from corpu.manage.standard_scope import Desk, desk
from corpu.manage.standard_views import units_to_choose
from corpu.manage.table_files import table_file
from corpu.numbers import whole
from corpu.permissions import Permission
from corpu.standards import listing
from corpu.standards.drafts import asked_of, discard_draft, draft_of, publish_draft
from corpu.standards.models import DraftState, StandardDraft
from corpu.standards.refusals import StandardDraftClosed
from corpu.standards.words import competencies
from corpu.transactions import unit_of_work
from corpu.web import page_asked, requires, the_viewer

PAGE = 50


class EffectChanged(RuleBroken):
    message = N_(
        "Sejak Anda melihatnya, pegawai, jabatan, atau levelnya berubah. Angka di atas sudah yang "
        "baru: periksa, lalu terbitkan lagi."
    )


@bp.get("/manage/standards/drafts/<uuid:draft_id>")
@requires(Permission.MANAGE_STANDARDS)
def standard_draft(draft_id: UUID) -> Any:
    """Whom a draft would concern. One that was published leads to the history."""
    here = desk()
    here.check()
    draft = draft_of(here.session, here.agency_id, draft_id)
    if draft.state is DraftState.PUBLISHED:
        return redirect(url_for(".standard_history"), code=303)
    effect = effect_of_draft(here.session, draft, today=here.today)
    return render_template(
        "manage/standard_draft.html",
        draft=draft,
        planned=listing.planned(here.session, here.agency_id, asked_of(draft), draft.starts_on),
        effect=effect,
        here=here,
        day=max(here.today, draft.starts_on),
        units={one.id: one.name for one in units_to_choose(here.session, here.agency_id)},
        names=competencies(),
        turns=Turn,
        words=words,
        need_words=need_words,
    )


def _effect(draft_id: UUID) -> tuple[Desk, StandardDraft, NeedEffect]:
    here = desk()
    here.check()
    draft = draft_of(here.session, here.agency_id, draft_id)
    if draft.state is not DraftState.OPEN:
        raise StandardDraftClosed
    return here, draft, effect_of_draft(here.session, draft, today=here.today)


@bp.get("/manage/standards/drafts/<uuid:draft_id>/people")
@requires(Permission.MANAGE_STANDARDS)
def standard_draft_people(draft_id: UUID) -> str:
    """The people behind the numbers."""
    _here, draft, effect = _effect(draft_id)
    asked = request.args.get("turn", "")
    turn = Turn(asked) if asked in set(Turn) else None
    unit = next((one for one in effect.by_unit if str(one.key) == request.args.get("unit")), None)
    code = request.args.get("code", "")
    code = code if any(one.key == code for one in effect.by_competency) else ""
    rows = list(
        effect.rows(
            turn=turn,
            unit_id=unit.key if unit and isinstance(unit.key, UUID) else None,
            code=code or None,
        )
    )
    number = page_asked()
    first = (number - 1) * PAGE

    def address(**other: Any) -> str:
        kept = {"unit": unit and unit.key, "turn": turn and turn.value, "code": code or None}
        return url_for(".standard_draft_people", draft_id=draft_id, **(kept | other))

    return render_template(
        "manage/standard_draft_people.html",
        draft=draft,
        rows=rows[first : first + PAGE],
        unit=unit,
        turn=turn,
        code=code,
        address=address,
        next_url=address(page=number + 1) if len(rows) > first + PAGE else "",
        is_later=number > 1,
        names=competencies(),
        need_words=need_words,
    )


@bp.post("/manage/standards/drafts/<uuid:draft_id>/people.csv")
@requires(Permission.MANAGE_STANDARDS)
def standard_draft_people_csv(draft_id: UUID) -> Response:
    """Everybody whose requirement would differ, as a table. That it was taken is written down."""
    here, _draft, effect = _effect(draft_id)
    rows = [
        [
            one.name,
            one.nip,
            one.unit_name,
            one.post_title,
            need.code,
            need.level,
            need.before,
            need.after,
            need_words.turn(need.turn)[1],
            one.jpm_before.percent if one.jpm_before else None,
            one.jpm_after.percent if one.jpm_after else None,
        ]
        for one, need in effect.rows()
    ]
    with unit_of_work(db.session()) as session:
        service.note_effect_export(
            session, "standard.effect_exported", by=the_viewer(), rows=len(rows), at=here.now
        )
    heading = [
        _("Nama"),
        _("NIP"),
        _("Unit"),
        _("Jabatan"),
        _("Kompetensi"),
        _("Level dicapai"),
        _("Syarat sekarang"),
        _("Syarat nanti"),
        _("Kesenjangan"),
        _("JPM sekarang"),
        _("JPM nanti"),
    ]
    return table_file("csv", "dampak-standar", heading, rows)


@bp.route("/manage/standards/drafts/<uuid:draft_id>/publish", methods=["GET", "POST"])
@requires(Permission.MANAGE_STANDARDS)
def publish_standard_draft(draft_id: UUID) -> Any:
    """Ask for the grounds, and let the draft hold if its effect is still the one that was seen."""
    here = desk()
    here.check()
    draft = draft_of(here.session, here.agency_id, draft_id)
    if draft.state is DraftState.PUBLISHED:
        return redirect(url_for(".standard_history"), code=303)
    effect = effect_of_draft(here.session, draft, today=here.today)
    form = StandardPublishForm(data={"seen": draft.edits, "effect": effect.mark})
    act = FieldAct(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            if form.effect.data != effect.mark:
                form.effect.data = effect.mark
                raise EffectChanged
            publish_draft(
                session,
                here.agency_id,
                draft_id,
                seen=whole(form.seen.data),
                legal_basis=form.legal_basis.data or "",
                reason=form.reason.data or "",
                by=the_viewer(),
                at=here.now,
            )
        if act.is_done:
            flash(
                _("Standar diterbitkan; berlaku mulai %(day)s.", day=words.day(draft.starts_on)),
                "ok",
            )
            return redirect(url_for(".standards"), code=303)
        draft = draft_of(db.session(), here.agency_id, draft_id)
    page = render_template(
        "manage/standard_draft_publish.html",
        draft=draft,
        form=form,
        effect=effect,
        units={one.id: one.name for one in units_to_choose(db.session(), here.agency_id)},
        asked=asked_of(draft),
        words=words,
        need_words=need_words,
    )
    return page, act.status


@bp.post("/manage/standards/drafts/<uuid:draft_id>/discard")
@requires(Permission.MANAGE_STANDARDS)
def discard_standard_draft(draft_id: UUID) -> Any:
    here = desk()
    here.check()
    form = DraftForm()
    with unit_of_work(db.session()) as session:
        discard_draft(
            session,
            here.agency_id,
            draft_id,
            seen=whole(form.seen.data),
            by=the_viewer(),
            at=here.now,
        )
    flash(_("Draf dibuang. Standar yang berlaku tidak berubah."), "ok")
    return redirect(url_for(".standards"), code=303)
