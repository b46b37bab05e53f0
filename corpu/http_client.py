"""One question over HTTP and its answer, with bounds on everything that a server decides.

Python's own client does what is needed here, so there is no library for it: the certificate of
the server is checked, nothing is followed elsewhere, an answer has a size and a time.
"""

import http.client
import json
import secrets
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from functools import cache
from typing import Any

LARGEST_ANSWER = 4 * 1024 * 1024  # bytes
CHUNK = 65536


class NoAnswer(Exception):
    """Nothing came, or not in time, or not to its end. Whether the question was heard is not
    known. The text names the kind of failure and nothing that was sent."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    def json(self) -> Any:
        """What the body says; ValueError where it is no JSON."""
        return json.loads(self.body.decode("utf-8-sig"))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Secrets go to the address that was configured, and to no other."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


@cache
def _opener(is_local: bool) -> urllib.request.OpenerDirector:
    handlers: list[Any] = [
        _NoRedirect,
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
    ]
    if is_local:  # no proxy leads to this machine
        handlers.append(urllib.request.ProxyHandler({}))
    return urllib.request.build_opener(*handlers)


def ask(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None = None,
    *,
    timeout: float,
    is_local: bool = False,
) -> Answer:
    """Send one request; `timeout` seconds cover all of it. Any status is an answer.

    Raises NoAnswer. The cause is not kept: it may hold the request with its headers.
    """
    until = time.monotonic() + timeout
    request = urllib.request.Request(url, body, dict(headers), method=method)
    try:
        try:
            response = _opener(is_local).open(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            return Answer(response.status, response.headers, _read(response, until))
    except ssl.SSLError:
        failure = "tls"
    except urllib.error.URLError as error:
        failure = "tls" if isinstance(error.reason, ssl.SSLError) else _kind(error.reason)
    except (OSError, http.client.HTTPException) as error:
        failure = _kind(error)
    raise NoAnswer(failure)


def _kind(error: object) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    return type(error).__name__


def _read(response: Any, until: float) -> bytes:
    parts, size = [], 0
    while part := response.read1(CHUNK):
        size += len(part)
        if size > LARGEST_ANSWER:
            raise http.client.HTTPException
        if time.monotonic() > until:
            raise TimeoutError
        parts.append(part)
    if getattr(response, "length", None):
        raise http.client.IncompleteRead(b"")
    return b"".join(parts)


def form_with_file(fields: Mapping[str, str], name: str, data: bytes) -> tuple[str, bytes]:
    """A form with one PDF in the field `file` (RFC 7578): its content type and its bytes."""
    boundary = secrets.token_hex(16)
    lines = []
    for field, value in fields.items():
        lines.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n')
        lines.append(f"{value}\r\n")
    lines.append(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    )
    end = f"\r\n--{boundary}--\r\n".encode()
    return f"multipart/form-data; boundary={boundary}", "".join(lines).encode() + data + end
