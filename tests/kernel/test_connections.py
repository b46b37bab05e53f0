"""A connection that died while it rested is replaced before anybody notices."""

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from corpu import database
from corpu.extensions import db


def test_a_rested_connection_that_was_cut_is_opened_anew(live_app, database_kind, monkeypatch):
    monkeypatch.setattr(database, "RESTED", 0.0)
    if database_kind == "sqlite":
        return  # nothing between us and the file can be cut
    with live_app.app_context():
        resting = db.session.scalar(text("SELECT pg_backend_pid()"))
        db.session.remove()
        url = live_app.config["SETTINGS"].database_url
        with create_engine(url, poolclass=NullPool).connect() as other:
            assert other.scalar(text(f"SELECT pg_terminate_backend({resting})"))
        assert db.session.scalar(text("SELECT pg_backend_pid()")) != resting
        db.session.remove()
