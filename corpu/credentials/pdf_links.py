"""The links of a PDF that somebody shows us: the QR of a certificate is one, with its payload.

Read without a PDF library, since all that matters is text between brackets, in the open or in
deflated streams. What is found is worth nothing before its signature is checked.
"""

import re
import zlib
from collections.abc import Iterator

from corpu.credentials.badges.checking import LARGEST

MOST_INFLATED = 32 * 1024 * 1024  # bytes in all, whatever the streams promise
MOST_LINKS = 50
CONTEXT = b"https://www.w3.org/ns/credentials/v2"
_STREAM = re.compile(rb"stream\r?\n")
_LINK = re.compile(rb"/URI\s*\(((?:\\.|[^\\()]){1,2000})\)", re.DOTALL)


def links(data: bytes) -> list[str]:
    """The addresses that a PDF links to, each once, at most fifty."""
    found: dict[str, None] = {}
    for part in (data, *_inflated(data)):
        for match in _LINK.finditer(part):
            found[re.sub(rb"\\(.)", rb"\1", match[1]).decode("utf-8", "replace")] = None
            if len(found) == MOST_LINKS:
                return list(found)
    return list(found)


def credentials(data: bytes) -> list[str]:
    """The digital credentials that lie in a PDF as files, at most five."""
    found = [
        part.decode("utf-8", "replace")
        for part in _inflated(data)
        if part.lstrip().startswith(b"{") and CONTEXT in part and len(part) <= LARGEST
    ]
    return found[:5]


def _inflated(data: bytes) -> Iterator[bytes]:
    left = MOST_INFLATED
    view = memoryview(data)  # a slice of it is no copy
    for match in _STREAM.finditer(data):
        try:
            part = zlib.decompressobj().decompress(view[match.end() :], left)
        except zlib.error:
            continue
        left -= len(part)
        yield part
        if left <= 0:
            return
