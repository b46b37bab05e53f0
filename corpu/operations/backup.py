"""Make a backup while the server runs, and tell whether a backup is whole.

The order is what makes it consistent: first the database at one moment, then the store. A file
is in the store before the row that names it is committed, and none is ever taken out, so all
that the copied database names is still found.
"""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

from sqlalchemy import make_url

from corpu import __version__
from corpu.operations import archive
from corpu.operations.archive import Damaged, Manifest

if TYPE_CHECKING:
    from config import Settings

# Where the database names files of the store.
NAMING = (
    ("edition_files", "sha256"),
    ("media", "sha256"),
    ("certificates", "pdf_sha256"),
    ("certificates", "signed_pdf_sha256"),
    ("learning_claims", "proof_sha256"),
    ("statement_documents", "pdf_sha256"),
    ("template_pictures", "sha256"),
    ("batch_files", "sha256"),
)


class Refused(Exception):
    """Why nothing was done; the text says what to do instead."""


@dataclass(frozen=True)
class Backup:
    """A backup that is there; `problems` are files that are missing or damaged inside it."""

    path: Path
    manifest: Manifest
    problems: list[str]


def create(
    settings: "Settings", folder: Path, *, at: datetime, with_secret: bool = False
) -> Backup:
    """Write `corpu-<moment>.tar.gz` into the folder, readable by its owner only.

    It appears under its name whole or not at all. Raises Refused, and OSError where the disk
    does not take it.
    """
    secret = settings.instance / "secret"
    if with_secret and not secret.is_file():
        raise Refused(
            "Tidak ada kunci di folder instance: SECRET_KEY datang dari lingkungan. "
            "Simpan kunci itu tersendiri, dan ulangi tanpa --with-secret."
        )
    source = embedded_path(settings)
    if source is not None and not source.is_file():
        raise Refused(f"Belum ada basis data di {source}.")
    with tempfile.TemporaryDirectory(prefix=".corpu-", dir=folder) as place:
        files: list[tuple[str, Path]] = []
        contents = Contents(None, {}, set())
        if source is not None:
            snapshot = Path(place) / archive.DATABASE
            copy_database(source, snapshot)
            contents = look_into(snapshot)
            files.append((archive.DATABASE, snapshot))
        if with_secret:
            files.append((archive.SECRET, secret))
        files += stored_files(settings.instance / "store")
        with whole_file(folder, f"corpu-{at:%Y%m%dT%H%M%SZ}") as (file, finished):
            manifest = archive.write(
                file,
                files,
                version=__version__,
                at=at,
                database="postgresql" if source is None else "sqlite",
                schema=contents.schema,
                tables=contents.tables,
            )
    return Backup(finished[0], manifest, store_problems(manifest, contents.named))


def verify(path: Path) -> Backup:
    """Check every byte, the database, and that every file it names is there.

    Raises Damaged where the backup cannot be relied on at all.
    """
    with tempfile.TemporaryDirectory(prefix="corpu-") as place, path.open("rb") as file:
        database = Path(place) / archive.DATABASE
        manifest = archive.read(file, {archive.DATABASE: database}.get)
        return Backup(path, manifest, store_problems(manifest, named_files(manifest, database)))


def named_files(manifest: Manifest, database: Path) -> set[str]:
    """What the unpacked database names of the store; Damaged where the database is not sound
    or not what the manifest says."""
    if manifest.database != "sqlite":
        return set()
    if not database.is_file():
        raise Damaged(f"{archive.DATABASE} tidak ada")
    try:
        contents = look_into(database)
    except sqlite3.DatabaseError as error:
        raise Damaged(f"{archive.DATABASE} rusak: {error}") from error
    if contents.schema != manifest.schema:
        raise Damaged(f"{archive.DATABASE} bukan dari skema {manifest.schema}")
    return contents.named


def store_problems(manifest: Manifest, named: set[str]) -> list[str]:
    """Files of the store that are missing from a backup, or are not what their name says."""
    inside = {
        found[2]: member.sha256
        for name, member in manifest.members.items()
        if (found := archive.STORED.fullmatch(name))
    }
    problems = [f"Berkas {one} tidak ada." for one in sorted(named - inside.keys())]
    problems += [f"Berkas {one} rusak." for one, sha in sorted(inside.items()) if one != sha]
    return problems


def embedded_path(settings: "Settings") -> Path | None:
    """The file of the embedded database, or None on PostgreSQL."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        return None
    return Path(url.database or "")


def copy_database(source: Path, target: Path) -> None:
    """The database as it was at one moment, in one file, while others go on writing."""
    try:
        with (
            closing(sqlite3.connect(source, timeout=10)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            target.chmod(0o600)
            old.backup(new)
            new.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise OSError(f"basis data tidak dapat disalin: {error}") from error


@dataclass(frozen=True)
class Contents:
    schema: str | None
    tables: dict[str, int]
    named: set[str]


def look_into(database: Path) -> Contents:
    """What a database file holds. Raises sqlite3.DatabaseError where it is not sound."""
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as found:
        answer = found.execute("PRAGMA integrity_check").fetchone()[0]
        if answer != "ok":
            raise sqlite3.DatabaseError(answer)
        names = found.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        tables = {
            name: found.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for (name,) in sorted(names.fetchall())
        }
        version = (
            tables.get("alembic_version")
            and found.execute("SELECT version_num FROM alembic_version").fetchone()
        )
        named = {
            row[0]
            for table, column in NAMING
            if column in _columns(found, table)  # an older backup may not have it yet
            for row in found.execute(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
        }
    return Contents(version[0] if version else None, tables, named)


def _columns(found: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in found.execute(f"PRAGMA table_info({table})")}


def stored_files(store: Path) -> list[tuple[str, Path]]:
    """The finished files of a store by their names in an archive, in order."""
    if not store.is_dir():
        return []
    return sorted(
        (name, path)
        for path in store.glob("*/*")
        if archive.STORED.fullmatch(name := f"store/{path.parent.name}/{path.name}")
    )


@contextmanager
def whole_file(folder: Path, stem: str) -> Iterator[tuple[IO[bytes], list[Path]]]:
    """A file that gets its name once it is on the disk; the second value is where it then is.

    An earlier file is never overwritten: two in the same second get two names.
    """
    handle, temporary = tempfile.mkstemp(prefix=".corpu-", suffix=".partial", dir=folder)
    finished: list[Path] = []
    try:
        with os.fdopen(handle, "wb") as file:
            yield file, finished
            file.flush()
            os.fsync(file.fileno())
        finished.append(_named(temporary, folder, stem))
        sync_folder(folder)
    finally:
        Path(temporary).unlink(missing_ok=True)


def _named(temporary: str, folder: Path, stem: str) -> Path:
    number = 1
    while True:
        path = folder / f"{stem}{f'-{number}' if number > 1 else ''}.tar.gz"
        try:
            os.link(temporary, path)
            return path
        except FileExistsError:
            number += 1
        except OSError:  # a memory stick knows no second name
            if not path.exists():
                os.replace(temporary, path)
                return path
            number += 1


def sync_folder(folder: Path) -> None:
    """The names in a folder are on the disk when this returns, where the system can say so."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
