"""From a form of learning and its amount to JP, by the table in force on its last day.

Pure: plain values in and out. The forms are those of PP 11/2017 jo. PP 17/2020, articles 210
to 212, and Perlan 10/2018; the JP of each form follow the annex of Perlan 10/2018. Tables are
dated data (`corpu/data/jp_conversion.json`), never constants: a record keeps the version that
gave its JP, and no later table changes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from corpu.errors import N_
from corpu.people.rules import InvalidInput

JP_MINUTES = 45  # of one JP: Perlan 5/2018 and 10/2018
JP_OF_A_DAY = Decimal(24 * 60 // JP_MINUTES)  # 32: more than a day has cannot have been learnt
MOST_JP = Decimal(9999)  # of one record
LONGEST_DAYS = 3 * 366  # a secondment lasts years, a mistyped century does not
CENT = Decimal("0.01")


class Measure(StrEnum):
    """What an amount counts: the JP as printed, or things that give so many JP each."""

    JP = "jp"
    DAY = "day"
    SESSION = "session"
    ACTIVITY = "activity"


class Period(StrEnum):
    """The stretch of the calendar within which a cap holds."""

    DAY = "day"
    MONTH = "month"


class BadDays(InvalidInput):
    field = "ended_on"


class BadAmount(InvalidInput):
    field = "amount"


class UnknownForm(InvalidInput):
    field = "form"
    message = N_("Pilih bentuk belajar dari daftar.")


@dataclass(frozen=True)
class Cap:
    """At most so many JP of one form count within each period (Perlan 10/2018, annex)."""

    jp: Decimal
    per: Period


@dataclass(frozen=True)
class Form:
    """A form of learning as a table has it."""

    code: str  # KL01 to KL12 classical, NKL01 to NKL13 nonclassical
    name_id: str
    name_en: str
    is_classical: bool
    share: int  # 10 formal, 20 with others, 70 at work: SE BKN 3/2022
    measure: Measure
    jp: Decimal | None  # for one day, session or activity
    fallback: Decimal | None  # per day, where no JP are printed
    cap: Cap | None

    @property
    def names(self) -> dict[str, str]:
        """As the vocabulary's rows have them."""
        return {"name_id": self.name_id, "name_en": self.name_en}

    @property
    def is_log(self) -> bool:
        """Whether records of it are a log, in which the same title comes again."""
        return not self.is_classical and self.measure in (Measure.DAY, Measure.SESSION)

    @property
    def is_within_a_year(self) -> bool:
        """Whether a record of it is a log of days or sessions: those belong to one year."""
        return self.measure in (Measure.DAY, Measure.SESSION) or self.cap is not None


@dataclass(frozen=True)
class Table:
    """The forms and their JP from a first of January on."""

    version: str
    valid_from: date
    source: str
    forms: Mapping[str, Form]


@dataclass(frozen=True)
class Converted:
    """What an amount of a form makes, and by which rule."""

    form: Form
    version: str
    year: int  # that of the last day
    amount: Decimal
    jp: Decimal


def tables_of(data: Mapping[str, Any]) -> tuple[Table, ...]:
    """The tables of the data file, the earliest first. Raises ValueError where one does not
    begin with a year, names a version or form twice, or holds a number that is not positive."""
    found = sorted((_table(row) for row in data["versions"]), key=lambda table: table.valid_from)
    if len({table.version for table in found}) != len(found):
        raise ValueError("two tables have one version")
    if len({table.valid_from for table in found}) != len(found):
        raise ValueError("two tables begin on one day")
    return tuple(found)


def _table(row: Mapping[str, Any]) -> Table:
    valid_from = date.fromisoformat(row["valid_from"])
    if (valid_from.month, valid_from.day) != (1, 1):
        # Caps are counted within a year, which would otherwise have two of them.
        raise ValueError(f"a table begins on 1 January, not on {valid_from}")
    forms = {one["code"]: _form(one) for one in row["forms"]}
    if len(forms) != len(row["forms"]):
        raise ValueError(f"a form stands twice in {row['version']}")
    return Table(row["version"], valid_from, row["source"], forms)


def _form(row: Mapping[str, Any]) -> Form:
    measure, cap = Measure(row["measure"]), row.get("cap")
    form = Form(
        code=row["code"],
        name_id=row["name_id"],
        name_en=row["name_en"],
        is_classical=row["route"] == "classical",
        share=row["share"],
        measure=measure,
        jp=Decimal(row["jp"]) if "jp" in row else None,
        fallback=Decimal(row["fallback"]) if "fallback" in row else None,
        cap=Cap(Decimal(cap["jp"]), Period(cap["per"])) if cap else None,
    )
    if (form.jp is None) is not (measure is Measure.JP):
        raise ValueError(f"{form.code}: JP for each go with a measure that is not JP")
    numbers = (form.jp, form.fallback, form.cap.jp if form.cap else None)
    if any(number is not None and not number > 0 for number in numbers):
        raise ValueError(f"{form.code}: every number is above zero")
    return form


def table_on(tables: Iterable[Table], day: date) -> Table:
    """The table in force on a day. Raises BadDays before the first."""
    tables = tuple(tables)
    in_force = [table for table in tables if table.valid_from <= day]
    if not in_force:
        first = min(table.valid_from for table in tables)
        raise BadDays(N_("Konversi JP berlaku untuk kegiatan sejak %(first)s."), first=first)
    return max(in_force, key=lambda table: table.valid_from)


def check_days(started_on: date, ended_on: date, today: date) -> None:
    """Learning has a beginning, an end not before it, and is over. `today` is the day where the
    person's unit is. Raises BadDays."""
    if ended_on < started_on:
        raise BadDays(N_("Hari terakhir tidak mungkin sebelum hari pertama."))
    if ended_on > today:
        raise BadDays(N_("Catat kegiatan ini setelah selesai: hari terakhirnya belum lewat."))
    if days_between(started_on, ended_on) > LONGEST_DAYS:
        raise BadDays(N_("Satu catatan paling lama tiga tahun. Periksa lagi tanggalnya."))


def days_between(started_on: date, ended_on: date) -> int:
    """How many days a record spans, both ends included."""
    return (ended_on - started_on).days + 1


def convert(
    tables: Iterable[Table],
    code: str,
    started_on: date,
    ended_on: date,
    amount: Decimal | None,
    *,
    today: date,
) -> Converted:
    """The JP that an amount of a form makes, by the table in force on the last day.

    Hours belong to the calendar year of the last day. An amount left out is what is plain: one
    activity, every day of the span, the fallback of the table where a certificate prints no JP.
    Caps are another matter (`counting`): they depend on what else there is.
    Raises UnknownForm, BadDays, BadAmount.
    """
    check_days(started_on, ended_on, today)
    table = table_on(tables, ended_on)
    form = table.forms.get(code)
    if form is None:
        raise UnknownForm
    if form.is_within_a_year and started_on.year != ended_on.year:
        raise BadDays(N_("Catat tiap tahun tersendiri: bentuk ini dihitung per tahun kalender."))
    days = Decimal(days_between(started_on, ended_on))
    if amount is not None and not (amount.is_finite() and 0 < amount <= MOST_JP):
        raise BadAmount(N_("Tulis jumlah di atas 0."))
    if form.measure is Measure.JP:
        amount = _printed(form, amount, days)
        return Converted(form, table.version, ended_on.year, amount, amount)
    amount = _counted(form, amount, days)
    assert form.jp is not None  # as every form with such a measure has
    return Converted(form, table.version, ended_on.year, amount, amount * form.jp)


def _printed(form: Form, amount: Decimal | None, days: Decimal) -> Decimal:
    """The JP as the certificate has them."""
    if amount is None:
        if form.fallback is None:
            raise BadAmount(N_("Tulis JP yang tercetak pada sertifikat."))
        amount = form.fallback * days
    if amount != amount.quantize(CENT):
        raise BadAmount(N_("Tulis JP dengan paling banyak dua angka di belakang koma."))
    if amount > days * JP_OF_A_DAY:
        raise BadAmount(
            N_("Sehari paling banyak memuat 32 JP (24 jam). Periksa lagi JP atau tanggalnya.")
        )
    return amount


def _counted(form: Form, amount: Decimal | None, days: Decimal) -> Decimal:
    """How many days, sessions or activities."""
    if amount is None:
        if form.measure is Measure.SESSION:
            raise BadAmount(N_("Tulis berapa sesi."))
        amount = Decimal(1) if form.measure is Measure.ACTIVITY else days
    if amount != amount.to_integral_value():
        raise BadAmount(N_("Tulis bilangan bulat: hari, sesi atau kegiatan dihitung utuh."))
    if form.measure is Measure.ACTIVITY and amount != 1:
        raise BadAmount(N_("Catat tiap kegiatan tersendiri: jumlahnya 1."))
    if form.measure is Measure.DAY and amount > days:
        raise BadAmount(N_("Jumlah hari melebihi rentang tanggalnya."))
    most = min(days * JP_OF_A_DAY, MOST_JP)
    if amount * (form.jp or 0) > most and form.measure is Measure.SESSION:
        raise BadAmount(N_("Sesi sebanyak itu tidak muat dalam rentang tanggalnya."))
    return amount
