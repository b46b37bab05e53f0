"""What managers fill in about the rule of scoring: just what the score lets an agency set."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Self

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, IntegerField, SelectField, ValidationError
from wtforms.validators import InputRequired, Optional

from corpu.competency import words as competency_words
from corpu.competency.change_models import RuleDraft
from corpu.competency.rules import HIGHEST, LOWEST, Cumulative, Kind, Retake, Rule
from corpu.database import uuid7
from corpu.forms import DAYS, Form
from corpu.manage.forms import choices, reason_field
from corpu.manage.ipasn_forms import number_field
from corpu.manage.rules import version_of


def _cap(label: object) -> SelectField:
    return SelectField(
        label,
        choices=choices(
            (str(level), _l("Level %(level)s", level=level)) for level in range(LOWEST, HIGHEST + 1)
        ),
    )


def values_of(rule: Mapping[str, Any], valid_on: date | None) -> dict[str, Any]:
    """The values of a draft, each under its own name, as two of them are compared."""
    return {
        "mastery": rule["mastery"],
        "retake": rule["retake"],
        "cumulative": rule["cumulative"],
        "cap_assessment": rule["caps"]["assessment"],
        "cap_external": rule["caps"]["external"],
        "rating_months": rule["rating_months"],
        "valid_on": valid_on,
    }


def believable_months(_form: Any, field: Any) -> None:
    """The bounds of the score, also for a number of any length."""
    if field.data is not None and not 1 <= field.data <= 120:
        raise ValidationError(_l("Tulis 1 sampai 120 bulan."))


class RuleForm(Form):
    """A draft. `form_id` makes one draft of two clicks; `version` is that of the values shown."""

    form_id = HiddenField()
    version = HiddenField()
    mastery = number_field(
        _l("Batas penguasaan"),
        required=_l("Tulis batasnya, 1 sampai 100."),
        hint=_l("Nilai rata-rata yang membuktikan sebuah level, 1 sampai 100."),
    )
    retake = SelectField(
        _l("Percobaan yang dipakai"),
        choices=choices((one.value, competency_words.RETAKES[one]) for one in Retake),
    )
    cumulative = SelectField(
        _l("Level di bawahnya"),
        choices=choices((one.value, competency_words.LOWER_LEVELS[one]) for one in Cumulative),
    )
    assessment = _cap(_l("Paling tinggi dari ujian kursus"))
    external = _cap(_l("Paling tinggi dari sertifikat luar"))
    rating_months = IntegerField(
        _l("Penilaian atasan berlaku, dalam bulan"),
        description=_l("1 sampai 120 bulan. Enam bulan setelah bukan atasan lagi tetap berakhir."),
        validators=[
            InputRequired(_l("Tulis jumlah bulannya.")),
            believable_months,
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    valid_on = DateField(
        _l("Mulai berlaku"),
        format=DAYS,
        description=_l("Kosongkan bila berlaku begitu diterapkan."),
        validators=[Optional()],
    )

    @classmethod
    def of(cls, rule: Rule, draft: RuleDraft | None = None) -> Self:
        """The form filled in with a rule."""
        return cls(
            form_id=uuid7().hex,
            mastery=rule.mastery,
            retake=rule.retake.value,
            cumulative=rule.cumulative.value,
            assessment=str(rule.caps[Kind.ASSESSMENT]),
            external=str(rule.caps[Kind.EXTERNAL]),
            rating_months=rule.rating_months,
            valid_on=draft.valid_on if draft else None,
            version=version_of(values_of(rule.to_dict(), draft.valid_on)) if draft else "",
        )

    def rule(self) -> dict[str, Any]:
        """What is filled in, as `Rule.from_dict` reads it."""
        return {
            "mastery": self.mastery.data,
            "retake": self.retake.data,
            "cumulative": self.cumulative.data,
            "caps": {
                "assessment": int(self.assessment.data),
                "external": int(self.external.data),
            },
            "rating_months": self.rating_months.data,
        }


class DiscardForm(Form):
    """Putting away the draft that was seen."""

    version = HiddenField()


class ApplyForm(Form):
    """The reason, and what was looked at: the preview, and what has come since it."""

    seen = HiddenField()
    accepted = HiddenField()
    reason = reason_field(_l("Tertulis dalam riwayat semua pegawai. Misalnya nomor keputusan."))
