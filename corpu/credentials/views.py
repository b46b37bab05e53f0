"""One's own certificates, and the public page on which anybody checks one."""

from io import BytesIO
from uuid import UUID

from flask import (
    Response,
    current_app,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from corpu import clock
from corpu.addresses import absolute
from corpu.credentials import (
    bulk_views,
    condition_views,
    documents,
    export,
    file_views,
    outside_views,
    qr_views,
    queries,
    statement_views,
    wallet_views,
    wish_views,
)
from corpu.credentials.badges import views as badge_views
from corpu.credentials.blueprint import bp
from corpu.credentials.expiring import reminders_of
from corpu.credentials.life import LAST_ZONE
from corpu.credentials.life_words import CLASSES, WISHED
from corpu.credentials.public import count_miss, public_page, verdict_page
from corpu.credentials.rules import format_code, format_nip, normalise_code
from corpu.credentials.wallet import linkedin_address
from corpu.credentials.wallet_views import file_name
from corpu.credentials.wishes import latest_of
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.learning.validity import RENEW_BEFORE
from corpu.permissions import Permission
from corpu.web import requires, the_viewer
from corpu.zones import local_date

__all__ = [
    "badge_views",
    "bp",
    "bulk_views",
    "condition_views",
    "export",
    "file_views",
    "outside_views",
    "qr_views",
    "statement_views",
    "wallet_views",
    "wish_views",
]  # these add themselves on import

bp.add_app_template_filter(format_code, "code_groups")

LONGEST_ECHO = 40  # of what was typed, so that the page stays a page


# -------------------------------------------------------------------------------- one's own


@bp.get("/me/certificates/<uuid:certificate_id>")
@requires(Permission.LEARN)
def certificate(certificate_id: UUID) -> str:
    """One of my certificates; another's does not exist here."""
    found = _own(certificate_id)
    content, session = found.content, db.session()
    today = local_date(clock.now(), LAST_ZONE)
    return render_template(
        "credentials/certificate.html",
        standing=found.standing_on(today),
        renewable_from=found.valid_until - RENEW_BEFORE if found.valid_until else None,
        reminders=reminders_of(session, certificate_id) if found.valid_until else [],
        wish=latest_of(session, certificate_id),
        wish_words=WISHED,
        classes=CLASSES,
        today=today,
        found=found,
        content=content,
        nip=format_nip(content.nip),
        verify_url=(verify_url := _verify_url(content.code)),
        linkedin_url=linkedin_address(content, verify_url, found.issued_at, the_viewer().timezone),
    )


@bp.get("/me/certificates/<uuid:certificate_id>/pdf")
@requires(Permission.LEARN)
def pdf(certificate_id: UUID) -> Response:
    """The document: the same bytes each time."""
    content = _own(certificate_id).content
    data = documents.pdf_of(db.session(), current_app.extensions["storage"], certificate_id)
    response = send_file(
        BytesIO(data),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=file_name(content.title, content.course_title, content.name),
        etag=False,
    )
    response.set_etag(documents.fingerprint(data))
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


def _own(certificate_id: UUID) -> queries.Shown:
    found = queries.own_certificate(db.session(), the_viewer().id, certificate_id)
    if found is None:
        raise NotFound
    return found


def _verify_url(code: str) -> str:
    return absolute(url_for("credentials.verify", code=format_code(code)))


# ----------------------------------------------------------------------------- verification


@bp.get("/verify", strict_slashes=False)
@requires(Permission.PUBLIC)
def verify_form() -> AnyResponse:
    """Where a code is typed. What was typed leads to the address that its QR holds."""
    typed = request.args.get("code")
    if typed is None or not typed.strip():
        return public_page("credentials/verify.html", typed="", asked=typed is not None)
    # A form's field may hold anything; only letters, digits and dashes make a path.
    code = normalise_code(typed)
    path = format_code(code) if code else _echo(typed)
    return redirect(url_for("credentials.verify", code=path), code=303)


@bp.get("/verify/<path:code>")
@requires(Permission.PUBLIC)
def verify(code: str) -> AnyResponse:
    """Valid, revoked or unknown. One statement, and no session."""
    found = queries.by_code(db.session(), code)
    if found is None:
        count_miss()
        return public_page("credentials/verify.html", 404, typed=_echo(code), asked=True)
    return verdict_page(found)


def _echo(typed: str) -> str:
    """What was typed, short and without what a path cannot carry."""
    return " ".join(typed.replace("/", " ").replace("\\", " ").split())[:LONGEST_ECHO] or "-"
