"""What a manager fills in to issue to many: for which course, and to whom."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, FileField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Optional

from corpu.credentials.batch_choice import By
from corpu.forms import DAYS, Form, believable
from corpu.manage import batch_words
from corpu.manage.forms import choices, reason_field


class BatchForm(Form):
    """Course and people. What belongs to another way of choosing is let go."""

    course = SelectField(_l("Kursus"), validators=[InputRequired(_l("Pilih kursusnya."))])
    by = RadioField(
        _l("Untuk siapa"),
        choices=choices((by.value, text) for by, text in batch_words.BY.items()),
        validators=[InputRequired(_l("Pilih untuk siapa."))],
    )
    unit = SelectField(_l("Unit, bila menurut unit"), default="")
    first = DateField(
        _l("Selesai sejak, bila menurut tanggal"), format=DAYS, validators=[Optional(), believable]
    )
    last = DateField(_l("Selesai sampai"), format=DAYS, validators=[Optional(), believable])
    listed = TextAreaField(
        _l("NIP satu sebaris, bila dengan daftar"),
        description=_l("Tempel dari lembar kerja. Paling banyak 25.000."),
        render_kw={"rows": 5, "spellcheck": "false"},
    )
    file = FileField(
        _l("Atau berkas CSV atau XLSX"),
        description=_l("Kolomnya berjudul NIP, atau NIP di kolom pertama. Paling besar 2 MB."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Besides each field: what the chosen way needs."""
        is_good = super().validate(extra_validators)
        if self.by.data == By.UNIT and not self.unit.data:
            self.unit.errors = [_("Pilih unitnya.")]
            is_good = False
        days = (self.first.data, self.last.data)
        if self.by.data == By.DATES and all(days) and days[0] > days[1]:
            self.last.errors = [_("Tulis hari yang sama dengan atau sesudah hari pertama.")]
            is_good = False
        return is_good


class BatchedForm(Form):
    """Whether a course issues at once or in batches."""

    way = RadioField(
        _l("Kapan sertifikatnya terbit"),
        choices=choices(
            [
                ("once", _l("Langsung, begitu peserta menyelesaikan kursus")),
                ("batch", _l("Per angkatan, begitu pengelola menerbitkannya")),
            ]
        ),
        validators=[InputRequired(_l("Pilih salah satu dari daftar"))],
    )
    reason = reason_field()
