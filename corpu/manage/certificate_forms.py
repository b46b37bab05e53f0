"""What managers fill in about certificates: revoking, correcting, agreeing, how long they hold."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from corpu.credentials.correcting import REQUIRED, TEXTS
from corpu.credentials.life_words import CLASSES, FIELDS
from corpu.forms import Form, cleaned
from corpu.manage.forms import LONGEST_REASON, choices, day_field, reason_field


class RevokeForm(Form):
    revocation_class = RadioField(
        _l("Golongan alasan"),
        description=_l("Tampil kepada siapa pun yang memeriksa sertifikat ini."),
        choices=choices((one.value, words) for one, words in CLASSES.items()),
        validators=[InputRequired(_l("Pilih golongan alasannya."))],
    )
    reason = reason_field(
        _l(
            "Boleh menyebut orang dan nomor surat: dibaca pemiliknya dan pengelola, tersimpan di "
            "jejak audit, dan tidak tampil pada pemeriksaan umum."
        )
    )


def _text(name: str) -> StringField:
    too_long = _l("Tulis paling banyak %(most)s huruf.", most=TEXTS[name])
    empty = DataRequired(_l("Isian ini tidak boleh kosong pada sertifikat."))
    return StringField(
        FIELDS[name],
        filters=[cleaned],
        validators=[
            empty if name in REQUIRED else Optional(),
            Length(max=TEXTS[name], message=too_long),
        ],
    )


class CorrectForm(Form):
    name = _text("name")
    nip = _text("nip")
    post = _text("post")
    unit = _text("unit")
    agency = _text("agency")
    course_title = _text("course_title")
    started_on = day_field(FIELDS["started_on"], _l("Tulis hari mulainya."))
    completed_on = day_field(FIELDS["completed_on"], _l("Tulis hari selesainya."))
    reason = reason_field(_l("Apa yang keliru dan dari mana diketahui. Tersimpan di jejak audit."))
    step = HiddenField()


class AnswerForm(Form):
    """Yes needs no words; no does."""

    answer = TextAreaField(
        _l("Alasan bila menolak"),
        description=_l("Yang meminta membaca ini."),
        filters=[cleaned],
        validators=[
            Optional(),
            Length(max=LONGEST_REASON, message=_l("Tulis alasannya paling banyak 500 huruf.")),
        ],
        render_kw={"rows": 2},
    )


class ConsentForm(Form):
    needed = RadioField(
        _l("Pencabutan dan pembetulan sertifikat"),
        choices=choices(
            [
                ("no", _l("Cukup satu pengelola")),
                ("yes", _l("Perlu disetujui pengelola lain")),
            ]
        ),
        validators=[InputRequired(_l("Pilih salah satu."))],
    )
    reason = reason_field()


class ValidityForm(Form):
    months = IntegerField(
        _l("Berlaku berapa bulan sejak selesai?"),
        description=_l("Kosongkan bila tidak berakhir."),
        validators=[
            Optional(),
            NumberRange(1, 120, message=_l("Tulis 1 sampai 120 bulan, atau kosongkan.")),
        ],
        render_kw={"inputmode": "numeric", "min": 1, "max": 120},
    )
    from_on = day_field(
        _l("Untuk yang selesai mulai tanggal"),
        _l("Tulis mulai tanggal berapa."),
        _l("Tidak berlaku surut: paling awal hari ini."),
    )
    reason = reason_field()


def said_by(form: Any) -> dict[str, Any]:
    """The fields of a correction as they were filled in."""
    return {name: getattr(form, name).data for name in FIELDS}
