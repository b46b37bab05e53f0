"""A holder asks for a correction of a certificate, and takes that back."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from corpu import clock
from corpu.credentials import queries, wishes
from corpu.credentials.blueprint import bp
from corpu.credentials.life import LAST_ZONE, Standing
from corpu.credentials.life_models import LONGEST_REASON
from corpu.errors import DomainError, NotFound
from corpu.extensions import db
from corpu.forms import Form, cleaned, refuse
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer
from corpu.zones import local_date


class WishForm(Form):
    text = TextAreaField(
        _l("Apa yang keliru, dan apa yang benar?"),
        description=_l(
            "Misalnya: gelar saya S.Sos., M.Si.; tercetak S.Sos. Sebutkan dasarnya bila ada. "
            "Pengelola unit penerbit membaca ini."
        ),
        filters=[cleaned],
        validators=[
            DataRequired(_l("Tulis apa yang keliru dan apa yang benar.")),
            Length(min=10, message=_l("Tulis sedikitnya 10 huruf.")),
            Length(max=LONGEST_REASON, message=_l("Tulis paling banyak 500 huruf.")),
        ],
        render_kw={"rows": 4},
    )


@bp.route("/me/certificates/<uuid:certificate_id>/correction", methods=["GET", "POST"])
@requires(Permission.LEARN)
def correction(certificate_id: UUID) -> Any:
    """Say what is wrong on a certificate of mine; another's does not exist here."""
    me, now = the_viewer(), clock.now()
    found = queries.own_certificate(db.session(), me.id, certificate_id)
    if found is None:
        raise NotFound
    form, status = WishForm(), 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                with unit_of_work(db.session()) as session:
                    wishes.ask(session, me.id, certificate_id, form.text.data or "", at=now)
            except NotFound:
                raise
            except DomainError as refusal:
                status = refuse(form, refusal)
            else:
                flash(_("Permintaan terkirim. Jawabannya muncul di halaman sertifikat ini."), "ok")
                return _back(certificate_id)
    elif found.standing_on(local_date(now, LAST_ZONE)) not in (Standing.VALID, Standing.EXPIRED):
        return _back(certificate_id)
    page = render_template(
        "credentials/correction.html", form=form, found=found, content=found.content
    )
    return page, status


@bp.post("/me/certificates/<uuid:certificate_id>/correction/withdraw")
@requires(Permission.LEARN)
def withdraw_correction(certificate_id: UUID) -> AnyResponse:
    """Take back what I have asked for."""
    with unit_of_work(db.session()) as session:
        wishes.withdraw(session, the_viewer().id, certificate_id, at=clock.now())
    flash(_("Permintaan ditarik kembali."), "ok")
    return _back(certificate_id)


def _back(certificate_id: UUID) -> AnyResponse:
    return redirect(url_for("credentials.certificate", certificate_id=certificate_id), code=303)
