"""A backup holds all of an installation at one moment, and says when it does not."""

import gzip
import hashlib
import io
import json
import re
import resource
import sqlite3
import stat
import subprocess
import tarfile
import threading
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from flask_migrate import downgrade
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from corpu import create_app
from corpu.audit import AuditEntry
from corpu.database import Base
from corpu.extensions import db
from corpu.models import people
from corpu.operations import archive, backup, restore, schema
from corpu.operations.archive import Damaged
from corpu.operations.backup import Refused
from corpu.signing import service as signing
from corpu.signing.vault import KeyLocked
from corpu.transactions import unit_of_work
from tests.conftest import NOON, settings_for
from tests.operations.conftest import add, note


@pytest.fixture
def app(embedded):
    """On SQLite only: what is kept inside a backup is the embedded database."""
    app = create_app(embedded)
    add(app, b"<svg/>", b"a picture")
    with app.app_context(), unit_of_work(db.session()) as session:
        note(session, 1)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "backups"
    place.mkdir()
    return place


@pytest.fixture
def made(app, folder):
    return backup.create(app.config["SETTINGS"], folder, at=NOON)


def elsewhere(tmp_path, name="other"):
    place = tmp_path / name
    place.mkdir()
    return settings_for(f"sqlite:///{place / 'corpu.db'}", place)


def entries(the_settings):
    """The audit of an installation, through an application of its own."""
    other = create_app(the_settings)
    with other.app_context():
        try:
            return [
                (entry.subject_type, entry.subject_id)
                for entry in db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
            ]
        finally:
            db.session.remove()
            db.engine.dispose()


# ------------------------------------------------------------------------------ there and back


def test_what_was_saved_comes_back_elsewhere(made, tmp_path):
    assert backup.verify(made.path).problems == []
    new = elsewhere(tmp_path)
    done = restore.restore(new, made.path, force=False, at=NOON)
    assert entries(new) == [("first", "1"), ("second", "1")]
    other = create_app(new)
    for data in (b"<svg/>", b"a picture"):
        assert other.extensions["storage"].get(hashlib.sha256(data).hexdigest()) == data
    assert (done.kept, done.upgraded, done.problems) == (None, False, [])
    assert sorted(path.name for path in new.instance.iterdir()) == ["corpu.db", "store"]


def test_the_key_comes_back_and_signs_with_the_secret_that_sealed_it(app, folder, tmp_path):
    with app.app_context(), unit_of_work(db.session()) as session:
        kid = signing.sign(session, b"halo", at=NOON).kid
    made = backup.create(app.config["SETTINGS"], folder, at=NOON)
    there = elsewhere(tmp_path)
    restore.restore(there, made.path, force=False, at=NOON)
    for secret, opens in ((there.secret_key, True), ("lost-" * 10, False)):
        other = create_app(replace(there, secret_key=secret))
        with other.app_context():
            try:
                assert signing.sign(db.session(), b"halo", at=NOON).kid == kid
                assert opens
            except KeyLocked:
                assert not opens
            finally:
                db.session.remove()
                db.engine.dispose()


def test_it_is_for_its_owner_only_and_says_what_it_holds(made):
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert made.path.name == "corpu-20261124T050000Z.tar.gz"
    manifest = made.manifest
    assert manifest.schema == schema.head()
    assert manifest.tables["audit_entries"] == 2
    assert manifest.tables["media"] == 2
    assert set(manifest.tables) == set(Base.metadata.tables) | {"alembic_version"}
    assert manifest.created_at == NOON.isoformat()
    for name, member in manifest.members.items():
        if found := archive.STORED.fullmatch(name):
            assert member.sha256 == found[2]


def test_a_second_backup_in_the_same_second_gets_a_name_of_its_own(app, folder, made):
    again = backup.create(app.config["SETTINGS"], folder, at=NOON)
    assert again.path != made.path
    assert len(list(folder.iterdir())) == 2


def test_the_secret_stays_out_unless_asked_for(app, folder, made, tmp_path):
    the_settings = app.config["SETTINGS"]
    assert archive.SECRET not in made.manifest.members
    with pytest.raises(Refused, match="SECRET_KEY"):
        backup.create(the_settings, folder, at=NOON, with_secret=True)
    (the_settings.instance / "secret").write_text("the-secret")
    whole = backup.create(the_settings, folder, at=NOON, with_secret=True)
    new = elsewhere(tmp_path)
    restore.restore(new, whole.path, force=False, at=NOON)
    assert (new.instance / "secret").read_text() == "the-secret"
    assert stat.S_IMODE((new.instance / "secret").stat().st_mode) == 0o600


def test_every_column_that_names_a_file_of_the_store_is_looked_at():
    named = {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name.endswith("sha256")
    }
    assert named - {("certificates", "snapshot_sha256")} == set(backup.NAMING)


def test_other_programs_can_unpack_it(made, tmp_path):
    subprocess.run(["tar", "-xzf", made.path, "-C", tmp_path], check=True)
    assert json.loads((tmp_path / archive.MANIFEST).read_text())["schema"] == schema.head()


# ------------------------------------------------------------------------- while others write


def test_a_backup_made_while_others_write_is_of_one_moment(app, folder):
    ending = threading.Event()
    failures = []

    def write():
        try:
            with app.app_context():
                number = 2
                while not ending.is_set():
                    add(app, f"file {number}".encode())
                    with unit_of_work(db.session()) as session:
                        note(session, number)
                    number += 1
        except Exception as error:
            failures.append(error)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [backup.create(app.config["SETTINGS"], folder, at=NOON) for _ in range(8)]
    finally:
        ending.set()
        writer.join()
    assert failures == []
    for one in made:
        found = backup.verify(one.path)
        assert found.problems == []
        assert found.manifest.tables["audit_entries"] % 2 == 0
    assert made[-1].manifest.tables["audit_entries"] > 2, "others did write meanwhile"


# --------------------------------------------------------------------------------- damage


@given(data=st.data())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_flipped_bit_anywhere_is_found(made, data):
    content = bytearray(made.path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Damaged):
        archive.read(io.BytesIO(bytes(content)), lambda name: None)


@given(share=st.floats(0, 1, exclude_max=True))
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_cut_off_backup_is_found(made, share):
    content = made.path.read_bytes()
    with pytest.raises(Damaged):
        archive.read(io.BytesIO(content[: int(len(content) * share)]), lambda name: None)


def test_a_file_that_the_store_lost_is_named(app, folder):
    storage = app.extensions["storage"]
    lost = hashlib.sha256(b"a picture").hexdigest()
    storage.path(lost).unlink()
    spoilt = hashlib.sha256(b"<svg/>").hexdigest()
    storage.path(spoilt).write_bytes(b"something else")
    made = backup.create(app.config["SETTINGS"], folder, at=NOON)
    assert made.problems == [f"Berkas {lost} tidak ada.", f"Berkas {spoilt} rusak."]
    assert backup.verify(made.path).problems == made.problems


def test_a_spoilt_file_is_not_restored_over_a_good_one(app, folder, tmp_path):
    storage = app.extensions["storage"]
    spoilt = hashlib.sha256(b"<svg/>").hexdigest()
    storage.path(spoilt).write_bytes(b"something else")
    made = backup.create(app.config["SETTINGS"], folder, at=NOON)
    new = elsewhere(tmp_path)
    good = create_app(new).extensions["storage"]
    good.put(b"<svg/>")
    restore.restore(new, made.path, force=True, at=NOON)
    assert good.get(spoilt) == b"<svg/>"


def repack(path, change):
    """A backup of the same members, changed, whose manifest and seal agree with the change."""
    with tarfile.open(path) as tar:
        members = {info.name: (info, tar.extractfile(info).read()) for info in tar}
    manifest = json.loads(members.pop(archive.MANIFEST)[1])
    change(members)
    packed = io.BytesIO()
    with (
        gzip.GzipFile("", "wb", 6, packed, mtime=0) as gz,
        tarfile.open(fileobj=gz, mode="w") as tar,
    ):
        for name, (info, data) in members.items():
            info.name, info.size, info.pax_headers = name, len(data), {}
            sha256 = hashlib.sha256(data).hexdigest()
            manifest["members"][name] = {"size": len(data), "sha256": sha256}
            tar.addfile(info, io.BytesIO(data))
        text = json.dumps(manifest).encode()
        info = tarfile.TarInfo(archive.MANIFEST)
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
    content = packed.getvalue()
    target = path.with_name("changed.tar.gz")
    target.write_bytes(content + archive._seal(hashlib.sha256(content).hexdigest()))
    return target


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "/etc/outside",
        "store/../../outside",
        "store/ab/../../../outside",
        "store/ab/" + "cd" * 32,
        "corpu.db/../outside",
        "secrets",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(made, tmp_path, name):
    def add_it(members):
        members[name] = (tarfile.TarInfo(name), b"gotcha")

    changed = repack(made.path, add_it)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(Damaged, match="tidak dikenal"):
        restore.restore(elsewhere(tmp_path), changed, force=False, at=NOON)
    assert {path.name for path in set(tmp_path.rglob("*")) - set(before)} == {"other"}


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE])
def test_links_and_folders_are_refused(made, tmp_path, kind):
    def add_it(members):
        info = tarfile.TarInfo("secret")
        info.type, info.linkname = kind, "/etc/passwd"
        members["secret"] = (info, b"")

    with pytest.raises(Damaged, match="bukan berkas biasa"):
        restore.restore(elsewhere(tmp_path), repack(made.path, add_it), force=False, at=NOON)


def test_a_database_that_is_not_sound_is_found_behind_good_checksums(made, tmp_path):
    def spoil(members):
        info, data = members[archive.DATABASE]
        middle = len(data) // 2 // 4096 * 4096
        members[archive.DATABASE] = info, data[:middle] + b"\xff" * 4096 + data[middle + 4096 :]

    changed = repack(made.path, spoil)
    with pytest.raises(Damaged, match=re.escape(archive.DATABASE)):
        backup.verify(changed)
    new = elsewhere(tmp_path)
    with pytest.raises(Damaged):
        restore.restore(new, changed, force=False, at=NOON)
    assert list(new.instance.iterdir()) == []


def test_something_that_is_no_backup_is_refused(tmp_path):
    path = tmp_path / "letter.pdf"
    path.write_bytes(b"%PDF-1.7 not a backup at all")
    with pytest.raises(Damaged, match="bukan cadangan"):
        backup.verify(path)


# ------------------------------------------------------------------------------- a full disk


@contextmanager
def files_no_larger_than(size):
    """Writing past this answers with an error, as a full disk does."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (_soft, hard))


@pytest.mark.parametrize(
    ("size", "words"), [(16 * 1024, "tidak dapat disalin"), (4 * 1024 * 1024, "File too large")]
)
def test_a_full_disk_leaves_nothing_behind(app, folder, size, words):
    if words == "File too large":  # the database fits, the archive does not
        add(app, *(hashlib.sha256(bytes([n])).digest() * 3 + bytes([n]) * n for n in range(9)))
        add(app, b"".join(hashlib.sha256(b"%d" % n).digest() for n in range(160_000)))
    with files_no_larger_than(size), pytest.raises(OSError, match=words):
        backup.create(app.config["SETTINGS"], folder, at=NOON)
    assert list(folder.iterdir()) == []


def test_a_full_disk_at_restore_leaves_the_old_installation(app, made):
    the_settings = app.config["SETTINGS"]
    with app.app_context():
        with unit_of_work(db.session()) as session:
            note(session, 2)
        db.session.remove()
        db.engine.dispose()
    with files_no_larger_than(16 * 1024), pytest.raises(OSError, match="File too large"):
        restore.restore(the_settings, made.path, force=True, at=NOON)
    assert len(entries(the_settings)) == 4
    assert not list(the_settings.instance.glob(".restore-*"))


# --------------------------------------------------------------------------------- restoring


def test_an_installation_with_data_is_left_alone_without_force(app, made):
    with pytest.raises(Refused, match="--force"):
        restore.restore(app.config["SETTINGS"], made.path, force=False, at=NOON)


def test_force_replaces_the_database_and_keeps_the_old_one_beside(app, made):
    the_settings = app.config["SETTINGS"]
    with app.app_context():
        with unit_of_work(db.session()) as session:
            note(session, 2)
        db.session.remove()
        db.engine.dispose()
    done = restore.restore(the_settings, made.path, force=True, at=NOON)
    assert entries(the_settings) == [("first", "1"), ("second", "1")]
    assert len(entries(settings_for(f"sqlite:///{done.kept}", the_settings.instance))) == 4


def test_a_running_server_is_not_pulled_from_under_its_people(app, made):
    with app.app_context():
        db.session.scalar(select(AuditEntry.id))
        db.session.rollback()
        with pytest.raises(Refused, match="sedang dipakai"):
            restore.restore(app.config["SETTINGS"], made.path, force=True, at=NOON)
    assert len(entries(app.config["SETTINGS"])) == 2


def test_a_spoilt_database_can_be_replaced(app, made):
    the_settings = app.config["SETTINGS"]
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    path = backup.embedded_path(the_settings)
    path.write_bytes(b"\xff" * 8192)
    path.with_name(path.name + "-wal").write_bytes(b"left by a crash")
    done = restore.restore(the_settings, made.path, force=True, at=NOON)
    assert entries(the_settings) == [("first", "1"), ("second", "1")]
    assert done.kept.read_bytes() == b"\xff" * 8192


def test_an_older_backup_is_brought_to_the_present_schema(app, folder, tmp_path):
    with app.app_context():
        db.session.remove()
        downgrade(directory=str(schema.MIGRATIONS), revision=schema.revisions()[-1])
        db.engine.dispose()
    old = backup.create(app.config["SETTINGS"], folder, at=NOON)
    assert old.manifest.schema == schema.revisions()[-1] != schema.head()
    new = elsewhere(tmp_path)
    assert restore.restore(new, old.path, force=False, at=NOON).upgraded
    with closing(sqlite3.connect(new.instance / "corpu.db")) as connection:
        found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    assert found == [(schema.head(),)]
    assert len(entries(new)) == 2


def test_a_backup_of_a_newer_program_is_refused(app, folder, tmp_path):
    with app.app_context():
        db.session.remove()
        with db.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    made = backup.create(app.config["SETTINGS"], folder, at=NOON)
    new = elsewhere(tmp_path)
    with pytest.raises(Refused, match="lebih baru"):
        restore.restore(new, made.path, force=False, at=NOON)
    assert list(new.instance.iterdir()) == []


# --------------------------------------------------------------------------------- commands


def test_the_commands_say_what_they_did(app, folder):
    run = app.test_cli_runner().invoke
    done = run(args=["backup", "create", "--to", str(folder)])
    assert done.exit_code == 0, done.output
    assert "Kunci rahasia tidak termasuk" in done.output
    (path,) = folder.iterdir()
    assert "utuh" in run(args=["backup", "verify", str(path)]).output
    refused = run(args=["backup", "restore", str(path)])
    assert refused.exit_code == 1
    assert "--force" in refused.output
    path.write_bytes(path.read_bytes()[:-40])
    broken = run(args=["backup", "verify", str(path)])
    assert broken.exit_code == 1
    assert "rusak" in broken.output


def test_without_a_folder_the_backup_goes_to_the_instance(app):
    done = app.test_cli_runner().invoke(args=["backup", "create"])
    assert done.exit_code == 0, done.output
    assert len(list((app.config["SETTINGS"].instance / "backups").iterdir())) == 1


def test_on_either_database_the_store_is_saved_and_postgresql_is_pointed_to_pg_dump(
    live_app, installation, folder
):
    done = live_app.test_cli_runner().invoke(args=["backup", "create", "--to", str(folder)])
    assert done.exit_code == 0, done.output
    (path,) = folder.iterdir()
    manifest = backup.verify(path).manifest
    stored = [name for name in manifest.members if name.startswith("store/")]
    assert len(stored) == 2
    on_postgres = installation.database_url.startswith("postgresql")
    assert ("pg_dump" in done.output) is on_postgres
    assert (archive.DATABASE in manifest.members) is not on_postgres
    assert (people.Person.__tablename__ in manifest.tables) is not on_postgres
    for one in installation.instance.glob("store/*/*"):
        one.unlink()
    if on_postgres:
        restore.restore(installation, path, force=False, at=NOON)
        assert len(list(installation.instance.glob("store/*/*"))) == 2
    else:
        there = settings_for("postgresql+psycopg://nowhere/none", installation.instance)
        with pytest.raises(Refused, match="SQLite"):
            restore.restore(there, path, force=False, at=NOON)
