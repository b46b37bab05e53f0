"""Pages that ask nothing of anybody: privacy, accessibility, about, and what machines look for."""

from datetime import timedelta
from functools import cache

from flask import (
    Blueprint,
    Response,
    current_app,
    jsonify,
    redirect,
    render_template,
    url_for,
)
from sqlalchemy.exc import SQLAlchemyError

from config import ROOT
from corpu import clock
from corpu.addresses import absolute
from corpu.extensions import db
from corpu.operations import schema
from corpu.permissions import Permission
from corpu.web import requires

bp = Blueprint("pages", __name__)

A_DAY = "public, max-age=86400"
SECURITY_PROMISE = timedelta(days=180)  # RFC 9116 asks for less than a year

# Only what needs nobody to sign in is of use to a search engine. /verify is not forbidden: its
# pages say noindex themselves, which a robot that may not read them would never learn.
ROBOTS = """\
User-agent: *
Disallow: /account
Disallow: /author
Disallow: /courses
Disallow: /login
Disallow: /manage
Disallow: /me
Disallow: /setup
Disallow: /team
"""


@bp.get("/privasi")
@requires(Permission.PUBLIC)
def privacy() -> str:
    """What is kept about people, why, who sees it, for how long, and their rights (UU 27/2022)."""
    return render_template("pages/privacy.html", contact=_settings().privacy_contact)


@bp.get("/aksesibilitas")
@requires(Permission.PUBLIC)
def accessibility() -> str:
    """What is promised, what is checked, what is known to be missing."""
    return render_template("pages/accessibility.html", contact=_settings().privacy_contact)


@bp.get("/about")
@requires(Permission.PUBLIC)
def about() -> str:
    """What this is, its version, its licence and where its source is."""
    settings = _settings()
    return render_template(
        "pages/about.html",
        source_url=settings.source_url,
        security_contact=_contact(settings.security_contact),
        notice=_notice(),
    )


@bp.get("/robots.txt")
@requires(Permission.PUBLIC)
def robots() -> Response:
    """What a search engine may ask for."""
    return _text(ROBOTS)


@bp.get("/.well-known/security.txt")
@requires(Permission.PUBLIC)
def security() -> Response:
    """Whom to tell of a hole (RFC 9116)."""
    settings = _settings()
    until = (clock.now() + SECURITY_PROMISE).replace(hour=0, minute=0, second=0, microsecond=0)
    here = url_for("pages.about", _anchor="keamanan")
    lines = [
        f"Contact: {_contact(settings.security_contact) or absolute(here)}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: id, en",
    ]
    if settings.public_url:
        lines.append(f"Canonical: {absolute(url_for('pages.security'))}")
    return _text("\n".join(lines) + "\n")


@bp.get("/security.txt")
@requires(Permission.PUBLIC)
def security_at_the_root() -> Response:
    """Where it was before the RFC; some still look here."""
    return redirect(url_for("pages.security"), code=301)  # type: ignore[return-value]


@bp.get("/healthz")
@requires(Permission.PUBLIC)
def alive() -> Response:
    """The process answers; nothing else is asked."""
    return jsonify(status="ok")


@bp.get("/readyz")
@requires(Permission.PUBLIC)
def ready() -> tuple[Response, int]:
    """Whether to send people here: the database answers and has the schema of this program."""
    try:
        revision = schema.current(db.session.connection())
    except SQLAlchemyError:
        current_app.logger.exception("the database did not answer a look at its readiness")
        return jsonify(status="unavailable", database="unreachable"), 503
    if revision != schema.head():
        return jsonify(status="unavailable", database="ok", schema="not at head"), 503
    return jsonify(status="ok", database="ok", schema="ok"), 200


@bp.get("/favicon.ico")
@requires(Permission.PUBLIC)
def favicon() -> Response:
    """For browsers that ask before they have read a page."""
    icon = current_app.extensions["assets"].get("img/favicon.ico")
    return Response(
        icon.body, mimetype="image/vnd.microsoft.icon", headers={"Cache-Control": A_DAY}
    )


def _settings():
    return current_app.config["SETTINGS"]


def _contact(text: str) -> str:
    """A contact as the URI that RFC 9116 wants: an e-mail address may be given plainly."""
    return f"mailto:{text}" if "@" in text and ":" not in text else text


def _text(content: str) -> Response:
    return Response(content, mimetype="text/plain", headers={"Cache-Control": A_DAY})


@cache
def _notice() -> str:
    return (ROOT / "NOTICE").read_text(encoding="utf-8")
