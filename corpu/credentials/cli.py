"""`flask certificates issue · verify · revoke` and `flask log verify`, at the console."""

from pathlib import Path
from typing import NoReturn

import click
from flask import current_app
from flask.cli import AppGroup
from flask_babel import gettext
from sqlalchemy import select

from corpu import clock
from corpu.credentials import log_check, queries, service
from corpu.credentials.documents import fingerprint
from corpu.credentials.models import Certificate
from corpu.credentials.rules import date_id, format_code, format_jp
from corpu.errors import DomainError
from corpu.extensions import db
from corpu.people.records import CONSOLE
from corpu.signing import heads
from corpu.signing.cli import log_group
from corpu.transactions import unit_of_work
from corpu.zones import local_date

LARGEST_FILE = 20 * 1024 * 1024
SHOWN = 20  # problems of the log printed one by one

certificates_group = AppGroup("certificates", help="Sertifikat: terbitkan, periksa, cabut.")


@certificates_group.command("issue")
def issue_command() -> None:
    """Terbitkan yang menunggu, bila penyebabnya sudah dibereskan."""
    began, issued, more = clock.now(), 0, True
    while more:
        with unit_of_work(db.session()) as session:
            done = service.retry_pending(session, clock.now(), tried_before=began)
        issued, more = issued + done.issued, done.more
    waiting = queries.waiting(db.session())
    click.echo(f"{issued} sertifikat terbit, {len(waiting)} masih menunggu.")
    with current_app.test_request_context():
        for one in waiting:
            click.echo(f"- {one.person_name}, {one.course_title}: {one.why} {one.who_acts}")


@certificates_group.command("verify")
@click.argument("code_or_file", metavar="KODE|BERKAS.pdf")
def verify_command(code_or_file: str) -> None:
    """Periksa sebuah kode, atau sebuah PDF byte demi byte. Keluar 0 hanya bila sah."""
    path = Path(code_or_file)
    if code_or_file.lower().endswith(".pdf") or path.is_file():
        found = queries.by_file(db.session(), _fingerprint_of(path))
        unknown = (
            "TIDAK DIKENAL: berkas ini bukan berkas yang kami simpan. Ia mungkin diubah atau "
            "disimpan ulang; periksa kodenya."
        )
    else:
        found = queries.by_code(db.session(), code_or_file)
        unknown = "TIDAK DIKENAL: kode ini tidak ada dalam catatan kami."
    if found is None:
        _stop(unknown)
    content = found.content
    if not found.is_intact:
        _stop(f"TIDAK DAPAT DIPASTIKAN: catatan {content.number} tidak sama dengan sidiknya.")
    if found.revoked_at is not None:
        day = date_id(local_date(found.revoked_at, "Asia/Jakarta"))
        _stop(f"DICABUT sejak {day}: {content.number}. Alasan: {found.revocation_reason}")
    click.echo("CONTOH dari peragaan, bukan bukti." if content.demo else "SAH")
    click.echo(f"{content.title} {content.number}, kode {format_code(content.code)}")
    click.echo(f"{content.name}, {content.course_title}, {format_jp(content.jp)} JP")
    click.echo(f"{content.issuer}, {content.place}, {date_id(content.issued_on)}")


@certificates_group.command("revoke")
@click.argument("number", metavar="NOMOR")
@click.option("--reason", required=True, help="Alasannya; tampil di halaman pemeriksaan.")
def revoke_command(number: str, reason: str) -> None:
    """Cabut sertifikat dengan nomor ini, untuk seterusnya."""
    try:
        with unit_of_work(db.session()) as session:
            found = session.scalar(select(Certificate.id).filter_by(number=number.strip()))
            if found is None:
                _stop(f"Tidak ada sertifikat dengan nomor {number}.")
            service.revoke(session, found, by=None, by_name=CONSOLE, reason=reason, at=clock.now())
    except DomainError as refusal:
        _stop(gettext(refusal.message, **refusal.params))
    click.echo(f"Dicabut: {number.strip()}.")


@log_group.command("verify")
@click.option(
    "--from",
    "saved",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Kepala catatan yang disimpan dahulu (/.well-known/corpu-log.json).",
)
def verify_log_command(saved: Path | None) -> None:
    """Hitung ulang seluruh catatan, bandingkan dengan sertifikat dan dengan kepala yang lama.

    Keluar 0 hanya bila semuanya cocok.
    """
    head = None
    if saved is not None:
        try:
            with saved.open("rb") as file:
                head = heads.read_head(file.read(heads.LARGEST_FILE))
        except (heads.BadHead, OSError):
            _stop(f"{saved} bukan kepala catatan yang dapat dibaca.")
    done = log_check.check(db.session(), head)
    for problem in done.problems[:SHOWN]:
        click.echo(problem, err=True)
    if done.problems:
        _stop(f"{len(done.problems)} hal tidak cocok dalam {done.entries} catatan.")
    click.echo(f"{done.entries} catatan utuh, {done.certificates} sertifikat cocok.")
    if head is not None:
        click.echo(f"Masih menyambung pada kepala nomor {head.position}.")
    if done.waiting:
        click.echo(f"{done.waiting} kejadian menunggu dicatat oleh pekerja latar.")


def _fingerprint_of(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            _stop(f"{path} terlalu besar untuk sebuah sertifikat.")
        return fingerprint(path.read_bytes())
    except OSError as error:
        _stop(f"{path} tidak terbaca: {error.strerror}.")


def _stop(sentence: str) -> NoReturn:
    raise click.ClickException(sentence)
