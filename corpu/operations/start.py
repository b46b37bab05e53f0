"""What must hold before the web server takes a request, asked without building the application.

Each refusal is one line that says what is wrong and what to do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from sqlalchemy import Connection, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from corpu import models  # noqa: F401 - the mapper wants every class it may meet
from corpu.installation import Installation, mode_conflict
from corpu.operations import schema
from corpu.people import first_run

if TYPE_CHECKING:
    from config import Settings

CONNECT_SECONDS = 10


class Refused(Exception):
    """Why the start, or a look at the database, ends here; the text is for the console."""


def check(settings: "Settings") -> None:
    """Raise SystemExit with one line where this program must not serve with these settings.

    For an installation that nobody has set up yet it prints the token that opens `/setup`.
    """
    try:
        if sentence := secret_problem(settings):
            raise Refused(sentence)
        with connected(settings) as connection:
            if sentence := schema.problem(schema.current(connection)):
                raise Refused(sentence)
            session = Session(connection)
            if sentence := mode_problem(session, settings.mode):
                raise Refused(sentence)
            if settings.mode == "production" and first_run.is_new(session):
                announce_set_up(settings)
    except Refused as refusal:
        raise SystemExit(f"CorpU tidak dimulai. {refusal}") from None


def secret_problem(settings: "Settings") -> str | None:
    """Settings hold an empty key where production was given none, or one too easy to guess."""
    if settings.secret_key:
        return None
    return (
        "SECRET_KEY belum diisi atau terlalu lemah: isi dengan paling sedikit 32 bita acak, "
        'misalnya dari `python3 -c "import secrets; print(secrets.token_urlsafe(48))"`.'
    )


def mode_problem(session: Session, mode: str) -> str | None:
    """Why this database must not be served in this mode. Demo mode lets anybody enter as
    anybody, so it needs a database that `seed demo` made."""
    if mode == "demo" and session.get(Installation, 1) is None:
        return (
            "CORPU_MODE=demo memerlukan basis data peragaan: jalankan "
            "`flask --app wsgi seed demo` dahulu, atau hapus CORPU_MODE."
        )
    return mode_conflict(session, mode)


@contextmanager
def connected(settings: "Settings") -> Iterator[Connection]:
    """A connection that no pool keeps, since the workers are forked after it.

    Raises Refused where there is none to be had. A missing SQLite file is not created.
    """
    try:
        url = make_url(settings.database_url)
    except ArgumentError:
        raise Refused("DATABASE_URL tidak terbaca: tulis postgresql://… atau sqlite:///…") from None
    embedded = url.get_backend_name() == "sqlite"
    if embedded and not Path(url.database or "").is_file():
        raise Refused(schema.problem(None) or "")
    options = {} if embedded else {"connect_timeout": CONNECT_SECONDS}
    engine = create_engine(url, poolclass=NullPool, connect_args=options)
    try:
        connection = engine.connect()
    except DBAPIError as error:
        raise Refused(_unreachable(url.render_as_string(hide_password=True), error)) from None
    with connection:
        try:
            yield connection
        except DBAPIError as error:
            raise Refused(_unreachable(url.render_as_string(hide_password=True), error)) from None


def _unreachable(address: str, error: DBAPIError) -> str:
    cause = " ".join(str(error.orig).split())
    return f"Basis data {address} tidak dapat dibuka ({cause}). Periksa DATABASE_URL dan servernya."


def announce_set_up(settings: "Settings") -> None:
    """Whoever can read the console may set up; nobody else learns the token."""
    token = first_run.setup_token(settings.instance)
    click.echo(
        "Instalasi ini belum disiapkan. Buka "
        f"{settings.public_url}/setup dan masukkan kode ini: {token}",
        err=True,
    )
