"""`/api/v1/verify`: the same as `/verify` for machines; described by `/api/v1/openapi.json`.

Whoever asks needs no account. Unknown codes count by the client's address, known ones do not: an
office behind one address that checks what is real is never locked out.
"""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException

from corpu import clock
from corpu.credentials import answers
from corpu.credentials.answers import Answer, Question, State
from corpu.credentials.public import Allowance, TooManyMisses
from corpu.errors import N_, DomainError, TooMany
from corpu.extensions import csrf, db
from corpu.i18n import LOCALES, asked_locale
from corpu.permissions import Permission
from corpu.web import HTTP_ERRORS, requires

bp = Blueprint("api", __name__)

MOST = 500  # questions in one request
FIELDS = ("code", "number", "name", "nip")
OPENAPI = Path(__file__).parents[1] / "data" / "openapi.json"


class BadQuestion(DomainError):
    status = 400
    message = N_(
        'Kirim satu kode dengan ?code=…, atau JSON {"items": [{"code": "…"}, …]} dengan '
        "paling banyak 500 butir; setiap isian berupa teks paling panjang 2.000 huruf."
    )


@bp.before_request
def choose_language() -> None:
    """`?lang=`, else what the client accepts: an error is read by whoever wrote the client."""
    if asked_locale() not in LOCALES:
        g.locale = request.accept_languages.best_match(LOCALES) or "id"


@bp.get("/api/v1/verify")
@requires(Permission.PUBLIC)
def verify_one() -> Response:
    """One certificate, by its code, its address or what its QR holds (percent-encoded)."""
    code = request.args.get("code", "").strip()
    if not 1 <= len(code) <= answers.LONGEST:
        raise BadQuestion
    (found,) = _answered([Question(code=code)])
    if found.state is State.NOT_CHECKED:
        raise TooManyMisses(retry_after=600)
    said = {"at": _now(), **answers.as_json(found)}
    return _json(said, 404 if found.state is State.UNKNOWN else 200)


@bp.post("/api/v1/verify")
@csrf.exempt  # changes nothing and asks for no session: there is nothing to forge
@requires(Permission.PUBLIC)
def verify_many() -> Response:
    """Up to 500 at once, answered in their order."""
    questions = _questions(request.get_json(silent=True))
    found = _answered(questions)
    late = sum(one.state is State.NOT_CHECKED for one in found)
    if late == len(found):
        raise TooManyMisses(retry_after=600)
    response = _json({"at": _now(), "items": [answers.as_json(one) for one in found]})
    if late:
        response.headers["Retry-After"] = "600"
    return response


@bp.get("/api/v1/openapi.json")
@requires(Permission.PUBLIC)
def openapi() -> Response:
    """What there is to ask and what is answered (OpenAPI 3.1)."""
    response = Response(OPENAPI.read_bytes(), mimetype="application/json")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return _open(response)


def _questions(sent: Any) -> list[Question]:
    """What was sent, strictly: a wrong shape is a mistake to be told, not to be guessed at."""
    items = sent.get("items") if isinstance(sent, dict) else None
    if not isinstance(items, list) or not 1 <= len(items) <= MOST:
        raise BadQuestion
    questions = []
    for item in items:
        if not isinstance(item, dict) or not set(item) <= set(FIELDS):
            raise BadQuestion
        if any(not isinstance(text, str) or len(text) > answers.LONGEST for text in item.values()):
            raise BadQuestion
        questions.append(Question(**{key: text.replace("\0", "") for key, text in item.items()}))
    return questions


def _answered(questions: list[Question]) -> list[Answer]:
    return Allowance().applied(answers.answer(db.session(), questions, at=clock.now()))


def _now() -> str:
    return clock.now().isoformat(timespec="seconds")


def _json(said: dict[str, Any], status: int = 200) -> Response:
    response = jsonify(said)
    response.status_code = status
    return _open(response)


def _open(response: Response) -> Response:
    """Readable from any page: it holds nothing that depends on who asks."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


# --------------------------------------------------------------------------------- refusals


@bp.errorhandler(DomainError)
def refused(error: DomainError) -> Response:
    """A refusal as RFC 9457 writes it."""
    response = _problem(error.status, gettext(error.message, **error.params))
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    return response


@bp.errorhandler(HTTPException)
def http_refused(error: HTTPException) -> Response:
    """What HTTP itself refuses: too large a body, a method that is not there."""
    status = error.code or 500
    response = _problem(status, gettext(HTTP_ERRORS.get(status, HTTP_ERRORS[400])[1]))
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _problem(status: int, detail: str) -> Response:
    title = gettext(HTTP_ERRORS.get(status, HTTP_ERRORS[400])[0])
    response = _json({"type": "about:blank", "title": title, "status": status, "detail": detail})
    response.status_code = status
    response.mimetype = "application/problem+json"
    response.headers["Content-Language"] = str(g.get("locale", "id"))
    return response
