"""The demo as `make run` makes it, with two short courses more: made once a run, copied often."""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import warnings
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import create_engine, exc, insert, select

from corpu import create_app, models  # noqa: F401 - the models fill the metadata
from corpu.database import Base
from corpu.demo import cast
from corpu.extensions import db
from corpu.models import people
from tests.conftest import SECRET, new_database, settings_for
from tests.serving import ROOT

COURSES = Path(__file__).parent / "courses"
NEXT_NUMBER = (  # what comes next in a numbered column, after rows that brought their numbers
    "SELECT setval(pg_get_serial_sequence('{table}', '{column}'), coalesce(max({column}), 0) + 1,"
    " false) FROM {table}"
)
OWNED = ("--owner", "BPSDM", "--by", cast.INSTRUCTOR_NIP)
SHORT, ESSAY = "loket-yang-ramah", "surat-yang-jelas"


def folder() -> Path:
    """The seeded world: `corpu.db` and `store`. Whoever comes first makes it."""
    made = Path(os.environ["CORPU_TEST_FOLDER"]) / "world"
    made.mkdir(exist_ok=True)
    with (made / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "ready").exists():
            shutil.copy(made.parent / "template.db", made / "corpu.db")
            flask(made, "seed", "demo")
            flask(made, "content", "publish", *OWNED, *map(str, sorted(COURSES.iterdir())))
            (made / "ready").touch()
    return made


def flask(instance: Path, *words: str, url: str = "") -> str:
    """A command as an operator gives it; answers what it printed."""
    environment = os.environ | {
        "CORPU_MODE": "demo",
        "CORPU_INSTANCE": str(instance),
        "DATABASE_URL": url or f"sqlite:///{instance / 'corpu.db'}",
        "SECRET_KEY": SECRET,
    }
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def copy_to(instance: Path, kind: str) -> str:
    """The world on a database of its own; answers the database's address."""
    made = folder()
    shutil.copytree(made / "store", instance / "store")
    if kind == "sqlite":
        # Through the database: what a process wrote last may still stand beside the file.
        with (
            closing(sqlite3.connect(made / "corpu.db")) as old,
            closing(sqlite3.connect(instance / "corpu.db")) as new,
        ):
            old.backup(new)
        return f"sqlite:///{instance / 'corpu.db'}"
    url = new_database(kind)
    copy_rows(f"sqlite:///{made / 'corpu.db'}", url)
    return url


def copy_rows(source: str, target: str) -> None:
    """Every row of every table, through the models' own types."""
    here, there = create_engine(source), create_engine(target)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", exc.SAWarning)  # about tables that name each other
        tables = Base.metadata.sorted_tables
    with here.connect() as old, there.begin() as new:
        new.exec_driver_sql("SET session_replication_role = replica")  # the rows are sound already
        for table in tables:
            new.execute(table.delete())
            rows = old.execute(select(table)).mappings().all()
            if rows:
                new.execute(insert(table), [dict(row) for row in rows])
            for column in table.primary_key:
                if table.autoincrement_column is column:
                    new.exec_driver_sql(NEXT_NUMBER.format(table=table.name, column=column.name))
    here.dispose()
    there.dispose()


def app_on(instance: Path, url: str, mode: str = "demo"):
    """The application itself on that world, to look things up and to sign cookies."""
    return create_app(settings_for(url, instance, mode=mode))


@contextmanager
def looking(app):
    """A session to look things up."""
    with app.app_context():
        yield db.session()
        db.session.remove()
        db.engine.dispose()


def person(session, who: tuple[str, int]):
    """One of the invented people, by unit and place; the row outlives the session."""
    name = cast.NAMES[who[0]][who[1]][1]
    found = session.scalars(select(people.Person).filter_by(name=name)).one()
    session.expunge(found)
    return found
