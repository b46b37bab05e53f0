"""What is answered: one form for what a participant felt, one for what others see months later."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from corpu.evaluation import words
from corpu.evaluation.items import MOST_REMARK, behaviour_items, data, reaction_items
from corpu.forms import Form, cleaned


class Remarked(Form):
    remark = TextAreaField(
        _l("Catatan bebas"),
        description=_l("Boleh kosong, paling banyak 1.000 huruf. Jangan menulis nama siapa pun."),
        filters=[cleaned],
        validators=[Length(max=MOST_REMARK, message=_l("Tulis paling banyak 1.000 huruf."))],
        render_kw={"rows": 4, "maxlength": str(MOST_REMARK)},
    )


def reaction_form(form: str) -> Any:
    """The survey of a form of training: each item by importance and by reality."""
    scale = [SelectChoice(str(n), str(n)) for n in data()["reaction"]["scale"]]
    fields = {}
    for code in reaction_items(form):
        for side, label in (("importance", _l("Kepentingan")), ("reality", _l("Kenyataan"))):
            fields[f"{code}_{side}"] = RadioField(
                label,
                choices=scale,
                validators=[InputRequired(_l("Pilih 1 sampai 5."))],
            )
    return type("ReactionForm", (Remarked,), fields)()


def reaction_answers(sent: Any, form: str) -> dict[str, tuple[int, int]]:
    return {
        code: (int(sent[f"{code}_importance"].data), int(sent[f"{code}_reality"].data))
        for code in reaction_items(form)
    }


def behaviour_form() -> Any:
    """The form about somebody some months on: 0 to 100 an item, empty where one cannot say."""
    fields = {
        code: IntegerField(
            words.ITEMS[code],
            validators=[
                Optional(),
                NumberRange(0, 100, message=_l("Tulis angka 0 sampai 100.")),
            ],
            render_kw={"inputmode": "numeric", "min": "0", "max": "100"},
        )
        for code in behaviour_items()
    }
    return type("BehaviourForm", (Remarked,), fields)()


def behaviour_answers(sent: Any) -> dict[str, int]:
    return {code: sent[code].data for code in behaviour_items() if sent[code].data is not None}
