"""A connection that died while it rested is replaced before anybody notices."""

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from corpu import database
from corpu.extensions import db


def test_a_rested_connection_is_used_again_or_opened_anew(live_app, database_kind, monkeypatch):
    """On PostgreSQL it is cut while it rests; a SQLite file has nothing that could be cut."""
    monkeypatch.setattr(database, "RESTED", 0.0)
    with live_app.app_context():
        assert db.session.scalar(text("SELECT 1")) == 1
        if database_kind == "postgres":
            resting = db.session.scalar(text("SELECT pg_backend_pid()"))
            db.session.remove()
            url = live_app.config["SETTINGS"].database_url
            with create_engine(url, poolclass=NullPool).connect() as other:
                assert other.scalar(text(f"SELECT pg_terminate_backend({resting})"))
            assert db.session.scalar(text("SELECT pg_backend_pid()")) != resting
        db.session.remove()
        assert db.session.scalar(text("SELECT 2")) == 2
        db.session.remove()
