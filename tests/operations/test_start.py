"""The server starts where it may, refuses with one line where it must not, and ends in time."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from corpu.installation import Installation, Origin
from corpu.operations import schema, start
from tests.conftest import NOON, drop_database, new_database, settings_for

ROOT = Path(__file__).parents[2]
KEY = "0123456789-abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def the_settings(database_kind, tmp_path):
    url = new_database(database_kind)
    yield settings_for(url, tmp_path, mode="production", public_url="https://corpu.example.go.id")
    drop_database(url)


def execute(the_settings, *statements):
    with create_engine(the_settings.database_url, poolclass=NullPool).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def made_as(the_settings, origin):
    engine = create_engine(the_settings.database_url, poolclass=NullPool)
    with Session(engine) as session:
        session.add(Installation(id=1, origin=origin, created_at=NOON))
        session.commit()
    return the_settings


def refusal(the_settings):
    with pytest.raises(SystemExit) as raised:
        start.check(the_settings)
    sentence = str(raised.value.code)
    assert "\n" not in sentence
    assert sentence.startswith("CorpU tidak dimulai. ")
    return sentence


def test_a_real_installation_starts_without_a_word(the_settings, capsys):
    start.check(made_as(the_settings, Origin.REAL))
    assert capsys.readouterr() == ("", "")
    assert not (the_settings.instance / "setup-token").exists()


def test_demo_people_are_served_in_demo_mode(the_settings):
    start.check(replace(made_as(the_settings, Origin.DEMO), mode="demo"))


def test_a_new_installation_prints_the_token_that_opens_setup(the_settings, capsys):
    start.check(the_settings)
    printed = capsys.readouterr().err
    token = (the_settings.instance / "setup-token").read_text()
    assert f"https://corpu.example.go.id/setup dan masukkan kode ini: {token}" in printed
    start.check(the_settings)
    assert token in capsys.readouterr().err, "a restart prints the same"


def test_production_needs_a_secret(the_settings):
    assert "SECRET_KEY" in refusal(replace(made_as(the_settings, Origin.REAL), secret_key=""))


@pytest.mark.parametrize(
    ("mode", "origin", "word"),
    [
        ("production", Origin.DEMO, "CORPU_MODE=demo"),
        ("demo", Origin.REAL, "instalasi sungguhan"),
        ("demo", None, "seed demo"),
    ],
)
def test_demo_people_and_real_people_never_meet(the_settings, mode, origin, word):
    if origin:
        made_as(the_settings, origin)
    assert word in refusal(replace(the_settings, mode=mode))


def test_a_schema_behind_the_program_is_refused(the_settings):
    old = schema.revisions()[-1]
    execute(the_settings, f"UPDATE alembic_version SET version_num = '{old}'")
    assert "db upgrade" in refusal(the_settings)


def test_a_schema_ahead_of_the_program_is_refused(the_settings):
    execute(the_settings, "UPDATE alembic_version SET version_num = '9999'")
    assert "lebih baru" in refusal(the_settings)


def test_an_empty_database_is_refused(the_settings):
    execute(the_settings, "DROP TABLE alembic_version")
    assert "db upgrade" in refusal(the_settings)


def test_a_file_that_is_not_there_is_not_made(tmp_path):
    nowhere = settings_for(f"sqlite:///{tmp_path / 'corpu.db'}", tmp_path, mode="production")
    assert "db upgrade" in refusal(nowhere)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_refused(tmp_path):
    path = tmp_path / "corpu.db"
    path.write_bytes(b"a letter, not a database" * 400)
    assert "tidak dapat dibuka" in refusal(settings_for(f"sqlite:///{path}", tmp_path))


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: refused at once
        port = taken.getsockname()[1]
        url = f"postgresql+psycopg://corpu:geheim@127.0.0.1:{port}/corpu"
        sentence = refusal(settings_for(url, tmp_path, mode="production"))
    assert f"127.0.0.1:{port}" in sentence
    assert "geheim" not in sentence


def test_an_address_that_cannot_be_read_is_refused(tmp_path):
    assert "DATABASE_URL" in refusal(settings_for("not an address", tmp_path))


# ------------------------------------------------------------------- the server itself


@pytest.fixture
def environment(tmp_path):
    """A migrated SQLite database, and what a server on it is told."""
    url = new_database("sqlite")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    keep = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    yield keep | {
        "CORPU_INSTANCE": str(tmp_path / "instance"),
        "DATABASE_URL": url,
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
    }
    drop_database(url)


def serve(environment, **popen):
    command = [sys.executable, "-m", "gunicorn", "--config", "corpu/gunicorn_conf.py"]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **popen,
    )


@contextmanager
def served(environment):
    """A server that answers, ended at the latest here."""
    process = serve(environment)
    address = f"http://127.0.0.1:{environment['PORT']}"
    try:
        limit = time.monotonic() + 60
        while answer(address + "/healthz") is None:
            assert process.poll() is None, process.stdout.read()
            assert time.monotonic() < limit, "the server did not come up"
            time.sleep(0.1)
        yield process, address
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()


def answer(url):
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError:
        return None


def test_it_serves_demo_people_and_ends_in_time(environment):
    made_as(settings_for(environment["DATABASE_URL"], Path("/nowhere")), Origin.DEMO)
    with served(environment | {"CORPU_MODE": "demo"}) as (process, address):
        assert answer(address + "/readyz")[0] == 200
        assert answer(address + "/privasi")[0] == 200
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert process.wait(timeout=25) == 0
        assert time.monotonic() - began < 20
        assert "setup" not in process.stdout.read()
    file = Path(environment["DATABASE_URL"].removeprefix("sqlite:///"))
    assert [one.name for one in file.parent.glob(f"{file.name}*")] == [file.name], "all in one"


def test_a_new_installation_is_set_up_with_the_token_from_the_console(environment):
    with served(environment | {"SECRET_KEY": KEY}) as (process, address):
        assert answer(address + "/setup")[0] == 200
        process.terminate()
        process.wait(timeout=25)
        printed = process.stdout.read()
    assert re.search(r"/setup dan masukkan kode ini: \S{20,}", printed)


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"CORPU_MODE": "production"}, "SECRET_KEY"),
        ({"CORPU_MODE": "production", "SECRET_KEY": "a" * 40}, "SECRET_KEY"),
        ({"CORPU_MODE": "production", "SECRET_KEY": KEY}, "CORPU_MODE=demo"),
        ({"CORPU_MODE": "produksi"}, "CORPU_MODE=produksi"),
    ],
)
def test_a_wrong_start_ends_with_one_line(environment, told, word):
    made_as(settings_for(environment["DATABASE_URL"], Path("/nowhere")), Origin.DEMO)
    process = serve(environment | told)
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert word in printed
    assert "Traceback" not in printed
    assert "Booting worker" not in printed
