"""Put a backup in place of what is there, or leave everything as it was.

All is unpacked, checked and brought to the present schema beside the old before the first old
byte is touched. Then the files of the store are added (their names are their content, so they
disturb nothing), and last the database changes places in one step: a restore cut off anywhere
leaves the old installation working, and may simply be done again.
"""

import os
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flask_migrate import upgrade

from corpu import create_app
from corpu.extensions import db
from corpu.operations import archive, backup, schema
from corpu.operations.archive import Manifest
from corpu.operations.backup import Refused

if TYPE_CHECKING:
    from config import Settings

BESIDE = ("-wal", "-shm", "-journal")  # what SQLite keeps beside a database


@dataclass(frozen=True)
class Restored:
    """`kept` is where the former database lies now; `upgraded` whether migrations were run."""

    manifest: Manifest
    problems: list[str]
    kept: Path | None
    upgraded: bool


def restore(settings: "Settings", path: Path, *, force: bool, at: datetime) -> Restored:
    """Bring back what a backup holds. The server must not be running.

    Raises Refused or Damaged, with nothing changed, and OSError where the disk does not take it.
    """
    target = backup.embedded_path(settings)
    store = settings.instance / "store"
    if not force and (_holds_data(target) or backup.stored_files(store)):
        raise Refused(
            "Instalasi ini sudah berisi data. Tambahkan --force bila memang hendak diganti; "
            "basis data yang lama tetap disimpan di sampingnya."
        )
    beside = target.parent if target else settings.instance
    with (
        tempfile.TemporaryDirectory(prefix=".restore-", dir=settings.instance) as files,
        tempfile.TemporaryDirectory(prefix=".restore-", dir=beside) as place,
    ):
        unpacked, database = Path(files), Path(place) / archive.DATABASE
        with path.open("rb") as file:
            manifest = archive.read(
                file, lambda name: database if name == archive.DATABASE else unpacked / name
            )
        _check_kind(manifest, target)
        problems = backup.store_problems(manifest, backup.named_files(manifest, database))
        upgraded = target is not None and _bring_to_head(settings, database, manifest)

        damaged = {name for name, one in manifest.members.items() if _is_damaged(name, one.sha256)}
        kept = None
        if target is not None:
            _take_over(target)
        for name, staged in backup.stored_files(unpacked / "store"):
            if name not in damaged:
                _put(staged, settings.instance / name)
        if archive.SECRET in manifest.members:
            _put(unpacked / archive.SECRET, settings.instance / archive.SECRET)
        os.sync()
        if target is not None:
            kept = _swap(database, target, at)
            backup.sync_folder(target.parent)
    return Restored(manifest, problems, kept, upgraded)


def _holds_data(database: Path | None) -> bool:
    return database is not None and database.is_file() and database.stat().st_size > 0


def _check_kind(manifest: Manifest, target: Path | None) -> None:
    if target is None and manifest.database == "sqlite":
        raise Refused(
            "Cadangan ini berisi basis data SQLite, sedangkan DATABASE_URL menunjuk PostgreSQL. "
            "Kosongkan DATABASE_URL untuk memulihkannya."
        )
    if target is not None and manifest.database != "sqlite":
        raise Refused(
            "Cadangan ini dari instalasi PostgreSQL dan berisi berkas saja. Isi DATABASE_URL, "
            "pulihkan basis datanya dengan pg_restore, lalu ulangi."
        )
    if manifest.database == "sqlite" and manifest.schema not in schema.revisions():
        raise Refused(
            f"Cadangan ini dibuat oleh CorpU {manifest.version} (skema {manifest.schema}), lebih "
            "baru daripada program ini. Pasang versi itu atau yang lebih baru, lalu ulangi."
        )


def _bring_to_head(settings: "Settings", database: Path, manifest: Manifest) -> bool:
    """Run the migrations that came after the backup, on the unpacked copy."""
    if manifest.schema == schema.head():
        return False
    app = create_app(replace(settings, database_url=f"sqlite:///{database}"))
    with app.app_context():
        upgrade(directory=str(schema.MIGRATIONS))
        db.session.remove()
        db.engine.dispose()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return True


def _is_damaged(name: str, sha256: str) -> bool:
    found = archive.STORED.fullmatch(name)
    return found is not None and found[2] != sha256


def _take_over(database: Path) -> None:
    """Bring the old database into one file; only whoever has it alone can leave WAL mode."""
    if not _holds_data(database):
        return
    try:
        with closing(sqlite3.connect(database, timeout=1, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            raise Refused(
                "Basis data sedang dipakai: hentikan server dan `flask jobs work`, lalu ulangi."
            ) from error
    except sqlite3.DatabaseError:
        pass  # it is no database any more: that is why a backup is wanted


def _put(staged: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(staged, target)


def _swap(database: Path, target: Path, at: datetime) -> Path | None:
    """Put the new database in place of the old one, which stays beside it."""
    kept = None
    if _holds_data(target):
        kept = _free(target.with_name(f"{target.name}.before-{at:%Y%m%dT%H%M%SZ}"))
        for ending in BESIDE:  # left only where the old one could not be opened
            rest = target.with_name(target.name + ending)
            if rest.exists():
                os.replace(rest, kept.with_name(kept.name + ending))
        try:
            os.link(target, kept)
        except OSError:
            os.replace(target, kept)
    os.replace(database, target)
    return kept


def _free(path: Path) -> Path:
    """This name, or the next that nothing has yet."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free
