"""Style sheet, scripts, font and pictures: small enough to live in memory, so they are served
from there, already compressed, before anything else of the application runs.

``static_url("css/app.css")`` gives ``/static/css/app.css?v=<hash of its content>``. Asked with the
hash it has now, a file may be kept for a year; asked without it or with an older one (a page from
before an upgrade), the present file comes with the order to ask again. There is no build step and
nothing to collect.
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from flask import Flask, has_request_context, request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/static/"
KEPT = "public, max-age=31536000, immutable"
ASK_AGAIN = "public, no-cache"
TYPES = {
    ".woff2": "font/woff2",
    ".js": "text/javascript",
    ".webmanifest": "application/manifest+json",
}
STYLE_REFERENCE = re.compile(r'url\("(\.\./[^"?#]+)"\)')


@dataclass(frozen=True)
class Asset:
    """One file as it is sent. ``packed`` is None where gzip would not help (fonts, pictures)."""

    body: bytes
    packed: bytes | None
    media_type: str
    version: str


def init_app(app: Flask) -> None:
    """Serve the static folder and give templates ``static_url``."""
    assets = Assets(Path(str(app.static_folder)), watch=app.debug)
    app.extensions["assets"] = assets
    app.jinja_env.globals["static_url"] = assets.url
    app.wsgi_app = Serving(app.wsgi_app, assets)  # type: ignore[method-assign]


class Assets:
    """The files under one folder by their path in it; ``watch`` reads a changed file again."""

    def __init__(self, folder: Path, *, watch: bool = False) -> None:
        self.folder = folder
        self.watch = watch
        self._known = self._read_all()
        self._seen = self._stamp()

    def get(self, path: str) -> Asset | None:
        """The file at ``path``, or None. Only what was found in the folder is ever answered."""
        if self.watch and (stamp := self._stamp()) != self._seen:
            self._known, self._seen = self._read_all(), stamp
        return self._known.get(path)

    def url(self, path: str) -> str:
        """The address of a file with its version; KeyError for a file that is not there."""
        asset = self.get(path)
        if asset is None:
            raise KeyError(f"no static file {path!r}")
        root = request.script_root if has_request_context() else ""
        return f"{root}{PREFIX}{path}?v={asset.version}"

    def _read_all(self) -> dict[str, Asset]:
        files = {path: (self.folder / path).read_bytes() for path in self._paths()}
        versions = {path: _version(body) for path, body in files.items()}
        known = {}
        for path, body in files.items():
            if path.endswith(".css"):
                body = _with_versions(path, body, versions)
            known[path] = _asset(path, body)
        return known

    def _paths(self) -> list[str]:
        return sorted(
            file.relative_to(self.folder).as_posix()
            for file in self.folder.rglob("*")
            if file.is_file() and not file.name.startswith(".")
        )

    def _stamp(self) -> tuple[tuple[str, int], ...]:
        return tuple((path, (self.folder / path).stat().st_mtime_ns) for path in self._paths())


def _version(body: bytes) -> str:
    return sha256(body).hexdigest()[:12]


def _with_versions(path: str, body: bytes, versions: dict[str, str]) -> bytes:
    """Give what a style sheet refers to its version, so that the font too may be kept."""
    folder = Path(path).parent

    def dated(match: re.Match[str]) -> str:
        target = (folder.parent / match[1].removeprefix("../")).as_posix()
        return f'url("{match[1]}?v={versions[target]}")'

    return STYLE_REFERENCE.sub(dated, body.decode()).encode()


def _asset(path: str, body: bytes) -> Asset:
    suffix = Path(path).suffix
    media_type = TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    packed = gzip.compress(body, 9, mtime=0)
    return Asset(
        body, packed if len(packed) < 0.9 * len(body) else None, media_type, _version(body)
    )


class Serving:
    """The WSGI layer in front of the application that answers for static files alone."""

    def __init__(self, application: WSGIApplication, assets: Assets) -> None:
        self.application = application
        self.assets = assets

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer for a static file, or hand the request on untouched."""
        path = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX) or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.application(environ, start_response)
        asset = self.assets.get(path.removeprefix(PREFIX))
        if asset is None:
            return self.application(environ, start_response)
        asked = parse_qs(environ.get("QUERY_STRING", "")).get("v", [""])[0]
        headers = [
            ("Cache-Control", KEPT if asked == asset.version else ASK_AGAIN),
            ("ETag", f'"{asset.version}"'),
            ("Vary", "Accept-Encoding"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ]
        if asset.version in environ.get("HTTP_IF_NONE_MATCH", ""):
            start_response("304 Not Modified", headers)
            return []
        body = asset.body
        if asset.packed is not None and takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
            body = asset.packed
            headers.append(("Content-Encoding", "gzip"))
        headers += [("Content-Type", asset.media_type), ("Content-Length", str(len(body)))]
        start_response("200 OK", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header admits gzip."""
    for one in accepted.lower().split(","):
        name, _, parameters = one.partition(";")
        if name.strip() in ("gzip", "*"):
            return not re.fullmatch(r"\s*q=0(\.0*)?\s*", parameters)
    return False
