"""Certificates: found, looked at, revoked."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import (
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from sqlalchemy import select

from corpu import clock
from corpu.credentials import documents, queries
from corpu.credentials import service as credentials
from corpu.credentials.models import Certificate
from corpu.credentials.rules import format_nip
from corpu.credentials.wallet_views import file_name
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.manage.acts import Act
from corpu.manage.blueprint import bp
from corpu.manage.forms import RevokeForm
from corpu.manage.queries import pending_count
from corpu.manage.scope import Reach, reach_of
from corpu.people.rules import clean_text
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer

PAGE = 25


def _reach() -> Reach:
    return reach_of(db.session(), the_viewer(), Permission.MANAGE_CERTIFICATES)


@bp.get("/manage/certificates")
@requires(Permission.MANAGE_CERTIFICATES)
def certificates() -> str:
    session, reach = db.session(), _reach()
    asked = clean_text(request.args.get("q", "")[:200])
    state = request.args.get("state", "")
    revoked = {"valid": False, "revoked": True}.get(state)
    page = queries.search(
        session,
        asked,
        units=reach.units,
        revoked=revoked,
        after=request.args.get("after"),
        limit=PAGE,
    )
    kept: dict[str, Any] = {"q": asked or None, "state": state if revoked is not None else None}
    return render_template(
        "manage/certificates.html",
        page=page,
        asked=asked,
        state=state if revoked is not None else "",
        pending=pending_count(session, reach.units),
        is_filtered=bool(asked) or revoked is not None,
        is_later=bool(request.args.get("after")),
        first_url=url_for(".certificates", **kept),
        next_url=url_for(".certificates", **kept, after=page.after) if page.after else "",
        format_nip=format_nip,
    )


def _found(certificate_id: UUID) -> queries.Shown:
    found = queries.managed_certificate(db.session(), certificate_id, _reach().units)
    if found is None:
        raise NotFound
    return found


@bp.get("/manage/certificates/<uuid:certificate_id>")
@requires(Permission.MANAGE_CERTIFICATES)
def certificate(certificate_id: UUID) -> str:
    found = _found(certificate_id)
    return render_template(
        "manage/certificate.html",
        found=found,
        content=found.content,
        nip=format_nip(found.content.nip),
    )


@bp.get("/manage/certificates/<uuid:certificate_id>/pdf")
@requires(Permission.MANAGE_CERTIFICATES)
def certificate_pdf(certificate_id: UUID) -> Response:
    """The document as its holder has it."""
    content = _found(certificate_id).content
    data = documents.pdf_of(db.session(), current_app.extensions["storage"], certificate_id)
    return send_file(
        BytesIO(data),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=file_name(content.title, content.course_title, content.name),
        etag=False,
    )


@bp.route("/manage/certificates/<uuid:certificate_id>/revoke", methods=["GET", "POST"])
@requires(Permission.MANAGE_CERTIFICATES)
def revoke_certificate(certificate_id: UUID) -> Any:
    me, now = the_viewer(), clock.now()
    found = _found(certificate_id)
    units = _reach().units
    form = RevokeForm()
    act = Act(form)
    if act.is_asked():
        reason = clean_text(form.reason.data or "")
        with act, unit_of_work(db.session()) as session:
            if not _revoked_so(session, certificate_id, me.id, reason):
                credentials.revoke(
                    session,
                    certificate_id,
                    by=me.id,
                    by_name=me.name,
                    reason=reason,
                    at=now,
                    units=None if units is None else set(units),
                )
        if act.is_done:
            flash(_("Sertifikat %(number)s dicabut.", number=found.content.number), "ok")
            return redirect(url_for(".certificate", certificate_id=certificate_id), code=303)
    elif request.method == "GET" and found.revoked_at is not None:
        return redirect(url_for(".certificate", certificate_id=certificate_id), code=303)
    page = render_template(
        "manage/certificate_revoke.html", form=form, found=found, content=found.content, act=act
    )
    return page, act.status


def _revoked_so(session: Any, certificate_id: UUID, by: UUID, reason: str) -> bool:
    """Whether the first of two clicks has done it."""
    row = session.execute(
        select(Certificate.revoked_by, Certificate.revocation_reason)
        .where(Certificate.id == certificate_id)
        .with_for_update()
    ).one()
    return tuple(row) == (by, reason)
