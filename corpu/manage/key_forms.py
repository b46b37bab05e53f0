"""What managers fill in about the keys that sign."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FileField, HiddenField, StringField, ValidationError

from corpu.forms import Form, cleaned
from corpu.manage.forms import day_field, reason_field


class RotateForm(Form):
    """The next key. `kid` is the one that was in use when the page was drawn."""

    kid = HiddenField()
    reason = reason_field()


class CompromisedForm(Form):
    """A key that others may have: since when, why, and its name typed as consent."""

    since = day_field(
        _l("Sejak hari"),
        _l("Tulis hari paling awal kunci ini mungkin sudah bocor."),
        _l("Hari paling awal yang mungkin. Tanda tangan sejak pukul 00.00 hari itu gugur."),
    )
    reason = reason_field(_l("Diumumkan bersama kuncinya. Misalnya cadangan server hilang."))
    consent = StringField(
        _l("Ketik nama kunci ini untuk menegaskan"),
        filters=[cleaned],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def __init__(self, kid: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kid = kid

    def validate_consent(self, field: Any) -> None:
        if field.data != self.kid:
            raise ValidationError(_l("Ketik persis nama kunci yang tertulis di atas."))


class TrustForm(Form):
    """Another agency's key file, and then the same again with what it says in `payload`."""

    payload = HiddenField()
    file = FileField(
        _l("Berkas kunci (corpu-keys.json)"),
        description=_l("Diunduh dari alamat instansi itu: /.well-known/corpu-keys.json"),
    )
    reason = reason_field(
        _l("Dengan siapa dan bagaimana sidiknya dicocokkan. Tersimpan di jejak audit.")
    )
