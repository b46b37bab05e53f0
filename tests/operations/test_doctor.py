"""`flask doctor` finds what is wrong and says what to do about it."""

import shutil
from collections import namedtuple
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from corpu.extensions import db
from corpu.installation import Installation, Origin
from corpu.jobs import Job
from corpu.operations import doctor
from corpu.signing import log
from corpu.signing import service as signing
from corpu.signing.models import LogEntry
from corpu.transactions import unit_of_work
from tests.conftest import NOON
from tests.operations.conftest import note

Usage = namedtuple("Usage", "total used free")


def findings(settings, at=NOON):
    found = doctor.examine(settings, at=at)
    assert len({one.name for one in found}) == len(found)
    return {one.name: one for one in found}


def troubles(settings, at=NOON):
    return {name for name, one in findings(settings, at).items() if not one.is_ok}


def change(app, *rows):
    with app.app_context(), unit_of_work(db.session()) as session:
        session.add_all(rows)


def test_a_sound_installation_has_no_troubles(installation):
    assert troubles(installation) == set()


def test_settings_that_production_needs_are_missed(installation):
    bare = replace(installation, mode="production", secret_key="")
    assert {"Kunci rahasia", "Alamat umum"} <= troubles(bare)


def test_demo_people_in_production_are_found(live_app, installation):
    change(live_app, Installation(id=1, origin=Origin.DEMO, created_at=NOON))
    served = replace(installation, mode="production", public_url="https://corpu.example.go.id")
    assert troubles(served) == {"Mode"}


def test_failed_and_forgotten_jobs_are_found(live_app, installation):
    values = {"kind": "test.kind", "payload": {}, "created_at": NOON}
    late = Job(**values, run_at=NOON - timedelta(hours=2))
    change(live_app, late)
    assert "jobs work" in findings(installation)["Pekerjaan"].text
    change(live_app, Job(**values, run_at=NOON, state="failed"))
    assert "jobs retry" in findings(installation)["Pekerjaan"].text


def test_a_lost_file_is_found(installation):
    next(installation.instance.glob("store/*/*")).unlink()
    assert findings(installation)["Berkas"].text.startswith("1 dari 2 hilang")


def test_a_key_that_this_secret_does_not_open_is_found(live_app, installation):
    with live_app.app_context(), unit_of_work(db.session()) as session:
        signing.ensure_key(session, at=NOON)
    assert troubles(installation) == set()
    other = replace(installation, secret_key="another-secret-0123456789-0123456789")
    assert "kembalikan SECRET_KEY" in findings(other)["Kunci tanda tangan"].text


def test_a_log_whose_end_was_changed_is_found(live_app, installation):
    with live_app.app_context(), unit_of_work(db.session()) as session:
        signing.ensure_key(session, at=NOON)
        log.append_job(session, {}, NOON)
        entry = session.scalars(select(LogEntry)).one()
        values = {name: getattr(entry, name) for name in ("at", "logged_at", "what", "content")}
        forged = LogEntry(position=2, previous="1" * 64, hash="2" * 64, subject="3" * 64, **values)
    assert troubles(installation) == set()
    change(live_app, forged)
    assert troubles(installation) == {"Catatan berantai"}


def test_a_clock_that_went_back_is_found(live_app, installation):
    with live_app.app_context(), unit_of_work(db.session()) as session:
        note(session, 1)
    assert troubles(installation, NOON - timedelta(days=1)) == {"Urutan waktu"}
    assert "Jam" in troubles(installation, NOON - timedelta(days=3650))


def test_a_nearly_full_disk_is_found(installation, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(100, 99, 1))
    assert troubles(installation) == {"Ruang disk"}


def test_a_schema_behind_is_found(live_app, installation):
    with live_app.app_context(), db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    assert troubles(installation) == {"Skema"}


def test_without_a_database_the_rest_is_still_looked_at(installation, tmp_path):
    gone = replace(installation, database_url=f"sqlite:///{tmp_path / 'gone.db'}")
    found = findings(gone)
    assert not found["Basis data"].is_ok
    assert found["Huruf"].is_ok


@pytest.mark.parametrize("is_sound", [True, False])
def test_the_command_ends_with_1_where_something_needs_attention(
    live_app, installation, at, is_sound
):
    if not is_sound:
        next(installation.instance.glob("store/*/*")).unlink()
    done = live_app.test_cli_runner().invoke(args=["doctor"])
    assert done.exit_code == (0 if is_sound else 1), done.output
    assert ("MASALAH  Berkas" in done.output) is not is_sound
