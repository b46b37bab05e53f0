"""The keys that sign: ours, and those of others that we trust."""

import base64
import binascii
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from corpu import clock
from corpu.errors import N_, NotFound
from corpu.extensions import db
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.forms import ReasonForm
from corpu.manage.key_forms import CompromisedForm, RotateForm, TrustForm
from corpu.permissions import Permission, units_in_reach
from corpu.signing import queries, service, trust, vault
from corpu.signing.models import SigningKey, TrustedKey
from corpu.signing.rules import fingerprint_of
from corpu.signing.vault import KeyLocked
from corpu.transactions import unit_of_work
from corpu.web import requires, takes_files, the_viewer
from corpu.zones import local_date


def _is_whole() -> bool:
    """The keys are the agency's: who manages a part of it reads, and changes nothing."""
    return units_in_reach(the_viewer(), Permission.MANAGE_ISSUERS) is None


def _check_whole() -> None:
    if not _is_whole():
        raise NotFound


def _opens(row: SigningKey | None) -> bool:
    """Whether this server can sign with it."""
    try:
        return row is None or bool(vault.current().private(row.kid, row.sealed or b""))
    except KeyLocked:
        return False


@bp.get("/manage/keys")
@requires(Permission.MANAGE_ISSUERS)
def keys() -> str:
    session = db.session()
    current = service.key_in_use(session)
    return render_template(
        "manage/keys.html",
        own=list(reversed(queries.published_keys(session))),
        current=current,
        opens=_opens(current),
        trusted=queries.trusted_rows(session),
        may_change=_is_whole(),
        fingerprint_of=fingerprint_of,
    )


@bp.route("/manage/keys/rotate", methods=["GET", "POST"])
@requires(Permission.MANAGE_ISSUERS)
def rotate_key() -> Any:
    _check_whole()
    me, current = the_viewer(), service.key_in_use(db.session())
    form = RotateForm(kid=current.kid if current else "")
    act = Act(form)
    if act.is_asked():
        asked = form.kid.data or ""
        # A second click finds the key gone that the first one replaced: what was asked is done.
        act.is_done = bool(current and asked and asked != current.kid)
        if not act.is_done:
            with act, unit_of_work(db.session()) as session:
                service.rotate(
                    session,
                    asked,
                    by=me.id,
                    by_name=me.name,
                    reason=form.reason.data or "",
                    at=clock.now(),
                )
        if act.is_done:
            flash(_("Kunci baru berlaku mulai sekarang. Tanda tangan yang lama tetap sah."), "ok")
            return redirect(url_for(".keys"), code=303)
    elif current is None:
        return redirect(url_for(".keys"), code=303)
    page = render_template("manage/key_rotate.html", form=form, act=act, current=current)
    return page, act.status


@bp.route("/manage/keys/<kid>/compromised", methods=["GET", "POST"])
@requires(Permission.MANAGE_ISSUERS)
def key_compromised(kid: str) -> Any:
    _check_whole()
    me, now = the_viewer(), clock.now()
    key = queries.key_of(db.session(), kid)
    if key is None:
        raise NotFound
    if key.compromised_at is not None:
        return redirect(url_for(".keys"), code=303)
    form = CompromisedForm(kid, data={"since": local_date(now, me.timezone)})
    act = Act(form)
    if act.is_asked():
        began = datetime.combine(form.since.data, time(), ZoneInfo(me.timezone))
        if form.since.data == local_date(key.valid_from, me.timezone):
            began = key.valid_from  # the day on which it was made
        with act, unit_of_work(db.session()) as session:
            service.mark_compromised(
                session,
                kid,
                since=began,
                by=me.id,
                by_name=me.name,
                reason=form.reason.data or "",
                at=now,
            )
        if act.is_done:
            flash(_("Kunci %(kid)s ditandai bocor. Tanda tangan sesudahnya gugur.", kid=kid), "ok")
            return redirect(url_for(".keys"), code=303)
    page = render_template("manage/key_compromised.html", form=form, act=act, key=key)
    return page, act.status


@bp.route("/manage/keys/trust", methods=["GET", "POST"])
@takes_files(trust.LARGEST)
@requires(Permission.MANAGE_ISSUERS)
def trust_keys() -> Any:
    """First the file is shown with its fingerprints; trusted once that is confirmed."""
    _check_whole()
    me, form = the_viewer(), TrustForm()
    act = Act(form)
    shown: trust.KeyFile | None = None
    if act.is_asked():
        try:
            data, is_confirmed = _sent(form)
            shown = trust.read_key_file(data)
        except trust.BadKeyFile as refusal:
            act.refuse(refusal)
        else:
            if is_confirmed:
                with act, unit_of_work(db.session()) as session:
                    changed = trust.trust(
                        session,
                        shown,
                        by=me.id,
                        by_name=me.name,
                        reason=form.reason.data or "",
                        at=clock.now(),
                    )
                if act.is_done:
                    flash(
                        ngettext(
                            "%(num)s kunci %(agency)s dipercaya.",
                            "%(num)s kunci %(agency)s dipercaya.",
                            changed,
                            agency=shown.agency,
                        ),
                        "ok",
                    )
                    return redirect(url_for(".keys"), code=303)
                shown = None
            else:
                form.payload.data = base64.b64encode(data).decode()
    if shown is None:
        form.payload.data = ""
    page = render_template(
        "manage/key_trust.html", form=form, act=act, shown=shown, fingerprint_of=fingerprint_of
    )
    return page, act.status


def _sent(form: TrustForm) -> tuple[bytes, bool]:
    """The file's bytes, and whether they were looked at before. Raises BadKeyFile."""
    if form.payload.data:
        try:
            return base64.b64decode(form.payload.data, validate=True), True
        except (ValueError, binascii.Error):
            raise trust.BadKeyFile from None
    file = request.files.get("file")
    if file is None or not file.filename:
        raise trust.BadKeyFile(N_("Pilih berkas kuncinya dahulu."))
    return file.read(trust.LARGEST + 1), False


@bp.route("/manage/keys/trusted/<uuid:key_id>/remove", methods=["GET", "POST"])
@requires(Permission.MANAGE_ISSUERS)
def distrust_key(key_id: UUID) -> Any:
    _check_whole()
    me, found = the_viewer(), db.session().get(TrustedKey, key_id)
    if found is None:
        raise NotFound
    shown = (found.agency, found.kid)
    form = ReasonForm()
    act = Act(form)
    if act.is_asked():
        with act, unit_of_work(db.session()) as session:
            trust.distrust(
                session,
                key_id,
                by=me.id,
                by_name=me.name,
                reason=form.reason.data or "",
                at=clock.now(),
            )
        if act.is_done:
            flash(_("Kunci %(kid)s tidak dipercaya lagi.", kid=shown[1]), "ok")
            return redirect(url_for(".keys"), code=303)
    page = render_template(
        "manage/key_distrust.html", form=form, act=act, agency=shown[0], kid=shown[1]
    )
    return page, act.status
