"""Certificates: found and looked at."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import (
    Response,
    current_app,
    render_template,
    request,
    send_file,
    url_for,
)

from corpu import clock
from corpu.credentials import documents, queries
from corpu.credentials.life import LAST_ZONE, Standing
from corpu.credentials.life_queries import count_waiting, history_of
from corpu.credentials.life_words import ACTS, ASKED, CLASSES, STANDINGS
from corpu.credentials.rules import format_nip
from corpu.credentials.searching import search
from corpu.credentials.wallet_views import file_name
from corpu.credentials.wishes import waiting_of
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.manage.blueprint import bp
from corpu.manage.queries import pending_count
from corpu.manage.scope import Reach, reach_of
from corpu.people.rules import clean_text
from corpu.permissions import Permission
from corpu.web import requires, the_viewer
from corpu.zones import local_date

PAGE = 25


def _reach() -> Reach:
    return reach_of(db.session(), the_viewer(), Permission.MANAGE_CERTIFICATES)


@bp.get("/manage/certificates")
@requires(Permission.MANAGE_CERTIFICATES)
def certificates() -> str:
    session, reach = db.session(), _reach()
    asked = clean_text(request.args.get("q", "")[:200])
    asked_state = request.args.get("state", "")
    state = Standing(asked_state) if asked_state in set(Standing) else None
    now = clock.now()
    page = search(
        session,
        asked,
        units=reach.units,
        state=state,
        day=(day := local_date(now, LAST_ZONE)),
        after=request.args.get("after"),
        limit=PAGE,
    )
    kept: dict[str, Any] = {"q": asked or None, "state": state.value if state else None}
    return render_template(
        "manage/certificates.html",
        page=page,
        asked=asked,
        state=state or "",
        day=day,
        standings=STANDINGS,
        requests=count_waiting(session, reach.units, at=now),
        pending=pending_count(session, reach.units),
        is_filtered=bool(asked) or state is not None,
        is_later=bool(request.args.get("after")),
        first_url=url_for(".certificates", **kept),
        next_url=url_for(".certificates", **kept, after=page.after) if page.after else "",
        format_nip=format_nip,
    )


def units_within() -> set[UUID] | None:
    """The issuing units in reach of who looks; None: all."""
    units = _reach().units
    return None if units is None else set(units)


def found_within(certificate_id: UUID) -> queries.Shown:
    found = queries.managed_certificate(db.session(), certificate_id, _reach().units)
    if found is None:
        raise NotFound
    return found


@bp.get("/manage/certificates/<uuid:certificate_id>")
@requires(Permission.MANAGE_CERTIFICATES)
def certificate(certificate_id: UUID) -> str:
    found = found_within(certificate_id)
    session, now = db.session(), clock.now()
    return render_template(
        "manage/certificate.html",
        found=found,
        standing=found.standing_on(local_date(now, LAST_ZONE)),
        classes=CLASSES,
        acts=ACTS,
        asked_words=ASKED,
        asked=history_of(session, certificate_id),
        wish=waiting_of(session, certificate_id),
        now=now,
        content=found.content,
        nip=format_nip(found.content.nip),
    )


@bp.get("/manage/certificates/<uuid:certificate_id>/pdf")
@requires(Permission.MANAGE_CERTIFICATES)
def certificate_pdf(certificate_id: UUID) -> Response:
    """The document as its holder has it."""
    content = found_within(certificate_id).content
    data = documents.pdf_of(db.session(), current_app.extensions["storage"], certificate_id)
    return send_file(
        BytesIO(data),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=file_name(content.title, content.course_title, content.name),
        etag=False,
    )
