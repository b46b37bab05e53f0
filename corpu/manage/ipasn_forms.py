"""What managers write down for the index: one form for each kind of fact."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField
from wtforms.validators import DataRequired, InputRequired, Optional

from corpu.forms import ExactField, Form
from corpu.ipasn.models import EntryKind
from corpu.manage.forms import day_field, one_line, reason_field


def number_field(label: object, *, required: object = None, hint: object = "") -> ExactField:
    """A number of at most four decimals."""
    first = InputRequired(required) if required else Optional()
    return ExactField(
        label,
        places=None,
        description=hint,
        validators=[first],
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 12},
    )


class FactForm(Form):
    """What every kind has: the number that the entry will have, and why."""

    form_id = HiddenField()
    reason = reason_field()


def code_field(label: object, required: object) -> SelectField:
    """One of the vocabulary; the view fills in the choices."""
    return SelectField(label, validators=[DataRequired(required)])


def year_field() -> IntegerField:
    return IntegerField(
        _l("Tahun"),
        validators=[InputRequired(_l("Tulis tahunnya."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )


class EducationForm(FactForm):
    code = code_field(_l("Pendidikan"), _l("Pilih jenjang pendidikannya."))


class PerformanceForm(FactForm):
    year = year_field()
    code = code_field(_l("Predikat kinerja"), _l("Pilih predikatnya."))


class SanctionForm(FactForm):
    code = code_field(_l("Tingkat hukuman"), _l("Pilih tingkat hukumannya."))
    day = day_field(_l("Tanggal keputusan"), _l("Tulis tanggal keputusannya."))


class TrainingForm(FactForm):
    code = code_field(_l("Jenis pelatihan"), _l("Pilih jenis pelatihannya."))
    title = one_line(_l("Nama pelatihan"), 300)
    day = day_field(_l("Tanggal selesai"), _l("Tulis tanggal selesainya."))
    jp = number_field(_l("JP"), hint=_l("Wajib untuk pelatihan teknis. 1 JP = 45 menit."))


class OfficialForm(FactForm):
    year = year_field()
    total = number_field(_l("Nilai total"), required=_l("Tulis nilai totalnya, 0 sampai 100."))
    qualification = number_field(_l("Kualifikasi"))
    competence = number_field(_l("Kompetensi"))
    performance = number_field(_l("Kinerja"))
    discipline = number_field(_l("Disiplin"))
    source = one_line(
        _l("Sumber"),
        200,
        required=_l("Tulis sumbernya, misalnya SIASN."),
        description=_l("Misalnya SIASN, dengan tanggal bacanya."),
    )


FORMS: dict[EntryKind, type[FactForm]] = {
    EntryKind.EDUCATION: EducationForm,
    EntryKind.PERFORMANCE: PerformanceForm,
    EntryKind.SANCTION: SanctionForm,
    EntryKind.TRAINING: TrainingForm,
    EntryKind.OFFICIAL: OfficialForm,
}
