"""What a person fills in about learning besides courses."""

from datetime import date
from typing import Self

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    FileField,
    HiddenField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from corpu.database import uuid7
from corpu.forms import DAYS, ExactField, Form, believable, cleaned
from corpu.hours import words
from corpu.hours.proposals import LONGEST, Proposal
from corpu.hours.tables import forms_on


def at_most(field: str) -> Length:
    """The longest that a field may be."""
    most = LONGEST[field]
    return Length(max=most, message=_l("Tulis paling banyak %(most)s huruf.", most=most))


class ClaimForm(Form):
    """Learning besides courses. `claim_id` makes one claim of two clicks."""

    claim_id = HiddenField()
    shown = HiddenField()  # a QR's text or a digital credential, from which this was filled in
    form = SelectField(
        _l("Bentuk belajar"),
        description=_l("Di belakangnya tertulis berapa JP yang dihasilkan."),
        validators=[DataRequired(_l("Pilih bentuk belajarnya."))],
    )
    title = StringField(
        _l("Nama kegiatan"),
        description=_l("Seperti tertulis pada undangan atau sertifikat."),
        filters=[cleaned],
        validators=[DataRequired(_l("Tulis nama kegiatannya.")), at_most("title")],
    )
    organiser = StringField(
        _l("Penyelenggara, coach atau mentor"),
        filters=[cleaned],
        validators=[Optional(), at_most("organiser")],
    )
    started_on = DateField(
        _l("Hari pertama"),
        format=DAYS,
        validators=[InputRequired(_l("Tulis hari pertamanya."))],
    )
    ended_on = DateField(
        _l("Hari terakhir"),
        format=DAYS,
        description=_l("Kosongkan bila hanya sehari. JP masuk ke tahun hari terakhir."),
        validators=[Optional()],
    )
    amount = ExactField(
        _l("Jumlah"),
        description=_l(
            "Banyaknya hari atau sesi, atau JP yang tercetak, menurut bentuknya. Bila kosong: "
            "semua hari dalam rentang, atau satu kegiatan."
        ),
        validators=[Optional()],
        render_kw={"inputmode": "decimal"},
    )
    valid_until = DateField(
        _l("Sertifikat berlaku sampai"),
        format=DAYS,
        description=_l(
            "Kosongkan bila tanpa batas waktu. Anda dan atasan diingatkan sebelum berakhir."
        ),
        validators=[Optional(), believable],
    )
    note = TextAreaField(
        _l("Yang dipelajari"),
        description=_l("Satu atau dua kalimat; untuk coaching dan mentoring, apa yang disepakati."),
        filters=[cleaned],
        validators=[Optional(), at_most("note")],
        render_kw={"rows": 3},
    )
    proof = FileField(
        _l("Bukti"),
        description=_l(
            "Sertifikat, surat tugas atau daftar hadir: PDF, PNG atau JPEG, sampai 5 MB."
        ),
        validators=[Optional()],
        render_kw={"accept": "application/pdf,image/png,image/jpeg"},
    )

    @classmethod
    def on(cls, day: date) -> Self:
        """The form with the forms of learning of a day, classical ones first."""
        form = cls(claim_id=uuid7().hex)
        routes = {
            True: str(_l("Klasikal: pelatihan, seminar dan sejenisnya")),
            False: str(_l("Nonklasikal: di tempat kerja, daring, mandiri")),
        }
        form.form.choices = [SelectChoice("", str(_l("Pilih bentuk belajar")))] + [
            SelectChoice(one.code, words.choice_label(one), optgroup=routes[one.is_classical])
            for one in forms_on(day)
        ]
        return form

    def proposal(self) -> Proposal:
        """What is filled in, once it has been validated."""
        assert self.started_on.data is not None
        return Proposal(
            form=self.form.data or "",
            title=self.title.data or "",
            started_on=self.started_on.data,
            ended_on=self.ended_on.data or self.started_on.data,
            amount=self.amount.data,
            organiser=self.organiser.data or "",
            note=self.note.data or "",
            valid_until=self.valid_until.data,
        )
