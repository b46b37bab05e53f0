"""Letters by SMTP: one connection, many letters, and for each whether it went.

Without settings it is not configured; nothing depends on it. Every letter says plainly whether it
was taken, refused for good, or not even offered, so that the caller can send none twice.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config import Smtp

TIMEOUT = 15.0  # seconds for one step of the conversation


class NotSent(Exception):
    """The server was not reached, or would not listen: nothing went, try again later."""


class Refused(Exception):
    """The server will not have this letter. The text is what it said, in a line."""


class Unknown(Exception):
    """The conversation broke off after the letter was handed over: perhaps it went."""


@dataclass(frozen=True)
class Letter:
    """A letter of plain text. `key` names it for good: a server that gets it twice can see so."""

    to: str
    name: str
    subject: str
    text: str
    key: str


class Post:
    """An open connection."""

    def __init__(self, settings: "Smtp", server: smtplib.SMTP) -> None:
        self._settings, self._server = settings, server

    def send(self, letter: Letter, *, at: datetime) -> None:
        """Hand over one letter. Raises NotSent, Refused, Unknown."""
        try:
            message = self._message(letter, at)
        except (ValueError, IndexError) as bad:  # an address that no header can hold
            raise Refused(type(bad).__name__) from bad
        try:
            self._offer(letter)
        except smtplib.SMTPResponseException as answer:
            raise Refused(_said(answer)) from answer
        except (OSError, smtplib.SMTPException) as broken:
            raise NotSent(type(broken).__name__) from broken
        try:
            code, said = self._server.data(message)
        except smtplib.SMTPDataError as answer:  # it would not even begin
            raise Refused(_said(answer)) from answer
        except (OSError, smtplib.SMTPException) as broken:
            raise Unknown(type(broken).__name__) from broken
        if code != 250:
            raise Refused(_said(smtplib.SMTPDataError(code, said)))

    def _offer(self, letter: Letter) -> None:
        self._server.rset()
        for code, said in (
            self._server.mail(self._settings.sender),
            self._server.rcpt(letter.to),
        ):
            if code not in (250, 251):
                raise smtplib.SMTPResponseException(code, said)

    def _message(self, letter: Letter, at: datetime) -> bytes:
        message = EmailMessage()
        message["From"] = self._settings.sender
        message["To"] = Address(letter.name, addr_spec=letter.to)
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{letter.key}@{self._settings.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="quoted-printable")
        return message.as_bytes()


@contextmanager
def post(settings: "Smtp") -> Iterator[Post]:
    """A connection for many letters. Raises NotSent where there is none."""
    try:
        server = _connected(settings)
    except (OSError, smtplib.SMTPException) as broken:
        raise NotSent(type(broken).__name__) from broken
    try:
        yield Post(settings, server)
    finally:
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):
            server.close()


def _connected(settings: "Smtp") -> smtplib.SMTP:
    if settings.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.host, settings.port, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT)
    try:
        if settings.security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.user:
            server.login(settings.user, settings.password)
        server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server


def _said(answer: smtplib.SMTPResponseException) -> str:
    said = answer.smtp_error
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return f"{answer.smtp_code} {' '.join(text.split())}"[:200]
