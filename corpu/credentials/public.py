"""What the public pages of this room share: their headers, and patience with unknown codes."""

from flask import Response, current_app, make_response, render_template, request

from corpu import clock
from corpu.credentials.answers import Answer, State
from corpu.credentials.life import LAST_ZONE
from corpu.credentials.life_words import CLASSES
from corpu.credentials.queries import Shown
from corpu.credentials.rules import format_code, format_jp, mask_nip
from corpu.errors import N_, TooMany
from corpu.throttle import Throttle, address_key
from corpu.zones import local_date

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


class Allowance:
    """How many unknown ones a client may still ask about: for requests with many questions."""

    def __init__(self) -> None:
        self._throttle = Throttle(current_app, "verify")
        self._key = address_key(request.remote_addr)

    def applied(self, found: list[Answer]) -> list[Answer]:
        """The answers, with those to unknown ones counted; beyond the measure these are not
        told. What is known is always told."""
        return [self._told(one) if one.is_miss else one for one in found]

    def _told(self, one: Answer) -> Answer:
        if self._throttle.is_blocked(self._key):
            return Answer(one.question, State.NOT_CHECKED)
        self._throttle.hit_failure(self._key)
        return one


def verdict_page(found: Shown, **values: object) -> Response:
    """What a certificate of ours is worth, with its content."""
    content, now = found.content, clock.now()
    return public_page(
        "credentials/verdict.html",
        found=found,
        content=content,
        typed=format_code(content.code),
        nip=mask_nip(content.nip),
        jp=format_jp(content.jp),
        now=now,
        standing=found.standing_on(local_date(now, LAST_ZONE)),
        classes=CLASSES,
        status=200,
        **values,
    )


def public_page(template: str, status: int = 200, **values: object) -> Response:
    """A page for anybody and for no search engine. The one with the scanner may use the camera."""
    response = make_response(render_template(template, **values), status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    if template == "credentials/verify.html":
        response.headers["Permissions-Policy"] = CAMERA
    return response
