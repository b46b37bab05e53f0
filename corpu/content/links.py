"""Where a link or a picture of a page leads inside its course."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from posixpath import basename, dirname
from urllib.parse import quote, unquote

from corpu.content.model import MediaFile

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
OUTSIDE = ("https:", "http:", "mailto:", "tel:")


@dataclass(frozen=True)
class PagePlace:
    """A page as other pages see it."""

    id: str
    anchors: frozenset[str]


class Refused(Exception):
    """The target leads nowhere; carries the code of the problem and what was meant, if near."""

    def __init__(self, code: str, nearest: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.nearest = nearest


@dataclass
class Links:
    """`media` holds None for a file that exists and was refused: one problem is enough."""

    pages: Mapping[str, PagePlace]
    media: Mapping[str, MediaFile | None]
    used: set[str] = field(default_factory=set)

    def resolve_path(self, base: str, target: str) -> str:
        """The path inside the course that a relative target means, seen from the file `base`."""
        if target.startswith(("/", "\\")):
            raise Refused("path-escapes")
        parts = [part for part in dirname(base).split("/") if part]
        for part in unquote(target).split("/"):
            if part == "..":
                if not parts:
                    raise Refused("path-escapes")
                parts.pop()
            elif part not in ("", "."):
                parts.append(part)
        return "/".join(parts)

    def link(self, base: str, target: str) -> str:
        """The address of a link: as it is, `page:<id>#isi-…`, `media:<sha>/<name>`, `#isi-…`."""
        if SCHEME.match(target):
            if not target.lower().startswith(OUTSIDE):
                raise Refused("link-scheme")
            return target
        path, _, anchor = target.partition("#")
        if not path and base in self.pages:
            return f"#{self._anchor(self.pages[base], anchor)}" if anchor else "#"
        where = self.resolve_path(base, path)
        if page := self.pages.get(where):
            return f"page:{page.id}" + (f"#{self._anchor(page, anchor)}" if anchor else "")
        if where in self.media:
            return self._address(where)
        raise Refused("dead-link", nearest_path(base, where, [*self.pages, *self.media]))

    def medium(self, base: str, target: str) -> tuple[str, MediaFile] | None:
        """The path and file that a picture names; None where the file was refused already."""
        if SCHEME.match(target) or target.startswith("//"):
            raise Refused("external-media")
        where = self.resolve_path(base, target)
        if where not in self.media:
            raise Refused("missing-media", nearest_path(base, where, self.media))
        self.used.add(where)
        file = self.media[where]
        return (where, file) if file else None

    def address(self, file: MediaFile) -> str:
        return f"media:{file.sha256}/{quote(file.name)}"

    def _address(self, where: str) -> str:
        self.used.add(where)
        file = self.media[where]
        return self.address(file) if file else "#"

    def _anchor(self, page: PagePlace, anchor: str) -> str:
        anchor = unquote(anchor).removeprefix("isi-")
        if anchor not in page.anchors:
            found = get_close_matches(anchor, list(page.anchors), n=1, cutoff=0.6)
            raise Refused("dead-anchor", f"#{found[0]}" if found else None)
        return f"isi-{anchor}"


def nearest_path(base: str, wanted: str, paths: Iterable[str]) -> str | None:
    """The relative path of the file whose name is nearest to the wanted one."""
    known = list(paths)
    same_name = [path for path in known if basename(path) == basename(wanted)]
    found = same_name or get_close_matches(wanted, known, n=1, cutoff=0.75)
    return relative(base, found[0]) if found else None


def relative(base: str, path: str) -> str:
    """How a file beside `base` writes the way to `path`."""
    here = [part for part in dirname(base).split("/") if part]
    there = path.split("/")
    while here and len(there) > 1 and here[0] == there[0]:
        here.pop(0)
        there.pop(0)
    return "/".join([".."] * len(here) + there)
