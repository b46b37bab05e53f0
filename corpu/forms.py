"""The form every feature's forms inherit: WTForms with our words.

WTForms has no Indonesian catalogue, so a choice that is not on the list or a date that cannot be
read would answer in English. Each sentence is an instruction; a feature's own validators say it
more exactly wherever they can.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import DecimalField, ValidationError

from corpu import i18n
from corpu.errors import N_, DomainError
from corpu.numbers import Ambiguous, parse_number
from corpu.texts import clean_text

DAYS = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"]  # as browsers send them, and as people write them
EARLIEST, LATEST = date(1950, 1, 1), date(2100, 1, 1)
STALE = N_("Muat ulang halaman ini, lalu kirim sekali lagi")
WORDS = {
    "This field is required.": N_("Isi bagian ini"),
    "Not a valid choice.": N_("Pilih salah satu dari daftar"),
    "Invalid Choice: could not coerce.": N_("Pilih salah satu dari daftar"),
    "'%(value)s' are not valid choices for this field.": N_("Pilih hanya dari daftar"),
    "Invalid choice(s): one or more data inputs could not be coerced.": N_(
        "Pilih hanya dari daftar"
    ),
    "Not a valid date value.": N_("Tulis tanggal yang ada, misalnya 31-12-2026"),
    "Not a valid datetime value.": N_("Tulis tanggal dan jam yang ada"),
    "Not a valid time value.": N_("Tulis jam yang ada, misalnya 09.00"),
    "Not a valid decimal value.": N_("Tulis angka, misalnya 12,5"),
    "Not a valid float value.": N_("Tulis angka, misalnya 12,5"),
    "Not a valid integer value.": N_("Tulis bilangan bulat, misalnya 12"),
    "Invalid email address.": N_("Tulis alamat surel lengkap, misalnya nama@daerah.go.id"),
    "Invalid URL.": N_("Tulis alamat lengkap, dimulai dengan https://"),
    "Invalid input.": N_("Periksa lagi tulisan ini"),
    "Number must be at least %(min)s.": N_("Tulis angka paling kecil %(min)s"),
    "Number must be at most %(max)s.": N_("Tulis angka paling besar %(max)s"),
    "Number must be between %(min)s and %(max)s.": N_("Tulis angka %(min)s sampai %(max)s"),
    "Field must be at least %(min)d characters long.": N_("Tulis paling sedikit %(min)d huruf"),
    "Field cannot be longer than %(max)d characters.": N_("Tulis paling banyak %(max)d huruf"),
    "Field must be exactly %(max)d characters long.": N_("Tulis tepat %(max)d huruf"),
    "Field must be between %(min)d and %(max)d characters long.": N_(
        "Tulis %(min)d sampai %(max)d huruf"
    ),
    "Field must be equal to %(other_name)s.": N_("Tulis sama dengan isian sebelumnya"),
    "Date must be at least %(min)s.": N_("Tulis tanggal paling awal %(min)s"),
    "Date must be at most %(max)s.": N_("Tulis tanggal paling akhir %(max)s"),
    "Date must be between %(min)s and %(max)s.": N_("Tulis tanggal %(min)s sampai %(max)s"),
    "Not a valid week value.": N_("Tulis minggu yang ada, misalnya 2026-W48"),
    "Invalid IP address.": N_("Tulis alamat IP lengkap, misalnya 192.0.2.1"),
    "Invalid Mac address.": N_("Tulis alamat MAC lengkap, misalnya 00:00:5e:00:53:01"),
    "Invalid UUID.": N_("Tulis UUID lengkap"),
    "Invalid value, must be one of: %(values)s.": N_("Tulis salah satu dari: %(values)s"),
    "Invalid value, can't be any of: %(values)s.": N_("Tulis yang lain dari: %(values)s"),
    "This field is disabled and cannot have a value.": N_("Biarkan bagian ini kosong"),
    "This field cannot be edited.": N_("Bagian ini tidak dapat diubah"),
    "CSRF failed.": STALE,
    "CSRF token missing.": STALE,
    "CSRF token expired.": STALE,
    "Invalid CSRF Token.": STALE,
}


class _Words:
    """What WTForms asks for its sentences. One it has and we have not is shown as it is."""

    def gettext(self, string: str) -> str:
        """The sentence in the reader's language, its %(…)s still open for WTForms to fill."""
        return _open(WORDS.get(string, string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Indonesian has one form; the plural sentence stands for both."""
        return _open(WORDS.get(plural, plural))


def _open(sentence: str) -> str:
    # gettext() without variables leaves the placeholders in the sentence.
    return str(gettext(sentence))


class Form(FlaskForm):
    """A form with a CSRF token and Indonesian words."""

    class Meta(FlaskForm.Meta):
        """How this form finds its sentences."""

        def get_translations(self, form: Any) -> _Words:
            """WTForms' own catalogues are left aside."""
            return _Words()


def cleaned(text: Any) -> Any:
    """A filter of fields: what is kept is what is measured, one line without invisible
    characters."""
    return clean_text(text) if isinstance(text, str) else text


def believable(_form: Any, field: Any) -> None:
    """A validator of days: a mistyped century is no day of anybody's service."""
    if field.data is not None and not EARLIEST <= field.data < LATEST:
        raise ValidationError(gettext("Tulis tanggal antara tahun 1950 dan 2099."))


def day_of(text: str) -> date | None:
    """A day in an address, as a browser writes it or as people do; None for anything else."""
    for form in DAYS:
        try:
            found = datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - no zone in a day
        except ValueError:
            continue
        return found if EARLIEST <= found < LATEST else None
    return None


def refuse(form: Form, error: DomainError) -> int:
    """Put what the domain says at the field that it names, or above the form; answers its
    status. What is not to be found or not allowed is a page of its own: not for here."""
    params = {
        name: i18n.day(value) if isinstance(value, date) else value
        for name, value in error.params.items()
    }
    sentence = gettext(error.message, **params)
    field = getattr(form, getattr(error, "field", "") or "-", None)
    if field is None:
        form.form_errors.append(sentence)
    else:
        field.errors = [*field.errors, sentence]
    return error.status


class ExactField(DecimalField):
    """A number as people write it: `12,5`, `12.5`, `1.250.000`. What could be thousands as well as
    a fraction is asked back, never guessed."""

    data: Decimal | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else format(self.data.normalize(), "f").replace(".", ",")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it, or say how to write it. Nothing written is None, for validators to judge."""
        self.data, text = None, cleaned(valuelist[0]) if valuelist else ""
        if not text:
            return
        found = parse_number(text)
        if isinstance(found, Ambiguous):
            raise ValidationError(
                gettext(
                    "Tulis %(thousands)s atau %(fraction)s: titik atau koma di sini dapat berarti "
                    "ribuan atau pecahan",
                    thousands=f"{found.thousands:f}",
                    fraction=f"{found.fraction.normalize():f}".replace(".", ","),
                )
            )
        if found is None:
            raise ValidationError(gettext("Tulis angka, misalnya 12,5"))
        self.data = found
