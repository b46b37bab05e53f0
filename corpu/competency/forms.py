"""What people fill in about themselves and about colleagues: levels, and what they have seen."""

from typing import Any, Self

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from corpu.competency.peers import REASON
from corpu.competency.words import described
from corpu.forms import Form, cleaned
from corpu.standards.words import competencies
from corpu.ui import named


def levels_of(code: str) -> list[SelectChoice]:
    """The levels of a competency in words, from 1 up."""
    label = Markup("<b>{}.</b> {}")
    return [
        SelectChoice(
            row["level"],
            label.format(_l("Level %(level)s", level=row["level"]), described(row)),
        )
        for row in competencies()[code]["levels"]
    ]


def reason_field(label: Any) -> TextAreaField:
    return TextAreaField(
        label,
        filters=[cleaned],
        validators=[
            Optional(),
            Length(max=REASON, message=_l("Tulis paling banyak 1.000 huruf.")),
        ],
        render_kw={"rows": 3, "maxlength": str(REASON)},
    )


class SelfForm(Form):
    level = RadioField(
        _l("Level yang Anda lihat pada diri sendiri"),
        coerce=int,
        validators=[InputRequired(_l("Pilih satu level."))],
    )
    reason = reason_field(_l("Contohnya dalam pekerjaan Anda"))

    @classmethod
    def of(cls, code: str) -> Self:
        form = cls()
        form.level.choices = levels_of(code)
        return form


class PeerForm(Form):
    """One group of levels for each competency asked about; any may be left out."""

    reason = reason_field(_l("Yang Anda lihat"))
    codes: list[str]

    @classmethod
    def of(cls, codes: list[str]) -> Self:
        """The form for the competencies of a request."""
        fields = {
            f"level_{code}": RadioField(
                named(competencies()[code]),
                coerce=int,
                choices=levels_of(code),
                validators=[Optional()],
            )
            for code in codes
        }
        form = type(cls.__name__, (cls,), fields)()
        form.codes = codes
        return form

    def levels(self) -> dict[str, int]:
        """What was chosen, by competency."""
        found = {code: self[f"level_{code}"].data for code in self.codes}
        return {code: level for code, level in found.items() if level is not None}
