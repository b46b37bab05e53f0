"""Reading short texts that people type."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

import regex

# A pattern is matched against short answers only, and given up after this many seconds: some
# patterns need longer than the universe for one long answer.
REGEX_LENGTH = 200
REGEX_SECONDS = 0.5


class TooSlow(Exception):
    """A pattern could not be decided in time; a person has to look."""


def normalise_text(text: str) -> str:
    """NFKC, case folded, ends trimmed, inner blanks to one."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def matches_text(answer: str, keys: Iterable[Mapping[str, Any]]) -> bool:
    """Whether an answer is one of the accepted ones: `text` as normalised, `regex` wholly.

    Raises `TooSlow` where no text fits and a pattern could not be decided in time.
    """
    keys = list(keys)
    given = normalise_text(answer)
    if any("text" in key and normalise_text(key["text"]) == given for key in keys):
        return True
    tidy = " ".join(unicodedata.normalize("NFKC", answer).split())
    if len(tidy) > REGEX_LENGTH:
        return False
    undecided = False
    for key in keys:
        if "regex" not in key:
            continue
        try:
            if regex.fullmatch(key["regex"], tidy, regex.IGNORECASE, timeout=REGEX_SECONDS):
                return True
        except TimeoutError:
            undecided = True
    if undecided:
        raise TooSlow
    return False
