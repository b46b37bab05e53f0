"""What may be wrong with a course: a code, a place, and a sentence that says what to write."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from corpu.content.codes import CODES
from corpu.errors import N_


@dataclass(frozen=True)
class Phrase:
    """A part of a sentence that is translated too; `message` is marked with N_."""

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def text(self, gettext: Callable[[str], str]) -> str:
        return gettext(self.message) % dict(self.params) if self.message else ""

    def __str__(self) -> str:
        return self.text(str)


NOTHING = Phrase("")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One finding. `path` is relative to the folder of the course, `line` counts from 1.

    `message` is a gettext source string; `params` fill its %(name)s places after translation.
    """

    code: str
    path: str
    line: int
    severity: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    course: str = ""

    def text(self, gettext: Callable[[str], str] = lambda text: text) -> str:
        """The sentence, in Indonesian unless `gettext` knows better."""
        return gettext(self.message) % {
            name: value.text(gettext) if isinstance(value, Phrase) else value
            for name, value in self.params.items()
        }

    def to_dict(self, gettext: Callable[[str], str] = lambda text: text) -> dict[str, Any]:
        return {
            "course": self.course,
            "path": self.path,
            "line": self.line,
            "severity": self.severity,
            "code": self.code,
            "text": self.text(gettext),
        }


def problem(code: str, path: str, line: int = 1, /, **params: Any) -> Problem:
    severity, message = CODES[code]
    shown = {name: shorten(value) for name, value in params.items()}
    return Problem(
        code=code, path=path, line=line, severity=severity, message=message, params=shown
    )


def shorten(value: Any, length: int = 80) -> Any:
    """Keep a quoted piece of the author's text readable in one line."""
    if not isinstance(value, str):
        return value
    text = " ".join(value.split())
    return text if len(text) <= length else text[: length - 1] + "…"


def meant(nearest: str | None) -> Phrase:
    """Maksudnya …? where something near is known."""
    return Phrase(N_(" Maksudnya %(nearest)s?"), {"nearest": nearest}) if nearest else NOTHING


class Problems:
    """Collects what is found in one course, each finding once, up to a limit."""

    def __init__(self, course: str, limit: int = 500) -> None:
        self.course = course
        self.limit = limit
        self._found: dict[tuple[Any, ...], Problem] = {}

    def add(self, code: str, path: str, line: int = 1, /, **params: Any) -> None:
        self.take(problem(code, path, line, **params))

    def take(self, found: Problem) -> None:
        key = (found.path, found.line, found.code, tuple(sorted(map(str, found.params.items()))))
        if len(self._found) < self.limit or (found.severity == "error" and not self.has_errors):
            self._found.setdefault(key, replace(found, course=self.course))

    @property
    def is_full(self) -> bool:
        return len(self._found) >= self.limit and self.has_errors

    @property
    def has_errors(self) -> bool:
        return any(found.severity == "error" for found in self._found.values())

    def errors_within(self, folder: str) -> bool:
        """Whether an error was found in a file whose path begins so."""
        return any(
            found.severity == "error" and found.path.startswith(folder)
            for found in self._found.values()
        )

    def sorted(self) -> tuple[Problem, ...]:
        return tuple(sorted(self._found.values(), key=lambda p: (p.path, p.line, p.code)))
