"""Drawings (SVG) without anything that acts: scripts, handlers, foreign content, outside links."""

import re
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from defusedxml import ElementTree as SafeET
from defusedxml.common import DefusedXmlException

from corpu.content.problems import Phrase
from corpu.errors import N_

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
DEEPEST = 100
MOST = 50_000
ELEMENTS = {
    "svg", "g", "defs", "symbol", "use", "title", "desc", "metadata", "style", "switch",
    "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath",
    "marker", "linearGradient", "radialGradient", "stop", "pattern", "clipPath", "mask", "image",
    "filter", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite",
    "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap", "feDistantLight", "feDropShadow",
    "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feMerge",
    "feMergeNode", "feMorphology", "feOffset", "fePointLight", "feSpecularLighting", "feSpotLight",
    "feTile", "feTurbulence",
}  # fmt: skip
QUIETLY_DROPPED = {"metadata"}
ATTRIBUTE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
EMBEDDED = re.compile(r"data:image/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/=\s]*")
BAD_CSS = re.compile(
    r"url\(\s*['\"]?\s*(?!#)|@import|image-set\(|cross-fade\(|\bsrc\(|expression\(|javascript:|\\",
    re.IGNORECASE,
)
LENGTH = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:px)?\s*")


class SvgRefused(Exception):
    """The drawing cannot be used; `reason` is for its author."""

    def __init__(self, reason: Phrase) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True)
class Drawing:
    data: bytes
    width: int
    height: int
    removed: tuple[str, ...]


def clean_svg(data: bytes) -> Drawing:
    """The drawing with allowed elements and attributes only, its size in pixels, what was removed.

    Raises SvgRefused where it is no SVG, declares entities, or has no size.
    """
    try:
        root = SafeET.fromstring(data, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise SvgRefused(Phrase(N_("berisi deklarasi entitas"))) from error
    except (ET.ParseError, ValueError, LookupError) as error:
        raise SvgRefused(Phrase(N_("bukan XML yang lengkap"))) from error
    if root.tag != f"{{{SVG}}}svg":
        raise SvgRefused(Phrase(N_("tidak diawali elemen svg dengan xmlns yang benar")))
    removed: dict[str, None] = {}
    _check_size(root)
    _clean(root, removed)
    width, height = _size(root)
    root.set("width", str(width))
    root.set("height", str(height))
    if not root.get("viewBox"):
        root.set("viewBox", f"0 0 {width} {height}")
    return Drawing(_serialise(root), width, height, tuple(removed))


def _check_size(root: ET.Element) -> None:
    stack, count = [(root, 1)], 0
    while stack:
        element, depth = stack.pop()
        count += 1
        if depth > DEEPEST or count > MOST:
            raise SvgRefused(Phrase(N_("terlalu banyak elemen")))
        stack.extend((child, depth + 1) for child in element)


def _clean(element: ET.Element, removed: dict[str, None]) -> None:
    for name, value in list(element.attrib.items()):
        kept = _attribute(name, value)
        if kept is None:
            del element.attrib[name]
            if not name.startswith("{") or name.startswith(f"{{{XLINK}}}"):
                removed[name.rpartition("}")[2]] = None
    kept_children: list[ET.Element] = []
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        namespace, _, name = tag.rpartition("}")
        known = namespace == f"{{{SVG}" and name in ELEMENTS and name not in QUIETLY_DROPPED
        styled = known and name == "style" and BAD_CSS.search("".join(child.itertext()))
        if known and not styled:
            kept_children.append(child)
            continue
        if namespace == f"{{{SVG}" and name not in QUIETLY_DROPPED:
            removed[f"<{name}>"] = None
        if child.tail and kept_children:
            kept_children[-1].tail = (kept_children[-1].tail or "") + child.tail
        elif child.tail:
            element.text = (element.text or "") + child.tail
    element[:] = kept_children
    for child in kept_children:
        _clean(child, removed)


def _attribute(name: str, value: str) -> str | None:
    namespace, _, local = name.rpartition("}")
    if namespace == f"{{{XLINK}" or local == "href":
        fine = local == "href" and (
            value.strip().startswith("#") or EMBEDDED.fullmatch(value.strip())
        )
        return value if fine else None
    if namespace:
        return value if namespace == f"{{{XML}" and local in ("space", "lang") else None
    if not ATTRIBUTE.fullmatch(local) or local.lower().startswith("on"):
        return None
    return None if BAD_CSS.search(value) else value


def _size(root: ET.Element) -> tuple[int, int]:
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    sides = []
    for name, position in (("width", 2), ("height", 3)):
        match = LENGTH.fullmatch(root.get(name, ""))
        try:
            side = float(match[1]) if match else float(box[position])
        except (ValueError, IndexError) as error:
            raise SvgRefused(Phrase(N_("tanpa ukuran: tulis viewBox"))) from error
        if not 0 < side < 20_000:
            raise SvgRefused(Phrase(N_("ukurannya tidak masuk akal")))
        sides.append(max(round(side), 1))
    return sides[0], sides[1]


def _serialise(root: ET.Element) -> bytes:
    """The elements carry their namespace in Clark notation; write it once, as the default one."""
    for element in root.iter():
        if isinstance(element.tag, str):
            element.tag = element.tag.rpartition("}")[2]
        for name in list(element.attrib):
            if name.startswith(f"{{{XLINK}}}"):
                element.attrib["href"] = element.attrib.pop(name)
    root.attrib = {"xmlns": SVG, **root.attrib}
    return bytes(ET.tostring(root, encoding="utf-8"))
