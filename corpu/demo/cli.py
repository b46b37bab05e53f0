"""`flask seed demo`."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext

from corpu import clock
from corpu.demo import cast
from corpu.demo.seed import accounts, seed
from corpu.errors import DomainError
from corpu.extensions import db

seed_group = click.Group("seed", help="Data peragaan.")


@seed_group.command("demo")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Hari ini menurut peragaan.")
@with_appcontext
def demo(as_of: datetime | None) -> None:
    """Satu provinsi, enam unit, enam puluh orang, dan satu tahun belajar; dapat diulang."""
    at = clock.now()
    if as_of is not None:
        at = datetime.combine(as_of.date(), time(17), ZoneInfo(cast.ZONE))
    try:
        made = seed(
            db.session(),
            current_app.extensions["storage"],
            as_of=at,
            say=lambda line: click.echo(gettext(line)),
        )
    except DomainError as refusal:
        raise click.ClickException(gettext(refusal.message)) from refusal
    if not made:
        click.echo(gettext("Data peragaan sudah ada."))
    click.echo(gettext("Akun peragaan, kata sandi %(password)s:", password=cast.PASSWORD))
    for role, name, nip in accounts(db.session()):
        click.echo(f"  {gettext(role):<10} {nip}  {name}")
