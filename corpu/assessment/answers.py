"""Reading what people type: short texts and numbers."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import regex

# A pattern is matched against short answers only, and given up after this many seconds: some
# patterns need longer than the universe for one long answer.
REGEX_LENGTH = 200
REGEX_SECONDS = 0.5
NUMBER_LENGTH = 60
MINUS_SIGNS = str.maketrans(dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{HYPHEN}", "-"))


class TooSlow(Exception):
    """A pattern could not be decided in time; a person has to look."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """`1.250` may be meant as thousands or as a fraction. Asked back once, uncounted.

    Advice: write `thousands` or `fraction`. Taken as it stands, it is the fraction.
    """

    thousands: Decimal
    fraction: Decimal


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


def parse_number(text: str) -> Decimal | Ambiguous | None:
    """Read a number as people in Indonesia and elsewhere write it; None where it is none.

    `,` and `.` are both the decimal sign. Groups of three are thousands where nothing else is
    possible (`1.250.000`, `1.250,5`, `1 250`). One sign before exactly three digits could be
    either. A trailing per cent sign is let pass.
    """
    if len(text) > NUMBER_LENGTH or any(_is_raised(character) for character in text):
        return None
    tidy = unicodedata.normalize("NFKC", text).translate(MINUS_SIGNS).strip()
    parts = re.fullmatch(r"([+-]?)\s*([0-9][0-9., ]*|[.,][0-9]+)\s*%?", tidy)
    if parts is None:
        return None
    sign, digits = parts[1].replace("+", ""), parts[2].rstrip(" ")
    if re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", digits):
        return Ambiguous(
            thousands=Decimal(sign + re.sub(r"[.,]", "", digits)),
            fraction=Decimal(sign + digits.replace(",", ".")),
        )
    plain = _without_groups(digits)
    if plain is None or not re.fullmatch(r"[0-9]+\.?[0-9]*|\.[0-9]+", plain):
        return None
    return Decimal(sign + plain)


def _is_raised(character: str) -> bool:
    """Super- and subscripts: NFKC would make 103 of 10³."""
    return unicodedata.decomposition(character).startswith(("<super>", "<sub>"))


def _without_groups(digits: str) -> str | None:
    """The number with thousands joined and `.` as decimal sign; None where signs are mixed up."""
    if not re.search(r"[ ]|[.].*[.,]|[,].*[.,]", digits):
        return digits.replace(",", ".")
    grouped = re.fullmatch(
        r"(?P<first>[1-9][0-9]{0,2})(?P<sign>[., ])(?P<next>[0-9]{3})"
        r"(?P<rest>(?:(?P=sign)[0-9]{3})*)(?P<fraction>(?!(?P=sign))[.,][0-9]+)?",
        digits,
    )
    if grouped is None:
        return None
    whole = grouped["first"] + grouped["next"] + grouped["rest"].replace(grouped["sign"], "")
    return whole + (grouped["fraction"] or "").replace(",", ".")
