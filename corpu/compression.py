"""Pages travel compressed. Static files come compressed already, from `assets`.

A page that is compressed together with a secret may tell it by its length to somebody who can
make a signed-in browser ask for pages with guesses in them (BREACH). Why that does not happen
here: docs/decisions/pages-travel-compressed.md.
"""

import gzip

from flask import Flask, Response, request

from corpu.assets import takes_gzip

TYPES = ("text/html", "text/plain", "text/csv", "application/json")
LEAST = 500  # bytes; what is smaller fits a packet anyway
LEVEL = 5  # higher ones take longer and save next to nothing on a page


def init_app(app: Flask) -> None:
    app.after_request(compress)


def compress(response: Response) -> Response:
    """The same answer in fewer bytes, for whoever takes it. What is sent as it is read (files),
    or known by its bytes (an ETag), is left alone."""
    if (
        response.mimetype not in TYPES
        or response.is_streamed
        or response.direct_passthrough
        or "ETag" in response.headers
        or "Content-Encoding" in response.headers
    ):
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) >= LEAST and takes_gzip(request.headers.get("Accept-Encoding", "")):
        response.set_data(gzip.compress(body, LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
