"""`/setup`: the first set-up in the browser, for whoever can read the console."""

from pathlib import Path
from typing import Any

import click
from flask import abort, current_app, redirect, render_template, url_for
from flask_babel import gettext
from wtforms import SelectChoice

from corpu import clock
from corpu.extensions import db
from corpu.people import first_run
from corpu.people.blueprint import bp
from corpu.people.forms import SetUpForm
from corpu.people.rules import InvalidInput
from corpu.permissions import Permission
from corpu.transactions import unit_of_work
from corpu.web import requires


@bp.route("/setup", methods=["GET", "POST"])
@requires(Permission.PUBLIC)
def setup() -> Any:
    """There while nothing has been set up; afterwards, and in demo mode, it does not exist."""
    settings = current_app.config["SETTINGS"]
    if settings.mode == "demo" or not first_run.is_new(db.session()):
        abort(404)
    announce_once(settings.instance)
    form = SetUpForm()
    form.province.choices = [
        SelectChoice("", gettext("Pilih provinsi")),
        *(SelectChoice(place["kemendagri_code"], place["name"]) for place in first_run.provinces()),
    ]
    if not form.validate_on_submit():
        return render_template("people/setup.html", form=form), 422 if form.errors else 200
    if not first_run.is_setup_token(settings.instance, form.token.data):
        form.token.errors = [gettext("Kode ini bukan yang tercetak di konsol. Salin lagi.")]
        return render_template("people/setup.html", form=form), 422
    try:
        with unit_of_work(db.session()) as session:
            made = first_run.set_up(
                session,
                agency=form.agency.data,
                short_name=form.short_name.data,
                province=form.province.data,
                name=form.name.data,
                nip=form.nip.data,
                email=form.email.data,
                title_before=form.title_before.data or "",
                title_after=form.title_after.data or "",
                at=clock.now(),
            )
    except InvalidInput as refusal:
        field = refusal.field if refusal.field in form else "name"
        form[field].errors = [gettext(refusal.message, **refusal.params)]
        return render_template("people/setup.html", form=form), 422
    first_run.forget_setup_token(settings.instance)
    return redirect(url_for("people.sign_in_link", token=made.token), code=303)


def announce_once(instance: Path) -> None:
    """Print the token where the application runs, once per process."""
    if not current_app.extensions.get("setup_announced"):
        current_app.extensions["setup_announced"] = True
        click.echo(f"Kode penyiapan untuk /setup: {first_run.setup_token(instance)}", err=True)
