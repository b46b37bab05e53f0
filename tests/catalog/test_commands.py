"""`flask content publish` and `export` at a keyboard."""

from tests.content.build import PAGE, quiz_file
from tests.content.test_every_code import write_course
from tests.courses import course_source
from tests.factories import make_unit
from tests.standards.factories import published


def write(folder, source):
    for path, data in source.files.items():
        (folder / source.slug / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / source.slug / path).write_bytes(data)
    return folder / source.slug


def test_publish_then_export_gives_the_same_files(app, session, agency, tmp_path):
    make_unit(session)
    folder = write(tmp_path / "in", course_source())
    run = app.test_cli_runner().invoke
    assert "edisi 1 terbit" in run(args=["content", "publish", str(folder)]).output
    assert "sumbernya sama" in run(args=["content", "publish", str(folder)]).output
    result = run(args=["content", "export", "kursus-uji", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    for path in folder.rglob("*.md"):
        copy = tmp_path / "out" / "kursus-uji" / path.relative_to(folder)
        assert copy.read_bytes() == path.read_bytes()


def test_a_broken_course_is_listed_whole_and_nothing_is_published(app, session, agency, tmp_path):
    make_unit(session)
    good = write(tmp_path, course_source("baik"))
    bad = write(
        tmp_path,
        course_source(
            "rusak",
            files={
                "01-modul/03-x.md": "---\ntitle: X\n---\n<b>mentah</b>\n",
                "01-modul/04-y.md": "tanpa kepala\n",
            },
        ),
    )
    result = app.test_cli_runner().invoke(args=["content", "publish", str(good), str(bad)])
    assert result.exit_code == 1
    assert "rusak/01-modul/03-x.md:4: error raw-html" in result.output
    assert "rusak/01-modul/04-y.md:1: error" in result.output
    assert "Tidak ada yang diterbitkan." in result.output
    assert (
        "tidak ada kursus"
        in app.test_cli_runner()
        .invoke(args=["content", "export", "baik", str(tmp_path / "out")])
        .output
    )


def test_the_check_knows_the_dictionary_of_the_agency(app, session, agency, tmp_path, monkeypatch):
    published(session, agency)
    session.commit()
    folder = write_course(tmp_path)
    (folder / PAGE).with_name("02-kuis.md").write_text(
        quiz_file("## A {competency=DAT level=2}\n- [x] 1\n- [ ] 2\n")
    )
    known = app.test_cli_runner().invoke(args=["content", "check", str(folder)])
    assert "unknown-competency" not in known.stdout
    assert "bukan kamus instansi" not in known.stderr
    missing = f"sqlite:///{tmp_path}/none.db"
    monkeypatch.setitem(app.config, "SQLALCHEMY_DATABASE_URI", missing)
    alone = app.test_cli_runner().invoke(args=["content", "check", str(folder)])
    assert "unknown-competency" in alone.stdout
    assert "bukan kamus instansi" in alone.stderr
    assert not (tmp_path / "none.db").exists()
