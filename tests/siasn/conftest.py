"""A service of ours on loopback, an installation that may use it, and Mira with a certificate."""

from dataclasses import replace

import pytest

from config import Siasn
from corpu import clock
from corpu.credentials import documents
from tests.conftest import NOON
from tests.credentials.world import bpsdm, issue, make_course
from tests.siasn import server

PDF = b"%PDF-1.7 sertifikat "


class Clock:
    """The moment it is, for whoever asks; tests move it."""

    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now

    def forward(self, step):
        self.now += step
        return self.now


@pytest.fixture
def moment(monkeypatch):
    clock_of_tests = Clock()
    monkeypatch.setattr(clock, "now", clock_of_tests)
    return clock_of_tests


@pytest.fixture(scope="session")
def service_process():
    with server.running() as running:
        yield running


@pytest.fixture
def siasn(service_process):
    """The service, with nothing in it."""
    running, _address = service_process
    running.__init__()
    yield running
    running.hold.set()


def keys(address, **more):
    values = {
        "url": address + server.BASE,
        "token_url": address + server.TOKEN,
        "key": server.KEY,
        "secret": server.SECRET,
        "sso_token": server.SSO,
        "agency": "A5EB03E23CCCF6A0E040640A040252AD",
        "timeout": 5.0,
    }
    return Siasn(**values | more)


def configure(app, siasn_settings):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], siasn=siasn_settings)
    app.extensions.pop("siasn_tokens", None)


@pytest.fixture
def configured(app, service_process, siasn):
    """The keys of the agency are set."""
    before = app.config["SETTINGS"]
    configure(app, keys(service_process[1]))
    yield app.config["SETTINGS"].siasn
    app.config["SETTINGS"] = before


@pytest.fixture
def drawn(monkeypatch):
    """Drawing takes long and is tested elsewhere."""
    monkeypatch.setattr(
        documents, "render_pdf", lambda snapshot, **_: drawn_from(snapshot["number"])
    )


def drawn_from(number):
    return PDF + number.encode()


@pytest.fixture
def course(session, app, agency):
    return make_course(session, app, bpsdm(session))


@pytest.fixture
def certificate(session, course, mira, siasn, moment):
    siasn.knows(mira)
    return issue(session, mira, course, moment.now)
