"""What a manager enters for a batch of electronic signatures."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField

from corpu.forms import Form


class SignForm(Form):
    """A passphrase is never drawn again: a refused form comes back without it."""

    q = HiddenField()
    nik = StringField(
        _l("NIK penanda tangan"),
        description=_l("16 angka. Dikirim ke BSrE dan tidak disimpan di sini."),
        render_kw={"inputmode": "numeric", "autocomplete": "off", "size": 22},
    )
    passphrase = PasswordField(
        _l("Frasa sandi TTE"),
        description=_l(
            "Milik penanda tangan. Hanya ada dalam ingatan server selama kumpulan ini dikerjakan."
        ),
        render_kw={"autocomplete": "off"},
    )
