"""What a grader fills in: one number per criterion of the rubric, a comment, a reason."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import HiddenField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length

from corpu.assessment.essays import COMMENT_LENGTH
from corpu.assessment.intake import clean_text
from corpu.forms import Form
from corpu.i18n import number
from corpu.people.rules import clean_text as one_line

LEAST, MOST = 10, 1000  # characters of a reason


class RubricForm(Form):
    """Built by `rubric_form`, which adds a field for each criterion."""

    size = 0  # criteria

    @property
    def criteria(self) -> list[Any]:
        return [self[f"criterion_{place}"] for place in range(self.size)]

    @property
    def chosen(self) -> list[str]:
        """One number per criterion, as `assessment.grade_essay` takes them."""
        return [field.data for field in self.criteria]


def rubric_form(
    rubric: Sequence[Mapping[str, Any]],
    html: Callable[[str], str],
    *,
    grade: Any | None = None,
    correcting: bool = False,
) -> RubricForm:
    """The form for a rubric. `html` puts addresses into the author's HTML; `grade` fills in what
    was given; `correcting` asks for a reason too."""
    fields: dict[str, Any] = {"size": len(rubric)}
    for place, row in enumerate(rubric):
        fields[f"criterion_{place}"] = _criterion(row, html)
    fields["comment"] = _comment()
    if correcting:
        fields["reason"] = _reason()
        fields["of"] = HiddenField()
    known: dict[str, Any] = {}
    if grade is not None:
        known = {f"criterion_{n}": value for n, value in enumerate(_offered(rubric, grade.chosen))}
        known |= {"comment": grade.comment, "of": str(grade.id)}
    form: RubricForm = type("GradeForm", (RubricForm,), fields)(data=known)
    return form


def _criterion(row: Mapping[str, Any], html: Callable[[str], str]) -> RadioField:
    title = Markup(html(row["title_html"]))
    columns = row["columns"]
    if not title:  # an answer without a rubric, that the machine could not decide
        return RadioField(
            _l("Apakah jawaban ini benar?"),
            choices=[
                SelectChoice(points, _l("Benar") if Decimal(points) else _l("Salah"))
                for points, _ in columns
            ],
            validators=[InputRequired(_l("Pilih benar atau salah."))],
        )
    meaning = Markup("<b>{}.</b> {}")
    return RadioField(
        title,
        choices=[
            SelectChoice(points, meaning.format(number(Decimal(points)), Markup(html(text))))
            for points, text in columns
        ],
        validators=[
            InputRequired(_l("Pilih nilai untuk “%(criterion)s”.", criterion=title.striptags()))
        ],
    )


def _comment() -> TextAreaField:
    return TextAreaField(
        _l("Komentar untuk peserta"),
        description=_l("Apa yang sudah baik dan apa yang dapat diperbaiki. Peserta membacanya."),
        filters=[_lines],
        validators=[
            Length(max=COMMENT_LENGTH, message=_l("Tulis komentar paling banyak 4.000 huruf."))
        ],
        render_kw={"rows": 5},
    )


def _reason() -> TextAreaField:
    return TextAreaField(
        _l("Mengapa dikoreksi?"),
        description=_l(
            "10 sampai 1.000 huruf. Tercatat di jejak audit; peserta tidak membacanya di sini."
        ),
        filters=[lambda text: one_line(text) if isinstance(text, str) else text],
        validators=[
            InputRequired(_l("Tulis mengapa nilainya dikoreksi.")),
            Length(min=LEAST, message=_l("Tulis alasan paling sedikit 10 huruf.")),
            Length(max=MOST, message=_l("Tulis alasan paling banyak 1.000 huruf.")),
        ],
        render_kw={"rows": 3},
    )


def _lines(text: Any) -> Any:
    """What is kept is what is measured, with its lines."""
    return clean_text(text).strip() if isinstance(text, str) else ""


def _offered(rubric: Sequence[Mapping[str, Any]], chosen: Sequence[str]) -> list[str]:
    """The choices that were made, written as the rubric writes them: 1 may stand there as 1.0."""
    return [
        next(points for points, _ in row["columns"] if Decimal(points) == Decimal(made))
        for row, made in zip(rubric, chosen, strict=True)
    ]
