"""Media of courses: by their hash, for people with a session."""

from flask import Blueprint, current_app, send_file
from sqlalchemy import select

from corpu.catalog.models import Medium
from corpu.errors import NotFound
from corpu.extensions import db
from corpu.permissions import Permission
from corpu.web import requires

bp = Blueprint("media", __name__)

# What a browser may show in place; everything else is offered for download.
SHOWN = {
    "image/png", "image/jpeg", "image/webp", "image/gif", "image/svg+xml",
    "video/mp4", "video/webm", "audio/mpeg", "audio/ogg", "audio/mp4", "text/vtt",
}  # fmt: skip
ISOLATED = "sandbox; default-src 'none'"


@bp.get("/media/<sha256>/<name>")
@requires(Permission.LEARN)
def medium(sha256: str, name: str):
    if not name.isprintable():  # it goes into a header, where a line break would end the line
        raise NotFound
    kind = db.session.scalar(select(Medium.type).where(Medium.sha256 == sha256))
    storage = current_app.extensions["storage"]
    if kind is None or not storage.exists(sha256):
        raise NotFound
    response = send_file(
        storage.path(sha256),
        mimetype=kind if kind in SHOWN else "application/octet-stream",
        as_attachment=kind not in SHOWN,
        download_name=name,
        conditional=True,
        etag=sha256,
        max_age=31536000,
    )
    response.headers["Content-Security-Policy"] = (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    )
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return response
