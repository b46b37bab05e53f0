"""A credential as the statements that a JSON-LD processor reads from it, in their canonical order.

The cryptosuite that Open Badges 3.0 names signs no bytes of JSON but RDF statements. Contexts say
which statement a name stands for; those of the two specifications lie in `corpu/data/contexts`
and nothing is ever fetched. Of JSON-LD 1.1 this reads what credentials of this kind use: terms,
contexts that belong to a type or a term, typed and plain values. Whatever else it meets it
refuses, unknown names too: what would be left out of the statements would not be signed.

Nodes without a name of their own are named by their hash (RDFC-1.0, 4.6). Two that say the
same would need more of that algorithm, whose work can be made to grow without bound: refused.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "data" / "contexts"
FILES = {
    "https://www.w3.org/ns/credentials/v2": "credentials-v2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "openbadges-3.0.3.json",
}
CREDENTIALS, BADGES = FILES
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
XSD = "http://www.w3.org/2001/XMLSchema#"
KNOWN = {"@id", "@type", "@context", "@container", "@protected"}  # of a term's definition
MOST_NODES = 300  # of one document; a certificate has some twenty
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
NOT_IN_ADDRESS = re.compile(r'[\x00-\x20<>"{}|^`\\]')

Terms = Mapping[str, Any]
Quad = tuple[str, str, str]  # as written, a blank node as _:b0


class NotReadable(ValueError):
    """Not a document of the kind that is read here; the text says why, for the log."""


@cache
def _context(address: str) -> Terms:
    return json.loads((FOLDER / FILES[address]).read_text("utf-8"))["@context"]


def statements(document: Mapping[str, Any]) -> list[str]:
    """The canonical N-Quads of a document, one a line. Raises NotReadable."""
    quads = _Reader(document).quads
    names = _names(quads)
    return sorted({_line(quad, names) for quad in quads})


def canonical_hash(document: Mapping[str, Any]) -> bytes:
    """SHA-256 of the canonical statements. Raises NotReadable."""
    return hashlib.sha256("".join(statements(document)).encode()).digest()


class _Reader:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self.quads: list[Quad] = []
        self.nodes = 0
        addresses = document.get("@context")
        if type(addresses) is not list or not addresses:
            raise NotReadable("@context")
        self.base: dict[str, Any] = {}
        for address in addresses:
            if type(address) is not str or address not in FILES:
                raise NotReadable(f"@context {address!r}")
            self.base |= _context(address)
        self._node({name: value for name, value in document.items() if name != "@context"})

    def _node(self, said: Mapping[str, Any]) -> str:
        """Write down what an object says; answers how it is called in statements."""
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise NotReadable("too many nodes")
        types = _as_list(said.get("type", []))
        terms = dict(self.base)
        for word in sorted(types):
            # A type's own terms are for its node alone, not for those inside (JSON-LD 1.1, 4.1.3).
            terms |= self._defined(self.base, word).get("@context") or {}
        subject = f"<{self._address(said['id'])}>" if "id" in said else f"_:b{self.nodes}"
        for word in types:
            self.quads.append((subject, TYPE, f"<{self._defined(self.base, word)['@id']}>"))
        for name, value in said.items():
            if name not in ("id", "type"):
                term = self._defined(terms, name)
                for one in _as_list(value):
                    self.quads.append((subject, term["@id"], self._object(term, one)))
        return subject

    def _object(self, term: Terms, value: Any) -> str:
        kind, of = type(value), term.get("@type")
        if kind is dict:
            if "@context" in term:
                raise NotReadable("a term with a context of its own holds an object")
            return self._node(value)
        if kind is str and of == "@id":
            return f"<{self._address(value)}>"
        if kind is str and of == "@vocab":
            return f"<{self._defined(self.base | (term.get('@context') or {}), value)['@id']}>"
        if of in ("@id", "@vocab") or kind not in (str, bool, int, float):
            raise NotReadable(f"a value of kind {kind.__name__}")
        text, usual = _written(value, of)
        datatype = of or usual
        return f'"{text}"' + (f"^^<{datatype}>" if datatype else "")

    def _defined(self, terms: Terms, name: Any) -> Terms:
        found = terms.get(name) if type(name) is str and not name.startswith("@") else None
        if type(found) is str:
            found = {"@id": found}
        if not found or not set(found) <= KNOWN or found.get("@container", "@set") != "@set":
            raise NotReadable(f"the name {name!r}")
        if ":" not in found["@id"]:  # another name of the same context
            found = {**found, "@id": self._defined(terms, found["@id"])["@id"]}
        return found

    def _address(self, value: Any) -> str:
        if type(value) is not str or NOT_IN_ADDRESS.search(value) or not value.isprintable():
            raise NotReadable(f"the address {value!r}")
        scheme, colon, _ = value.partition(":")
        # Another spelling of a term, or a node that only this document knows, is no address.
        if not colon or not scheme or scheme == "_" or scheme in self.base:
            raise NotReadable(f"the address {value!r}")
        return value


def _as_list(value: Any) -> list[Any]:
    several = value if type(value) is list else [value]
    if any(type(one) is list or one is None for one in several):
        raise NotReadable("a list in a list, or nothing")
    return several


def _written(value: str | bool | float, datatype: str | None) -> tuple[str, str]:
    """A value as its statement writes it, and its datatype where the term names none (JSON-LD 1.1
    API, 8.6)."""
    if isinstance(value, str):
        if CONTROL.search(value):
            raise NotReadable("a control character")
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise NotReadable("half a letter") from error
        return value.replace("\\", "\\\\").replace('"', '\\"'), ""
    if isinstance(value, bool):
        return str(value).lower(), f"{XSD}boolean"
    if abs(value) >= 10**15:
        raise NotReadable("a number beyond what others read exactly")
    if value != int(value) or datatype == f"{XSD}double":
        text = re.sub(r"(\d)0*E\+?(-?)0*(\d)", r"\1E\2\3", f"{value:.15E}")
        return text, f"{XSD}double"
    return str(int(value)), f"{XSD}integer"


def _names(quads: list[Quad]) -> dict[str, str]:
    """The canonical names of the blank nodes."""
    mentions: dict[str, list[Quad]] = defaultdict(list)
    for quad in quads:
        for node in _blank(quad):
            mentions[node].append(quad)
    hashes: dict[str, str] = {}
    for node, around in mentions.items():
        others = {one: "_:z" for quad in around for one in _blank(quad)} | {node: "_:a"}
        lines = sorted({_line(quad, others) for quad in around})
        hashes[hashlib.sha256("".join(lines).encode()).hexdigest()] = node
    if len(hashes) != len(mentions):
        raise NotReadable("two nodes say the same")
    return {hashes[found]: f"_:c14n{place}" for place, found in enumerate(sorted(hashes))}


def _blank(quad: Quad) -> Iterator[str]:
    return (node for node in (quad[0], quad[2]) if node.startswith("_:"))


def _line(quad: Quad, names: Mapping[str, str]) -> str:
    subject, predicate, obj = quad
    return f"{names.get(subject, subject)} <{predicate}> {names.get(obj, obj)} .\n"
