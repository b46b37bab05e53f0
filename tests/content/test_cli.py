"""`flask content check` and `ids`: at the keyboard, without database and secret."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from corpu.content.cli import content_group
from corpu.vocabulary import vocabulary
from tests.content.build import PAGE, page_file
from tests.content.test_every_code import write_course

ROOT = Path(__file__).parents[2]
SOUND_HEADER = "title: Siklus air\nid: siklus\n"


@pytest.fixture
def course(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return write_course(tmp_path / "content" / "courses").relative_to(tmp_path)


def run(*words: str):
    return CliRunner().invoke(content_group, list(words))


def test_a_sound_course_passes(course):
    result = run("check")
    assert result.exit_code == 0
    assert "1 kursus diperiksa: 0 kesalahan, 0 peringatan." in result.stderr


def test_problems_are_listed_one_a_line_with_the_path_as_given(course):
    (course / PAGE).write_text(page_file("<b>x</b>\n\n- [x] a\n"))
    result = run("check", str(course))
    assert result.exit_code == 1
    first, second = result.stdout.splitlines()
    assert first.startswith(f"content/courses/air-bersih/{PAGE}:5: error raw-html: HTML “<b>”")
    assert second.startswith(f"content/courses/air-bersih/{PAGE}:7: error option-outside: ")


def test_machines_get_json(course):
    (course / PAGE).write_text(page_file("<b>x</b>\n"))
    result = run("check", str(course), "--format", "json")
    assert result.exit_code == 1
    problem = json.loads(result.stdout)["problems"][0]
    assert problem["path"] == f"content/courses/air-bersih/{PAGE}"
    assert (problem["line"], problem["severity"], problem["code"]) == (5, "error", "raw-html")


def test_warnings_do_not_fail(course):
    (course / PAGE).write_text(page_file("a[^1]\n\n[^1]: b\n[^2]: c\n"))
    result = run("check")
    assert result.exit_code == 0
    assert "warning footnote-unused" in result.stdout


def test_a_path_that_is_not_there_is_said(course):
    result = run("check", "tidak-ada")
    assert result.exit_code == 1
    assert "tidak-ada tidak ada." in result.stderr


def test_courses_beside_the_checked_one_may_be_required(course):
    other = write_course(course.parent.parent / "baru")
    other.rename(course.parent / "dasar-air")
    text = (course / "course.md").read_text().replace("jp:", "prerequisites: [dasar-air]\njp:")
    (course / "course.md").write_text(text)
    assert run("check", str(course)).exit_code == 0


def test_ids_are_shown_and_written_only_when_asked(course):
    (course / PAGE).write_text(page_file(front="title: Siklus\n"))
    before = (course / PAGE).read_bytes()
    result = run("ids", str(course))
    assert result.stdout.strip() == str(course / PAGE)
    assert (course / PAGE).read_bytes() == before
    assert run("ids", str(course), "--write").exit_code == 0
    assert b"id: air-siklus\n" in (course / PAGE).read_bytes()
    assert run("ids", str(course), "--write").stdout == ""
    assert [path.name for path in (course / PAGE).parent.iterdir()] == ["01-siklus.md"]


def test_the_check_needs_neither_database_nor_secret(tmp_path):
    folder = write_course(tmp_path)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": "sqlite:////nowhere/none.db",
    }
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "content", "check", str(folder)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "0 kesalahan" in done.stderr
    assert "bukan kamus instansi" in done.stderr


def test_the_vocabulary_of_the_product_knows_the_codes_of_the_field():
    known = vocabulary()
    assert len(known.competencies) == 9
    assert known.goals == frozenset(range(1, 18))
    assert len(known.targets) == 169
    assert "jf-pt" in known.post_types
    assert known.kinds.find("teknis") == "TEKNIS"
    assert len(known.programmes) == 9


def test_the_courses_of_the_product_have_no_problem():
    result = run("check", str(ROOT / "content" / "courses"))
    assert (result.exit_code, result.stdout) == (0, "")
