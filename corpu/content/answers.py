"""Keys of questions as data: accepted texts, numbers with tolerance, rubrics and pairs."""

import re
from decimal import Decimal, InvalidOperation

import regex

from corpu.content.problems import Phrase, Problems
from corpu.errors import N_

REGEX_LENGTH = 200
TOLERANCE = re.compile(r"(.+?)\s*(?:±|\+-|\+/-)\s*(.+)")
RANGE = re.compile(r"(.+?)\s*\.\.\s*(.+)")
NUMBER = re.compile(r"[+\-−]?[0-9]+(?:[.,][0-9]+)?")
THOUSANDS = re.compile(r"[+\-−]?[1-9][0-9]{0,2}(?:[.,][0-9]{3})+")
LONGEST_NUMBER = 30


class KeyRefused(Exception):
    """A key that cannot be read; carries the code of the problem and its parameters."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def looks_like_number(key: str) -> bool:
    """Whether a key has a tolerance or a range, which only numbers have."""
    return not key.startswith("/") and bool(TOLERANCE.fullmatch(key) or RANGE.fullmatch(key))


def read_decimal(text: str) -> Decimal:
    """A number with `,` or `.` as decimal sign. Raises KeyRefused where it could be thousands."""
    text = text.strip()
    if THOUSANDS.fullmatch(text):
        plain = re.sub("[.,]", "", text)
        whole, _, rest = text.replace(".", ",").partition(",")
        shown = f"{whole},{rest.rstrip('0') or '0'}" if "," not in rest else f"{whole},…"
        raise KeyRefused("ambiguous-number", text=text, thousands=plain, decimal=shown)
    if len(text) > LONGEST_NUMBER or not NUMBER.fullmatch(text):
        raise KeyRefused("bad-number", text=text)
    try:
        return Decimal(text.replace(",", ".").replace("−", "-"))
    except InvalidOperation as error:
        raise KeyRefused("bad-number", text=text) from error


def read_number_key(key: str) -> dict[str, str]:
    """`74 ± 1`, `70..78` or `74` as the lowest and highest accepted value, both inclusive."""
    if match := TOLERANCE.fullmatch(key):
        middle, width = read_decimal(match[1]), abs(read_decimal(match[2]))
        low, high = middle - width, middle + width
    elif match := RANGE.fullmatch(key):
        low, high = read_decimal(match[1]), read_decimal(match[2])
        if low > high:
            raise KeyRefused("bad-number", text=key)
    else:
        low = high = read_decimal(key)
    return {"low": format(low, "f"), "high": format(high, "f")}


def read_text_key(key: str) -> dict[str, str]:
    """An accepted answer, or a pattern between slashes that the whole answer must match."""
    if not (len(key) > 1 and key.startswith("/") and key.endswith("/")):
        return {"text": key}
    pattern = key[1:-1]
    if len(pattern) > REGEX_LENGTH:
        reason = Phrase(N_("paling panjang %(limit)s karakter"), {"limit": REGEX_LENGTH})
        raise KeyRefused("bad-regex", reason=reason)
    try:
        compiled = regex.compile(pattern, regex.IGNORECASE)
        if compiled.fullmatch("", timeout=0.2):
            raise KeyRefused("bad-regex", reason=Phrase(N_("menerima jawaban kosong")))
        compiled.fullmatch("a" * 40 + "!", timeout=0.2)
    except TimeoutError as error:
        raise KeyRefused("bad-regex", reason=Phrase(N_("terlalu lama dihitung"))) from error
    except (regex.error, RecursionError, OverflowError, ValueError) as error:
        raise KeyRefused(
            "bad-regex", reason=Phrase(N_("kurung atau tandanya tidak lengkap"))
        ) from error
    return {"regex": pattern}


def read_keys(
    keys: list[tuple[int, str]], *, number: bool, path: str, problems: Problems
) -> tuple[dict[str, str], ...]:
    """All keys of a question as data; those that cannot be read are reported and left out."""
    found: list[dict[str, str]] = []
    for line, key in keys:
        if not key:
            problems.add("empty-key", path, line)
            continue
        try:
            entry = read_number_key(key) if number else read_text_key(key)
        except KeyRefused as refused:
            problems.add(refused.code, path, line, **refused.params)
            continue
        if entry in found:
            problems.add("duplicate-answer", path, line, text=key)
        else:
            found.append(entry)
    return tuple(found)
