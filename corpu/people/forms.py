"""Shapes and words of what people type in this room."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from corpu.forms import Form
from corpu.people.rules import PASSWORD_MAX

PASSWORD_HINT = _l("Paling sedikit 10 karakter. Beberapa kata dengan spasi mudah diingat.")


def stripped(text: Any) -> Any:
    """Blanks around a value are never meant."""
    return text.strip() if isinstance(text, str) else text


class SignInForm(Form):
    identifier = StringField(
        _l("NIP atau surel"),
        description=_l("18 angka, boleh berspasi. Contoh: 197403121999031004"),
        filters=[stripped],
        validators=[
            DataRequired(_l("Tulis NIP, NI PPPK, atau surel Anda.")),
            Length(max=300, message=_l("Ini terlalu panjang untuk NIP atau surel.")),
        ],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Kata sandi"),
        validators=[
            InputRequired(_l("Tulis kata sandi Anda.")),
            Length(max=PASSWORD_MAX, message=_l("Kata sandi paling panjang 1.000 karakter.")),
        ],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField(
        _l("Ingat saya di perangkat ini"),
        description=_l("Selama 30 hari. Jangan dipakai pada komputer bersama."),
    )
    next = HiddenField()
    sealed = HiddenField()


class DemoForm(Form):
    """Only the token and what travels along; the role is the name of the button."""

    next = HiddenField()
    sealed = HiddenField()


class CurrentPasswordForm(Form):
    current = PasswordField(
        _l("Kata sandi sekarang"),
        validators=[InputRequired(_l("Tulis kata sandi Anda sekarang."))],
        render_kw={"autocomplete": "current-password"},
    )


class NewPasswordForm(Form):
    password = PasswordField(
        _l("Kata sandi baru"),
        description=PASSWORD_HINT,
        validators=[InputRequired(_l("Tulis kata sandi baru."))],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("Kata sandi baru, sekali lagi"),
        validators=[InputRequired(_l("Tulis kata sandi yang sama sekali lagi."))],
        render_kw={"autocomplete": "new-password"},
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Besides each field's own rule: both are the same."""
        if not super().validate(extra_validators):
            return False
        if self.password.data != self.again.data:
            self.again.errors = [_l("Kedua kata sandi berbeda. Tulis yang sama di sini.")]
            return False
        return True


class ChangePasswordForm(CurrentPasswordForm, NewPasswordForm):
    """The present password first, then the new one twice."""


class LanguageForm(Form):
    locale = RadioField(
        _l("Bahasa"),
        choices=[SelectChoice("id", "Bahasa Indonesia"), SelectChoice("en", "English")],
        validators=[InputRequired(_l("Pilih salah satu bahasa."))],
    )


class ThemeForm(Form):
    theme = RadioField(
        _l("Tampilan"),
        choices=[
            SelectChoice("auto", _l("Mengikuti perangkat")),
            SelectChoice("light", _l("Terang")),
            SelectChoice("dark", _l("Gelap")),
        ],
        validators=[InputRequired(_l("Pilih salah satu tampilan."))],
    )


class SetUpForm(Form):
    token = StringField(
        _l("Kode penyiapan"),
        description=_l("Tercetak di konsol tempat aplikasi dijalankan."),
        filters=[stripped],
        validators=[DataRequired(_l("Salin kode dari konsol ke sini."))],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    agency = StringField(
        _l("Nama instansi"),
        description=_l("Lengkap, seperti pada kop surat."),
        filters=[stripped],
        validators=[
            DataRequired(_l("Tulis nama instansi.")),
            Length(max=200, message=_l("Nama instansi paling panjang 200 huruf.")),
        ],
        render_kw={"autocomplete": "organization"},
    )
    short_name = StringField(
        _l("Nama pendek"),
        description=_l("Untuk kepala halaman, misalnya BPSDM Jatim."),
        filters=[stripped],
        validators=[
            DataRequired(_l("Tulis nama pendek instansi.")),
            Length(max=60, message=_l("Nama pendek paling panjang 60 huruf.")),
        ],
    )
    province = SelectField(
        _l("Provinsi"),
        description=_l("Zona waktu mengikuti provinsi."),
        validators=[DataRequired(_l("Pilih provinsi."))],
    )
    title_before = StringField(
        _l("Gelar di depan"),
        filters=[stripped],
        validators=[Optional(), Length(max=60, message=_l("Paling panjang 60 huruf."))],
    )
    name = StringField(
        _l("Nama pengelola pertama"),
        description=_l("Tanpa gelar."),
        filters=[stripped],
        validators=[
            DataRequired(_l("Tulis nama pengelola.")),
            Length(max=160, message=_l("Nama paling panjang 160 huruf.")),
        ],
        render_kw={"autocomplete": "name"},
    )
    title_after = StringField(
        _l("Gelar di belakang"),
        filters=[stripped],
        validators=[Optional(), Length(max=120, message=_l("Paling panjang 120 huruf."))],
    )
    nip = StringField(
        _l("NIP atau NI PPPK"),
        description=_l("18 angka, dengan atau tanpa spasi."),
        filters=[stripped],
        validators=[DataRequired(_l("Tulis NIP pengelola."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    email = EmailField(
        _l("Surel kedinasan"),
        filters=[stripped],
        validators=[Optional()],
        render_kw={"autocomplete": "email"},
    )
