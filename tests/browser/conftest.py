"""A running server on a copy of the demo, and people who come to it with a browser."""

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask

from tests.browser import places, scenes, world
from tests.browsing import PHONE, Watch
from tests.conftest import SECRET, drop_database, new_database
from tests.serving import Server, visitor


@dataclass
class Site:
    """One server, the folder and database under it."""

    server: Server
    instance: Path
    url: str
    app: Flask  # the same application, to look things up

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def person(self, who: tuple[str, int]):
        """One of the invented people: a row that is read and left alone."""
        with world.looking(self.app) as session:
            return world.person(session, who)

    def sign_in(self, page, person_id) -> None:
        """Be that person from now on, as after a right password."""
        name, _, value = visitor(self.app, person_id)["Cookie"].partition("=")
        page.context.add_cookies([{"name": name, "value": value, "url": self.address}])


@contextmanager
def serving(instance: Path, url: str, mode: str = "demo"):
    server = Server(instance, url, SECRET, mode=mode).start()
    yield Site(server, instance, url, world.app_on(instance, url, mode))
    server.stop()
    drop_database(url)


@pytest.fixture
def new_site(tmp_path):
    """A real installation on its first day: a schema and nothing in it."""
    with serving(tmp_path, new_database("sqlite"), "production") as site:
        yield site


def site_on(kind: str, instance: Path):
    url = world.copy_to(instance, kind)
    with serving(instance, url) as site:
        yield site


@pytest.fixture
def site(database_kind, tmp_path):
    """A server of the test's own, on each database."""
    yield from site_on(database_kind, tmp_path)


@pytest.fixture(scope="session")
def shared_site(tmp_path_factory):
    """One server for tests that only look, on SQLite."""
    yield from site_on("sqlite", tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="session")
def rounds(shared_site):
    """Who looks at which pages, on the shared server brought into every state."""
    return places.rounds(scenes.set_up(shared_site.app), shared_site.app)


@pytest.fixture
def enter(chromium):
    """Open a browser window on a site; in the end nothing in it may have gone wrong."""
    opened = []

    def enter(site: Site, **options):
        context = chromium.new_context(
            **{
                "base_url": site.address,
                "viewport": PHONE,
                "reduced_motion": "reduce",
                "locale": "id-ID",
            }
            | options
        )
        context.set_default_timeout(10_000)
        opened.append((context, Watch(context, site.address)))
        return context.new_page()

    yield enter
    mistakes = [mistake for _context, watch in opened for mistake in watch.mistakes]
    for context, _watch in opened:
        context.close()
    assert not mistakes


@pytest.fixture
def sqlite_site(tmp_path):
    """A server of the test's own, on SQLite alone."""
    yield from site_on("sqlite", tmp_path)
