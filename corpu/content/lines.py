"""Files as numbered lines, attribute lists, and the limits that are looked at before parsing."""

import re
import unicodedata
from dataclasses import dataclass, field

from corpu.content.limits import Limits
from corpu.content.problems import Problems

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Line:
    number: int
    text: str

    @property
    def is_blank(self) -> bool:
        return not self.text or self.text.isspace()

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip(" "))

    def dedent(self, width: int) -> "Line":
        """The line without up to `width` leading blanks."""
        return Line(self.number, self.text[min(width, self.indent) :])


def read_lines(data: bytes, path: str, problems: Problems, limits: Limits) -> list[Line] | None:
    """The lines of a file, leading tabs as four blanks; None where it breaks a limit.

    A BOM and CRLF are accepted. Other control characters are refused: Python-Markdown uses some
    of them for its own placeholders, and nobody can see them in an editor.
    """
    try:
        text = data.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        problems.add("not-utf8", path, line)
        return None
    lines = [
        Line(number, _expand(text)) for number, text in enumerate(re.split("\r\n|\n|\r", text), 1)
    ]
    return lines if within_limits(lines, path, problems, limits) else None


def _expand(text: str) -> str:
    body = text.lstrip(" \t")
    lead = text[: len(text) - len(body)]
    return lead.expandtabs(4) + body if "\t" in lead else text


CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
PREFIX = re.compile(r"[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])|:(?=[ \t]))")


def _nesting(text: str) -> int:
    """Quotes and list markers at the start of a line, and a level per four blanks before them."""
    depth = (len(text) - len(text.lstrip(" "))) // 4
    position = 0
    while match := PREFIX.match(text, position):
        depth += 1
        position = match.end()
        if depth > 1_000:
            break
    return depth


def within_limits(lines: list[Line], path: str, problems: Problems, limits: Limits) -> bool:
    """Whether the lines may be parsed; every breach is reported."""
    fine = True
    brackets = 0
    for line in lines:
        if line.is_blank:
            brackets = 0
            continue
        if found := CONTROL.search(line.text):
            problems.add("control-character", path, line.number, character=f"U+{ord(found[0]):04X}")
            fine = False
        if len(line.text) > limits.line_characters:
            problems.add(
                "line-too-long",
                path,
                line.number,
                size=len(line.text),
                limit=limits.line_characters,
            )
            fine = False
        before, brackets = brackets, brackets + line.text.count("[")
        if before <= limits.brackets_in_paragraph < brackets:
            problems.add(
                "too-many-brackets",
                path,
                line.number,
                size=brackets,
                limit=limits.brackets_in_paragraph,
            )
            fine = False
        if _nesting(line.text[: limits.line_characters]) > limits.nesting:
            problems.add("nesting-too-deep", path, line.number, limit=limits.nesting)
            fine = False
    return fine


@dataclass(frozen=True)
class Attributes:
    """What a `{#id .class key=value}` says."""

    id: str | None = None
    classes: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)


LIST_AT_END = re.compile(r"(?<!\\)\{:?([^{}]*)\}[ \t]*$")
TOKEN = re.compile(
    r"""[ \t]*(?: \#(?P<id>[^\s\#.={}"']+) | \.(?P<class>[A-Za-z][A-Za-z0-9_-]*)
    | (?P<key>[A-Za-z_][A-Za-z0-9_-]*)=
      (?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'{}]+))
    )(?=[ \t]|$)""",
    re.VERBOSE,
)
IDENTIFIER = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?")


def split_attributes(
    text: str, known: tuple[str, ...], path: str, line: int, problems: Problems
) -> tuple[str, Attributes]:
    """The text without the last `{…}` at its end, and what that list says.

    Curly quotation marks count as straight ones. A list that cannot be read is a problem.
    """
    match = LIST_AT_END.search(text)
    if not match:
        return text.rstrip(), Attributes()
    rest = text[: match.start()].rstrip()
    inner = re.sub("[“”„‟]", '"', match[1]).rstrip()
    found = parse_attributes(inner)
    shown = ", ".join(["#id", ".kelas", *(f"{key}=…" for key in known)])
    if found is None or set(found.values) - set(known):
        problems.add("bad-attribute", path, line, text=match[0].strip(), known=shown)
        return rest, Attributes()
    if found.id is not None and not IDENTIFIER.fullmatch(found.id):
        problems.add("bad-id", path, line, id=found.id)
        return rest, Attributes(None, found.classes, found.values)
    return rest, found


def parse_attributes(inner: str) -> Attributes | None:
    """Read the inside of an attribute list; None where it is none, or says a thing twice."""
    identifier: str | None = None
    classes: list[str] = []
    values: dict[str, str] = {}
    position = 0
    while position < len(inner):
        match = TOKEN.match(inner, position)
        if not match:
            return None
        if match["id"]:
            if identifier:
                return None
            identifier = match["id"]
        elif match["class"]:
            classes.append(match["class"])
        else:
            if match["key"] in values:
                return None
            values[match["key"]] = next(
                part
                for part in (match["double"], match["single"], match["bare"])
                if part is not None
            )
        position = match.end()
    return Attributes(identifier, tuple(classes), values) if inner.strip() else None


def slugify(text: str, fallback: str) -> str:
    """A heading as part of an id: ASCII letters, digits and dashes, at most 60 characters."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", folded).strip("-")[:60].strip("-") or fallback
