"""Links, pictures, video and audio of a fragment: addresses resolved, ids prefixed."""

import re
from collections.abc import Callable, Mapping
from posixpath import splitext
from xml.etree import ElementTree as ET

from corpu.content import tree
from corpu.content.limits import MEGABYTE
from corpu.content.links import Links, Refused
from corpu.content.model import MediaFile
from corpu.content.problems import meant

ESCAPED = re.compile("\x02(\\d+)\x03")
ENTITY = re.compile("\x02amp\x03")
NEEDS_HINT = {"dead-link", "dead-anchor", "missing-media"}


class Figures:
    """Runs over a built fragment after its inline text has been rendered."""

    def __init__(self, links: Links, report: Callable[..., None], words: Mapping[str, str]) -> None:
        self.links = links
        self.report = report
        self.words = words
        self.path = ""
        self.leaves: dict[ET.Element, tree.Leaf] = {}

    def run(self, root: ET.Element, prefix: str) -> None:
        self.prefix = prefix
        self._walk(root, None)

    def _walk(self, element: ET.Element, leaf: tree.Leaf | None) -> None:
        leaf = self.leaves.get(element, leaf)
        if identifier := element.get("id"):
            element.set("id", self.prefix + identifier)
        if element.tag == "a":
            self._link(element, leaf)
        for index, child in enumerate(list(element)):
            if child.tag == "img":
                element[index] = self._picture(child, leaf, inside_text=True)
            elif (only := _only_picture(child)) is not None:
                own = self.leaves.get(child, leaf)
                element[index] = self._picture(only, own, inside_text=False)
                element[index].tail = child.tail
            else:
                self._walk(child, leaf)

    def _link(self, element: ET.Element, leaf: tree.Leaf | None) -> None:
        target = _plain(element.get("href", ""))
        if "footnote-ref" in element.get("class", ""):
            element.set("href", f"#{self.prefix}{target[1:]}")
            return
        try:
            element.set("href", self.links.link(self.path, target))
        except Refused as refused:
            self._refuse(refused, leaf, target)
            element.attrib.pop("href", None)

    def _refuse(self, refused: Refused, leaf: tree.Leaf | None, target: str) -> None:
        hint = {"hint": meant(refused.nearest)} if refused.code in NEEDS_HINT else {}
        self.report(refused.code, leaf, target, target=target, **hint)

    def _picture(
        self, element: ET.Element, leaf: tree.Leaf | None, *, inside_text: bool
    ) -> ET.Element:
        target = _plain(element.get("src", ""))
        nothing = ET.Element("span")
        nothing.tail = element.tail
        try:
            found = self.links.medium(self.path, target)
        except Refused as refused:
            self._refuse(refused, leaf, target)
            return nothing
        alt = _plain(element.get("alt", "")).strip()
        classes = element.get("class", "").split()
        decorative = "decorative" in classes
        if not alt and not decorative:
            self.report("missing-alt", leaf, target, target=target)
        if found is None:
            return nothing
        path, file = found
        kind = file.type.split("/")[0]
        if kind == "image":
            shown = self._image(file, "" if decorative else alt)
        elif kind in ("video", "audio"):
            shown = self._player(path, file, kind, alt, leaf)
        else:
            self.report("not-showable", leaf, target, target=target)
            return nothing
        if classes:
            shown.set("class", " ".join(classes))
        if identifier := element.get("id"):
            shown.set("id", self.prefix + identifier)
        if inside_text:
            shown.tail = element.tail
            return shown
        return self._figure(shown, file, kind, _plain(element.get("title", "")).strip())

    def _image(self, file: MediaFile, alt: str) -> ET.Element:
        image = ET.Element("img", {"src": self.links.address(file), "alt": alt})
        if file.width and file.height:
            image.set("width", str(file.width))
            image.set("height", str(file.height))
        image.set("loading", "lazy")
        image.set("decoding", "async")
        return image

    def _player(
        self, path: str, file: MediaFile, kind: str, alt: str, leaf: tree.Leaf | None
    ) -> ET.Element:
        player = ET.Element(kind, {"controls": "controls", "preload": "none"})
        player.set("src", self.links.address(file))
        player.set("aria-label", alt)
        stem = splitext(path)[0]
        tracks = self._captions(stem)
        for language, captions in tracks:
            track = ET.SubElement(player, "track", {"kind": "captions", "srclang": language})
            track.set("label", f"{self.words['captions']} ({language})")
            track.set("src", self.links.address(captions))
        if tracks:
            player[0].set("default", "default")
        elif kind == "video":
            wanted = f"{stem.rsplit('/', 1)[-1]}.vtt"
            self.report("media-without-captions", leaf, file.name, wanted=wanted)
        return player

    def _captions(self, stem: str) -> list[tuple[str, MediaFile]]:
        found = []
        for path, file in sorted(self.links.media.items()):
            if path.startswith(stem + ".") and path.endswith(".vtt"):
                middle = path[len(stem) + 1 : -len(".vtt")] if path != stem + ".vtt" else ""
                if "/" in middle or "." in middle:
                    continue
                self.links.used.add(path)
                if file:
                    found.append((middle or "id", file))
        return found

    def _figure(self, shown: ET.Element, file: MediaFile, kind: str, caption: str) -> ET.Element:
        figure = ET.Element("figure", {"class": kind})
        figure.append(shown)
        if kind == "image":
            if caption:
                ET.SubElement(figure, "figcaption").text = caption
            return figure
        text = ET.SubElement(figure, "figcaption")
        text.text = f"{caption} " if caption else None
        link = ET.SubElement(text, "a", {"href": self.links.address(file), "download": file.name})
        link.text = f"{self.words['download']} ({self._size(file.size)})"
        return figure

    def _size(self, size: int) -> str:
        if size >= MEGABYTE:
            return f"{size / MEGABYTE:.1f} MB".replace(".", self.words["comma"])
        return f"{max(size // 1024, 1)} KB"


def _only_picture(element: ET.Element) -> ET.Element | None:
    """The picture that is all there is in a paragraph."""
    if element.tag != "p" or len(element) != 1 or (element.text or "").strip():
        return None
    child = element[0]
    return child if child.tag == "img" and not (child.tail or "").strip() else None


def _plain(text: str) -> str:
    """An attribute without Python-Markdown's own marks for escaped characters and entities."""
    return ENTITY.sub("&", ESCAPED.sub(lambda match: chr(int(match[1])), text))
