"""The block between the two `---` lines, with every scalar as text and every value at its line.

YAML would read 16.10 as 16.1, `no` as false and a NIP as a number; here nothing is guessed.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from corpu.content.limits import Limits
from corpu.content.lines import Line
from corpu.content.problems import Phrase, Problems
from corpu.errors import N_


@dataclass(frozen=True)
class Value:
    """A text, a list of values or a mapping of values, and the line where it stands."""

    value: "str | list[Value] | dict[str, Value]"
    line: int
    plain: bool = False
    """Written without quotation marks."""


@dataclass(frozen=True)
class Front:
    entries: dict[str, Value]
    body: list[Line]
    """The lines after the block."""
    last_line: int
    """Line of the closing `---`."""


class _Refused(Exception):
    def __init__(self, code: str, line: int, **params: object) -> None:
        self.code, self.line, self.params = code, line, params


def read_front_matter(
    lines: list[Line], path: str, problems: Problems, limits: Limits
) -> Front | None:
    """Split a file and read its front matter; None (and a problem) where that cannot be done."""
    closing = next(
        (index for index, line in enumerate(lines[1:], 1) if line.text.rstrip() == "---"), None
    )
    if not lines or lines[0].text.rstrip() != "---" or closing is None:
        problems.add("no-front-matter", path, 1)
        return None
    text = "\n".join(line.text for line in lines[1:closing]) + "\n"
    if len(text.encode()) > limits.front_matter:
        problems.add("front-matter-too-large", path, 1, limit=limits.front_matter // 1024)
        return None
    try:
        entries = _read_yaml(text, limits.nesting)
    except _Refused as refused:
        problems.add(refused.code, path, refused.line, **refused.params)
        return None
    _warn_of_comments(entries, lines, path, problems)
    return Front(entries, lines[closing + 1 :], lines[closing].number)


def _read_yaml(text: str, nesting: int) -> dict[str, Value]:
    try:
        events = _events(text, nesting)
        next(events)  # stream start
        first = next(events)
        if isinstance(first, yaml.StreamEndEvent):
            return {}
        root = _build(next(events), events)
        if not isinstance(next(events), yaml.DocumentEndEvent) or not isinstance(
            next(events), yaml.StreamEndEvent
        ):
            raise _Refused("front-matter-invalid", root.line, reason=Phrase(REASONS["other"]))
    except yaml.MarkedYAMLError as error:
        raise _from_yaml(error) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise _Refused("front-matter-invalid", 2, reason=Phrase(REASONS["other"])) from error
    if not isinstance(root.value, dict):
        if root.value == "":
            return {}
        raise _Refused("front-matter-invalid", root.line, reason=Phrase(REASONS["mapping"]))
    return root.value


def _line(mark: yaml.Mark) -> int:
    return int(mark.line) + 2  # the opening --- is line 1, and marks count from 0


def _events(text: str, nesting: int) -> Iterator[yaml.Event]:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("front-matter-alias", _line(event.start_mark))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > nesting:
                raise _Refused("nesting-too-deep", _line(event.start_mark), limit=nesting)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        yield event


def _build(event: yaml.Event, events: Iterator[yaml.Event]) -> Value:
    line = _line(event.start_mark)
    if isinstance(event, yaml.ScalarEvent):
        return Value(event.value, line, plain=event.style is None)
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_build(event, events))
        return Value(items, line)
    entries: dict[str, Value] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        if not isinstance(event, yaml.ScalarEvent):
            raise _Refused(
                "front-matter-invalid", _line(event.start_mark), reason=Phrase(REASONS["mapping"])
            )
        if event.value in entries:
            raise _Refused("duplicate-key", _line(event.start_mark), key=event.value)
        key_line = _line(event.start_mark)
        value = _build(next(events), events)
        entries[event.value] = Value(value.value, key_line, value.plain)
    return Value(entries, line)


REASONS = {
    "tab": N_("pakai spasi, bukan tab"),
    "colon": N_("titik dua sesudah kunci hilang"),
    "quote": N_("tanda kutip tidak ditutup, atau ada tanda kutip di dalamnya"),
    "bracket": N_("kurung siku atau kurung kurawal tidak ditutup"),
    "mapping": N_("tulis setiap baris sebagai kunci: nilai"),
    "indent": N_("baris tidak sejajar dengan baris lain"),
    "character": N_("karakter pertama nilainya perlu diapit tanda kutip"),
    "other": N_("periksa tanda baca dan jaraknya"),
}


def _from_yaml(error: yaml.MarkedYAMLError) -> _Refused:
    mark = error.problem_mark or error.context_mark
    line = _line(mark) if mark else 2
    problem = error.problem or ""
    words = f"{error.context or ''} {problem}"
    if "mapping values are not allowed" in problem:
        return _Refused("front-matter-colon", line)
    for needle, reason in (
        ("'\\t'", "tab"),
        ("could not find expected ':'", "colon"),
        ("quoted scalar", "quote"),
        ("flow sequence", "bracket"),
        ("flow mapping", "bracket"),
        ("cannot start any token", "character"),
        ("block mapping", "indent"),
        ("block collection", "indent"),
        ("block end", "indent"),
    ):
        if needle in words:
            return _Refused("front-matter-invalid", line, reason=Phrase(REASONS[reason]))
    return _Refused("front-matter-invalid", line, reason=Phrase(REASONS["other"]))


def _warn_of_comments(
    entries: dict[str, Value], lines: list[Line], path: str, problems: Problems
) -> None:
    """`title: Tujuan #6` silently loses its number: say so where text is for people."""
    for key in ("title", "summary"):
        value = entries.get(key)
        if value and value.plain and " #" in lines[value.line - 1].text:
            problems.add("comment-in-text", path, value.line)
