"""The migrations, run from nothing, arrive exactly at the models, CHECKs included."""

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, create_engine, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from corpu import create_app
from corpu.database import Base
from corpu.extensions import db
from tests.conftest import drop_database, new_database, settings_for

ROOT = Path(__file__).parents[2]
VERSIONS = sorted((ROOT / "migrations/versions").glob("*.py"))


@pytest.fixture
def migrated(database_kind):
    url = new_database(database_kind)
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
    drop_database(url)


def test_migrations_are_numbered_and_form_one_line():
    for number, path in enumerate(VERSIONS, start=1):
        assert path.name.startswith(f"{number:04}_"), path.name
        down = re.search(r"^down_revision = (.*)$", path.read_text(), re.MULTILINE)[1]
        assert down.strip("'\"") == (f"{number - 1:04}" if number > 1 else "None")


def test_tables_columns_and_indexes_equal_the_models(migrated):
    context = MigrationContext.configure(migrated, opts={"compare_type": False})
    assert compare_metadata(context, Base.metadata) == []


def test_every_check_of_the_models_is_in_the_database(migrated):
    found = {
        (table, check["name"])
        for table in inspect(migrated).get_table_names()
        for check in inspect(migrated).get_check_constraints(table)
    }
    wanted = {
        (table.name, constraint.name)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert wanted, "the models have checks"
    assert wanted <= found


def test_the_audit_can_be_neither_changed_nor_deleted(migrated):
    migrated.execute(
        text(
            "INSERT INTO audit_entries (id, at, actor_name, action, subject_type, subject_id,"
            " subject_name, reason) VALUES (1, '2026-01-01', 'a', 'b', 'c', 'd', 'e', '')"
        )
    )
    migrated.commit()
    wholesale = (
        "REPLACE INTO audit_entries SELECT * FROM audit_entries"
        if migrated.dialect.name == "sqlite"
        else "TRUNCATE audit_entries"
    )
    for statement in (
        "UPDATE audit_entries SET reason = 'x'",
        "DELETE FROM audit_entries",
        wholesale,
    ):
        with pytest.raises(DatabaseError, match="append-only"):
            migrated.execute(text(statement))
        migrated.rollback()


def test_migrations_go_down_to_nothing_and_up_again(database_kind, tmp_path):
    url = new_database(database_kind)
    folder = str(ROOT / "migrations")
    app = create_app(settings_for(url, tmp_path))
    with app.app_context():
        downgrade(directory=folder, revision="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        upgrade(directory=folder)
        assert "certificates" in inspect(db.engine).get_table_names()
        db.engine.dispose()
    drop_database(url)
