"""What managers fill in about evidence from elsewhere: a file, a certificate, a correction."""

from datetime import date
from typing import Any, Self

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import DateField, SelectField
from wtforms.validators import DataRequired, Optional

from corpu.competency.rules import HIGHEST, LOWEST
from corpu.forms import DAYS, Form, believable
from corpu.manage.forms import choices, one_line, reason_field
from corpu.manage.ipasn_forms import number_field
from corpu.standards.words import in_force
from corpu.ui import named


def _levels() -> list[tuple[str, Any]]:
    return [
        (str(level), _l("Level %(level)s", level=level)) for level in range(LOWEST, HIGHEST + 1)
    ]


class UploadForm(Form):
    file = FileField(
        _l("Berkas hasil"),
        description=_l(
            "CSV atau XLSX sampai 2 MB. Baris pertama: nip, kompetensi, level, tanggal, asesor."
        ),
        validators=[DataRequired(_l("Pilih berkasnya."))],
        render_kw={"accept": ".csv,.xlsx"},
    )


class CertificateForm(Form):
    """What a certificate shows, as whoever verifies it reads it."""

    competency = SelectField(
        _l("Kompetensi"), validators=[DataRequired(_l("Pilih kompetensinya."))]
    )
    level = SelectField(_l("Level"), validators=[DataRequired(_l("Pilih levelnya."))])
    score = number_field(
        _l("Nilai"),
        required=_l("Tulis nilainya, 0 sampai 100."),
        hint=_l("Seperti tercetak, 0 sampai 100. Bila hanya tertulis lulus: 100."),
    )
    valid_until = DateField(
        _l("Berlaku sampai"),
        format=DAYS,
        description=_l("Kosongkan bila sertifikatnya tanpa batas waktu."),
        validators=[Optional(), believable],
    )
    reason = one_line(
        _l("Keterangan"), 500, description=_l("Misalnya nomor sertifikat. Dapat dibaca orangnya.")
    )

    @classmethod
    def new(cls, valid_until: date | None) -> Self:
        """The form, with the end that the person wrote down and the verifier saw."""
        form = cls(data={"valid_until": valid_until})
        form.competency.choices = choices(
            [("", _l("Pilih")), *((code, named(row)) for code, row in in_force().items())]
        )
        form.level.choices = choices([("", _l("Pilih")), *_levels()])
        return form


class CorrectEvidenceForm(Form):
    """The right level, or none at all."""

    level = SelectField(
        _l("Yang benar"), validators=[DataRequired(_l("Pilih level yang benar, atau cabut."))]
    )
    reason = reason_field(_l("Dapat dibaca orangnya, dan tersimpan di jejak audit."))

    @classmethod
    def new(cls) -> Self:
        form = cls()
        form.level.choices = choices(
            [("", _l("Pilih")), *_levels(), ("none", _l("Cabut tanpa pengganti"))]
        )
        return form
