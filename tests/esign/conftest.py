"""A service of ours on loopback, installations that may sign, and Mira with a certificate."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import pytest

from config import Esign
from corpu import clock
from corpu.credentials import documents, pdf
from tests.conftest import NOON
from tests.credentials.samples import sample
from tests.credentials.world import bpsdm, issue, make_course
from tests.esign import pki, server


@pytest.fixture(autouse=True, scope="session")
def loops_of_their_own():
    """pyHanko runs a loop for each signature; tests in a browser leave one running in their
    thread, beside which there is no other."""
    run = asyncio.run

    def elsewhere(work, **options):
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(run, work, **options).result()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(asyncio, "run", elsewhere)
        yield


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
def document():
    """A certificate as it is really drawn, once for all tests."""
    return pdf.render_pdf(sample().to_dict())


@pytest.fixture
def drawn(monkeypatch, document):
    """Each certificate its own bytes: a comment with its number behind the drawing."""

    def draw(snapshot, **_):
        return document + f"\n% {snapshot['number']}\n".encode()

    monkeypatch.setattr(documents, "render_pdf", draw)


@pytest.fixture(scope="session")
def service_process(tmp_path_factory):
    with ExitStack() as open_till_the_end:
        with pytest.MonkeyPatch.context() as patched:  # its keys are made for the day of the tests
            patched.setattr(clock, "now", lambda: NOON)
            folder = tmp_path_factory.mktemp("bsre")
            running = open_till_the_end.enter_context(server.running(folder))
        yield running


@pytest.fixture
def bsre(service_process):
    """The service, with nothing in it."""
    running, _address = service_process
    running.__init__()
    yield running
    running.hold.set()


@pytest.fixture
def configure(app):
    """Let this installation sign so; afterwards as before."""
    before = app.config["SETTINGS"]

    def configure(**settings):
        app.config["SETTINGS"] = replace(before, esign=Esign(**settings))

    yield configure
    app.config["SETTINGS"] = before


@pytest.fixture
def with_bsre(app, bsre, service_process):
    before = app.config["SETTINGS"]
    use(app, service_process[1])
    yield
    app.config["SETTINGS"] = before


def use(app, address):
    """Let this installation sign by our service."""
    settings = Esign(
        signer="bsre", url=address, user=server.USER, password=server.PASSWORD, timeout=5.0
    )
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], esign=settings)


@pytest.fixture
def with_key(configure, tmp_path, moment):
    key, root = pki.open_pem(tmp_path)
    configure(signer="pades", key=str(key), trust=str(root))
    return root.read_bytes()


@pytest.fixture
def course(session, app, agency):
    return make_course(session, app, bpsdm(session))


@pytest.fixture
def certificate(session, course, mira, moment, drawn):
    return issue(session, mira, course, moment.now)
