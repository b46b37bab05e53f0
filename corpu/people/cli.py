"""Commands: the first set-up, a new person, a one-time link. None ever shows a password."""

from typing import Any, NoReturn
from uuid import UUID

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext
from sqlalchemy import select

from corpu import clock
from corpu.errors import DomainError
from corpu.extensions import db
from corpu.people import first_run, service
from corpu.people.models import Unit
from corpu.people.queries import agency_day
from corpu.permissions import Role
from corpu.transactions import unit_of_work

LOCAL_ADDRESS = "http://127.0.0.1:8000"

user_group = AppGroup("user", help="People and their accounts.")


@click.command("setup")
@click.option("--agency", help="Full name of the agency.")
@click.option("--short-name", help="Its name in the header.")
@click.option("--province", help="Name or Kemendagri code; the time zone follows it.")
@click.option("--name", help="The first manager, without titles.")
@click.option("--nip", help="The manager's NIP or NI PPPK.")
@click.option("--email", help="The manager's e-mail.", default=None)
@click.option("--title-before", default="")
@click.option("--title-after", default="")
@with_appcontext
def setup_command(**given: Any) -> None:
    """First agency and manager of a real installation; prints a one-time sign-in link."""
    settings = current_app.config["SETTINGS"]
    if settings.mode == "demo":
        _stop("CORPU_MODE=demo: instalasi sungguhan disiapkan tanpa CORPU_MODE.")
    if not first_run.is_new(db.session()):
        _stop(first_run.AlreadySetUp.message)
    questions = {
        "agency": "Nama instansi",
        "short_name": "Nama pendek",
        "province": "Provinsi",
        "name": "Nama pengelola pertama (tanpa gelar)",
        "nip": "NIP pengelola",
    }
    for key, question in questions.items():
        if given[key] is None:
            given[key] = click.prompt(question)
    try:
        with unit_of_work(db.session()) as session:
            made = first_run.set_up(session, at=clock.now(), **given)
    except DomainError as refusal:
        _stop(str(refusal))
    first_run.forget_setup_token(settings.instance)
    click.echo("Instalasi siap. Tautan masuk pengelola, berlaku 24 jam dan satu kali:")
    click.echo(link_address(made.token))


@user_group.command("create")
@click.option("--name", required=True, help="Without titles.")
@click.option("--nip", default=None)
@click.option("--email", default=None)
@click.option("--title-before", default="")
@click.option("--title-after", default="")
@click.option("--unit", help="Code of the unit; needs --post and --post-type.")
@click.option("--post", help="Title of the post.")
@click.option("--post-type", help="PELAKSANA, JF_PT, PENGAWAS, ADMINISTRATOR, …")
@click.option("--grade", default="")
@click.option("--role", "roles", multiple=True, type=click.Choice(["instructor", "manager"]))
def create_command(
    unit: str | None, post: str | None, post_type: str | None, grade: str, roles: Any, **given: Any
) -> None:
    """Create a person and print a one-time sign-in link."""
    if any((unit, post, post_type)) and not all((unit, post, post_type)):
        _stop("--unit, --post dan --post-type ditulis bersama.")
    now = clock.now()
    try:
        with unit_of_work(db.session()) as session:
            person = service.create_person(session, by=None, at=now, **given)
            day = agency_day(session, now)
            if unit and post and post_type:
                service.set_posting(
                    session,
                    person.id,
                    unit_id=_unit_id(session, unit),
                    title=post,
                    post_type=post_type,
                    grade=grade,
                    started_on=day,
                    by=None,
                    at=now,
                )
            for role in roles:
                service.assign_role(session, person.id, Role(role), started_on=day, by=None, at=now)
            token = service.make_sign_in_link(session, person.id, by=None, at=now)
    except LookupError:
        _stop("Belum ada instansi. Jalankan `flask setup` dahulu.")
    except DomainError as refusal:
        _stop(str(refusal))
    click.echo(link_address(token))


@user_group.command("link")
@click.argument("nip")
def link_command(nip: str) -> None:
    """Print a one-time sign-in link for the person with this NIP; earlier links end."""
    try:
        with unit_of_work(db.session()) as session:
            person = service.person_by_nip(session, nip)
            token = service.make_sign_in_link(session, person.id, by=None, at=clock.now())
    except DomainError as refusal:
        _stop(str(refusal))
    click.echo(link_address(token))


def link_address(token: str) -> str:
    """The whole address of a one-time link, as people can open it."""
    public = current_app.config["SETTINGS"].public_url or LOCAL_ADDRESS
    return f"{public}/login/link/{token}"


def _unit_id(session: Any, code: str) -> UUID:
    found: UUID | None = session.scalar(select(Unit.id).where(Unit.code == code))
    if found is None:
        _stop(f"Tidak ada unit dengan kode {code}.")
    return found


def _stop(sentence: str) -> NoReturn:
    raise click.ClickException(sentence)
