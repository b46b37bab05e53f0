"""Certificates revoked and corrected, at once or with the consent of a second person."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from corpu import clock
from corpu.credentials import correcting, life_queries, proposals, queries, wishes
from corpu.credentials.life import (
    LAST_ZONE,
    ActKind,
    Answer,
    Asked,
    Standing,
    answers,
    consent_is_needed,
)
from corpu.credentials.life_models import Proposal
from corpu.credentials.life_words import ACTS, ASKED, CLASS_HINTS, CLASSES, FIELDS
from corpu.credentials.models import Certificate
from corpu.errors import DomainError, NotFound
from corpu.extensions import db
from corpu.i18n import day
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.certificate_forms import AnswerForm, CorrectForm, RevokeForm, said_by
from corpu.manage.certificate_views import found_within, units_within
from corpu.people.rules import clean_text
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer
from corpu.zones import local_date


@bp.route("/manage/certificates/<uuid:certificate_id>/revoke", methods=["GET", "POST"])
@requires(Permission.MANAGE_CERTIFICATES)
def revoke_certificate(certificate_id: UUID) -> Any:
    """Revoke, or ask a second manager to agree."""
    me, now = the_viewer(), clock.now()
    found = found_within(certificate_id)
    form = RevokeForm()
    act = Act(form)
    done: Proposal | Certificate | None = None
    if act.is_asked():
        reason = clean_text(form.reason.data or "")
        with act, unit_of_work(db.session()) as session:
            if not _revoked_so(session, certificate_id, me.id, reason):
                done = proposals.ask_revocation(
                    session,
                    certificate_id,
                    by=me.id,
                    by_name=me.name,
                    reason=reason,
                    revocation_class=form.revocation_class.data,
                    at=now,
                    units=units_within(),
                )
        if act.is_done:
            return _told(done, certificate_id, found.content.number, ActKind.REVOKE)
    elif request.method == "GET" and not _may_change(found):
        return redirect(url_for(".certificate", certificate_id=certificate_id), code=303)
    page = render_template(
        "manage/certificate_revoke.html",
        form=form,
        found=found,
        content=found.content,
        act=act,
        needs_consent=_needs_consent(found, now),
        hints={one.value: words for one, words in CLASS_HINTS.items()},
    )
    return page, act.status


@bp.route("/manage/certificates/<uuid:certificate_id>/correct", methods=["GET", "POST"])
@requires(Permission.MANAGE_CERTIFICATES)
def correct_certificate(certificate_id: UUID) -> Any:
    """What was, what will be, and why; then the corrected certificate."""
    me, now = the_viewer(), clock.now()
    found = found_within(certificate_id)
    content = found.content
    form = CorrectForm(data={name: getattr(content, name) for name in FIELDS})
    act = Act(form)
    changes: dict[str, Any] = {}
    done: Proposal | Certificate | None = None
    if request.method == "GET" and not _may_change(found):
        return redirect(url_for(".certificate", certificate_id=certificate_id), code=303)
    if act.is_asked():
        try:
            changes = correcting.changes_of(
                content, said_by(form), today=local_date(now, LAST_ZONE)
            )
        except DomainError as refusal:
            act.refuse(refusal)
    if changes and form.step.data == "issue" and request.form.get("act") != "edit":
        with act, unit_of_work(db.session()) as session:
            done = _corrected_so(session, certificate_id, changes) or proposals.ask_correction(
                session,
                certificate_id,
                changes,
                by=me.id,
                by_name=me.name,
                reason=form.reason.data or "",
                at=now,
                units=units_within(),
            )
        if act.is_done:
            return _told(done, certificate_id, content.number, ActKind.CORRECT)
    wish = wishes.waiting_of(db.session(), certificate_id)
    is_edit = not changes or request.form.get("act") == "edit"
    page = render_template(
        "manage/certificate_correct.html",
        form=form,
        found=found,
        content=content,
        act=act,
        wish=wish,
        needs_consent=_needs_consent(found, now),
        changed=[] if is_edit else changed(content, changes),
    )
    return page, act.status


def changed(content: Any, changes: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(field, what was, what will be) in words."""
    return [
        (str(FIELDS[name]), _shown(getattr(content, name)), _shown(value))
        for name, value in changes.items()
    ]


def _shown(value: Any) -> str:
    if isinstance(value, date):
        return day(value)
    try:
        return day(date.fromisoformat(value))
    except ValueError:
        return value or "–"


def _needs_consent(found: queries.Shown, at: datetime) -> bool:
    return consent_is_needed(found.needs_consent, found.consent_until, at)


def _may_change(found: queries.Shown) -> bool:
    state = found.standing_on(local_date(clock.now(), LAST_ZONE))
    return state in (Standing.VALID, Standing.EXPIRED)


def _revoked_so(session: Any, certificate_id: UUID, by: UUID, reason: str) -> bool:
    """Whether the first of two clicks has done it."""
    row = session.get(Certificate, certificate_id, with_for_update=True, populate_existing=True)
    return (row.revoked_by, row.revocation_reason) == (by, reason)


def _corrected_so(
    session: Any, certificate_id: UUID, changes: dict[str, Any]
) -> Certificate | None:
    """What the first of two clicks has issued."""
    session.get(Certificate, certificate_id, with_for_update=True, populate_existing=True)
    new: Certificate | None = session.scalar(
        select(Certificate).filter_by(replaces_id=certificate_id)
    )
    if new is None or any(new.snapshot[name] != value for name, value in changes.items()):
        return None
    return new


def _told(
    done: Proposal | Certificate | None, certificate_id: UUID, number: str, kind: ActKind
) -> Any:
    """Say what has happened, on the page where it shows."""
    if isinstance(done, Proposal):
        flash(
            _(
                "Permintaan tersimpan. Sertifikat %(number)s tetap berlaku sampai pengelola lain "
                "menyetujuinya, paling lambat %(day)s.",
                number=number,
                day=day(done.lapses_at, the_viewer().timezone),
            ),
            "ok",
        )
        return redirect(url_for(".certificate_request", proposal_id=done.id), code=303)
    if kind is ActKind.CORRECT and done is not None:
        flash(_("Sertifikat %(number)s terbit sebagai penggantinya.", number=done.number), "ok")
        return redirect(url_for(".certificate", certificate_id=done.id), code=303)
    flash(_("Sertifikat %(number)s dicabut.", number=number), "ok")
    return redirect(url_for(".certificate", certificate_id=certificate_id), code=303)


# ------------------------------------------------------------------------ what waits for whom


@bp.get("/manage/certificates/requests")
@requires(Permission.MANAGE_CERTIFICATES)
def certificate_requests() -> str:
    """What waits for the consent of a second manager, and what holders have asked for."""
    acts, wished = life_queries.asked_for(db.session(), units_within(), at=clock.now())
    return render_template(
        "manage/certificate_requests.html",
        acts=acts,
        wishes=wished,
        words=ACTS,
        me=the_viewer().id,
    )


@bp.route("/manage/certificates/requests/<uuid:proposal_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CERTIFICATES)
def certificate_request(proposal_id: UUID) -> Any:
    """Agree, refuse with the reason, or take back one's own."""
    me, now = the_viewer(), clock.now()
    asked = life_queries.proposal_of(db.session(), proposal_id, units_within())
    if asked is None:
        raise NotFound
    form = AnswerForm()
    act = Act(form)
    said = request.form.get("act", "")
    done = None
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            if said == Answer.AGREE:
                done = proposals.agree(session, proposal_id, by=me, at=now, units=units_within())
            elif said == Answer.WITHDRAW:
                proposals.withdraw(session, proposal_id, by=me, at=now, units=units_within())
            else:
                proposals.refuse(
                    session,
                    proposal_id,
                    answer=form.answer.data or "",
                    by=me,
                    at=now,
                    units=units_within(),
                )
        if act.is_done:
            if done is not None:
                return _told(done, done.id, done.number, asked.row.kind)
            flash(str(ASKED[Asked.WITHDRAWN if said == Answer.WITHDRAW else Asked.REFUSED]), "ok")
            return redirect(
                url_for(".certificate", certificate_id=asked.about.certificate_id), code=303
            )
    found = found_within(asked.about.certificate_id)
    row = asked.row
    page = render_template(
        "manage/certificate_request.html",
        form=form,
        act=act,
        asked=asked,
        row=row,
        found=found,
        content=found.content,
        title=ACTS[row.kind],
        state=ASKED[
            Asked.LAPSED if row.state is Asked.WAITING and row.lapses_at <= now else row.state
        ],
        reason_class=CLASSES[row.revocation_class] if row.revocation_class else "",
        changed=changed(found.content, row.changes) if row.changes else [],
        may=answers(row.state, is_asker=row.asked_by == me.id, lapses_at=row.lapses_at, at=now),
    )
    return page, act.status


@bp.route("/manage/certificates/wishes/<uuid:wish_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_CERTIFICATES)
def certificate_wish(wish_id: UUID) -> Any:
    """A holder's wish: correct the certificate, or say why not."""
    me, now = the_viewer(), clock.now()
    wish = life_queries.wish_of(db.session(), wish_id, units_within())
    if wish is None:
        raise NotFound
    form = AnswerForm()
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            wishes.refuse(
                session,
                wish_id,
                answer=form.answer.data or "",
                by=me,
                at=now,
                units=units_within(),
            )
        if act.is_done:
            flash(_("Permintaan ditolak; %(name)s membaca alasannya.", name=wish.about.name), "ok")
            return redirect(url_for(".certificate_requests"), code=303)
    page = render_template(
        "manage/certificate_wish.html", form=form, act=act, wish=wish, row=wish.row
    )
    return page, act.status
