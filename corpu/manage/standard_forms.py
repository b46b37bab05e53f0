"""What managers fill in about dictionaries of competencies and standards of posts."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, HiddenField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from corpu.errors import DomainError
from corpu.forms import Form, cleaned
from corpu.manage.acts import Act
from corpu.manage.forms import day_field, one_line, reason_field
from corpu.manage.words import FRAMEWORK_KINDS as KINDS
from corpu.people.post_words import post_type
from corpu.standards.refusals import Wrong
from corpu.standards.rules import HIGHEST, LOWEST, Entry, LevelText
from corpu.texts import clean_lines, clean_text
from corpu.ui import named

LEVEL_FIELDS = ("description_id", "description_en", "observables_id", "observables_en")
FIELDS = {
    "name_id": _l("Nama"),
    "name_en": _l("Nama dalam bahasa Inggris"),
    "definition_id": _l("Definisi"),
    "definition_en": _l("Definisi dalam bahasa Inggris"),
}


def field_words(name: str) -> str:
    """What `differences` names, in words."""
    if name.startswith("level "):
        return _("Level %(level)s", level=name.removeprefix("level "))
    return str(FIELDS[name])


def basis_field() -> Any:
    """The decree that a version or a standard follows."""
    return one_line(
        _l("Dasar hukum"),
        300,
        required=_l("Tulis dasar hukumnya."),
        description=_l("Misalnya Peraturan Gubernur atau keputusan kepala perangkat daerah."),
    )


def lines_field(label: Any, rows: int = 2, hint: Any = "") -> TextAreaField:
    return TextAreaField(label, description=hint, render_kw={"rows": rows})


class FrameworkForm(Form):
    """A new dictionary."""

    code = one_line(
        _l("Kode kamus"),
        12,
        required=_l("Tulis kodenya."),
        description=_l("Huruf besar dan angka, misalnya TIK."),
    )
    name = one_line(_l("Nama kamus"), 200, required=_l("Tulis namanya."))
    kind = SelectField(
        _l("Jenis kompetensi"),
        choices=[SelectChoice(kind.value, label) for kind, label in KINDS.items()],
        validators=[DataRequired(_l("Pilih jenisnya."))],
    )


class EntryForm(Form):
    """One competency with its five levels."""

    seen = HiddenField()
    code = one_line(
        _l("Kode"),
        12,
        required=_l("Tulis kodenya."),
        description=_l("Dipakai kursus dan tabel, misalnya TIK-01."),
    )
    name_id = one_line(FIELDS["name_id"], 160, required=_l("Tulis namanya."))
    name_en = one_line(FIELDS["name_en"], 160)
    definition_id = TextAreaField(
        FIELDS["definition_id"],
        filters=[cleaned],
        validators=[DataRequired(_l("Tulis definisinya."))],
        render_kw={"rows": 2},
    )
    definition_en = TextAreaField(FIELDS["definition_en"], filters=[cleaned], render_kw={"rows": 2})

    @property
    def entry(self) -> Entry:
        """What was filled in."""
        return Entry(
            clean_text(self.code.data or "").upper(),
            self.name_id.data or "",
            self.name_en.data or "",
            self.definition_id.data or "",
            self.definition_en.data or "",
            tuple(
                LevelText(
                    clean_text(self[f"description_id_{n}"].data or ""),
                    clean_text(self[f"description_en_{n}"].data or ""),
                    clean_lines(self[f"observables_id_{n}"].data or ""),
                    clean_lines(self[f"observables_en_{n}"].data or ""),
                )
                for n in range(LOWEST, HIGHEST + 1)
            ),
        )


for _number in range(LOWEST, HIGHEST + 1):
    setattr(EntryForm, f"description_id_{_number}", lines_field(_l("Uraian")))
    setattr(
        EntryForm,
        f"observables_id_{_number}",
        lines_field(_l("Perilaku yang dapat diamati"), 3, _l("Satu perilaku satu baris.")),
    )
    setattr(EntryForm, f"description_en_{_number}", lines_field(_l("Uraian dalam bahasa Inggris")))
    setattr(
        EntryForm,
        f"observables_en_{_number}",
        lines_field(_l("Perilaku dalam bahasa Inggris"), 3),
    )


def entry_data(entry: Entry) -> dict[str, Any]:
    """A competency as the form shows it."""
    data = {name: getattr(entry, name) for name in ("code", *FIELDS)}
    for n, text in enumerate(entry.levels, LOWEST):
        for name in LEVEL_FIELDS:
            value = getattr(text, name)
            data[f"{name}_{n}"] = value if isinstance(value, str) else "\n".join(value)
    return data


class PublishForm(Form):
    """From when a draft holds, and on what grounds."""

    seen = HiddenField()
    starts_on = day_field(_l("Berlaku mulai"), _l("Tulis tanggal mulainya."))
    legal_basis = basis_field()
    reason = reason_field(_l("Apa yang berubah dan mengapa. Tersimpan pada versi ini."))


class DraftForm(Form):
    """An act on the draft that was seen."""

    seen = HiddenField()


class StandardFields(Form):
    """Which posts, from when. The levels are added for each competency. `form_id` makes one draft
    of two clicks, `seen` are the edits of the draft that the form shows."""

    form_id = HiddenField()
    seen = HiddenField()
    post_type = SelectField(
        _l("Jenis dan jenjang jabatan"), validators=[DataRequired(_l("Pilih jenis jabatan."))]
    )
    title = one_line(
        _l("Nama jabatan"),
        200,
        description=_l("Kosong: semua jabatan dengan jenis dan jenjang ini."),
    )
    unit = SelectField(_l("Unit"), description=_l("Hanya untuk satu jabatan bernama."))
    starts_on = day_field(_l("Berlaku mulai"), _l("Tulis tanggal mulainya."))


def standard_form(rows: Mapping[str, Mapping[str, Any]]) -> type[StandardFields]:
    """The form with a level for each competency."""
    fields = {
        f"level_{code}": SelectField(
            f"{named(row)} ({code})",
            choices=[
                SelectChoice("", _("Seperti standar yang lebih luas")),
                SelectChoice("0", _("Tidak disyaratkan")),
                *[SelectChoice(str(n), _("Level %(level)s", level=n)) for n in range(1, 6)],
            ],
        )
        for code, row in rows.items()
    }
    return type("StandardForm", (StandardFields,), fields)


def chosen_levels(form: Any, codes: Iterable[str]) -> dict[str, int]:
    """Those for which something was said."""
    said = {code: form[f"level_{code}"].data for code in codes}
    return {code: int(level) for code, level in said.items() if level}


class ImportForm(Form):
    """A table to be looked at, and the same once it was: `payload` is what was read."""

    file = FileField(_l("Berkas CSV atau XLSX"), description=_l("Paling besar 2 MB."))
    payload = HiddenField()
    seen = HiddenField()


class StandardImportForm(Form):
    """A table that becomes a draft; see `StandardFields`."""

    file = FileField(_l("Berkas CSV atau XLSX"), description=_l("Paling besar 2 MB."))
    form_id = HiddenField()
    seen = HiddenField()
    starts_on = day_field(_l("Berlaku mulai"), _l("Tulis tanggal mulainya."))


class StandardPublishForm(Form):
    """On what grounds a draft holds, and what was looked at: its edits and its effect."""

    seen = HiddenField()
    effect = HiddenField()
    legal_basis = basis_field()
    reason = reason_field(
        _l("Mengapa ditetapkan. Tersimpan pada tiap standar, dan terbaca oleh pemegang jabatannya.")
    )


class WithdrawForm(Form):
    """Taking a standard back."""

    reason = TextAreaField(
        _l("Alasan"),
        filters=[cleaned],
        validators=[
            DataRequired(_l("Tulis alasannya.")),
            Length(max=500, message=_l("Tulis alasannya paling banyak 500 huruf.")),
        ],
        render_kw={"rows": 2},
    )


class FieldAct(Act):
    """An act whose refusal may name several fields at once."""

    def refuse(self, error: DomainError) -> None:
        """Put each sentence at its field."""
        if not isinstance(error, Wrong):
            if "post" in error.params:
                error.params["post"] = post_type(str(error.params["post"]))
            super().refuse(error)
            return
        self.status = error.status
        for problem in error.problems:
            sentence = _(problem.message, **problem.params)
            for name in (
                f"{problem.field}_{problem.level}" if problem.level else problem.field,
                f"level_{problem.field}",
            ):
                if name in self.form:
                    field = self.form[name]
                    field.errors = [*field.errors, sentence]
                    break
            else:
                self.form.form_errors.append(sentence)
