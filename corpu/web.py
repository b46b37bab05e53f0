"""The seam between Flask and the domain: guards, headers, error pages."""

import logging
import secrets
import sqlite3
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import (
    Flask,
    Request,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    render_template,
    request,
)
from flask_babel import gettext
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import BadRequest, HTTPException, SecurityError

from corpu import i18n
from corpu.addresses import without_token
from corpu.errors import N_, DomainError, NotAllowed, TooMany
from corpu.extensions import login_manager
from corpu.identity import Viewer
from corpu.numbers import whole
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

FILE_TOO_LARGE = N_(
    "Berkasnya paling besar %(most)s MB. Kembali, perkecil foto atau pindaiannya, lalu kirim lagi."
)


class Fields(ImmutableMultiDict[str, Any]):
    """What an address or a form says, without NUL: nobody means it, PostgreSQL refuses it."""

    def __init__(self, pairs: Any = None) -> None:
        if not hasattr(pairs, "items"):
            pairs = [
                (name, value.replace("\0", "") if isinstance(value, str) else value)
                for name, value in pairs or ()
            ]
        super().__init__(pairs)


class TextRequest(Request):
    """A request whose words both databases can keep."""

    parameter_storage_class = Fields

    @property
    def max_content_length(self) -> int | None:
        """In bytes: what every form may have, more where a view takes files (`takes_files`)."""
        view = current_app.view_functions.get(self.endpoint or "")
        return getattr(view, "largest_request", None) or super().max_content_length

    @max_content_length.setter
    def max_content_length(self, value: int | None) -> None:
        Request.max_content_length.fset(self, value)  # type: ignore[attr-defined]

    def get_json(self, *args: Any, **kwargs: Any) -> Any:
        """As ever; JSON nested beyond all measure is JSON that cannot be read."""
        try:
            return super().get_json(*args, **kwargs)
        except RecursionError:
            if kwargs.get("silent"):
                return None
            raise BadRequest from None


def register_requests(app: Flask) -> None:
    """Read requests as text that can be kept."""
    app.request_class = TextRequest

    @app.before_request
    def replace_nul() -> None:
        """An address with a NUL in it leads to what is not there, in each room's own words."""
        if "\0" in request.path and request.view_args:
            request.view_args = {
                name: value.replace("\0", "\ufffd") if isinstance(value, str) else value
                for name, value in request.view_args.items()
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


def page_asked(name: str = "page") -> int:
    """The page of a list that the address asks for; 1 for what is no such number."""
    return whole(request.args.get(name)) or 1


def takes_files(most: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view take a file of so many bytes, besides the fields of its form. Outermost, so
    that the mark is on what Flask calls."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        view.largest_file = most  # type: ignore[attr-defined]
        view.largest_request = most + 1024 * 1024  # type: ignore[attr-defined]
        return view

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
        if status in (500, 503) or isinstance(request.routing_exception, SecurityError):
            # Past the context processors: this page comes even where nobody can be looked up,
            # and where the host that was named is none of ours, so that no address can be made.
            bare = current_app.jinja_env.get_template("errors/bare.html")
            words["locale"] = i18n.choose_locale()
            response = make_response(bare.render(words))
        else:
            response = make_response(render_template("errors/page.html", **words))
    response.status_code = status
    return response


def register_error_handlers(app: Flask) -> None:
    @app.errorhandler(TimeoutError)
    @app.errorhandler(DBAPIError)
    def database_error(error: DBAPIError | TimeoutError) -> Response:
        if not is_unavailable(error):
            return unexpected(error)
        i18n.do_without_account()
        cause = getattr(error, "orig", error)
        log.error("reference %s: the database did not answer: %s", reference(), cause)
        title, advice = HTTP_ERRORS[503]
        response = error_response(503, gettext(title), gettext(advice))
        response.headers["Retry-After"] = "10"
        return response

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        i18n.do_without_account()
        what = f"{request.method} {without_token(request.path)}"
        log.error("reference %s: %s", reference(), what, exc_info=error)
        title, advice = HTTP_ERRORS[500]
        return error_response(500, gettext(title), gettext(advice))

    def in_any_case(handler: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """An error page in the layout asks who is there, and may fail in its turn."""

        @wraps(handler)
        def guarded(error: Any) -> Any:
            try:
                return handler(error)
            except (DBAPIError, TimeoutError) as unanswered:
                return database_error(unanswered)
            except Exception as failure:
                return unexpected(failure)

        return guarded

    @app.errorhandler(DomainError)
    @in_any_case
    def domain_error(error: DomainError) -> Response:
        title, _ = HTTP_ERRORS.get(error.status, HTTP_ERRORS[409])
        response = error_response(
            error.status, gettext(title), gettext(error.message, **error.params)
        )
        if isinstance(error, TooMany):
            response.headers["Retry-After"] = str(error.retry_after)
        return response

    @app.errorhandler(CSRFError)
    @in_any_case
    def csrf_error(error: CSRFError) -> Any:
        if viewer() is None:
            return login_manager.unauthorized()
        title, advice = HTTP_ERRORS[400]
        return error_response(400, gettext(title), gettext(advice))

    @app.errorhandler(HTTPException)
    @in_any_case
    def http_error(error: HTTPException) -> Any:
        status = error.code or 500
        if status < 400:
            return error
        if status >= 500:
            path = without_token(request.path)
            log.error("reference %s: %s %s: %s", reference(), request.method, path, error)
        title, advice = HTTP_ERRORS.get(status, HTTP_ERRORS[500 if status >= 500 else 400])
        view = current_app.view_functions.get(request.endpoint or "")
        if status == 413 and (most := getattr(view, "largest_file", 0)):
            said = gettext(FILE_TOO_LARGE, most=most // (1024 * 1024))
        else:
            said = gettext(advice)
        response = error_response(status, gettext(title), said)
        for name, value in error.get_headers():
            if name in ("Allow", "Retry-After"):
                response.headers[name] = value
        return response


def is_unavailable(error: DBAPIError | TimeoutError) -> bool:
    """Whether the database is away or busy, so that trying again may help; a statement it does
    not understand is our mistake and will not get better."""
    if isinstance(error, TimeoutError) or error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.OperationalError):
        return getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR
    return isinstance(error, OperationalError)


def register_headers(app: Flask) -> None:
    @app.after_request
    def harden(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if app.config["SESSION_COOKIE_SECURE"]:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        # An error page too has the person's name in its menu.
        headers.setdefault("Cache-Control", "private, no-store")
        return response
