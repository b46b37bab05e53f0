"""Where the schema of a database stands, against the migrations that this program has."""

from functools import cache

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from config import ROOT

MIGRATIONS = ROOT / "migrations"


@cache
def revisions() -> tuple[str, ...]:
    """Every migration of this program, newest first."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    return tuple(script.revision for script in scripts.walk_revisions())


def head() -> str:
    """The migration that the models of this program need."""
    return revisions()[0]


def current(connection: Connection) -> str | None:
    """The migration the database is at; None where it was never migrated.

    Raises OperationalError where the database does not answer at all.
    """
    connection.execute(text("SELECT 1"))
    try:
        return connection.scalar(text("SELECT version_num FROM alembic_version"))
    except (OperationalError, ProgrammingError):
        return None


def problem(revision: str | None) -> str | None:
    """Why a database at this migration cannot be served, as a sentence with what to do."""
    if revision == head():
        return None
    if revision is None:
        return "Basis data belum berisi tabel: jalankan `flask --app wsgi db upgrade`."
    if revision in revisions():
        return (
            f"Skema basis data tertinggal ({revision}, seharusnya {head()}): buat cadangan, "
            "lalu jalankan `flask --app wsgi db upgrade`."
        )
    return (
        f"Skema basis data ({revision}) lebih baru daripada program ini ({head()}): "
        "pasang versi program yang lebih baru."
    )
