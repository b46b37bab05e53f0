"""How a unit issues certificates: who signs, and how numbers are written."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from corpu import clock
from corpu.credentials.issuers import IssuerValues, issuer_of, sample_number, set_issuer
from corpu.credentials.rules import NumberTemplateError
from corpu.extensions import db
from corpu.i18n import local
from corpu.manage import words
from corpu.manage.acts import Act, must_write
from corpu.manage.blueprint import bp
from corpu.manage.forms import IssuerForm
from corpu.manage.rules import version_of
from corpu.manage.scope import reach_of, unit_within
from corpu.people.models import Unit
from corpu.people.records import UnknownUnit, lock_agency
from corpu.people.rules import nip_digits
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires, the_viewer

ISSUER_FIELDS = tuple(IssuerValues.__dataclass_fields__)


@bp.route("/manage/units/<uuid:unit_id>/issuer", methods=["GET", "POST"])
@requires(Permission.MANAGE_ISSUERS)
def issuer(unit_id: UUID) -> Any:
    session: Session = db.session()
    now = clock.now()
    reach = reach_of(session, the_viewer(), Permission.MANAGE_ISSUERS)
    found = unit_within(session, unit_id, reach)
    if found.archived_at is not None:
        raise UnknownUnit
    shown = _issuer_now(session, unit_id)
    form = IssuerForm(
        data=(shown | {"version": version_of(shown)})
        if any(shown.values())
        else _first_values(found) | {"version": version_of(shown)}
    )
    act = Act(form)
    is_preview = request.form.get("act") == "preview"
    if not is_preview and act.is_asked():
        with act, unit_of_work(db.session()) as session:
            values = IssuerValues(**{key: getattr(form, key).data or "" for key in ISSUER_FIELDS})
            lock_agency(session)
            if must_write(form, _issuer_now(session, unit_id), _issuer_wanted(values)):
                set_issuer(
                    session,
                    unit_id,
                    values,
                    by=the_viewer().id,
                    by_name=the_viewer().name,
                    reason=form.reason.data,
                    at=now,
                )
        if act.is_done:
            flash(
                _(
                    "Data penerbitan %(name)s tersimpan. Sertifikat yang menunggu dicoba lagi "
                    "dalam beberapa saat.",
                    name=found.name,
                ),
                "ok",
            )
            return redirect(url_for(".unit", unit_id=unit_id), code=303)
    example, problems = _example(form, found.timezone)
    page = render_template(
        "manage/issuer.html",
        form=form,
        unit=found,
        is_new=not any(shown.values()),
        is_preview=is_preview,
        example=example,
        problems=problems,
        act=act,
        words=words,
    )
    return page, act.status


def _first_values(found: Unit) -> dict[str, str]:
    """What most units begin with."""
    return {
        "number_template": "{klasifikasi}/{seq:5}/{unit}/{bulan_romawi}/{tahun}",
        "classification": "800.2",
        "unit_token": found.code,
    }


def _issuer_now(session: Session, unit_id: UUID) -> dict[str, str]:
    row = issuer_of(session, unit_id)
    return {key: str(getattr(row, key)) if row else "" for key in ISSUER_FIELDS}


def _issuer_wanted(values: IssuerValues) -> dict[str, str]:
    wanted = {key: str(getattr(values, key)) for key in ISSUER_FIELDS}
    wanted["signatory_nip"] = nip_digits(wanted["signatory_nip"]) or wanted["signatory_nip"]
    return wanted


def _example(form: IssuerForm, zone: str) -> tuple[str, list[str]]:
    """The first number of this month as the template would write it, or what is in the way."""
    values = {key: getattr(form, key).data or "" for key in ISSUER_FIELDS}
    try:
        return sample_number(values, at=local(clock.now(), zone)), []
    except NumberTemplateError as error:
        return "", [str(problem) for problem in error.problems]
