"""`flask log head`: what to keep elsewhere, so that the log can be compared with it later."""

import json

import click
from flask.cli import AppGroup

from corpu import clock
from corpu.addresses import absolute
from corpu.extensions import db
from corpu.signing import heads

log_group = AppGroup("log", help="Catatan berantai: ambil kepalanya, periksa seluruhnya.")


@log_group.command("head")
def head_command() -> None:
    """Tulis kepala catatan yang bertanda tangan; simpan di luar server ini."""
    said = heads.head_file(db.session(), address=absolute(""), at=clock.now())
    click.echo(json.dumps(said, ensure_ascii=False, indent=1))
