"""How a request knows who is there: the session cookie, its ends, and what to do without one.

The cookie holds the person, the epoch of the account and three stamps, and nothing else
that matters. A session ends after 12 hours without a request, or 30 days after signing in
where the person chose *ingat saya*; a risen epoch ends every one at once.
"""

import hashlib
import hmac
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    g,
    jsonify,
    redirect,
    request,
    session,
    url_for,
)
from flask_babel import gettext
from flask_login import login_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer

from corpu import clock
from corpu.errors import N_, RuleBroken
from corpu.extensions import db, login_manager
from corpu.identity import Viewer
from corpu.people import queries
from corpu.permissions import Permission
from corpu.throttle import Throttle, address_key
from corpu.web import error_response, wants_json

IDLE = timedelta(hours=12)
REMEMBERED = timedelta(days=30)
STAMP_EVERY = timedelta(minutes=10)
KNOWN_FOR = timedelta(days=365)
KNOWN_ACCOUNTS = 12  # a shared desk has a few; the cookie stays small


def init_app() -> None:
    """Wire Flask-Login. Its own remember cookie and its binding to an address are not used:
    phones change their address all day."""
    login_manager.session_protection = None
    login_manager.user_loader(load_viewer)
    login_manager.unauthorized_handler(unauthorized)


# -------------------------------------------------------------------------- the session


def load_viewer(user_id: str) -> Viewer | None:
    """Who the cookie says is there, if the session has not ended."""
    found = read_user_id(user_id)
    now = clock.now()
    if found is None or _has_ended(now.timestamp()):
        return None
    person = queries.viewer_for(db.session(), *found, now)
    if person is not None and now.timestamp() - session.get("seen", 0) >= STAMP_EVERY.seconds:
        session["seen"] = int(now.timestamp())
    return person


def read_user_id(user_id: str | None) -> tuple[UUID, int] | None:
    """Person and epoch out of the cookie's `_user_id`."""
    digits, _, epoch = (user_id or "").partition(".")
    try:
        return UUID(hex=digits), int(epoch)
    except ValueError:
        return None


def former_person() -> UUID | None:
    """Whose session this browser had, also after it ended; None where it says nothing."""
    found = read_user_id(session.get("_user_id"))
    return found[0] if found else None


def _has_ended(now: float) -> bool:
    if session.get("remember"):
        return now - session.get("since", 0) > REMEMBERED.total_seconds()
    return now - session.get("seen", now) > IDLE.total_seconds()


class SessionOvertaken(RuleBroken):
    """Between the right password and the session, all sessions of the account were ended."""

    message = N_("Akun ini baru saja diubah dari tempat lain. Masuk sekali lagi.")


def begin_session(person_id: UUID, epoch: int, *, remember: bool) -> Viewer:
    """Sign the person in on this browser, on a session with nothing of the earlier one.
    Raises SessionOvertaken."""
    now = clock.now()
    person = queries.viewer_for(db.session(), person_id, epoch, now)
    if person is None:
        raise SessionOvertaken
    _clear()
    session.permanent = remember
    session["since"] = session["seen"] = int(now.timestamp())
    if remember:
        session["remember"] = True
    login_user(person)
    g.pop("locale", None)
    g.now_known = person_id
    return person


def continue_session(person_id: UUID, epoch: int) -> None:
    """Go on in this browser after the epoch rose for all others."""
    begin_session(person_id, epoch, remember=bool(session.get("remember")))


def end_session() -> None:
    """Sign out here. That this browser is known stays."""
    logout_user()
    _clear()


def _clear() -> None:
    """Empty the session, and forget the token that this request has made for the old one."""
    session.clear()
    g.pop(current_app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token"), None)


# -------------------------------------------------------------------- known browsers


def is_known(person_id: UUID) -> bool:
    """Whether this browser has signed in to the account before."""
    known = _marks()
    # A browser stays known when the key is changed, as its session stays.
    return any(_mark(person_id, key) in known for key in secrets_of(current_app))


def remember_browser(response: Response) -> Response:
    """After a sign-in, add the account to the browser's list of those it knows."""
    person_id = g.pop("now_known", None)
    if person_id is None:
        return response
    mark = _mark(person_id, str(current_app.config["SECRET_KEY"]))
    marks = [mark, *(other for other in _marks() if other != mark)][:KNOWN_ACCOUNTS]
    response.set_cookie(
        _known_name(),
        _serializer().dumps(marks),
        max_age=int(KNOWN_FOR.total_seconds()),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response


def _known_name() -> str:
    return "__Host-corpu-known" if current_app.config["SESSION_COOKIE_SECURE"] else "corpu-known"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(secrets_of(current_app), salt="known-browser")


def _marks() -> list[str]:
    try:
        marks = _serializer().loads(request.cookies.get(_known_name(), ""))
    except BadSignature:
        return []
    return [mark for mark in marks if isinstance(mark, str)] if isinstance(marks, list) else []


def _mark(person_id: UUID, key: str) -> str:
    """An account as the cookie names it: who reads the cookie learns nothing from it."""
    return hmac.new(key.encode(), b"known-browser:" + person_id.bytes, hashlib.sha256).hexdigest()[
        :32
    ]


def secrets_of(app: Flask) -> list[str]:
    """The keys for signing, oldest first, as itsdangerous wants them."""
    return [*app.config.get("SECRET_KEY_FALLBACKS", []), str(app.config["SECRET_KEY"])]


def counting_key(typed: str) -> str:
    """Under which key failures of an unknown name are counted."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, b"sign-in:" + typed.encode(), hashlib.sha256).hexdigest()


def address_failures() -> tuple[Throttle, str]:
    """The counter of failed sign-ins and the key of the client's address."""
    return Throttle(current_app, "sign-in"), address_key(request.remote_addr)


# --------------------------------------------------------------- where there is nobody


def is_local(target: str | None) -> bool:
    """Whether a target is a path on this very site, so that signing in leads nowhere else."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return False
    if any(ord(character) < 33 or character == "\\" for character in target):
        return False
    parts = urlsplit(target)
    return not parts.scheme and not parts.netloc


def next_target(asked: str | None) -> str:
    """Where to go after signing in: the page asked for, or Beranda."""
    home = url_for("people.home")
    if not is_local(asked) or str(asked).split("?")[0] in (url_for("people.login"), "/logout"):
        return home
    return str(asked)


def unauthorized() -> Any:
    """Nobody is signed in, and the page asked needs somebody."""
    # A page imports what seals forms; forms import the page's words. Late, to keep the two apart.
    from corpu.people import resending  # noqa: PLC0415 - they name each other

    if wants_json():
        return jsonify(login=url_for("people.login", next=_page_asked_from())), 401
    if request.method in ("GET", "HEAD"):
        return redirect(url_for("people.login", next=request.full_path.rstrip("?")), code=303)
    if request.blueprint == "people":
        # Never keep what was typed here: these forms hold passwords.
        flash(gettext("Formulir tadi sudah kedaluwarsa. Isi sekali lagi."), "warn")
        return redirect(url_for("people.login"), code=303)
    if _is_public():
        return error_response(
            400,
            gettext("Formulir ini sudah kedaluwarsa"),
            gettext("Kembali ke halaman sebelumnya, muat ulang, lalu kirim sekali lagi."),
        )
    return resending.ask_to_sign_in()


def _page_asked_from() -> str | None:
    """The path of the page whose script asks, to come back to after signing in."""
    parts = urlsplit(request.referrer or "")
    return parts.path if parts.netloc == request.host and is_local(parts.path) else None


def _is_public() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "required_permission", None) is Permission.PUBLIC
