"""The migrations, run from nothing, arrive exactly at the models, CHECKs included."""

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import downgrade, upgrade
from sqlalchemy import CheckConstraint, create_engine, inspect, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from corpu import create_app
from corpu.credentials import revoking
from corpu.credentials.models import Certificate
from corpu.database import Base
from corpu.extensions import db
from corpu.siasn.models import SiasnRecord
from corpu.transactions import held_effects
from tests.conftest import NOON, drop_database, new_database, settings_for
from tests.credentials.world import bpsdm, issue, make_course
from tests.factories import make_person, save

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


def test_what_stands_is_kept_when_its_table_is_made_anew(database_kind, tmp_path):
    """Down to before certificates could be corrected, and up again: SQLite copies the table, and
    what points at it must neither hinder that nor be lost."""
    url = new_database(database_kind)
    folder = str(ROOT / "migrations")
    app = create_app(settings_for(url, tmp_path))
    with app.app_context(), held_effects():
        session = db.session()
        course = make_course(session, app, bpsdm(session))
        kept = issue(session, make_person(session), course, NOON)
        revoking.revoke(
            session,
            kept.id,
            by=None,
            by_name="konsol",
            reason="Keliru",
            revocation_class="fraud",
            at=NOON,
        )
        save(
            session,
            SiasnRecord(
                certificate_id=kept.id,
                wish="delete",
                state="deleted",
                next_try_at=NOON,
                queued_at=NOON,
            ),
        )
        number = kept.number
        db.session.remove()
        db.engine.dispose()
        downgrade(directory=folder, revision="0016")
        upgrade(directory=folder)
        session = db.session()
        row = session.scalars(select(Certificate)).one()
        assert (row.number, row.revocation_class, row.superseded_at) == (number, "other", None)
        assert session.scalars(select(SiasnRecord.certificate_id)).one() == row.id
        if database_kind == "sqlite":
            assert session.execute(text("PRAGMA foreign_key_check")).all() == []
            assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
        db.session.remove()
        db.engine.dispose()
    drop_database(url)
