"""A real server for tests and measurements: gunicorn as `make run` starts it, on a port of its
own, and people who come to it with a session."""

import http.client
import multiprocessing
import os
import re
import signal
import socket
import sys
import time
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import gunicorn.app.wsgiapp
from flask import Flask
from flask import session as request_session
from flask_wtf.csrf import generate_csrf

ROOT = Path(__file__).parents[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# Every server is born from one process that has the libraries in memory already: a run starts
# some seventy, and importing is most of a start.
NEST = multiprocessing.get_context("forkserver")
NEST.set_forkserver_preload(["tests.nest"])


def serve(environment: dict[str, str]) -> None:
    """Be gunicorn with this environment, as its command line would."""
    os.setsid()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["gunicorn", "--config", "corpu/gunicorn_conf.py"]
    gunicorn.app.wsgiapp.run()


class Server:
    """One gunicorn with its workers."""

    def __init__(self, instance: Path, url: str, secret: str, *, mode: str = "test", **extra: str):
        self.port = free_port()
        self.environment = os.environ | {
            "CORPU_MODE": mode,
            "CORPU_INSTANCE": str(instance),
            "DATABASE_URL": url,
            "SECRET_KEY": secret,
            "PORT": str(self.port),
            "CORPU_LOG_LEVEL": "warning",
            **extra,
        }
        self.process: ForkServerProcess | None = None

    def start(self) -> "Server":
        self.process = NEST.Process(target=serve, args=(self.environment,))
        self.process.start()
        self.wait_until_it_answers()
        return self

    def wait_until_it_answers(self, seconds: float = 30) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                self.get("/robots.txt")
                return
            except OSError:
                if self.process is not None and not self.process.is_alive():
                    raise RuntimeError("the server ended before it answered") from None
                time.sleep(0.02)
        raise RuntimeError("the server does not answer")

    def get(self, path: str, headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        response.read()
        connection.close()
        return response

    def processes(self) -> list[int]:
        """The server's processes: gunicorn, its workers, and what these started."""
        assert self.process is not None
        found, seen = [self.process.pid], set()
        while found:
            pid = found.pop()
            seen.add(pid)
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                try:
                    found += [int(child) for child in task.read_text().split()]
                except OSError:
                    continue
        return sorted(seen)

    def kill(self) -> None:
        """SIGKILL to all of it, as a power cut would."""
        assert self.process is not None
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.join(10)

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.join(25)
        if self.process.is_alive():
            self.kill()


@contextmanager
def serving(instance: Path, url: str, secret: str, **extra: str):
    server = Server(instance, url, secret, **extra).start()
    try:
        yield server
    finally:
        server.stop()


def visitor(app: Flask, person_id, epoch: int = 0) -> dict[str, str]:
    """The headers of a person who is signed in: cookie and token."""
    client = app.test_client()
    with client.session_transaction() as session, app.test_request_context():
        session["_user_id"] = f"{person_id.hex}.{epoch}"
        session["_fresh"] = True
        session["since"] = session["seen"] = int(time.time())
        token = generate_csrf()
        session["csrf_token"] = request_session["csrf_token"]
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    return {"Cookie": f"{cookie.key}={cookie.value}", "X-CSRFToken": token}


def fields_of(html: str) -> dict[str, str]:
    """Hidden fields of a page's forms, by name."""
    return dict(re.findall(r'name="([\w-]+)" type="hidden" value="([^"]*)"', html))
