"""What stands on a certificate and how it is written: numbers, codes, names, hours.

Everything here is a decision on plain values. The field's conventions come from the public
STTP forms of Indonesian ministries and from Perka BKN 22/2007 (structure of the NIP).
"""

import re
import secrets
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from flask_babel import lazy_gettext as _l

# --- number template -------------------------------------------------------------------------

MAX_TEMPLATE = 80
MAX_NUMBER = 160
NUMBER_TOKENS = (
    "seq",
    "klasifikasi",
    "unit",
    "program",
    "angkatan",
    "bulan_romawi",
    "tahun",
)
ROMAN_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_TOKEN = re.compile(r"\{([^{}]*)\}")
_SEQ_WIDTH = re.compile(r"seq:([1-9])")


class NumberTemplateError(ValueError):
    """A number cannot be written. `problems` are sentences for the person who set the template."""

    def __init__(self, problems: Sequence[object]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(str(problem) for problem in self.problems))


def check_template(text: str) -> list:
    """Return the problems of a number template as sentences; an empty list means it may be used.

    `{seq}` must be there, since it alone tells two certificates of one year apart, and `{tahun}`,
    since the sequence begins again each year. `{seq}` must not touch another token or a digit:
    `{angkatan}{seq}` would write 1 and 11, and 11 and 1, alike.
    """
    if not text.strip():
        return [_l("Tulis pola nomor, misalnya {seq:5}/{unit}/{bulan_romawi}/{tahun}.")]
    problems: list = []
    if len(text) > MAX_TEMPLATE:
        return [_l("Pola nomor paling panjang %(most)d huruf.", most=MAX_TEMPLATE)]
    if any(unicodedata.category(letter)[0] == "C" for letter in text):
        problems.append(_l("Pola nomor tidak boleh memuat baris baru atau huruf tak tampak."))
    tokens = _TOKEN.findall(text)
    sequences = [token for token in tokens if token == "seq" or _SEQ_WIDTH.fullmatch(token)]
    known = set(NUMBER_TOKENS) | set(sequences)
    problems += [
        _l("Tanda {%(token)s} tidak dikenal.", token=token[:40])
        for token in dict.fromkeys(tokens)
        if token not in known
    ]
    rest = _TOKEN.sub("\0", text)
    if "{" in rest or "}" in rest:
        problems.append(_l("Kurung kurawal harus berpasangan, misalnya {seq}."))
    if not sequences:
        problems.append(_l("Pola nomor harus memuat {seq}, nomor urutnya."))
    elif len(sequences) > 1:
        problems.append(_l("Nomor urut {seq} cukup ditulis sekali."))
    elif re.search(r"[}\d]\{seq(:\d)?\}|\{seq(:\d)?\}[{\d]", text):
        problems.append(_l("Pisahkan {seq} dari tanda lain dan dari angka, misalnya dengan /."))
    if "tahun" not in tokens:
        problems.append(_l("Pola nomor harus memuat {tahun}, sebab urutan mulai lagi tiap tahun."))
    return problems


def render_number(
    template: str,
    *,
    seq: int,
    klasifikasi: str,
    unit: str,
    program: str,
    angkatan: str,
    month: int,
    year: int,
) -> str:
    """Write the number of a document, e.g. `800.2/00012/BPSDM/III/2026`.

    Raises `NumberTemplateError` when the template is broken or uses a token that has no value:
    a number with a hole in it would be printed for ever.
    """
    problems = check_template(template)
    if problems:
        raise NumberTemplateError(problems)
    if seq < 1:
        raise ValueError("a sequence begins at 1")
    if not 1000 <= year <= 9999:
        raise ValueError("a year has four digits")
    values = {
        "klasifikasi": klasifikasi,
        "unit": unit,
        "program": program,
        "angkatan": angkatan,
        "bulan_romawi": ROMAN_MONTHS[month - 1] if 1 <= month <= 12 else "",
        "tahun": str(year),
    }
    values = {token: " ".join(value.split()) for token, value in values.items()}
    missing = [token for token in _TOKEN.findall(template) if values.get(token) == ""]
    if missing:
        raise NumberTemplateError(
            [
                _l("Pola nomor memakai {%(token)s}, tetapi isinya belum ada.", token=token)
                for token in dict.fromkeys(missing)
            ]
        )

    def written(match: re.Match) -> str:
        token = match[1]
        width = _SEQ_WIDTH.fullmatch(token)
        if token == "seq" or width:
            return str(seq).zfill(int(width[1]) if width else 0)
        return values[token]

    number = _TOKEN.sub(written, template)
    if len(number) > MAX_NUMBER:
        raise NumberTemplateError([_l("Nomor menjadi terlalu panjang untuk dicetak.")])
    return number


# --- verification code -----------------------------------------------------------------------

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16
_LOOKALIKES = str.maketrans("OIL", "011")
_DASHES = str.maketrans(dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014\u2212", ""))


def new_code(randbytes: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Draw a verification code: 80 random bits as 16 characters of Crockford's base 32."""
    drawn = int.from_bytes(randbytes(10), "big")
    return "".join(CROCKFORD[drawn >> shift & 31] for shift in range(75, -1, -5))


def format_code(code: str) -> str:
    """Group a code as it is printed: `CU35-7KQM-2XNE-94TA`."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def normalise_code(text: str) -> str | None:
    """Read a code as people type it, or None if it cannot be one.

    Case, blanks and dashes do not matter; O is read as 0, I and L as 1.
    """
    if len(text) > 100:  # nobody types this; spares the work on a pasted book
        return None
    code = "".join(text.split()).translate(_DASHES)
    if not code.isascii():
        return None
    code = code.upper().translate(_LOOKALIKES)
    if len(code) != CODE_LENGTH or any(letter not in CROCKFORD for letter in code):
        return None
    return code


# --- NIP and names ---------------------------------------------------------------------------


def format_nip(nip: str) -> str:
    """Group an 18-digit NIP or NI PPPK 8-6-1-3, as printed; anything else comes back as it is."""
    if not _is_nip(nip):
        return nip
    return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"


def mask_nip(nip: str) -> str:
    """Show only the serial: the other digits of a NIP are birth date, appointment and sex.

    A number of another shape is hidden wholly, since nobody knows what its last digits tell.
    """
    if not _is_nip(nip):
        return "•" * len(nip)
    return f"{'•' * 8} {'•' * 6} • {nip[15:]}"


def _is_nip(nip: str) -> bool:
    return len(nip) == 18 and nip.isascii() and nip.isdigit()


def full_name(prefix: str | None, name: str, suffix: str | None) -> str:
    """Join titles and name: `Dr. Budi Santoso, S.Sos., M.Si.`."""
    prefix, name, suffix = (" ".join((part or "").split()) for part in (prefix, name, suffix))
    written = f"{prefix} {name}" if prefix else name
    return f"{written}, {suffix.lstrip(', ')}" if suffix.lstrip(", ") else written


# --- dates -----------------------------------------------------------------------------------

MONTHS_ID = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)


def date_id(day: date) -> str:
    """Write a date as on an Indonesian document: `31 Desember 2026`, whatever the locale."""
    return f"{day.day} {MONTHS_ID[day.month - 1]} {day.year}"


# --- JP: learning hours of 45 minutes --------------------------------------------------------

_UNITS = (
    "nol",
    "satu",
    "dua",
    "tiga",
    "empat",
    "lima",
    "enam",
    "tujuh",
    "delapan",
    "sembilan",
    "sepuluh",
    "sebelas",
)


def format_jp(jp: Decimal) -> str:
    """Write JP in figures with the decimal comma and no idle zeros: `2`, `2,5`."""
    whole, _, decimals = f"{jp:f}".partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole},{decimals}" if decimals else whole


def is_printable_jp(jp: Decimal) -> bool:
    """Whether JP can be written in words: from 0 to below 1000."""
    return jp.is_finite() and 0 <= jp < 1000


def jp_words(jp: Decimal) -> str:
    """Write JP in Indonesian words, 0 to 999 with decimals: 2.5 → `dua koma lima`."""
    if not is_printable_jp(jp):
        raise ValueError("JP in words go from 0 to 999")
    whole, _, decimals = format_jp(jp).partition(",")
    words = _whole_words(int(whole))
    if decimals:
        words += " koma " + " ".join(_UNITS[int(digit)] for digit in decimals)
    return words


def _whole_words(number: int) -> str:
    if number < 12:
        return _UNITS[number]
    if number < 20:
        return f"{_UNITS[number - 10]} belas"
    if number < 100:
        head, rest = f"{_UNITS[number // 10]} puluh", number % 10
    elif number < 200:
        head, rest = "seratus", number - 100
    else:
        head, rest = f"{_UNITS[number // 100]} ratus", number % 100
    return f"{head} {_whole_words(rest)}" if rest else head


def share_jp(jp: Decimal, minutes: Sequence[int]) -> list[Decimal]:
    """Divide a course's JP among its modules by their minutes, to two decimals.

    The shares add up to the course's JP exactly: what rounding down leaves over goes, one
    hundredth each, to the rows that lost most, the earlier row first. Modules without any
    minutes share alike.
    """
    cents = jp * 100
    if jp < 0 or cents != cents.to_integral_value():
        raise ValueError("JP have at most two decimals and are not negative")
    if any(minute < 0 for minute in minutes):
        raise ValueError("minutes are not negative")
    if not minutes:
        raise ValueError("there is no module to divide JP among")
    weights = list(minutes) if sum(minutes) else [1] * len(minutes)
    total, whole = sum(weights), int(cents)
    floors = [whole * weight // total for weight in weights]
    lost = [whole * weight % total for weight in weights]
    most_lost = sorted(range(len(weights)), key=lambda row: (-lost[row], row))
    for row in most_lost[: whole - sum(floors)]:
        floors[row] += 1
    return [(Decimal(floor) / 100).quantize(Decimal("0.01"), ROUND_FLOOR) for floor in floors]
