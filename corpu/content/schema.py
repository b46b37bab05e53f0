"""Front matter as typed values: unknown keys, wrong types and ranges are problems at their line."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from difflib import get_close_matches

from corpu.content.frontmatter import Value
from corpu.content.lines import IDENTIFIER
from corpu.content.problems import Phrase, Problems, meant
from corpu.content.vocabulary import Codes
from corpu.errors import N_

TYPES = {
    "text": N_("teks"),
    "list": N_("daftar, misalnya [a, b]"),
    "map": N_("pasangan kunci dan nilai, misalnya {code: PPB, level: 2}"),
    "whole": N_("bilangan bulat"),
    "number": N_("angka"),
}
NUMBER = re.compile(r"[0-9]{1,6}(?:[.,][0-9]{1,4})?")
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")


class Reader:
    """Reads the entries of one mapping. `name` stands before the key in sentences."""

    def __init__(
        self,
        entries: dict[str, Value],
        known: Sequence[str],
        path: str,
        problems: Problems,
        line: int = 1,
        name: str = "",
    ) -> None:
        self.entries = entries
        self.path = path
        self.problems = problems
        self.line = line
        self.name = name
        for key, value in entries.items():
            if key in known:
                continue
            nearest = get_close_matches(key.lower(), known, n=1, cutoff=0.6)
            if nearest:
                self.report("misspelt-key", value.line, key=name + key, nearest=nearest[0])
            else:
                self.report("unknown-key", value.line, key=name + key, known=", ".join(known))

    def report(self, code: str, line: int, /, **params: object) -> None:
        self.problems.add(code, self.path, line, **params)

    def line_of(self, key: str) -> int:
        return self.entries[key].line if key in self.entries else self.line

    def wrong(self, key: str, value: Value, wanted: str) -> None:
        shown = value.value if isinstance(value.value, str) else "…"
        self.report(
            "wrong-type",
            value.line,
            key=self.name + key,
            wanted=Phrase(TYPES[wanted]),
            value=shown,
        )

    def require(self, key: str) -> bool:
        if key in self.entries and self.entries[key].value not in ("", [], {}):
            return True
        self.report("missing-key", self.line_of(key), key=self.name + key)
        return False

    def text(self, key: str, *, required: bool = False, limit: int = 200) -> str:
        """One line of text, "" where absent."""
        if required and not self.require(key):
            return ""
        value = self.entries.get(key)
        if value is None:
            return ""
        if not isinstance(value.value, str):
            self.wrong(key, value, "text")
            return ""
        text = " ".join(value.value.split())
        if len(text) > limit:
            self.report("too-long", value.line, key=self.name + key, limit=limit)
        return text

    def one_of(self, key: str, choices: Sequence[str], default: str) -> str:
        text = self.text(key)
        if not text:
            return default
        if text.lower() not in choices:
            self.report(
                "unknown-value",
                self.line_of(key),
                key=self.name + key,
                value=text,
                known=", ".join(choices),
            )
            return default
        return text.lower()

    def some_of(self, key: str, choices: Sequence[str]) -> tuple[str, ...]:
        found = []
        for value in self.list(key):
            text = self.item(key, value)
            if text is not None and text.lower() in choices:
                found.append(text.lower())
            elif text is not None:
                self.report(
                    "unknown-value",
                    value.line,
                    key=self.name + key,
                    value=text,
                    known=", ".join(choices),
                )
        return tuple(found)

    def whole(self, key: str, low: int, high: int) -> int | None:
        """A whole number in the range; None where absent or refused."""
        value = self.entries.get(key)
        if value is None or value.value == "":
            return None
        if not isinstance(value.value, str) or not re.fullmatch("-?[0-9]{1,9}", value.value):
            self.wrong(key, value, "whole")
            return None
        number = int(value.value)
        if not low <= number <= high:
            self._range(key, value, low, high)
            return None
        return number

    def decimal(self, key: str) -> Decimal | None:
        """A number that is not negative; None where absent or refused."""
        value = self.entries.get(key)
        if value is None or value.value == "":
            return None
        return self.decimal_of(key, value)

    def decimal_of(self, key: str, value: Value) -> Decimal | None:
        if not isinstance(value.value, str) or not NUMBER.fullmatch(value.value):
            self.wrong(key, value, "number")
            return None
        return Decimal(value.value.replace(",", "."))

    def _range(self, key: str, value: Value, low: object, high: object) -> None:
        self.report(
            "out-of-range",
            value.line,
            key=self.name + key,
            low=low,
            high=high,
            value=value.value,
        )

    def positive(self, key: str, high: int, *, required: bool = False) -> Decimal | None:
        if required and not self.require(key):
            return None
        number = self.decimal(key)
        if number is not None and not 0 < number <= high:
            self._range(key, self.entries[key], "0,01", high)
            return None
        return number

    def mark(self, key: str, value: Value | None = None) -> Decimal | None:
        """A pass mark: above 0, at most 100, or nobody could fail or pass."""
        value = value or self.entries.get(key)
        if value is None or value.value == "":
            return None
        number = self.decimal_of(key, value)
        if number is not None and not 0 < number <= 100:
            self.report("pass-unreachable", value.line, value=value.value)
            return None
        return number

    def list(self, key: str) -> list[Value]:
        value = self.entries.get(key)
        if value is None or value.value == "":
            return []
        if not isinstance(value.value, list):
            self.wrong(key, value, "list")
            return []
        return value.value

    def mapping(self, key: str) -> dict[str, Value]:
        value = self.entries.get(key)
        if value is None or value.value == "":
            return {}
        if not isinstance(value.value, dict):
            self.wrong(key, value, "map")
            return {}
        return value.value

    def item(self, key: str, value: Value) -> str | None:
        """An entry of a list as text."""
        if not isinstance(value.value, str) or not value.value.strip():
            self.wrong(key, value, "text")
            return None
        return value.value.strip()

    def codes(self, key: str, known: Codes, code: str) -> tuple[str, ...]:
        """The codes of a list in the vocabulary's spelling, each once."""
        return self.each(key, lambda text, line: self.code(text, line, known, code))

    def code(self, text: str, line: int, known: Codes, code: str) -> str | None:
        found = known.find(text)
        if found is None:
            self.report(code, line, code=text, hint=meant(known.nearest(text)))
        return found

    def each(self, key: str, read: Callable[[str, int], str | None]) -> tuple[str, ...]:
        found: list[str] = []
        for value in self.list(key):
            text = self.item(key, value)
            entry = read(text, value.line) if text is not None else None
            if entry is not None and entry in found:
                self.report("duplicate-value", value.line, key=self.name + key, value=entry)
            elif entry is not None:
                found.append(entry)
        return tuple(found)

    def identifier(self, key: str = "id") -> str | None:
        text = self.text(key)
        if not text:
            return None
        if not IDENTIFIER.fullmatch(text):
            self.report("bad-id", self.line_of(key), id=text)
            return None
        return text
