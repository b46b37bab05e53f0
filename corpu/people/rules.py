"""Decisions about people on plain values: numbers, names, passwords, waits, supervision loops."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from corpu.errors import N_, DomainError
from corpu.texts import clean_text as clean_text  # the other rooms take it from here

NIP_DIGITS = 18
FIRST_PPPK_YEAR = 2019
PASSWORD_MIN = 10
PASSWORD_MAX = 1000  # more is not safer, and somebody has to hash it
FREE_FAILURES = 5
LONGEST_WAIT = 60
FORGOTTEN_AFTER = timedelta(hours=24)


class InvalidInput(DomainError):
    """A value that cannot be taken as it was written; `field` names the form field."""

    field = ""


class InvalidNip(InvalidInput):
    field = "nip"
    message = N_("NIP terdiri atas 18 angka. Periksa lagi, misalnya 197403121999031004.")


class InvalidName(InvalidInput):
    field = "name"
    message = N_("Tulis nama orangnya, paling panjang 160 huruf.")


class InvalidEmail(InvalidInput):
    field = "email"
    message = N_("Tulis surel lengkap, misalnya nama@instansi.go.id.")


# --------------------------------------------------------------------------- numbers


class NipKind(StrEnum):
    PNS = "pns"
    PPPK = "pppk"


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


@dataclass(frozen=True)
class Nip:
    """What the 18 digits say (Perka BKN 22/2007 for NIP; BKN 1/2019 for NI PPPK).

    There is no check digit. `appointed_on` is the first of the month of the CPNS
    appointment and None for PPPK, whose number holds only the year.
    """

    digits: str
    kind: NipKind
    born_on: date
    appointed_year: int
    appointed_on: date | None
    contracts: int | None
    sex: Sex
    serial: int

    @property
    def printed(self) -> str:
        """`19850223 200604 1 008`, as it stands on letters."""
        return printed_nip(self.digits)


def nip_digits(text: str) -> str | None:
    """The 18 digits in what somebody typed or pasted, or None.

    Blanks, dots, dashes and a leading "NIP" are how people write it, so they are
    taken; any other character means that this is something else.
    """
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"(?i)^\s*(?:NIP|NI\s*PPPK)\b[\s.:]*", "", text)
    digits = re.sub(r"[\s.\-–/]", "", text)
    return digits if re.fullmatch(f"[0-9]{{{NIP_DIGITS}}}", digits) else None


def parse_nip(text: str) -> Nip:
    """Read a NIP or NI PPPK. Raises InvalidNip with the sentence that says what is wrong.

    Digits 13 and 14 tell the kinds apart: 01 to 12 is the month of a CPNS appointment,
    a 2 followed by 1 to 9 is the PPPK mark and the number of contracts.
    """
    digits = nip_digits(text)
    if digits is None:
        raise InvalidNip
    born_on = _day(digits[:8])
    if born_on is None:
        raise InvalidNip(N_("Delapan angka pertama NIP bukan tanggal lahir. Periksa lagi."))
    year, mark = int(digits[8:12]), int(digits[12:14])
    kind, appointed_on, contracts = NipKind.PPPK, None, None
    if 1 <= mark <= 12 and year >= 1:
        kind, appointed_on = NipKind.PNS, date(year, mark, 1)
    elif 21 <= mark <= 29:
        contracts = mark - 20
        if year < FIRST_PPPK_YEAR:
            raise InvalidNip(
                N_("Angka 9–12 NI PPPK adalah tahun pengangkatan, paling awal 2019. Periksa lagi.")
            )
    else:
        raise InvalidNip(
            N_(
                "Angka ke-13 dan ke-14 bukan bulan pengangkatan (01–12) "
                "dan bukan tanda PPPK (21–29). Periksa lagi."
            )
        )
    if year <= born_on.year:
        raise InvalidNip(N_("Tahun pengangkatan pada NIP tidak sesudah tahun lahir. Periksa lagi."))
    if digits[14] not in "12":
        raise InvalidNip(N_("Angka ke-15 NIP menyatakan jenis kelamin: 1 atau 2. Periksa lagi."))
    serial = int(digits[15:])
    if serial == 0:
        raise InvalidNip(N_("Tiga angka terakhir NIP adalah nomor urut, mulai 001. Periksa lagi."))
    return Nip(
        digits=digits,
        kind=kind,
        born_on=born_on,
        appointed_year=year,
        appointed_on=appointed_on,
        contracts=contracts,
        sex=Sex.MALE if digits[14] == "1" else Sex.FEMALE,
        serial=serial,
    )


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def nip_warnings(
    nip: Nip, *, today: date, born_on: date | None = None, sex: Sex | None = None
) -> list[str]:
    """What looks odd about a number of valid form; nothing here blocks.

    A number is never issued again when a birth date or sex entry is corrected later,
    so a difference from the profile is no error.
    """
    warnings = []
    appointed = nip.appointed_on or date(nip.appointed_year, 12, 31)
    if not 16 <= age_on(nip.born_on, appointed) <= 60:
        warnings.append(N_("Menurut NIP, usia saat diangkat di luar 16–60 tahun."))
    if nip.appointed_year > today.year + 1:
        warnings.append(N_("Menurut NIP, pengangkatan masih jauh di masa depan."))
    if born_on is not None and born_on != nip.born_on:
        warnings.append(N_("Tanggal lahir pada NIP berbeda dari data pegawai."))
    if sex is not None and sex is not nip.sex:
        warnings.append(N_("Jenis kelamin pada NIP berbeda dari data pegawai."))
    return warnings


def age_on(born_on: date, day: date) -> int:
    """Full years; someone born on 29 February grows older on 1 March of a common year."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def printed_nip(digits: str | None) -> str:
    """The digits in the groups people know, or an empty string where there is no number."""
    if not digits:
        return ""
    return f"{digits[:8]} {digits[8:14]} {digits[14]} {digits[15:]}"


# ------------------------------------------------------------------- names and e-mail


def clean_name(text: str) -> str:
    """A person's name: any script, one word or many. Raises InvalidName."""
    name = clean_text(text)
    if not 1 <= len(name) <= 160 or not any(character.isalpha() for character in name):
        raise InvalidName
    return name


def clean_email(text: str) -> str:
    """Lower case, because nobody remembers how they wrote it. Raises InvalidEmail."""
    email = clean_text(text).lower()
    if len(email) > 254 or not re.fullmatch(r"[^\s@<>(),;:\"]+@[^\s@.<>]+(\.[^\s@.<>]+)+", email):
        raise InvalidEmail
    return email


def sign_in_name(text: str) -> tuple[str, str] | None:
    """What somebody signs in with: ("nip", digits) or ("email", address); None for neither."""
    digits = nip_digits(text)
    if digits is not None:
        return "nip", digits
    try:
        return "email", clean_email(text)
    except InvalidEmail:
        return None


# ------------------------------------------------------------------ passwords, waits


def prepared_password(text: str) -> str:
    """The same password whichever keyboard composed its letters."""
    return unicodedata.normalize("NFC", text)


def password_problem(
    password: str, *, nip: str | None = None, name: str = "", email: str | None = None
) -> str | None:
    """The sentence that refuses a new password, or None.

    Length is what makes a password hard to guess; rules about kinds of characters only
    make it hard to remember, so there are none.
    """
    if len(password) < PASSWORD_MIN:
        return N_("Pakai paling sedikit 10 karakter. Beberapa kata dengan spasi juga boleh.")
    if len(password) > PASSWORD_MAX:
        return N_("Pakai paling banyak 1.000 karakter.")
    address = email or ""
    known = {_bare(word) for word in (nip or "", name, address, address.split("@")[0])} - {""}
    if not _bare(password) or _bare(password) in known:
        return N_("Jangan memakai NIP, nama, atau surel Anda sebagai kata sandi.")
    return None


def _bare(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())


def backoff(failures: int) -> int:
    """Seconds to wait before the next try, after so many failures in a row."""
    if failures < FREE_FAILURES:
        return 0
    return min(LONGEST_WAIT, 2 ** min(failures - FREE_FAILURES, 10))


def counted_failures(failures: int, failed_at: datetime | None, *, at: datetime) -> int:
    """The failures that still count: after a day without one, the slate is clean."""
    if failed_at is None or at - failed_at >= FORGOTTEN_AFTER:
        return 0
    return failures


def wait_left(failures: int, failed_at: datetime | None, *, at: datetime) -> int:
    """Whole seconds until the next try is taken; 0 when it may come now."""
    wait = backoff(counted_failures(failures, failed_at, at=at))
    if not wait or failed_at is None:
        return 0
    if failed_at - at > timedelta(seconds=LONGEST_WAIT):
        return 0  # the clock was set back since: nobody waits until it is there again
    left = (failed_at + timedelta(seconds=wait) - at).total_seconds()
    return min(wait, max(0, -int(-left // 1)))


# ------------------------------------------------------------------------ supervision


class Edge(NamedTuple):
    """`person` answers to `supervisor` from a day to a day, both included; None is open."""

    person: Hashable
    supervisor: Hashable
    started_on: date
    ended_on: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the relation is in force on that day."""
        return self.started_on <= day and (self.ended_on is None or day <= self.ended_on)


class StandIn(NamedTuple):
    """`deputy` decides in the place of `principal` from a day to a day, both included."""

    principal: Hashable
    deputy: Hashable
    started_on: date
    ended_on: date


def through(edges: Iterable[Edge], stand_ins: Iterable[StandIn]) -> list[Edge]:
    """The relations that stand-ins add: whoever answers to the principal answers to the deputy
    as well, on the days that both share. Nobody answers to themselves, and a deputy's deputy
    adds nothing: only relations of their own are handed over."""
    standing_in: dict[Hashable, list[StandIn]] = defaultdict(list)
    for one in stand_ins:
        standing_in[one.principal].append(one)
    found = []
    for edge in edges:
        for one in standing_in[edge.supervisor]:
            start = max(edge.started_on, one.started_on)
            end = min(edge.ended_on or one.ended_on, one.ended_on)
            if one.deputy != edge.person and start <= end:
                found.append(Edge(edge.person, one.deputy, start, end))
    return found


def longest_end(started_on: date) -> date:
    """The last day that a delegation begun on this day may have: a year in all."""
    if started_on.year == date.max.year:
        return date.max
    try:
        return started_on.replace(year=started_on.year + 1) - timedelta(days=1)
    except ValueError:  # 29 February
        return date(started_on.year + 1, 2, 28)


def has_loop(edges: Iterable[Edge]) -> bool:
    """Whether on any day somebody stands above themselves, at any depth.

    A loop needs all its relations on one common day, and the first such day is the
    start of one of them: looking at the starts is looking at every day.
    """
    known = list(edges)
    return any(
        _has_cycle([edge for edge in known if edge.holds_on(day)])
        for day in {edge.started_on for edge in known}
    )


def _has_cycle(edges: list[Edge]) -> bool:
    """Take away whoever supervises nobody (any more); a cycle is what never gets empty."""
    above: dict[Hashable, set[Hashable]] = defaultdict(set)
    for edge in edges:
        above[edge.person].add(edge.supervisor)
    count: dict[Hashable, int] = defaultdict(int)
    for supervisors in above.values():
        for supervisor in supervisors:
            count[supervisor] += 1
    free = [person for person in above if not count[person]]
    while free:
        for supervisor in above.pop(free.pop()):
            count[supervisor] -= 1
            if not count[supervisor] and supervisor in above:
                free.append(supervisor)
    return bool(above)
