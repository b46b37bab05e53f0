"""A form sent after the session ended is not lost: it is kept sealed, and sent again.

The server keeps nothing: the fields travel, signed and for one hour, as a hidden field of
the sign-in form. After signing in the person sees what will be sent and sends it, to its
original address, with a token of the new session. Only forms that came from a page of this
very site are kept, so that nobody's page can slip one in.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import current_app, make_response, request, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from corpu import clock
from corpu.errors import N_, RuleBroken
from corpu.people import login

LASTS = 3600  # seconds
LARGEST = 900_000  # characters once sealed: it must fit, with the rest, into a form of 1 MB
TOKEN = "csrf_token"


class KeptTooLong(RuleBroken):
    message = N_("Kiriman tadi sudah lewat satu jam, jadi tidak dikirim. Isi sekali lagi.")


class AnothersForm(RuleBroken):
    message = N_("Kiriman tadi milik akun lain, jadi tidak dikirim.")


@dataclass(frozen=True)
class Kept:
    """A form as it was sent: where to, what, when, and by whom where that is known."""

    path: str
    fields: tuple[tuple[str, str], ...]
    person_id: UUID | None
    kept_at: datetime

    @property
    def readable(self) -> list[str]:
        """What the person wrote themself: the values with words in them, shortened."""
        words = [value.strip() for _, value in self.fields if " " in value.strip()]
        return [value if len(value) <= 400 else value[:400] + "…" for value in words[:20]]


def ask_to_sign_in() -> Any:
    """The sign-in page, carrying the form that was just sent if it can be kept."""
    # The page belongs to the views; they know this module.
    from corpu.people.views import sign_in_page  # noqa: PLC0415 - they name each other

    sealed = seal() if is_from_here() and not request.files else ""
    page = sign_in_page(sealed=sealed, lost=not sealed, next=_page_of_form())
    return make_response(page, 401)


def seal() -> str:
    """The form of this request as text; empty where it is too large."""
    fields = [
        [name, value]
        for name, value in request.form.items(multi=True)
        if name not in (TOKEN, "sealed")
    ]
    former = login.former_person()
    text = _serializer().dumps(
        {
            "path": request.full_path.rstrip("?"),
            "fields": fields,
            "person": former.hex if former else None,
            "at": int(clock.now().timestamp()),
        }
    )
    return str(text) if len(text) <= LARGEST else ""


def unseal(text: str, viewer_id: UUID) -> Kept | None:
    """The form that was kept, for the person who sent it; None for no or a forged seal.
    Raises KeptTooLong or AnothersForm."""
    if not text:
        return None
    try:
        data = _serializer().loads(text)
    except BadSignature:
        return None
    if clock.now().timestamp() - data["at"] > LASTS:
        raise KeptTooLong
    person_id = UUID(hex=data["person"]) if data["person"] else None
    if person_id not in (None, viewer_id):
        raise AnothersForm
    return Kept(
        data["path"],
        tuple((name, value) for name, value in data["fields"]),
        person_id,
        datetime.fromtimestamp(data["at"], UTC),
    )


def is_from_here() -> bool:
    """Whether the browser says that a page of this site sent the form. Browsers of today say
    so with every form; one that says nothing is not trusted with a second chance."""
    for header in ("Origin", "Referer"):
        said = request.headers.get(header)
        if said:
            return urlsplit(said).netloc == request.host
    return False


def _page_of_form() -> str:
    """Where to go when there is nothing to send again: the page the form stood on."""
    parts = urlsplit(request.referrer or "")
    if parts.netloc == request.host and login.is_local(parts.path):
        return parts.path
    return url_for("people.home")


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(login.secrets_of(current_app), salt="form-sent-too-late")
