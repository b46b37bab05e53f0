"""A claim filled in from a certificate of another CorpU."""

from typing import Any

from flask import render_template, request
from flask_babel import gettext as _

from corpu import clock
from corpu.credentials import outside
from corpu.credentials.blueprint import bp
from corpu.extensions import db
from corpu.hours.check_words import SEALS
from corpu.hours.checks import Certified, Seal
from corpu.hours.claim_views import LONGEST_SHOWN
from corpu.hours.forms import ClaimForm
from corpu.hours.proposals import LONGEST
from corpu.people.models import Person
from corpu.permissions import Permission
from corpu.web import requires, the_viewer
from corpu.zones import local_date

ONLINE = "NKL03"  # e-learning, whose JP are those printed; the person changes it where it was not


@bp.post("/me/hours/from-certificate")
@requires(Permission.LEARN)
def claim_from_certificate() -> Any:
    """Fill the form in from a QR's text or a digital credential; nothing is kept yet."""
    me, now, session = the_viewer(), clock.now(), db.session()
    shown = request.form.get("shown", "")
    form = ClaimForm.on(local_date(now, me.timezone))
    name = session.get_one(Person, me.id).full_name
    found = outside.recognised(session, shown, at=now, name=name) if shown.strip() else None
    if refusal := _refusal(found, shown):
        form.shown.data = ""
        page = render_template(
            "hours/claim_new.html", form=form, shown=shown[:LONGEST_SHOWN], shown_error=refusal
        )
        return page, 422
    assert found is not None
    _fill(form, found)
    form.shown.data = shown
    return render_template("hours/claim_new.html", form=form, certified=found)


def _refusal(found: Certified | None, shown: str) -> str:
    if not shown.strip():
        return _("Tempel dahulu isi QR atau kredensialnya.")
    if found is None:
        return _(
            "Ini bukan isi QR atau kredensial digital CorpU. Salin seluruhnya, atau isi "
            "formulirnya sendiri."
        )
    if found.seal is not Seal.PROVEN:
        _kind, title, text = SEALS[found.seal]
        reason = _("Alasan: %(reason)s", reason=found.reason) if found.reason else ""
        return f"{title}. {text} {reason}".strip()
    if outside.is_ours(db.session(), found):
        return _("Sertifikat ini terbit di sini, jadi JP-nya sudah tercatat sendiri.")
    return ""


def _fill(form: ClaimForm, found: Certified) -> None:
    form.form.data = ONLINE
    form.title.data = found.title[: LONGEST["title"]]
    form.organiser.data = found.issuer[: LONGEST["organiser"]]
    form.started_on.data, form.ended_on.data = found.started_on, found.ended_on
    form.amount.data = found.jp
