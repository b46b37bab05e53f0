"""An installation on the disk, with a few rows and a few files."""

import pytest

from corpu.audit import record
from corpu.extensions import db
from corpu.models import catalog
from corpu.transactions import unit_of_work
from tests import factories
from tests.conftest import NOON, drop_database, new_database, settings_for


@pytest.fixture
def installation(live_app):
    """Settings of an installation on a database of its own, with one person and two files."""
    add(live_app, b"<svg/>", b"a picture")
    with live_app.app_context():
        factories.make_person(db.session(), name="Mira Lestari")
    return live_app.config["SETTINGS"]


@pytest.fixture
def embedded(tmp_path):
    """Settings of an installation on SQLite alone, not yet opened."""
    url = new_database("sqlite")
    folder = tmp_path / "instance"
    folder.mkdir()
    yield settings_for(url, folder)
    drop_database(url)


def add(app, *files):
    """Keep files in the store and name them in the database."""
    with app.app_context():
        for data in files:
            sha256 = app.extensions["storage"].put(data)
            with unit_of_work(db.session()) as session:
                session.add(catalog.Medium(sha256=sha256, type="image/png", size=len(data)))
        db.session.remove()


def note(session, n):
    """Two rows that belong together: one must never be seen without the other."""
    for half in ("first", "second"):
        record(
            session,
            at=NOON,
            actor_id=None,
            actor_name="konsol",
            action="test.pair",
            subject=(half, n, str(n)),
        )
