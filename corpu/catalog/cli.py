"""`flask content publish`, `export` and `rerender`: courses as text, in and out."""

from collections.abc import Iterable
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import gettext
from sqlalchemy import make_url, select
from sqlalchemy.exc import DBAPIError

from corpu import clock
from corpu.catalog import service
from corpu.catalog.models import Course, Edition
from corpu.catalog.publishing import (
    agency_codes,
    problems_as_lines,
    rerender,
    vocabulary_with,
)
from corpu.content import check_courses, read_course
from corpu.content import cli as content_cli
from corpu.content.cli import content_group
from corpu.errors import DomainError
from corpu.extensions import db
from corpu.people.models import Person, Unit
from corpu.transactions import unit_of_work

COURSES = Path("content/courses")


def _agency_codes() -> Iterable[str] | None:
    """What the check may know of this installation; None where its database is not set up. Looking
    makes no file."""
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return None
    try:
        return agency_codes(db.session())
    except DBAPIError:  # no server there, or a schema that is not up to date
        return None
    finally:
        db.session.remove()


content_cli.agency_codes = _agency_codes


@content_group.command("publish")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--owner", help="Kode unit pemilik kursus; semula unit teratas.")
@click.option("--by", "nip", help="NIP orang yang menerbitkan.")
@click.option("--removed", multiple=True, help="Id yang memang dihapus.")
@click.option("--onto", type=int, help="Nomor edisi peramban yang sudah digabungkan.")
@with_appcontext
def publish(
    paths: tuple[Path, ...],
    owner: str | None,
    nip: str | None,
    removed: tuple[str, ...],
    onto: int | None,
) -> None:
    """Periksa lalu terbitkan folder kursus sebagai edisi baru.

    Sumber yang sama tidak menerbitkan apa-apa. Bila satu saja bermasalah, seluruh
    masalahnya ditampilkan dan edisi yang sedang terbit tetap berlaku.
    """
    folders = paths or tuple(sorted(p for p in COURSES.iterdir() if p.is_dir()))
    sources = [(folder, read_course(folder)) for folder in folders]
    with current_app.test_request_context():
        vocabulary = vocabulary_with(db.session())
        found = check_courses([source for _, source in sources], vocabulary)
        compiled = {one.slug: one for one in found}
        refused = False
        for folder, source in sources:
            for line in problems_as_lines(compiled[source.slug].problems, folder, gettext):
                click.echo(line, err=True)
            refused = refused or compiled[source.slug].course is None
        if refused:
            click.echo(gettext("Tidak ada yang diterbitkan."), err=True)
            raise SystemExit(1)
        for _folder, source in _by_prerequisite(sources, compiled):
            _publish_one(compiled[source.slug], source, owner, nip, removed, onto)


def _by_prerequisite(sources, compiled):
    """Prerequisites first; `check_courses` has refused circles already."""
    waiting = {source.slug: (folder, source) for folder, source in sources}
    while waiting:
        for slug in list(waiting):
            course = compiled[slug].course
            if not any(other in waiting for other in course.prerequisites):
                yield waiting.pop(slug)


def _publish_one(compiled, source, owner, nip, removed, onto) -> None:
    try:
        with unit_of_work(db.session()) as session:
            edition = service.publish(
                session,
                current_app.extensions["storage"],
                compiled.course,
                source,
                at=clock.now(),
                by=nip and session.scalar(select(Person.id).filter_by(nip=nip)),
                owner_unit_id=owner and session.scalar(select(Unit.id).filter_by(code=owner)),
                removed=removed,
                onto=onto,
                problems=compiled.problems,
            )
            number = edition.number if edition else None
    except service.IdsLost as refusal:
        for line in problems_as_lines(refusal.problems, Path(source.slug), gettext):
            click.echo(line, err=True)
        raise SystemExit(1) from refusal
    except DomainError as refusal:
        raise click.ClickException(gettext(refusal.message, **refusal.params)) from refusal
    if number is None:
        click.echo(gettext("%(slug)s: sumbernya sama, tidak ada edisi baru.", slug=source.slug))
    else:
        click.echo(gettext("%(slug)s: edisi %(number)s terbit.", slug=source.slug, number=number))


@content_group.command("export")
@click.argument("slug")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--edition", "number", type=int, help="Nomor edisi; semula yang berlaku.")
@with_appcontext
def export(slug: str, folder: Path, number: int | None) -> None:
    """Tulis kembali sebuah edisi sebagai berkas, byte demi byte, ke FOLDER/SLUG."""
    wanted = select(Edition.id).join(Course).where(Course.slug == slug)
    edition_id = db.session.scalar(
        wanted.where(Edition.number == number) if number else wanted.where(Edition.is_current)
    )
    if edition_id is None:
        raise click.ClickException(f"{slug}: tidak ada kursus atau edisi itu.")
    target = folder / slug
    if target.exists() and any(target.iterdir()):
        raise click.ClickException(f"{target}: sudah berisi; pilih folder lain.")
    files = service.export(db.session(), current_app.extensions["storage"], edition_id)
    for path, data in files.items():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_bytes(data)
    click.echo(f"{target}: {len(files)} berkas.")


@content_group.command("rerender")
@with_appcontext
def rerender_command() -> None:
    """Buat ulang HTML dari sumber semua edisi, setelah pembaruan perangkat lunak."""
    storage = current_app.extensions["storage"]
    ids = db.session.scalars(select(Edition.id).order_by(Edition.published_at)).all()
    for edition_id in ids:
        with unit_of_work(db.session()) as session:
            click.echo(rerender(session, storage, edition_id))
