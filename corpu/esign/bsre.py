"""Signing by BSrE (BSSN): its client service on the agency's premises, as publicly known.

`POST {base}/api/sign/pdf` with basic auth, the NIK of the official and the passphrase. What comes
back is believed only when it is our document with an intact signature over all of it.
"""

import base64
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from corpu import http_client
from corpu.esign.models import Problem
from corpu.esign.signers import Note, NotSigned, Secret, Signed

if TYPE_CHECKING:
    from config import Esign

LONGEST_DETAIL = 200
# Codes and words by which the service is known to refuse; docs/pdf.md says how sure they are.
CODES = {
    2031: Problem.WRONG_PASSPHRASE,
    2011: Problem.UNKNOWN_SIGNER,
    2021: Problem.CERTIFICATE,
}
WORDS = (
    (("passphrase",), Problem.WRONG_PASSPHRASE),
    (("belum terdaftar", "tidak terdaftar", "not registered"), Problem.UNKNOWN_SIGNER),
    (("expired", "kedaluwarsa", "masa berlaku", "dicabut", "revoked"), Problem.CERTIFICATE),
)


class Signer:
    def __init__(self, settings: "Esign", secret: Secret) -> None:
        self._settings, self._secret = settings, secret
        pair = f"{settings.user}:{settings.password}".encode()
        self._headers = {
            "Authorization": f"Basic {base64.b64encode(pair).decode()}",
            "Accept": "application/pdf, application/json",
        }

    def ready(self) -> None:
        """Nothing is known before the service was asked."""

    def sign(self, data: bytes, note: Note) -> Signed:
        """Let the service sign these bytes, invisibly. Raises NotSigned."""
        fields = {
            "nik": self._secret.nik,
            "passphrase": self._secret.passphrase,
            "tampilan": "invisible",
            "reason": note.reason,
            "location": note.place,
        }
        kind, body = http_client.form_with_file(fields, "sertifikat.pdf", data)
        answer = self._ask("POST", "/api/sign/pdf", {"Content-Type": kind}, body)
        remote_id = answer.headers.get("id_dokumen")
        signed = answer.body
        if not signed.startswith(b"%PDF-"):
            remote_id = self._document_named(answer)
            path = f"/api/sign/download/{quote(remote_id, safe='')}"
            signed = self._ask("GET", path, {}).body
        return Signed(signed, _signer(data, signed), remote_id[:100] if remote_id else None)

    def _ask(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None = None
    ) -> http_client.Answer:
        url = self._settings.url
        try:
            answer = http_client.ask(
                method,
                url + path,
                self._headers | headers,
                body,
                timeout=self._settings.timeout,
                is_local=self._settings.is_local,
            )
        except http_client.NoAnswer as failure:
            raise NotSigned(Problem.NO_ANSWER, str(failure)) from None
        if answer.status == 200:
            return answer
        if answer.status in (401, 403):
            raise NotSigned(Problem.CREDENTIALS, f"HTTP {answer.status}")
        code, words = self._said(answer)
        problem = CODES.get(code) if code is not None else None
        small = words.lower()
        problem = problem or next(
            (found for parts, found in WORDS if any(part in small for part in parts)), None
        )
        if problem is None:
            is_theirs = answer.status >= 500 or answer.status in (408, 429)
            problem = Problem.NO_ANSWER if is_theirs else Problem.REFUSED
        raise NotSigned(problem, words or f"HTTP {answer.status}")

    def _said(self, answer: http_client.Answer) -> tuple[int | None, str]:
        """Code and words of a refusal; of what was sent, nothing secret comes back."""
        try:
            said: Any = answer.json()
        except ValueError:
            return None, ""
        if not isinstance(said, dict):
            return None, ""
        code = said.get("status_code")
        words = " ".join(str(said.get("error") or said.get("message") or "").split())
        for secret in (self._secret.passphrase, self._secret.nik, self._settings.password):
            if secret:
                words = words.replace(secret, "•••")
        return code if type(code) is int else None, words[:LONGEST_DETAIL]

    @staticmethod
    def _document_named(answer: http_client.Answer) -> str:
        try:
            said = answer.json()
        except ValueError:
            raise NotSigned(Problem.UNREADABLE) from None
        name = said.get("id_dokumen") if isinstance(said, dict) else None
        if not isinstance(name, str) or not name:
            raise NotSigned(Problem.UNREADABLE)
        return name


def _signer(sent: bytes, signed: bytes) -> str:
    """Who signed, where it is our document, signed; NotSigned where it is not."""
    if not signed.startswith(b"%PDF-"):
        raise NotSigned(Problem.UNREADABLE)
    reader = import_module("corpu.signing.pdf_reader")
    try:
        found = reader.read(signed)["signatures"]
    except reader.Unreadable:
        raise NotSigned(Problem.UNREADABLE) from None
    # A signature goes behind the bytes that were there: whatever else came back is not ours.
    good = [one for one in found if one["intact"] and one["whole"]]
    if not good or not signed.startswith(sent):
        raise NotSigned(Problem.ALTERED)
    return good[-1]["signer"]
