"""What the domain refuses to do. Each kind knows its HTTP status, and no more of HTTP.

Messages are gettext source strings in Indonesian; `params` fill their %(name)s places
after translation, at the edge.
"""

from typing import Any


def N_(text: str) -> str:
    """Mark a string for translation without translating it here."""
    return text


class DomainError(Exception):
    status = 422
    message = N_("Ini tidak dapat dilakukan.")

    def __init__(self, message: str = "", **params: Any) -> None:
        self.message = message or self.message
        self.params = params
        super().__init__(self.message % params if params else self.message)


class NotFound(DomainError):
    """Unknown, or another person's: both look the same from outside."""

    status = 404
    message = N_("Yang Anda cari tidak ada di sini.")


class NotAllowed(DomainError):
    status = 403
    message = N_("Anda tidak berwenang membuka ini.")


class RuleBroken(DomainError):
    """Understood and permitted, but a rule of the university says no."""

    status = 409


class TooMany(DomainError):
    """Asked too often; `retry_after` in seconds."""

    status = 429
    message = N_("Terlalu banyak percobaan. Tunggu sebentar lalu coba lagi.")

    def __init__(self, message: str = "", *, retry_after: int = 60, **params: Any) -> None:
        super().__init__(message, **params)
        self.retry_after = retry_after
