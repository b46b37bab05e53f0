"""What people write into a plan. Each form carries the version it was filled in upon."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput

from corpu.database import uuid7
from corpu.forms import DAYS, STALE, ExactField, Form, cleaned
from corpu.numbers import whole
from corpu.plans import template_words, words
from corpu.plans.goals import TEXT
from corpu.plans.items import TITLE, Written
from corpu.plans.offers import Offered
from corpu.plans.queries import Choice, Goal, Item
from corpu.plans.rules import Kind
from corpu.plans.service import LEAST, MOST
from corpu.standards.words import in_force
from corpu.ui import named


class Versioned(Form):
    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version filled in upon; what cannot be read is none that ever was."""
        found = whole(self.version.data)
        return -1 if found is None else found

    def look_again(self, version: int) -> None:
        """Show what was written upon the plan as it is now; what it says then is a new word."""
        self.version.data = str(version)


class Keyed(Versioned):
    """A form that brings the identifier of the row it writes: sent twice, it writes once."""

    key = HiddenField()

    def validate_key(self, field: Any) -> None:
        try:
            UUID(field.data or "")
        except ValueError:
            raise ValidationError(str(_l(STALE))) from None

    @property
    def id(self) -> UUID:
        return UUID(self.key.data)

    def look_again(self, version: int) -> None:
        super().look_again(version)
        self.key.data = str(uuid7())


class GoalForm(Keyed):
    competency = SelectField(_l("Kompetensi"))
    to_level = SelectField(
        _l("Level yang dituju"),
        description=_l("Diisi bila sebuah kompetensi dipilih."),
    )
    text = TextAreaField(
        _l("Tujuan dengan kata sendiri"),
        description=_l("Apa yang akan dapat dikerjakan? Boleh kosong bila kompetensi dipilih."),
        filters=[cleaned],
        validators=[Length(max=TEXT, message=_l("Tulis paling banyak 500 huruf."))],
        render_kw={"rows": 3, "maxlength": str(TEXT)},
    )

    @classmethod
    def of(cls, version: int, goals: Iterable[Goal]) -> Self:
        """The form with the competencies that are no goal yet; its own, where it is sent twice,
        is none of them."""
        form = cls(data={"version": version, "key": str(uuid7())})
        taken = {goal.code for goal in goals if str(goal.id) != form.key.data}
        form.competency.choices = [SelectChoice("", _l("Tanpa kompetensi"))] + [
            SelectChoice(code, named(row)) for code, row in in_force().items() if code not in taken
        ]
        form.to_level.choices = [SelectChoice("", _l("Pilih level"))] + [
            SelectChoice(str(level), _l("Level %(level)s", level=level)) for level in range(1, 6)
        ]
        return form

    def validate_to_level(self, field: Any) -> None:
        if self.competency.data and not field.data:
            raise ValidationError(str(_l("Pilih level yang dituju.")))

    def validate_text(self, field: Any) -> None:
        if not field.data and not self.competency.data:
            raise ValidationError(str(_l("Tulis tujuannya, atau pilih sebuah kompetensi.")))

    @property
    def level(self) -> int | None:
        return int(self.to_level.data) if self.to_level.data else None


class ItemForm(Keyed):
    kind = RadioField(
        _l("Bentuk kegiatan"), validators=[InputRequired(_l("Pilih bentuk kegiatannya."))]
    )
    course = SelectField(_l("Kursus"), description=_l("Diisi bila bentuknya kursus."))
    title = StringField(
        _l("Nama kegiatan"),
        description=_l("Misalnya: coaching menulis telaahan. Untuk kursus boleh kosong."),
        filters=[cleaned],
        validators=[Length(max=TITLE, message=_l("Tulis paling banyak 300 huruf."))],
        render_kw={"maxlength": str(TITLE)},
    )
    quantity = IntegerField(
        _l("Banyaknya"),
        description=_l("Sesi, hari, atau kegiatan. Untuk kursus dan proyek boleh kosong."),
        validators=[Optional()],
        render_kw={"inputmode": "numeric"},
    )
    hours = ExactField(
        _l("JP proyek"),
        description=_l("Hanya untuk proyek atau penugasan. 1 JP sama dengan 45 menit."),
        validators=[Optional()],
        render_kw={"inputmode": "decimal"},
    )
    due_on = DateField(
        _l("Tenggat"),
        description=_l("Dalam tahun rencana."),
        format=DAYS,
        validators=[Optional()],
        render_kw={"type": "date"},
    )
    notes: dict[Kind, str]

    @classmethod
    def of(cls, version: int, courses: list[Choice], day: date, item: Item | None = None) -> Self:
        """The form with the courses that may be chosen, filled in with what is there; its notes
        are those of the day."""
        data: dict[str, Any] = {"version": version, "key": str(uuid7())}
        if item is not None:
            data |= {
                "kind": item.kind.value,
                "course": item.slug or "",
                "title": "" if item.is_course else item.title,
                "quantity": item.quantity,
                "hours": item.jp if item.kind is Kind.PROJECT else None,
                "due_on": item.due_on,
            }
        form = cls(data=data)
        form.notes = words.kind_notes(day)
        form.kind.choices = [SelectChoice(kind.value, words.KINDS[kind]) for kind in Kind]
        form.course.choices = [SelectChoice("", _l("Pilih kursus"))] + [
            SelectChoice(one.slug, f"{one.title} ({words.jp(one.jp)})") for one in courses
        ]
        return form

    def validate_course(self, field: Any) -> None:
        if self.kind.data == Kind.COURSE and not field.data:
            raise ValidationError(str(_l("Pilih kursusnya.")))

    def validate_title(self, field: Any) -> None:
        if self.kind.data and self.kind.data != Kind.COURSE and not field.data:
            raise ValidationError(str(_l("Tulis nama kegiatannya.")))

    def written(self) -> Written:
        kind = Kind(self.kind.data)
        hours: Decimal | None = self.hours.data
        return Written(
            kind=kind,
            title=self.title.data or "",
            slug=self.course.data or "",
            quantity=self.quantity.data if self.quantity.data is not None else 1,
            hours=hours,
            due_on=self.due_on.data,
        )


class TakeForm(Versioned):
    """What of a template a plan is to get, by the numbers of its lines."""

    lines = SelectMultipleField(
        _l("Yang diambil"), coerce=int, validate_choice=False, option_widget=CheckboxInput()
    )

    @classmethod
    def of(cls, version: int, found: Offered) -> Self:
        """The form with what is chosen beforehand; what cannot be chosen has no box."""
        form = cls(data={"version": version, "lines": found.chosen})
        form.lines.choices = [
            SelectChoice(line, label) for line, label in template_words.labels(found).items()
        ]
        return form


class ReasonForm(Versioned):
    reason = TextAreaField(
        _l("Alasan"),
        description=_l("10 sampai 1.000 huruf. Pemilik rencana membacanya."),
        filters=[cleaned],
        validators=[
            DataRequired(_l("Tulis alasannya.")),
            Length(min=LEAST, message=_l("Tulis alasannya paling sedikit 10 huruf.")),
            Length(max=MOST, message=_l("Tulis alasannya paling banyak 1.000 huruf.")),
        ],
        render_kw={"rows": 3, "minlength": str(LEAST), "maxlength": str(MOST)},
    )
