"""What machines read: our public keys, and the log with its head. No person is in any of it."""

import json
from typing import Any

from flask import Blueprint, Response

from corpu import clock
from corpu.addresses import absolute
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.permissions import Permission
from corpu.signing import heads, queries
from corpu.web import requires

bp = Blueprint("signing", __name__)

PAGE = 500  # entries
SHORT, LONG = "public, max-age=300", "public, max-age=31536000, immutable"


@bp.get("/.well-known/corpu-keys.json")
@requires(Permission.PUBLIC)
def keys() -> Response:
    """Every key of ours with its validity, as a JWK Set."""
    return _json(queries.key_file(db.session(), address=absolute("")), SHORT)


@bp.get("/.well-known/corpu-log.json")
@requires(Permission.PUBLIC)
def log_head() -> Response:
    """The log's last entry, signed: who keeps it can tell later whether the log was rewritten."""
    now = clock.now().replace(microsecond=0)
    return _json(heads.head_file(db.session(), address=absolute(""), at=now), SHORT)


@bp.get("/.well-known/corpu-log/<int:start>")
@requires(Permission.PUBLIC)
def log_page(start: int) -> Response:
    """Five hundred entries from a position on. A full page never changes."""
    if not 1 <= start <= 2**31 - 1:
        raise NotFound
    entries = queries.entries(db.session(), start, limit=PAGE)
    is_full = len(entries) == PAGE
    said = {
        "format": heads.FORMAT,
        "entries": [entry.to_dict() for entry in entries],
        "next": start + PAGE if is_full else None,
    }
    return _json(said, LONG if is_full else SHORT)


def _json(said: dict[str, Any], cache: str) -> Response:
    """Readable from any page, also from a file on somebody's disk."""
    return Response(
        json.dumps(said, ensure_ascii=False, indent=1),
        mimetype="application/json",
        headers={"Cache-Control": cache, "Access-Control-Allow-Origin": "*"},
    )
