"""What managers fill in about templates of development plans: for which posts, and line by line."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, SelectField
from wtforms.validators import DataRequired, Optional

from corpu.forms import DAYS, ExactField, Form, believable
from corpu.manage.forms import choices, day_field, one_line, reason_field
from corpu.manage.standard_forms import ImportForm
from corpu.numbers import whole
from corpu.plans.template_rules import LONGEST_TITLE, MOST_GOALS, MOST_ITEMS, Line
from corpu.plans.words import KINDS
from corpu.ui import named

SPARE = 3  # empty lines below what is written
MOST_LINES = MOST_GOALS + MOST_ITEMS
LINE_FIELDS = ("competency", "kind", "course", "title", "amount")


def last_day_field() -> DateField:
    return DateField(
        _l("Hari terakhir"),
        format=DAYS,
        description=_l("Kosong: sampai ada yang menggantikannya."),
        validators=[Optional(), believable],
        render_kw={"type": "date"},
    )


class TemplateFields(Form):
    """Which posts, from when, on what grounds. The lines are added one by one."""

    count = HiddenField()  # how many lines the form has
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
    ends_on = last_day_field()
    reason = reason_field(_l("Mengapa disarankan. Tersimpan pada templat ini."))


def template_form(
    lines: int, rows: Mapping[str, Any], required: Mapping[str, int], courses: Iterable[Any]
) -> type[TemplateFields]:
    """The form with so many lines. What the posts do not require, and what is no choice at all,
    is for the service to refuse: it says why."""
    shown = {code: rows[code] for code in required if code in rows} or rows
    competencies = [
        (
            code,
            _("%(name)s, level %(level)s", name=named(row), level=required[code])
            if code in required
            else named(row),
        )
        for code, row in shown.items()
    ]
    options: dict[str, list[tuple[str, Any]]] = {
        "competency": [("", _("Pilih kompetensi")), *competencies],
        "kind": [
            ("", _("Tanpa kegiatan")),
            *((kind.value, label) for kind, label in KINDS.items()),
        ],
        "course": [("", _("Bukan kursus")), *((one.slug, one.title) for one in courses)],
    }
    fields: dict[str, Any] = {}
    for n in range(1, lines + 1):
        for name, label in (
            ("competency", _("Kompetensi")),
            ("kind", _("Bentuk kegiatan")),
            ("course", _("Kursus")),
        ):
            fields[f"{name}_{n}"] = SelectField(
                label, choices=choices(options[name]), validate_choice=False
            )
        fields[f"title_{n}"] = one_line(_("Nama kegiatan"), LONGEST_TITLE)
        fields[f"amount_{n}"] = ExactField(
            _("Banyaknya"), validators=[Optional()], render_kw={"inputmode": "decimal"}
        )
    return type("TemplateForm", (TemplateFields,), fields)


def lines_asked(lines: int) -> int:
    """How many lines the form that was sent has, or should have: some to spare below `lines`."""
    if request.method != "POST":
        return min(lines + SPARE, MOST_LINES)
    sent = whole(request.form.get("count", "")) or SPARE
    more = SPARE if request.form.get("act") == "more" else 0
    return max(1, min(sent + more, MOST_LINES))


def line_data(lines: Iterable[Line]) -> dict[str, Any]:
    """Lines as the form shows them."""
    return {
        f"{name}_{n}": value
        for n, one in enumerate(lines, 1)
        for name, value in zip(
            LINE_FIELDS, (one.code, one.kind, one.slug, one.title, one.amount), strict=True
        )
    }


def lines_of_form(form: Any, lines: int) -> tuple[Line, ...]:
    """What was written, line by line."""
    return tuple(
        Line(
            form[f"competency_{n}"].data or "",
            form[f"kind_{n}"].data or "",
            form[f"title_{n}"].data or "",
            form[f"course_{n}"].data or "",
            form[f"amount_{n}"].data,
            n,
        )
        for n in range(1, lines + 1)
    )


class TemplateImportForm(ImportForm):
    """The days and grounds of all templates of a table."""

    starts_on = day_field(_l("Berlaku mulai"), _l("Tulis tanggal mulainya."))
    ends_on = last_day_field()
    reason = reason_field(_l("Mengapa disarankan. Tersimpan pada tiap templat."))
