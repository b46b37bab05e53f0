"""Numbers as people write them, and as addresses and hidden fields carry them."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

NUMBER_LENGTH = 60
WHOLE_LENGTH = 9  # digits: what every database keeps as a number
MINUS_SIGNS = str.maketrans(dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{HYPHEN}", "-"))


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """`1.250` may be meant as thousands or as a fraction.

    Advice: write `thousands` or `fraction`. Taken as it stands, it is the fraction.
    """

    thousands: Decimal
    fraction: Decimal


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


def whole(text: str | None) -> int | None:
    """A whole number of at most nine ASCII digits; None for anything else."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= WHOLE_LENGTH else None
