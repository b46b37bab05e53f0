"""The web service of BKN as far as this room uses it, spoken with two tokens.

WSO2's token (`Authorization`) is fetched with key and secret and kept in memory until it ends;
the token of a person (SSO, header `Auth`) comes from the settings and cannot be renewed here.
Neither is ever written down. Of what the service answers only what is used goes on.
"""

import base64
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from corpu import http_client as http
from corpu.siasn.models import Problem, Stop
from corpu.siasn.rules import Form, wait_asked
from corpu.siasn.tables import words_for_nothing

if TYPE_CHECKING:
    from config import Siasn

LONGEST_DETAIL, LONGEST_ID = 300, 100
RENEWED_BEFORE = 60  # seconds before its end a token is fetched anew


class Trouble(Exception):
    """Why it did not go on; `detail` is in the words of the service, without secrets."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        self.problem, self.detail = problem, detail
        super().__init__(problem.value)


class Later(Trouble):
    """It may go well another time, and what was asked may have been done."""


class Refused(Trouble):
    """It will not go well until somebody has changed something."""


class Busy(Exception):
    """The service asks everybody to wait; `seconds`."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"{seconds} s")


class Stopped(Exception):
    """The service takes nothing from this installation."""

    def __init__(self, stop: Stop) -> None:
        self.stop = stop
        super().__init__(stop.value)


@dataclass(frozen=True)
class Line:
    """One exchange as it is kept: the path with `{nip}` for the number itself."""

    method: str
    path: str
    sent: dict[str, Any] | None
    status: int | None
    answered: dict[str, Any]


class Tokens:
    """WSO2's token, shared by the workers of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._token, self._until = "", 0.0

    def get(self) -> str:
        """The token, or "" where there is none that holds."""
        with self._lock:
            return self._token if time.monotonic() < self._until else ""

    def keep(self, token: str, seconds: float) -> None:
        with self._lock:
            self._token, self._until = token, time.monotonic() + seconds - RENEWED_BEFORE

    def drop(self, token: str) -> None:
        """Forget this one; a newer one of another worker stays."""
        with self._lock:
            if self._token == token:
                self._until = 0.0


@dataclass
class Client:
    """A conversation about one record; `lines` is what was said."""

    settings: "Siasn"
    tokens: Tokens
    lines: list[Line] = field(default_factory=list)

    def person_id(self, nip: str) -> str:
        """`pns/data-utama/{nip}`: SIASN's own identifier of a person. The rest of that answer,
        with tax, health and family, is let go unread."""
        answer = self._get("pns/data-utama/{nip}", nip)
        found = answer.get("data")
        is_known = isinstance(found, dict) and bool(found.get("id"))
        self._note("GET", "pns/data-utama/{nip}", None, 200, {"found": int(is_known)})
        if isinstance(found, dict) and is_known:
            return _plain(found["id"], LONGEST_ID)
        if _says_nothing(answer):
            raise Refused(Problem.UNKNOWN_NIP)
        raise Later(Problem.UNREADABLE)

    def history(self, form: Form, nip: str) -> list[Mapping[str, Any]]:
        """`pns/rw-kursus/{nip}` or `pns/rw-diklat/{nip}`: what SIASN holds. What is not clearly a
        list, or clearly "nothing", is an answer that cannot be read, never an empty list."""
        path = f"pns/rw-{form.value}/{{nip}}"
        answer = self._get(path, nip)
        rows = answer.get("data")
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            self._note("GET", path, None, 200, {"found": len(rows)})
            return rows
        if _says_nothing(answer):
            self._note("GET", path, None, 200, {"found": 0})
            return []
        self._note("GET", path, None, 200, {"problem": Problem.UNREADABLE.value})
        raise Later(Problem.UNREADABLE)

    def save(self, form: Form, body: dict[str, Any]) -> str:
        """`kursus/save` or `diklat/save`; answers the record's identifier at SIASN."""
        path, name = f"{form.value}/save", f"rw{form.value.capitalize()}Id"
        answer = self._call("POST", path, sent=body)
        made = answer.get("mapData")
        number = made.get(name) if isinstance(made, dict) else None
        if answer.get("success") is True and number:
            kept = _plain(number, LONGEST_ID)
            self._note("POST", path, body, 200, {name: kept})
            return kept
        self._refuse("POST", path, body, answer)
        raise Later(Problem.UNREADABLE)

    def upload(self, form: Form, remote_id: str, document: bytes) -> None:
        """`upload-dok-rw`: the certificate itself, beside its record."""
        fields = {"id_riwayat": remote_id, "id_ref_dokumen": form.document}
        said = fields | {"file": f"{len(document)} B"}
        answer = self._call("POST", "upload-dok-rw", sent=said, upload=(fields, document))
        if answer.get("success") is False or answer.get("code") == 0:
            self._refuse("POST", "upload-dok-rw", said, answer, always=True)
        self._note("POST", "upload-dok-rw", said, 200, {"success": True})

    def delete(self, form: Form, remote_id: str) -> None:
        """`kursus/delete/{id}` or `diklat/delete/{id}`. One that is gone already is gone."""
        path = f"{form.value}/delete/{quote(remote_id, safe='')}"
        answer = self._call("DELETE", path, missing_is_fine=True)
        if answer.get("success") is False and not _says_nothing(answer):
            self._refuse("DELETE", path, None, answer)
        self._note("DELETE", path, None, 200, {"success": True})

    # ---------------------------------------------------------------------------- below this

    def _get(self, path: str, nip: str) -> dict[str, Any]:
        return self._call("GET", path, nip=nip, missing_is_fine=True)

    def _call(
        self,
        method: str,
        path: str,
        *,
        nip: str = "",
        sent: dict[str, Any] | None = None,
        upload: tuple[dict[str, str], bytes] | None = None,
        missing_is_fine: bool = False,
    ) -> dict[str, Any]:
        """Ask; a token that the service no longer takes is fetched anew once."""
        headers = {"Accept": "application/json"}
        body = None
        if upload is not None:
            headers["Content-Type"], body = http.form_with_file(upload[0], "dokumen.pdf", upload[1])
        elif sent is not None:
            headers["Content-Type"], body = "application/json", json.dumps(sent).encode()
        token = self.tokens.get()
        is_old = bool(token)
        answer = self._once(method, path, nip, headers, body, token or self._token(), sent)
        if answer.status == 401 and is_old:
            self.tokens.drop(token)
            answer = self._once(method, path, nip, headers, body, self._token(), sent)
        if answer.status == 401:
            self.tokens.drop(self.tokens.get())
            self._note(method, path, sent, 401, {"problem": Stop.TOKEN.value})
            raise Stopped(Stop.TOKEN)
        return self._read(method, path, sent, answer, missing_is_fine=missing_is_fine)

    def _once(
        self,
        method: str,
        path: str,
        nip: str,
        headers: dict[str, str],
        body: bytes | None,
        token: str,
        sent: dict[str, Any] | None,
    ) -> http.Answer:
        sso = self.settings.sso_token
        person = sso if sso.lower().startswith("bearer ") else f"bearer {sso}"
        try:
            return http.ask(
                method,
                f"{self.settings.url}/{path.replace('{nip}', quote(nip, safe=''))}",
                {**headers, "Authorization": f"Bearer {token}", "Auth": person},
                body,
                timeout=self.settings.timeout,
                is_local=self.settings.is_local,
            )
        except http.NoAnswer as failure:
            self._note(method, path, sent, None, {"problem": str(failure)})
            raise Later(Problem.NO_ANSWER) from None

    def _read(
        self,
        method: str,
        path: str,
        sent: dict[str, Any] | None,
        answer: http.Answer,
        *,
        missing_is_fine: bool,
    ) -> dict[str, Any]:
        status = answer.status
        if status == 429:
            self._note(method, path, sent, status, {"problem": "busy"})
            raise Busy(wait_asked(answer.headers.get("Retry-After")))
        if status == 403:
            self._note(method, path, sent, status, {"problem": Stop.FORBIDDEN.value})
            raise Stopped(Stop.FORBIDDEN)
        if status >= 500:
            self._note(method, path, sent, status, {"problem": Problem.NO_ANSWER.value})
            raise Later(Problem.NO_ANSWER)
        try:
            said = answer.json()
        except (ValueError, RecursionError):
            said = None
        if status == 404 and missing_is_fine and isinstance(said, dict):
            return said | {"success": False, "data": None}
        if status >= 400 and isinstance(said, dict):
            self._refuse(method, path, sent, said, status, always=True)
        if status >= 300 or not isinstance(said, dict):
            self._note(method, path, sent, status, {"problem": Problem.UNREADABLE.value})
            raise Later(Problem.UNREADABLE)
        return said

    def _token(self) -> str:
        """WSO2's client credentials grant (RFC 6749, 4.4)."""
        pair = f"{self.settings.key}:{self.settings.secret}".encode()
        try:
            answer = http.ask(
                "POST",
                self.settings.token_url,
                {
                    "Authorization": f"Basic {base64.b64encode(pair).decode()}",
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Accept": "application/json",
                },
                b"grant_type=client_credentials",
                timeout=self.settings.timeout,
                is_local=self.settings.is_local,
            )
        except http.NoAnswer as failure:
            self._note("POST", "token", None, None, {"problem": str(failure)})
            raise Later(Problem.NO_ANSWER) from None
        if answer.status in (400, 401, 403):
            self._note("POST", "token", None, answer.status, {"problem": Stop.CREDENTIALS.value})
            raise Stopped(Stop.CREDENTIALS)
        said = self._read("POST", "token", None, answer, missing_is_fine=False)
        token, seconds = said.get("access_token"), said.get("expires_in")
        is_good = isinstance(token, str) and token.isascii() and token.isprintable() and token
        self._note("POST", "token", None, answer.status, {"success": bool(is_good)})
        if not is_good:
            raise Later(Problem.UNREADABLE)
        if not isinstance(seconds, int | float) or isinstance(seconds, bool):
            seconds = 0  # unknown: asked for again the next time
        self.tokens.keep(str(token), float(seconds))
        return str(token)

    def _refuse(
        self,
        method: str,
        path: str,
        sent: dict[str, Any] | None,
        answer: dict[str, Any],
        status: int = 200,
        *,
        always: bool = False,
    ) -> None:
        """Raise Refused where the answer says no, in its words; with `always`, in any case."""
        detail = self.without_secrets(str(answer.get("message") or answer.get("description") or ""))
        said_no = answer.get("success") is False
        kind = Problem.REFUSED if said_no or always else Problem.UNREADABLE
        self._note(method, path, sent, status, {"problem": kind.value, "message": detail})
        if kind is Problem.REFUSED:
            raise Refused(Problem.REFUSED, detail)

    def without_secrets(self, text: str) -> str:
        """What the service says, on one line and short, with nothing of ours that is secret."""
        known = (
            self.settings.secret,
            self.settings.sso_token,
            self.settings.sso_token.partition(" ")[2],
            self.settings.key,
            self.tokens.get(),
        )
        for secret in filter(None, known):
            text = text.replace(secret, "…")
        return _plain(text, LONGEST_DETAIL)

    def _note(
        self,
        method: str,
        path: str,
        sent: dict[str, Any] | None,
        status: int | None,
        answered: dict[str, Any],
    ) -> None:
        self.lines.append(Line(method, path, sent, status, answered))


def _plain(value: object, most: int) -> str:
    """A stranger's value as one short line that any database takes."""
    text = str(value).replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    return " ".join(text.split())[:most]


def _says_nothing(answer: Mapping[str, Any]) -> bool:
    """Whether an answer says, in words, that there is nothing."""
    data = answer.get("data")
    if data not in (None, "", []) and not isinstance(data, str):
        return False
    text = f"{data or ''} {answer.get('message') or ''}".casefold()
    return any(word in text for word in words_for_nothing())
