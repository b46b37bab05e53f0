"""Alembic's entry point: our models, our database, our column types written plainly."""

from alembic import context
from flask import current_app
from sqlalchemy import JSON
from sqlalchemy.dialects.postgresql import JSONB

from corpu.database import Base, Exact, Identifier, UTCDateTime, Words


def render_item(kind, item, autogen_context):
    """Types of ours are named by import: they are few, and old migrations rely on them."""
    if kind != "type":
        return False
    if isinstance(item, Identifier | UTCDateTime | Exact | Words):
        autogen_context.imports.add("from corpu import database as types")
    if isinstance(item, Identifier):
        return "types.Identifier()"
    if isinstance(item, UTCDateTime):
        return "types.UTCDateTime()"
    if isinstance(item, Exact):
        return f"types.Exact({item.precision}, {item.scale})"
    if isinstance(item, Words):
        return "sa.String(32)"
    if isinstance(item, JSON) and not isinstance(item, JSONB):
        autogen_context.imports.add("from corpu import database as types")
        return "types.Json"
    return False


def compare_type(_context, _inspected, _metadata, inspected_type, metadata_type):
    """Our decorated types are compared by what each database was given."""
    if isinstance(metadata_type, Identifier | Exact | UTCDateTime | Words):
        return False
    return None


database = current_app.extensions["migrate"].db

with database.engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        # Batch mode copies tables; foreign keys would fire on the way. SQLite takes no notice of
        # this within a transaction, and ours begin with the first statement: hence past them.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_item=render_item,
        compare_type=compare_type,
        render_as_batch=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    if connection.dialect.name == "sqlite":
        connection.rollback()
        connection.connection.driver_connection.execute("PRAGMA foreign_keys = ON")
