"""Commands for whoever keeps the installation running."""

from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from corpu import clock
from corpu.extensions import db
from corpu.operations import background, backup, doctor, restore
from corpu.operations.archive import Damaged
from corpu.operations.backup import Backup, Refused

SHOWN = 10  # problems printed one by one

backup_group = AppGroup("backup", help="Backups of the embedded database and its files.")
jobs_group = AppGroup("jobs", help="Background work.")

folder = click.Path(exists=True, file_okay=False, writable=True, path_type=Path)
archive_file = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@backup_group.command("create")
@click.option("--to", "target", type=folder, help="Folder; instance/backups by default.")
@click.option(
    "--with-secret", is_flag=True, help="Include instance/secret, which signs the sessions."
)
def create_command(target: Path | None, with_secret: bool) -> None:
    """Write a backup, also while the server runs. instance/secret stays out unless asked for."""
    settings = current_app.config["SETTINGS"]
    if target is None:
        target = settings.instance / "backups"
        target.mkdir(mode=0o700, exist_ok=True)
    try:
        made = backup.create(settings, target, at=clock.now(), with_secret=with_secret)
    except Refused as refusal:
        _stop(str(refusal))
    except OSError as error:
        _stop(f"Cadangan tidak dibuat: {error}. Tidak ada berkas setengah jadi yang tertinggal.")
    click.echo(f"Cadangan dibuat: {made.path} ({_size(made.path.stat().st_size)}).")
    _describe(made)
    if made.manifest.database == "postgresql":
        click.echo(
            "Basis data PostgreSQL TIDAK termasuk: jalankan pg_dump lebih dahulu, lalu perintah "
            "ini, dan simpan keduanya bersama."
        )
    if not with_secret:
        click.echo("Kunci rahasia tidak termasuk; simpan tersendiri (atau pakai --with-secret).")
    _report(made.problems)


@backup_group.command("verify")
@click.argument("file", type=archive_file)
def verify_command(file: Path) -> None:
    """Check every byte of a backup, its database, and that every file it names is there."""
    try:
        found = backup.verify(file)
    except Damaged as damage:
        _stop(f"Cadangan ini rusak: {damage}. Pakai cadangan lain.")
    except OSError as error:
        _stop(f"Cadangan tidak dapat diperiksa: {error}.")
    _describe(found)
    _report(found.problems)
    click.echo("Cadangan ini utuh.")


@backup_group.command("restore")
@click.argument("file", type=archive_file)
@click.option("--force", is_flag=True, help="Also where there is data; the old database is kept.")
def restore_command(file: Path, force: bool) -> None:
    """Put a backup in place. Stop the server first."""
    settings = current_app.config["SETTINGS"]
    db.session.remove()
    db.engine.dispose()
    try:
        done = restore.restore(settings, file, force=force, at=clock.now())
    except Refused as refusal:
        _stop(str(refusal))
    except Damaged as damage:
        _stop(f"Cadangan ini rusak: {damage}. Tidak ada yang diubah.")
    except OSError as error:
        _stop(f"Tidak dapat dipulihkan: {error}. Basis data yang lama tetap ada.")
    click.echo(f"Dipulihkan: keadaan {done.manifest.created_at}.")
    if done.upgraded:
        click.echo(f"Skema dinaikkan dari {done.manifest.schema}.")
    if done.kept:
        click.echo(f"Basis data yang lama disimpan di {done.kept}; hapus bila tidak diperlukan.")
    _report(done.problems)


def _describe(found: Backup) -> None:
    manifest = found.manifest
    stored = sum(name.startswith("store/") for name in manifest.members)
    rows = sum(manifest.tables.values())
    click.echo(
        f"CorpU {manifest.version}, skema {manifest.schema or '–'}, {manifest.created_at}: "
        f"{rows} baris dalam {len(manifest.tables)} tabel, {stored} berkas."
    )


def _report(problems: list[str]) -> None:
    """Print what is wrong inside, a handful of it, and end with 1."""
    for problem in problems[:SHOWN]:
        click.echo(problem, err=True)
    if len(problems) > SHOWN:
        click.echo(f"… dan {len(problems) - SHOWN} lagi.", err=True)
    if problems:
        _stop(f"{len(problems)} berkas hilang atau rusak di penyimpanan asal; selebihnya utuh.")


def _size(number: int) -> str:
    return f"{number / 1024 / 1024:.1f}".replace(".", ",") + " MB"


@jobs_group.command("work")
def work_command() -> None:
    """Do background work until SIGTERM or Ctrl+C. Use with CORPU_WORKER=none."""
    click.echo("Mengerjakan antrean. Ctrl+C untuk berhenti.")
    if not background.work_until_told(current_app._get_current_object()):  # type: ignore[attr-defined]
        _stop("Satu pekerjaan terpotong; pekerjaan itu diambil lagi dalam dua menit.")


@jobs_group.command("list")
@click.option("--state", type=click.Choice(["waiting", "done", "failed"]), help="Only these.")
@click.option("--limit", default=50, show_default=True)
def list_command(state: str | None, limit: int) -> None:
    """The newest jobs first."""
    for line in background.lines(db.session(), state=state, limit=limit):
        click.echo(line)


@jobs_group.command("retry")
@click.argument("job_id", type=int)
def retry_command(job_id: int) -> None:
    """Let a failed or waiting job start again now."""
    try:
        background.retry(db.session(), job_id, at=clock.now())
    except background.NotToRetry as refusal:
        _stop(str(refusal))
    click.echo(f"Pekerjaan {job_id} menunggu giliran.")


@click.command("doctor")
@with_appcontext
def doctor_command() -> None:
    """Look the installation over; ends with 1 where something needs attention."""
    findings = doctor.examine(current_app.config["SETTINGS"], at=clock.now())
    for finding in findings:
        click.echo(f"{'ok      ' if finding.is_ok else 'MASALAH '} {finding.name}: {finding.text}")
    if not all(finding.is_ok for finding in findings):
        raise SystemExit(1)


def _stop(sentence: str) -> NoReturn:
    raise click.ClickException(sentence)
