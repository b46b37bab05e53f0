"""`flask siasn status · send · export`: SIASN at the console."""

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from corpu import clock
from corpu.extensions import db
from corpu.siasn import export, queries, service, turns, words, work
from corpu.siasn.models import State
from corpu.spreadsheets import as_csv
from corpu.transactions import unit_of_work
from corpu.workbooks import as_xlsx

siasn_group = AppGroup("siasn", help="SIASN: keadaan, kirim, unduh.")


@siasn_group.command("status")
def status_command() -> None:
    """Apakah kuncinya ada, apakah jalannya terbuka, dan berapa catatan di mana."""
    settings, session = work.settings(), db.session()
    click.echo(f"Alamat: {settings.url}")
    if settings.missing:
        click.echo(f"Belum dikonfigurasi: isi {', '.join(settings.missing)}.")
    else:
        click.echo("Kunci instansi dan token SSO terisi.")
    with current_app.test_request_context():
        gate = turns.gate_of(session)
        if gate is not None and gate.stop is not None:
            click.echo(f"Berhenti: {words.STOPS[gate.stop]}")
        for state, count in queries.counts(session, units=None).items():
            click.echo(f"{words.STATES[state]}: {count}")


@siasn_group.command("send")
@click.option("--dry-run", is_flag=True, help="Tampilkan saja yang akan dikirim, sebagai JSON.")
def send_command(dry_run: bool) -> None:
    """Antrekan semua yang belum dikirim dan coba lagi yang gagal; pekerja latar mengirimnya."""
    settings = work.settings()
    if dry_run:
        found = queries.lines(db.session(), units=None, state=State.UNSENT, limit=None)
        said = export.requests_of(reversed(found), settings.agency)
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
        return
    if settings.missing:
        raise click.ClickException(f"Belum dikonfigurasi: isi {', '.join(settings.missing)}.")
    now, queued, more = clock.now(), 0, True
    while more:
        with unit_of_work(db.session()) as session:
            count = service.queue(session, units=None, by=None, at=now)
            queued, more = queued + count, count == service.MOST_AT_ONCE
    with unit_of_work(db.session()) as session:
        again = service.retry(session, units=None, by=None, at=now)
        work.plan(session, now)
    click.echo(f"{queued} baru diantrekan; {again} di antrean dicoba sekarang.")


@siasn_group.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--state", type=click.Choice([one.value for one in State]), default="unsent")
def export_command(file: Path, state: str) -> None:
    """Tulis daftar untuk dicatat dengan tangan, sebagai .csv atau .xlsx."""
    ending = file.suffix.lower()
    if ending not in (".csv", ".xlsx"):
        raise click.ClickException("Tulis nama berkas yang berakhir .csv atau .xlsx.")
    found = queries.lines(db.session(), units=None, state=State(state), limit=None)
    rows = export.table_rows(found, ending[1:])
    made = (
        as_csv(export.HEADING, rows) if ending == ".csv" else as_xlsx("SIASN", export.HEADING, rows)
    )
    try:
        file.write_bytes(made)
    except OSError as error:
        raise click.ClickException(f"{file} tidak dapat ditulis: {error.strerror}.") from error
    with unit_of_work(db.session()) as session:
        export.note_export(session, by=None, rows=len(rows), at=clock.now())
    click.echo(f"{len(rows)} baris ditulis ke {file}.")
