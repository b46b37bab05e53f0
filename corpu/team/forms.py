"""What a supervisor fills in."""

from contextlib import suppress
from typing import Any, Self
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from corpu.competency.forms import levels_of
from corpu.competency.peers import WORDS, Colleagues
from corpu.forms import DAYS, Form, believable, cleaned
from corpu.standards.words import competencies, in_force
from corpu.team.words import observable
from corpu.ui import named

LEAST, MOST = 10, 1000  # characters of a reason


def reason_field(label: Any, description: Any) -> TextAreaField:
    """Why, in words that somebody else will read."""
    return TextAreaField(
        label,
        description=description,
        filters=[cleaned],
        validators=[
            DataRequired(_l("Tulis alasannya, 10 sampai 1.000 huruf.")),
            Length(min=LEAST, message=_l("Tulis alasan paling sedikit 10 huruf.")),
            Length(max=MOST, message=_l("Tulis alasan paling banyak 1.000 huruf.")),
        ],
        render_kw={"rows": 3},
    )


class ApproveForm(Form):
    reason = reason_field(
        _l("Alasan"),
        _l("Tertulis pada setiap rencana dan di jejak audit, 10 sampai 1.000 huruf."),
    )


class RemindForm(Form):
    reason = reason_field(
        _l("Pesan Anda"),
        _l("Dibaca setiap orang yang dipilih, di Beranda mereka. 10 sampai 1.000 huruf."),
    )


class DelegationForm(Form):
    deputy = SelectField(
        _l("Wakil"),
        description=_l("Bawahan langsung, rekan dengan atasan yang sama, atau atasan Anda."),
        validators=[DataRequired(_l("Pilih siapa yang mewakili Anda."))],
    )
    started_on = DateField(
        _l("Mulai"),
        format=DAYS,
        validators=[InputRequired(_l("Tulis hari pertamanya.")), believable],
    )
    ended_on = DateField(
        _l("Hari terakhir"),
        format=DAYS,
        description=_l("Paling lama setahun. Dapat diakhiri lebih awal."),
        validators=[InputRequired(_l("Tulis hari terakhirnya.")), believable],
    )
    reason = reason_field(
        _l("Alasan"), _l("Misalnya cuti atau dinas luar. Dibaca wakil Anda dan jejak audit.")
    )


class EndDelegationForm(Form):
    reason = reason_field(_l("Alasan"), _l("Tersimpan di jejak audit."))


class RatingForm(Form):
    level = RadioField(
        _l("Level yang Anda lihat"),
        coerce=int,
        validators=[InputRequired(_l("Pilih level yang Anda lihat."))],
    )
    reason = TextAreaField(
        _l("Apa yang Anda lihat?"),
        description=_l("Satu atau dua kalimat tentang pekerjaannya, 10 sampai 1.000 huruf."),
        filters=[cleaned],
        validators=[
            DataRequired(_l("Tulis apa yang Anda lihat dalam pekerjaannya.")),
            Length(min=LEAST, message=_l("Tulis alasan paling sedikit 10 huruf.")),
            Length(max=MOST, message=_l("Tulis alasan paling banyak 1.000 huruf.")),
        ],
        render_kw={"rows": 4},
    )
    notes: dict[int, str]

    @classmethod
    def of(cls, code: str) -> Self:
        """The form for one competency, its levels in words from 1 up."""
        form = cls()
        form.level.choices = levels_of(code)
        form.notes = {
            row["level"]: str(_l("Misalnya: %(example)s", example=observable(row)))
            for row in competencies()[code]["levels"]
        }
        return form


def ticks(label: Any, required: Any) -> SelectMultipleField:
    """Several of a list."""
    return SelectMultipleField(
        label,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[DataRequired(required)],
    )


class AskForm(Form):
    """Which colleagues are asked about which competencies; step `search` looks for others."""

    words = StringField(
        _l("Cari nama atau unit"),
        filters=[lambda text: (cleaned(text) or "")[:WORDS]],
        render_kw={"maxlength": WORDS, "autocomplete": "off"},
    )
    peers = ticks(_l("Rekan"), _l("Pilih sedikitnya seorang rekan."))
    competencies = ticks(_l("Kompetensi"), _l("Pilih sedikitnya satu kompetensi."))
    has_more = False
    units: dict[str, str]

    def offer(self, found: Colleagues) -> None:
        """Those who may be ticked."""
        self.has_more = found.has_more
        self.peers.choices = [
            SelectChoice(
                str(one.id), f"{one.name}, {one.post_title}" if one.post_title else one.name
            )
            for one in found.people
        ]
        self.units = {str(one.id): one.unit_name for one in found.people if one.unit_name}
        self.competencies.choices = [
            SelectChoice(code, named(row)) for code, row in in_force().items()
        ]

    def people(self) -> list[UUID]:
        """Whom the form names."""
        found = []
        for one in self.peers.data or []:
            with suppress(ValueError):
                found.append(UUID(one))
        return found
