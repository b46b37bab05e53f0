"""What the public pages of this room share: their headers, and patience with unknown codes."""

from flask import Response, current_app, make_response, render_template, request

from corpu.errors import N_, TooMany
from corpu.throttle import Throttle, address_key

CAMERA = "camera=(self), microphone=(), geolocation=()"


class TooManyMisses(TooMany):
    message = N_(
        "Terlalu banyak kode yang tidak dikenal dari jaringan Anda. Tunggu sepuluh menit, lalu "
        "coba lagi. Kode yang benar tetap dapat diperiksa."
    )


def count_miss() -> None:
    """Too many unknown codes from one address are answered no more; known ones always are."""
    throttle = Throttle(current_app, "verify")
    key = address_key(request.remote_addr)
    if throttle.is_blocked(key):
        raise TooManyMisses(retry_after=600)
    throttle.hit_failure(key)


def public_page(template: str, status: int = 200, **values: object) -> Response:
    """A page for anybody and for no search engine. The one with the scanner may use the camera."""
    response = make_response(render_template(template, **values), status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    if template == "credentials/verify.html":
        response.headers["Permissions-Policy"] = CAMERA
    return response
