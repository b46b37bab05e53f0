"""The seam between Flask and the domain: guards, headers, error pages."""

import logging
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from corpu.errors import N_, DomainError, NotAllowed, TooMany
from corpu.extensions import login_manager
from corpu.identity import Viewer
from corpu.permissions import Permission, can

log = logging.getLogger(__name__)

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; media-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

# What each refusal of HTTP itself says to a person: a title and what to do.
HTTP_ERRORS: dict[int, tuple[str, str]] = {
    400: (
        N_("Permintaan ini tidak terbaca"),
        N_("Kembali ke halaman sebelumnya, muat ulang, lalu kirim sekali lagi."),
    ),
    401: (N_("Masuk dahulu"), N_("Halaman ini hanya untuk yang sudah masuk.")),
    403: (
        N_("Anda tidak berwenang membuka ini"),
        N_("Bila seharusnya boleh, hubungi pengelola pembelajaran di unit Anda."),
    ),
    404: (
        N_("Halaman ini tidak ada"),
        N_("Periksa alamatnya, atau mulai lagi dari Beranda."),
    ),
    405: (
        N_("Cara membuka alamat ini keliru"),
        N_("Kembali ke halaman sebelumnya dan pakai tombol di sana."),
    ),
    409: (
        N_("Keadaannya sudah berubah"),
        N_("Muat ulang halaman untuk melihat yang terbaru."),
    ),
    413: (
        N_("Kiriman ini terlalu besar"),
        N_("Formulir menerima paling banyak 1 MB. Pendekkan isinya lalu kirim lagi."),
    ),
    429: (N_("Terlalu banyak percobaan"), N_("Tunggu sebentar, lalu coba lagi.")),
    500: (
        N_("Ada yang salah di pihak kami"),
        N_("Tidak ada yang tersimpan setengah. Coba lagi; bila terulang, sebutkan nomor ini."),
    ),
    503: (
        N_("Sedang sibuk"),
        N_("Jawaban yang sudah tersimpan aman. Coba lagi beberapa saat lagi."),
    ),
}


def viewer() -> Viewer | None:
    """The signed-in person, or None."""
    return current_user._get_current_object() if current_user.is_authenticated else None


def the_viewer() -> Viewer:
    """The signed-in person, in a view that requires one."""
    person = viewer()
    assert person is not None
    return person


def requires(
    permission: Permission,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a view with the permission it needs, and enforce it."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            # A public page costs no statement where it does not ask who is there.
            if permission is Permission.PUBLIC or can(viewer(), permission):
                return view(*args, **kwargs)
            if viewer() is None:
                return login_manager.unauthorized()
            raise NotAllowed

        guarded.required_permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def wants_json() -> bool:
    return request.is_json or request.accept_mimetypes.best == "application/json"


def reference() -> str:
    """The number that stands on an error page and in the log."""
    if "reference" not in g:
        g.reference = secrets.token_hex(4)
    return str(g.reference)


def error_response(status: int, title: str, advice: str) -> Response:
    """The error page in the layout, or the same as JSON."""
    if wants_json():
        response = jsonify(status=status, title=title, detail=advice, reference=reference())
    else:
        words = {"status": status, "title": title, "advice": advice, "reference": reference()}
        if status in (500, 503):
            # Past the context processors: this page comes even where nobody can be looked up.
            bare = current_app.jinja_env.get_template("errors/bare.html")
            response = make_response(bare.render(words))
        else:
            response = make_response(render_template("errors/page.html", **words))
    response.status_code = status
    return response


def register_error_handlers(app: Flask) -> None:
    @app.errorhandler(OperationalError)
    def database_error(error: OperationalError) -> Response:
        g.setdefault("locale", "id")  # asking the account for its language would fail again
        log.error("reference %s: the database did not answer: %s", reference(), error.orig)
        title, advice = HTTP_ERRORS[503]
        response = error_response(503, gettext(title), gettext(advice))
        response.headers["Retry-After"] = "10"
        return response

    def even_without_database(handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """An error page too asks who is there; where that fails, the answer is 503."""

        @wraps(handler)
        def guarded(error: Any) -> Any:
            try:
                return handler(error)
            except OperationalError as unanswered:
                return database_error(unanswered)

        return guarded

    @app.errorhandler(DomainError)
    @even_without_database
    def domain_error(error: DomainError) -> Response:
        title, _ = HTTP_ERRORS.get(error.status, HTTP_ERRORS[409])
        response = error_response(
            error.status, gettext(title), gettext(error.message, **error.params)
        )
        if isinstance(error, TooMany):
            response.headers["Retry-After"] = str(error.retry_after)
        return response

    @app.errorhandler(CSRFError)
    @even_without_database
    def csrf_error(error: CSRFError) -> Any:
        if viewer() is None:
            return login_manager.unauthorized()
        title, advice = HTTP_ERRORS[400]
        return error_response(400, gettext(title), gettext(advice))

    @app.errorhandler(HTTPException)
    @even_without_database
    def http_error(error: HTTPException) -> Any:
        status = error.code or 500
        if status < 400:
            return error
        title, advice = HTTP_ERRORS.get(status, HTTP_ERRORS[500 if status >= 500 else 400])
        response = error_response(status, gettext(title), gettext(advice))
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        g.setdefault("locale", "id")
        log.exception("reference %s: %s %s", reference(), request.method, request.path)
        title, advice = HTTP_ERRORS[500]
        return error_response(500, gettext(title), gettext(advice))


def register_headers(app: Flask) -> None:
    @app.after_request
    def harden(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
        if app.config["SESSION_COOKIE_SECURE"]:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint not in ("static", None) and "Cache-Control" not in headers:
            headers["Cache-Control"] = "private, no-store"
        return response
